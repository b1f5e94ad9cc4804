"""How much of a promise a target would take by itself: one parameter moved over its range, everything else at its centre."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.plan.promises import PromiseReading
from sim.plan.reading import Reading
from sim.simulate.pipeline import Outcome
from sim.studies.plan.points import Points, at_points

Values = NDArray[Any]
_STEPS = 21
_LEAST_MOVED = 0.005
"""Part of a target's number that the whole range must move it by, for the promise to say something of it."""


def solved_promise(outcome: Outcome, item: PromiseReading, readings: Sequence[Reading]) -> tuple[Values, float]:
    """The promise at which each target is just met [target], and its value in the central run.

    Infinite where no value of the parameter meets the target, minus infinite where every value does; not a number where the
    parameter hardly moves the target. Between the points both lie on straight lines.
    """
    case, key = outcome.case, str(item.promise.by)
    record = case.world.city.parameters[key]
    if record.range is None:
        raise AssertionError(f"{key} has no range to be moved over")
    shifts = np.unique(np.append(np.linspace(*record.range, _STEPS), 0.0))
    outputs = tuple(dict.fromkeys((*item.outputs, *(name for reading in readings for name in reading.outputs))))
    values = at_points(case, Points((key,), shifts[np.newaxis]), outputs)
    promised = item.value(values)
    signs = [-1.0 if reading.is_ceiling else 1.0 for reading in readings]
    found = [
        crossing(sign * reading.value(values), sign * reading.rule.limit, promised)
        for sign, reading in zip(signs, readings, strict=True)
    ]
    return np.array(found), float(promised[np.searchsorted(shifts, 0.0)])


def crossing(upward: Values, goal: float, promised: Values) -> float:
    """The promise where a number, of which more is better, passes the goal."""
    if np.ptp(upward) < _LEAST_MOVED * abs(goal):
        return float("nan")
    met = upward >= goal
    if not met.any():
        return float("inf")
    if met.all():
        return float("-inf")
    order = np.argsort(upward)
    return float(np.interp(goal, upward[order], promised[order]))
