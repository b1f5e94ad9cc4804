"""Designs of experiments: which point each draw stands at. Points are found by number, so that any block can be made by itself.

Draw i of a design of values has coordinates u_i in the unit cube, which the distributions of the inputs turn into values by the
inverse of their distribution functions. A distribution may be cut off at two ends; what is cut away is shared out over the
rest: x = F^-1(F(low) + u (F(high) - F(low))). A Sobol sequence is known point by point; the other sets of scipy.stats.qmc are
made as a whole and kept, since a part cannot be made alone.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from sim.base.arrays import Values
from sim.base.streams import triangular, uniforms

Spreading = Literal["random", "latin_hypercube", "sobol"]


@dataclass(frozen=True)
class Grid:
    """All combinations of the levels of some inputs; the last input changes fastest."""

    levels: tuple[tuple[float, ...], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of levels of each input."""
        return tuple(len(item) for item in self.levels)

    @property
    def count(self) -> int:
        """Number of points."""
        return math.prod(self.shape)

    def columns(self, start: int, stop: int) -> Values:
        """The values [input, draw] of the points `start` to `stop` - 1."""
        places = np.unravel_index(np.arange(start, stop), self.shape)
        return np.array([np.array(level)[place] for level, place in zip(self.levels, places, strict=True)])


@dataclass(frozen=True)
class Listed:
    """Points that are listed one by one: the n-th point takes the n-th value of every input."""

    rows: tuple[tuple[float, ...], ...]

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.rows[0])

    def columns(self, start: int, stop: int) -> Values:
        """The values [input, draw] of the points `start` to `stop` - 1."""
        return np.array(self.rows)[:, start:stop]


@dataclass(frozen=True)
class SpreadPoints:
    """Points spread over the distributions of some inputs: at random, as a Latin hypercube, or by a Sobol sequence."""

    kind: Spreading
    names: tuple[str, ...]
    distributions: tuple[Distribution, ...]
    count: int
    seed: int

    def columns(self, start: int, stop: int) -> Values:
        """The values [input, draw] of the points `start` to `stop` - 1."""
        if self.kind == "random":
            unit = np.array([uniforms(self.seed, name, start, stop) for name in self.names])
        elif self.kind == "sobol":
            points = sobol_uniforms(self.seed, self.names, start, stop)
            unit = np.array([points[name] for name in self.names])
        else:
            unit = hypercube(len(self.names), self.count, self.seed)[start:stop].T
        return _valued(self.distributions, unit)


@dataclass(frozen=True)
class Saltelli:
    """The design of Saltelli (2010) for first-order and total indices: for each of `base` points j the rows

    A_j, then A_j with input i taken from B_j for each i, then B_j. A and B are the two halves of a scrambled Sobol sequence.
    `groups` are further inputs whose value is the number of a future; A takes number j, B number `base` + j.
    """

    distributions: tuple[Distribution, ...]
    base: int
    seed: int
    groups: int = 0

    @property
    def inputs(self) -> int:
        """Inputs whose indices are wanted."""
        return len(self.distributions) + self.groups

    @property
    def stride(self) -> int:
        """Rows of one base point."""
        return self.inputs + 2

    @property
    def count(self) -> int:
        """Number of rows."""
        return self.base * self.stride

    def columns(self, start: int, stop: int) -> Values:
        """Values [input, row]."""
        number, place = np.divmod(np.arange(start, stop), self.stride)
        first, second = saltelli_halves(len(self.distributions), self.base, self.seed)
        own = np.arange(1, self.inputs + 1)[:, np.newaxis] == place
        from_second = own | (place == self.stride - 1)  # [input, row]: the input is taken from B
        columns = [np.where(from_second[i], second[number, i], first[number, i]) for i in range(len(self.distributions))]
        futures = [number + self.base * from_second[i] for i in range(len(self.distributions), self.inputs)]
        return np.array([*_valued(self.distributions, np.array(columns)), *futures])


@dataclass(frozen=True)
class Morris:
    """Trajectories of Morris (1991): from a random point of a grid of four levels, each input moves once by two thirds.

    Where a distribution has no ends, the levels span the middle 95 % of it: the ends of its cube lie infinitely far away.
    """

    distributions: tuple[Distribution, ...]
    trajectories: int
    seed: int

    @property
    def stride(self) -> int:
        """Rows of one trajectory."""
        return len(self.distributions) + 1

    @property
    def count(self) -> int:
        """Number of rows."""
        return self.trajectories * self.stride

    def unit(self, start: int, stop: int) -> Values:
        """Coordinates [input, row] in the unit cube."""
        return walks(len(self.distributions), self.trajectories, self.seed)[:, start:stop]

    def columns(self, start: int, stop: int) -> Values:
        """The values [input, draw] of the points `start` to `stop` - 1."""
        unit = self.unit(start, stop)
        inner = TAIL + (1.0 - 2.0 * TAIL) * unit
        is_open = np.array([item.is_open for item in self.distributions])
        return _valued(self.distributions, np.where(is_open[:, np.newaxis], inner, unit))


