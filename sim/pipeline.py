"""The whole way on one screen: scenario file -> checked scenario -> model and city -> simulation -> dataset -> scorecard."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import xarray as xr

from sim.causes import with_causes
from sim.errors import Fault, Faults, InputError, Place, RunError, SimError, nearest
from sim.inputs.bindings import Binding
from sim.inputs.city import read_city_file
from sim.inputs.documents import changed_sentence
from sim.inputs.files import is_file
from sim.inputs.home import Home
from sim.inputs.natures import read_binding_targets
from sim.inputs.scenario import Scenario, plain_scenario, read_scenario
from sim.inputs.targets import PlanTarget
from sim.ledger.edits import edits_of
from sim.ledger.realise import USUAL_COUNT, LedgerPlan, Realised, realise
from sim.model.binding import Bound, bind
from sim.model.names import with_ids
from sim.numerics.assembly import Request
from sim.numerics.central import central_run
from sim.numerics.draws import DrawRequest
from sim.numerics.ensemble import Ensemble
from sim.numerics.given import blaming_what_is_given, fail_if_outside
from sim.numerics.integrate import Clock, YearValues
from sim.numerics.kernel import kernel_for
from sim.numerics.methods import METHODS
from sim.numerics.watch import watch_of, watched
from sim.outputs.dataset import to_dataset
from sim.outputs.ensemble import ensemble_dataset, projection_of
from sim.outputs.posterior import Foreseen
from sim.outputs.provenance import Provenance, provenance
from sim.outputs.published import Comparison, compare_with_published
from sim.plan.delivered import Delivery
from sim.plan.evaluation.evaluate import Evaluated, Terms, evaluate
from sim.plan.known import known_scenario
from sim.plan.limits import reached
from sim.plan.lint.rules import plan_of
from sim.plan.reading import Reading, arrays_of, reading_of
from sim.plan.scorecard import Judge, Score, score_all
from sim.plan.selection import Selection, selected_targets
from sim.plan.settled import with_published
from sim.plan.step_error import StepError, largest_change, with_step_errors, with_targets
from sim.projects import ledger_plan, with_means
from sim.text import Text, joined
from sim.world import World, open_world

Progress = Callable[[str, int, int], None]


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

    `evaluated` is the plan by published figures; `asked` are the draws that were wanted; `drawn_from` says where they come
    from, or why there are none; `foreseen` how likely targets looked in earlier years.
    """

    case: Case
    results: xr.Dataset
    scores: list[Score]
    evaluated: tuple[Evaluated, ...]
    step_error: StepError
    comparisons: list[Comparison]
    provenance: Provenance
    ensemble: Ensemble | None = None
    asked: DrawRequest | None = None
    drawn_from: Text | None = None
    foreseen: tuple[Foreseen, ...] = ()

    @property
    def projection(self) -> xr.Dataset:
        """The results as they are shown: the median of the draws where they were summed up, else the central run."""
        if self.ensemble is None:
            return projection_of(self.results, None)
        return projection_of(self.results, ensemble_dataset(self.ensemble, self.results, self.case.world.graph))


def prepare(scenario: Scenario, world: World) -> Case:
    """Bind a scenario to its world.

    Raises
    ------
    InputError
        with every fault of the scenario.
    """
    faults = Faults()
    scenario = with_ids(scenario, world.names, faults)
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
    known = known_scenario(scenario, world.catalogue, world.ledger, world.as_of, faults)
    scenario = known.scenario
    with faults.gathering():
        bound = bind(scenario, world.city, world.graph, world.names)
    plan = None
    if bound is None:
        edits_of(scenario.ledger, world.ledger, faults)
    else:
        fail_if_outside(bound, world.identities, faults)
        plan = ledger_plan(scenario, world, bound, last_year, faults)
    faults.raise_if_any()
    if bound is None:
        raise AssertionError("a binding failed without a fault")
    remarks = (*_standing_in(world), *selection.remarks, *known.remarks, *_unchecked(world, bound))
    return Case(scenario, world, bound, replace(selection, remarks=remarks), last_year, plan)


