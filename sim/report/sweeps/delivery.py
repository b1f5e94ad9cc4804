"""The files that a sweep or an analysis leaves beside its draws: statistics, tables as CSV, a page with figures, a document."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import xarray as xr

from sim.base.durable import put
from sim.base.text import Language
from sim.base.words import unit_text
from sim.plan.scorecard import cell_text
from sim.report import style
from sim.report.document import Report
from sim.report.forms.page import page
from sim.report.sweeps.findings import Findings, PointRow, TargetRow
from sim.report.sweeps.pages import analysis_report, point_heads, sweep_report
from sim.result.store import disk_faults
from sim.result.tree import packed
from sim.simulate.sweeps.names import AskedTarget, Named, named_from
from sim.simulate.sweeps.sensitivity import Analysis
from sim.simulate.sweeps.statistics import members_of


def put_table(file: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file with a byte-order mark, as Excel wants it; numbers to ten significant digits."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow([cell_text(head) for head in heads])
    writer.writerows([cell_text(cell) for cell in row] for row in rows)
    put(file, stream.getvalue().encode("utf-8-sig"))


def put_datasets(file: Path, groups: Mapping[str, xr.Dataset], attributes: Mapping[str, Any]) -> None:
    """Write a netCDF file with one group for each dataset."""
    nodes = {name: dataset.drop_attrs(deep=False) for name, dataset in groups.items()}
    put(file, packed(xr.DataTree.from_dict({"/": xr.Dataset(attrs=attributes), **nodes})))


def deliver_sweep(findings: Findings, folder: Path, language: Language) -> Path:
    """Write everything that is said of some draws into their folder; the page's path.

    Raises
    ------
    RunError
        when the folder cannot be written; the draws stay.
    """
    with disk_faults(folder):
        groups = {"bands": findings.bands, "probabilities": findings.probabilities}
        groups |= {} if findings.correlations is None else {"correlations": findings.correlations}
        put_datasets(folder / "summary.nc", groups, _plain_attributes(findings.draws))
        _put_tables(findings, folder, language)
        return _put_page(sweep_report(findings, folder.name), folder, language)


def deliver_analysis(analysis: Analysis, folder: Path, language: Language) -> Path:
    """Write everything that is said of some indices into the folder of their draws; the page's path.

    Raises
    ------
    RunError
        when the folder cannot be written; the draws stay.
    """
    with disk_faults(folder):
        groups = {"indices": analysis.indices} | ({} if analysis.screened is None else {"screening": analysis.screened})
        put_datasets(folder / "sensitivity.nc", groups, _plain_attributes(analysis.indices))
        put_table(folder / "indices.csv", *index_rows(analysis.indices, language))
        return _put_page(analysis_report(analysis, folder.name), folder, language)


def _plain_attributes(dataset: xr.Dataset) -> dict[str, Any]:
    """Attributes for a file of statistics: all but the names of members, which the draws hold."""
    return {key: value for key, value in dataset.attrs.items() if key != "members"}


def _put_page(report: Report, folder: Path, language: Language) -> Path:
    """Draw the figures and write sweep.html: titled in the folder, untitled on the page, where captions say it."""
    svgs = {}
    with style.house_style():
        for name, figure in report.figures.items():
            for suffix, content in style.pictures(figure.draw(language)).items():
                put(folder / "figures" / f"{name}{suffix}", content)
            svgs[name] = style.vector(style.untitled(figure.draw(language))).decode()
    return put(folder / "sweep.html", page(report, language, svgs).encode())


def _put_tables(findings: Findings, folder: Path, language: Language) -> None:
    if findings.pointwise:
        share = "met" if members_of(findings.draws) == 1 else "P"  # a single run meets a target or not
        heads = [head.in_language(language) for part in point_heads(findings) for head in part.values()]
        heads += [f"{share}({key})" for key in findings.points[0].chances]
        put_table(folder / "points.csv", heads, (row.numbers for row in findings.points))
        return
    targets = ("id", "target", "year", "operator", "value", "unit", "probability", "standard_error")
    put_table(folder / "targets.csv", targets, [_target_cells(row, language) for row in findings.chances])
    levels = [f"p{100.0 * float(level):g}" for level in findings.bands["quantile"].to_numpy()]
    bands = ("indicator", "label", "unit", "year", "mean", "standard_deviation", *levels)
    rows = [
        (*_named(row.series, language).values(), row.year, row.mean, row.deviation, *row.quantiles.values())
        for row in findings.band_rows
    ]
    put_table(folder / "bands.csv", bands, rows)
    correlations = ("input", "label", "indicator", "indicator_label", "year", "rank_correlation")
    put_table(
        folder / "correlations.csv",
        correlations,
        [
            (*_keyed(row.input, language), *_keyed(row.series, language), row.year, row.correlation)
            for row in findings.correlation_rows
        ],
    )


def _target_cells(row: TargetRow, language: Language) -> tuple[Any, ...]:
    target, label, chance = row.target, row.label.in_language(language), (row.probability, row.error)
    if target is None:
        return ("*", label, "", "", "", "", *chance)
    return (target.id, label, target.year, target.operator, float(target.value), unit_text(target.unit, language), *chance)


def _keyed(named: Named, language: Language) -> tuple[str, str]:
    return named.key, named.label.in_language(language)


def index_rows(indices: xr.Dataset, language: Language) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
    """Heads and rows of indices.csv: one row for each input, output and year."""
    inputs, outputs, names = named_from(indices["input"]), named_from(indices["output"]), [str(n) for n in indices.data_vars]
    arrays = {name: indices[name].transpose("input", "output", "year").to_numpy() for name in names}
    rows = list[tuple[Any, ...]]()
    for i, of_input in enumerate(inputs.values()):
        for j, of_output in enumerate(outputs.values()):
            named = (*_keyed(of_input, language), *_keyed(of_output, language))
            for k, year in enumerate(indices["year"].to_numpy()):
                rows.append((*named, int(year), *(float(arrays[name][i, j, k]) for name in names)))
    return ["input", "label", "indicator", "indicator_label", "year", *names], rows


def sweep_document(findings: Findings, folder: Path, language: Language) -> dict[str, Any]:
    """Draws, targets with probability and error, bands of every series and year, correlations; or the points."""
    draws = findings.draws
    document: dict[str, Any] = {
        "folder": str(folder),
        "scenario": draws.attrs["scenario"],
        "method": draws.attrs["method"],
        "seed": draws.attrs["seed"],
        "draws": draws.sizes["draw"],
        "left_out": int(draws["lost"].sum()),
        "identity": json.loads(draws.attrs.get("identity", "{}")),
    }
    if findings.pointwise:
        return document | {"year": findings.year, "points": [_point(row) for row in findings.points]}
    return document | {
        "targets": [_target(row.target, language) | _chance(row) for row in findings.targets if row.target],
        "all_met": _chance(findings.chances[-1]) if findings.targets else None,
        "bands": [
            _named(row.series, language)
            | {"year": row.year, "mean": row.mean, "standard_deviation": row.deviation}
            | {"quantiles": {f"{level:g}": value for level, value in row.quantiles.items()}}
            for row in findings.band_rows
        ],
        "correlations": [
            {"input": row.input.key, "indicator": row.series.key, "year": row.year, "rank_correlation": row.correlation}
            for row in findings.correlation_rows
        ],
    }


def _point(row: PointRow) -> dict[str, dict[str, float | None]]:
    return {part: {key: _number(value) for key, value in values.items()} for part, values in vars(row).items()}


def _target(target: AskedTarget, language: Language) -> dict[str, Any]:
    named = {"id": target.id, "label": target.label.in_language(language), "year": target.year, "unit": target.unit}
    return named | {"operator": target.operator, "value": target.value}


def _chance(row: TargetRow) -> dict[str, float | None]:
    return {"probability": _number(row.probability), "standard_error": _number(row.error)}


def _number(value: float) -> float | None:
    """JSON knows no not-a-number."""
    return value if math.isfinite(value) else None


def _named(series: Named, language: Language) -> dict[str, str]:
    return {"indicator": series.key, "label": series.label.in_language(language), "unit": unit_text(series.unit, language)}


def analysis_document(analysis: Analysis, folder: Path, language: Language) -> dict[str, Any]:
    """The indices of every input, output and year."""
    heads, rows = index_rows(analysis.indices, language)
    attributes = {key: value for key, value in analysis.indices.attrs.items() if not key.endswith("_zh") and key != "members"}
    return {"folder": str(folder), **attributes, "indices": [dict(zip(heads, row, strict=True)) for row in rows]}
