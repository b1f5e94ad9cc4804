"""From the outcome of a run to its result: settings and assumptions in words, the draws summed up, their origins."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import xarray as xr

from sim.base import __version__
from sim.base.cache import program_key
from sim.base.errors import Place
from sim.base.text import Text, joined
from sim.base.units import units_of_models
from sim.city.city import World
from sim.inputs.history import Break, Datum, History
from sim.inputs.targets import read_reviews
from sim.inputs.year_path import YearPath
from sim.ledger.summary import programme_times, waiting
from sim.model.values import value_text
from sim.plan.claims import plan_of
from sim.plan.findings import Finding, confirmed
from sim.plan.lint import RULES, lint
from sim.plan.probability import sentences
from sim.result.dataset import ensemble_dataset
from sim.result.posterior import Foreseen
from sim.simulate.ledger_words import ledger_sentences, ledger_settings
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome
from sim.simulate.result import DrawCount, Foresight, LedgerResult, Result, Setting, Studies, call_of

_SINCE = 10
"""Years before the plan whose breaks a reader of its figures must know."""


def results_of(outcomes: Sequence[Outcome], studies: Mapping[str, Studies] | None = None) -> list[Result]:
    """The results of the scenarios of a call, in its order; `studies` are by scenario, for those that have any."""
    worlds = {id(outcome.case.world): outcome.case.world for outcome in outcomes}
    findings = {key: _findings(world) for key, world in worlds.items()}
    found = studies or {}
    return [
        replace(
            result_of(outcome, order),
            findings=findings[id(outcome.case.world)],
            studies=found.get(outcome.case.scenario.key, Studies()),
        )
        for order, outcome in enumerate(outcomes)
    ]


def result_of(outcome: Outcome, order: int = 0) -> Result:
    """The result of a run, but for what lint finds in the plan and for studies."""
    case, world, source = outcome.case, outcome.case.world, outcome.provenance
    scenario, settings, ensemble = case.scenario, world.city.settings, outcome.ensemble
    return Result(
        scenario=scenario.key,
        name=scenario.name,
        description=scenario.description,
        city=world.city.key,
        city_name=settings.name,
        base_year=settings.base_year,
        last_year=case.last_year,
        known_to=world.known_to,
        as_of=world.as_of,
        method=scenario.method,
        steps_per_year=scenario.steps_per_year,
        call=call_of(outcome, order),
        digest=source.digest,
        home=world.home.origin.en,
        simulator=__version__,
        engine=program_key(),
        versions=source.versions,
        input_hashes=source.inputs,
        document_hashes={name: item.found for name, item in world.catalogue.documents.items()},
        remarks=tuple(case.selection.remarks),
        step_error=outcome.step_error,
        sampling=None if ensemble is None else DrawCount.of(ensemble),
        draw_sentences=_draw_sentences(outcome),
        ledger=_ledger(outcome),
        checks=tuple(world.checks),
        outline=world.outline,
        units=units_of_models(),
        members={dim: dict(names) for dim, names in world.labels.members.items()},
        inputs=_inputs(case),
        results=outcome.results,
        draws=None if ensemble is None else ensemble_dataset(ensemble, outcome.results, world.graph),
        scorecard=tuple(replace(score, target=replace(score.target, place=Place())) for score in outcome.scores),
        evaluation=tuple(replace(row, target=replace(row.target, place=Place())) for row in outcome.evaluated),
        comparisons=tuple(outcome.comparisons),
        settings=settings_of(case),
        foresight=tuple(_foresight(world, seen) for seen in outcome.foreseen),
        findings=(),
        breaks=_breaks(world),
        published=tuple(_best(world.city.history)),
    )


def _best(history: History) -> Iterator[Datum]:
    """The best-ranked datum of each indicator, region and year."""
    for indicator, region in dict.fromkeys((item.indicator, item.region) for item in history.data):
        yield from history.series(indicator, region).values()


def _breaks(world: World) -> tuple[Break, ...]:
    first, _ = world.city.settings.plan_span(world.city.settings.base_year)
    late = (item for item in world.city.history.breaks if max(item.years) >= first - _SINCE)
    return tuple(replace(item, place=Place()) for item in late)


def _findings(world: World) -> tuple[Finding, ...]:
    """What lint found in the plan of a city, but for what a reviewer did not confirm."""
    catalogue = world.catalogue
    if not catalogue.targets:
        return ()
    reviews = read_reviews(catalogue.file.with_name("reviews.yaml"), RULES, catalogue.printed)
    return confirmed(lint(plan_of(world.city, catalogue, world.as_of)), reviews)


def _draw_sentences(outcome: Outcome) -> tuple[Text, ...]:
    """What is said of the draws; without any, why there are none."""
    if outcome.ensemble is None:
        return () if outcome.drawn_from is None else (outcome.drawn_from,)
    return tuple(sentences(outcome.ensemble, outcome.drawn_from or Text("", "")))


def _ledger(outcome: Outcome) -> LedgerResult | None:
    realised = outcome.case.realised
    if realised is None:
        return None
    programmes = tuple(programme_times(realised, outcome.case.world.ledger))
    return LedgerResult(programmes, waiting(realised), ledger_sentences(outcome))


def settings_of(case: Case) -> tuple[Setting, ...]:
    """Return everything that a scenario sets, in words: parameters first, then projects."""
    known: dict[str, Text] = {key: target.name for key, target in case.world.catalogue.targets.items()}
    known |= {key: project.name for key, project in case.world.ledger.projects.items()}
    parameters = (
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
            named_sources=joined([known[source] for source in item.change.sources if source in known], Text("；", "; ")),
        )
        for item in case.bound.resolved
    )
    return (*parameters, *ledger_settings(case.scenario, case.world.ledger))


def _in_words(case: Case, name: str, path: YearPath | None) -> Text:
    graph = case.world.graph
    return value_text(path, [graph.dimensions[dim] for dim in graph.dims_of(name)], case.world.labels)


def _foresight(world: World, seen: Foreseen) -> Foresight:
    target, binding = world.catalogue.targets[seen.target], world.catalogue.bindings[seen.target]
    published = world.city.history.series(binding.history or "", binding.region or target.region).get(target.year or 0)
    return Foresight(
        name=target.name,
        unit=target.unit,
        year=target.year or seen.as_of,
        as_of=seen.as_of,
        value=seen.value,
        probability=seen.probability,
        median=seen.median,
        low=seen.low,
        high=seen.high,
        outcome=None if published is None else published.in_unit(target.unit),
        stand_in=seen.stand_in,
    )


def _inputs(case: Case) -> xr.Dataset:
    """All exogenous values of a run: constants as they are, paths by calendar year."""
    graph, city = case.world.graph, case.world.city
    years = list(range(city.settings.base_year, case.last_year + 1))
    arrays: dict[str, Any] = {}
    for name, path in case.bound.values.items():
        dims, attributes = graph.dims_of(name), {"units": graph.unit_of(name)}
        record = city.parameters.get(name)
        if record is not None:
            attributes |= {"long_name": record.label.en, "long_name_zh": record.label.zh, "kind": record.kind}
            said = _in_words(case, name, path)
            attributes |= {"source": record.source, "evidence": record.evidence, "value": said.en, "value_zh": said.zh}
        if path.is_constant:
            arrays[name] = (dims, path.before, attributes)
        else:
            arrays[name] = ((*dims, "year"), np.stack([path.at(year) for year in years], axis=-1), attributes)
    used = {dim for item in arrays.values() for dim in item[0]}
    coordinates = {dim: list(graph.dimensions[dim].members) for dim in graph.dimensions if dim in used}
    return xr.Dataset(arrays, coords={**coordinates, "year": years})
