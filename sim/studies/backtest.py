"""The backtest: forecasts from what was known then, ours and the naive ones, against what was published afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import delayed
from scipy.special import ndtri

from sim.base.arrays import Values
from sim.base.processes import timed
from sim.base.text import Text
from sim.inputs.city import history_of, read_city_file
from sim.inputs.history import History
from sim.inputs.home import Home, find_home
from sim.inputs.indicators import read_indicators
from sim.inputs.model_files import read_published
from sim.simulate.likelihood.errors_of_cities import Observation, fitted, published_levels
from sim.simulate.likelihood.hindcast import HindcastSpan
from sim.studies import forecasts
from sim.studies.calibration import (
    Progress,
    calibrate,
    ensembles,
    fit_key,
    openable,
    pool_of,
    silent,
)
from sim.studies.forecasts import HORIZON, BacktestDesign, JudgedForecast, PublishedOutcome, judged_values, kind_of, outcome_of
from sim.studies.opponents import Opponents, opponents_of, pooled_forecaster
from sim.studies.prior_forecasts import Changes, PriorDesign, from_priors, own_only

OURS, POOLED = "model", "pooled"
_FIRST_PAST_ORIGIN = 2001
_FEWEST_VALUES = 4
_GRID = ndtri((np.arange(200) + 0.5) / 200.0)
"""A normal distribution as 200 draws."""


@dataclass(frozen=True)
class Key:
    """The indicator, part and forecaster of a list of forecasts."""

    design: str
    given_common: bool
    indicator: str
    forecaster: str


Table = dict[Key, list[JudgedForecast]]


@dataclass(frozen=True)
class Scored:
    """A row of the result: whose forecasts, of which cities and years ahead (all together where None), and their worth."""

    city: str
    key: Key
    horizon: int | None
    score: forecasts.ForecastScore


Forecasts = Mapping[tuple[str, int, str], Values]
"""Draws [draw] of the judged value from one origin, by indicator, year and city."""
Pair = tuple[Forecasts, Forecasts]
"""Forecasts, and the same without the shocks that are common to all cities."""


@dataclass(frozen=True)
class BacktestSetting:
    """The cities and years of a backtest.

    With `draws`, each city takes so many sets of parameters from the priors as they were known at each origin; one that cannot
    be opened at an origin is judged there for nobody, so that all forecasters meet the same outcomes. Without, parameters are
    fitted to the history of all cities.
    """

    home: Path
    cities: tuple[str, ...]
    design: BacktestDesign
    workers: int = 1
    seed: int = 0
    draws: int = 0


@timed
def backtest(setting: BacktestSetting, progress: Progress, remark: Callable[[Text], None] = lambda _: None) -> Table:
    """Judge all forecasts of all origins; a `remark` says which cities an origin has to do without.

    Raises
    ------
    SimError
        when a city cannot be opened or fitted as of an origin.
    """
    home = find_home(setting.home)
    histories = {city: _history(home, city) for city in setting.cities}
    observations = fitted(read_published(_model_of(home, setting.cities[0]) / "published.yaml"))
    design = PriorDesign(setting.home, setting.cities, setting.design.origins, setting.draws, setting.seed)
    drawn = from_priors(design, observations, setting.workers, progress, remark) if setting.draws else {}
    naive = _naive(setting, histories, observations, _model_of(home, setting.cities[0]))
    table: Table = defaultdict(list)
    for number, (origin, last) in enumerate(setting.design.origins.items()):
        ours = _drawn(drawn[origin], observations, origin) if setting.draws else _ours(setting, observations, origin, last)
        by_forecaster = {OURS: ours} | naive.get(origin, {})
        judged = {city: history for city, history in histories.items() if not setting.draws or city in drawn[origin]}
        for item in observations:
            part, years = setting.design.targets(kind_of(item), origin)
            for year in years:
                outcomes = {city: outcome_of(item, history, city, origin, year) for city, history in judged.items()}
                for forecaster, pair in by_forecaster.items():
                    plain, moved = _judged(item.name, origin, year, outcomes, *pair)
                    table[Key(part, False, item.name, forecaster)] += plain
                    table[Key(part, True, item.name, forecaster)] += moved
        progress("backtest", number + 1, len(setting.design.origins))
    return dict(table)


def _model_of(home: Home, city: str) -> Path:
    return home.models / read_city_file(home.city_folder(city)).model


def _history(home: Home, city: str) -> History:
    """All that was published of a city, whether or not it can be opened at a base year."""
    folder, model = home.city_folder(city), _model_of(home, city)
    return history_of(folder, model, read_city_file(folder).named_regions, read_indicators(model / "indicators.yaml"))


def _ours(setting: BacktestSetting, observations: Sequence[Observation], origin: int, last: int) -> Pair:
    """The model's forecasts as of a year, with parameters that are fitted to what was known then."""
    home, design, seed = find_home(setting.home), setting.design, setting.seed
    cities = openable(home, setting.cities, origin, origin)
    spans = [HindcastSpan(setting.home, city, design.first, min(origin, design.last), as_of=origin) for city in cities]
    with pool_of(spans, setting.workers) as pool:
        found = calibrate(pool, silent, fit_key(home, spans))
        made = list(ensembles(pool, found, cities, seed, silent))
        whole = [item.factors for item in made]
        own = [own_only(item.factors, found.observations, len(found.spans)) for item in made]
        return (
            _by_target(cities, observations, origin, pool.forecasts(list(enumerate(whole)), origin, last, seed)),
            _by_target(cities, observations, origin, pool.forecasts(list(enumerate(own)), origin, last, seed)),
        )


