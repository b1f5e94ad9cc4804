"""Targets draw by draw: what each comes to, whether it is met, what it promises besides, and what was drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Numbers, Truths, Values
from sim.ensemble.blocks import Task
from sim.ensemble.running import gathered
from sim.inputs.model_files import read_promises
from sim.inputs.targets import PlanTarget
from sim.plan.probability import conditions_of
from sim.plan.promises import PromiseReading, promise_readings
from sim.plan.reading import Reading
from sim.plan.rule import Rule
from sim.simulate.design import Design
from sim.simulate.draws import Progress, draw
from sim.simulate.pipeline import Outcome, judge_of


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


def target_draws(outcome: Outcome, design: Design, progress: Progress | None = None) -> TargetDraws:
    """Run the draws of a case whose central run is known.

    Raises
    ------
    SimError
        when a promise names what the model does not know, or the run fails.
    """
    case = outcome.case
    world, judge = case.world, judge_of(case, outcome.results)
    conditions = conditions_of(outcome.scores, judge).without_settled()
    scores = {score.target.id: score for score in outcome.scores}
    horizon = max((item.reading.last for item in conditions.conditions), default=case.last_year - judge.base_year)
    stated = read_promises(world.model_folder / "promises.yaml")
    promises = promise_readings(stated, world.graph, horizon, world.city.parameters)
    rules = tuple(conditions.rules.values())

    def read(values: Mapping[str, Values], numbers: Numbers) -> tuple[list[Values], list[Values]]:
        return [*conditions.numbers(values, numbers).values()], [item.value(values) for item in promises]

    def collect(task: Task) -> TargetDraws:
        fine, (values, promised) = gathered(task, design.workers, read, progress)
        values, drawn = values[:, fine], task.draws.factors(0, design.count)
        return TargetDraws(
            targets=tuple(scores[name].target for name in conditions.names),
            readings=tuple(item.reading for item in conditions.conditions),
            rules=rules,
            published=np.array([scores[name].actual_value for name in conditions.names], dtype=float),
            values=values,
            met=np.array([rule.met(row) for rule, row in zip(rules, values, strict=True)], bool).reshape(values.shape),
            promises={item.key: (item, promised[place, fine]) for place, item in enumerate(promises)},
            inputs={name: factors[fine] for name, factors in drawn.items()},
            groups=task.draws.groups_of(np.flatnonzero(fine)),
            lost=int((~fine).sum()),
        )

    outputs = (*conditions.outputs, *(name for item in promises for name in item.outputs))
    return draw(case, design, outputs, collect)
