"""Draws: which parameters differ from draw to draw, by priors or as a sample sweeps them, and their values for any block."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Literal

import numpy as np

from sim.base.arrays import Numbers, Truths, Values
from sim.base.streams import normals, triangular, uniforms
from sim.ensemble.designs import PointDesign, Saltelli, SpreadPoints
from sim.inputs.year_path import YearPath
from sim.model.binding import NOISE, SILENCE

Role = Literal["parameter", "shocks", "projects"]


@dataclass(frozen=True, eq=False)
class Input:
    """One swept input. A parameter takes the value, or with `relative` its central path times it, with `added` its own plus it.

    `members` [dims...] says which members are swept; None means all. `first_year` is the first year in which the value holds
    (for levers, which leave the base year as it was). The value of `shocks` and `projects` is the number of a future: which
    yearly shocks a draw takes, or by which number its realisation of the ledger is drawn.
    """

    key: str
    name: str
    role: Role = "parameter"
    members: Truths | None = None
    first_year: int | None = None
    relative: bool = False
    added: bool = False

    def laid_over(self, values: Values, central: Values, year: int, column: Values) -> Values:
        """The `values` [dims..., draw] of a year, where this input is set to `column` [draw]; factors multiply `central`."""
        if self.first_year is not None and year < self.first_year:
            return values
        if self.added:
            new = values + column
        else:
            new = central * column if self.relative else np.broadcast_to(column, (*central.shape[:-1], len(column)))
        return new if self.members is None else np.where(self.members[..., np.newaxis], new, values)


@dataclass(frozen=True, eq=False)
class Sample:
    """Inputs and the design that gives their values. `members` draws stand at each point, and share no random numbers.

    The m-th draw of every point takes the same shocks, the same realisation of the ledger and the same parameters that are not
    swept, so that points differ by their inputs alone. With `members` zero every draw has random numbers of its own.
    """

    inputs: tuple[Input, ...]
    design: PointDesign
    members: int = 0

    @property
    def count(self) -> int:
        """Number of draws."""
        return self.design.count * max(self.members, 1)

    @property
    def keys(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(item.key for item in self.inputs)

    @property
    def whole(self) -> frozenset[str]:
        """Parameters of which nothing is left to be drawn, since all members are set at once."""
        set_by_sample = (item for item in self.inputs if item.role == "parameter" and not item.added)
        return frozenset(item.name for item in set_by_sample if item.members is None)

    @property
    def fingerprint(self) -> str:
        """A hash of everything that decides the values."""
        inputs = [asdict(item) | {"members": None if item.members is None else item.members.tolist()} for item in self.inputs]
        design = {"kind": type(self.design).__name__, **asdict(self.design)}
        record = json.dumps({"inputs": inputs, "design": design, "members": self.members}, sort_keys=True)
        return hashlib.sha256(record.encode()).hexdigest()

    def columns(self, start: int, stop: int) -> Values:
        """Values [input, draw] of the draws `start` to `stop` - 1."""
        if self.members <= 1:
            return self.design.columns(start, stop)
        first, last = start // self.members, (stop - 1) // self.members + 1
        points = self.design.columns(first, last)
        return points[:, np.arange(start, stop) // self.members - first]


@dataclass(frozen=True, eq=False)
class Swept:
    """A sample's values for one block: [draw] by the place of the input."""

    inputs: tuple[Input, ...]
    columns: Values

    @property
    def names(self) -> frozenset[str]:
        """Parameters that are swept."""
        return frozenset(item.name for item in self.inputs if item.role == "parameter")

    def value(self, name: str, year: int, central: Values, drawn: Values) -> Values:
        """A parameter [dims..., draw] in a year; members that are not swept stay as they were `drawn`."""
        for item, column in zip(self.inputs, self.columns, strict=True):
            if item.role == "parameter" and item.name == name:
                whole = np.broadcast_to(drawn, (*central.shape[:-1], len(column)))
                drawn = item.laid_over(whole, central, year, column)
        return drawn

    def future_of(self, role: Role, own: Numbers) -> Numbers:
        """The numbers [draw] of the futures that an input of this role takes; the draw's `own` where there is none."""
        for place, item in enumerate(self.inputs):
            if item.role == role:
                return np.asarray(self.columns[place], dtype=np.intp)
        return own


