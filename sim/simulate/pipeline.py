"""The whole way of a run: a case -> simulation -> dataset -> scorecard beside published figures."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import xarray as xr

from sim.base.errors import Fault, Place, RunError, SimError
from sim.base.processes import timed
from sim.base.text import Text
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, YearValues, central_run
from sim.engine.kernel import Kernel, kernel_for
from sim.engine.methods import METHODS
from sim.engine.watch import blaming_what_is_given, watch_of, watched
from sim.ensemble.running import Ensemble
from sim.inputs.bindings import Binding
from sim.inputs.scenario import Change, Scenario
from sim.inputs.targets import PlanTarget, read_binding_targets
from sim.model.binding import bind
from sim.plan.cautions import StepError, largest_change, limits_reached, with_step_errors, with_targets
from sim.plan.claims import plan_of
from sim.plan.evaluation import Evaluated, Terms, evaluate
from sim.plan.judging import Judge, scores_of
from sim.plan.reading import Delivery, Reading, arrays_of, reading_of
from sim.plan.scorecard import Score
from sim.result.compare import Provenance, provenance
from sim.result.dataset import Comparison, compare_with_published, ensemble_dataset, projection_of, to_dataset
from sim.result.posterior import Foreseen
from sim.simulate.design import Design
from sim.simulate.opening import Case, with_means, with_projects

_MOST_SHOWN = 5
Progress = Callable[[str, int, int], None]


def _with_causes(error: RunError, case: Case, steps_per_year: int) -> RunError:
    """The error with the lines that are at fault, each alone or all together; where none is, the data or the equations are."""
    scenario = case.scenario

    def holds(changes: Iterable[Change]) -> bool:
        return _holds(case, replace(scenario, changes=tuple(changes)), steps_per_year)

    guilty = [change for change in scenario.changes if holds(item for item in scenario.changes if item is not change)]
    if guilty:
        zh, en = "去掉这一行，运行即可通过", "without this line the run goes through"
        return RunError([*error.faults, *(_at(change, Text(zh, en)) for change in guilty[:_MOST_SHOWN])])
    if scenario.changes and holds(()):
        zh, en = "各行单独去掉都不够，原因在其共同作用", "no single line explains it; without all of them the run goes through"
        return RunError([*error.faults, *(_at(change, Text(zh, en)) for change in scenario.changes[-1:])])
    advice = Text(
        "城市自己的数值也不成立：请检查城市数据（history.csv、parameters.yaml），再检查模型方程",
        "it fails with the city's own values too: look at its data (history.csv, parameters.yaml), then at the equations",
    )
    return RunError([*error.faults, Fault(advice, Place(scenario.file))])


def _at(change: Change, message: Text) -> Fault:
    return Fault(message, change.place, Text("请改用较小的力度或较近的数值", "use a smaller or nearer value"))


@dataclass(frozen=True)
class Outcome:
    """Outcome of a run: results, scorecard, time-step error, provenance, draws.

    `evaluated` is the plan by published figures; `design` says which draws were wanted, `drawn_from` where they come
    from, or why there are none; `foreseen` how likely targets looked in earlier years.
    """

    case: Case
    results: xr.Dataset
    scores: list[Score]
    evaluated: tuple[Evaluated, ...]
    step_error: StepError
    provenance: Provenance
    ensemble: Ensemble | None = None
    design: Design | None = None
    drawn_from: Text | None = None
    foreseen: tuple[Foreseen, ...] = ()

    @property
    def projection(self) -> xr.Dataset:
        """The results as they are shown: the median of the draws where they were summed up, else the central run."""
        if self.ensemble is None:
            return projection_of(self.results, None)
        return projection_of(self.results, ensemble_dataset(self.ensemble, self.results, self.case.city.graph))

    @property
    def comparisons(self) -> tuple[Comparison, ...]:
        """The projection beside published figures."""
        city = self.case.city
        span = (self.case.base_year + 1, self.case.last_year)
        return tuple(compare_with_published(self.projection, city.checks, city.data.history, city.data.key, span))


@timed
def run(case: Case, progress: Progress | None = None) -> Outcome:
    """Simulate a case and judge it.

    Raises
    ------
    RunError
        when a number becomes infinite or undefined.
    """
    case = with_projects(case)
    city = case.city
    results = _simulate(case, case.scenario.steps_per_year, progress)
    rows = evaluated(case, results)
    scores = judged(case, results, rows)
    finer = _simulate(case, 2 * case.scenario.steps_per_year)
    embedded = results.attrs.get("embedded_error")
    error = with_targets(largest_change(results, finer), scores, judged(case, finer, rows), embedded)
    remarks = (*case.selection.remarks, *limits_reached(city.identities.bounds, results))
    return Outcome(
        case=replace(case, selection=replace(case.selection, remarks=remarks)),
        results=results,
        scores=with_step_errors(scores, error),
        evaluated=rows,
        step_error=error,
        provenance=provenance_of(case),
    )


def _simulate(case: Case, steps_per_year: int, progress: Progress | None = None) -> xr.Dataset:
    try:
        with blaming_what_is_given(case.bound):
            return to_dataset(_years(case, steps_per_year, progress), case.city.graph, case.city.labels)
    except RunError as error:
        raise _with_causes(error, case, steps_per_year) from error


def _years(case: Case, steps_per_year: int, progress: Progress | None = None) -> Iterator[YearValues]:
    """Yield the years of the central run, each finite and held against the checks."""
    city, bound = case.city, case.bound
    kernel, clock = compiled(case, tuple(city.graph.quantities), steps_per_year)
    watch = watch_of(city.identities, city.graph, bound.given)
    for values in watched(watch, steps_per_year, central_run(kernel, clock, bound)):
        if progress is not None:
            progress(case.scenario.key, values.year - clock.first + 1, clock.last - clock.first + 1)
        yield values


def _holds(case: Case, scenario: Scenario, steps_per_year: int) -> bool:
    """Tell whether the central run of a case goes through with the changes of another scenario."""
    try:
        bound = bind(scenario, case.city.data, case.city.graph, case.city.names)
        tried = replace(case, bound=bound if case.realised is None else with_means(bound, case.realised))
        deque(_years(tried, steps_per_year), maxlen=0)
    except SimError:
        return False
    return True


def compiled(
    case: Case, outputs: Iterable[str], steps_per_year: int | None = None, yearly: frozenset[str] = frozenset()
) -> tuple[Kernel, Clock]:
    """The kernel of a case for some outputs, and the years of its run in steps; by default as many as the scenario says.

    `yearly` are further names whose value changes from year to year.
    """
    steps = steps_per_year or case.scenario.steps_per_year
    kernel = kernel_for(case.city.graph, request_of(case, tuple(dict.fromkeys(outputs)), steps, yearly))
    return kernel, Clock(case.base_year + 1, case.last_year, steps)


def request_of(
    case: Case, outputs: tuple[str, ...], steps_per_year: int, yearly: frozenset[str] = frozenset()
) -> KernelRequest:
    """Return the request that the kernel of a case is compiled for."""
    bound, base = case.bound, case.base_year
    later: dict[int, set[str]] = {}
    for name, year in bound.given_from.items():
        if year is not None and year > base:
            later.setdefault(year, set()).add(name)
    stages = tuple((year, frozenset(later[year])) for year in sorted(later))
    always = bound.given.difference(*later.values())
    return KernelRequest(outputs, always, bound.yearly | yearly, METHODS[case.scenario.method], steps_per_year, stages)


def judged(case: Case, results: xr.Dataset, rows: Iterable[Evaluated]) -> list[Score]:
    """The scorecard of a case by its results and by what the evaluation found published."""
    return scores_of(judge_of(case, results), case.selection.targets, rows)


def evaluated(case: Case, results: xr.Dataset) -> tuple[Evaluated, ...]:
    """Every target of a case by what was published up to its as-of year; nothing before the plan begins."""
    settings, catalogue, year = case.city.data.settings, case.city.catalogue, case.city.known_to
    first, _ = settings.plan_span(settings.base_year)
    if not case.selection.targets or year < first:
        return ()
    terms = Terms(year, first - 1, read_binding_targets(catalogue), _believed(case, results))
    return tuple(evaluate(plan_of(case.city.data, catalogue, year), case.selection.targets, terms))


def _believed(case: Case, results: xr.Dataset) -> dict[str, float]:
    """The levels that the central run starts from, in the year before each target's first, for targets of a level."""
    found = {}
    for reading in readings_of(case, case.selection.targets):
        if reading.binding.reading == "level" and reading.binding.no_base is None:
            series = reading.series(arrays_of(results, reading.outputs, case.city.graph))
            found[reading.target.id] = float(series[reading.start - 1, 0])
    return found


