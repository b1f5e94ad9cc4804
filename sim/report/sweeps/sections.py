"""The tables of a sweep as parts of its page."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import xarray as xr

from sim.base.text import Language, Text
from sim.base.words import NONE, chance, exact, plain, unit_text
from sim.report.sweeps.findings import Findings
from sim.report.sweeps.page import Section
from sim.report.sweeps.tables import BandRow, PointRow, TargetRow
from sim.simulate.sweeps.names import ALL_TARGETS, named_inputs, named_series, with_unit
from sim.simulate.sweeps.statistics import members_of

OPERATORS = {">": ">", ">=": "≥", "=": "=", "<=": "≤", "~": "≈"}
MOST_POINTS = 400
_TARGET_HEADS = (
    Text("目标", "target"),
    Text("单位", "unit"),
    Text("年份", "year"),
    Text("目标值", "plan"),
    Text("概率", "probability"),
    Text("抽样标准误（百分点）", "standard error (points)"),
)
_ERROR_NOTE = Text(
    "抽样标准误只反映抽样次数有限，不含模型和数据本身的误差。",
    "The standard error is that of finitely many draws alone, not of the model or the data.",
)
_BAND_HEADS = (
    Text("指标", "indicator"),
    Text("单位", "unit"),
    Text("年份", "year"),
    Text("中位数", "median"),
    Text("50% 区间", "50 % band"),
    Text("80% 区间", "80 % band"),
    Text("90% 区间", "90 % band"),
)
Pictures = Mapping[str, Mapping[str, str]]
"""SVG documents by name, by the section that they belong to."""
_LOWER_ENDS = (0.25, 0.1, 0.05)


def _said(texts: Sequence[Text], language: Language) -> list[str]:
    return [text.in_language(language) for text in texts]


def target_section(rows: Sequence[TargetRow], found: xr.Dataset, figures: Mapping[str, str], language: Language) -> Section:
    """How likely each target is, and all of them."""
    table = [target_cells(row, language) for row in rows]
    table.append([ALL_TARGETS.in_language(language), "", "", "", *_chance(float(found["joint"]), float(found["joint_error"]))])
    title = Text("目标的实现概率", "Probabilities of the targets")
    return Section(title, _ERROR_NOTE, _said(_TARGET_HEADS, language), table, figures)


def target_cells(row: TargetRow, language: Language) -> list[str]:
    """A target as text: name, unit, year, plan, probability, error."""
    target = row.target
    plan = f"{OPERATORS[target.operator]} {exact(target.value)}"
    named = [target.label.in_language(language), unit_text(target.unit, language), target.years, plan]
    return [*named, *_chance(row.probability, row.error)]


def _chance(probability: float, error: float) -> list[str]:
    return [chance(probability) or "0", f"± {100.0 * error:.2f}"]


def band_section(rows: Sequence[BandRow], figures: Mapping[str, str], language: Language) -> Section:
    """Medians and bands of some years."""
    table = [band_cells(row, language) for row in rows]
    title = Text("各指标的区间", "Bands of the indicators")
    return Section(title, heads=_said(_BAND_HEADS, language), rows=table, figures=figures)


def band_cells(row: BandRow, language: Language) -> list[str]:
    """A band as text: name, unit, year, median, and bands from the narrowest to the widest."""
    spans = [f"{plain(row.quantiles[low])}–{plain(row.quantiles[1.0 - low])}" for low in _LOWER_ENDS]
    named = [row.series.label.in_language(language), unit_text(row.series.unit, language), str(row.year)]
    return [*named, plain(row.quantiles[0.5]), *spans]


def correlation_section(figures: Mapping[str, str]) -> Section:
    """What goes with what."""
    note = Text(
        "Spearman 秩相关：输入越高时指标是否越高。年度冲击不是一个数，不在其中；它占多少，用 --sensitivity sobol 计算。",
        "Spearman's rank correlation: is an indicator higher where the input is? Yearly shocks are no single number and not "
        "among them; --sensitivity sobol tells their part.",
    )
    return Section(Text("各输入与指标的秩相关", "Rank correlations of inputs and indicators"), note, figures=figures)


def point_heads(findings: Findings, language: Language) -> list[str]:
    """Heads of the table of points, but for probabilities."""
    first, inputs = findings.points[0], named_inputs(findings.draws)
    medians = [with_unit(named_series(findings.draws, key), language) for key in first.medians]
    return [*(with_unit(inputs[key], language) for key in first.inputs), *(f"{name} {findings.year}" for name in medians)]


def point_series(findings: Findings) -> list[str]:
    """The series that are shown of each point: those that targets speak of; of all, without targets."""
    spoken = {row.target.variable for row in findings.targets}
    return [name for name in findings.names if name in spoken] or findings.names


def point_sections(findings: Findings, pictures: Pictures, language: Language) -> list[Section]:
    """The points one by one: medians, with the figures `medians`, and probabilities, with the figures `chances`."""
    rows, year, inputs = findings.points, findings.year, len(findings.points[0].inputs)
    heads, names = point_heads(findings, language), list(rows[0].medians)
    shown = [names.index(name) for name in point_series(findings)]
    few = rows[:MOST_POINTS]
    medians = [[*_inputs(row), *(_cell(plain, list(row.medians.values())[place]) for place in shown)] for row in few]
    count = f"{len(rows):,}"
    cut = Text(f"共 {count} 个点，全表在 points.csv。", f"{count} points in all; the whole table is points.csv.")
    single = members_of(findings.draws) == 1
    note = (_ONCE if single else Text("", "")) + (cut if len(rows) > MOST_POINTS else Text("", ""))
    what = Text("结果", "Results") if single else Text("中位数", "Medians")
    title = Text(f"各点 {year} 年的{what.zh}", f"{what.en} of each point in {year}")
    heads_shown = [*heads[:inputs], *(heads[inputs + place] for place in shown)]
    sections = [Section(title, note, heads_shown, medians, pictures.get("medians", {}))]
    if findings.targets:
        labels = [f"{row.target.label.in_language(language)} {row.target.years}" for row in findings.targets]
        said = (lambda share: _MET[bool(share)].in_language(language)) if single else (lambda share: chance(share) or "0")
        chances = [[*_inputs(row), *(_cell(said, p) for p in row.chances.values())] for row in few]
        probable = _WHETHER if single else Text("各点的实现概率", "Probabilities of each point")
        sections.append(Section(probable, note, [*heads[:inputs], *labels], chances, pictures.get("chances", {})))
    return sections


_ONCE = Text(
    "每点只推演一次，不是概率；要概率请写 draws，例如 200。",
    "Each point is run once: no probabilities; name `draws` for those, such as 200. ",
)
_WHETHER = Text("各点是否达到目标", "Whether each point meets the targets")
_MET = {True: Text("达到", "met"), False: Text("未达到", "not met")}


def _cell(text: Callable[[float | None], str], value: float) -> str:
    """A number as text; a point of which every draw was lost has none."""
    return text(value) if math.isfinite(value) else NONE


def _inputs(row: PointRow) -> list[str]:
    return [f"{value:.6g}" for value in row.inputs.values()]