NOTHING_SWEPT = Swept((), np.zeros((0, 0)))


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

    `stored` holds factors [draw] that were drawn elsewhere, such as those of a posterior ensemble, and `realised` paths that
    were: there are fewer of them than draws, so draws share them, and future i
    takes number i modulo how many there are. Where the points of a design follow each other by rule, as those of Sobol, the
    number is drawn instead: counting on would tie it to the place of the point. A `sample` sweeps some inputs; the rest is as
    it would be, or with `silent` without yearly shocks but for those of the year `impulse`, which are one each.
    """

    count: int
    seed: int = 0
    priors: tuple[Prior, ...] = ()
    stored: Mapping[str, Values] = field(default_factory=dict)
    realised: Realisations | None = None
    sample: Sample | None = None
    silent: bool = False
    impulse: int | None = None

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError(f"at least one draw, not {self.count}")

    def block(self, central: Mapping[str, YearPath], start: int, stop: int) -> BlockValues:
        """The exogenous values of the draws `start` to `stop` - 1."""
        swept = self.swept(start, stop)
        shocks = swept.future_of("shocks", self.futures(start, stop))
        return BlockValues(self, central, self.factors(start, stop), shocks, self.realisations(start, stop), swept)

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
        numbers = self.swept(start, stop).future_of("projects", self.futures(start, stop))
        return self._shared("realisation", numbers, self.realised.count)

    def rows(self, start: int, stop: int) -> Numbers | None:
        """The number of the stored set of factors that each draw takes; None where none are stored."""
        if not self.stored:
            return None
        return self._shared("stored factors", self.futures(start, stop), len(next(iter(self.stored.values()))))

    @property
    def groups(self) -> int:
        """Futures whose numbers are equal modulo this share a realisation, or without any a stored set; zero for neither."""
        if self.realised is not None:
            return self.realised.count
        return len(next(iter(self.stored.values()))) if self.stored else 0

    def groups_of(self, numbers: Numbers) -> Numbers | None:
        """Return what each of some draws has in common with others, as a number; None where draws are independent."""
        return numbers % self.groups if self.groups > 1 else None

    def _shared(self, what: str, futures: Numbers, count: int) -> Numbers:
        points = None if self.sample is None else self.sample.design
        if not isinstance(points, Saltelli) and not (isinstance(points, SpreadPoints) and points.kind == "sobol"):
            return futures % count
        # Points that follow each other by rule would tie what they share to their place: the number is drawn instead.
        drawn = at_numbers(futures, partial(uniforms, self.seed, f"{what}\0shared"))
        return np.asarray(drawn * count, dtype=np.intp)

    def factors(self, start: int, stop: int) -> dict[str, Values]:
        """The factor of every prior, and of every parameter whose factors are stored."""
        futures = self.futures(start, stop)
        drawn, rows = dict[str, Values](), self.rows(start, stop)
        for prior in self.priors:
            uniform = at_numbers(futures, partial(uniforms, self.seed, prior.name))
            drawn[prior.name] = triangular(uniform, prior.low, prior.mode, prior.high)
        return drawn | {name: values[rows] for name, values in self.stored.items()}


def at_numbers(numbers: Numbers, make: Callable[[int, int], Values]) -> Values:
    """Values at some numbers, from what makes them for a range of numbers; the last axis is that of the numbers."""
    # A range is made as a whole and picked from: numbers of a block lie close together.
    first, last = int(numbers.min()), int(numbers.max()) + 1
    values = make(first, last)
    return values if np.array_equal(numbers, np.arange(first, last)) else values[..., numbers - first]


@dataclass(frozen=True)
class BlockValues:
    """The exogenous values of a block: central paths, replaced or multiplied where they are drawn, and noise.

    `shocks` [draw] are the numbers of the futures whose noise a draw takes, `projects` those of its realisation of the ledger.
    """

    draws: Draws
    central: Mapping[str, YearPath]
    factors: Mapping[str, Values]
    shocks: Numbers
    projects: Numbers | None
    swept: Swept

    @property
    def drawn(self) -> frozenset[str]:
        """Names whose value differs from draw to draw."""
        paths = () if self.draws.realised is None else self.draws.realised.paths
        return frozenset((*self.factors, *paths, *self.swept.names))

    def value(self, name: str, year: int) -> Values:
        """[dims..., draw] if drawn, else [dims..., 1]. Noise is one standard normal number per draw and year."""
        realised = self.draws.realised
        if name.startswith(NOISE):
            if self.draws.silent:
                return np.ones(1) if year == self.draws.impulse else SILENCE
            return at_numbers(self.shocks, lambda first, last: normals(self.draws.seed, name, first, last, year))
        if realised is not None and self.projects is not None and name in realised.paths:
            return realised.value(name, year, self.projects)
        central = self.central[name].at(year)[..., np.newaxis]
        drawn = central * self.factors[name] if name in self.factors else central
        return self.swept.value(name, year, central, drawn)
