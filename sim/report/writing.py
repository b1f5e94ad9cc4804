"""Reports from results: of each scenario, the chapters in the bureau's order; of several, all side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from importlib import import_module
from operator import itemgetter
from pkgutil import iter_modules

from sim.base.text import Text, joined, same
from sim.base.words import NONE, plain, unit_words
from sim.plan.rule import VERDICTS
from sim.plan.scorecard import Score
from sim.report import figures
from sim.report.cells import NOTHING, Column, Number, Words, measured
from sim.report.chapters import Part, pictured
from sim.report.chapters.advice import advice
from sim.report.chapters.indicators import indicators
from sim.report.chapters.methods import methods
from sim.report.chapters.outlook import outlook
from sim.report.chapters.overall import overall
from sim.report.chapters.problems import problems
from sim.report.chapters.works import works
from sim.report.document import Chapter, Report, Table, table_of
from sim.report.registry import fail_if_doubled, with_registered
from sim.report.score_words import PLAN, UNIT, VERDICT_TONES, headline, outcome_cell, year_cell
from sim.report.view import View, views_of, yearly
from sim.simulate.result import Result, Setting

CHAPTERS: tuple[Callable[[View, Result], Part], ...] = (overall, indicators, works, problems, outlook, advice, methods)
_OF_A_PLAN = Text("规划评估报告：", ": evaluation of the plan, ")
_OF_A_SCENARIO = Text("情景报告：", ": report of the scenario, ")

for _file in iter_modules(figures.__path__):  # so that their figures register themselves
    import_module(f"{figures.__name__}.{_file.name}")


def reports_of(results: Sequence[Result]) -> list[Report]:
    """The report of each scenario of a run, beside the others of its city."""
    views = views_of(results, results[0].run)
    return [report_of(views[result.city].led_by(result.scenario), result) for result in results]


def report_of(view: View, result: Result) -> Report:
    """The report of one scenario of a view."""
    troubles = list[Text]()
    parts = [with_registered(chapter(view, result), view, result, troubles) for chapter in CHAPTERS]
    fail_if_doubled(parts)
    return Report(
        title=view.city + (_OF_A_PLAN if result.scorecard else _OF_A_SCENARIO) + result.name,
        subtitle=Text(
            f"区域经济情景模拟 · {view.base_year}–{view.last_year} · {view.run}",
            f"Regional economic scenarios · {view.base_year}–{view.last_year} · {view.run}",
        ),
        scenario=result.scenario,
        scenario_name=result.name,
        run=view.run,
        engine=result.simulator,
        chapters=tuple(part.chapter for part in parts),
        figures={name: figure for part in parts for name, figure in part.figures.items()},
        members={dim: dict(names) for dim, names in result.members.items()},
        left_out=frozenset(result.outline.left_out),
        as_of=result.as_of,
        troubles=tuple(troubles),
    )


_STEPS = (0, 1, 3, 5, 10, 15)
_MOST_NAMED = 4


def comparison(views: Sequence[View], reports: Sequence[Report], page: str) -> Report:
    """The report; its figures are those of the scenarios' own reports, `page` is the file name of those.

    `views` are one a city. Of several cities there are no figures, since each city's own stand in its reports.
    """
    view = _joined(views)
    one_city = len(views) == 1
    pictures = ("progress", "scenarios", *view.scenarios[0].outline.figures, "rates", "schedule")
    figures = {name: report.figures[name] for report in reversed(reports) for name in pictures if name in report.figures}
    figures = figures if one_city else {}
    conclusions = Text("各情景的结论", "What each scenario comes to"), Text("各情景的结论", "Conclusions")
    scored = any(score.projected is not None for score in view.scores)
    chapters = (
        Chapter("conclusion", conclusions[0], (table_of("conclusions", conclusions[1], _conclusions(page), view.scenarios),)),
        *((Chapter("targets", Text("目标实现", "Targets"), (targets_table(view),)),) if scored else ()),
        Chapter("indicators", Text("主要指标", "Main indicators"), (_indicators(view),)),
        Chapter("settings", Text("设定的不同", "What is set differently"), (settings_table(view),)),
        *((Chapter("figures", Text("图", "Figures"), tuple(pictured(figures, *pictures))),) if figures else ()),
    )
    title = view.city + (Text("情景比较", ": scenarios compared") if one_city else Text("比较", " compared"))
    return Report(
        title=title,
        subtitle=Text(*[f"{view.base_year}–{view.last_year} · {reports[0].run}"] * 2),
        scenario="compare",
        scenario_name=title,
        run=reports[0].run,
        engine=reports[0].engine,
        chapters=chapters,
        figures=figures,
        members={},
    )


def _joined(views: Sequence[View]) -> View:
    """One view of the scenarios of all cities, over the years that all of them have."""
    return replace(
        views[0],
        scenarios=tuple(result for view in views for result in view.scenarios),
        city=joined([view.city for view in views], Text("、", ", ")),
        base_year=max(view.base_year for view in views),
        last_year=min(view.last_year for view in views),
    )


def _conclusions(page: str) -> tuple[Column[Result], ...]:
    return (
        Column(Text("情景", "Scenario"), lambda result: Words(result.name, link=f"{result.scenario}/{page}")),
        Column(Text("结论", "Conclusion"), lambda result: headline(result.scorecard)),
    )


def targets_table(view: View) -> Table:
    """Targets that some scenario projects; why others are not judged stands in the report of each scenario."""
    scores = {score.target.id: score for score in reversed(view.scores) if score.projected is not None}
    columns: list[Column[Score]] = [
        Column(Text("目标", "Target"), lambda score: score.target.name),
        UNIT,
        Column(Text("年份", "Year"), year_cell, is_number=True),
        PLAN,
    ]
    columns += [Column(result.name, partial(_reached, result)) for result in view.scenarios]
    columns.append(Column(Text("实际（年份）", "Outcome (year)"), _outcome, is_number=True))
    note = Text("有抽样时为中位数。", "The median of the draws where there are any.")
    if any(result.published for result in view.scenarios):
        note += Text(
            "目标年已有公布数的由公布数判定，各情景的推演只作检验。",
            " Where the target's year is published, that figure decides; what the scenarios say of it is a test of the model.",
        )
    return table_of("targets", Text("各情景的目标实现", "Targets by scenario"), columns, list(scores.values())[::-1], note)


def _outcome(score: Score) -> Number:
    """The latest published figure, and its verdict where it decides."""
    verdict = VERDICTS[score.verdict]
    return outcome_cell(score, *([Text(verdict.zh, f" {verdict.en}")] if score.judged_by == "data" else []))


def _reached(result: Result, of_any: Score) -> Words:
    """The projection of a target by a scenario, and its verdict."""
    score = next((item for item in result.scorecard if item.target.id == of_any.target.id), None)
    if score is None or score.projected is None:
        return Words(same(NONE))
    verdict, number = VERDICTS[score.verdict], plain(score.projected, score.target.unit)
    if score.judged_by == "data":
        return Words(Text(f"{number}（检验）", f"{number} (a test)"), tone="quiet")
    return Words(same(f"{number} ") + verdict, tone=VERDICT_TONES[score.verdict])


def _indicators(view: View) -> Table:
    """Indicators that all scenarios have, each scenario by itself, in the base year and some years after it."""
    shared = [
        name for name in view.scenarios[0].outline.compared if all(name in result.projection for result in view.scenarios)
    ]
    rows = [(name, result) for name in shared for result in view.scenarios]
    columns: list[Column[tuple[str, Result]]] = [
        Column(Text("指标", "Indicator"), lambda row: view.label(row[0])),
        Column(Text("单位", "Unit"), lambda row: _PERCENT if _unit(*row) == "ratio" else unit_words(_unit(*row))),
        Column(Text("情景", "Scenario"), lambda row: row[1].name),
    ]
    years = sorted({view.base_year + step for step in _STEPS if view.base_year + step <= view.last_year})
    columns += [Column(same(str(year)), partial(_value, year), is_number=True) for year in years]
    return table_of("indicators", Text("主要指标", "Main indicators"), columns, rows)


_PERCENT = Text("%", "%")


def _unit(name: str, result: Result) -> str:
    return str(result.projection[name].attrs["units"])


def _value(year: int, row: tuple[str, Result]) -> Number:
    name, result = row
    value, unit = yearly(result, name, result.city).get(year), _unit(name, result)
    return measured(value if value is None or unit != "ratio" else 100.0 * value, unit=unit)


def settings_table(view: View) -> Table:
    """The settings that differ between scenarios: each value, the most frequent first, with the scenarios that have it."""
    named = {item.name: item for result in view.scenarios for item in result.settings}
    rows = [row for item in named.values() for row in _variants(view, item)]
    heads = Text("设定", "Setting"), Text("单位", "Unit"), Text("取值", "Value"), Text("情景", "Scenarios")
    columns = [Column(head, itemgetter(place)) for place, head in enumerate(heads)]
    return table_of("differences", Text("设定的不同", "What is set differently"), columns, rows)


def _variants(view: View, item: Setting) -> list[tuple[Words | Text, ...]]:
    """A row for each value of a setting; what is the same in all of them stands in the first."""
    by_value: dict[Text, list[Text]] = {}
    for result in view.scenarios:
        found = [own.after for own in result.settings if own.name == item.name]
        by_value.setdefault(found[-1] if found else item.before, []).append(result.name)
    groups = sorted(by_value.items(), key=lambda pair: -len(pair[1]))
    heads = [(Words(item.label, (same(item.name),)), unit_words(item.unit)), *[(Words(NOTHING), NOTHING)] * (len(groups) - 1)]
    rows: list[tuple[Words | Text, ...]] = [
        (*head, value, _named(names, is_largest=not place))
        for place, (head, (value, names)) in enumerate(zip(heads, groups, strict=True))
    ]
    return rows if len(rows) > 1 else []


def _named(names: Sequence[Text], *, is_largest: bool) -> Text:
    """The scenarios of a value by name, but for a largest group of more than a few: all the others."""
    if is_largest and len(names) > _MOST_NAMED:
        return Text(f"其余 {len(names)} 个情景", f"the other {len(names)} scenarios")
    return joined(list(names), Text("、", ", "))
