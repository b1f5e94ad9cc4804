"""Draws: which parameters differ from draw to draw, and their values for any block of draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.base.streams import normals, triangular, uniforms
from sim.ensemble.cubes import sobol_uniforms
from sim.ensemble.designs import Saltelli, Spread
from sim.ensemble.sample import NOTHING_SWEPT, Numbers, Sample, Swept
from sim.inputs.year_path import YearPath
from sim.model.binding import NOISE, SILENCE

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

    Which one a draw takes, Draws says.
    """

    first: int
    paths: Mapping[str, Values]

    @property
    def count(self) -> int:
        """Number of realisations."""
        return int(next(iter(self.paths.values())).shape[-1])

    def value(self, name: str, year: int, numbers: Numbers) -> Values:
        """The values in a year by the `numbers` of realisations, [dims..., draw]; after the last year the last holds."""
        path = self.paths[name]
        place = min(max(year - self.first, 0), len(path) - 1)
        return np.take(path[place], numbers, axis=-1)


@dataclass(frozen=True)
class Draws:
    """`count` futures. Priors are drawn by number.

    `given` holds values that were drawn elsewhere, as [dims..., draw]; `stored` factors [draw] that were, such as those of a
    posterior ensemble, and `realised` paths that were: there are fewer of them than draws, so draws share them, and future i
    takes number i modulo how many there are. Where the points of a design follow each other by rule, as those of Sobol, the
    number is drawn instead: counting on would tie it to the place of the point. A `sample` sweeps some inputs; the rest is as
    it would be, or with `silent` without yearly shocks.
    """

    count: int
    seed: int = 0
    priors: tuple[Prior, ...] = ()
    given: Mapping[str, Values] = field(default_factory=dict)
    stored: Mapping[str, Values] = field(default_factory=dict)
    realised: Realisations | None = None
    design: Design = "random"
    sample: Sample | None = None
    silent: bool = False

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"at least one draw, not {self.count}")

    def block(self, central: Mapping[str, YearPath], start: int, stop: int) -> BlockValues:
        """The exogenous values of the draws `start` to `stop` - 1."""
        given = {name: values[..., start:stop] for name, values in self.given.items()}
        swept, futures = self.swept(start, stop), self.futures(start, stop)
        shocks, projects = swept.luck("shocks", futures), self.realisations(start, stop)
        factors = self.factors(start, stop)
        return BlockValues(central, given, factors, self.seed, shocks, projects, self.realised, swept, self.silent)

    def swept(self, start: int, stop: int) -> Swept:
        """The values of the inputs that are swept."""
        return NOTHING_SWEPT if self.sample is None else Swept(self.sample.inputs, self.sample.columns(start, stop))

    def futures(self, start: int, stop: int) -> Numbers:
        """The number of the future that each draw takes: its own, or its place among the draws of its point."""
        numbers = np.arange(start, stop)
        return numbers % self.sample.members if self.sample is not None and self.sample.members else numbers

    def realisations(self, start: int, stop: int) -> Numbers | None:
        """The number of the realisation that each draw takes; None where there are none."""
        if self.realised is None:
            return None
        numbers = self.swept(start, stop).luck("projects", self.futures(start, stop))
        return self._shared("realisation", numbers, self.realised.count)

    def rows(self, start: int, stop: int) -> Numbers | None:
        """The number of the stored set of factors that each draw takes; None where none are stored."""
        if not self.stored:
            return None
        return self._shared("stored factors", self.futures(start, stop), len(next(iter(self.stored.values()))))

    @property
    def groups(self) -> int:
        """Futures whose numbers are equal modulo this share a realisation, or without any a stored set; nought for neither."""
        if self.realised is not None:
            return self.realised.count
        return len(next(iter(self.stored.values()))) if self.stored else 0

    def _shared(self, what: str, futures: Numbers, count: int) -> Numbers:
        if not self._follows_a_rule:
            return futures % count
        drawn = at_numbers(futures, partial(uniforms, self.seed, f"{what}\0shared"))
        return np.asarray(drawn * count, dtype=np.intp)

    @property
    def _follows_a_rule(self) -> bool:
        """Whether the place of a point follows from its number."""
        points = None if self.sample is None else self.sample.design
        return self.design == "sobol" or isinstance(points, Saltelli) or (isinstance(points, Spread) and points.kind == "sobol")

    def factors(self, start: int, stop: int) -> dict[str, Values]:
        """The factor of every prior, and of every parameter whose factors are stored."""
        futures = self.futures(start, stop)
        if self.design == "sobol" and self.priors:
            names = tuple(prior.name for prior in self.priors)
            uniform = sobol_uniforms(self.seed, names, start, stop)
        else:
            streams = {prior.name: partial(uniforms, self.seed, prior.name) for prior in self.priors}
            uniform = {name: at_numbers(futures, stream) for name, stream in streams.items()}
        drawn = {prior.name: triangular(uniform[prior.name], prior.low, prior.mode, prior.high) for prior in self.priors}
        rows = self.rows(start, stop)
        return drawn | {name: values[rows] for name, values in self.stored.items()}


def at_numbers(numbers: Numbers, make: Callable[[int, int], Values]) -> Values:
    """Values at some numbers, from what makes them for a range of numbers; the last axis is that of the numbers."""
    first, last = int(numbers.min()), int(numbers.max()) + 1
    values = make(first, last)
    return values if np.array_equal(numbers, np.arange(first, last)) else values[..., numbers - first]


@dataclass(frozen=True)
class BlockValues:
    """The exogenous values of a block: central paths, replaced or multiplied where they are drawn, and noise.

    `shocks` [draw] are the numbers of the futures whose noise a draw takes, `projects` those of its realisation of the ledger.
    """

    central: Mapping[str, YearPath]
    given: Mapping[str, Values]
    factors: Mapping[str, Values]
    seed: int
    shocks: Numbers
    projects: Numbers | None
    realised: Realisations | None = None
    swept: Swept = NOTHING_SWEPT
    silent: bool = False

    @property
    def drawn(self) -> frozenset[str]:
        """Names whose value differs from draw to draw."""
        paths = () if self.realised is None else self.realised.paths
        return frozenset((*self.given, *self.factors, *paths, *self.swept.names))

    def value(self, name: str, year: int) -> Values:
        """[dims..., draw] if drawn, else [dims..., 1]. Noise is one standard normal number per draw and year."""
        if name.startswith(NOISE):
            return SILENCE if self.silent else self._noise(name, year)
        if name in self.given:
            return self.given[name]
        if self.realised is not None and self.projects is not None and name in self.realised.paths:
            return self.realised.value(name, year, self.projects)
        central = self.central[name].at(year)[..., np.newaxis]
        drawn = central * self.factors[name] if name in self.factors else central
        return self.swept.value(name, year, central, drawn) if name in self.swept.names else drawn

    def _noise(self, name: str, year: int) -> Values:
        return at_numbers(self.shocks, lambda first, last: normals(self.seed, name, first, last, year))
