"""The search for a required path: a sequence of quadratic programmes.

Around the present levers the quantile of each target that must hold is taken as linear, the smallest change that reaches all of
them is solved for, and the model is run there again. The chance that each target is given by itself is raised until all are met
together often enough.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.plan.least_change import LinearTargets, least_change, least_shortfall
from sim.studies.plan.paths import Path, is_better
from sim.studies.plan.responses import Responses, Values

Progress = Callable[[str, float], None]
ROUNDS = 8
_LEARNING, _MOST_STEPS, _TRUST = 3, 6, 4.0
_STILL, _REACHED, _MISSES, _PROGRESS = 0.1, 1e-3, (0.005, 0.95), 0.005
_SLACK = 0.03
"""How far above the stated probability a path may end."""


@dataclass
class _State:
    """Where the search stands."""

    steps: Values
    linear: LinearTargets
    met: NDArray[np.bool_]
    short: Values = field(default_factory=lambda: np.zeros(0))
    price: Values = field(default_factory=lambda: np.zeros(0))

    @property
    def joint(self) -> float:
        return float(self.met.all(axis=0).mean())


def solve(
    responses: Responses,
    probability: float,
    start: Values | None = None,
    progress: Progress | None = None,
    rounds: int = ROUNDS,
) -> Path:
    """The fewest steps with which all targets are met together in the stated share of draws.

    What may be missed is given to the targets whose last part costs most, and in all as much as makes the draws that miss any
    target as many as are allowed.
    """
    count = len(responses.readings)
    shares, missing = np.full(count, 1.0 / count), float(count) * (1.0 - probability)
    steps = np.zeros(len(responses.levers)) if start is None else start
    best: Path | None = None
    for turn in range(rounds):
        told = partial(_tell, progress, probability, turn / rounds, 1.0 / rounds)
        state = _settled(responses, steps, 1.0 - np.clip(missing * shares, *_MISSES), told)
        found = _path(responses, state, probability)
        stuck = best is not None and not best.reaches and found.joint <= best.joint + _PROGRESS and bool(found.short.any())
        best = found if best is None or is_better(found, best) else best
        steps = state.steps
        if stuck:
            break  # the levers are at their bounds, and what is given up helps no more
        if turn and probability <= found.joint <= probability + _SLACK:
            break
        missing *= (1.0 - probability - 0.5 * _SLACK) / max(1.0 - found.joint, 0.01)
        shares = _shared(shares, state.price) if turn < _LEARNING else shares
    if best is None:
        raise AssertionError("a search of no rounds")
    return best


def _tell(progress: Progress | None, probability: float, done: float, size: float, part: float) -> None:
    if progress is not None:
        progress(f"P{100.0 * probability:g}", done + size * part)


def _shared(shares: Values, price: Values) -> Values:
    """Shares of what may be missed, half way towards the prices of the targets; as they are where no price is known."""
    if price.sum() <= 0.0:
        return shares
    return np.asarray(0.5 * shares + 0.5 * price / price.sum())


def _settled(responses: Responses, steps: Values, chance: Values, told: Callable[[float], None]) -> _State:
    """Solve, run, solve again, until the levers stand still."""
    weights, low, high = (np.array([getattr(lever, name) for lever in responses.levers]) for name in ("weight", "low", "high"))
    linear, met = responses.linear(steps, chance)
    state = _State(steps, linear, met)
    for turn in range(_MOST_STEPS):
        told(turn / _MOST_STEPS)
        found = least_change(
            state.linear, weights, np.maximum(low, state.steps - _TRUST), np.minimum(high, state.steps + _TRUST)
        )
        moved = float(np.abs(found.levers - state.steps).max(initial=0.0))
        linear, met = responses.linear(found.levers, chance)
        short, _ = least_shortfall(linear, low, high)
        state = _State(found.levers, linear, met, short, found.price)
        if moved < _STILL:
            break
    return state


def _path(responses: Responses, state: _State, probability: float) -> Path:
    return Path(
        levers=responses.levers,
        readings=responses.readings,
        steps=state.steps,
        joint=state.joint,
        single=state.met.mean(axis=1),
        short=np.where(state.short > _REACHED, state.short, 0.0),
        price=0.01 * state.price,
        probability=probability,
    )
