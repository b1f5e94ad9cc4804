"""Targets draw by draw: what each comes to, whether it is met, what it promises besides, and what was drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Numbers, Truths, Values
from sim.ensemble.blocks import BlockResult
from sim.ensemble.draws import DrawRequest, Draws
from sim.ensemble.workers import run_portions
from sim.inputs.model_files import read_promises
from sim.inputs.targets import PlanTarget
from sim.plan.probability import Conditions, conditions_of
from sim.plan.promises import PromiseReading, promise_readings
from sim.plan.reading import Reading
from sim.plan.rule import Rule
from sim.simulate.draws import draws_of, posterior_of, task_of
from sim.simulate.pipeline import Outcome, judge_of

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class TargetDraws:
    """Tables [..., draw] of the draws that stayed finite, of the targets that no published figure has decided."""

    targets: tuple[PlanTarget, ...]
    readings: tuple[Reading, ...]
    """Of the first targets, which a variable says; the ledger says the others."""
    rules: tuple[Rule, ...]
    published: Values
    """The latest published figure of each target [target]; not a number where there is none."""
    values: Values
    met: Truths
    promises: Mapping[str, tuple[PromiseReading, Values]]
    inputs: Mapping[str, Values]
    groups: Numbers | None
    """What each draw has in common with others: the draws of one vector of a stored ensemble."""
    lost: int

    @property
    def count(self) -> int:
        """Number of draws."""
        return int(self.met.shape[1])

    @property
    def goals(self) -> Values:
        """The numbers that the targets print."""
        return np.array([target.value for target in self.targets])


@dataclass(frozen=True)
class _Gatherer:
    """Makes of a portion of draws the columns of the tables."""

    conditions: Conditions
    promises: tuple[PromiseReading, ...]
    draws: Draws

    def __call__(self, result: BlockResult) -> tuple[Truths, Values, Values, Values, Values]:
        """Which draws stayed finite; values, met, promises and inputs [..., draw]."""
        start, stop, values = result.start, result.stop, result.values
        taken = self.draws.realisations(start, stop)
        numbers = np.arange(start, stop) if taken is None else taken
        read = self.conditions.numbers(values, np.asarray(numbers, dtype=np.intp))
        met = {name: rule.met(read[name]) for name, rule in self.conditions.rules.items()}
        factors = self.draws.factors(start, stop)
        return (
            result.fine,
            np.array(list(read.values()), dtype=np.float64).reshape(-1, stop - start),
            np.array(list(met.values()), dtype=bool).reshape(-1, stop - start),
            np.array([item.value(values) for item in self.promises], dtype=np.float64).reshape(-1, stop - start),
            np.array(list(factors.values()), dtype=np.float64).reshape(-1, stop - start),
        )


def target_draws(outcome: Outcome, request: DrawRequest, progress: Progress | None = None) -> TargetDraws:
    """Run the draws of a case whose central run is known.

    Raises
    ------
    SimError
        when a promise names what the model does not know, or the run fails.
    """
    case = outcome.case
    world, judge = case.world, judge_of(case, outcome.results)
    conditions = conditions_of(outcome.scores, judge).without_settled()
    by_id = {score.target.id: score.target for score in outcome.scores}
    targets = tuple(by_id[name] for name in conditions.names)
    horizon = max((item.reading.last for item in conditions.conditions), default=case.last_year - judge.base_year)
    stated = read_promises(world.model_folder / "promises.yaml")
    promises = promise_readings(stated, world.graph, horizon, world.city.parameters)
    outputs = tuple(dict.fromkeys((*conditions.outputs, *(name for item in promises for name in item.outputs))))
    posterior = None if request.prior else posterior_of(world)
    task = task_of(case, outputs, draws_of(case, request, posterior), request.precision)
    parts, done = [], 0
    for part in run_portions(task, _Gatherer(conditions, promises, task.draws), request.workers):
        parts.append(part)
        done += len(part[0])
        if progress is not None:
            progress(done, request.count)
    fine, values, met, promised, inputs = (np.concatenate(column, axis=-1) for column in zip(*parts, strict=True))
    actual = {score.target.id: score.actual_value for score in outcome.scores}
    return TargetDraws(
        targets=targets,
        readings=tuple(item.reading for item in conditions.conditions),
        rules=tuple(conditions.rules.values()),
        published=np.array([np.nan if (value := actual[name]) is None else value for name in conditions.names], dtype=float),
        values=values[:, fine],
        met=met[:, fine],
        promises={item.key: (item, promised[place, fine]) for place, item in enumerate(promises)},
        inputs=dict(zip(task.draws.factors(0, 1), inputs[:, fine], strict=True)),
        groups=np.flatnonzero(fine) % task.draws.groups if task.draws.groups > 1 else None,
        lost=int((~fine).sum()),
    )
