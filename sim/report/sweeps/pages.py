"""The pages of sweeps and analyses, as reports: how it was drawn, tables with their figures, what decides the numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

import numpy as np
import xarray as xr

from sim.base import __version__
from sim.base.text import Text, same
from sim.base.words import NONE, OPERATORS, chance, exact, plain, unit_words
from sim.report.cells import NOTES, NOTHING, Column
from sim.report.document import Block, Chapter, Heading, Paragraph, Picture, Report, Table, table_of
from sim.report.figures import Figure
from sim.report.sweeps.figures import chance_response, closest, fans, index_map, response, target_chances, tornado
from sim.report.sweeps.findings import BandRow, Findings, PointRow, TargetRow, headline_series, method_sentence, reading_year
from sim.simulate.sweeps.names import AskedTarget, left_out_of, named_from, named_inputs, named_series, title_of, with_unit
from sim.simulate.sweeps.sensitivity import Analysis, sentences
from sim.simulate.sweeps.statistics import members_of

MOST_POINTS = 400
_MOST_CORRELATED, _MOST_OUTPUTS, _MOST_INPUTS = 4, 8, 10
_ERROR_NOTE = NOTES["sampling_error"]
_CORRELATION_NOTE = NOTES["correlations"]
_DATA = NOTES["draws"]
_CORRELATED = Text("各输入与指标的秩相关", "Rank correlations of inputs and indicators")


@dataclass(frozen=True)
class SweepPart:
    """Figures by name, with the table that they belong to, or the heading and the note above them."""

    table: Table | None
    figures: Mapping[str, Figure]
    above: tuple[Block, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The blocks that stand on the page."""
        return (*self.above, *filter(None, [self.table]), *(Picture(key) for key in self.figures))


def sweep_report(findings: Findings, folder: str) -> Report:
    """The page of a sweep."""
    return _report(findings.draws, folder, [method_sentence(findings.draws)], sweep_parts(findings))


def sweep_parts(findings: Findings) -> list[SweepPart]:
    """The tables of a sweep with their figures: of draws that are one ensemble, or of single points."""
    if findings.pointwise:
        return _point_parts(findings)
    draws, names, found = findings.draws, findings.names, list[SweepPart]()
    if findings.targets:
        found.append(SweepPart(target_table(findings), {"chances": target_chances(draws, findings.probabilities)}))
    found.append(SweepPart(band_table(findings), {"fans": fans(draws, names, findings.bands)}))
    if findings.correlations is not None:
        few, known, year = names[:_MOST_CORRELATED], findings.correlations, findings.year
        drawn = {f"correlations_{name}": closest(draws, known, name, year) for name in few}
        found.append(SweepPart(None, drawn, (Heading(_CORRELATED), Paragraph(_CORRELATION_NOTE, "small"))))
    return found


def analysis_report(analysis: Analysis, folder: str) -> Report:
    """The page of a sensitivity analysis."""
    said = [*sentences(analysis), method_sentence(analysis.draws)]
    return _report(analysis.draws, folder, said, analysis_parts(analysis))


def analysis_parts(analysis: Analysis) -> list[SweepPart]:
    """The table of each output with its figures; the outputs of targets first."""
    known = [str(name) for name in analysis.indices["output"].to_numpy()]
    first = [name for name in headline_series(analysis.draws) if name in known]
    found, indices = list[SweepPart](), analysis.indices
    for name in list(dict.fromkeys((*first, *known)))[:_MOST_OUTPUTS]:
        figures: dict[str, Figure] = {f"tornado_{name}": tornado(indices, name, _analysed_year(analysis))}
        if indices.attrs["kind"] == "sobol":
            figures[f"map_{name}"] = index_map(indices, name)
        found.append(SweepPart(index_table(analysis, name), figures))
    return found


