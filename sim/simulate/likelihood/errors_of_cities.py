"""Errors of hindcasts in many cities, and the posterior density of one city's scores that follows from them.

An error of a year is a shock common to all cities plus one of the city alone, each with a variance of its own. The mean of n
cities has the variance common + own/n, what a city differs from it the variance own. Errors are measured in their standard
deviations.

What the other cities say of a city is a few arrays, so that it can be kept beside the ensemble: when the city's own data
change, its parameter sets are weighed anew by this density, without a new fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise

import numpy as np

from sim.base.arrays import Truths, Values
from sim.inputs.history import History
from sim.inputs.model_files import FitRule, PublishedCheck
from sim.model.graph import Graph
from sim.result.dataset import published_series

FEWEST_CHANGES = 4
"""Yearly changes that a fit needs at the least."""
PERCENT = 100.0


@dataclass(frozen=True)
class Observation:
    """A published indicator that the model is fitted to, by the name of the indicator."""

    check: PublishedCheck
    rule: FitRule

    @property
    def name(self) -> str:
        """The published indicator."""
        return self.check.history


def fitted(checks: Iterable[PublishedCheck]) -> tuple[Observation, ...]:
    """The checks of a model that say how they are fitted."""
    return tuple(Observation(check, check.fit) for check in checks if check.fit is not None)


def published_levels(observation: Observation, history: History, region: str) -> dict[int, float]:
    """Published values by year: shares and growth as ratios, all else in the unit of publication."""
    series = published_series(observation.check, history, region)
    scale = 1.0 / PERCENT if observation.check.reading in {"share", "growth"} else 1.0
    return {year: item.value * scale for year, item in series.items()}


def published_changes(observation: Observation, history: History, region: str) -> dict[int, float]:
    """Changes into each year that is published with the year before it and crosses no declared break."""
    levels = published_levels(observation, history, region)
    if observation.check.reading == "growth":
        return {year: float(np.log1p(rate)) for year, rate in levels.items() if not crosses_break(observation, history, year)}
    pairs = ((before, year) for before, year in pairwise(sorted(levels)) if year == before + 1)
    return {
        year: _change(observation, levels[before], levels[year])
        for before, year in pairs
        if not crosses_break(observation, history, year)
    }


def crosses_break(observation: Observation, history: History, year: int, first: int | None = None) -> bool:
    """Tell whether the change into a year, or any from `first` on, crosses a break in what is measured."""
    names = {observation.name, observation.check.numerator, observation.check.denominator} - {None}
    return any(history.breaks_in(str(name), year, first) for name in names)


def _change(observation: Observation, before: float, after: float) -> float:
    return after - before if observation.check.reading == "share" else float(np.log(after / before))


def modelled_changes(observation: Observation, rows: Mapping[str, Values], graph: Graph, region: str) -> Values:
    """The model's changes [year, draw] of a run, `rows` being its outputs [year, dims..., draw] with the base year first."""
    levels = modelled_levels(observation, rows, graph, region)
    return np.diff(levels if observation.check.reading == "share" else np.log(levels), axis=0)


def modelled_levels(observation: Observation, rows: Mapping[str, Values], graph: Graph, region: str) -> Values:
    """The model's values [year, draw]: the members of the check summed, as a part of the whole where it is a share."""
    check = observation.check
    dims, values = list(graph.dims_of(check.variable)), rows[check.variable]
    if "region" in dims:
        place = graph.dimensions["region"].members.index(region)
        values = np.take(values, place, axis=1 + dims.index("region"))
        dims.remove("region")
    part = values
    for dim, members in check.members.items():
        places = [graph.dimensions[dim].members.index(member) for member in members]
        part = np.take(part, places, axis=1 + dims.index(dim))
    others = tuple(range(1, 1 + len(dims)))
    summed: Values = part.sum(axis=others)
    return summed / values.sum(axis=others) if check.reading == "share" else summed


PRIOR_YEARS = 4.0
"""Years of data that the prior of a shock's variance, and of its autocorrelation, counts for."""
PRIOR_AUTOCORRELATION = 0.5
_MOST = 0.9
POOLED = 0.8
"""Share of a score's prior variance that all cities have in common."""


@dataclass(frozen=True)
class Variances:
    """Variances of yearly changes by observation [observation], and the years of data that they rest on."""

    common: Values
    own: Values
    common_years: Values
    own_years: Values


def deflated(observations: Sequence[Observation], changes: Values) -> Values:
    """Changes [origin, horizon, observation, ...] less those of another indicator where a rule says so, as for prices."""
    names, result = [item.name for item in observations], changes.copy()
    for place, item in enumerate(observations):
        if item.rule.deflated is not None:
            result[:, :, place] -= changes[:, :, names.index(item.rule.deflated)]
    return result


