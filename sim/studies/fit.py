"""The fit: parameters common to all cities by least squares, then the posterior of each city around them.

Parameters are normal scores of their priors, so that all have the prior N(0, 1). A city's scores are z = v + d: v what all
cities have in common, N(0, POOLED), and d its own, N(0, 1 - POOLED). With errors e(v) in standard deviations the common
estimate minimises |e(v)|^2 + |v|^2/POOLED; what some cities say of v is close to normal. A city's own errors are judged
against what the common shock must have been, which the others' errors tell as far as v is known: v is integrated out, and
nothing counts twice.

The posterior of a city becomes an ensemble by importance weighting of its normal approximation, with diagnostics.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from scipy.optimize import least_squares
from scipy.special import softmax

with warnings.catch_warnings():  # on import arviz speaks of its next version
    warnings.simplefilter("ignore", FutureWarning)
    from arviz import psislw

from sim.base.arrays import Values
from sim.base.cache import kept
from sim.base.errors import Fault, RunError
from sim.base.text import Text
from sim.simulate.likelihood.errors_of_cities import (
    POOLED,
    CityDensity,
    Normal,
    Outside,
    Variances,
    given_others,
    given_slope,
    scaled,
    variances_of,
    whitened,
    year_weights,
)
from sim.simulate.likelihood.reweighting import systematic

Errors = Callable[[Values], Values]
"""Errors [origin, horizon, observation, city, draw] for scores [parameter, draw]."""
CANDIDATES = 4096
FEWEST = 400.0
"""Independent draws that the candidates must be worth."""
HIGHEST_K = 0.7
"""Above this shape of the weights' tail, weighting cannot be trusted (Vehtari and others 2024)."""
_MOST_PROPOSALS = 4
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
        """The common scores by some of the cities alone: one step of Gauss and Newton from the estimate."""
        errors = self.errors[..., list(cities)]
        weights = np.where(np.isfinite(errors).any(axis=-1), self.weights, 0.0)
        slopes = _where_known(self.slopes[..., list(cities), :], errors)
        lines = np.concatenate([whitened(slopes, weights, self.variances), np.eye(len(self.scores)) / _ROOT])
        return _normal(lines, np.concatenate([whitened(errors, weights, self.variances), self.scores / _ROOT]), self.scores)


def _where_known(slopes: Values, errors: Values) -> Values:
    return np.where(np.isfinite(errors)[..., np.newaxis], slopes, np.nan)


def _normal(lines: Values, apart: Values, at: Values) -> Normal:
    """The minimum of |apart + lines*(z - at)|^2, with the curvature there as a covariance."""
    # lines hold the prior as rows of the identity, so the product is never singular, however little the data say
    covariance = np.linalg.inv(lines.T @ lines)
    return Normal(at - covariance @ (lines.T @ apart), (covariance + covariance.T) / 2.0)


def slopes_at(errors: Errors, scores: Values) -> tuple[Values, Values]:
    """Errors and their slopes at some scores, by central differences, all in one batch."""
    steps = np.eye(len(scores)) * _STEP
    here = scores[:, np.newaxis]
    found = errors(np.concatenate([here, here + steps, here - steps], axis=1))
    count = len(scores)
    return found[..., 0], (found[..., 1 : count + 1] - found[..., count + 1 :]) / (2.0 * _STEP)


def information(errors: Values, slopes: Values, prior: Variances) -> Values:
    """Information [parameter] of all cities on common scores, in units of that of the prior."""
    weights = year_weights(errors)
    lines = whitened(_where_known(slopes, errors), weights, variances_of(errors, weights, prior))
    return np.asarray((lines**2).sum(axis=0))


def fit_pooled(
    errors: Errors, parameters: int, prior: Variances, progress: Callable[[int, int], None], key: str = ""
) -> PooledFit:
    """Least squares with variances from the errors themselves, renewed a few times.

    With a key, what each round found is kept: a fit that was interrupted goes on where it stopped.
    """
    scores = np.zeros(parameters)
    for number in range(_ROUNDS):
        # variances are held fixed within a round: free ones would shrink with the errors and the fit would run away
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


