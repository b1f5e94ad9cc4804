"""Targets of a backtest, the naive forecasts beside it, and what a forecast is worth against what was published.

Growth is judged in points of the yearly rate; a level in per cent of itself (logarithm) and a share in points, both re-anchored
at the published value of the origin. A target across a declared break is judged for nobody.

Naive forecasts were fixed before any result was seen: a level is forecast by the growth of its logarithm, a share by its change
in points, growth by itself. The published series are read as they stand. Scores are the root mean square error, bias, Theil's
U, CRPS and coverage, with intervals from resampled years.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.holtwinters import ExponentialSmoothing

from sim.base.arrays import Values
from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.inputs.history import History
from sim.simulate.likelihood.errors_of_cities import FEWEST_CHANGES, PERCENT, Observation, crosses_break, published_levels

Kind = Literal["growth", "level", "share"]
HORIZON = 4


@dataclass(frozen=True)
class BacktestDesign:
    """A backtest: the years that are fitted, the years of the break, the years of the test, all inclusive."""

    first: int
    last: int
    break_first: int
    break_last: int
    test: tuple[int, ...]

    @property
    def rolling(self) -> range:
        """Origins before the break."""
        return range(self.first + FEWEST_CHANGES, self.last)

    @property
    def origins(self) -> dict[int, int]:
        """The last year to forecast, by origin."""
        found = {origin: min(origin + HORIZON, self.last) for origin in self.rolling}
        return found | {origin: self.test[-1] for origin in (self.test[0] - 1, self.test[0]) if origin < self.test[-1]}

    def targets(self, kind: Kind, origin: int) -> tuple[str, tuple[int, ...]]:
        """The part that an origin belongs to, `rolling` or `test`, and the years that are forecast from it.

        Growth is forecast from the year before the test, levels and shares from its first year, which is their anchor.
        """
        if origin in self.rolling:
            return "rolling", tuple(range(origin + 1, self.origins[origin] + 1))
        is_anchor = origin == (self.test[0] - 1 if kind == "growth" else self.test[0])
        return "test", tuple(year for year in self.test if year > origin) if is_anchor else ()


def read_design(fit: str, gap: str, test: Sequence[str]) -> BacktestDesign:
    """A design from spans such as 2005:2016.

    Raises
    ------
    UsageError
        when a span is none, or the spans are not in order.
    """
    fitted, left_out = _span(fit, "--fit"), _span(gap, "--break")
    years = sorted({year for item in test for year in _span(item, "--test")})
    if not (fitted[0] + FEWEST_CHANGES < fitted[-1] < left_out[0] <= left_out[-1] < years[0]):
        message = Text(
            f"年份须依次为拟合（至少 {FEWEST_CHANGES + 2} 年）、断点、检验",
            f"the years must run from the fit ({FEWEST_CHANGES + 2} years or more) over the break to the test",
        )
        raise UsageError(Fault(message, Place(key=f"--fit {fit} --break {gap} --test {' '.join(test)}")))
    return BacktestDesign(fitted[0], fitted[-1], left_out[0], left_out[-1], tuple(years))


def read_fit(text: str) -> range:
    """The fitted years.

    Raises
    ------
    UsageError
        when it is no span of years, or one too short to tell anything.
    """
    years = _span(text, "--fit")
    if len(years) <= FEWEST_CHANGES:
        message = Text(f"拟合至少需要 {FEWEST_CHANGES + 1} 年", f"a fit needs at least {FEWEST_CHANGES + 1} years")
        raise UsageError(Fault(message, Place(key=f"--fit {text}"), Text("例如 2005:2023", "such as 2005:2023")))
    return years


def _span(text: str, option: str) -> range:
    """The years of a span such as 2005:2016."""
    if not re.fullmatch(r"[0-9]{4}(:[0-9]{4})?", text):
        message = Text(f"{option} {text} 不是年份", f"{option} {text} is no span of years")
        raise UsageError(Fault(message, Place(), Text("写法：2005:2016 或 2025", "write 2005:2016 or 2025")))
    first, last = int(text[:4]), int(text[-4:])
    if first > last:
        message = Text(f"{option} {text} 先后颠倒", f"{option} {text} runs backwards")
        raise UsageError(Fault(message, Place(), Text(f"写法：{last}:{first}", f"write {last}:{first}")))
    return range(first, last + 1)


@dataclass(frozen=True)
class PublishedOutcome:
    """The published outcome of one target, as the change that is judged, and the error of saying that nothing changes."""

    value: float
    no_change: float


def kind_of(observation: Observation) -> Kind:
    """Return the way in which an indicator is judged."""
    reading = observation.check.reading
    return "level" if reading == "value" else reading


def outcome_of(observation: Observation, history: History, region: str, origin: int, year: int) -> PublishedOutcome | None:
    """Return the outcome of a target; None where it is not published, or not comparable with the origin."""
    kind, published = kind_of(observation), published_levels(observation, history, region)
    last = max((known for known in published if known <= origin), default=None)
    if year not in published or last is None:
        return None
    if kind == "growth":
        still = PERCENT * (published[last] - published[year])
        return None if crosses_break(observation, history, year) else PublishedOutcome(PERCENT * published[year], still)
    if last != origin or crosses_break(observation, history, year, origin):
        return None
    change = published[year] - published[origin] if kind == "share" else np.log(published[year] / published[origin])
    return PublishedOutcome(PERCENT * float(change), -PERCENT * float(change))


def judged_values(kind: Kind, changes: Values) -> Values:
    """Forecasts as they are judged [year, ...], from yearly changes of logarithms or shares."""
    if kind == "growth":
        return PERCENT * np.expm1(changes)
    return PERCENT * np.cumsum(changes, axis=0)


_WINDOW = 10
_FEWEST_FOR_ETS = 5
_FARTHEST = 20
_LEAST = 1e-3


@dataclass(frozen=True)
class PublishedSeries:
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


def series_of(kind: Kind, published: Mapping[int, float], origin: int) -> PublishedSeries:
    """The figures published up to the origin."""
    known = {year: value for year, value in sorted(published.items()) if year <= origin}
    return PublishedSeries(kind, np.array(list(known)), np.array(list(known.values())))


def naive_forecasts(series: PublishedSeries, horizon: int) -> dict[str, Values]:
    """Changes [year] of the log level or share in the years after the origin, by forecaster."""
    found = {name: forecast(series, horizon) for name, forecast in _FORECASTERS.items()}
    return found if series.kind == "share" else {name: value for name, value in found.items() if name != "no_change"}


def _mean(years: int) -> Callable[[PublishedSeries, int], Values]:
    return lambda series, horizon: np.full(horizon, series.changes[-years:].mean())


def _growth_trend(series: PublishedSeries, horizon: int) -> Values:
    """A straight line through the last ten changes, carried on."""
    recent = series.changes[-_WINDOW:]
    line = np.polyfit(np.arange(len(recent)), recent, 1)
    return np.polyval(line, len(recent) + np.arange(horizon))


def _level_trend(series: PublishedSeries, horizon: int) -> Values:
    """The slope of a straight line through the last ten levels, begun at the last one."""
    levels = series.levels if series.kind == "share" else np.exp(series.levels)
    recent = levels[-_WINDOW:]
    slope = np.polyfit(np.arange(len(recent)), recent, 1)[0]
    path = recent[-1] + slope * np.arange(horizon + 1)
    if series.kind == "share":
        return np.diff(path)
    return np.diff(np.log(np.maximum(path, _LEAST * recent[-1])))


def _damped(series: PublishedSeries, horizon: int) -> Values:
    """Exponential smoothing with a damped trend, of the log level or the share."""
    levels = series.levels
    if len(levels) < _FEWEST_FOR_ETS:
        return _mean(5)(series, horizon)
    return _smoothed(tuple(levels.tolist()), max(horizon, _FARTHEST))[:horizon]


@lru_cache(maxsize=100_000)
def _smoothed(levels: tuple[float, ...], horizon: int) -> Values:
    """Changes after the levels; kept, since later origins ask for the errors of earlier ones again."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        model = ExponentialSmoothing(np.array(levels), trend="add", damped_trend=True, initialization_method="estimated")
        path = np.concatenate([levels[-1:], model.fit().forecast(horizon)])
    return np.diff(path)