def once_a_year(errors: Values) -> Values:
    """Weight of each [origin, horizon, observation]: hindcasts of one year from several origins count once together."""
    known = np.asarray(np.isfinite(errors).any(axis=-1))
    years = np.add.outer(np.arange(known.shape[0]), np.arange(known.shape[1]))
    count = np.zeros((years.max() + 1, known.shape[2]))
    np.add.at(count, years, known)
    return np.where(known, 1.0 / np.maximum(count, 1.0)[years], 0.0)


def autocorrelation(errors: Values) -> Values:
    """Autocorrelation of the cities' mean error one year ahead [observation], about zero, drawn towards the prior.

    Good and bad times last: years in a row say less than as many years far apart.
    """
    known = np.asarray(np.isfinite(errors[:, 0]).any(axis=-1))
    mean = _mean(errors[:, 0])
    pairs = (known[1:] & known[:-1]).sum(axis=0)
    products, squares = (mean[1:] * mean[:-1]).sum(axis=0), (mean**2).sum(axis=0)
    found = np.divide(products, squares, out=np.zeros_like(squares), where=squares > 0.0)
    # a dozen years say little of r: without a prior, chance alone would make some weights infinite
    drawn: Values = (PRIOR_YEARS * PRIOR_AUTOCORRELATION + pairs * found) / (PRIOR_YEARS + pairs)
    return np.clip(drawn, 0.0, _MOST)


def year_weights(errors: Values) -> Values:
    """Weight of each [origin, horizon, observation]: a year counts once, and less where errors are alike from year to year.

    With autocorrelation r, n years are worth n*(1 - r)/(1 + r) independent ones.
    """
    alike = autocorrelation(errors)
    weights: Values = once_a_year(errors) * (1.0 - alike) / (1.0 + alike)
    return weights


def variances_of(errors: Values, weights: Values, prior: Variances) -> Variances:
    """Variances from errors [origin, horizon, observation, city], drawn towards the prior: a scaled inverse chi-square each."""
    count, mean = np.isfinite(errors).sum(axis=-1), _mean(errors)
    apart = np.where(np.isfinite(errors), errors - mean[..., np.newaxis], 0.0)
    own_squares = (weights * (apart**2).sum(axis=-1)).sum(axis=(0, 1))
    own_years = PRIOR_YEARS + (weights * np.maximum(count - 1, 0)).sum(axis=(0, 1))
    own = (PRIOR_YEARS * prior.own + own_squares) / own_years
    # the mean of n cities holds own/n of their own shocks, which is not common
    excess = np.where(count > 0, mean**2 - own / np.maximum(count, 1), 0.0)
    # a moment estimate may come out negative where cities differ more than they share
    common_squares = np.maximum((weights * excess).sum(axis=(0, 1)), 0.0)
    common_years = PRIOR_YEARS + (weights * (count > 0)).sum(axis=(0, 1))
    return Variances((PRIOR_YEARS * prior.common + common_squares) / common_years, own, common_years, own_years)


def _mean(errors: Values) -> Values:
    """Mean over the last axis of what is known; zero where nothing is."""
    known = np.isfinite(errors)
    mean: Values = np.where(known, errors, 0.0).sum(axis=-1) / np.maximum(known.sum(axis=-1), 1)
    return mean


def whitened(errors: Values, weights: Values, variances: Variances) -> Values:
    """Errors [origin, horizon, observation, city, ...] as independent ones of variance one, flat [residual, ...].

    What is not known is zero everywhere, and says nothing.
    """
    extra, tail = errors.shape[4:], (..., *(np.newaxis,) * (errors.ndim - 3))
    known = np.isfinite(errors)
    # mean and deviations of a year's errors are independent, with variances common + own/n and own
    count = np.maximum(known.sum(axis=3, keepdims=True), 1)
    filled = np.where(known, errors, 0.0)
    mean = filled.sum(axis=3, keepdims=True) / count
    weight, common, own = np.sqrt(weights)[tail], variances.common[tail], variances.own[tail]
    means = weight * mean / np.sqrt(common + own / count)
    parts = np.where(known, weight * (filled - mean) / np.sqrt(own), 0.0)
    return np.concatenate([means.reshape(-1, *extra), parts.reshape(-1, *extra)])


def given_others(others: Values, variances: Variances) -> tuple[Values, Values]:
    """Mean and variance [origin, horizon, observation] of a city's errors, given those of the others [..., city].

    Without others, only the variances are known.
    """
    share = _share_of_common(np.isfinite(others), variances)
    return share * _mean(others), variances.own + variances.common * (1.0 - share)


