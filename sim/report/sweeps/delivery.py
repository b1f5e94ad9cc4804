"""What a sweep leaves beside its draws: summary.nc, tables as CSV, figures and a page in one language."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import xarray as xr

from sim.base.durable import put
from sim.base.text import Language, Text
from sim.base.words import unit_text
from sim.report.sweeps.figures import chances_figure, correlation_figure, fan_figure
from sim.report.sweeps.files import put_datasets, put_figure, put_table
from sim.report.sweeps.findings import Findings
from sim.report.sweeps.page import Section, sweep_page
from sim.report.sweeps.response_figures import chance_response_figure, response_figure
from sim.report.sweeps.sections import (
    band_section,
    correlation_section,
    point_heads,
    point_sections,
    point_series,
    target_section,
)
from sim.report.sweeps.tables import method_sentence
from sim.result.sweep_folder import disk_faults
from sim.simulate.sweeps.names import ALL_TARGETS, left_out_of, title_of
from sim.simulate.sweeps.statistics import members_of

_MOST_CORRELATED = 4
Rows = list[tuple[Any, ...]]


def deliver_sweep(findings: Findings, folder: Path, language: Language) -> Path:
    """Write everything that is said of some draws into their folder; the page's path.

    Raises
    ------
    RunError
        when the folder cannot be written; the draws stay.
    """
    with disk_faults(folder):
        put_datasets(folder / "summary.nc", _groups(findings), plain_attributes(findings.draws))
        _put_tables(findings, folder, language)
        drawn = _drawn_points if findings.pointwise else _drawn
        sections = drawn(findings, folder / "figures", language)
        return write_page(findings.draws, folder, [method_sentence(findings.draws)], sections, language)


def _groups(findings: Findings) -> dict[str, xr.Dataset]:
    groups = {"bands": findings.bands, "probabilities": findings.probabilities}
    return groups if findings.correlations is None else {**groups, "correlations": findings.correlations}


def plain_attributes(dataset: xr.Dataset) -> dict[str, Any]:
    """Attributes for a file of statistics: all but the names of members, which the draws hold."""
    return {key: value for key, value in dataset.attrs.items() if key != "members"}


def write_page(
    draws: xr.Dataset, folder: Path, sentences: Sequence[Text], sections: Sequence[Section], language: Language
) -> Path:
    """Write sweep.html."""
    scenario, identity = title_of(draws).in_language(language), json.loads(draws.attrs.get("identity", "{}"))
    page = sweep_page(scenario, folder.name, sentences, left_out_of(draws), sections, identity, language)
    return put(folder / "sweep.html", page.encode())


def table_sections(findings: Findings, language: Language) -> list[Section]:
    """The tables alone, as they are printed on a screen."""
    if findings.pointwise:
        return point_sections(findings, {}, language)
    targets = [target_section(findings.targets, findings.probabilities, {}, language)] if findings.targets else []
    return [*targets, band_section(findings.shown_bands, {}, language)]


def _drawn(findings: Findings, pictures: Path, language: Language) -> list[Section]:
    """Tables with figures of draws that are one ensemble."""
    draws, names, sections = findings.draws, findings.names, list[Section]()
    if findings.targets:
        figure = put_figure(chances_figure(draws, language, findings.probabilities), pictures / "chances")
        sections.append(target_section(findings.targets, findings.probabilities, {"chances": figure}, language))
    fans = put_figure(fan_figure(draws, names, language, findings.bands), pictures / "fans")
    sections.append(band_section(findings.shown_bands, {"fans": fans}, language))
    if findings.correlations is not None:
        closest = {f"correlations_{name}": name for name in names[:_MOST_CORRELATED]}
        draw = partial(correlation_figure, draws, findings.correlations, year=findings.year, language=language)
        drawn = {file: draw(name) for file, name in closest.items()}
        sections.append(correlation_section({file: put_figure(figure, pictures / file) for file, figure in drawn.items()}))
    return sections


def _drawn_points(findings: Findings, pictures: Path, language: Language) -> list[Section]:
    """Tables with figures of single points."""
    draws, names = findings.draws, point_series(findings)
    figures = {"medians": response_figure(draws, names, findings.year, language, findings.bands)}
    if findings.targets and (members_of(draws) or 1) > 1:
        figures["chances"] = chance_response_figure(draws, language, findings.probabilities)
    drawn = {part: {part: put_figure(figure, pictures / part)} for part, figure in figures.items()}
    return point_sections(findings, drawn, language)


def _put_tables(findings: Findings, folder: Path, language: Language) -> None:
    if findings.pointwise:
        share = "met" if members_of(findings.draws) == 1 else "P"  # a single run meets a target or not
        heads = [*point_heads(findings, language), *(f"{share}({key})" for key in findings.points[0].chances)]
        put_table(folder / "points.csv", heads, (row.numbers for row in findings.points))
        return
    put_table(folder / "targets.csv", *_target_table(findings, language))
    put_table(folder / "bands.csv", *_band_table(findings, language))
    put_table(folder / "correlations.csv", *_correlation_table(findings, language))


def _target_table(findings: Findings, language: Language) -> tuple[Sequence[str], Rows]:
    rows, found = Rows(), findings.probabilities
    for row in findings.targets:
        target = row.target
        named = (target.id, target.label.in_language(language), target.year, target.operator, float(target.value))
        rows.append((*named, unit_text(target.unit, language), row.probability, row.error))
    if rows:
        together = float(found["joint"]), float(found["joint_error"])
        rows.append(("*", ALL_TARGETS.in_language(language), "", "", "", "", *together))
    return ("id", "target", "year", "operator", "value", "unit", "probability", "standard_error"), rows


def _band_table(findings: Findings, language: Language) -> tuple[Sequence[str], Rows]:
    levels = [f"p{100.0 * float(level):g}" for level in findings.bands["quantile"].to_numpy()]
    rows = Rows()
    for row in findings.band_rows:
        series = row.series
        named = (series.key, series.label.in_language(language), unit_text(series.unit, language), row.year)
        rows.append((*named, row.mean, row.deviation, *row.quantiles.values()))
    return ("indicator", "label", "unit", "year", "mean", "standard_deviation", *levels), rows


def _correlation_table(findings: Findings, language: Language) -> tuple[Sequence[str], Rows]:
    rows = Rows()
    for row in findings.correlation_rows:
        named = (row.input.key, row.input.label.in_language(language), row.series.key, row.series.label.in_language(language))
        rows.append((*named, row.year, row.correlation))
    return ("input", "label", "indicator", "indicator_label", "year", "rank_correlation"), rows
