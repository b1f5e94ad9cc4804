"""The evaluation of a plan as of a year: from published data, and for a run as the probability of each class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.base.errors import Fault, Place, UsageError
from sim.base.processes import timed
from sim.base.text import Text
from sim.ensemble.blocks import Task
from sim.ensemble.running import ChunkReducer, Ensemble, run_ensemble
from sim.plan.evaluation import Evaluated
from sim.plan.progress import Moment, Standings, chances
from sim.simulate.design import Design
from sim.simulate.draws import Progress, draw
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome, readings_of, run


def fail_if_outside_plan(case: Case, as_of: int) -> None:
    """A plan is evaluated in its own years, or in those of the run.

    Raises
    ------
    UsageError
        when the year lies outside of both.
    """
    settings = case.city.data.settings
    first, last = settings.plan_span(settings.base_year)
    latest = max(case.last_year, last)
    if not first <= as_of <= latest:
        message = Text(f"评估年 {as_of} 超出 {first}–{latest}", f"the year {as_of} lies outside {first}–{latest}")
        raise UsageError(Fault(message, Place(key="--as-of")))


@timed
def evaluated(case: Case, as_of: int, design: Design | None = None, progress: Progress | None = None) -> list[Evaluated]:
    """Evaluate every target of a scenario as of a year, in its order; without draws only data speak.

    The case must have been opened as of the year, so that nothing later is known in it.

    Raises
    ------
    SimError
        when the year lies outside the plan, or the run fails.
    """
    base = case.base_year
    fail_if_outside_plan(case, as_of)
    if not case.selection.targets:
        message = Text("情景没有列目标，无从评估", "the scenario names no target: there is nothing to evaluate")
        advice = Text("在情景中写 targets，或用 --scenario 另选情景", "write targets in it, or name another with --scenario")
        raise UsageError(Fault(message, Place(case.scenario.file, key="targets"), advice))
    outcome = run(case)
    rows = list(outcome.evaluated)
    if design is None or not base < as_of <= case.last_year:
        return rows
    return _with_chances(rows, outcome, as_of, design, progress)


def _with_chances(
    rows: Sequence[Evaluated], outcome: Outcome, as_of: int, design: Design, progress: Progress | None
) -> list[Evaluated]:
    """The rows with the share of draws in each class, for targets that a variable says and that have begun by the year."""
    base = outcome.case.base_year
    projected = [score.target for score in outcome.scores if score.projected is not None]
    found = [(reading, min(as_of - base, reading.last)) for reading in readings_of(outcome.case, projected)]
    judge = Standings(tuple(Moment(reading, now) for reading, now in found if now >= reading.start))
    if not judge.moments:
        return list(rows)

    def collect(task: Task) -> Ensemble:
        return run_ensemble(task, design.workers, ChunkReducer(judge=judge), progress)

    likely = chances(draw(outcome.case, design, judge.outputs, collect).shares)
    return [replace(row, chances=likely.get(row.target.id, {})) for row in rows]
