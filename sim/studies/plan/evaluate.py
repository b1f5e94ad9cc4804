"""The evaluation of a plan as of a year: from published data, and for a run as the probability of each class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.base.timing import timed
from sim.ensemble.draws import DrawRequest
from sim.ensemble.running import ChunkReducer, run_ensemble
from sim.plan.evaluation.evaluate import Evaluated
from sim.plan.evaluation.progress import Moment, Standings, chances
from sim.plan.reading import Reading
from sim.simulate.draws import draws_of, posterior_of, task_of
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome, readings_of, run


def fail_if_outside_plan(case: Case, as_of: int) -> None:
    """A plan is evaluated in its own years, or in those of the run.

    Raises
    ------
    UsageError
        when the year lies outside of both.
    """
    settings = case.world.city.settings
    first, last = settings.plan_span(settings.base_year)
    latest = max(case.last_year, last)
    if not first <= as_of <= latest:
        message = Text(f"评估年 {as_of} 超出 {first}–{latest}", f"the year {as_of} lies outside {first}–{latest}")
        raise UsageError(Fault(message, Place(key="--as-of")))


def judged_readings(outcome: Outcome) -> tuple[Reading, ...]:
    """Targets that the run projects by a variable."""
    return readings_of(outcome.case, [score.target for score in outcome.scores if score.projected is not None])


Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class EvaluationRequest:
    """As of which year, and with how many draws of the scenario; without draws only data speak.

    The case must have been opened as of the year, so that nothing later is known in it.
    """

    as_of: int
    draws: DrawRequest | None = None


@timed
def evaluated(case: Case, request: EvaluationRequest, progress: Progress | None = None) -> list[Evaluated]:
    """Every target of a scenario, in its order.

    Raises
    ------
    SimError
        when the year lies outside the plan, or the run fails.
    """
    base = case.world.city.settings.base_year
    fail_if_outside_plan(case, request.as_of)
    if not case.selection.targets:
        message = Text("情景没有列目标，无从评估", "the scenario names no target: there is nothing to evaluate")
        advice = Text("在情景中写 targets，或用 --scenario 另选情景", "write targets in it, or name another with --scenario")
        raise UsageError(Fault(message, Place(case.scenario.file, key="targets"), advice))
    outcome = run(case)
    rows = list(outcome.evaluated)
    if request.draws is None or not base < request.as_of <= case.last_year:
        return rows
    return _with_chances(rows, outcome, request.as_of, request.draws, progress)


def _with_chances(
    rows: Sequence[Evaluated], outcome: Outcome, as_of: int, request: DrawRequest, progress: Progress | None
) -> list[Evaluated]:
    """The rows with the share of draws in each class, for targets that a variable says."""
    case = outcome.case
    judge = Standings(_moments(outcome, as_of))
    if not judge.moments:
        return list(rows)
    posterior = None if request.prior else posterior_of(case.world)
    task = task_of(case, judge.outputs, draws_of(case, request, posterior), request.precision)
    ensemble = run_ensemble(task, request.workers, ChunkReducer(judge=judge, groups=task.draws.groups), progress)
    found = chances(ensemble.shares)
    return [replace(row, chances=found.get(row.target.id, {})) for row in rows]


def _moments(outcome: Outcome, as_of: int) -> tuple[Moment, ...]:
    """Readings of the targets that have begun by the year of the evaluation."""
    base = outcome.case.world.city.settings.base_year
    found = [(reading, min(as_of - base, reading.last)) for reading in judged_readings(outcome)]
    return tuple(Moment(reading, now) for reading, now in found if now >= reading.start)
