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
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from sim.cache import kept
from sim.studies.errors_of_cities import Given, Variances, given_others, given_slope, variances_of, whitened, year_weights

Values = NDArray[Any]
Errors = Callable[[Values], Values]
"""Errors [origin, horizon, observation, city, draw] for scores [parameter, draw]."""
POOLED = 0.8
_ROOT = POOLED**0.5
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
    """The posterior of one city's scores z, given the errors of the others.

    y = (z, w*(e(z) - offset)) is normal with mean `mean` and a covariance whose inverse has the root `root`, v integrated out.
    `near` is the normal distribution that this is when the errors are straight lines in the scores.
    """

    near: Normal
    mean: Values = field(repr=False)
    root: Values = field(repr=False)
    weights: Values = field(repr=False)
    given: Given = field(repr=False)

    def log_density(self, errors: Values, scores: Values) -> Values:
        """Log posterior [draw] up to a constant, for the city's errors [origin, horizon, observation, draw]."""
        stacked = np.concatenate([scores, scaled(errors, self.weights, self.given)])
        density: Values = -0.5 * np.square(self.root @ (stacked - self.mean[:, np.newaxis])).sum(axis=0)
        lost = ((self.weights > 0.0)[..., np.newaxis] & ~np.isfinite(errors)).any(axis=(0, 1, 2))
        return np.where(lost, -np.inf, density)


def scaled(errors: Values, weights: Values, given: Given) -> Values:
    """A city's errors beyond what the others' say, in standard deviations, flat [residual, ...]; nothing known is zero."""
    tail = (..., *((np.newaxis,) * (errors.ndim - 3)))
    apart = np.sqrt(weights)[tail] * (errors - given.mean[tail]) / np.sqrt(given.variance)[tail]
    filled: Values = np.where(np.isfinite(apart), apart, 0.0)
    return filled.reshape(-1, *errors.shape[3:])


def city_task(fit: PooledFit, city: int) -> CityTask:
    """The posterior of a city: what the others say of the common scores and of the common shocks, and its own errors."""
    others = [place for place in range(fit.errors.shape[3]) if place != city]
    common, count = fit.around(others), len(fit.scores)
    given = given_others(fit.errors[..., others], fit.variances)
    known = np.isfinite(fit.errors[..., city])
    weights = np.where(known, fit.weights, 0.0)
    flat = Given(np.zeros_like(given.mean), given.variance)
    shift = scaled(_shift_of_others(fit, others), weights, flat)
    hidden = np.concatenate([np.eye(count), shift])
    noise = np.concatenate([np.full(count, 1.0 - POOLED), np.ones(len(shift))])
    root = np.linalg.cholesky(np.linalg.inv(hidden @ common.covariance @ hidden.T + np.diag(noise))).T
    mean = hidden @ common.mean - np.concatenate([np.zeros(count), shift @ fit.scores])
    slope = np.where(known[..., np.newaxis], fit.slopes[..., city, :], np.nan)
    lines = np.concatenate([np.eye(count), scaled(slope, weights, flat)])
    here = np.concatenate([fit.scores, scaled(fit.errors[..., city], weights, given)])
    return CityTask(_near(root @ lines, root @ (here - mean), fit.scores), mean, root, weights, given)


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
