"""Naive forecasts, fixed before any result was seen, and the scores of forecasts with intervals from resampled years.

A level is forecast by the growth of its logarithm, a share by its change in points, growth by itself. The published series are
read as they stand. Scores are the root mean square error, bias, Theil's U, CRPS and coverage.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from sim.base.arrays import Values

Kind = Literal["growth", "level", "share"]
NAMES = ("last_growth", "mean_growth_5", "mean_growth_10", "growth_trend", "level_trend", "damped_ets", "no_change")
"""The forecasters; `no_change` is one for shares only."""
_WINDOW, _SHORT, _LONG = 10, 5, 10
_FEWEST_FOR_ETS = 5


@dataclass(frozen=True)
class Series:
    """A published series up to its origin: years in order, and values (growth as a ratio, shares as ratios, levels above 0)."""

    kind: Kind
    years: Values
    values: Values

    @property
    def levels(self) -> Values:
        """The series as something that adds up: log levels, shares, or the log level that growth makes from zero."""
        if self.kind == "growth":
            return np.concatenate([[0.0], np.cumsum(np.log1p(self.values))])
        return np.log(self.values) if self.kind == "level" else self.values

    @property
    def changes(self) -> Values:
        """Yearly changes of the levels."""
        return np.diff(self.levels)


def series_of(kind: Kind, published: Mapping[int, float], origin: int) -> Series:
    """What was published up to the origin."""
    known = {year: value for year, value in sorted(published.items()) if year <= origin}
    return Series(kind, np.array(list(known)), np.array(list(known.values())))


def naive_forecasts(series: Series, horizon: int) -> dict[str, Values]:
    """Changes [year] of the log level or share in the years after the origin, by forecaster."""
    found = {name: forecast(series, horizon) for name, forecast in _FORECASTERS.items()}
    return found if series.kind == "share" else {name: value for name, value in found.items() if name != "no_change"}


def _last(series: Series, horizon: int) -> Values:
    return np.full(horizon, series.changes[-1])


def _mean(years: int) -> Callable[[Series, int], Values]:
    return lambda series, horizon: np.full(horizon, series.changes[-years:].mean())


def _growth_trend(series: Series, horizon: int) -> Values:
    """A straight line through the last ten changes, carried on."""
    recent = series.changes[-_WINDOW:]
    slope, start = np.polyfit(np.arange(len(recent)), recent, 1)
    line: Values = start + slope * (len(recent) - 1 + np.arange(1, horizon + 1))
    return line


def _level_trend(series: Series, horizon: int) -> Values:
    """The slope of a straight line through the last ten levels, begun at the last one."""
    levels = series.levels if series.kind == "share" else np.exp(series.levels)
    recent = levels[-_WINDOW:]
    slope = np.polyfit(np.arange(len(recent)), recent, 1)[0]
    path = recent[-1] + slope * np.arange(horizon + 1)
    if series.kind == "share":
        return np.diff(path)
    return np.diff(np.log(np.maximum(path, _LEAST * recent[-1])))


_LEAST = 1e-3


def _damped(series: Series, horizon: int) -> Values:
    """Exponential smoothing with a damped trend, of the log level or the share."""
    levels = series.levels
    if len(levels) < _FEWEST_FOR_ETS:
        return _mean(_SHORT)(series, horizon)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        model = ExponentialSmoothing(levels, trend="add", damped_trend=True, initialization_method="estimated")
        path = np.concatenate([levels[-1:], model.fit().forecast(horizon)])
    return np.diff(path)


def _no_change(series: Series, horizon: int) -> Values:
    return np.zeros(horizon) if series.kind == "share" else np.full(horizon, series.changes[-1])


_FORECASTERS: dict[str, Callable[[Series, int], Values]] = {
    "last_growth": _last,
    "mean_growth_5": _mean(_SHORT),
    "mean_growth_10": _mean(_LONG),
    "growth_trend": _growth_trend,
    "level_trend": _level_trend,
    "damped_ets": _damped,
    "no_change": _no_change,
}


BANDS = (0.50, 0.80, 0.95)
_RESAMPLES = 2000
_INTERVAL = (0.05, 0.95)


@dataclass(frozen=True)
class Judged:
    """One forecast against what was published, both in per cent or points.

    `error` is that of the median, `no_change` of saying that nothing changes; `ends` are the bands' ends [band, 2] less the
    outcome, `crps` is the continuous ranked probability score.
    """

    city: str
    origin: int
    year: int
    error: float
    no_change: float
    crps: float
    ends: Values


@dataclass(frozen=True)
class Score:
    """What some forecasts are worth; coverage and width by band."""

    count: int
    years: int
    rmse: float
    bias: float
    theil_u: float
    crps: float
    coverage: tuple[float, ...]
    width: tuple[float, ...]
    rmse_interval: tuple[float, float]
    coverage_80_interval: tuple[float, float]


def score(judged: Sequence[Judged], seed: int = 0) -> Score:
    """The scores of some forecasts. Theil's U is the RMSE against that of no change (2 of Theil 1966)."""
    error = np.array([item.error for item in judged])
    still = np.array([item.no_change for item in judged])
    inside = np.stack([(item.ends[:, 0] <= 0.0) & (item.ends[:, 1] >= 0.0) for item in judged])
    width = np.stack([item.ends[:, 1] - item.ends[:, 0] for item in judged])
    years = np.array([item.year for item in judged])
    place = BANDS.index(0.80)
    return Score(
        count=len(judged),
        years=len(np.unique(years)),
        rmse=rms(error),
        bias=float(error.mean()),
        theil_u=rms(error) / rms(still) if rms(still) > 0.0 else float("nan"),
        crps=float(np.mean([item.crps for item in judged])),
        coverage=tuple(float(value) for value in inside.mean(axis=0)),
        width=tuple(float(value) for value in width.mean(axis=0)),
        rmse_interval=_interval(np.sqrt(resampled_means(years, np.square(error), seed))),
        coverage_80_interval=_interval(resampled_means(years, inside[:, place], seed)),
    )


def rms(values: Values) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


def resampled_means(years: Values, values: Values, seed: int) -> Values:
    """Means [resample] of values when whole years are drawn with replacement: errors of one year are alike."""
    distinct, place = np.unique(years, return_inverse=True)
    chosen = np.random.default_rng(seed).integers(len(distinct), size=(_RESAMPLES, len(distinct)))
    means: Values = np.bincount(place, values)[chosen].sum(axis=1) / np.bincount(place)[chosen].sum(axis=1)
    return means


def _interval(resamples: Values) -> tuple[float, float]:
    """The 90 % interval of a statistic."""
    low, high = np.quantile(resamples, _INTERVAL)
    return float(low), float(high)


def crps(draws: Values, outcome: float) -> float:
    """Continuous ranked probability score of an ensemble: E|X - y| - E|X - X'|/2, smaller is better."""
    ordered = np.sort(draws)
    count = len(ordered)
    spread = 2.0 * float(np.dot(2.0 * np.arange(1, count + 1) - count - 1, ordered)) / (count * count)
    return float(np.abs(ordered - outcome).mean()) - spread / 2.0


def band_ends(draws: Values) -> Values:
    """The ends [band, 2] of the central bands of an ensemble."""
    levels = [(0.5 - band / 2.0, 0.5 + band / 2.0) for band in BANDS]
    return np.quantile(draws, levels)