def _drawn(changes: Mapping[str, Changes], observations: Sequence[Observation], origin: int) -> Pair:
    """The model's forecasts as of a year, with parameters from the priors that were known then."""
    whole, own = ((item[place] for item in changes.values()) for place in (0, 1))
    cities = tuple(changes)
    return _by_target(cities, observations, origin, whole), _by_target(cities, observations, origin, own)


def _by_target(cities: Sequence[str], observations: Sequence[Observation], origin: int, changes: Iterable[Values]) -> Forecasts:
    return {
        (item.name, origin + 1 + number, city): row
        for city, modelled in zip(cities, changes, strict=True)
        for place, item in enumerate(observations)
        for number, row in enumerate(judged_values(kind_of(item), modelled[:, place]))
    }


Past = dict[tuple[str, str, int], list[tuple[int, float]]]
"""Errors (year, error) by forecaster, indicator and horizon."""
Points = dict[tuple[str, str, int, int], float]
"""Forecasts by forecaster, indicator, year and horizon."""


def _naive(
    setting: BacktestSetting, histories: Mapping[str, History], observations: Sequence[Observation], model: Path
) -> dict[int, dict[str, Pair]]:
    """Opponents' forecasts by origin, with normal bands as wide as the forecaster's own errors so far, of all cities."""
    origins, pooled = setting.design.origins, pooled_forecaster(model, observations)
    rivals = {origin: opponents_of(pooled, observations, histories, origin) for origin in origins}
    with pool_of((), setting.workers) as pool:
        calls = [delayed(_naive_of_city)(histories[city], city, observations, origins, rivals) for city in setting.cities]
        made = dict(zip(setting.cities, pool.run(calls), strict=True))
    return {origin: _with_bands({city: found[origin] for city, found in made.items()}) for origin in origins}


def _with_bands(made: Mapping[str, tuple[Points, Past]]) -> dict[str, Pair]:
    past: Past = defaultdict(list)
    for _, errors in made.values():
        for key, found in errors.items():
            past[key] += found
    points = {city: found for city, (found, _) in made.items()}
    return {
        name: (_banded(name, points, past, lambda _, errors: forecasts.rms(errors)), _banded(name, points, past, _rms_apart))
        for name in sorted({key[0] for key in past})
    }


def _naive_of_city(
    history: History,
    city: str,
    observations: Sequence[Observation],
    origins: Mapping[int, int],
    rivals: Mapping[int, Opponents],
) -> dict[int, tuple[Points, Past]]:
    """Points and past errors by origin, in one process: what several origins forecast alike is smoothed once."""
    return {
        origin: _naive_at(history.as_of(origin), city, observations, (origin, last), rivals[origin])
        for origin, last in origins.items()
    }


