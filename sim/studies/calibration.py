"""Calibration: hindcasts of all cities, the common fit, and the posterior ensemble of each city asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import chi2

from sim.base.arrays import Values
from sim.base.cache import digest
from sim.base.durable import scratch_folder
from sim.base.errors import Fault, InputError, Place
from sim.base.processes import block_sigint, init_worker, timed
from sim.base.streams import uniforms
from sim.base.text import Text
from sim.city.city import open_city
from sim.ensemble.draws import Prior
from sim.inputs.city import read_city_file
from sim.inputs.home import Home
from sim.result.posterior import data_key
from sim.simulate.likelihood.errors_of_cities import Observation, Outside, prior_variances
from sim.simulate.likelihood.hindcast import CityHindcasts, HindcastSpan, city_hindcasts, errors_of, factors_of, forecaster
from sim.studies.fit import PooledFit, Weighted, city_posterior, fit_pooled, outside_of, weigh

Progress = Callable[[str, int, int], None]
Made = tuple[int, Mapping[str, Values]]
"""The number of a city in the pool, and the factors of its ensemble."""
DRAWS = 1000


def silent(_: str, __: int, ___: int) -> None:
    """Report no progress: of a part that is reported as a whole."""


@dataclass(frozen=True)
class OpenedCity:
    """A city's part of a fit: priors, observations, sizes of shocks, their effect and what they may be."""

    city: str
    observations: tuple[Observation, ...]
    priors: Mapping[str, Prior]
    sizes: Mapping[str, float]
    answers: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Pool:
    """The cities that are fitted together, and what runs their hindcasts."""

    spans: tuple[HindcastSpan, ...]
    run: Parallel = field(repr=False)

    def open(self, progress: Progress) -> list[OpenedCity]:
        """Open all hindcasts, which takes most of the time."""
        opened = []
        for number, item in enumerate(self.run(delayed(_opened)(span) for span in self.spans)):
            opened.append(item)
            progress("open", number + 1, len(self.spans))
        return opened

    def errors(self, names: Sequence[str]) -> Callable[[Values], Values]:
        """Errors [origin, horizon, observation, city, draw] for scores [parameter, draw]."""
        return lambda scores: np.stack(list(self.run(delayed(errors_of)(span, names, scores) for span in self.spans)), axis=3)

    def forecasts(self, made: Sequence[Made], origin: int, last: int, seed: int) -> Iterator[Values]:
        """Forecasts [year, observation, draw] of some of the cities, by their number, with the factors of their ensembles."""
        yield from self.run(delayed(_forecast)(self.spans[place], factors, origin, last, seed) for place, factors in made)


@contextmanager
def pool_of(spans: Sequence[HindcastSpan], workers: int) -> Iterator[Pool]:
    """A pool whose processes keep the cities that they opened."""
    backend = {"backend": "loky", "initializer": init_worker} if workers > 1 else {"backend": "sequential"}
    with (
        scratch_folder() as folder,  # what the library maps into memory is swept with it
        block_sigint(),
        Parallel(n_jobs=workers, return_as="generator", temp_folder=str(folder), **backend) as run,
    ):
        yield Pool(tuple(spans), run)


def _opened(span: HindcastSpan) -> OpenedCity:
    """Open a city in this process, and measure what its indicators answer to a shock of each kind."""
    city = city_hindcasts(span)
    sizes = {name: float(city.latest.values[name].before.item()) for name in city.shocks}
    return OpenedCity(span.city, city.observations, city.priors, sizes, _answers(city, sizes), city.shock_ranges)


def _answers(city: CityHindcasts, sizes: Mapping[str, float]) -> dict[str, float]:
    """Movement of the first year's change with a shock, against the size of the shock; the mean of all base years."""
    names = list(sizes)
    alone = dict(zip(names, np.eye(len(names), len(names) + 1), strict=True))  # a draw for each shock, and one without any
    found = city.changes(lambda _: alone, impulse=True)[:, 0]
    moved = np.nanmean(found[..., :-1] - found[..., -1:], axis=0)
    places = {name: place for place, item in enumerate(city.observations) for name in (item.rule.common, item.rule.own)}
    answers = {name: abs(float(moved[places[name], names.index(name)])) / sizes[name] for name in names}
    for name in (name for name, answer in answers.items() if not answer > 0.0):
        message = Text(f"fit 所写的 {name} 不带来任何波动", f"{name}, named in a fit rule, is the size of no shock")
        advice = Text("须为乘在 noise 上的参数", "it must multiply a noise")
        raise InputError(Fault(message, Place(key="published.yaml"), advice))
    return answers


