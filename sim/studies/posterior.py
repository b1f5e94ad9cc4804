"""The posterior of a city as an ensemble: importance weighting of the normal approximation, with diagnostics."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

with warnings.catch_warnings():  # on import arviz speaks of its next version
    warnings.simplefilter("ignore", FutureWarning)
    from arviz import psislw

from sim.base.arrays import Values
from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text
from sim.simulate.likelihood.reweighting import systematic
from sim.simulate.likelihood.task import Normal
from sim.studies.fit import CityTask

CANDIDATES = 4096
FEWEST = 400.0
"""Independent draws that the candidates must be worth."""
HIGHEST_K = 0.7
"""Above this shape of the weights' tail, weighting cannot be trusted (Vehtari and others 2024)."""
_ROUNDS = 4


@dataclass(frozen=True)
class Weighted:
    """Candidates [parameter, draw] with smoothed weights [draw], the draws that they are worth and the shape of the tail."""

    scores: Values
    weights: Values
    effective: float
    tail_shape: float

    @property
    def mean(self) -> Values:
        """Posterior mean [parameter]."""
        mean: Values = self.scores @ self.weights
        return mean

    @property
    def covariance(self) -> Values:
        """Posterior covariance [parameter, parameter]."""
        apart = self.scores - self.mean[:, np.newaxis]
        covariance: Values = (apart * self.weights) @ apart.T
        return covariance

    def resampled(self, count: int, seed: int) -> Values:
        """`count` draws of equal weight, by systematic resampling, in random order."""
        result: Values = self.scores[:, systematic(self.weights, count, seed)]
        return result


def weigh(task: CityTask, errors: Callable[[Values], Values], seed: int, candidates: int = CANDIDATES) -> Weighted:
    """Draw candidates from the normal approximation and weigh them by the posterior; renew the approximation if need be.

    Raises
    ------
    RunError
        when the candidates are worth too few draws however often the approximation is renewed.
    """
    proposal = task.near
    for number in range(_ROUNDS):
        scores = proposal.sample(candidates, seed + number)
        density = task.log_density(errors(scores), scores) - proposal.log_density(scores)
        found = _smoothed(scores, density)
        if found.effective >= min(FEWEST, candidates / 4.0) and found.tail_shape <= HIGHEST_K:
            return found
        proposal = _between(found, proposal)
    raise RunError(_too_few(found))


def _between(found: Weighted, before: Normal) -> Normal:
    """The next proposal: at the weighted mean, and wide enough to hold the last one, since few candidates carry the weight."""
    shift = found.mean - before.mean
    return Normal(found.mean, (found.covariance + before.covariance + np.outer(shift, shift)) / 2.0)


def _smoothed(scores: Values, density: Values) -> Weighted:
    """Weights with the tail smoothed by a generalised Pareto distribution."""
    smooth, shape = psislw(  # type: ignore[no-untyped-call]
        np.where(np.isfinite(density), density, -np.inf) - np.nanmax(density)
    )
    weights = np.exp(np.asarray(smooth))
    weights /= weights.sum()
    return Weighted(scores, weights, float(1.0 / (weights**2).sum()), float(shape))


def _too_few(found: Weighted) -> Fault:
    worth, shape = f"{found.effective:.0f}", f"{found.tail_shape:.2f}"
    return Fault(
        Text(
            f"后验抽样只相当于 {worth} 次独立抽样（尾部形状 {shape}），不足以使用",
            f"the posterior sample is worth {worth} independent draws only (tail shape {shape})",
        ),
        Place(),
        Text("请检查历史数据有无未声明的断点", "look for undeclared breaks in the history"),
    )
