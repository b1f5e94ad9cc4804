"""Everything that is said of a sweep or an analysis, in one record: sentences, tables with their figures, files, a document.

Both are written into the folder of their draws: statistics, tables as CSV, the figures, and a page.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import StringIO
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.base import __version__
from sim.base.durable import put
from sim.base.text import Language, Text, same
from sim.base.words import NONE, OPERATORS, chance, exact, plain, unit_words
from sim.plan.scorecard import cell_text
from sim.report import style
from sim.report.cells import NOTES, NOTHING, Column
from sim.report.document import Block, Chapter, Heading, Paragraph, Picture, Report, Table, table_of
from sim.report.figures import Figure
from sim.report.forms.page import page
from sim.report.sweeps.figures import chance_response, closest, fans, index_map, response, target_chances, tornado
from sim.report.sweeps.findings import BandRow, Findings, PointRow, TargetRow, headline_series, method_sentence, reading_year
from sim.result.store import disk_faults
from sim.result.tree import packed
from sim.simulate.sweeps.names import Named, left_out_of, named_from, named_inputs, named_series, title_of, with_unit
from sim.simulate.sweeps.sensitivity import Analysis, sentences
from sim.simulate.sweeps.statistics import members_of

MOST_POINTS = 400
_MOST_CORRELATED, _MOST_OUTPUTS, _MOST_INPUTS = 4, 8, 10
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


Csv = tuple[Sequence[Any], Sequence[Sequence[Any]]]
"""Heads and rows of a table; texts are written in the language of the call."""


@dataclass(frozen=True)
class SweepResult:
    """A sweep or analysis told: sentences, the tables of the page with their figures, and the files beside it."""

    draws: xr.Dataset
    said: Sequence[Text]
    parts: Sequence[SweepPart]
    statistics: tuple[str, Mapping[str, xr.Dataset]]
    """Name and groups of the file of statistics."""
    tables: Mapping[str, Csv]
    """Tables by the names of their files."""
    document: Mapping[str, Any]
    """The same for scripts."""

    def report(self, folder: str) -> Report:
        """The page."""
        left_out, title = left_out_of(self.draws), title_of(self.draws)
        first: list[Block] = [Paragraph(line) for line in self.said]
        first += [Paragraph(left_out, "small")] if left_out.zh else []
        first += [block for part in self.parts for block in part.blocks]
        identity = json.loads(self.draws.attrs.get("identity", "{}"))
        columns = Column(Text("项目", "Item"), itemgetter(0)), Column(Text("取值", "Value"), itemgetter(1), is_number=True)
        decides = table_of("identity", Text("决定数值的各项", "What decides the numbers"), columns, identity.items())
        results = Chapter("results", Text("结果", "Results"), tuple(first))
        data = Chapter("data", Text("数据", "Data"), (Paragraph(NOTES["draws"], "small"), decides))
        return Report(
            title=title + Text(" · 抽样与扫描", " · Draws and sweeps"),
            subtitle=same(folder),
            scenario=str(self.draws.attrs["scenario"]),
            scenario_name=title,
            run=folder,
            engine=__version__,
            chapters=(results, data),
            figures={key: figure for part in self.parts for key, figure in part.figures.items()},
            members={},
        )

    def deliver(self, folder: Path, language: Language) -> Path:
        """Write everything into the folder of the draws; the page's path.

        Raises
        ------
        RunError
            when the folder cannot be written; the draws stay.
        """
        name, groups = self.statistics
        about = next(iter(groups.values())).attrs if name == _INDICES else self.draws.attrs
        attributes = {key: value for key, value in about.items() if key != "members"}  # which the draws hold
        with disk_faults(folder):
            nodes = {group: dataset.drop_attrs(deep=False) for group, dataset in groups.items()}
            put(folder / name, packed(xr.DataTree.from_dict({"/": xr.Dataset(attrs=attributes), **nodes})))
            for file, (heads, rows) in self.tables.items():
                put_table(folder / file, heads, rows, language)
            return _put_page(self.report(folder.name), folder, language)


_INDICES = "sensitivity.nc"


def put_table(file: Path, heads: Sequence[Any], rows: Iterable[Sequence[Any]], language: Language = "zh") -> None:
    """Write a CSV file with a byte-order mark, as Excel wants it; numbers to ten significant digits."""
    stream = StringIO()
    for row in (heads, *rows):
        cells = (cell.in_language(language) if isinstance(cell, Text) else cell for cell in row)
        csv.writer(stream).writerow(map(cell_text, cells))
    put(file, stream.getvalue().encode("utf-8-sig"))


def _put_page(report: Report, folder: Path, language: Language) -> Path:
    """Draw the figures and write sweep.html: titled in the folder, untitled on the page, where captions say it."""
    svgs = {}
    with style.house_style():
        for name, figure in report.figures.items():
            for suffix, content in style.pictures(figure.draw(language)).items():
                put(folder / "figures" / f"{name}{suffix}", content)
            svgs[name] = style.vector(style.untitled(figure.draw(language))).decode()
    return put(folder / "sweep.html", page(report, language, svgs).encode())


def result_of_sweep(findings: Findings) -> SweepResult:
    """Say everything of draws that are one ensemble, or of single points."""
    draws, groups = findings.draws, {"bands": findings.bands, "probabilities": findings.probabilities}
    groups |= {} if findings.correlations is None else {"correlations": findings.correlations}
    tables, told = _point_tables(findings) if findings.pointwise else _ensemble_tables(findings)
    document = {key: draws.attrs[key] for key in ("scenario", "method", "seed")}
    document |= {"draws": draws.sizes["draw"], "left_out": int(draws["lost"].sum())}
    document |= {"identity": json.loads(draws.attrs.get("identity", "{}")), **told}
    return SweepResult(draws, [method_sentence(draws)], sweep_parts(findings), ("summary.nc", groups), tables, document)


def _point_tables(findings: Findings) -> tuple[dict[str, Csv], dict[str, Any]]:
    share = "met" if members_of(findings.draws) == 1 else "P"  # a single run meets a target or not
    heads: list[Any] = [head for part in point_heads(findings) for head in part.values()]
    heads += [f"{share}({key})" for key in findings.points[0].chances]
    told = {"year": findings.year, "points": [vars(row) for row in findings.points]}
    return {"points.csv": (heads, [row.numbers for row in findings.points])}, told


def _ensemble_tables(findings: Findings) -> tuple[dict[str, Csv], dict[str, Any]]:
    bands, related = findings.band_rows, findings.correlation_rows
    levels = [f"p{100.0 * float(level):g}" for level in findings.bands["quantile"].to_numpy()]
    keyed = [(of.key, of.label, series.key, series.label, findings.year, value) for of, series, value in related]
    tables: dict[str, Csv] = {
        "targets.csv": (_OF_TARGETS, [_target_cells(row) for row in findings.chances]),
        "bands.csv": (
            ("indicator", "label", "unit", "year", "mean", "standard_deviation", *levels),
            [(*_named(row.series).values(), row.year, row.mean, row.deviation, *row.quantiles.values()) for row in bands],
        ),
        "correlations.csv": ((*_OF_PAIRS, "rank_correlation"), keyed),
    }
    told = {
        "targets": [_target(row) for row in findings.targets],
        "all_met": _chance(findings.chances[-1]) if findings.targets else None,
        "bands": [
            _named(row.series)
            | {"year": row.year, "mean": row.mean, "standard_deviation": row.deviation}
            | {"quantiles": {f"{level:g}": value for level, value in row.quantiles.items()}}
            for row in bands
        ],
        "correlations": [
            {"input": of.key, "indicator": series.key, "year": findings.year, "rank_correlation": value}
            for of, series, value in related
        ],
    }
    return tables, told


_OF_TARGETS = ("id", "target", "year", "operator", "value", "unit", "probability", "standard_error")
_OF_PAIRS = ("input", "label", "indicator", "indicator_label", "year")


def _target_cells(row: TargetRow) -> tuple[Any, ...]:
    target, likely = row.target, (row.probability, row.error)
    if target is None:
        return ("*", row.label, "", "", "", "", *likely)
    return (target.id, row.label, target.year, target.operator, float(target.value), unit_words(target.unit), *likely)


def _target(row: TargetRow) -> dict[str, Any]:
    return {key: getattr(row.target, key) for key in ("id", "label", "year", "unit", "operator", "value")} | _chance(row)


def _chance(row: TargetRow) -> dict[str, float]:
    return {"probability": row.probability, "standard_error": row.error}


def _named(series: Named) -> dict[str, Any]:
    return {"indicator": series.key, "label": series.label, "unit": unit_words(series.unit)}


def result_of_analysis(analysis: Analysis) -> SweepResult:
    """Say everything of an analysis of sensitivity."""
    indices, draws = analysis.indices, analysis.draws
    groups = {"indices": indices} | ({} if analysis.screened is None else {"screening": analysis.screened})
    heads, rows = index_rows(indices)
    told = {key: value for key, value in indices.attrs.items() if not key.endswith("_zh") and key != "members"}
    document = told | {"indices": [dict(zip(heads, row, strict=True)) for row in rows]}
    said, tables = [*sentences(analysis), method_sentence(draws)], {"indices.csv": (heads, rows)}
    return SweepResult(draws, said, analysis_parts(analysis), (_INDICES, groups), tables, document)


def index_rows(indices: xr.Dataset) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """Heads and rows of indices.csv: one row for each input, output and year."""
    inputs, outputs, names = named_from(indices["input"]), named_from(indices["output"]), [str(n) for n in indices.data_vars]
    stacked = indices.stack(row=("input", "output", "year"))
    values = zip(stacked["row"].to_numpy(), *(stacked[name].to_numpy().tolist() for name in names), strict=True)
    return [*_OF_PAIRS, *names], [
        (one, inputs[one].label, other, outputs[other].label, int(year), *numbers) for (one, other, year), *numbers in values
    ]


def sweep_parts(findings: Findings) -> list[SweepPart]:
    """The tables of a sweep with their figures: of draws that are one ensemble, or of single points."""
    if findings.pointwise:
        return _point_parts(findings)
    draws, names, found = findings.draws, findings.names, list[SweepPart]()
    if findings.targets:
        caption = Text("目标的实现概率", "Probabilities of the targets")
        targets = table_of("targets", caption, _TARGETS, findings.chances, NOTES["sampling_error"])
        found.append(SweepPart(targets, {"chances": target_chances(draws, findings.probabilities)}))
    bands = table_of("bands", Text("各指标的区间", "Bands of the indicators"), _BANDS, findings.shown_bands)
    found.append(SweepPart(bands, {"fans": fans(draws, names, findings.bands)}))
    if findings.correlations is not None:
        few, known, year = names[:_MOST_CORRELATED], findings.correlations, findings.year
        drawn = {f"correlations_{name}": closest(draws, known, name, year) for name in few}
        note = NOTES["correlations"] + (NOTES["of_shocks"] if draws.attrs.get("has_shocks", 1) else NOTHING)
        found.append(SweepPart(None, drawn, (Heading(_CORRELATED), Paragraph(note, "small"))))
    return found


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


def _plan(row: TargetRow) -> str:
    return f"{OPERATORS[row.target.operator]} {exact(row.target.value)}" if row.target else ""


_TARGETS: tuple[Column[TargetRow], ...] = (
    Column(Text("目标", "target"), lambda row: row.label),
    Column(Text("单位", "unit"), lambda row: unit_words(row.target.unit) if row.target else "", is_number=True),
    Column(Text("年份", "year"), lambda row: row.target.years if row.target else "", is_number=True),
    Column(Text("目标值", "plan"), _plan, is_number=True),
    Column(Text("概率", "probability"), lambda row: chance(row.probability) or "0", is_number=True),
    Column(Text("抽样标准误（百分点）", "standard error (points)"), lambda row: f"± {100.0 * row.error:.2f}", is_number=True),
)


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
    note = (NOTES["single_runs"] if single else NOTHING) + (cut if len(rows) > MOST_POINTS else NOTHING)
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
