"""The fit: parameters common to all cities by least squares, then the posterior of each city around them.

Parameters are normal scores of their priors, so that all have the prior N(0, 1). With errors e(z) in standard deviations the
estimate minimises |e(z)|^2 + |z|^2, and the posterior is close to normal with covariance (I + J'J)^-1, J = de/dz. A city's
scores are z = r*u + sqrt(1 - r^2)*d: u what all cities have in common, known from the others, d its own, r^2 = POOLED.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from sim.cache import kept
from sim.studies.errors_of_cities import Given, Variances, given_others, variances_of, whitened, year_weights

Values = NDArray[Any]
Errors = Callable[[Values], Values]
"""Errors [origin, horizon, observation, city, draw] for scores [parameter, draw]."""
POOLED = 0.8
_STEP = 0.2
_ROUNDS = 3
_MOST_STEPS = 12


@dataclass(frozen=True)
class Normal:
    """A normal distribution of scores: mean [parameter] and covariance [parameter, parameter]."""

    mean: Values
    covariance: Values

    def log_density(self, scores: Values) -> Values:
        """Log density [draw] up to a constant, for scores [parameter, draw]."""
        apart = scores - self.mean[:, np.newaxis]
        squares: Values = (apart * np.linalg.solve(self.covariance, apart)).sum(axis=0)
        return -0.5 * squares

    def sample(self, count: int, seed: int) -> Values:
        """Scores [parameter, draw]."""
        standard = np.random.default_rng(seed).standard_normal((len(self.mean), count))
        return self.mean[:, np.newaxis] + np.linalg.cholesky(self.covariance) @ standard


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
        if not some:
            return Normal(np.zeros_like(self.scores), np.eye(len(self.scores)))
        weights = np.where(np.isfinite(self.errors[..., some]).any(axis=-1), self.weights, 0.0)
        error = whitened(self.errors[..., some], weights, self.variances)
        slope = whitened(_where_known(self.slopes, self.errors)[..., some, :], weights, self.variances)
        return _normal(error, slope, self.scores, Normal(np.zeros_like(self.scores), np.eye(len(self.scores))))


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
        return np.concatenate([whitened(errors(scores[:, np.newaxis])[..., 0], weights, variances), scores])

    def jacobian(scores: Values) -> Values:
        error, slope = slopes_at(errors, scores)
        return np.concatenate([whitened(_where_known(slope, error), weights, variances), np.eye(len(scores))])

    found: Values = least_squares(residuals, start, jac=jacobian, max_nfev=_MOST_STEPS, xtol=1e-4, ftol=1e-5).x
    return found


@dataclass(frozen=True)
class CityTask:
    """What the posterior of one city is made of: its prior from the others, its weights, and what its errors should be."""

    prior: Normal
    near: Normal
    weights: Values = field(repr=False)
    given: Given = field(repr=False)

    def log_density(self, errors: Values, scores: Values) -> Values:
        """Log posterior [draw] up to a constant, for the city's errors [origin, horizon, observation, draw]."""
        residual = scaled(errors, self.weights, self.given)
        density: Values = self.prior.log_density(scores) - 0.5 * np.square(residual).sum(axis=0)
        return density


def scaled(errors: Values, weights: Values, given: Given) -> Values:
    """A city's errors beyond what the others' say, in standard deviations, flat [residual, ...]; nothing known is zero."""
    tail = (..., *((np.newaxis,) * (errors.ndim - 3)))
    apart = np.sqrt(weights)[tail] * (errors - given.mean[tail]) / np.sqrt(given.variance)[tail]
    filled: Values = np.where(np.isfinite(apart), apart, 0.0)
    return filled.reshape(-1, *errors.shape[3:])


def city_task(fit: PooledFit, city: int) -> CityTask:
    """The posterior of a city: the others' estimate as prior, widened by what is a city's own, and its own errors."""
    others = [place for place in range(fit.errors.shape[3]) if place != city]
    common = fit.around(others)
    root = np.sqrt(POOLED)
    prior = Normal(root * common.mean, POOLED * common.covariance + (1.0 - POOLED) * np.eye(len(common.mean)))
    given = given_others(fit.errors[..., others], fit.variances)
    known = np.isfinite(fit.errors[..., city])
    weights = np.where(known, fit.weights, 0.0)
    slope = np.where(known[..., np.newaxis], fit.slopes[..., city, :], np.nan)
    error = scaled(fit.errors[..., city], weights, given)
    no_shift = Given(np.zeros_like(given.mean), given.variance)
    near = _normal(error, scaled(slope, weights, no_shift), fit.scores, prior)
    return CityTask(prior, near, weights, given)
