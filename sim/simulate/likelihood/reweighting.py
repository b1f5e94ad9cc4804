"""The stored ensemble of a city as it is to be used now: as it stands, or weighed anew where the city's own data have changed.

Each stored set of parameters is run again over the years of the fit. Its weight is the ratio of the posterior densities, with
the new data to with the old, given what the other cities said at the fit. Cities whose data are as they were keep their sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy.special import ndtri

from sim.base.arrays import Numbers, Values
from sim.base.cache import digest, kept
from sim.base.errors import Fault, InputError, Place
from sim.base.text import Text
from sim.ensemble.draws import Prior
from sim.inputs.home import Home
from sim.result.posterior import FILE, Posterior, data_key, file_hash_of, renew
from sim.simulate.likelihood.fingerprint import asked_again, fingerprint
from sim.simulate.likelihood.hindcast import Asked, city_hindcasts, errors_of
from sim.simulate.likelihood.task import Outside

FEWEST_SETS = 100.0
"""Independent sets that new weights must leave; with fewer, some sets would stand for all, and a new fit is due."""
_LEAST, _NOTHING = 1e-12, 1e-3


def up_to_date(home: Home, model: str, stored: Posterior) -> Posterior:
    """The ensemble as it is to be used with the present model and data.

    Parameters
    ----------
    home
        Where models and cities stand.
    model
        The city's model.
    stored
        The ensemble as it was read.

    Returns
    -------
    Posterior
        The same while nothing that its fit reads has changed; weighed anew when only the city's own data have.

    Raises
    ------
    InputError
        when equations, priors or the model's tables have changed, or the new data leave too few independent sets.

    Examples
    --------
    >>> posterior = up_to_date(home, model, stored)  # doctest: +SKIP
    """
    then = stored.fitted_to
    asked = asked_again(home, stored)
    if then.files == data_key(home, model, (stored.city,)):
        return stored
    now = fingerprint(home, model, asked)
    if then.beliefs != now.beliefs:
        raise _stale(home, stored, _OTHER_MODEL)
    if then.data == now.data:
        return stored
    if then.tables != now.tables:
        raise _stale(home, stored, _OTHER_TABLES)
    if not stored.outside:
        raise _stale(home, stored, _OTHER_DATA)
    key = digest([file_hash_of(home, stored.city).encode(), now.data.encode(), str(home.folder).encode()])
    found: Posterior = kept("reweighted", key, lambda: _reweighted(asked, stored))
    if found.worth_now is not None and found.worth_now < FEWEST_SETS:
        raise _stale(home, stored, _too_few(found.worth_now, stored.count))
    return found


def _reweighted(asked: Asked, stored: Posterior) -> Posterior:
    """The sets drawn anew by their weights; what they are worth is said with them."""
    density = _density(asked, stored)
    apart = density - stored.log_density
    if not np.isfinite(apart).any():
        return replace(stored, worth_now=0.0)
    if np.ptp(apart) < _NOTHING:  # what changed is read, and moves nothing that is fitted
        return stored
    weights = _normalised(apart)
    chosen = systematic(weights, stored.count, seed=0)
    factors = {name: values[chosen] for name, values in stored.factors.items()}
    summary = dict(stored.summary) | {
        "posterior_mean": np.array([values.mean() for values in factors.values()]),
        "posterior_sd": np.array([values.std() for values in factors.values()]),
    }
    worth = float(1.0 / np.square(weights).sum())
    return replace(stored, factors=factors, summary=summary, log_density=density[chosen], worth_now=worth)


def _density(asked: Asked, stored: Posterior) -> Values:
    """Log posterior [draw] of the stored sets with the present data of the city, up to a constant."""
    city, names = city_hindcasts(asked), list(stored.fitted)
    scores = scores_of(city.priors, names, stored.factors)
    errors = errors_of(asked, names, scores)
    known = np.asarray(np.isfinite(errors).any(axis=-1))  # a base year that no set can be run from says nothing
    return Outside.of(stored.outside).density(known).log_density(errors, scores)


def with_memory(home: Home, model: str, fitted: Posterior) -> Posterior:
    """An ensemble just fitted, with what it was fitted to, and how likely each of its sets is by that."""
    asked = asked_again(home, fitted)
    return replace(fitted, fitted_to=fingerprint(home, model, asked), log_density=_density(asked, fitted))


def _normalised(logs: Values) -> Values:
    """Weights that sum to one from their logarithms; what is no number weighs nothing."""
    finite = np.where(np.isfinite(logs), logs, -np.inf)
    weights: Values = np.exp(finite - finite.max())
    total: Values = weights / weights.sum()
    return total


def systematic(weights: Values, count: int, seed: int) -> Numbers:
    """Numbers of `count` draws of equal weight, by systematic resampling, in random order."""
    generator = np.random.default_rng(seed)
    marks = (np.arange(count) + generator.random()) / count
    chosen = np.searchsorted(np.cumsum(weights), marks).clip(max=len(weights) - 1)
    result: Numbers = generator.permutation(chosen)
    return result


def scores_of(priors: Mapping[str, Prior], names: list[str], factors: Mapping[str, Values]) -> Values:
    """Normal scores [parameter, draw] of factors; see `factors_of`, whose inverse this is."""
    return np.stack([ndtri(_share_below(priors[name], factors[name])) for name in names])


def _share_below(prior: Prior, factors: Values) -> Values:
    """The triangular distribution function; a prior of one point says nothing, and all its draws are in the middle."""
    low, mode, high = prior.low, prior.mode, prior.high
    if low == high:
        return np.full_like(factors, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        rising = np.square(factors - low) / ((high - low) * (mode - low))
        falling = 1.0 - np.square(high - factors) / ((high - low) * (high - mode))
    return np.clip(np.where(factors < mode, rising, falling), _LEAST, 1.0 - _LEAST)


_OTHER_MODEL = Text("后验集合与现在的方程或先验不符", "the posterior ensemble belongs to other equations or priors")
_OTHER_TABLES = Text(
    "各市共用的基年表已改动，后验集合不再适用",
    "the base-year tables of all cities have changed since the posterior ensemble was made",
)
_OTHER_DATA = Text(
    "本市数据已改动，而后验集合没有重新加权所需的资料",
    "the city's data have changed, and the posterior ensemble does not hold what new weights need",
)


def _too_few(worth: float, count: int) -> Text:
    return Text(
        f"按新数据加权后，{count:,} 组参数只相当于 {worth:.0f} 组独立参数，少于 {FEWEST_SETS:.0f} 组",
        f"by the new data the {count:,} sets of parameters are worth {worth:.0f} independent ones, below {FEWEST_SETS:.0f}",
    )


def _stale(home: Home, stored: Posterior, message: Text) -> InputError:
    return InputError(Fault(message, Place(home.models / stored.city / FILE), renew(stored.city)))
