"""The comparison of the scenarios of a run, as a report of its own: targets, indicators and settings side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sim.base.text import Text, joined
from sim.base.words import OPERATORS, plain, unit_words
from sim.plan.rule import VERDICTS
from sim.plan.scorecard import Score
from sim.report.chapters.part import pictured
from sim.report.document import (
    Block,
    Cell,
    Chapter,
    Column,
    Report,
    Table,
    Words,
    a_year,
    measured,
    stated,
)
from sim.report.score_words import VERDICT_TONES, bracketed, headline, years_of
from sim.report.view import View, yearly
from sim.simulate.records import Setting
from sim.simulate.result import Result

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
    chapters = (
        Chapter("conclusion", Text("各情景的结论", "What each scenario comes to"), (_conclusions(view, page),)),
        *((Chapter("targets", Text("目标实现", "Targets"), (targets_table(view),)),) if _has_targets(view) else ()),
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


def _has_targets(view: View) -> bool:
    return any(score.projected is not None for result in view.scenarios for score in result.scorecard)


def _conclusions(view: View, page: str) -> Block:
    rows = tuple(
        (Words(result.name, link=f"{result.scenario}/{page}"), Words(headline(result.scorecard))) for result in view.scenarios
    )
    columns = Column(Text("情景", "Scenario")), Column(Text("结论", "Conclusion"))
    return Table("conclusions", Text("各情景的结论", "Conclusions"), columns, rows)


def targets_table(view: View) -> Table:
    """Targets that some scenario projects; why others are not judged stands in the report of each scenario."""
    scores = [score for result in view.scenarios for score in result.scorecard if score.projected is not None]
    rows = tuple(_target_row(view, score) for score in {score.target.id: score for score in reversed(scores)}.values())
    columns = (
        Column(Text("目标", "Target")),
        Column(Text("单位", "Unit")),
        Column(Text("年份", "Year"), is_number=True),
        Column(Text("目标值", "Plan"), is_number=True),
        *(Column(result.name) for result in view.scenarios),
        Column(Text("实际（年份）", "Outcome (year)"), is_number=True),
    )
    note = Text(
        "有抽样时为中位数。目标年已有公布数的由公布数判定，各情景的推演只作检验。",
        "The median of the draws where there are any. Where the target's year is published, that figure decides; what the "
        "scenarios say of it is a test of the model.",
    )
    return Table("targets", Text("各情景的目标实现", "Targets by scenario"), columns, rows[::-1], note)


def _target_row(view: View, score: Score) -> tuple[Cell, ...]:
    target = score.target
    return (
        Words(target.name),
        Words(unit_words(target.unit)),
        a_year(years_of(score)),
        stated(target.value, f"{OPERATORS[score.operator]} "),
        *(_reached(result, target.id) for result in view.scenarios),
        measured(score.actual_value, _outcome(score), unit=target.unit),
    )


def _outcome(score: Score) -> Text:
    """The year of the published figure, and its verdict where it decides."""
    year = bracketed(score.actual_year)
    if score.judged_by != "data":
        return year
    verdict = VERDICTS[score.verdict]
    return year + Text(verdict.zh, f" {verdict.en}")


def _reached(result: Result, target: str) -> Words:
    """What a scenario projects, and its verdict."""
    score = next((item for item in result.scorecard if item.target.id == target), None)
    if score is None or score.projected is None:
        return Words(Text("—", "—"))
    verdict, number = VERDICTS[score.verdict], plain(score.projected, score.target.unit)
    if score.judged_by == "data":
        return Words(Text(f"{number}（检验）", f"{number} (a test)"), tone="quiet")
    return Words(Text(f"{number} {verdict.zh}", f"{number} {verdict.en}"), tone=VERDICT_TONES[score.verdict])


def _indicators(view: View) -> Table:
    years = sorted({view.base_year + step for step in _STEPS if view.base_year + step <= view.last_year})
    columns = (
        Column(Text("指标", "Indicator")),
        Column(Text("单位", "Unit")),
        Column(Text("情景", "Scenario")),
        *(Column(Text(str(year), str(year)), is_number=True) for year in years),
    )
    shared = [
        name for name in view.scenarios[0].outline.compared if all(name in result.projection for result in view.scenarios)
    ]
    rows = tuple(row for name in shared for row in _indicator_rows(view, name, years))
    return Table("indicators", Text("主要指标", "Main indicators"), columns, rows)


def _indicator_rows(view: View, name: str, years: Sequence[int]) -> Iterator[tuple[Cell, ...]]:
    for result in view.scenarios:
        unit, values = result.projection[name].attrs["units"], yearly(result, name, result.city)
        factor = 100.0 if unit == "ratio" else 1.0
        shown = (measured(None if year not in values else factor * values[year], unit=unit) for year in years)
        words = Text("%", "%") if factor != 1.0 else unit_words(unit)
        yield (Words(view.label(name)), Words(words), Words(result.name), *shown)


def settings_table(view: View) -> Table:
    """What is not the same in all scenarios: each value, the most frequent first, with the scenarios that have it."""
    named = {item.name: item for result in view.scenarios for item in result.settings}
    columns = (
        Column(Text("设定", "Setting")),
        Column(Text("单位", "Unit")),
        Column(Text("取值", "Value")),
        Column(Text("情景", "Scenarios")),
    )
    rows = tuple(row for item in named.values() for row in _setting_rows(view, item))
    return Table("differences", Text("设定的不同", "What is set differently"), columns, rows)


def _setting_rows(view: View, item: Setting) -> Iterator[tuple[Cell, ...]]:
    by_value: dict[Text, list[Text]] = {}
    for result in view.scenarios:
        found = [own.after for own in result.settings if own.name == item.name]
        by_value.setdefault(found[-1] if found else item.before, []).append(result.name)
    if len(by_value) < 2:  # noqa: PLR2004  what is the same everywhere is no difference
        return
    groups = sorted(by_value.items(), key=lambda pair: -len(pair[1]))
    for place, (value, names) in enumerate(groups):
        head = Words(item.label, (Text(item.name, item.name),)) if place == 0 else Words(Text("", ""))
        unit = Words(unit_words(item.unit)) if place == 0 else Words(Text("", ""))
        yield (head, unit, Words(value), Words(_named(names, is_largest=place == 0)))


def _named(names: Sequence[Text], *, is_largest: bool) -> Text:
    """The scenarios of a value by name, but for a largest group of more than a few: all the others."""
    if is_largest and len(names) > _MOST_NAMED:
        return Text(f"其余 {len(names)} 个情景", f"the other {len(names)} scenarios")
    return joined(list(names), Text("、", ", "))
