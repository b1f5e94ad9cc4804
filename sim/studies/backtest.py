"""The backtest: forecasts from what was known then, ours and the naive ones, against what was published afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from joblib import delayed
from scipy.stats import norm

from sim.base.arrays import Values
from sim.base.timing import timed
from sim.city.city import open_world
from sim.inputs.history import History
from sim.inputs.home import find_home
from sim.simulate.likelihood.observations import Observation, fitted, published_levels
from sim.studies.calibration import Calibration, CityEnsemble, asked_of, calibrate, ensembles, fit_key, openable, pool_of
from sim.studies.naive import Judged, Score, band_ends, crps, naive_forecasts, score, series_of
from sim.studies.targets import HORIZON, BacktestDesign, Histories, judged_values, kind_of, outcome_of

Progress = Callable[[str, int, int], None]
OURS, POOLED = "model", "pooled"
_FIRST_PAST_ORIGIN = 2001
_FEWEST_VALUES = 4
_GRID = norm.ppf((np.arange(200) + 0.5) / 200.0)
"""A normal distribution as 200 draws."""


@dataclass(frozen=True)
class Key:
    """What a list of forecasts belongs to."""

    design: str
    given_common: bool
    indicator: str
    forecaster: str


Table = dict[Key, list[Judged]]


@dataclass(frozen=True)
class Scored:
    """A row of the result: whose forecasts, of which cities, and what they are worth."""

    city: str
    key: Key
    score: Score


@dataclass(frozen=True)
class Spread:
    """A forecast as draws [draw] of the judged value, by indicator, year and city, from one origin."""

    draws: Mapping[tuple[str, int, str], Values] = field(repr=False)


@dataclass(frozen=True)
class Setting:
    """Where and what is tested."""

    home: Path
    cities: tuple[str, ...]
    design: BacktestDesign
    workers: int = 1
    seed: int = 0


@timed
def backtest(setting: Setting, progress: Progress) -> Table:
    """Judge all forecasts of all origins.

    Raises
    ------
    SimError
        when a city cannot be opened or fitted as of an origin.
    """
    worlds = {city: open_world(find_home(setting.home), city) for city in setting.cities}
    histories = {city: world.city.history for city, world in worlds.items()}
    observations = fitted(worlds[setting.cities[0]].checks)
    table: Table = defaultdict(list)
    for number, (origin, last) in enumerate(setting.design.origins.items()):
        by_forecaster = {OURS: _ours(setting, observations, origin, last)}
        by_forecaster |= _naive(setting, histories, observations, origin, last)
        for name, (spread, apart) in by_forecaster.items():
            _judge(table, setting.design, observations, histories, name, origin, spread, apart)
        progress("backtest", number + 1, len(setting.design.origins))
    return dict(table)


def _ours(setting: Setting, observations: Sequence[Observation], origin: int, last: int) -> tuple[Spread, Spread]:
    """The model's forecasts as of a year, and the same without the shocks that are common to all cities."""
    cities = openable(find_home(setting.home), setting.cities, origin, origin)
    asked = asked_of(setting.home, cities, setting.design.first, min(origin, setting.design.last), origin)
    key = fit_key(find_home(setting.home), asked)
    with pool_of(asked, setting.workers) as pool:
        found = calibrate(pool, _silent, key)
        made = list(ensembles(pool, found, cities, setting.seed, _silent))
        both = []
        for factors in ([item.factors for item in made], [_own_only(item, found) for item in made]):
            draws = pool.forecasts(list(enumerate(factors)), origin, last, setting.seed)
            both.append(_spread_of(cities, observations, origin, draws))
    return both[0], both[1]


def _silent(_: str, __: int, ___: int) -> None:
    """Progress of a part that is reported as a whole."""


def _own_only(ensemble: CityEnsemble, calibration: Calibration) -> dict[str, Values]:
    """Factors without common shocks; the city's own also bear the error with which the others' mean is known."""
    others = max(len(calibration.asked) - 1, 1)
    factors = dict(ensemble.factors) | {_COMMON_TREND: np.zeros_like(ensemble.factors[_COMMON_TREND])}
    for item in calibration.observations:
        factors[item.rule.common] = np.zeros_like(factors[item.rule.common])
        factors[item.rule.own] = factors[item.rule.own] * np.sqrt(1.0 + 1.0 / others)
    return factors


_COMMON_TREND = "inflation_trend_shock"


def _spread_of(cities: Sequence[str], observations: Sequence[Observation], origin: int, draws: Iterator[Values]) -> Spread:
    found = {}
    for city, changes in zip(cities, draws, strict=True):
        for place, item in enumerate(observations):
            for number, row in enumerate(judged_values(kind_of(item), changes[:, place])):
                found[item.name, origin + 1 + number, city] = row
    return Spread(found)


Past = dict[tuple[str, str, int], list[tuple[int, str, float]]]
"""Errors (year, city, error) by forecaster, indicator and horizon."""


def _naive(
    setting: Setting, histories: Histories, observations: Sequence[Observation], origin: int, last: int
) -> dict[str, tuple[Spread, Spread]]:
    """Naive forecasts with normal bands as wide as the forecaster's own errors so far, of all cities, at that horizon."""
    with pool_of((), setting.workers) as pool:
        calls = [delayed(_naive_of_city)(histories[city], city, observations, origin, last) for city in setting.cities]
        made = dict(zip(setting.cities, pool.run(calls), strict=True))
    past: Past = defaultdict(list)
    for city, (_, errors) in made.items():
        for key, found in errors.items():
            past[key] += [(year, city, error) for year, error in found]
    names = {key[0] for key in past}
    return {name: (_banded(name, made, past, apart=False), _banded(name, made, past, apart=True)) for name in sorted(names)}