def judge_of(case: Case, results: xr.Dataset) -> Judge:
    """Return the judge of a case's targets by its results."""
    city = case.city
    return Judge(
        scenario=case.scenario.key,
        results=results,
        city=city.data,
        catalogue=city.catalogue,
        graph=city.graph,
        given=case.bound.given_from,
        delivery=None if case.realised is None else Delivery(case.realised, city.ledger, city.data.settings.group_members),
        bases=city.bases,
        accepted=case.selection.accepted,
    )


def readings_of(case: Case, targets: Iterable[PlanTarget]) -> tuple[Reading, ...]:
    """The targets among some that a variable says, in years of the run."""
    city, settings = case.city, case.city.data.settings
    base = settings.base_year
    pairs = [(target, city.catalogue.by_kind.of(target.id)) for target in targets]
    return tuple(
        reading_of(target, binding, city.graph, settings.group_members, base, settings.about_tolerance)
        for target, binding in pairs
        if isinstance(binding, Binding) and target.year is not None and base < target.year <= case.last_year
    )


def provenance_of(case: Case) -> Provenance:
    """Versions, and the hashes of everything that a case rests on."""
    city = case.city
    folders = (city.model_folder, city.data.folder)
    inside = (file for folder in folders for file in sorted(folder.rglob("*")) if "__pycache__" not in file.parts)
    return provenance([*inside, *case.scenario.files], city.home.folder, _settings(case))


def _settings(case: Case) -> tuple[str, ...]:
    """Everything that the scenario says, from its files, its layers in use and the call, in the order in which it applies."""
    scenario = case.scenario
    changes = tuple(f"{change.section}.{change.name}={change.raw!r} ({change.origin})" for change in scenario.changes)
    ledger = tuple(f"ledger={change.section.model_dump_json()} ({change.origin})" for change in scenario.ledger)
    years = f"base_year={case.base_year}", f"last_year={case.last_year}"
    targets = f"targets={','.join(name for name, _ in scenario.targets)}"
    return (*changes, *ledger, *years, targets, f"method={scenario.method}", f"steps={scenario.steps_per_year}")
