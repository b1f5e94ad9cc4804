"""From outcomes to the results folder: views, texts, figures, tables and pages, written aside and renamed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.inputs.values import YearPath
from sim.interrupts import fail_if_interrupted
from sim.ledger.summary import programme_times, waiting
from sim.ledger_words import ledger_changes, ledger_sentences
from sim.outputs.ensemble import ensemble_dataset
from sim.outputs.posterior import Foreseen
from sim.outputs.store import RUN_FILE, results_folder, run_id, write_run
from sim.pipeline import Case, Outcome
from sim.plan.probability import sentences
from sim.plan.tables import score_dataset, write_scorecard
from sim.report.drawing import OF_ONE_CASE, finish_drawing, read_svgs, start_drawing
from sim.report.pages import Assumption, CaseText, Foresight, Setting, as_cells, compare_page, report_page
from sim.report.values import value_text
from sim.report.view import CaseView, LedgerView, View
from sim.report.workbook import write_workbook
from sim.text import Language, Text
from sim.words import chance, plain


def deliver(outcomes: Sequence[Outcome], results: Path, language: Language, pool: ProcessPoolExecutor, now: datetime) -> Path:
    """Write everything of a run and return its folder.

    Raises
    ------
    RunError
        when the folder cannot be written.
    """
    digest = "".join(outcome.provenance.digest for outcome in outcomes)
    name = run_id(_digest_of(digest), now)
    view = make_view(outcomes, language)
    texts = {outcome.case.scenario.key: case_text(outcome) for outcome in outcomes}
    with results_folder(results, name) as pending:
        fail_if_interrupted()
        folder = pending.folder
        figures = {case.key: folder / case.key / "figures" for case in view.cases}
        drawing = start_drawing(view, figures, pool)
        for outcome, case in zip(outcomes, view.cases, strict=True):
            _write_data(folder / case.key, view, outcome, case, texts[case.key])
            fail_if_interrupted()
        finish_drawing(drawing)
        fail_if_interrupted()
        _write_pages(folder, figures, view, texts, pending.target.name)
    return pending.target


def _write_data(folder: Path, view: View, outcome: Outcome, case: CaseView, text: CaseText) -> None:
    """Tables and the run file of one scenario, while the figures are being drawn."""
    folder.mkdir(exist_ok=True)
    write_scorecard(folder / "scorecard.csv", case.scores, view.language)
    write_workbook(folder / "table.xlsx", view, case, text)
    groups: dict[str, xr.Dataset] = {
        "inputs": inputs_dataset(outcome),
        "results": outcome.results,
        "scorecard": score_dataset(case.scores),
    }
    if outcome.ensemble is not None:
        groups["ensemble"] = ensemble_dataset(outcome.ensemble, outcome.results, outcome.case.world.graph)
    write_run(folder / RUN_FILE, groups, run_attributes(outcome, text))


def _write_pages(folder: Path, drawn: Mapping[str, Path], view: View, texts: Mapping[str, CaseText], name: str) -> None:
    """Pages of all scenarios; every scenario's folder holds the figures of the run, and its own."""
    first = next(iter(drawn.values()))
    for case in view.cases:
        if drawn[case.key] != first:
            shutil.copytree(first, drawn[case.key], ignore=shutil.ignore_patterns(f"{OF_ONE_CASE}.*"), dirs_exist_ok=True)
        page = report_page(view, case, texts[case.key], read_svgs(drawn[case.key]), name)
        (folder / case.key / "report.html").write_text(page, encoding="utf-8")
    if len(view.cases) > 1:
        shown = next((case.key for case in view.cases if case.ledger is not None), view.cases[0].key)
        (folder / "compare.html").write_text(compare_page(view, texts, read_svgs(drawn[shown]), name), encoding="utf-8")


def make_view(outcomes: Sequence[Outcome], language: Language) -> View:
    """The view of a run: all its scenarios beside the history of the city."""
    world = outcomes[0].case.world
    cases = tuple(
        CaseView(
            outcome.case.scenario.key, outcome.case.scenario.name, outcome.results, tuple(outcome.scores), _ledger_view(outcome)
        )
        for outcome in outcomes
    )
    return View(
        cases=cases,
        city=world.city.settings.name.text(),
        region=world.city.key,
        base_year=world.city.settings.base_year,
        last_year=max(outcome.case.last_year for outcome in outcomes),
        history=world.city.history,
        labels=world.labels,
        checks=world.checks,
        language=language,
    )


def _ledger_view(outcome: Outcome) -> LedgerView | None:
    realised = outcome.case.realised
    if realised is None:
        return None
    return LedgerView(tuple(programme_times(realised, outcome.case.world.ledger)), waiting(realised))