def _naive_at(
    known: History, city: str, observations: Sequence[Observation], ends: tuple[int, int], rivals: Opponents
) -> tuple[Points, Past]:
    """Forecasts from an origin to the last year, and the errors of those from earlier origins that were known by then."""
    (origin, last), points = ends, Points()
    errors = defaultdict[tuple[str, str, int], list[tuple[int, float]]](list)
    levels = {item.name: published_levels(item, known, city) for item in observations}
    for item in observations:
        kind, published = kind_of(item), levels[item.name]
        for start in range(_FIRST_PAST_ORIGIN, origin + 1):
            ahead = last - origin if start == origin else min(HORIZON, origin - start)
            if (kind != "growth" and start not in published) or sum(year <= start for year in published) < _FEWEST_VALUES:
                continue
            past = range(start + 1, start + 1 + ahead) if start < origin else ()
            outcomes = {year: outcome_of(item, known, city, start, year) for year in past}
            for name, changes in rivals.forecasts(item, levels, known, start, ahead).items():
                for number, value in enumerate(judged_values(kind, changes)):
                    year, outcome = start + 1 + number, outcomes.get(start + 1 + number)
                    if start == origin:
                        points[name, item.name, year, number] = float(value)
                    elif outcome is not None:
                        errors[name, item.name, min(number, HORIZON - 1)].append((year, float(value) - outcome.value))
    return points, dict(errors)


def _banded(name: str, points: Mapping[str, Points], past: Past, width: Callable[[Values, Values], float]) -> Forecasts:
    """A forecaster's points with bands as wide as its past errors; a band is undefined where it has none."""
    widths = {key: width(*np.array(errors).T) for key, errors in past.items()}
    return {
        (indicator, year, city): value + widths.get((name, indicator, min(number, HORIZON - 1)), np.nan) * _GRID
        for city, own in points.items()
        for (forecaster, indicator, year, number), value in own.items()
        if forecaster == name
    }


def _rms_apart(years: Values, errors: Values) -> float:
    """Root mean square of what errors differ from the mean error of the other cities in the year."""
    _, place, count = np.unique(years, return_inverse=True, return_counts=True)
    mean = np.bincount(place, errors) / count
    return forecasts.rms((errors - mean[place]) * (count / np.maximum(count - 1, 1))[place])


def _judged(
    indicator: str,
    origin: int,
    year: int,
    outcomes: Mapping[str, PublishedOutcome | None],
    together: Forecasts,
    apart: Forecasts,
) -> tuple[list[JudgedForecast], list[JudgedForecast]]:
    """Forecasts of all cities as they are, and moved by the mean error of the other cities, the year's common factor.

    Moved, the median is that of the unconditional forecast, the spread that without common shocks.
    """
    known = {city: outcome for city, outcome in outcomes.items() if outcome is not None}
    draws = {city: together[indicator, year, city] for city in known if (indicator, year, city) in together}
    plain = {city: _one(city, origin, year, values, known[city]) for city, values in draws.items()}
    moved = []
    for city, values in draws.items():
        others = [other.error for name, other in plain.items() if name != city]
        if others:
            own = apart[indicator, year, city]
            shift = float(np.mean(others)) + float(np.median(own)) - float(np.median(values))
            moved.append(_one(city, origin, year, own - shift, known[city]))
    return list(plain.values()), moved


def _one(city: str, origin: int, year: int, draws: Values, outcome: PublishedOutcome) -> JudgedForecast:
    error = float(np.median(draws)) - outcome.value
    return JudgedForecast(
        city,
        origin,
        year,
        error,
        outcome.no_change,
        forecasts.crps(draws, outcome.value),
        forecasts.band_ends(draws) - outcome.value,
    )


def scored(table: Table, cities: Sequence[str]) -> list[Scored]:
    """Scores of every list, pooled and by city, and of each by the years ahead."""
    rows = []
    for key, judged in table.items():
        groups: dict[str, list[JudgedForecast]] = {POOLED: judged} | {city: [] for city in cities}
        for item in judged:
            groups[item.city].append(item)
        for city, items in groups.items():
            parts: dict[int | None, list[JudgedForecast]] = {None: items}
            parts |= {years: [item for item in items if _ahead(item) == years] for years in sorted(set(map(_ahead, items)))}
            rows += [Scored(city, key, years, forecasts.score(part)) for years, part in parts.items() if part]
    return rows


def _ahead(item: JudgedForecast) -> int:
    return item.year - item.origin
