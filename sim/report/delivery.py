"""From outcomes to the results folder: data, tables, figures and pages, written aside and renamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.base.processes import fail_if_interrupted
from sim.base.text import Language, Text
from sim.base.words import unit_text
from sim.plan.tables import score_dataset, write_scorecard
from sim.report.chapters.works import in_words
from sim.report.comparing import comparison
from sim.report.document import Report
from sim.report.drawing import finish_drawing, read_svgs, start_drawing
from sim.report.forms.names import FIGURES, PAGE, TABLE, file_name
from sim.report.forms.page import page
from sim.report.forms.workbook import workbook
from sim.report.gathering import materials
from sim.report.material import SECTIONS, CaseText, Material, Setting, Studies
from sim.report.record_file import RECORD_FILE, packed_record
from sim.report.view import View
from sim.report.writing import report_of
from sim.result.store import DRAWN, RUN_FILE, results_folder, run_id, write_run
from sim.simulate.call import ATTRIBUTE, DIGEST, call_of
from sim.simulate.pipeline import Outcome


@dataclass(frozen=True)
class Delivered:
    """The folder of a run, and the characters that its figures show as boxes."""

    folder: Path
    unprintable: str


def deliver(
    outcomes: Sequence[Outcome],
    studies: Mapping[str, Studies],
    results: Path,
    language: Language,
    pool: ProcessPoolExecutor,
    now: datetime,
) -> Delivered:
    """Write everything of a run; `studies` are by scenario.

    Raises
    ------
    RunError
        when the folder cannot be written.
    """
    digest = "".join(outcome.provenance.digest for outcome in outcomes)
    name = run_id(_digest_of(digest), now)
    with results_folder(results, name) as pending:
        fail_if_interrupted()
        found = materials(outcomes, pending.target.name, studies)
        reports = [report_of(material) for material in found]
        folders = [pending.folder / report.scenario for report in reports]
        figures = {
            folder / file_name(FIGURES, language): report.figures for folder, report in zip(folders, reports, strict=True)
        }
        drawing = start_drawing(figures, language, pool)
        for place, parts in enumerate(zip(folders, outcomes, found, reports, strict=True)):
            _write_data(*parts, language, place)
            fail_if_interrupted()
        unprintable = finish_drawing(drawing)
        fail_if_interrupted()
        _write_pages(pending.folder, found, reports, language)
    return Delivered(pending.target, unprintable)


def _write_data(folder: Path, outcome: Outcome, material: Material, report: Report, language: Language, place: int) -> None:
    """Tables, the record of the report and the run file of one scenario, while the figures are being drawn."""
    folder.mkdir(exist_ok=True)
    write_scorecard(folder / "scorecard.csv", outcome.scores, language)
    (folder / file_name(TABLE, language)).write_bytes(workbook(report, material.case.results, language))
    (folder / RECORD_FILE).write_bytes(packed_record(report))
    groups: dict[str, xr.Dataset] = {
        "inputs": inputs_dataset(outcome),
        "results": outcome.results,
        "scorecard": score_dataset(outcome.scores),
    }
    if material.case.ensemble is not None:
        groups["ensemble"] = material.case.ensemble
    write_run(folder / RUN_FILE, groups, run_attributes(outcome, material.text, place))


def _write_pages(folder: Path, found: Sequence[Material], reports: Sequence[Report], language: Language) -> None:
    """The page of each scenario, and of several the page that compares them."""
    name, pictures = file_name(PAGE, language), dict[str, str]()
    for report in reports:
        svgs = read_svgs(folder / report.scenario / file_name(FIGURES, language), list(report.figures))
        pictures = {**svgs, **pictures}
        (folder / report.scenario / name).write_text(page(report, language, svgs), encoding="utf-8")
    if len(reports) > 1:
        texts = {material.case.key: material.text for material in found}
        views: dict[str, View] = {}
        for material in found:
            views.setdefault(material.view.region, material.view)
        both = comparison(tuple(views.values()), texts, reports, name)
        (folder / file_name("compare.html", language)).write_text(page(both, language, pictures), encoding="utf-8")


def inputs_dataset(outcome: Outcome) -> xr.Dataset:
    """All exogenous values of a run: constants as they are, paths by calendar year."""
    case, graph = outcome.case, outcome.case.world.graph
    settings = case.world.city.settings
    years = list(range(settings.base_year, case.last_year + 1))
    arrays: dict[str, Any] = {}
    for name, path in case.bound.values.items():
        dims = graph.dims_of(name)
        attributes = {"units": graph.unit_of(name)}
        record = case.world.city.parameters.get(name)
        if record is not None:
            attributes |= {"long_name": record.label.en, "long_name_zh": record.label.zh, "kind": record.kind}
            attributes |= {"source": record.source, "evidence": record.evidence}
        if path.is_constant:
            arrays[name] = (dims, path.before, attributes)
        else:
            arrays[name] = ((*dims, "year"), np.stack([path.at(year) for year in years], axis=-1), attributes)
    used = {dim for item in arrays.values() for dim in item[0]}
    coordinates = {dim: list(graph.dimensions[dim].members) for dim in graph.dimensions if dim in used}
    return xr.Dataset(arrays, coords={**coordinates, "year": years})


def run_attributes(outcome: Outcome, text: CaseText, place: int = 0) -> dict[str, Any]:
    """Attributes of the run file: what it is, what was changed, and where it comes from."""
    scenario = outcome.case.scenario
    changes = [setting_record(item, "en") for item in text.settings]
    return {
        "title": f"{scenario.key}: {scenario.name.en}",
        "title_zh": scenario.name.zh,
        "scenario": scenario.key,
        "city": scenario.city,
        "method": scenario.method,
        "steps_per_year": str(scenario.steps_per_year),
        "home": outcome.case.world.home.origin.en,
        DRAWN: "no" if outcome.ensemble is None else "yes",
        "seed": "none (central run without draws)" if outcome.ensemble is None else str(outcome.ensemble.seed),
        "base_year_row": "the equations at the base state; pinned flows and stocks equal the published figures",
        "changes": changes,
        ATTRIBUTE: call_of(outcome, place),
        DIGEST: outcome.provenance.digest,
        "versions": outcome.provenance.versions,
        "input_hashes": outcome.provenance.inputs,
        "document_hashes": {name: item.found for name, item in outcome.case.world.catalogue.documents.items()},
        "not_judged": [
            {"target": score.target.id, "reason": score.reason.en} for score in outcome.scores if score.verdict == "not_judged"
        ],
        "step_error": "" if text.step_error is None else text.step_error.en,
        "remarks": [item.en for item in outcome.case.selection.remarks],
    }


def setting_record(item: Setting, language: Language) -> dict[str, str]:
    """A setting as plain values in one language."""
    said = {key: value.in_language(language) if isinstance(value, Text) else value for key, value in vars(item).items()}
    section = SECTIONS.get(item.section, Text(item.section, item.section)).in_language(language)
    note = in_words(item.note).in_language(language)
    return {**said, "unit": unit_text(item.unit, language), "section": section, "note": note}


def _digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()
