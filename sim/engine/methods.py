"""Integration methods as data: explicit Runge-Kutta tableaux with fixed steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values


@dataclass(frozen=True)
class RungeKuttaMethod:
    """An explicit Runge-Kutta method: stage i reads the state at t + nodes[i]*dt; `order` is its order of convergence.

    `embedded` are the weights of a second, less exact method on the same stages, whose difference estimates the error.
    """

    name: str
    order: int
    nodes: tuple[float, ...]
    stages: tuple[tuple[float, ...], ...]
    weights: tuple[float, ...]
    embedded: tuple[float, ...] = ()

    @property
    def stages_to_keep(self) -> frozenset[int]:
        """Stages whose rates are read later than by the next stage, or by the embedded method."""
        read = {(stage, earlier) for stage, row in enumerate(self.stages) for earlier, weight in enumerate(row) if weight}
        pairs = zip(self.weights, self.embedded or self.weights, strict=True)
        by_error = {stage for stage, (weight, other) in enumerate(pairs) if weight != other}
        return frozenset(by_error | {earlier for stage, earlier in read if earlier != stage - 1})


_DOPRI5_STAGES = (
    (),
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
# All are explicit, so stable only while the step times the fastest rate of decay stays below a bound: 2 for Euler and Heun, 2.8
# for rk4, 3.3 for dopri5. A delay much shorter than the step oscillates and grows, whatever the order of the method.
METHODS: dict[str, RungeKuttaMethod] = {
    "euler": RungeKuttaMethod("euler", 1, (0.0,), ((),), (1.0,)),
    "heun": RungeKuttaMethod("heun", 2, (0.0, 1.0), ((), (1.0,)), (1 / 2, 1 / 2)),
    "rk4": RungeKuttaMethod(
        "rk4", 4, (0.0, 0.5, 0.5, 1.0), ((), (0.5,), (0.0, 0.5), (0.0, 0.0, 1.0)), (1 / 6, 1 / 3, 1 / 3, 1 / 6)
    ),
    # Dormand and Prince (1980), the seventh stage at the end of the step only for the error.
    "dopri5": RungeKuttaMethod(
        "dopri5",
        5,
        (0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0),
        _DOPRI5_STAGES,
        (*_DOPRI5_STAGES[6], 0.0),
        (5179 / 57600, 0.0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40),
    ),
}


def moments_of_growth(method: RungeKuttaMethod, steps_per_year: int) -> tuple[tuple[float, float], ...]:
    """Moments within the first year at which `method` reads a rate, each with the weight that it has in the year's total."""
    dt = 1.0 / steps_per_year
    # Moments that meet (the end of a step and the beginning of the next) are one, in the order in which they are read.
    weights: dict[float, float] = {}
    for step in range(steps_per_year):
        for weight, node in zip(method.weights, method.nodes, strict=True):
            moment = (step + node) * dt
            weights[moment] = weights.get(moment, 0.0) + weight * dt
    return tuple((moment, weight) for moment, weight in weights.items() if weight)


def mean_of_growth(method: RungeKuttaMethod, steps_per_year: int, growth: Values) -> Values:
    """Mean of (1+g)^s over s in [0, 1), as `method` sums a flow over a year of `steps_per_year` steps.

    The exact mean is g/ln(1+g); Euler's is the mean of the values at the beginnings of the steps. A starting rate divided by
    this mean gives the stated total of the first year whatever the method.
    """
    parts = [weight * (1.0 + growth) ** moment for moment, weight in moments_of_growth(method, steps_per_year)]
    total: Values = np.add.reduce(parts)
    return total
