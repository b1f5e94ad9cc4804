"""Statistics of an ensemble, gathered in chunks of fixed size and merged in chunk order, so that they depend on nothing else.

Up to EXACT draws the values are kept and quantiles are exact (linear between order statistics, as in numpy); beyond, they are
read from histograms, and are off by at most the width of a bin from the value that the share of the draws reaches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values

EXACT = 100_000
BINS = 2048
_MARGIN, _STILL = 0.5, 1e-9
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
    return Moments(count, mean, np.add.reduce(np.multiply(deviations, deviations, out=deviations), axis=-1))


def merged(left: Moments, right: Moments) -> Moments:
    """Moments of two groups together.

    Chunks are merged in the order of the draws: another order would round otherwise, and a run must not depend on which
    worker was quick.
    """
    count = left.count + right.count
    if not count:
        return left
    shift = right.mean - left.mean
    mean = left.mean + shift * (right.count / count)
    squares = left.squares + right.squares + shift * shift * (left.count * right.count / count)
    return Moments(count, mean, squares)


class Histogram:
    """Counts per bin of each series, over bins laid around the values of the first chunk.

    Where a later value falls outside, the bins of that series are made twice as wide as often as it takes.
    """

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
        if not values.shape[-1]:
            return
        self.smallest = np.minimum(self.smallest, values.min(axis=-1))
        self.largest = np.maximum(self.largest, values.max(axis=-1))
        self._widen()
        places = (values - self.low[:, np.newaxis]) / self.width[:, np.newaxis]
        numbers = np.clip(places, 0, BINS - 1).astype(np.int64) + BINS * np.arange(len(values))[:, np.newaxis]
        self.counts += np.bincount(numbers.ravel(), minlength=self.counts.size).reshape(self.counts.shape)

    def _widen(self) -> None:
        """Make neighbouring bins one, and lay the new ones on the side where values fell outside.

        Widths double and counts stay whole numbers, so the chunks before need not be seen again.
        """
        while True:
            below, above = self.smallest < self.low, self.largest > self.high
            if not (below | above).any():
                return
            pairs = self.counts.reshape(len(self.counts), -1, 2).sum(axis=-1)
            nothing = np.zeros_like(pairs)
            span = self.high - self.low
            self.counts[below] = np.concatenate([nothing, pairs], axis=-1)[below]
            self.low = np.where(below, self.low - span, self.low)
            above &= ~below
            self.counts[above] = np.concatenate([pairs, nothing], axis=-1)[above]
            self.high = np.where(above, self.high + span, self.high)

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
    """Half as wide again on both sides as the values of the first chunk; narrow around a value that did not move."""
    low, high = first.min(axis=-1), first.max(axis=-1)
    margin = np.maximum(_MARGIN * (high - low), _STILL * np.maximum(np.abs(low), np.abs(high)))
    margin = np.where(margin > 0.0, margin, _STILL)
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


def quantiles_of(values: Values, levels: tuple[float, ...]) -> Values:
    """Quantiles over the last axis, straight between order statistics as numpy has them; one selection serves all levels."""
    last = values.shape[-1] - 1
    below = [int(level * last) for level in levels]
    above = [min(place + 1, last) for place in below]
    ordered = np.partition(values, sorted({*below, *above}), axis=-1)
    lows, highs = ordered[..., below], ordered[..., above]
    between = np.array(levels) * last - below  # as numpy's `linear`, in its order of operations
    return np.moveaxis(lows + between * (highs - lows), -1, 0)


@dataclass(frozen=True)
class Share:
    """The number of draws, of all, that met a condition; by group where draws of a group have something in common."""

    met: int
    count: int
    groups: tuple[tuple[int, int], ...] = ()

    @property
    def probability(self) -> float:
        """Share of the draws."""
        return self.met / self.count if self.count else float("nan")

    @property
    def plain_error(self) -> float:
        """The error if every draw were a draw of its own."""
        p = (self.met + 1) / (self.count + 2)
        return float(np.sqrt(p * (1.0 - p) / (self.count + 2)))

    @property
    def standard_error(self) -> float:
        """Standard error of the share from finitely many draws, as if one more draw had met the condition and one had not.

        So none of 300 draws is not taken for impossible. Where draws share something by groups, the error of the mean over
        groups counts, if it is larger: sqrt(G/(G-1) * sum over groups of (met - p*n)^2) / count.
        """
        plain = self.plain_error
        number = len(self.groups)
        if number < 2:  # noqa: PLR2004  one group tells nothing of the spread between groups
            return plain
        spread = sum((met - self.probability * count) ** 2 for met, count in self.groups)
        return max(plain, float(np.sqrt(number / (number - 1) * spread)) / self.count)


def series_of(values: Mapping[str, Values]) -> Values:
    """All outputs of a chunk as one array [series, draw] of doubles, in the order of the names."""
    flat = [array.reshape(math.prod(array.shape[:-1]), array.shape[-1]) for array in values.values()]
    return np.concatenate(flat, axis=0, dtype=np.float64)
