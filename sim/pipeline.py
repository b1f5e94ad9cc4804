"""The whole way on one screen: scenario file -> checked scenario -> model and city -> simulation -> dataset -> scorecard."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import xarray as xr

from sim.errors import Fault, Faults, InputError, Place, nearest
from sim.inputs.bindings import Binding
from sim.inputs.documents import changed_sentence
from sim.inputs.home import Home
from sim.inputs.scenario import Scenario, plain_scenario, read_scenario
from sim.inputs.schema import scenario_schema
from sim.inputs.targets import PlanTarget
from sim.ledger.edits import edits_of
from sim.ledger.realise import USUAL_COUNT, LedgerPlan, Realised, realise
from sim.model.binding import Bound, bind, own_values
from sim.model.declarations import Declaration
from sim.model.loader import load_model
from sim.model.loops import Loop, link_table, polarity
from sim.numerics.assembly import Request
from sim.numerics.central import central_run
from sim.numerics.draws import DrawRequest
from sim.numerics.ensemble import Ensemble
from sim.numerics.integrate import Clock, YearValues
from sim.numerics.kernel import Kernel, kernel_for
from sim.numerics.links import link_sign, starting_point
from sim.numerics.methods import METHODS
from sim.numerics.watch import watch_of, watched
from sim.outputs.dataset import to_dataset
from sim.outputs.posterior import Foreseen
from sim.outputs.provenance import Provenance, provenance
from sim.outputs.published import Comparison, compare_with_published
from sim.plan.delivered import Delivery
from sim.plan.reading import Reading, reading_of
from sim.plan.scorecard import Judge, Score, score_all
from sim.plan.selection import Selection, selected_targets
from sim.plan.step_error import StepError, step_error, with_step_errors
from sim.projects import ledger_plan, with_means
from sim.text import Text, joined
from sim.world import World, open_world

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class MeasuredLoop:
    """A named loop with the sign of every link at the start of the run."""

    loop: Loop
    signs: tuple[int, ...]

    @property
    def polarity(self) -> Text:
        """Reinforcing or balancing."""
        return polarity(self.signs)

    @property
    def links(self) -> list[str]:
        """Links as `cause → effect (+)`."""
        return link_table(dict(zip(self.loop.links, self.signs, strict=True)))

    def as_record(self) -> dict[str, Any]:
        """Plain values for JSON."""
        name = {"loop": self.loop.name, "label_zh": self.loop.label.zh, "label_en": self.loop.label.en}
        return {**name, "polarity": self.polarity.en, "links": self.links}


@dataclass(frozen=True)
class Case:
    """A scenario bound to its world: ready to run."""

    scenario: Scenario
    world: World
    bound: Bound
    selection: Selection
    last_year: int
    plan: LedgerPlan | None = None
    realised: Realised | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run says: results, scorecard, time-step error, errors against published figures, where it comes from, draws.

    `asked` are the draws that were wanted; `drawn_from` says where they come from, or why there are none; `foreseen` how likely
    targets looked in earlier years.
    """

    case: Case
    results: xr.Dataset
    scores: list[Score]
    step_error: StepError | None
    comparisons: list[Comparison]
    provenance: Provenance
    ensemble: Ensemble | None = None
    asked: DrawRequest | None = None
    drawn_from: Text | None = None
    foreseen: tuple[Foreseen, ...] = ()


def declarations(world: World) -> tuple[Declaration, ...]:
    """What the files of the model declare, with their equations, in file order."""
    return load_model(world.home.models / world.city.settings.model).declarations


def schema_of(world: World) -> dict[str, Any]:
    """The JSON schema of scenario files for a city."""
    return scenario_schema(world.city.parameters, world.catalogue.targets, world.home.cities(), world.graph.quantities)


def measured_loops(world: World) -> list[MeasuredLoop]:
    """The named loops of a model with signs measured at the city's base state."""
    settings = world.city.settings
    state = starting_point(world.graph, own_values(world.city), settings.base_year + 1)
    return [
        MeasuredLoop(loop, tuple(link_sign(world.graph, cause, effect, state) for cause, effect in loop.links))
        for loop in world.loops
    ]


def kernel_of(world: World) -> Kernel:
    """The kernel of everything that a city's model reports, with the city's own values and the default method."""
    yearly = own_values(world.city).yearly
    return kernel_for(world.graph, Request(tuple(world.graph.quantities), frozenset(), yearly, METHODS["euler"], 4))