def city_posterior(fit: PooledFit, city: int) -> tuple[Normal, CityDensity]:
    """The posterior of a city by the others' errors and its own: the density, and the normal distribution close to it.

    The normal distribution is what the posterior is when the errors are straight lines in the scores.
    """
    errors = fit.errors[..., city]
    density = outside_of(fit, city).density(np.isfinite(errors))
    slope = scaled(_where_known(fit.slopes[..., city, :], errors), density.weights, density.given_variance)
    lines = np.concatenate([np.eye(len(fit.scores)), slope])
    here = np.concatenate([fit.scores, scaled(errors - density.given_mean, density.weights, density.given_variance)])
    return _normal(density.root @ lines, density.root @ (here - density.mean), fit.scores), density


def outside_of(fit: PooledFit, city: int) -> Outside:
    """Return what the other cities of a fit say of one.

    Its shift is how the common shock that their errors tell moves with the common scores [origin, horizon, observation, score].
    """
    others = [place for place in range(fit.errors.shape[3]) if place != city]
    errors, common = fit.errors[..., others], fit.around(others)
    known, (mean, variance) = np.isfinite(errors), given_others(errors, fit.variances)
    shift = given_slope(np.where(known[..., np.newaxis], fit.slopes[..., others, :], 0.0), known, fit.variances)
    everyone = np.ones(len(fit.scores), dtype=bool)
    return Outside(common.mean, common.covariance, fit.scores, shift, mean, variance, fit.weights, everyone)


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
        return np.atleast_2d(np.cov(self.scores, aweights=self.weights, ddof=0))

    def resampled(self, count: int, seed: int) -> Values:
        """`count` draws of equal weight, by systematic resampling, in random order."""
        result: Values = self.scores[:, systematic(self.weights, count, seed)]
        return result


def weigh(
    near: Normal, posterior: CityDensity, errors: Callable[[Values], Values], seed: int, candidates: int = CANDIDATES
) -> Weighted:
    """Draw candidates from the normal approximation and weigh them by the posterior; renew the approximation if need be.

    Raises
    ------
    RunError
        when the candidates are worth too few draws however often the approximation is renewed.
    """
    proposal = near
    for number in range(_MOST_PROPOSALS):
        scores = proposal.sample(candidates, seed + number)
        # in logarithms up to a constant: the densities of thousands of errors underflow
        density = posterior.log_density(errors(scores), scores) - proposal.log_density(scores)
        found = _smoothed(scores, density)
        if found.effective >= min(FEWEST, candidates / 4.0) and found.tail_shape <= HIGHEST_K:
            return found
        shift = found.mean - proposal.mean
        # wide enough to hold the last proposal, since few candidates carry the weight
        proposal = Normal(found.mean, (found.covariance + proposal.covariance + np.outer(shift, shift)) / 2.0)
    worth, shape = f"{found.effective:.0f}", f"{found.tail_shape:.2f}"
    message = Text(
        f"后验抽样只相当于 {worth} 次独立抽样（尾部形状 {shape}），不足以使用",
        f"the posterior sample is worth {worth} independent draws only (tail shape {shape})",
    )
    advice = Text("请检查历史数据有无未声明的断点", "look for undeclared breaks in the history")
    raise RunError(Fault(message, advice=advice))


def _smoothed(scores: Values, density: Values) -> Weighted:
    """Weights with the tail smoothed by a generalised Pareto distribution."""
    # shifted by the largest first: psislw takes exponentials
    smooth, shape = psislw(  # type: ignore[no-untyped-call]
        np.where(np.isfinite(density), density, -np.inf) - np.nanmax(density)
    )
    weights = softmax(np.asarray(smooth))
    return Weighted(scores, weights, float(1.0 / (weights**2).sum()), float(shape))
