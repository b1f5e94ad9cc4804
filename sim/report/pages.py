"""Pages: report.html of each scenario and compare.html of a run, self-contained, from the same records as every table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

from sim.outputs.published import Comparison
from sim.plan.rest import MORE_THAN_ALL
from sim.plan.scorecard import VERDICTS, Score
from sim.report.view import CaseView, View, yearly
from sim.text import Language, Text
from sim.words import NONE, chance, exact, plain, rate, signed, unit_text

HEADLINE_INDICATORS = (
    "gdp_nominal",
    "gdp_real",
    "manufacturing_share",
    "residents",
    "urban_share",
    "labour_supply",
    "income_per_head",
    "rd_intensity",
    "market_entities",
    "four_above_firms",
    "hightech_firms",
)
_PERCENT_VARIABLES = ("manufacturing_share", "urban_share", "rd_intensity")


@dataclass(frozen=True)
class Setting:
    """One thing that a scenario sets, as it is shown."""

    name: str
    label: Text
    section: str
    unit: str
    before: Text
    after: Text
    origin: str
    sources: str
    note: str


@dataclass(frozen=True)
class Assumption:
    """One parameter of the run, as it is shown."""

    name: str
    label: Text
    unit: str
    value: Text
    evidence: str
    source: str


@dataclass(frozen=True)
class Foresight:
    """A target asked again from an earlier year: what it looked like then, and what came of it."""

    name: Text
    unit: str
    year: int
    as_of: int
    value: str
    chance: str
    median: str
    band: str
    outcome: str
    stand_in: str


@dataclass(frozen=True)
class CaseText:
    """What a page says of a scenario besides its numbers."""

    description: Text
    remarks: Sequence[Text]
    step_error: Text | None
    draws: Sequence[Text]
    ledger: Sequence[Text]
    foreseen: Sequence[Foresight]
    settings: Sequence[Setting]
    comparisons: Sequence[Comparison]
    assumptions: Sequence[Assumption]
    provenance: Mapping[str, str]


def report_page(view: View, case: CaseView, text: CaseText, figures: Mapping[str, str], run_id: str) -> str:
    """The page of one scenario; `figures` are SVG documents by name."""
    language = view.language
    years = sorted({row.year for row in text.comparisons})
    return template("report.html.j2").render(
        **_common(view, run_id, case.name),
        scenario=view.say(case.name),
        headline=view.say(headline(case.scores)),
        remarks=[view.say(item) for item in text.remarks],
        description=view.say(text.description),
        step_error="" if text.step_error is None else view.say(text.step_error),
        draws=[view.say(sentence) for sentence in text.draws],
        ledger=[view.say(sentence) for sentence in text.ledger],
        foreseen=[as_cells(item, language) for item in text.foreseen],
        scores=[score_cells(score, language) for score in case.scores],
        changes=[as_cells(item, language) for item in text.settings],
        figures=inline_figures(figures),
        check_years=years,
        checks=_check_rows(text.comparisons, years, language),
        parameters=[as_cells(item, language) for item in text.assumptions],
        provenance=list(text.provenance.items()),
    )


def compare_page(view: View, texts: Mapping[str, CaseText], figures: Mapping[str, str], run_id: str) -> str:
    """The page that sets the scenarios of a run side by side."""
    title = Text("情景比较", "Scenarios compared")
    years = [view.base_year + step for step in (0, 1, 3, 5, 10, 15) if view.base_year + step <= view.last_year]
    return template("compare.html.j2").render(
        **_common(view, run_id, title),
        cases=[
            {"key": case.key, "name": view.say(case.name), "headline": view.say(headline(case.scores))} for case in view.cases
        ],
        targets=_target_rows(view),
        years=sorted(set(years)),
        indicators=[row for name in HEADLINE_INDICATORS for row in _indicator_rows(view, name, sorted(set(years)))],
        settings=_setting_rows(view, texts),
        figures=inline_figures(figures),
    )


def headline(scores: Sequence[Score]) -> Text:
    """The answer in one sentence: how many targets are reached, and which are not."""
    judged = [score for score in scores if score.verdict != "not_judged"]
    if not judged:
        return Text("没有可判定的目标。", "No target can be judged.")
    met = [score for score in judged if score.verdict == "met"]
    open_targets = [score for score in judged if score.verdict != "met"]
    zh = f"{len(judged)} 项可判定的目标中，{len(met)} 项实现"
    en = f"{len(met)} of {len(judged)} judged targets are met"
    if not open_targets:
        return Text(f"{zh}。", f"{en}.")
    worst = max(open_targets, key=lambda score: abs(score.gap_percent or 0.0))
    gap, side = plain(abs(worst.gap_percent or 0.0)), "少" if (worst.gap or 0.0) < 0.0 else "多"
    return Text(
        f"{zh}，{len(open_targets)} 项未实现；差距最大的是“{worst.target.name.zh}”，比目标值{side} {gap}%。",
        f"{en}, {len(open_targets)} are not; the widest gap is '{worst.target.name.en}', {gap} % of its plan value.",
    )


def score_cells(score: Score, language: Language) -> dict[str, str]:
    """A scorecard row as text."""
    target, unit = score.target, "" if score.required_growth is None else "%"
    percent = target.unit == "%"
    points = (" 个百分点" if language == "zh" else " pt") if percent and unit else unit
    actual = NONE
    if score.actual is not None and score.actual_value is not None:
        year = Text(f"（{score.actual.year}）", f" ({score.actual.year})")
        actual = plain(score.actual_value) + year.in_language(language)
    return {
        "id": target.id,
        "name": target.name.in_language(language),
        "unit": unit_text(target.unit, language),
        "year": f"{target.start_year}–{target.year}" if score.each_year and target.start_year else str(target.year or NONE),
        "operator": {">": ">", ">=": "≥", "=": "=", "<=": "≤", "~": "≈"}[target.operator],
        "plan": exact(target.value),
        "base": plain(score.base),
        "projected": plain(score.projected),
        "real": plain(score.projected_real) if score.projected_real is not None else "",
        "gap": signed(score.gap),
        "gap_percent": signed(score.gap_percent, "%") if score.gap_percent is not None else "",
        "required": rate(score.required_growth, points),
        "growth": rate(score.projected_growth, points),
        "verdict": score.verdict,
        "probability": chance(score.probability),
        "reason": score.reason.in_language(language),
        "rest": _rest(score.rest_growth, language),
        "actual": actual,
        "quote": target.quote,
        "document": score.document.in_language(language),
        "file": target.document,
        "caution": score.caution.in_language(language),
    }


def _rest(growth: float | None, language: Language) -> str:
    """What a district's target leaves to the rest of the city."""
    if growth is None:
        return ""
    if growth == MORE_THAN_ALL:
        return Text("无：目标不低于全市合计", "nothing: it is as much as the whole city").in_language(language)
    return rate(growth, "%")


