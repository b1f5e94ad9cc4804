"""From outcomes to what reports are written from: views of the results, words of the settings, the standing of the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.base.text import Text, joined
from sim.base.version import __version__
from sim.city.city import World
from sim.inputs.plan_files import CONFIRMED, read_reviews
from sim.inputs.year_path import YearPath
from sim.ledger.summary import programme_times, waiting
from sim.plan.lint.finding import Finding
from sim.plan.lint.rules import RULES, lint, plan_of
from sim.plan.probability import sentences
from sim.report.ledger_words import ledger_changes, ledger_sentences
from sim.report.lint_page import review_of
from sim.report.material import Assumption, CaseText, Foresight, Material, Setting, Standing, Studies
from sim.report.values import value_text
from sim.report.view import CaseView, LedgerView, View
from sim.result.bands import ensemble_dataset, projection_of
from sim.result.posterior import Foreseen
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome


def materials(outcomes: Sequence[Outcome], run: str, studies: Mapping[str, Studies]) -> list[Material]:
    """What the report of each scenario of a run is written from; `studies` are by scenario, for those that have any."""
    views = _views(outcomes)
    worlds = {id(outcome.case.world): outcome.case.world for outcome in outcomes}
    findings = {key: _findings(world) for key, world in worlds.items()}
    return [
        Material(
            view=view.led_by(case.key),
            case=case,
            text=case_text(outcome),
            standing=standing_of(outcome, findings[id(outcome.case.world)]),
            run=run,
            engine=__version__,
            studies=studies.get(case.key, Studies()),
        )
        for outcome, (view, case) in zip(outcomes, views, strict=True)
    ]


def _views(outcomes: Sequence[Outcome]) -> list[tuple[View, CaseView]]:
    """The view of each outcome, which holds the scenarios of its own city, with its place in it."""
    cities = dict.fromkeys(outcome.case.world.city.key for outcome in outcomes)
    views = {key: make_view([item for item in outcomes if item.case.world.city.key == key]) for key in cities}
    shown = [views[outcome.case.world.city.key] for outcome in outcomes]
    return [
        (view, next(case for case in view.cases if case.key == outcome.case.scenario.key))
        for view, outcome in zip(shown, outcomes, strict=True)
    ]


def make_view(outcomes: Sequence[Outcome]) -> View:
    """The view of scenarios of one city, beside its history."""
    cases = tuple(_case_view(outcome) for outcome in outcomes)
    return view_of(outcomes[0].case.world, cases, max(outcome.case.last_year for outcome in outcomes))


def view_of(world: World, cases: tuple[CaseView, ...], last_year: int) -> View:
    """Some scenarios beside the history of their city."""
    return View(
        cases=cases,
        city=world.city.settings.name.text(),
        region=world.city.key,
        base_year=world.city.settings.base_year,
        last_year=last_year,
        history=world.city.history,
        labels=world.labels,
        checks=world.checks,
    )


def _case_view(outcome: Outcome) -> CaseView:
    scenario, ensemble = outcome.case.scenario, outcome.ensemble
    draws = None if ensemble is None else ensemble_dataset(ensemble, outcome.results, outcome.case.world.graph)
    shown = projection_of(outcome.results, draws)
    scores = tuple(outcome.scores)
    return CaseView(scenario.key, scenario.name, scenario.city, shown, scores, _ledger_view(outcome), draws)


def _ledger_view(outcome: Outcome) -> LedgerView | None:
    realised = outcome.case.realised
    if realised is None:
        return None
    return LedgerView(tuple(programme_times(realised, outcome.case.world.ledger)), waiting(realised))


def standing_of(outcome: Outcome, findings: tuple[Finding, ...]) -> Standing:
    """Where the plan stands by data, as of the latest year that has any or was asked for, and what its documents contradict."""
    world = outcome.case.world
    first, _ = world.city.settings.plan_span(world.city.settings.base_year)
    breaks = tuple(item for item in world.city.history.breaks if max(item.years) >= first - _SINCE)
    return Standing(world.known_to, world.as_of, outcome.evaluated, findings, breaks)


_SINCE = 10
"""Years before the plan whose breaks a reader of its figures must know."""


def _findings(world: World) -> tuple[Finding, ...]:
    """What lint found in the plan of a city, but for what a reviewer did not confirm."""
    catalogue = world.catalogue
    if not catalogue.targets:
        return ()
    reviews = read_reviews(catalogue.file.with_name("reviews.yaml"), RULES, catalogue.printed)
    found = [(item, review_of(item, reviews)) for item in lint(plan_of(world.city, catalogue, world.as_of))]
    return tuple(item for item, review in found if review is None or review.judgement == CONFIRMED)


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
            named_sources=_named(case.world, item.change.sources),
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
        step_error=outcome.step_error.sentence(),
        draws=draw_sentences(outcome),
        ledger=ledger_sentences(outcome),
        foreseen=[_foresight(outcome, item) for item in outcome.foreseen],
        settings=settings,
        comparisons=outcome.comparisons,
        assumptions=[_assumption(outcome, name) for name in case.world.city.parameters],
        provenance=_provenance_lines(outcome),
    )


def _named(world: World, sources: Sequence[str]) -> Text:
    """Targets and projects by their names."""
    known = {key: target.name for key, target in world.catalogue.targets.items()}
    known |= {key: project.name for key, project in world.ledger.projects.items()}
    return joined([known[source] for source in sources if source in known], Text("；", "; "))


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
        value=seen.value,
        probability=seen.probability,
        median=seen.median,
        low=seen.low,
        high=seen.high,
        outcome=_published(outcome, seen.target),
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
    return value_text(path, dims, case.world.labels)


def _provenance_lines(outcome: Outcome) -> dict[str, str]:
    case, source = outcome.case, outcome.provenance
    method = f"{case.scenario.method}, {case.scenario.steps_per_year}/a"
    lines = {"home": case.world.home.origin.en, "method": method}
    lines |= {f"document {name}": item.found for name, item in case.world.catalogue.documents.items()}
    return lines | source.versions | source.inputs
