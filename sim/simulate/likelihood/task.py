"""The posterior density of one city's scores, given what the other cities say: of the common scores, and of common shocks.

What the others say is a few arrays, so that it can be kept beside the ensemble: when the city's own data change, its parameter
sets are weighed anew by this density, without a new fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from sim.base.arrays import Values
from sim.simulate.likelihood.errors_of_cities import Given

POOLED = 0.8
"""Share of a score's prior variance that all cities have in common."""


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
class Outside:
    """What the other cities say of a city.

    `mean` and `covariance` are those of the common scores. `shift` [origin, horizon, observation, score] is how the common
    shock that the others' errors tell moves with them, away from the estimate `scores`. `given_mean` and `given_variance`
    [origin, horizon, observation] are what the city's errors should be, and `weights` count each year once. `present` says
    which scores the city has: what a model asks of several districts does not concern a city of one.
    """

    mean: Values
    covariance: Values
    scores: Values
    shift: Values = field(repr=False)
    given_mean: Values = field(repr=False)
    given_variance: Values = field(repr=False)
    weights: Values = field(repr=False)
    present: Values = field(repr=False)

    def of_city(self, present: Sequence[bool]) -> Outside:
        """The same for a city that has only some of the scores."""
        return replace(self, present=np.array(present))

    def arrays(self) -> dict[str, Values]:
        """Everything by name, as it is kept in a file."""
        return {item.name: getattr(self, item.name) for item in fields(self)}

    @classmethod
    def of(cls, arrays: Mapping[str, Values]) -> Outside:
        """From arrays by name."""
        numbers = {item.name: arrays[item.name].astype(np.float64) for item in fields(cls)}
        return cls(**numbers | {"present": arrays["present"] > 0.0})

    def density(self, known: Values) -> CityDensity:
        """The density of a city's scores when its errors are known where `known` [origin, horizon, observation] says."""
        count, given = len(self.scores), Given(self.given_mean, self.given_variance)
        weights = np.where(known, self.weights, 0.0)
        shift = scaled(self.shift, weights, flat(given))
        own = np.eye(count)[self.present]
        hidden = np.concatenate([own, shift])
        noise = np.concatenate([np.full(len(own), 1.0 - POOLED), np.ones(len(shift))])
        root = np.linalg.cholesky(np.linalg.inv(hidden @ self.covariance @ hidden.T + np.diag(noise))).T
        mean = hidden @ self.mean - np.concatenate([np.zeros(len(own)), shift @ self.scores])
        return CityDensity(mean, root, weights, given)


@dataclass(frozen=True)
class CityDensity:
    """The posterior density of a city's scores z, the common scores integrated out.

    y = (z, w*(e(z) - offset)) is normal with mean `mean` and a covariance whose inverse has the root `root`.
    """

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


def flat(given: Given) -> Given:
    """The same variances about nought."""
    return Given(np.zeros_like(given.mean), given.variance)


def scaled(errors: Values, weights: Values, given: Given) -> Values:
    """A city's errors beyond what the others' say, in standard deviations, flat [residual, ...]; nothing known is zero."""
    tail = (..., *((np.newaxis,) * (errors.ndim - 3)))
    apart = np.sqrt(weights)[tail] * (errors - given.mean[tail]) / np.sqrt(given.variance)[tail]
    filled: Values = np.where(np.isfinite(apart), apart, 0.0)
    return filled.reshape(-1, *errors.shape[3:])
