"""The pages of sweeps and analyses, as reports: how it was drawn, tables with their figures, what decides the numbers."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.base import __version__
from sim.base.text import Text
from sim.base.words import NONE, OPERATORS, chance, exact, plain, unit_words
from sim.report.document import Block, Chapter, Column, Heading, Paragraph, Picture, Report, Table, Words
from sim.report.figures.frame import Figure
from sim.report.sweeps.figures import closest, fans, index_map, target_chances, tornado
from sim.report.sweeps.findings import Findings, PointRow, headline_series, method_sentence, reading_year
from sim.report.sweeps.response_figures import chance_response, response
from sim.simulate.sweeps.names import ALL_TARGETS, left_out_of, named_from, named_inputs, named_series, title_of, with_unit
from sim.simulate.sweeps.sensitivity import Analysis, sentences
from sim.simulate.sweeps.statistics import members_of

MOST_POINTS = 400
_MOST_CORRELATED, _MOST_OUTPUTS, _MOST_INPUTS = 4, 8, 10
_LOWER_ENDS = (0.25, 0.1, 0.05)
_ERROR_NOTE = Text(
    "抽样标准误只反映抽样次数有限，不含模型和数据本身的误差。",
    "The standard error is that of finitely many draws alone, not of the model or the data.",
)
_CORRELATION_NOTE = Text(
    "Spearman 秩相关：输入越高时指标是否越高。年度冲击不是一个数，不在其中；它占多少，用 --sensitivity sobol 计算。",
    "Spearman's rank correlation: is an indicator higher where the input is? Yearly shocks are no single number and not "
    "among them; --sensitivity sobol tells their part.",
)
_DATA = Text(
    "逐次抽样的全部数值在 draws.zarr（xarray.open_zarr 可读），汇总在 summary.nc，表格另存为 CSV。决定这些数值的各项见下表。",
    "Every draw stands in draws.zarr (read it with xarray.open_zarr), the statistics in summary.nc, the tables also as CSV. "
    "The table below names what decides these numbers.",
)
_CORRELATED = Text("各输入与指标的秩相关", "Rank correlations of inputs and indicators")


@dataclass(frozen=True)
class SweepPart:
    """Figures by name, with the table that they belong to, or the heading and the note above them."""

    table: Table | None
    figures: Mapping[str, Figure]
    above: tuple[Block, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What stands on the page."""
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
    rows = [[_same(name), _same(value)] for name, value in identity.items()]
    heads = Text("项目", "Item"), Text("取值", "Value")
    decides = _table("identity", Text("决定数值的各项", "What decides the numbers"), heads, rows)
    results = Chapter("results", Text("结果", "Results"), tuple(first))
    data = Chapter("data", Text("数据", "Data"), (Paragraph(_DATA, "small"), decides))
    return Report(
        title=title + Text(" · 抽样与扫描", " · Draws and sweeps"),
        subtitle=_same(folder),
        scenario=str(draws.attrs["scenario"]),
        scenario_name=title,
        run=folder,
        engine=__version__,
        chapters=(results, data),
        figures={key: figure for part in parts for key, figure in part.figures.items()},
        members={},
    )


def _table(key: str, caption: Text, heads: Iterable[Text], rows: Iterable[Sequence[Text]], note: Text = Text("", "")) -> Table:
    """A table whose first column is text and all others numbers."""
    columns = tuple(Column(head, is_number=place > 0) for place, head in enumerate(heads))
    return Table(key, caption, columns, tuple(tuple(Words(cell) for cell in row) for row in rows), note)


def _same(text: str) -> Text:
    return Text(text, text)


def target_table(findings: Findings) -> Table:
    """How likely each target is, and all of them."""
    heads = (
        Text("目标", "target"),
        Text("单位", "unit"),
        Text("年份", "year"),
        Text("目标值", "plan"),
        Text("概率", "probability"),
        Text("抽样标准误（百分点）", "standard error (points)"),
    )
    rows = []
    for row in findings.targets:
        target = row.target
        plan = _same(f"{OPERATORS[target.operator]} {exact(target.value)}")
        rows.append([target.label, unit_words(target.unit), _same(target.years), plan, *_chance(row.probability, row.error)])
    found, nothing = findings.probabilities, Text("", "")
    together = _chance(float(found["joint"]), float(found["joint_error"]))
    rows.append([ALL_TARGETS, nothing, nothing, nothing, *together])
    return _table("targets", Text("目标的实现概率", "Probabilities of the targets"), heads, rows, _ERROR_NOTE)


def _chance(probability: float, error: float) -> list[Text]:
    return [_same(chance(probability) or "0"), _same(f"± {100.0 * error:.2f}")]


def band_table(findings: Findings) -> Table:
    """Medians and bands of some years, from the narrowest to the widest."""
    heads = (
        Text("指标", "indicator"),
        Text("单位", "unit"),
        Text("年份", "year"),
        Text("中位数", "median"),
        Text("50% 区间", "50 % band"),
        Text("80% 区间", "80 % band"),
        Text("90% 区间", "90 % band"),
    )
    rows = []
    for row in findings.shown_bands:
        spans = [_same(f"{plain(row.quantiles[low])}–{plain(row.quantiles[1.0 - low])}") for low in _LOWER_ENDS]
        named = [row.series.label, unit_words(row.series.unit), _same(str(row.year))]
        rows.append([*named, _same(plain(row.quantiles[0.5])), *spans])
    return _table("bands", Text("各指标的区间", "Bands of the indicators"), heads, rows)


