"""Hindcasts: what the model says of the years after each of many base years, for many values of its parameters at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.special import ndtr

from sim.base.arrays import Values
from sim.base.errors import Fault, InputError, Place
from sim.base.streams import triangular
from sim.base.text import Text
from sim.city.city import City, open_city
from sim.city.priors import priors_of
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, Exogenous, simulate, workspace_for
from sim.engine.kernel import kernel_for
from sim.engine.workspace import NARROWEST
from sim.ensemble.draws import Draws, Prior
from sim.inputs.home import find_home
from sim.model.binding import own_values
from sim.model.graph import Graph
from sim.simulate.likelihood.errors_of_cities import Observation, deflated, fitted, modelled_changes, published_changes

HORIZON = 4
"""Years that a fit looks ahead from each base year."""
_BLOCK = 512


@dataclass(frozen=True)
class HindcastSpan:
    """Hindcasts of one city: from base years `first` to `last` - 1, up to `horizon` years ahead and no later than `last`.

    With `as_of` nothing that was published later is used, neither data nor priors.
    """

    home: Path
    city: str
    first: int
    last: int
    horizon: int = HORIZON
    as_of: int | None = None

    @property
    def origins(self) -> range:
        """The base years."""
        return range(self.first, self.last)


class Hindcast:
    """One base year of a city, ready to be run for many parameter values."""

    def __init__(self, city: City, observations: Sequence[Observation], years: range, graph: Graph) -> None:
        bound = own_values(city.data)
        outputs = tuple(dict.fromkeys(item.check.variable for item in observations))
        self.years, self.graph, self._region = years, graph, city.data.key
        self._observations, self.values = tuple(observations), bound.values
        self._kernel = kernel_for(graph, KernelRequest(outputs, frozenset(), bound.yearly))
        records = city.data.parameters.values()
        self.ranges = {record.name: record.range for record in records}
        self.priors = {prior.name: prior for prior in priors_of(records, bound, city.data.settings.last_year)}

    def changes(self, factors: Mapping[str, Values], *, impulse: bool = False) -> Values:
        """Return yearly changes [year, observation, draw] for factors [draw], without shocks.

        An `impulse` sets every noise to one in the first year.
        """
        count = len(next(iter(factors.values())))
        draws = Draws(max(count, NARROWEST), silent=True, impulse=self.years[0] if impulse else None)
        return self._run(draws, factors)[..., :count]

    def forecast(self, factors: Mapping[str, Values], seed: int) -> Values:
        """Return yearly changes [year, observation, draw] for factors [draw], with the shocks of each draw.

        What no factor is given for is drawn from its prior.
        """
        rest = tuple(prior for name, prior in self.priors.items() if name not in factors)
        return self._run(Draws(len(next(iter(factors.values()))), seed, rest), factors)

    def _run(self, draws: Draws, factors: Mapping[str, Values]) -> Values:
        """Return yearly changes [year, observation, draw] of draws with factors, in blocks of about the same width."""
        stored = {name: np.resize(values, draws.count) for name, values in factors.items() if name in self.priors}
        draws = replace(draws, stored=stored)
        edges = np.linspace(0, draws.count, -(-draws.count // _BLOCK) + 1).astype(int).tolist()
        blocks = [self._changes(draws.block(self.values, *edge), edge[1] - edge[0]) for edge in pairwise(edges)]
        return np.concatenate(blocks, axis=-1)

    def _changes(self, values: Exogenous, draws: int) -> Values:
        with workspace_for(self._kernel, draws, values.drawn) as workspace:
            years = [
                {name: value.copy() for name, value in row.values.items()}
                for row in simulate(workspace, Clock(self.years[0], self.years[-1]), values)
            ]
        rows = {name: np.stack([row[name] for row in years]) for name in self._kernel.dims}
        return np.stack([modelled_changes(item, rows, self.graph, self._region) for item in self._observations], axis=1)


@dataclass(frozen=True)
class CityHindcasts:
    """All hindcasts of a city with what was published: `published` [origin, horizon, observation], nan where nothing was."""

    span: HindcastSpan
    observations: tuple[Observation, ...]
    hindcasts: Mapping[int, Hindcast] = field(repr=False)
    published: Values = field(repr=False)

    @property
    def latest(self) -> Hindcast:
        """The last base year."""
        return self.hindcasts[max(self.hindcasts)]

    @property
    def priors(self) -> Mapping[str, Prior]:
        """The priors of the last base year."""
        return self.latest.priors

    @property
    def shocks(self) -> tuple[str, ...]:
        """The parameters that hold the sizes of shocks."""
        return tuple(name for item in self.observations for name in (item.rule.common, item.rule.own))

    @property
    def shock_ranges(self) -> dict[str, tuple[float, float]]:
        """Their declared ranges."""
        return {name: self.latest.ranges[name] or (0.0, np.inf) for name in self.shocks}

    def changes(self, factors: Callable[[Hindcast], Mapping[str, Values]], *, impulse: bool = False) -> Values:
        """Changes [origin, horizon, observation, draw], prices beyond real growth; nan beyond `last`."""
        found = {origin: item.changes(factors(item), impulse=impulse) for origin, item in self.hindcasts.items()}
        draws = next(iter(found.values())).shape[-1]
        result = np.full((*self.published.shape, draws), np.nan)
        for origin, changes in found.items():
            result[origin - self.span.first, : len(changes)] = changes
        return deflated(self.observations, result)


def errors_of(span: HindcastSpan, names: Sequence[str], scores: Values) -> Values:
    """Errors [origin, horizon, observation, draw] of a city: what the model says less what was published."""
    city = city_hindcasts(span)
    modelled = city.changes(lambda item: factors_of(item.priors, names, scores))
    return modelled - deflated(city.observations, city.published)[..., np.newaxis]


def factors_of(priors: Mapping[str, Prior], names: Sequence[str], scores: Values) -> dict[str, Values]:
    """Factors [draw] from normal scores [parameter, draw]: the quantile of the triangular prior that the score stands for."""
    known = ((priors[name], row) for name, row in zip(names, scores, strict=True) if name in priors)
    return {prior.name: triangular(ndtr(row), prior.low, prior.mode, prior.high) for prior, row in known}


@lru_cache(maxsize=24)
def city_hindcasts(span: HindcastSpan) -> CityHindcasts:
    """Open a city at every base year that its data and the priors known then allow.

    Raises
    ------
    InputError
        when no base year can be opened.
    """
    found, latest = dict[int, Hindcast](), _open(span, span.last)
    observations, graph = fitted(latest.checks), latest.graph
    refusal: InputError | None = None
    if not observations:
        message = Text("没有一项检验写明 fit，无可拟合", "no check has a fit rule: there is nothing to fit")
        file = Place(latest.model_folder / "published.yaml")
        raise InputError(Fault(message, file, Text("给至少一项写明 fit", "give fit to one check at least")))
    for origin in span.origins:
        years = range(origin + 1, min(origin + span.horizon, span.last) + 1)
        try:
            city = _open(span, origin)
        except InputError as error:
            refusal = error
            continue
        found[origin] = Hindcast(city, observations, years, graph if city.graph.key == graph.key else city.graph)
    if not found and refusal is not None:
        raise refusal
    changes = [published_changes(item, latest.data.history, span.city) for item in observations]
    published = np.full((len(span.origins), span.horizon, len(observations)), np.nan)
    for base_year, hindcast in found.items():
        for place, year in enumerate(hindcast.years):
            published[base_year - span.first, place] = [series.get(year, np.nan) for series in changes]
    return CityHindcasts(span, observations, found, published)


@lru_cache(maxsize=24)
def forecaster(span: HindcastSpan, origin: int, last: int) -> Hindcast:
    """A city as of a year, ready to forecast to `last`; the year is its base year."""
    city = _open(span, origin)
    return Hindcast(city, fitted(city.checks), range(origin + 1, last + 1), city.graph)


def _open(span: HindcastSpan, base_year: int) -> City:
    return open_city(find_home(span.home), span.city, base_year, span.as_of)
