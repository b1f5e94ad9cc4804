"""A sample: which inputs are swept, and their values draw by draw. Its fingerprint says which sample some outputs belong to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.designs import Design

Values = NDArray[Any]
Numbers = NDArray[np.intp]
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
    members: NDArray[np.bool_] | None = None
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
    """Inputs and the design that gives their values. `members` draws stand at each point, and share no luck with each other.

    The m-th draw of every point takes the same shocks, the same realisation of the ledger and the same parameters that are not
    swept, so that points differ by their inputs alone. With `members` nought every draw has luck of its own.
    """

    inputs: tuple[Input, ...]
    design: Design
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
    def names(self) -> frozenset[str]:
        """Parameters that are swept."""
        return frozenset(item.name for item in self.inputs if item.role == "parameter")

    @property
    def whole(self) -> frozenset[str]:
        """Parameters of which nothing is left to be drawn, since all members are swept at once."""
        return frozenset(item.name for item in self.inputs if item.role == "parameter" and item.members is None)

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
    _by_name: Mapping[str, list[int]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        places: dict[str, list[int]] = {}
        for place, item in enumerate(self.inputs):
            if item.role == "parameter":
                places.setdefault(item.name, []).append(place)
        object.__setattr__(self, "_by_name", places)

    @property
    def names(self) -> frozenset[str]:
        """Parameters that are swept."""
        return frozenset(self._by_name)

    def value(self, name: str, year: int, central: Values, drawn: Values) -> Values:
        """A swept parameter [dims..., draw] in a year; members that are not swept stay as they were `drawn`."""
        values = np.broadcast_to(drawn, (*central.shape[:-1], self.columns.shape[-1]))
        for place in self._by_name[name]:
            values = self.inputs[place].laid_over(values, central, year, self.columns[place])
        return values

    def luck(self, role: Role, own: Numbers) -> Numbers:
        """The numbers [draw] of the futures that an input of this role takes; the draw's `own` where there is none."""
        for place, item in enumerate(self.inputs):
            if item.role == role:
                return np.asarray(self.columns[place], dtype=np.intp)
        return own


NOTHING_SWEPT = Swept((), np.zeros((0, 0)))
