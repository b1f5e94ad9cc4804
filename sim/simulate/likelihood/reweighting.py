"""The stored ensemble of a city as it is to be used now: as it stands, or weighed anew where the city's own data have changed.

Each stored set of parameters is run again over the years of the fit. Its weight is the ratio of the posterior densities, with
the new data to with the old, given what the other cities said at the fit. Cities whose data are as they were keep their sets.

Short hashes tell what has changed: of what a city's likelihood and priors read, and of nothing else. There are four, so that a
change says what it costs. `files` is of the files that all of it comes from, and is looked at first: where it is as it was, so
is the rest. `beliefs` is of the equations that the fitted indicators need, how they are fitted, and the priors: another means
another fit. `tables` is of the model's code and statistics for base years, which all cities share. `data` is of the city's
values in the years of the fit and of published changes: another means other weights for this city.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.special import ndtri, softmax

from sim.base.arrays import Numbers, Values
from sim.base.cache import digest, kept
from sim.base.errors import Fault, InputError, Place
from sim.base.text import Text
from sim.ensemble.draws import Prior
from sim.inputs.city import FARTHEST_YEAR, FIRST_YEAR
from sim.inputs.files import is_file
from sim.inputs.home import Home
from sim.inputs.parameters import ParameterRecord, read_parameters
from sim.inputs.scenario_file import DEFAULT_METHOD, DEFAULT_STEPS
from sim.model.graph import Graph
from sim.model.nodes import Apply, Literal, Node, Read, names_read, walk
from sim.result.posterior import FILE, Fingerprint, Posterior, data_key, file_hash_of, hash_of_files
from sim.simulate.likelihood.errors_of_cities import Outside
from sim.simulate.likelihood.hindcast import CityHindcasts, HindcastSpan, city_hindcasts, errors_of

FEWEST_SETS = 100.0
"""Independent sets that new weights must leave; with fewer, some sets would stand for all, and a new fit is due."""
_LEAST, _NOTHING = 1e-12, 1e-3


class OutdatedPosteriorError(InputError):
    """The stored ensemble of a city rests on another model, or on data that leave too little of it."""


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
    OutdatedPosteriorError
        when equations, priors or the model's tables have changed, or the new data leave too few independent sets.

    Examples
    --------
    >>> posterior = up_to_date(home, model, stored)  # doctest: +SKIP
    """
    then = stored.fitted_to
    span = fitted_span(home, stored)
    if then.files == data_key(home, model, (stored.city,)):
        return stored
    now = fingerprint(home, model, span)
    if then.beliefs != now.beliefs:
        raise _stale(home, stored, _OTHER_MODEL)
    if then.data == now.data:
        return stored
    if then.tables != now.tables:
        raise _stale(home, stored, _OTHER_TABLES)
    if not stored.outside:
        raise _stale(home, stored, _OTHER_DATA)
    key = digest([file_hash_of(home, stored.city).encode(), now.data.encode(), str(home.folder).encode()])
    found: Posterior = kept("reweighted", key, lambda: _reweighted(span, stored))
    if found.worth_now is not None and found.worth_now < FEWEST_SETS:
        raise _stale(home, stored, _too_few(found.worth_now, stored.count))
    return found


def _reweighted(span: HindcastSpan, stored: Posterior) -> Posterior:
    """The sets drawn anew by their weights; what they are worth is said with them."""
    density = _density(span, stored)
    apart = density - stored.log_density
    if not np.isfinite(apart).any():
        return replace(stored, worth_now=0.0)
    if np.ptp(apart) < _NOTHING:  # what changed is read, and moves nothing that is fitted
        return stored
    weights = softmax(np.where(np.isfinite(apart), apart, -np.inf))
    chosen = systematic(weights, stored.count, seed=0)
    factors = {name: values[chosen] for name, values in stored.factors.items()}
    summary = dict(stored.summary) | moments_of(factors)
    worth = float(1.0 / np.square(weights).sum())
    return replace(stored, factors=factors, summary=summary, log_density=density[chosen], worth_now=worth)


def moments_of(factors: Mapping[str, Values]) -> dict[str, Values]:
    """Means and standard deviations of factors [draw], for the summary of an ensemble."""
    rows = factors.values()
    return {"posterior_mean": np.array([row.mean() for row in rows]), "posterior_sd": np.array([row.std() for row in rows])}


def _density(span: HindcastSpan, stored: Posterior) -> Values:
    """Log posterior [draw] of the stored sets with the present data of the city, up to a constant."""
    city, names = city_hindcasts(span), list(stored.fitted)
    scores = scores_of(city.priors, names, stored.factors)
    errors = errors_of(span, names, scores)
    known = np.asarray(np.isfinite(errors).any(axis=-1))  # a base year that no set can be run from says nothing
    return Outside.of(stored.outside).density(known).log_density(errors, scores)


def with_memory(home: Home, model: str, fitted: Posterior) -> Posterior:
    """An ensemble just fitted, with what it was fitted to, and how likely each of its sets is by that."""
    span = fitted_span(home, fitted)
    return replace(fitted, fitted_to=fingerprint(home, model, span), log_density=_density(span, fitted))


def systematic(weights: Values, count: int, seed: int) -> Numbers:
    """Numbers of `count` draws of equal weight, by systematic resampling, in random order."""
    generator = np.random.default_rng(seed)
    marks = (np.arange(count) + generator.random()) / count
    return generator.permutation(np.searchsorted(np.cumsum(weights), marks).clip(max=len(weights) - 1))


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


def _stale(home: Home, stored: Posterior, message: Text) -> OutdatedPosteriorError:
    command = f"python -m sim calibrate {stored.city}"
    return OutdatedPosteriorError(
        Fault(message, Place(home.models / stored.city / FILE), Text(f"请重新校准：{command}", f"renew it: {command}"))
    )