def _report(draws: xr.Dataset, folder: str, said: Sequence[Text], parts: Sequence[SweepPart]) -> Report:
    left_out, title = left_out_of(draws), title_of(draws)
    first: list[Block] = [Paragraph(line) for line in said]
    first += [Paragraph(left_out, "small")] if left_out.zh else []
    first += [block for part in parts for block in part.blocks]
    identity = json.loads(draws.attrs.get("identity", "{}"))
    columns = Column(Text("项目", "Item"), itemgetter(0)), Column(Text("取值", "Value"), itemgetter(1), is_number=True)
    decides = table_of("identity", Text("决定数值的各项", "What decides the numbers"), columns, identity.items())
    results = Chapter("results", Text("结果", "Results"), tuple(first))
    data = Chapter("data", Text("数据", "Data"), (Paragraph(_DATA, "small"), decides))
    return Report(
        title=title + Text(" · 抽样与扫描", " · Draws and sweeps"),
        subtitle=same(folder),
        scenario=str(draws.attrs["scenario"]),
        scenario_name=title,
        run=folder,
        engine=__version__,
        chapters=(results, data),
        figures={key: figure for part in parts for key, figure in part.figures.items()},
        members={},
    )


def target_table(findings: Findings) -> Table:
    """The probability of each target, and of all of them."""
    return table_of("targets", Text("目标的实现概率", "Probabilities of the targets"), _TARGETS, findings.chances, _ERROR_NOTE)


_TARGETS: tuple[Column[TargetRow], ...] = (
    Column(Text("目标", "target"), lambda row: row.label),
    Column(Text("单位", "unit"), lambda row: unit_words(row.target.unit) if row.target else "", is_number=True),
    Column(Text("年份", "year"), lambda row: row.target.years if row.target else "", is_number=True),
    Column(Text("目标值", "plan"), lambda row: _plan(row.target) if row.target else "", is_number=True),
    Column(Text("概率", "probability"), lambda row: chance(row.probability) or "0", is_number=True),
    Column(Text("抽样标准误（百分点）", "standard error (points)"), lambda row: f"± {100.0 * row.error:.2f}", is_number=True),
)


def _plan(target: AskedTarget) -> str:
    return f"{OPERATORS[target.operator]} {exact(target.value)}"


def band_table(findings: Findings) -> Table:
    """Medians and bands of some years, from the narrowest to the widest."""
    return table_of("bands", Text("各指标的区间", "Bands of the indicators"), _BANDS, findings.shown_bands)


def _span(low: float, row: BandRow) -> str:
    return f"{plain(row.quantiles[low])}–{plain(row.quantiles[1.0 - low])}"


_BANDS: tuple[Column[BandRow], ...] = (
    Column(Text("指标", "indicator"), lambda row: row.series.label),
    Column(Text("单位", "unit"), lambda row: unit_words(row.series.unit), is_number=True),
    Column(Text("年份", "year"), lambda row: str(row.year), is_number=True),
    Column(Text("中位数", "median"), lambda row: plain(row.quantiles[0.5]), is_number=True),
    Column(Text("50% 区间", "50 % band"), partial(_span, 0.25), is_number=True),
    Column(Text("80% 区间", "80 % band"), partial(_span, 0.1), is_number=True),
    Column(Text("90% 区间", "90 % band"), partial(_span, 0.05), is_number=True),
)


def point_heads(findings: Findings) -> tuple[dict[str, Text], dict[str, Text]]:
    """Heads of the inputs and of the medians in tables of points."""
    first, inputs = findings.points[0], named_inputs(findings.draws)
    medians = {key: with_unit(named_series(findings.draws, key)) + same(f" {findings.year}") for key in first.medians}
    return {key: with_unit(inputs[key]) for key in first.inputs}, medians