def _forecast(span: HindcastSpan, factors: Mapping[str, Values], origin: int, last: int, seed: int) -> Values:
    return forecaster(span, origin, last).forecast(factors, seed)


def _weighed(span: HindcastSpan, names: Sequence[str], posterior: tuple[Any, Any], seed: int) -> Weighted:
    return weigh(*posterior, lambda scores: errors_of(span, names, scores), seed)


@dataclass(frozen=True)
class Calibration:
    """The common fit of the cities, with what is needed to make a city's ensemble of it."""

    spans: tuple[HindcastSpan, ...]
    opened: tuple[OpenedCity, ...]
    names: tuple[str, ...]
    fit: PooledFit
    answers: Mapping[str, float]
    first_errors: Values = field(repr=False)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """The observations that are fitted."""
        return self.opened[0].observations

    def place(self, city: str) -> int:
        """The number of a city in the pool."""
        return [item.city for item in self.opened].index(city)


@dataclass(frozen=True)
class CityEnsemble:
    """The posterior of a city: factors [draw] on the central values of its parameters, and how they were found."""

    city: str
    weighted: Weighted
    factors: Mapping[str, Values] = field(repr=False)
    outside: Outside = field(repr=False)


@timed
def calibrate(pool: Pool, progress: Progress, key: str = "") -> Calibration:
    """Fit what the cities have in common; what is done under a key is not done again after an interruption."""
    opened = pool.open(progress)
    first = opened[0]
    names = tuple(sorted({name for item in opened for name in item.priors} - set(first.sizes)))
    answers = {name: float(np.mean([item.answers[name] for item in opened])) for name in first.answers}
    prior = prior_variances(first.observations, first.sizes, answers)
    errors = pool.errors(names)
    at_prior = errors(np.zeros((len(names), 1)))[..., 0]
    fit = fit_pooled(errors, len(names), prior, lambda done, all_: progress("fit", done, all_), key)
    return Calibration(pool.spans, tuple(opened), names, fit, answers, at_prior)


def ensembles(
    pool: Pool, calibration: Calibration, cities: Sequence[str], seed: int, progress: Progress, draws: int = DRAWS
) -> Iterator[CityEnsemble]:
    """The posterior ensembles of some cities, in their order."""
    names, fit, places = calibration.names, calibration.fit, [calibration.place(city) for city in cities]
    found = pool.run(delayed(_weighed)(pool.spans[place], names, city_posterior(fit, place), seed) for place in places)
    for number, (place, weighted) in enumerate(zip(places, found, strict=True)):
        opened = calibration.opened[place]
        factors = factors_of(opened.priors, names, weighted.resampled(draws, seed))
        factors |= _shock_factors(calibration, opened, draws, seed)
        outside = replace(outside_of(fit, place), present=np.array([name in opened.priors for name in names]))
        progress("weigh", number + 1, len(cities))
        yield CityEnsemble(opened.city, weighted, factors, outside)


def _shock_factors(calibration: Calibration, opened: OpenedCity, draws: int, seed: int) -> dict[str, Values]:
    """Factors [draw] on the sizes of the shocks: variances are scaled inverse chi-square, drawn one by one.

    The error of measurement stays in the city's own shock: what is forecast is what will be published.
    """
    variances, factors = calibration.fit.variances, dict[str, Values]()
    for place, item in enumerate(calibration.observations):
        kinds = (
            (item.rule.common, variances.common[place], variances.common_years[place]),
            (item.rule.own, variances.own[place], variances.own_years[place]),
        )
        for name, variance, years in kinds:
            drawn = variance * years / chi2.ppf(uniforms(seed, name, 0, draws), years)
            size = np.sqrt(drawn) / calibration.answers[name]
            factors[name] = np.clip(size, *opened.ranges[name]) / opened.sizes[name]
    return factors


def openable(home: Home, cities: Sequence[str], year: int, as_of: int | None) -> tuple[str, ...]:
    """The cities whose data allow a base year and the one before; one with a short history is left out of earlier fits."""
    return tuple(city for city in cities if all(_opens(home, city, base, as_of) for base in (year, year - 1)))


def _opens(home: Home, city: str, year: int, as_of: int | None) -> bool:
    try:
        open_city(home, city, year, as_of)
    except InputError:
        return False
    return True


def fit_key(home: Home, spans: Sequence[HindcastSpan]) -> str:
    """The hash of everything that a fit depends on: equations, priors and data of its cities, years, and what was known."""
    model = read_city_file(home.city_folder(spans[0].city)).model
    facts = repr([(item.city, item.first, item.last, item.horizon, item.as_of) for item in spans])
    return digest([data_key(home, model, [item.city for item in spans]).encode(), facts.encode()])