def fitted_span(home: Home, posterior: Posterior) -> HindcastSpan:
    """The hindcasts of the city that an ensemble was fitted to."""
    return HindcastSpan(home.folder, posterior.city, posterior.first, posterior.last)


_TABLES = ("base_year/*", "reference/*/*.csv", "breaks.yaml")
_DIGITS = 8
"""Significant digits that count: another machine computes the last few of a number otherwise."""


def fingerprint(home: Home, model: str, span: HindcastSpan) -> Fingerprint:
    """Hash what the hindcasts of a city read; found once for each state of its files.

    Raises
    ------
    InputError
        when the city cannot be opened.
    """
    files = data_key(home, model, (span.city,))
    key = f"{files} {span.first} {span.last} {span.horizon} {span.as_of} {home.folder}"
    return kept("fingerprint", digest([key.encode()]), lambda: _made(home.models / model, files, span))


def _made(model: Path, files: str, span: HindcastSpan) -> Fingerprint:
    city = city_hindcasts(span)
    equations, parameters = _reached(city.latest.graph, [item.check.variable for item in city.observations])
    declared = read_parameters(model, dict(city.latest.graph.dimensions), (FIRST_YEAR, FARTHEST_YEAR), span.as_of)
    beliefs = [*equations, *_beliefs(city, [declared[name] for name in parameters if name in declared])]
    tables = [file for pattern in _TABLES for file in sorted(model.glob(pattern)) if is_file(file) and file.suffix != ".pyc"]
    return Fingerprint(files, digest(beliefs), hash_of_files(model, tables), digest(_data(city, parameters)))


def _reached(graph: Graph, variables: Iterable[str]) -> tuple[list[bytes], list[str]]:
    """Equations that the variables rest on, by way of stocks, first values and events too, as bytes; and their parameters."""
    seen, waiting, parts = set[str](), list(variables), dict[str, bytes]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for part, node in _behind(graph, name):
            parts[part] = node.encode() if isinstance(node, str) else _told(node)
            waiting += [node] if isinstance(node, str) else names_read(node)
    return [f"{name} ".encode() + parts[name] for name in sorted(parts)], sorted(seen & set(graph.parameters))


def _behind(graph: Graph, name: str) -> Iterator[tuple[str, Node | str]]:
    """The parts that give a name its value: nodes, or another name."""
    stock = name.removesuffix(".rate")
    if name in graph.equations:
        yield f"{name} {graph.variables[name].kind}", graph.equations[name]
    if stock in graph.stocks:
        initial = graph.stocks[stock].initial
        yield f"{stock} initial", initial if isinstance(initial, str) else Literal(initial)
        yield f"{stock} rate", graph.rates[stock]
        for event in graph.events:
            if event.stock == stock:
                yield f"{stock} event {event.order} {event.name}", graph.event_nodes[event.name]
    if name in graph.hidden:
        yield f"{name} initial {graph.hidden[name].yearly_total}", graph.hidden[name].initial
        yield f"{name} rate", graph.hidden[name].rate
    if name in graph.frozen:
        yield f"{name} frozen", graph.frozen[name].node
        growth = graph.frozen[name].growth
        if growth is not None:
            yield f"{name} growth", growth


def _told(node: Node) -> bytes:
    """A node as bytes: what it does with what, and not where it is written."""
    told: dict[int, str] = {}
    for part in walk(node):
        if isinstance(part, Apply):
            inputs = [told[id(item)] for item in part.inputs]
            settings = sorted((key, repr(value)) for key, value in part.settings.items())
            told[id(part)] = digest([repr((part.operation.name, inputs, part.dims, settings)).encode()])
        elif isinstance(part, Read):
            told[id(part)] = repr((part.name, part.dims))
        else:
            told[id(part)] = repr((part.value, part.unit, part.dims))
    return told[id(node)].encode()


def _beliefs(city: CityHindcasts, read: Iterable[ParameterRecord]) -> Iterator[bytes]:
    """Yield the rules of the fit, priors in every base year, the ranges of shocks, and what the model says of parameters."""
    span = city.span
    for item in city.observations:
        yield repr(item.check.model_dump(exclude={"label": True, "fit": {"common_trend": True}})).encode()
    for origin, hindcast in city.hindcasts.items():
        for name, prior in sorted(hindcast.priors.items()):
            yield f"{origin} {name}".encode()
            yield _rounded(np.array([prior.low, prior.mode, prior.high]))
    for name, ends in city.shock_ranges.items():
        yield f"{name} {ends}".encode()
    for record in read:
        yield record.name.encode()
        if record.value is not None:
            yield _rounded(np.stack([record.value.at(year) for year in range(span.first, span.last + 1)]))
    yield repr((span.first, span.last, span.horizon, span.as_of, DEFAULT_METHOD, DEFAULT_STEPS)).encode()


def _data(city: CityHindcasts, parameters: Iterable[str]) -> Iterator[bytes]:
    """The values of the years that are run from each base year, and the published changes."""
    for origin, hindcast in city.hindcasts.items():
        yield str(origin).encode()
        for name in (name for name in parameters if name in hindcast.values):
            yield name.encode()
            yield _rounded(np.stack([hindcast.values[name].at(year) for year in (origin, *hindcast.years)]))
    yield _rounded(city.published)


def _rounded(values: Values) -> bytes:
    """Numbers to some significant digits, times pi: decimal figures often lie half-way between two roundings."""
    numbers = np.asarray(values, dtype=np.float64).ravel() * np.pi
    return " ".join(f"{number:.{_DIGITS}g}" for number in numbers + 0.0).encode()