def prepare(scenario: Scenario, world: World) -> Case:
    """Bind a scenario to its world.

    Raises
    ------
    InputError
        with every fault of the scenario.
    """
    faults = Faults()
    last_year = world.city.settings.last_year if scenario.last_year is None else scenario.last_year
    first = world.city.settings.base_year + 1
    if not first <= last_year <= world.city.settings.last_year:
        span = f"{first}–{world.city.settings.last_year}"
        message = Text(f"末年 {last_year} 超出 {span}", f"the last year {last_year} lies outside {span}")
        faults.add(message, Place(scenario.file, key="last_year"))
        last_year = world.city.settings.last_year
    selection, bound = Selection((), ()), None
    with faults.gathering():
        selection = _with_warnings(selected_targets(scenario, world.catalogue, world.city.key), world)
    _fail_if_sources_unknown(scenario, world, faults)
    with faults.gathering():
        bound = bind(scenario, world.city, world.graph)
    plan = None
    if bound is None:
        edits_of(scenario.ledger, world.ledger, faults)
    else:
        plan = ledger_plan(scenario, world, bound, last_year, faults)
    faults.raise_if_any()
    if bound is None:
        raise AssertionError("a binding failed without a fault")
    remarks = (*selection.remarks, *_unchecked(world, bound))
    return Case(scenario, world, bound, replace(selection, remarks=remarks), last_year, plan)


def _unchecked(world: World, bound: Bound) -> Iterator[Text]:
    """Identities that cannot hold, since the scenario gives one of their variables."""
    skipped = [item.label.text() for item in watch_of(world.identities, world.graph, bound.given).skipped]
    if skipped:
        yield Text("情景给定了变量，下列恒等式不检查：", "The scenario gives variables; not checked: ") + joined(
            skipped, Text("、", ", ")
        )


def _with_warnings(selection: Selection, world: World) -> Selection:
    """What must be said of targets whose documents are no longer the text that they were taken from."""
    files = {target.document for target in selection.targets}
    changed = [item for item in world.catalogue.changed if item.file.name in files]
    return replace(selection, remarks=(*selection.remarks, *(changed_sentence(item) for item in changed)))


def with_projects(case: Case, count: int = USUAL_COUNT) -> Case:
    """The case with the realisations of its ledger, whose means its central run reads; as it is when it builds nothing."""
    if case.plan is None or case.realised is not None:
        return case
    realised = realise(case.plan, count)
    return replace(case, realised=realised, bound=with_means(case.bound, realised))


def seeded(case: Case, seed: int) -> Case:
    """The case with another seed for the realisations of its ledger."""
    return case if case.plan is None else replace(case, plan=replace(case.plan, seed=seed))


def beside(case: Case, scenario: Scenario) -> Case:
    """Another scenario of the same world, its ledger realised with the same seed."""
    made = prepare(scenario, case.world)
    return made if case.plan is None else seeded(made, case.plan.seed)


def _fail_if_sources_unknown(scenario: Scenario, world: World, faults: Faults) -> None:
    known = {*world.catalogue.targets, *world.ledger.projects}
    for change in scenario.changes:
        for source in change.sources:
            if source not in known:
                message = Text(
                    f"from 所写的 {source} 不是目标或项目的编号", f"from names {source}, which is no target and no project"
                )
                faults.add(message, change.place, nearest(source, known))


def run(case: Case, progress: Progress | None = None) -> Outcome:
    """Simulate a case and judge it.

    Raises
    ------
    RunError
        when a number becomes infinite or undefined.
    """
    case = with_projects(case)
    world, settings, targets = case.world, case.world.city.settings, case.selection.targets
    results = _simulate(case, case.scenario.steps_per_year, progress)
    scores = score_all(judge_of(case, results), targets)
    finer = _simulate(case, 2 * case.scenario.steps_per_year) if targets else results
    error = step_error(scores, score_all(judge_of(case, finer), targets), results.attrs.get("embedded_error"))
    span = (settings.base_year + 1, case.last_year)
    region = world.city.key
    return Outcome(
        case=case,
        results=results,
        scores=with_step_errors(scores, error),
        step_error=error,
        comparisons=compare_with_published(results, world.checks, world.city.history, region, span),
        provenance=provenance(_files(case), world.home.folder, _settings(case)),
    )


def _simulate(case: Case, steps_per_year: int, progress: Progress | None = None) -> xr.Dataset:
    world = case.world
    clock = Clock(world.city.settings.base_year + 1, case.last_year, steps_per_year)
    kernel = kernel_for(world.graph, request_of(case, tuple(world.graph.quantities), steps_per_year))
    years = watched(watch_of(world.identities, world.graph, case.bound.given), central_run(kernel, clock, case.bound))
    return to_dataset(_reporting(years, case, clock, progress), world.graph, world.labels)