def _standing_in(world: World) -> Iterator[Text]:
    """The year in which a run stands that knows nothing later."""
    year = world.as_of
    if year is not None:
        yield Text(
            f"站在 {year} 年：数据、先验、文件和措施只用 {year} 年统计公报发布时已知的。",
            f"As of {year}: data, priors, documents and measures are those known when the bulletin of {year} was out.",
        )


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
    world = case.world
    results = _simulate(case, case.scenario.steps_per_year, progress)
    rows = evaluated(case, results)
    scores = judged(case, results, rows)
    finer = _simulate(case, 2 * case.scenario.steps_per_year)
    embedded = results.attrs.get("embedded_error")
    error = with_targets(largest_change(results, finer), scores, judged(case, finer, rows), embedded)
    remarks = (*case.selection.remarks, *reached(world.identities.bounds, results))
    return Outcome(
        case=replace(case, selection=replace(case.selection, remarks=remarks)),
        results=results,
        scores=with_step_errors(scores, error),
        evaluated=rows,
        step_error=error,
        comparisons=comparisons_of(case, results),
        provenance=provenance(_files(case), world.home.folder, _settings(case)),
    )


def _simulate(case: Case, steps_per_year: int, progress: Progress | None = None) -> xr.Dataset:
    world = case.world
    clock = Clock(world.city.settings.base_year + 1, case.last_year, steps_per_year)
    years = _reporting(_years(case, clock), case, clock, progress)
    try:
        with blaming_what_is_given(case.bound):
            return to_dataset(years, world.graph, world.labels)
    except RunError as error:
        raise with_causes(error, case.scenario, lambda scenario: _holds(case, scenario, clock)) from error


def _years(case: Case, clock: Clock) -> Iterator[YearValues]:
    """The years of the central run, each finite and held against the checks."""
    world, bound = case.world, case.bound
    kernel = kernel_for(world.graph, request_of(case, tuple(world.graph.quantities), clock.steps_per_year))
    watch = watch_of(world.identities, world.graph, bound.given)
    return watched(watch, clock.steps_per_year, central_run(kernel, clock, bound))


def _holds(case: Case, scenario: Scenario, clock: Clock) -> bool:
    """Whether the central run of a case goes through with the changes of another scenario."""
    try:
        bound = bind(scenario, case.world.city, case.world.graph, case.world.names)
        tried = replace(case, bound=bound if case.realised is None else with_means(bound, case.realised))
        deque(_years(tried, clock), maxlen=0)
    except SimError:
        return False
    return True


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


def comparisons_of(case: Case, projection: xr.Dataset) -> list[Comparison]:
    """The projection of a case beside published figures."""
    world = case.world
    span = (world.city.settings.base_year + 1, case.last_year)
    return compare_with_published(projection, world.checks, world.city.history, world.city.key, span)


def judged(case: Case, results: xr.Dataset, rows: Iterable[Evaluated]) -> list[Score]:
    """The scorecard of a case by its results and by what the evaluation found published."""
    return with_published(score_all(judge_of(case, results), case.selection.targets), rows)


def evaluated(case: Case, results: xr.Dataset) -> tuple[Evaluated, ...]:
    """Every target of a case by what was published up to its as-of year; nothing before the plan begins."""
    settings, catalogue, year = case.world.city.settings, case.world.catalogue, case.world.known_to
    first, _ = settings.plan_span(settings.base_year)
    if not case.selection.targets or year < first:
        return ()
    terms = Terms(year, first - 1, read_binding_targets(catalogue), _believed(case, results))
    return tuple(evaluate(plan_of(case.world.city, catalogue, year), case.selection.targets, terms))


def _believed(case: Case, results: xr.Dataset) -> dict[str, float]:
    """The levels that the central run starts from, in the year before each target's first, for targets of a level."""
    found = {}
    for reading in readings_of(case, case.selection.targets):
        if reading.binding.reading == "level" and reading.binding.no_base is None:
            series = reading.series(arrays_of(results, reading.outputs, case.world.graph))
            found[reading.target.id] = float(series[reading.start - 1, 0])
    return found


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
        bases=world.bases,
        accepted=case.selection.accepted,
    )