PointDesign = Grid | Listed | SpreadPoints | Saltelli | Morris
"""Points by number."""


def _valued(distributions: tuple[Distribution, ...], unit: Values) -> Values:
    return np.array([item.at(row) for item, row in zip(distributions, unit, strict=True)]).reshape(unit.shape)


LEVELS = 4
"""Levels of the grid on which Morris walks; a step leads over half of them."""
STEP = LEVELS / (2.0 * (LEVELS - 1))
"""Length of a step."""
TAIL = 0.025
"""The part that Morris leaves out at either end of a distribution without ends."""


def sobol_uniforms(seed: int, names: tuple[str, ...], start: int, stop: int) -> dict[str, Values]:
    """Numbers in (0, 1) for each name; the n-th name is the n-th dimension, so another name at the end changes nothing.

    Each dimension is rotated by a number of its own (Cranley and Patterson), which depends on the seed and the name.
    """
    from scipy.stats import qmc  # scipy.stats takes half a second to import, and only a Sobol design wants it

    sequence = qmc.Sobol(d=len(names), scramble=False)
    if start:  # the points before are passed over, as if they had been drawn
        sequence.fast_forward(start)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The balance properties", category=UserWarning)  # a block may be any part
        points = sequence.random(stop - start)
    shifts = np.array([uniforms(seed, f"{name}\0shift", 0, 1)[0] for name in names])
    rotated = np.clip((points + shifts) % 1.0, 2.0**-53, 1.0 - 2.0**-53)
    return {name: rotated[:, place] for place, name in enumerate(names)}


@lru_cache(maxsize=2)
def hypercube(inputs: int, count: int, seed: int) -> Values:
    """A Latin hypercube [draw, input]."""
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(inputs, rng=np.random.default_rng(seed)).random(count))


@lru_cache(maxsize=2)
def saltelli_halves(inputs: int, base: int, seed: int) -> tuple[Values, Values]:
    """A and B of Saltelli's design, each [base, input]: the halves of a scrambled Sobol sequence of twice the dimensions."""
    from scipy.stats import qmc

    if not inputs:
        return np.zeros((base, 0)), np.zeros((base, 0))
    points = qmc.Sobol(2 * inputs, scramble=True, rng=np.random.default_rng(seed)).random(base)
    return points[:, :inputs], points[:, inputs:]


@lru_cache(maxsize=2)
def walks(inputs: int, trajectories: int, seed: int) -> Values:
    """Coordinates [input, row] of the trajectories of Morris, one after another, each of inputs + 1 points."""
    random = np.random.default_rng(seed)
    unit = np.empty((trajectories, inputs + 1, inputs))
    for walk in unit:
        down = random.integers(2, size=inputs).astype(bool)
        walk[:] = random.integers(LEVELS // 2, size=inputs) / (LEVELS - 1.0) + STEP * down
        for row, moved in enumerate(random.permutation(inputs), start=1):
            walk[row:, moved] += -STEP if down[moved] else STEP
    return unit.reshape(-1, inputs).T


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
        """Tell whether it has no ends of its own, or ends that lie far out in its tails."""
        return self.kind in {"normal", "lognormal"}

    def at(self, uniform: Values) -> Values:
        """The values [draw] at the probabilities `uniform` in [0, 1]."""
        match self.kind:
            case "uniform":
                low, high = self.numbers
                return low + uniform * (high - low)
            case "triangular":
                return triangular(uniform, *self.numbers)
            case "normal":
                mean, sd = self.numbers
                inner = _cut((self.low - mean) / sd, (self.high - mean) / sd, uniform)
                return np.asarray(np.clip(mean + sd * inner, self.low, self.high))
            case "lognormal":
                centre, sigma = np.log(self.numbers)
                low = -np.inf if self.low <= 0.0 else np.log(self.low)
                high = np.log(self.high) if self.high < np.inf else np.inf
                inner = _cut((low - centre) / sigma, (high - centre) / sigma, uniform)
                return np.asarray(np.clip(np.exp(centre + sigma * inner), self.low, self.high))
            case "values":
                places = np.minimum((uniform * len(self.numbers)).astype(np.intp), len(self.numbers) - 1)
                return np.asarray(np.array(self.numbers)[places])
            case "sample":
                last = len(self.numbers) - 1
                return np.asarray(np.interp(uniform * last, np.arange(last + 1), np.sort(self.numbers)))


def _cut(low: float, high: float, u: Values) -> Values:
    """Standard normal numbers between two ends; zero and one, which are infinitely far, come as near as doubles allow."""
    from scipy.special import ndtr, ndtri  # a quarter of a second to import, which a plain run need not spend

    below, above = ndtr(low), ndtr(high)
    tiny = np.finfo(float).tiny
    return np.asarray(ndtri(np.clip(below + u * (above - below), tiny, 1.0 - np.finfo(float).epsneg)))