def request_of(case: Case, outputs: tuple[str, ...], steps_per_year: int) -> Request:
    """What the kernel of a case is made for."""
    bound, base = case.bound, case.world.city.settings.base_year
    later: dict[int, set[str]] = {}
    for name, year in bound.given_from.items():
        if year is not None and year > base:
            later.setdefault(year, set()).add(name)
    stages = tuple((year, frozenset(later[year])) for year in sorted(later))
    always = bound.given.difference(*later.values())
    return Request(outputs, always, bound.yearly, METHODS[case.scenario.method], steps_per_year, stages)


def judge_of(case: Case, results: xr.Dataset) -> Judge:
    """What judges the targets of a case by its results."""
    world = case.world
    return Judge(
        scenario=case.scenario.key,
        results=results,
        history=world.city.history,
        catalogue=world.catalogue,
        graph=world.graph,
        groups=groups_of(world),
        base_year=world.city.settings.base_year,
        about_tolerance=world.city.settings.about_tolerance,
        given=case.bound.given_from,
        delivery=None if case.realised is None else Delivery(case.realised, world.ledger, groups_of(world)),
    )


def readings_of(case: Case, targets: Iterable[PlanTarget]) -> tuple[Reading, ...]:
    """The targets among some that a variable says, in years of the run."""
    world, base = case.world, case.world.city.settings.base_year
    pairs = [(target, world.catalogue.by_kind.of(target.id)) for target in targets]
    return tuple(
        reading_of(target, binding, world.graph, groups_of(world), base)
        for target, binding in pairs
        if isinstance(binding, Binding) and target.year is not None and base < target.year <= case.last_year
    )


def groups_of(world: World) -> dict[str, tuple[str, ...]]:
    """Districts that are counted together, by the name of the group."""
    return world.city.settings.group_members


def _reporting(years: Iterable[YearValues], case: Case, clock: Clock, progress: Progress | None) -> Iterable[YearValues]:
    for values in years:
        if progress is not None:
            progress(case.scenario.key, values.year - clock.first + 1, clock.last - clock.first + 1)
        yield values


def _files(case: Case) -> list[Path]:
    world = case.world
    folders = (world.home.models / world.city.settings.model, world.city.folder)
    inside = (file for folder in folders for file in sorted(folder.rglob("*")) if "__pycache__" not in file.parts)
    return [*inside, *case.scenario.files]


def _settings(case: Case) -> tuple[str, ...]:
    """Everything that the scenario says, from its files, its layers in use and the call, in the order in which it applies."""
    scenario = case.scenario
    changes = tuple(f"{change.section}.{change.name}={change.raw!r} ({change.origin})" for change in scenario.changes)
    ledger = tuple(f"ledger={change.section.model_dump_json()} ({change.origin})" for change in scenario.ledger)
    years = f"base_year={case.world.city.settings.base_year}", f"last_year={case.last_year}"
    targets = f"targets={','.join(name for name, _ in scenario.targets)}"
    return (*changes, *ledger, *years, targets, f"method={scenario.method}", f"steps={scenario.steps_per_year}")


def open_cases(
    home: Home, files: Iterable[Path], city: str | None, use: tuple[str, ...], settings: tuple[tuple[str, str], ...]
) -> list[Case]:
    """Read and bind several scenarios, reading each city once; all faults of all files at once.

    Raises
    ------
    InputError
        with every fault.
    """
    faults, worlds, cases = Faults(), dict[tuple[str, int | None], World](), list[Case]()
    for file in files:
        of_file = Faults()
        with of_file.gathering(InputError):
            scenario = read_scenario(file, use, settings, of_file, home.scenarios)
            _fail_if_other_city(scenario, city, home)
            key = (scenario.city, scenario.base_year)
            if key not in worlds:
                worlds[key] = open_world(home, *key)
            cases.append(prepare(scenario, worlds[key]))
        faults.found.extend(of_file.found)
    faults.raise_if_any()
    return cases


def open_plain(home: Home, city: str, settings: tuple[tuple[str, str], ...]) -> Case:
    """A city without a scenario file, as its own data and the model's central values have it.

    Raises
    ------
    InputError
        with every fault of the city and of the settings.
    """
    world = open_world(home, city)
    return prepare(plain_scenario(city, world.city.settings.name.text(), settings), world)


def _fail_if_other_city(scenario: Scenario, city: str | None, home: Home) -> None:
    place = Place(scenario.file, key="city")
    if city is not None and city != scenario.city:
        message = Text(f"情景的城市是 {scenario.city}，不是 {city}", f"the scenario is of {scenario.city}, not of {city}")
        raise InputError(Fault(message, place))
    if scenario.city not in home.cities():
        message = Text(f"没有城市 {scenario.city}", f"no city {scenario.city}")
        raise InputError(Fault(message, place, nearest(scenario.city, home.cities())))