_FORECASTERS: dict[str, Callable[[PublishedSeries, int], Values]] = {
    "last_growth": _mean(1),
    "mean_growth_5": _mean(5),
    "mean_growth_10": _mean(10),
    "growth_trend": _growth_trend,
    "level_trend": _level_trend,
    "damped_ets": _damped,
    "no_change": lambda _, horizon: np.zeros(horizon),
}
NAMES = tuple(_FORECASTERS)
"""The forecasters; `no_change` is one for shares only."""


BANDS = (0.50, 0.80, 0.95)
_RESAMPLES = 2000


@dataclass(frozen=True)
class JudgedForecast:
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
class ForecastScore:
    """The worth of some forecasts; coverage and width by band."""

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


def score(judged: Sequence[JudgedForecast], seed: int = 0) -> ForecastScore:
    """The scores of some forecasts. Theil's U is the RMSE against that of no change (2 of Theil 1966)."""
    error = np.array([item.error for item in judged])
    still = np.array([item.no_change for item in judged])
    low, high = np.moveaxis(np.stack([item.ends for item in judged]), -1, 0)
    inside = (low <= 0.0) & (high >= 0.0)
    years = np.array([item.year for item in judged])
    return ForecastScore(
        count=len(judged),
        years=len(np.unique(years)),
        rmse=rms(error),
        bias=float(error.mean()),
        theil_u=rms(error) / rms(still) if rms(still) > 0.0 else float("nan"),
        crps=float(np.mean([item.crps for item in judged])),
        coverage=tuple(inside.mean(axis=0).tolist()),
        width=tuple((high - low).mean(axis=0).tolist()),
        rmse_interval=_interval(np.sqrt(resampled_means(years, np.square(error), seed))),
        coverage_80_interval=_interval(resampled_means(years, inside[:, BANDS.index(0.80)], seed)),
    )


def rms(values: Values) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(values))))


def resampled_means(years: Values, values: Values, seed: int) -> Values:
    """Means [resample] of values when whole years are drawn with replacement: errors of one year are alike."""
    distinct, place = np.unique(years, return_inverse=True)
    chosen = np.random.default_rng(seed).integers(len(distinct), size=(_RESAMPLES, len(distinct)))
    sums, counts = np.bincount(place, values), np.bincount(place)
    return np.asarray(sums[chosen].sum(axis=1) / counts[chosen].sum(axis=1))


def _interval(resamples: Values) -> tuple[float, float]:
    """The 90 % interval of a statistic."""
    low, high = np.quantile(resamples, (0.05, 0.95)).tolist()
    return low, high


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