Points = dict[tuple[str, str, int, int], float]
"""Forecasts by forecaster, indicator, year and horizon."""


def _naive_of_city(
    history: History, city: str, observations: Sequence[Observation], origin: int, last: int
) -> tuple[Points, dict[tuple[str, str, int], list[tuple[int, float]]]]:
    """Forecasts from an origin, and the errors of those from earlier ones that were known by then."""
    points, errors = Points(), defaultdict[tuple[str, str, int], list[tuple[int, float]]](list)
    known = history.as_of(origin)
    for item in observations:
        kind, published = kind_of(item), published_levels(item, known, city)
        for start in range(_FIRST_PAST_ORIGIN, origin + 1):
            ahead = last - origin if start == origin else min(HORIZON, origin - start)
            series = series_of(kind, published, start)
            if (kind != "growth" and start not in published) or len(series.values) < _FEWEST_VALUES:
                continue
            for name, changes in naive_forecasts(series, ahead).items():
                for number, value in enumerate(judged_values(kind, changes)):
                    if start == origin:
                        points[name, item.name, origin + 1 + number, number] = float(value)
                        continue
                    outcome = outcome_of(item, known, city, start, start + 1 + number)
                    if outcome is not None:
                        errors[name, item.name, min(number, HORIZON - 1)].append((outcome.year, float(value) - outcome.value))
    return points, dict(errors)


def _banded(name: str, made: Mapping[str, tuple[Points, Any]], past: Past, *, apart: bool) -> Spread:
    draws = {}
    for city, (points, _) in made.items():
        for (forecaster, indicator, year, number), value in points.items():
            if forecaster == name:
                width = _past_rms(past.get((name, indicator, min(number, HORIZON - 1)), []), apart=apart)
                draws[indicator, year, city] = value + width * _GRID
    return Spread(draws)


def _past_rms(errors: Sequence[tuple[int, str, float]], *, apart: bool) -> float:
    """Root mean square of past errors; `apart` of what they differ from the mean error of the other cities in the year."""
    if not errors:
        return float("nan")
    values = np.array([error for *_, error in errors])
    if apart:
        years = np.array([year for year, *_ in errors])
        for year in np.unique(years):
            here = years == year
            count = int(here.sum())
            values[here] = (values[here] - values[here].mean()) * count / max(count - 1, 1)
    return float(np.sqrt(np.mean(values**2)))


def _judge(
    table: Table,
    design: BacktestDesign,
    observations: Sequence[Observation],
    histories: Histories,
    forecaster: str,
    origin: int,
    spread: Spread,
    apart: Spread,
) -> None:
    """Add the judged forecasts of one origin, as they are and moved by the mean error of the other cities."""
    for item in observations:
        for part in ("rolling", "test"):
            for year in design.years(part, kind_of(item), origin):
                found = _judged(item, histories, origin, year, spread)
                middles = {city: float(np.median(spread.draws[item.name, year, city])) for city in found}
                table[Key(part, False, item.name, forecaster)] += found.values()
                table[Key(part, True, item.name, forecaster)] += _given_common(
                    item, histories, origin, year, apart, found, middles
                )


def _judged(item: Observation, histories: Histories, origin: int, year: int, spread: Spread) -> dict[str, Judged]:
    found = {}
    for city, history in histories.items():
        draws, outcome = spread.draws.get((item.name, year, city)), outcome_of(item, history, city, origin, year)
        if draws is not None and outcome is not None:
            found[city] = _one(city, origin, year, draws, outcome.value, outcome.no_change)
    return found


def _one(city: str, origin: int, year: int, draws: Values, outcome: float, no_change: float) -> Judged:
    error = float(np.median(draws)) - outcome
    return Judged(city, origin, year, error, no_change, crps(draws, outcome), band_ends(draws) - outcome)


def _given_common(
    item: Observation,
    histories: Histories,
    origin: int,
    year: int,
    apart: Spread,
    found: Mapping[str, Judged],
    middles: Mapping[str, float],
) -> list[Judged]:
    """Each city's forecast moved by the mean error of the other cities, which is the year's common factor.

    The median is that of the unconditional forecast, the spread that without common shocks.
    """
    moved = []
    for city, judged in found.items():
        others = [other.error for name, other in found.items() if name != city]
        if others:
            draws = apart.draws[item.name, year, city]
            shift = float(np.mean(others)) + float(np.median(draws)) - middles[city]
            outcome = outcome_of(item, histories[city], city, origin, year)
            if outcome is None:
                raise AssertionError("a judged target has an outcome")
            moved.append(_one(city, origin, year, draws - shift, outcome.value, judged.no_change))
    return moved


def scored(table: Table, cities: Sequence[str]) -> list[Scored]:
    """Scores of every list, pooled and by city."""
    rows = []
    for key, judged in table.items():
        groups = {POOLED: judged} | {city: [item for item in judged if item.city == city] for city in cities}
        rows += [Scored(city, key, score(items)) for city, items in groups.items() if items]
    return rows
