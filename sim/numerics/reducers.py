"""Statistics of an ensemble, gathered in chunks of fixed size and merged in chunk order, so that they depend on nothing else.

Up to EXACT draws the values are kept and quantiles are exact (linear between order statistics, as in numpy); beyond, they are
read from histograms whose bins were laid over the first chunk, and are off by at most the width of a bin.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Values = NDArray[Any]
EXACT = 100_000
BINS = 2048
_MARGIN = 0.5
_SERIES_AT_A_TIME = 16


@dataclass(frozen=True)
class Moments:
    """Count, mean and sum of squared deviations of each series [series]; merged as Chan, Golub and LeVeque do."""

    count: int
    mean: Values
    squares: Values

    @property
    def variance(self) -> Values:
        """Unbiased variance."""
        return self.squares / max(self.count - 1, 1)


def moments_of(values: Values) -> Moments:
    """Moments over the last axis."""
    count = values.shape[-1]
    mean = np.add.reduce(values, axis=-1) / max(count, 1)
    deviations = values - mean[..., np.newaxis]
    return Moments(count, mean, np.add.reduce(deviations * deviations, axis=-1))


def merged(left: Moments, right: Moments) -> Moments:
    """Moments of two groups together."""
    count = left.count + right.count
    if not count:
        return left
    shift = right.mean - left.mean
    mean = left.mean + shift * (right.count / count)
    squares = left.squares + right.squares + shift * shift * (left.count * right.count / count)
    return Moments(count, mean, squares)


@dataclass(frozen=True)
class Comoments:
    """Count, means [series] and sums of products of deviations [series, series]."""

    count: int
    mean: Values
    products: Values

    @property
    def covariance(self) -> Values:
        """Unbiased covariance."""
        return self.products / max(self.count - 1, 1)


def comoments_of(values: Values) -> Comoments:
    """Comoments of series [series, draw]. The sum is spelled out: a BLAS would add up in an order of its own."""
    count = values.shape[-1]
    mean = np.add.reduce(values, axis=-1) / max(count, 1)
    deviations = values - mean[:, np.newaxis]
    return Comoments(count, mean, np.array([np.add.reduce(row * deviations, axis=-1) for row in deviations]))


def merged_comoments(left: Comoments | None, right: Comoments | None) -> Comoments | None:
    """Comoments of two groups together; one that is not there changes nothing."""
    if left is None or right is None:
        return right if left is None else left
    count = left.count + right.count
    if not count:
        return left
    shift = right.mean - left.mean
    products = left.products + right.products + np.outer(shift, shift) * (left.count * right.count / count)
    return Comoments(count, left.mean + shift * (right.count / count), products)


class Histogram:
    """Counts per bin of each series; what falls outside is counted in the first and last bin, and smallest and largest kept."""

    def __init__(self, first: Values) -> None:
        self.low, self.high = _span(first)
        self.counts = np.zeros((len(first), BINS), dtype=np.int64)
        self.smallest = np.full(len(first), np.inf)
        self.largest = np.full(len(first), -np.inf)

    @property
    def width(self) -> Values:
        """Width of a bin of each series."""
        width: Values = (self.high - self.low) / BINS
        return width

    def add(self, values: Values) -> None:
        """Count values [series, draw]."""
        width = np.where(self.width > 0.0, self.width, 1.0)[:, np.newaxis]
        places = np.clip((values - self.low[:, np.newaxis]) / width, 0, BINS - 1).astype(np.int64)
        places += BINS * np.arange(len(values))[:, np.newaxis]
        self.counts += np.bincount(places.ravel(), minlength=self.counts.size).reshape(self.counts.shape)
        if values.shape[-1]:
            self.smallest = np.minimum(self.smallest, values.min(axis=-1))
            self.largest = np.maximum(self.largest, values.max(axis=-1))

    def quantile(self, level: float) -> Values:
        """A quantile of each series, straight within the bin that holds it."""
        total = self.counts.sum(axis=-1)
        reached = np.cumsum(self.counts, axis=-1)
        wanted = level * total
        place = np.minimum((reached < wanted[:, np.newaxis]).sum(axis=-1), BINS - 1)
        rows = np.arange(len(place))
        inside = self.counts[rows, place]
        before = reached[rows, place] - inside
        part = np.where(inside > 0, (wanted - before) / np.maximum(inside, 1), 0.0)
        found: Values = np.clip(self.low + (place + part) * self.width, self.smallest, self.largest)
        return found


def _span(first: Values) -> tuple[Values, Values]:
    """Half as wide again on both sides as the values of the first chunk."""
    low, high = first.min(axis=-1), first.max(axis=-1)
    margin = _MARGIN * (high - low)
    return low - margin, high + margin


class Gathered:
    """Everything that is gathered of some series, chunk after chunk; `expected` draws decide how quantiles are found.

    Quantiles are found by `threads` threads: selecting among numbers does not hold the interpreter's lock.
    """

    def __init__(self, expected: int, threads: int = 1) -> None:
        self._exact, self._threads = expected <= EXACT, threads
        self._kept: list[Values] = []
        self.moments: Moments | None = None
        self.histogram: Histogram | None = None

    def add(self, values: Values, moments: Moments) -> None:
        """Add a chunk [series, draw] and its moments."""
        self.moments = moments if self.moments is None else merged(self.moments, moments)
        if self._exact:
            self._kept.append(values)
        elif values.shape[-1]:
            self.histogram = Histogram(values) if self.histogram is None else self.histogram
            self.histogram.add(values)

    def quantiles(self, levels: tuple[float, ...]) -> Values:
        """[level, series]."""
        if self._exact:
            with ThreadPoolExecutor(self._threads) as pool:
                parts = list(pool.map(lambda rows: quantiles_of(np.concatenate(rows, axis=-1), levels), self._in_slices()))
            return np.concatenate(parts, axis=-1)
        if self.histogram is None:
            raise AssertionError("no chunk held a finite draw")
        return np.stack([self.histogram.quantile(level) for level in levels])

    def _in_slices(self) -> Iterator[list[Values]]:
        """The kept chunks a few series at a time, so that sorting needs little memory."""
        for start in range(0, len(self._kept[0]), _SERIES_AT_A_TIME):
            yield [chunk[start : start + _SERIES_AT_A_TIME] for chunk in self._kept]

    def quantile_error(self) -> Values | None:
        """The most by which a quantile of each series can be off; None when quantiles are exact."""
        return None if self.histogram is None else self.histogram.width

    def counts(self, bins: int) -> tuple[Values, Values]:
        """A histogram of each series as [series, bin] and the edges [series, bin + 1]."""
        if self._exact:
            values = np.concatenate(self._kept, axis=-1)
            pairs = [np.histogram(row, bins=bins) for row in values]
            return np.stack([pair[0] for pair in pairs]), np.stack([pair[1] for pair in pairs])
        if self.histogram is None:
            raise AssertionError("no chunk held a finite draw")
        together = self.histogram.counts.reshape(len(self.histogram.counts), bins, -1).sum(axis=-1)
        low, high = self.histogram.low, self.histogram.high
        return together, np.linspace(low, high, bins + 1, axis=-1)


def quantiles_of(values: Values, levels: tuple[float, ...]) -> Values:
    """Quantiles over the last axis, straight between order statistics as numpy has them; one selection serves all levels."""
    last = values.shape[-1] - 1
    below = [int(level * last) for level in levels]
    above = [min(place + 1, last) for place in below]
    ordered = np.partition(values, sorted({*below, *above}), axis=-1)
    lows, highs = ordered[..., below], ordered[..., above]
    between = np.array(levels) * last - below
    return np.moveaxis(lows + between * (highs - lows), -1, 0)


@dataclass(frozen=True)
class Share:
    """How many of how many draws met a condition."""

    met: int
    count: int

    @property
    def probability(self) -> float:
        """Share of the draws."""
        return self.met / self.count if self.count else float("nan")

    @property
    def standard_error(self) -> float:
        """Standard error of the share from finitely many draws."""
        p = self.probability
        return float(np.sqrt(p * (1.0 - p) / self.count)) if self.count else float("nan")


def series_of(values: Mapping[str, Values]) -> Values:
    """All outputs of a chunk as one array [series, draw] of doubles, in the order of the names."""
    flat = [array.reshape(math.prod(array.shape[:-1]), array.shape[-1]) for array in values.values()]
    return np.concatenate(flat, axis=0, dtype=np.float64)
