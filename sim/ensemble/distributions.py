"""Distributions of swept inputs, each as the inverse of its distribution function, so that any even design can be used.

A distribution may be cut off at two ends; what is cut away is shared out over the rest:
x = F^-1(F(low) + u (F(high) - F(low))).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.base.streams import triangular

Values = NDArray[Any]
Kind = Literal["uniform", "triangular", "normal", "lognormal", "values", "sample"]


@dataclass(frozen=True)
class Distribution:
    """A distribution of one input.

    `numbers` are low and high; low, mode and high; mean and standard deviation; median and factor, which is exp(sigma); for
    `values` what is equally likely; for `sample` numbers that were drawn elsewhere, whose quantiles are taken straight between
    order statistics.
    """

    kind: Kind
    numbers: tuple[float, ...]
    low: float = -np.inf
    high: float = np.inf

    @property
    def is_open(self) -> bool:
        """Whether it has no ends of its own, or ends that lie far out in its tails."""
        return self.kind in {"normal", "lognormal"}

    def at(self, uniform: Values) -> Values:
        """The values [draw] at the probabilities `uniform` in [0, 1]."""
        values: Values = _INVERSES[self.kind](self, uniform)
        return values


def _uniform(it: Distribution, u: Values) -> Values:
    low, high = it.numbers
    return low + u * (high - low)


def _triangular(it: Distribution, u: Values) -> Values:
    return triangular(u, *it.numbers)


def _normal(it: Distribution, u: Values) -> Values:
    mean, sd = it.numbers
    return np.asarray(np.clip(mean + sd * _cut((it.low - mean) / sd, (it.high - mean) / sd, u), it.low, it.high))


def _lognormal(it: Distribution, u: Values) -> Values:
    centre, sigma = np.log(it.numbers)
    low, high = (-np.inf if it.low <= 0.0 else np.log(it.low)), np.log(it.high) if it.high < np.inf else np.inf
    return np.asarray(
        np.clip(np.exp(centre + sigma * _cut((low - centre) / sigma, (high - centre) / sigma, u)), it.low, it.high)
    )


def _cut(low: float, high: float, u: Values) -> Values:
    """Standard normal numbers between two ends; nought and one, which are infinitely far, come as near as doubles allow."""
    from scipy.special import ndtr, ndtri  # a quarter of a second to import, which a plain run need not spend

    below, above = ndtr(low), ndtr(high)
    tiny = np.finfo(float).tiny
    return np.asarray(ndtri(np.clip(below + u * (above - below), tiny, 1.0 - np.finfo(float).epsneg)))


def _values(it: Distribution, u: Values) -> Values:
    listed = np.array(it.numbers)
    return np.asarray(listed[np.minimum((u * len(listed)).astype(np.intp), len(listed) - 1)])


def _sample(it: Distribution, u: Values) -> Values:
    return np.asarray(np.interp(u * (len(it.numbers) - 1), np.arange(len(it.numbers)), np.sort(it.numbers)))


_INVERSES: dict[str, Callable[[Distribution, Values], Values]] = {
    "uniform": _uniform,
    "triangular": _triangular,
    "normal": _normal,
    "lognormal": _lognormal,
    "values": _values,
    "sample": _sample,
}