def _point_parts(findings: Findings) -> list[SweepPart]:
    """The points one by one: medians and probabilities."""
    draws, rows, (inputs, medians) = findings.draws, findings.points, point_heads(findings)
    first, spoken = next(iter(inputs)), {row.target.variable for row in findings.targets if row.target}
    shown = [name for name in findings.names if name in spoken] or findings.names
    given = [Column(head, partial(_input, key), is_number=key != first) for key, head in inputs.items()]
    found = [Column(medians[name], partial(_median, name), is_number=True) for name in shown]
    single, count = members_of(draws) == 1, f"{len(rows):,}"
    cut = Text(f"共 {count} 个点，全表在 points.csv。", f"{count} points in all; the whole table is points.csv.")
    note = (_ONCE if single else NOTHING) + (cut if len(rows) > MOST_POINTS else NOTHING)
    title = Text(f"各点 {findings.year} 年的结果", f"Results of each point in {findings.year}")
    if not single:
        title = Text(f"各点 {findings.year} 年的中位数", f"Medians of each point in {findings.year}")
    table = table_of("medians", title, [*given, *found], rows[:MOST_POINTS], note)
    parts = [SweepPart(table, {"medians": response(draws, shown, findings.year, findings.bands)})]
    if findings.targets:
        share, targets = partial(_share, single=single), zip(rows[0].chances, findings.targets, strict=True)
        met = [Column(row.named, partial(share, key), is_number=True) for key, row in targets]
        table = table_of("met", _WHETHER if single else _PROBABLE, [*given, *met], rows[:MOST_POINTS], note)
        parts.append(SweepPart(table, {} if single else {"chances": chance_response(draws, findings.probabilities)}))
    return parts


_ONCE = NOTES["single_runs"]
_WHETHER = Text("各点是否达到目标", "Whether each point meets the targets")
_PROBABLE = Text("各点的实现概率", "Probabilities of each point")
_MET = {True: Text("达到", "met"), False: Text("未达到", "not met")}


def _input(key: str, row: PointRow) -> str:
    return f"{row.inputs[key]:.6g}"


def _median(name: str, row: PointRow) -> str:
    """A number as text; a point of which every draw was lost has none."""
    return plain(row.medians[name]) if math.isfinite(row.medians[name]) else NONE


def _share(target: str, row: PointRow, *, single: bool) -> Text | str:
    """The share of the draws of a point that meet a target; of a single run, met or not."""
    share = row.chances[target]
    if not math.isfinite(share):
        return NONE
    return _MET[bool(share)] if single else chance(share) or "0"


def _analysed_year(analysis: Analysis) -> int:
    """The year of the targets, within the years that were analysed."""
    years = [int(year) for year in analysis.indices["year"].to_numpy()]
    return min(max(reading_year(analysis.draws), years[0]), years[-1])


def index_table(analysis: Analysis, name: str) -> Table:
    """The inputs that matter most for one output in the year of the targets."""
    year, indices = _analysed_year(analysis), analysis.indices
    chosen, inputs = indices.sel(output=name, year=year), named_from(indices["input"])
    output = named_from(indices["output"])[name]
    sobol = indices.attrs["kind"] == "sobol"
    order = np.argsort(-chosen["total" if sobol else "size"].to_numpy(), kind="stable")[:_MOST_INPUTS]
    scale, unit = 1.0 if sobol else output.scale, unit_words(output.unit)
    columns: list[Column[xr.Dataset]] = [Column(Text("输入", "input"), lambda row: inputs[str(row["input"].item())].label)]
    columns += [
        Column(head, partial(_index, key, scale, is_share=sobol), is_number=True)
        for key, head in (_SOBOL if sobol else _MORRIS).items()
    ]
    title = output.label + (NOTHING if sobol else Text(f"（{unit.zh}）", f" ({unit.en})")) + Text(f"，{year} 年", f", {year}")
    return table_of(f"indices_{name}", title, columns, [chosen.isel(input=place) for place in order])


def _index(key: str, scale: float, row: xr.Dataset, *, is_share: bool) -> str:
    value = scale * float(row[key])
    return f"{round(value, 3) + 0.0:.3f}" if is_share else plain(value)  # no minus before zero


_SOBOL = {
    "total": Text("总效应", "total effect"),
    "total_error": Text("± 95%", "± 95 %"),
    "first": Text("单独效应", "first-order effect"),
    "first_error": Text("± 95%", "± 95 %"),
}
_MORRIS = {
    "effect": Text("由最低到最高的平均变化", "mean change from lowest to highest"),
    "size": Text("平均绝对变化", "mean size of the change"),
    "deviation": Text("标准差", "standard deviation"),
}
