"""The fit: parameters common to all cities by least squares, then the posterior of each city around them.

Parameters are normal scores of their priors, so that all have the prior N(0, 1). A city's scores are z = v + d: v what all
cities have in common, N(0, POOLED), and d its own, N(0, 1 - POOLED). With errors e(v) in standard deviations the common
estimate minimises |e(v)|^2 + |v|^2/POOLED; what some cities say of v is close to normal. A city's own errors are judged
against what the common shock must have been, which the others' errors tell as far as v is known: v is integrated out, and
nothing counts twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy.optimize import least_squares

from sim.base.arrays import Values
from sim.base.cache import kept
from sim.simulate.likelihood.errors_of_cities import Variances, given_others, given_slope, variances_of, whitened, year_weights
from sim.simulate.likelihood.task import POOLED, CityDensity, Normal, Outside, flat, scaled

Errors = Callable[[Values], Values]
"""Errors [origin, horizon, observation, city, draw] for scores [parameter, draw]."""
_ROOT = POOLED**0.5
_STEP = 0.2
_ROUNDS = 3
_MOST_STEPS = 12


@dataclass(frozen=True)
class PooledFit:
    """The common estimate: scores, errors [origin, horizon, observation, city], slopes [..., parameter] and variances."""

    scores: Values
    errors: Values = field(repr=False)
    slopes: Values = field(repr=False)
    weights: Values = field(repr=False)
    variances: Variances

    def around(self, cities: Sequence[int]) -> Normal:
        """What some of the cities say of the common scores: one step of Gauss and Newton from the estimate."""
        some = list(cities)
        prior = Normal(np.zeros_like(self.scores), POOLED * np.eye(len(self.scores)))
        if not some:
            return prior
        weights = np.where(np.isfinite(self.errors[..., some]).any(axis=-1), self.weights, 0.0)
        error = whitened(self.errors[..., some], weights, self.variances)
        slope = whitened(_where_known(self.slopes, self.errors)[..., some, :], weights, self.variances)
        return _normal(error, slope, self.scores, prior)


def _where_known(slopes: Values, errors: Values) -> Values:
    return np.where(np.isfinite(errors)[..., np.newaxis], slopes, np.nan)


def _normal(error: Values, slope: Values, at: Values, prior: Normal) -> Normal:
    """The normal posterior from errors that are straight lines in the scores: `error` and `slope` at the scores `at`."""
    precision = np.linalg.inv(prior.covariance)
    covariance = np.linalg.inv(precision + slope.T @ slope)
    mean = at - covariance @ (slope.T @ error + precision @ (at - prior.mean))
    return Normal(mean, (covariance + covariance.T) / 2.0)


def slopes_at(errors: Errors, scores: Values) -> tuple[Values, Values]:
    """Errors and their slopes at some scores, by central differences, all in one batch."""
    steps = np.eye(len(scores)) * _STEP
    here = scores[:, np.newaxis]
    found = errors(np.concatenate([here, here + steps, here - steps], axis=1))
    count = len(scores)
    return found[..., 0], (found[..., 1 : count + 1] - found[..., count + 1 :]) / (2.0 * _STEP)


def fit_pooled(
    errors: Errors, parameters: int, prior: Variances, progress: Callable[[int, int], None], key: str = ""
) -> PooledFit:
    """Least squares with variances from the errors themselves, renewed a few times.

    With a key, what each round found is kept: a fit that was interrupted goes on where it stopped.
    """
    scores = np.zeros(parameters)
    for number in range(_ROUNDS):
        error = errors(scores[:, np.newaxis])[..., 0]
        weights = year_weights(error)
        variances = variances_of(error, weights, prior)
        scores = kept("fit", f"{key}|{number}" if key else "", partial(_least_squares, errors, scores, weights, variances))
        progress(number + 1, _ROUNDS + 1)
    error, slope = slopes_at(errors, scores)
    weights = year_weights(error)
    progress(_ROUNDS + 1, _ROUNDS + 1)
    return PooledFit(scores, error, slope, weights, variances_of(error, weights, prior))


def _least_squares(errors: Errors, start: Values, weights: Values, variances: Variances) -> Values:
    def residuals(scores: Values) -> Values:
        return np.concatenate([whitened(errors(scores[:, np.newaxis])[..., 0], weights, variances), scores / _ROOT])

    def jacobian(scores: Values) -> Values:
        error, slope = slopes_at(errors, scores)
        return np.concatenate([whitened(_where_known(slope, error), weights, variances), np.eye(len(scores)) / _ROOT])

    found: Values = least_squares(residuals, start, jac=jacobian, max_nfev=_MOST_STEPS, xtol=1e-4, ftol=1e-5).x
    return found


@dataclass(frozen=True)
class CityTask:
    """The posterior of one city: what the others say, the density that follows, and the normal distribution close to it.

    `near` is what the posterior is when the errors are straight lines in the scores.
    """

    near: Normal
    outside: Outside = field(repr=False)
    density: CityDensity = field(repr=False)

    def log_density(self, errors: Values, scores: Values) -> Values:
        """See CityDensity."""
        return self.density.log_density(errors, scores)


def city_task(fit: PooledFit, city: int) -> CityTask:
    """The posterior of a city: what the others say of the common scores and of the common shocks, and its own errors."""
    outside, known = outside_of(fit, city), np.isfinite(fit.errors[..., city])
    density = outside.density(known)
    slope = np.where(known[..., np.newaxis], fit.slopes[..., city, :], np.nan)
    lines = np.concatenate([np.eye(len(fit.scores)), scaled(slope, density.weights, flat(density.given))])
    here = np.concatenate([fit.scores, scaled(fit.errors[..., city], density.weights, density.given)])
    return CityTask(_near(density.root @ lines, density.root @ (here - density.mean), fit.scores), outside, density)


def outside_of(fit: PooledFit, city: int) -> Outside:
    """What the other cities of a fit say of one."""
    others = [place for place in range(fit.errors.shape[3]) if place != city]
    common, given = fit.around(others), given_others(fit.errors[..., others], fit.variances)
    shift, everyone = _shift_of_others(fit, others), np.ones(len(fit.scores), dtype=bool)
    return Outside(common.mean, common.covariance, fit.scores, shift, given.mean, given.variance, fit.weights, everyone)


def _shift_of_others(fit: PooledFit, others: Sequence[int]) -> Values:
    """How the common shock that the others' errors tell moves with the common scores [origin, horizon, observation, score]."""
    known = np.isfinite(fit.errors[..., others])
    slopes = np.where(known[..., np.newaxis], fit.slopes[..., others, :], 0.0)
    found: Values = given_slope(slopes, known, fit.variances)
    return found


def _near(lines: Values, apart: Values, at: Values) -> Normal:
    """Where |apart + lines*(z - at)|^2 is least, and how flat it is there."""
    covariance = np.linalg.inv(lines.T @ lines)
    return Normal(at - covariance @ (lines.T @ apart), (covariance + covariance.T) / 2.0)
