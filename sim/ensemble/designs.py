"""Designs of experiments: which point each draw stands at. Points are found by number, so that any block can be made by itself.

Draw i of a design of values has coordinates u_i in the unit cube, which the distributions of the inputs turn into values.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.base.streams import uniforms
from sim.ensemble.cubes import TAIL, hypercube, saltelli_halves, sobol_uniforms, walks
from sim.ensemble.distributions import Distribution

Values = NDArray[Any]
Numbers = NDArray[np.intp]
Spreading = Literal["random", "latin_hypercube", "sobol"]


class Design(Protocol):
    """Points by number; every design is a frozen dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def count(self) -> int:
        """Number of points."""
        ...

    def columns(self, start: int, stop: int) -> Values:
        """The values [input, draw] of the points `start` to `stop` - 1."""
        ...


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
        """See Design."""
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
        """See Design."""
        return np.array(self.rows)[:, start:stop]


@dataclass(frozen=True)
class Spread:
    """Points spread over the distributions of some inputs: at random, as a Latin hypercube, or by a Sobol sequence."""

    kind: Spreading
    names: tuple[str, ...]
    distributions: tuple[Distribution, ...]
    count: int
    seed: int

    def columns(self, start: int, stop: int) -> Values:
        """See Design."""
        return _valued(self.distributions, _SPREADS[self.kind](self, start, stop))


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
        from_second = self._from_second(place)
        columns = [np.where(from_second[i], second[number, i], first[number, i]) for i in range(len(self.distributions))]
        futures = [number + self.base * from_second[i] for i in range(len(self.distributions), self.inputs)]
        return np.array([*_valued(self.distributions, np.array(columns)), *futures])

    def _from_second(self, place: Numbers) -> NDArray[np.bool_]:
        """Whether each input [input, row] is taken from B."""
        own = np.arange(1, self.inputs + 1)[:, np.newaxis] == place
        return np.asarray(own | (place == self.stride - 1))


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
        """See Design."""
        unit = self.unit(start, stop)
        inner = TAIL + (1.0 - 2.0 * TAIL) * unit
        is_open = np.array([item.is_open for item in self.distributions])
        return _valued(self.distributions, np.where(is_open[:, np.newaxis], inner, unit))


def _valued(distributions: tuple[Distribution, ...], unit: Values) -> Values:
    return np.array([item.at(row) for item, row in zip(distributions, unit, strict=True)]).reshape(unit.shape)


def _random(spread: Spread, start: int, stop: int) -> Values:
    return np.array([uniforms(spread.seed, name, start, stop) for name in spread.names])


def _sobol(spread: Spread, start: int, stop: int) -> Values:
    points = sobol_uniforms(spread.seed, spread.names, start, stop)
    return np.array([points[name] for name in spread.names])


def _latin(spread: Spread, start: int, stop: int) -> Values:
    return hypercube(len(spread.names), spread.count, spread.seed)[start:stop].T


_SPREADS: dict[str, Callable[[Spread, int, int], Values]] = {"random": _random, "sobol": _sobol, "latin_hypercube": _latin}
