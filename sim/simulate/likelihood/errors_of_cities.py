"""Errors of hindcasts in many cities: how large the shocks are, and errors measured in their standard deviations.

An error of a year is a shock common to all cities plus one of the city alone, each with a variance of its own. The mean of n
cities has the variance common + own/n, what a city differs from it the variance own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values
from sim.simulate.likelihood.observations import Observation

PRIOR_YEARS = 4.0
"""Years of data that the prior of a shock's variance, and of its autocorrelation, counts for."""
PRIOR_AUTOCORRELATION = 0.5
_MOST = 0.9


@dataclass(frozen=True)
class Variances:
    """Variances of yearly changes by observation [observation], and the years of data that they rest on."""

    common: Values
    own: Values
    common_years: Values
    own_years: Values


def beyond(observations: Sequence[Observation], changes: Values, axis: int) -> Values:
    """Changes with those of another indicator taken off where a rule says so: prices are nominal less real growth."""
    names, result = [item.name for item in observations], np.moveaxis(changes, axis, 0).copy()
    source = result.copy()
    for place, item in enumerate(observations):
        if item.rule.beyond is not None:
            result[place] = source[place] - source[names.index(item.rule.beyond)]
    return np.moveaxis(result, 0, axis)


def once_a_year(errors: Values) -> Values:
    """Weight of each [origin, horizon, observation]: hindcasts of one year from several origins count once together."""
    known = np.asarray(np.isfinite(errors).any(axis=-1))
    weights = np.zeros(known.shape)
    years = np.add.outer(np.arange(known.shape[0]), np.arange(known.shape[1]))
    for year in np.unique(years):
        here = (years == year)[..., np.newaxis] & known
        count = here.sum(axis=(0, 1))
        weights = np.where(here, 1.0 / np.maximum(count, 1), weights)
    return weights


def autocorrelation(errors: Values) -> Values:
    """Of the cities' mean error one year ahead from year to year [observation], about zero, drawn towards the prior.

    Good and bad times last: years in a row say less than as many years far apart.
    """
    known = np.asarray(np.isfinite(errors[:, 0]).any(axis=-1))
    mean = np.where(known, _mean(errors)[:, 0], 0.0)
    pairs = (known[1:] & known[:-1]).sum(axis=0)
    products, squares = (mean[1:] * mean[:-1]).sum(axis=0), (mean**2).sum(axis=0)
    found = np.divide(products, squares, out=np.zeros_like(squares), where=squares > 0.0)
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
    count = np.isfinite(errors).sum(axis=-1)
    mean = _mean(errors)
    apart = np.where(np.isfinite(errors), errors - mean[..., np.newaxis], 0.0)
    own_squares, own_years = _summed(weights * (apart**2).sum(axis=-1)), _summed(weights * np.maximum(count - 1, 0))
    own = (PRIOR_YEARS * prior.own + own_squares) / (PRIOR_YEARS + own_years)
    excess = np.where(count > 0, mean**2 - own / np.maximum(count, 1), 0.0)
    common_years = _summed(weights * (count > 0))
    common_squares = np.maximum(_summed(weights * excess), 0.0)
    common = (PRIOR_YEARS * prior.common + common_squares) / (PRIOR_YEARS + common_years)
    return Variances(common, own, PRIOR_YEARS + common_years, PRIOR_YEARS + own_years)


def _mean(errors: Values) -> Values:
    count = np.isfinite(errors).sum(axis=-1)
    total: Values = np.where(np.isfinite(errors), errors, 0.0).sum(axis=-1) / np.maximum(count, 1)
    return total


def _summed(values: Values) -> Values:
    total: Values = values.sum(axis=(0, 1))
    return total


def whitened(errors: Values, weights: Values, variances: Variances) -> Values:
    """Errors [origin, horizon, observation, city, ...] as independent ones of variance one, flat [residual, ...].

    What is not known is zero everywhere, and says nothing.
    """
    known = np.isfinite(errors)
    count = known.sum(axis=3, keepdims=True)
    filled = np.where(known, errors, 0.0)
    mean = filled.sum(axis=3, keepdims=True) / np.maximum(count, 1)
    tail = (np.newaxis,) * (errors.ndim - 3)
    weight = np.sqrt(weights)[(..., *tail)]
    common, own = (value[(np.newaxis, np.newaxis, slice(None), *tail)] for value in (variances.common, variances.own))
    means = weight * mean / np.sqrt(common + own / np.maximum(count, 1))
    parts = np.where(known, weight * (filled - mean) / np.sqrt(own), 0.0)
    extra = errors.shape[4:]
    return np.concatenate([means.reshape(-1, *extra), parts.reshape(-1, *extra)])


@dataclass(frozen=True)
class Given:
    """What a city's errors should be, given the mean error of the others: mean and variance [origin, horizon, observation]."""

    mean: Values
    variance: Values


def given_others(others: Values, variances: Variances) -> Given:
    """From the errors of the other cities [origin, horizon, observation, city]; without others, only the variances."""
    share = _share_of_common(np.isfinite(others), variances)
    return Given(share * _mean(others), variances.own + variances.common * (1.0 - share))


def _share_of_common(known: Values, variances: Variances) -> Values:
    """How much of the others' mean error is taken for the common shock: common/(common + own/n)."""
    count = known.sum(axis=-1)
    share: Values = np.where(count > 0, variances.common / (variances.common + variances.own / np.maximum(count, 1)), 0.0)
    return share


def given_slope(slopes: Values, known: Values, variances: Variances) -> Values:
    """How the expected error moves with scores that are the others' too: slopes [..., city, score], zero where not known."""
    share = _share_of_common(known, variances)
    mean = slopes.sum(axis=-2) / np.maximum(known.sum(axis=-1), 1)[..., np.newaxis]
    found: Values = share[..., np.newaxis] * mean
    return found


def prior_variances(observations: Sequence[Observation], sizes: Mapping[str, float], answers: Mapping[str, float]) -> Variances:
    """Variances that the central sizes of the shocks stand for, measurement included, before any error is seen."""
    common = [(sizes[item.rule.common] * answers[item.rule.common]) ** 2 for item in observations]
    own = [(sizes[item.rule.own] * answers[item.rule.own]) ** 2 + item.rule.error**2 for item in observations]
    none = np.zeros(len(observations))
    return Variances(np.array(common), np.array(own), none, none)