def case_text(outcome: Outcome) -> CaseText:
    """Everything that a page says of a scenario besides its numbers."""
    case = outcome.case
    settings = [
        Setting(
            name=item.name,
            label=item.label,
            section=item.section,
            unit=item.unit,
            before=_in_words(case, item.name, item.before),
            after=_in_words(case, item.name, item.after),
            origin=item.change.origin,
            sources=", ".join(item.change.sources),
            note=item.change.note,
        )
        for item in case.bound.resolved
    ]
    settings += [
        Setting(row.key, row.name, "ledger", "", row.before, row.after, row.origin, "", row.note)
        for row in ledger_changes(case.scenario, case.world.ledger)
    ]
    return CaseText(
        description=case.scenario.description,
        remarks=case.selection.remarks,
        step_error=None if outcome.step_error is None else outcome.step_error.sentence(),
        draws=draw_sentences(outcome),
        ledger=ledger_sentences(outcome),
        foreseen=[_foresight(outcome, item) for item in outcome.foreseen],
        settings=settings,
        comparisons=outcome.comparisons,
        assumptions=[_assumption(outcome, name) for name in case.world.city.parameters],
        provenance=_provenance_lines(outcome),
    )


def draw_sentences(outcome: Outcome) -> tuple[Text, ...]:
    """What is said of the draws; without any, why there are none."""
    if outcome.ensemble is None:
        return () if outcome.drawn_from is None else (outcome.drawn_from,)
    return tuple(sentences(outcome.ensemble, outcome.drawn_from or Text("", "")))


def _foresight(outcome: Outcome, seen: Foreseen) -> Foresight:
    target = outcome.case.world.catalogue.targets[seen.target]
    return Foresight(
        name=target.name,
        unit=target.unit,
        year=target.year or seen.as_of,
        as_of=seen.as_of,
        value=plain(seen.value),
        chance=chance(seen.probability),
        median=plain(seen.median),
        band=f"{plain(seen.low)}–{plain(seen.high)}",
        outcome=plain(_published(outcome, seen.target)),
        stand_in=seen.stand_in,
    )


def _published(outcome: Outcome, target_id: str) -> float | None:
    """What was published of a target in its year, in its unit."""
    world = outcome.case.world
    target, binding = world.catalogue.targets[target_id], world.catalogue.bindings[target_id]
    series = world.city.history.series(binding.history or "", binding.region or target.region)
    datum = series.get(target.year or 0)
    return None if datum is None else datum.in_unit(target.unit)


def _assumption(outcome: Outcome, name: str) -> Assumption:
    case = outcome.case
    record = case.world.city.parameters[name]
    value = _in_words(case, name, case.bound.values[name])
    return Assumption(name, record.label, record.unit, value, record.evidence, record.source)


def _in_words(case: Case, name: str, path: YearPath | None) -> Text:
    graph = case.world.graph
    dims = [graph.dimensions[dim] for dim in graph.dims_of(name)]
    return value_text(path, dims, case.world.labels, case.world.city.settings.base_year)


def _provenance_lines(outcome: Outcome) -> dict[str, str]:
    case, source = outcome.case, outcome.provenance
    method = f"{case.scenario.method}, {case.scenario.steps_per_year}/a"
    lines = {"home": case.world.home.origin.en, "method": method}
    lines |= {f"document {name}": item.found for name, item in case.world.catalogue.documents.items()}
    return lines | source.versions | source.inputs


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


def run_attributes(outcome: Outcome, text: CaseText) -> dict[str, Any]:
    """Attributes of the run file: what it is, what was changed, and where it comes from."""
    scenario = outcome.case.scenario
    changes = [as_cells(item, "en") for item in text.settings]
    return {
        "title": f"{scenario.key}: {scenario.name.en}",
        "title_zh": scenario.name.zh,
        "scenario": scenario.key,
        "city": scenario.city,
        "method": scenario.method,
        "steps_per_year": str(scenario.steps_per_year),
        "home": outcome.case.world.home.origin.en,
        "seed": "none (central run without draws)" if outcome.ensemble is None else str(outcome.ensemble.seed),
        "base_year_row": "the equations at the base state; pinned flows and stocks equal the published figures",
        "changes": changes,
        "versions": outcome.provenance.versions,
        "input_hashes": outcome.provenance.inputs,
        "document_hashes": {name: item.found for name, item in outcome.case.world.catalogue.documents.items()},
        "not_judged": [
            {"target": score.target.id, "reason": score.reason.en} for score in outcome.scores if score.verdict == "not_judged"
        ],
        "step_error": "" if text.step_error is None else text.step_error.en,
        "remarks": [item.en for item in outcome.case.selection.remarks],
    }


def _digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()