def _common(view: View, run_id: str, title: Text) -> dict[str, Any]:
    return {
        "title": f"{view.say(view.city)} · {view.say(title)}",
        "city": view.say(view.city),
        "language": view.language,
        "base_year": view.base_year,
        "last_year": view.last_year,
        "run_id": run_id,
        "w": view.word,
        "verdict_word": lambda verdict: view.say(VERDICTS[verdict]),
    }


@cache
def _environment() -> jinja2.Environment:
    folder = Path(__file__).parent / "templates"
    return jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined)


def template(name: str) -> jinja2.Template:
    """A template of the folder `templates`."""
    return _environment().get_template(name)


def inline_figures(figures: Mapping[str, str]) -> list[dict[str, str]]:
    """Figures as they stand within a page."""
    return [{"name": name, "svg": _inline(svg, name)} for name, svg in figures.items()]


def _inline(svg: str, name: str) -> str:
    """Drop the XML head, and make ids unique to the figure so that several stand on one page."""
    body = svg[svg.index("<svg") :]
    return body.replace('id="', f'id="{name}-').replace('href="#', f'href="#{name}-').replace("url(#", f"url(#{name}-")


def as_cells(item: Setting | Assumption | Foresight, language: Language) -> dict[str, str]:
    """A setting or parameter as text in one language."""
    said = {key: value.in_language(language) if isinstance(value, Text) else value for key, value in vars(item).items()}
    for key in ("source", "note"):
        if key in said:
            said[key] = str(said[key]).replace("assumption：", "假设：" if language == "zh" else "assumption: ")
    section = SECTIONS.get(said.get("section", ""))
    return {
        **said,
        "unit": unit_text(item.unit, language),
        **({} if section is None else {"section": section.in_language(language)}),
    }