def point_heads(findings: Findings) -> list[Text]:
    """Heads of the table of points, but for probabilities."""
    first, inputs = findings.points[0], named_inputs(findings.draws)
    medians = [with_unit(named_series(findings.draws, key)) + _same(f" {findings.year}") for key in first.medians]
    return [*(with_unit(inputs[key]) for key in first.inputs), *medians]


def _point_parts(findings: Findings) -> list[SweepPart]:
    """The points one by one: medians and probabilities."""
    draws, rows, inputs = findings.draws, findings.points, len(findings.points[0].inputs)
    spoken = {row.target.variable for row in findings.targets}
    shown = [name for name in findings.names if name in spoken] or findings.names
    heads, names, few = point_heads(findings), list(rows[0].medians), rows[:MOST_POINTS]
    places = [names.index(name) for name in shown]
    medians = [[*_inputs(row), *(_number(plain, list(row.medians.values())[place]) for place in places)] for row in few]
    single, count = members_of(draws) == 1, f"{len(rows):,}"
    cut = Text(f"共 {count} 个点，全表在 points.csv。", f"{count} points in all; the whole table is points.csv.")
    note = (_ONCE if single else Text("", "")) + (cut if len(rows) > MOST_POINTS else Text("", ""))
    what = Text("结果", "Results") if single else Text("中位数", "Medians")
    title = Text(f"各点 {findings.year} 年的{what.zh}", f"{what.en} of each point in {findings.year}")
    table = _table("medians", title, [*heads[:inputs], *(heads[inputs + place] for place in places)], medians, note)
    found = [SweepPart(table, {"medians": response(draws, shown, findings.year, findings.bands)})]
    if findings.targets:
        labels = [row.target.label + _same(f" {row.target.years}") for row in findings.targets]
        cells = [[*_inputs(row), *(_share(p, single=single) for p in row.chances.values())] for row in few]
        probable = _WHETHER if single else Text("各点的实现概率", "Probabilities of each point")
        table = _table("met", probable, [*heads[:inputs], *labels], cells, note)
        found.append(SweepPart(table, {} if single else {"chances": chance_response(draws, findings.probabilities)}))
    return found


_ONCE = Text(
    "每点只推演一次，不是概率；要概率请写 draws，例如 200。",
    "Each point is run once: no probabilities; name `draws` for those, such as 200. ",
)
_WHETHER = Text("各点是否达到目标", "Whether each point meets the targets")
_MET = {True: Text("达到", "met"), False: Text("未达到", "not met")}


def _number(text: Callable[[float], str], value: float) -> Text:
    """A number as text; a point of which every draw was lost has none."""
    return _same(text(value) if math.isfinite(value) else NONE)


def _share(share: float, *, single: bool) -> Text:
    """The share of the draws of a point that meet a target; of a single run, whether it does."""
    if not math.isfinite(share):
        return _same(NONE)
    return _MET[bool(share)] if single else _same(chance(share) or "0")


def _inputs(row: PointRow) -> list[Text]:
    return [_same(f"{value:.6g}") for value in row.inputs.values()]


def _analysed_year(analysis: Analysis) -> int:
    """The year of the targets, within the years that were analysed."""
    years = [int(year) for year in analysis.indices["year"].to_numpy()]
    return min(max(reading_year(analysis.draws), years[0]), years[-1])


def index_table(analysis: Analysis, name: str) -> Table:
    """What matters most for one output in the year of the targets."""
    year, indices = _analysed_year(analysis), analysis.indices
    chosen, inputs, output = (
        indices.sel(output=name, year=year),
        named_from(indices["input"]),
        named_from(indices["output"])[name],
    )
    sobol = indices.attrs["kind"] == "sobol"
    heads, columns, leading = (_SOBOL_HEADS, _SOBOL, "total") if sobol else (_MORRIS_HEADS, _MORRIS, "size")
    order = np.argsort(-chosen[leading].to_numpy(), kind="stable")[:_MOST_INPUTS]
    scale, keys = 1.0 if sobol else output.scale, [str(key) for key in indices["input"].to_numpy()]
    rows = [
        [inputs[keys[place]].label, *(_index(scale * float(chosen[column][place]), is_share=sobol) for column in columns)]
        for place in order
    ]
    unit = unit_words(output.unit)
    said = Text("", "") if sobol else Text(f"（{unit.zh}）", f" ({unit.en})")
    title = output.label + said + Text(f"，{year} 年", f", {year}")
    return _table(f"indices_{name}", title, (Text("输入", "input"), *heads), rows)


def _index(value: float, *, is_share: bool) -> Text:
    return _same(f"{round(value, 3) + 0.0:.3f}" if is_share else plain(value))  # no minus before zero


_SOBOL, _MORRIS = ("total", "total_error", "first", "first_error"), ("effect", "size", "deviation")
_SOBOL_HEADS = (
    Text("总效应", "total effect"),
    Text("± 95%", "± 95 %"),
    Text("单独效应", "first-order effect"),
    Text("± 95%", "± 95 %"),
)
_MORRIS_HEADS = (
    Text("由最低到最高的平均变化", "mean change from lowest to highest"),
    Text("平均绝对变化", "mean size of the change"),
    Text("标准差", "standard deviation"),
)
