"""Draws: which parameters differ from draw to draw, and their values for any block of draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.inputs.values import YearPath
from sim.model.binding import NOISE
from sim.numerics.sobol import sobol_uniforms
from sim.streams import normals, triangular, uniforms

Values = NDArray[Any]
Design = Literal["random", "sobol"]


@dataclass(frozen=True)
class DrawRequest:
    """How many draws, from which seed, on how many workers, in which precision; from the priors or the stored posterior."""

    count: int
    seed: int
    workers: int
    precision: str = "float64"
    prior: bool = False


@dataclass(frozen=True)
class Prior:
    """A triangular prior of the factor by which a parameter's central values are multiplied, in every year and member."""

    name: str
    low: float
    mode: float
    high: float


@dataclass(frozen=True)
class Realisations:
    """Paths that differ from realisation to realisation: arrays [year, dims..., realisation] by name, from the year `first` on.

    Draw i takes realisation i modulo their number.
    """

    first: int
    paths: Mapping[str, Values]

    @property
    def count(self) -> int:
        """Number of realisations."""
        return int(next(iter(self.paths.values())).shape[-1])

    def value(self, name: str, year: int, start: int, stop: int) -> Values:
        """The values of the draws `start` to `stop` - 1 in a year, [dims..., draw]; after the last year the last holds."""
        path = self.paths[name]
        place = min(max(year - self.first, 0), len(path) - 1)
        return np.take(path[place], np.arange(start, stop) % self.count, axis=-1)


@dataclass(frozen=True)
class Draws:
    """`count` futures. Priors are drawn by number.

    `given` holds values that were drawn elsewhere, as [dims..., draw]; `stored` factors [draw] that were, such as those of a
    posterior ensemble, which begin anew where there are more draws than factors: noise differs all the same. `realised` are
    paths that were realised elsewhere, and begin anew likewise.
    """

    count: int
    seed: int = 0
    priors: tuple[Prior, ...] = ()
    given: Mapping[str, Values] = field(default_factory=dict)
    stored: Mapping[str, Values] = field(default_factory=dict)
    realised: Realisations | None = None
    design: Design = "random"

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"at least one draw, not {self.count}")

    def block(self, central: Mapping[str, YearPath], start: int, stop: int) -> BlockValues:
        """The exogenous values of the draws `start` to `stop` - 1."""
        given = {name: values[..., start:stop] for name, values in self.given.items()}
        return BlockValues(central, given, self.factors(start, stop), self.seed, start, stop, self.realised)

    def factors(self, start: int, stop: int) -> dict[str, Values]:
        """The factor of every prior, and of every parameter whose factors are stored."""
        if self.design == "sobol" and self.priors:
            uniform = sobol_uniforms(self.seed, tuple(prior.name for prior in self.priors), start, stop)
        else:
            uniform = {prior.name: uniforms(self.seed, prior.name, start, stop) for prior in self.priors}
        drawn = {prior.name: triangular(uniform[prior.name], prior.low, prior.mode, prior.high) for prior in self.priors}
        return drawn | {name: values[np.arange(start, stop) % len(values)] for name, values in self.stored.items()}


@dataclass(frozen=True)
class BlockValues:
    """The exogenous values of a block: central paths, replaced or multiplied where they are drawn, and noise."""

    central: Mapping[str, YearPath]
    given: Mapping[str, Values]
    factors: Mapping[str, Values]
    seed: int
    start: int
    stop: int
    realised: Realisations | None = None

    @property
    def drawn(self) -> frozenset[str]:
        """Names whose value differs from draw to draw."""
        paths = () if self.realised is None else self.realised.paths
        return frozenset((*self.given, *self.factors, *paths))

    def value(self, name: str, year: int) -> Values:
        """[dims..., draw] if drawn, else [dims..., 1]. Noise is one standard normal number per draw and year."""
        if name.startswith(NOISE):
            return normals(self.seed, name, self.start, self.stop, year)
        if name in self.given:
            return self.given[name]
        if self.realised is not None and name in self.realised.paths:
            return self.realised.value(name, year, self.start, self.stop)
        central = self.central[name].at(year)[..., np.newaxis]
        return central * self.factors[name] if name in self.factors else central