SECTIONS = {
    "levers": Text("政策杠杆", "lever"),
    "assumptions": Text("外部假设", "assumption"),
    "behaviour": Text("行为参数", "behaviour"),
    "given": Text("给定变量", "given variable"),
    "ledger": Text("项目台账", "project ledger"),
}


def _check_rows(comparisons: Iterable[Comparison], years: Sequence[int], language: Language) -> list[dict[str, Any]]:
    grouped: dict[Text, dict[int, Comparison]] = {}
    for row in comparisons:
        grouped.setdefault(row.label, {})[row.year] = row
    return [
        {
            "label": label.in_language(language),
            "unit": unit_text(next(iter(rows.values())).unit, language),
            "cells": [_check_cell(rows.get(year), language) for year in years],
        }
        for label, rows in grouped.items()
    ]


def _check_cell(row: Comparison | None, language: Language) -> dict[str, str] | None:
    if row is None:
        return None
    points = " 个百分点" if language == "zh" else " pt"
    error = signed(row.error, points) if row.error_percent is None else signed(row.error_percent, "%")
    derived = "derived:" in row.note or "interpolated:" in row.note
    kind = Text("推算", "derived") if derived else Text("公布", "published")
    return {"model": plain(row.model), "kind": kind.in_language(language), "published": plain(row.published), "error": error}


def _target_rows(view: View) -> list[dict[str, Any]]:
    """Targets that some scenario projects; why others are not judged stands in the report of each scenario."""
    scores = (score for case in view.cases for score in case.scores if score.projected is not None)
    order = list({score.target.id: score for score in scores}.items())
    rows = []
    for key, first in order:
        cells = score_cells(first, view.language)
        by_case = [next((score for score in case.scores if score.target.id == key), None) for case in view.cases]
        shown = [None if score is None else score_cells(score, view.language) for score in by_case]
        rows.append({**cells, "cells": shown})
    return rows


def _indicator_rows(view: View, name: str, years: Sequence[int]) -> list[dict[str, Any]]:
    factor = 100.0 if name in _PERCENT_VARIABLES else 1.0
    rows = []
    for case in view.cases:
        values = yearly(case, name, view.region)
        unit = "%" if factor != 1.0 else unit_text(case.results[name].attrs["units"], view.language)
        rows.append(
            {
                "label": view.say(view.labels.variables[name]),
                "unit": unit,
                "case": view.say(case.name),
                "cells": [plain(factor * values[year]) if year in values else NONE for year in years],
            }
        )
    return rows


def _setting_rows(view: View, texts: Mapping[str, CaseText]) -> list[dict[str, Any]]:
    """What is not the same in all scenarios: each value, the most frequent first, with the scenarios that have it."""
    named = {item.name: item for case in view.cases for item in texts[case.key].settings}
    rows = []
    for name, item in named.items():
        by_value: dict[str, list[str]] = {}
        for case in view.cases:
            value = view.say(_last_setting(texts[case.key].settings, name) or item.before)
            by_value.setdefault(value, []).append(view.say(case.name))
        if len(by_value) > 1:
            unit = unit_text(item.unit, view.language)
            rows.append({"name": name, "label": view.say(item.label), "unit": unit, "values": _named_groups(view, by_value)})
    return rows


def _named_groups(view: View, by_value: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    """The scenarios of each value by name, but for a largest group of more than a few: all the others."""
    groups = sorted(by_value.items(), key=lambda item: -len(item[1]))
    comma = view.word("、", ", ")
    rows = [{"value": value, "cases": comma.join(names)} for value, names in groups]
    most = len(groups[0][1])
    if most > _MOST_NAMED:
        rows[0]["cases"] = view.word(f"其余 {most} 个情景", f"the other {most} scenarios")
    return rows


_MOST_NAMED = 4


def _last_setting(settings: Sequence[Setting], name: str) -> Text | None:
    found = [item.after for item in settings if item.name == name]
    return found[-1] if found else None
