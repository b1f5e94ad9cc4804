"""Calibration: hindcasts of all cities, the common fit, and the posterior ensemble of each city asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.stats import chi2

from sim.base.arrays import Values
from sim.base.cache import digest
from sim.base.durable import scratch_folder
from sim.base.errors import Fault, InputError, Place
from sim.base.processes import block_sigint, init_worker
from sim.base.streams import uniforms
from sim.base.text import Text
from sim.base.timing import timed
from sim.city.city import open_world
from sim.ensemble.draws import Prior
from sim.inputs.city import read_city_file
from sim.inputs.home import Home
from sim.result.posterior import data_key
from sim.simulate.likelihood.errors_of_cities import beyond, prior_variances
from sim.simulate.likelihood.hindcast import HORIZON, Asked, CityHindcasts, city_hindcasts, errors_of, factors_of, forecaster
from sim.simulate.likelihood.observations import Observation
from sim.simulate.likelihood.task import Outside
from sim.studies.fit import PooledFit, city_task, fit_pooled, outside_of
from sim.studies.posterior import Weighted, weigh

Progress = Callable[[str, int, int], None]
Made = tuple[int, Mapping[str, Values]]
"""The number of a city in the pool, and the factors of its ensemble."""
DRAWS = 1000


@dataclass(frozen=True)
class Known:
    """What every process finds when it opens a city's hindcasts: priors, observations, sizes of shocks and their effect."""

    city: str
    observations: tuple[Observation, ...]
    priors: Mapping[str, Prior]
    sizes: Mapping[str, float]
    answers: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Pool:
    """The cities that are fitted together, and what runs their hindcasts."""

    asked: tuple[Asked, ...]
    run: Parallel = field(repr=False)

    def open(self, progress: Progress) -> list[Known]:
        """Open all hindcasts, which takes most of the time."""
        known = []
        for number, item in enumerate(self._each(_known, [()] * len(self.asked))):
            known.append(item)
            progress("open", number + 1, len(self.asked))
        return known

    def errors(self, names: Sequence[str]) -> Callable[[Values], Values]:
        """Errors [origin, horizon, observation, city, draw] for scores [parameter, draw]."""
        return lambda scores: np.stack(list(self._each(errors_of, [(names, scores)] * len(self.asked))), axis=3)

    def weigh(self, names: Sequence[str], fit: PooledFit, places: Sequence[int], seed: int) -> Iterator[Weighted]:
        """The posterior of some of the cities."""
        calls = (delayed(_weighed)(self.asked[place], names, city_task(fit, place), seed) for place in places)
        yield from self.run(calls)

    def forecasts(self, made: Sequence[Made], origin: int, last: int, seed: int) -> Iterator[Values]:
        """Forecasts [year, observation, draw] of some of the cities, by their number, with the factors of their ensembles."""
        yield from self.run(delayed(_forecast)(self.asked[place], factors, origin, last, seed) for place, factors in made)

    def _each(self, function: Callable[..., Any], arguments: Sequence[tuple[Any, ...]]) -> Iterator[Any]:
        yield from self.run(delayed(function)(item, *rest) for item, rest in zip(self.asked, arguments, strict=True))


@contextmanager
def pool_of(asked: Sequence[Asked], workers: int) -> Iterator[Pool]:
    """A pool whose processes keep the cities that they opened."""
    backend = {"backend": "loky", "initializer": init_worker} if workers > 1 else {"backend": "sequential"}
    with (
        scratch_folder() as folder,  # what the library maps into memory is swept with it
        block_sigint(),
        Parallel(n_jobs=workers, return_as="generator", temp_folder=str(folder), **backend) as run,
    ):
        yield Pool(tuple(asked), run)


def _known(asked: Asked) -> Known:
    """Open a city in this process, and measure what its indicators answer to a shock of each kind."""
    city = city_hindcasts(asked)
    sizes = city.shock_sizes
    return Known(asked.city, city.observations, city.priors, sizes, _answers(city, sizes), city.shock_ranges)