def readings_of(case: Case, targets: Iterable[PlanTarget]) -> tuple[Reading, ...]:
    """The targets among some that a variable says, in years of the run."""
    world, base = case.world, case.world.city.settings.base_year
    pairs = [(target, world.catalogue.by_kind.of(target.id)) for target in targets]
    return tuple(
        reading_of(target, binding, world.graph, groups_of(world), base, world.city.settings.about_tolerance)
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
    home: Home,
    files: Iterable[Path],
    city: str | None,
    use: tuple[str, ...],
    settings: tuple[tuple[str, str], ...],
    as_of: int | None = None,
) -> list[Case]:
    """Read and bind several scenarios, reading each city once; all faults of all files at once.

    With `as_of`, data, priors, documents and changes are those known when the bulletin of that year was out.
    A `city` takes the place of the one that a file names. A path that is the bare name of a city, as `find_scenario` gives it,
    stands for the city's own baseline.

    Raises
    ------
    InputError
        with every fault.
    """
    faults, worlds, cases = Faults(), dict[tuple[str, int | None], World](), list[Case]()
    for file in files:
        of_file = Faults()
        with of_file.gathering(InputError):
            scenario = _scenario_at(file, home, city, use, settings, of_file)
            scenario = replace(scenario, city=home.city_key(scenario.city))
            _fail_if_no_city(scenario, home)
            _fail_if_base_year_undeclared(scenario, home)
            key = (scenario.city, scenario.base_year)
            if key not in worlds:
                worlds[key] = open_world(home, *key, as_of=as_of)
            cases.append(_prepared(scenario, worlds[key]))
        faults.found.extend(of_file.found)
    faults.raise_if_any()
    return cases


def _fail_if_base_year_undeclared(scenario: Scenario, home: Home) -> None:
    """A scenario starts from a base year that the city declares: of others nobody has said that its figures carry them."""
    if scenario.base_year is None:
        return
    settings = read_city_file(home.city_folder(scenario.city))
    declared = [str(year) for year in settings.declared_base_years]
    if str(scenario.base_year) in declared:
        return
    zh = f"{scenario.base_year} 年不是{settings.name.zh}声明的基年，可用的基年：{'、'.join(declared)}"
    en = f"{scenario.base_year} is no base year that {settings.name.en} declares; declared: {', '.join(declared)}"
    advice = Text(
        f"改用其中一个；该年统计齐全的，可写入 models/{scenario.city}/city.yaml 的 base_years",
        f"use one of these, or add it to base_years in models/{scenario.city}/city.yaml where the city's figures carry it",
    )
    raise InputError(Fault(Text(zh, en), scenario.base_year_place, advice))


def _scenario_at(
    file: Path,
    home: Home,
    city: str | None,
    use: tuple[str, ...],
    settings: tuple[tuple[str, str], ...],
    faults: Faults,
) -> Scenario:
    name, city = str(file), None if city is None else home.city_key(city)
    if name not in home.cities() or is_file(file):
        return read_scenario(file, use, settings, faults, home.scenarios, city)
    if city not in {None, name}:
        message = Text(f"{name} 是另一城市的基准情景", f"{name} is the baseline of another city")
        raise InputError(Fault(message, Place(key="--city"), Text(f"请写 {city}", f"write {city}")))
    for layer in use:
        faults.add(Text(f"没有名为 {layer} 的 overrides", f"no overrides named {layer}"), Place(key="--use"))
    return plain_scenario(name, read_city_file(home.city_folder(name)).name.text(), settings)


def _prepared(scenario: Scenario, world: World) -> Case:
    """The case; of a scenario that was written for another city, the faults begin with that."""
    try:
        return prepare(scenario, world)
    except InputError as error:
        if scenario.written_for in {None, scenario.city}:
            raise
        message = Text(
            f"情景为 {scenario.written_for} 写成，以下内容 {scenario.city} 没有",
            f"the scenario was written for {scenario.written_for}, and {scenario.city} lacks what follows",
        )
        own = f"python -m sim run {scenario.city}"
        advice = Text(f"该市自己的基准情景：{own}", f"the city's own baseline: {own}")
        raise InputError([Fault(message, Place(scenario.file, key="city"), advice), *error.faults]) from error


def _fail_if_no_city(scenario: Scenario, home: Home) -> None:
    if scenario.city not in home.cities():
        message, place = Text(f"没有城市 {scenario.city}", f"no city {scenario.city}"), Place(scenario.file, key="city")
        labels = home.city_labels()
        raise InputError(Fault(message, place, nearest(scenario.city, labels, labels)))
