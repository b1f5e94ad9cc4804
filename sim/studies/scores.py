"""Scores of forecasts: root mean square error, bias, Theil's U, CRPS and coverage, with intervals from resampled years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
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