def _answers(city: CityHindcasts, sizes: Mapping[str, float]) -> dict[str, float]:
    """How far the first year's change moves with a shock, against the size of the shock; the mean of all base years."""
    names = list(sizes)
    alone = {name: np.append((np.arange(len(names)) == place).astype(float), 0.0) for place, name in enumerate(names)}
    found = beyond(city.observations, city.answers(alone), axis=2)[:, 0]
    moved = np.nanmean(found[..., :-1] - found[..., -1:], axis=0)
    places = {name: place for place, item in enumerate(city.observations) for name in (item.rule.common, item.rule.own)}
    answers = {name: abs(float(moved[places[name], names.index(name)])) / sizes[name] for name in names}
    for name in (name for name, answer in answers.items() if not answer > 0.0):
        message = Text(f"fit 所写的 {name} 不带来任何波动", f"{name}, named in a fit rule, is the size of no shock")
        raise InputError(
            Fault(message, Place(key="published.yaml"), Text("须为乘在 noise 上的参数", "it must multiply a noise"))
        )
    return answers


def _forecast(asked: Asked, factors: Mapping[str, Values], origin: int, last: int, seed: int) -> Values:
    return forecaster(asked, origin, last).forecast(factors, seed)


def _weighed(asked: Asked, names: Sequence[str], task: Any, seed: int) -> Weighted:
    return weigh(task, lambda scores: errors_of(asked, names, scores), seed)


@dataclass(frozen=True)
class Calibration:
    """The common fit of the cities, with what is needed to make a city's ensemble of it."""

    asked: tuple[Asked, ...]
    known: tuple[Known, ...]
    names: tuple[str, ...]
    fit: PooledFit
    answers: Mapping[str, float]
    first_errors: Values = field(repr=False)

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What is fitted."""
        return self.known[0].observations

    def place(self, city: str) -> int:
        """The number of a city in the pool."""
        return [item.city for item in self.asked].index(city)


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
    known = pool.open(progress)
    shocks = {name for item in known[0].observations for name in (item.rule.common, item.rule.own)}
    names = tuple(sorted({name for item in known for name in item.priors} - shocks))
    answers = {name: float(np.mean([item.answers[name] for item in known])) for name in known[0].answers}
    prior = prior_variances(known[0].observations, known[0].sizes, answers)
    errors = pool.errors(names)
    first = errors(np.zeros((len(names), 1)))[..., 0]
    fit = fit_pooled(errors, len(names), prior, lambda done, all_: progress("fit", done, all_), key)
    return Calibration(pool.asked, tuple(known), names, fit, answers, first)


def ensembles(
    pool: Pool, calibration: Calibration, cities: Sequence[str], seed: int, progress: Progress, draws: int = DRAWS
) -> Iterator[CityEnsemble]:
    """The posterior ensembles of some cities, in their order."""
    places = [calibration.place(city) for city in cities]
    found = pool.weigh(calibration.names, calibration.fit, places, seed)
    for number, (city, weighted) in enumerate(zip(cities, found, strict=True)):
        known = calibration.known[calibration.place(city)]
        scores = weighted.resampled(draws, seed)
        factors = factors_of(known.priors, calibration.names, scores) | shock_factors(calibration, known, draws, seed)
        outside = outside_of(calibration.fit, calibration.place(city))
        progress("weigh", number + 1, len(cities))
        yield CityEnsemble(city, weighted, factors, outside.of_city([name in known.priors for name in calibration.names]))


def shock_factors(calibration: Calibration, known: Known, draws: int, seed: int) -> dict[str, Values]:
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
            factors[name] = np.clip(size, *known.ranges[name]) / known.sizes[name]
    return factors


def asked_of(
    home: Path, cities: Sequence[str], first: int, last: int, as_of: int | None, horizon: int = HORIZON
) -> list[Asked]:
    """The hindcasts of each city in a span of years."""
    return [Asked(home, city, first, last, horizon, as_of) for city in cities]


def openable(home: Home, cities: Sequence[str], year: int, as_of: int | None) -> tuple[str, ...]:
    """The cities whose data allow a base year and the one before; one with a short history is left out of earlier fits."""
    return tuple(city for city in cities if _opens(home, city, year, as_of) and _opens(home, city, year - 1, as_of))


def _opens(home: Home, city: str, year: int, as_of: int | None) -> bool:
    try:
        open_world(home, city, year, as_of)
    except InputError:
        return False
    return True


def fit_key(home: Home, asked: Sequence[Asked]) -> str:
    """What a fit depends on: equations, priors and data of its cities, years, and what was known."""
    model = read_city_file(home.city_folder(asked[0].city)).model
    cities = [item.city for item in asked]
    facts = repr([(item.city, item.first, item.last, item.horizon, item.as_of) for item in asked])
    return digest([data_key(home, model, cities).encode(), facts.encode()])