def _share_of_common(known: Truths, variances: Variances) -> Values:
    """Return the share of the others' mean error that is taken for the common shock: common/(common + own/n)."""
    count = known.sum(axis=-1)
    return np.where(count > 0, variances.common / (variances.common + variances.own / np.maximum(count, 1)), 0.0)


def given_slope(slopes: Values, known: Truths, variances: Variances) -> Values:
    """Slope of the expected error in scores that are the others' too, from theirs [..., city, score], zero where not known."""
    mean = slopes.sum(axis=-2) / np.maximum(known.sum(axis=-1), 1)[..., np.newaxis]
    found: Values = _share_of_common(known, variances)[..., np.newaxis] * mean
    return found


def prior_variances(observations: Sequence[Observation], sizes: Mapping[str, float], answers: Mapping[str, float]) -> Variances:
    """Variances that the central sizes of the shocks stand for, measurement included, before any error is seen."""
    common = [(sizes[item.rule.common] * answers[item.rule.common]) ** 2 for item in observations]
    own = [(sizes[item.rule.own] * answers[item.rule.own]) ** 2 + item.rule.error**2 for item in observations]
    none = np.zeros(len(observations))
    return Variances(np.array(common), np.array(own), none, none)


@dataclass(frozen=True)
class Normal:
    """A normal distribution of scores: mean [parameter] and covariance [parameter, parameter]."""

    mean: Values
    covariance: Values

    def log_density(self, scores: Values) -> Values:
        """Log density [draw] up to a constant, for scores [parameter, draw]."""
        apart = scores - self.mean[:, np.newaxis]
        density: Values = -0.5 * (apart * np.linalg.solve(self.covariance, apart)).sum(axis=0)
        return density

    def sample(self, count: int, seed: int) -> Values:
        """Scores [parameter, draw]."""
        standard = np.random.default_rng(seed).standard_normal((len(self.mean), count))
        return self.mean[:, np.newaxis] + np.linalg.cholesky(self.covariance) @ standard


@dataclass(frozen=True)
class Outside:
    """Evidence of the other cities on a city.

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

    @classmethod
    def of(cls, arrays: Mapping[str, Values]) -> Outside:
        """Read from arrays by name, as a file keeps them."""
        numbers = {item.name: arrays[item.name].astype(np.float64) for item in fields(cls)}
        return cls(**numbers | {"present": arrays["present"] > 0.0})

    def density(self, known: Values) -> CityDensity:
        """The density of a city's scores when its errors are known where `known` [origin, horizon, observation] says."""
        weights = np.where(known, self.weights, 0.0)
        shift = scaled(self.shift, weights, self.given_variance)
        own = np.eye(len(self.scores))[self.present]
        hidden = np.concatenate([own, shift])
        noise = np.concatenate([np.full(len(own), 1.0 - POOLED), np.ones(len(shift))])
        # the root of the inverse, so that a density is a sum of squares and costs no solution of a system for each draw
        root = np.linalg.cholesky(np.linalg.inv(hidden @ self.covariance @ hidden.T + np.diag(noise))).T
        mean = hidden @ self.mean - np.concatenate([np.zeros(len(own)), shift @ self.scores])
        return CityDensity(mean, root, weights, self.given_mean, self.given_variance)


@dataclass(frozen=True)
class CityDensity:
    """The posterior density of a city's scores z, the common scores integrated out.

    y = (z, w*(e(z) - offset)) is normal with mean `mean` and a covariance whose inverse has the root `root`.
    """

    mean: Values = field(repr=False)
    root: Values = field(repr=False)
    weights: Values = field(repr=False)
    given_mean: Values = field(repr=False)
    given_variance: Values = field(repr=False)

    def log_density(self, errors: Values, scores: Values) -> Values:
        """Log posterior [draw] up to a constant, for the city's errors [origin, horizon, observation, draw]."""
        apart = errors - self.given_mean[..., np.newaxis]
        stacked = np.concatenate([scores, scaled(apart, self.weights, self.given_variance)])
        density = -0.5 * np.square(self.root @ (stacked - self.mean[:, np.newaxis])).sum(axis=0)
        # a draw whose run is not finite is impossible, not merely unknown: its error must not count as zero
        lost = ((self.weights > 0.0)[..., np.newaxis] & ~np.isfinite(errors)).any(axis=(0, 1, 2))
        return np.where(lost, -np.inf, density)


def scaled(errors: Values, weights: Values, variance: Values) -> Values:
    """A city's errors [origin, horizon, observation, ...] in standard deviations, flat [residual, ...]; unknown is zero."""
    tail = (..., *(np.newaxis,) * (errors.ndim - 3))
    found = np.sqrt(weights)[tail] * errors / np.sqrt(variance)[tail]
    return np.where(np.isfinite(found), found, 0.0).reshape(-1, *errors.shape[3:])
