"""The tape: what a kernel computes, as values in single assignment. Equal expressions are one value; numbers are folded.

A value is a leaf (supplied from outside), a number, or computed from earlier values. Its phase says how often it must be
computed; its dims are those over which it really varies: a dimension with one member, or one over which it is merely repeated,
is left out, and comes back where the value meets an array that has it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

import numpy as np

Settings = tuple[Any, ...]


class Phase(IntEnum):
    """The moments at which a value changes. STEP and END never meet in one value."""

    ONCE = 0
    """At the start of the run: constant, or one value a draw."""
    YEAR = 1
    """On 1 January."""
    STEP = 2
    """At every evaluation of the rates."""
    END = 3
    """On 31 December, after the last step: events and the year's report."""


class _NotComputed:
    """Answers of leaves and numbers where a computed value is asked for its operation."""

    operation: ClassVar[str] = ""
    inputs: ClassVar[tuple[int, ...]] = ()
    settings: ClassVar[Settings] = ()


@dataclass(frozen=True)
class Leaf(_NotComputed):
    """Supplied from outside: a parameter, a stock, the time."""

    name: str
    dims: tuple[str, ...]
    phase: Phase


@dataclass(frozen=True)
class Constant(_NotComputed):
    """A literal number."""

    value: float
    dims: tuple[str, ...] = ()


@dataclass(frozen=True)
class Computed:
    """An operation on earlier values. `settings` are axes and members, counted without the axes that were left out."""

    operation: str
    inputs: tuple[int, ...]
    dims: tuple[str, ...]
    settings: Settings = ()


Value = Leaf | Constant | Computed

COMMUTATIVE = frozenset({"add", "multiply", "maximum", "minimum", "logical_and", "logical_or"})
TRUTHS = frozenset({"greater", "greater_equal", "less", "less_equal", "not_equal", "logical_and", "logical_or", "logical_not"})
VIEWS = frozenset({"at", "part", "align", "repeat"})
_KEEP_POSITIVE = frozenset({"add", "multiply", "divide", "minimum", "sqrt", "total", "at", "part", "align", "repeat", "stack"})
_LARGEST_WHOLE_POWER = 64


class Tape:
    """Values in an order in which they can be computed; most methods return a value's number.

    `positive` are names of leaves whose value is above zero in every run.
    """

    def __init__(self, sizes: Mapping[str, int], positive: frozenset[str] = frozenset()) -> None:
        self.sizes, self.positive = sizes, positive
        self.values: list[Value] = []
        self.phases: list[Phase] = []
        self.owners: list[str] = []
        self.owner = ""
        self._known: dict[Value, int] = {}
        self._order = {name: place for place, name in enumerate(sizes)}

    def __getstate__(self) -> dict[str, Any]:
        """Return what is kept of a tape to which nothing more is added."""
        return {**vars(self), "_known": {}}

    def leaf(self, name: str, dims: Iterable[str], phase: Phase) -> int:
        """A value supplied from outside."""
        return self.put(Leaf(name, self.kept(dims), phase), phase)

    def number(self, value: float) -> int:
        """A literal."""
        return self.put(Constant(float(value)), Phase.ONCE)

    def kept(self, dims: Iterable[str]) -> tuple[str, ...]:
        """Dimensions with more than one member."""
        return tuple(name for name in dims if self.sizes[name] > 1)

    def dims(self, value: int) -> tuple[str, ...]:
        """Dimensions over which a value varies."""
        return self.values[value].dims

    def cells(self, value: int) -> int:
        """Number of cells of a value, without the draws."""
        return math.prod(self.sizes[name] for name in self.dims(value))

    def apply(self, name: str, *inputs: int) -> int:
        """An elementwise operation; inputs are aligned by the names of their dimensions."""
        simpler = self._simpler(name, inputs)
        if simpler is not None:
            return simpler
        if name == "where" and self.values[inputs[0]].operation not in TRUTHS:
            # A condition that was stacked, or chosen from others, stands as numbers.
            inputs = (self.apply("not_equal", inputs[0], self.number(0.0)), *inputs[1:])
        dims = self.ordered({dim for value in inputs for dim in self.dims(value)})
        aligned = [self.aligned(value, dims) for value in inputs]
        # One order for both ways of writing: a + b and b + a are one value (and the same to the last bit).
        return self.compute(name, tuple(sorted(aligned) if name in COMMUTATIVE else aligned), dims)

    def compute(self, name: str, inputs: tuple[int, ...], dims: tuple[str, ...], settings: Settings = ()) -> int:
        """An operation whose inputs are as it wants them; it changes when they do, but a total of the year only at its end."""
        latest = max((self.phases[value] for value in inputs), default=Phase.ONCE)
        return self.put(Computed(name, inputs, dims, settings), Phase.END if name == "integral" else latest)

    def at(self, value: int, dim: str, member: int) -> int:
        """One member of a dimension, as a view."""
        dims = self.dims(value)
        if dim not in dims:
            return value
        rest = tuple(name for name in dims if name != dim)
        return self.compute("at", (value,), rest, (dims.index(dim), member))

    def part(self, value: int, dim: str, start: int, stop: int) -> int:
        """Neighbouring members of a dimension, as a view that only `total` may read."""
        return self.compute("part", (value,), self.dims(value), (self.dims(value).index(dim), start, stop))

    def total(self, value: int, over: tuple[str, ...]) -> int:
        """Sum over dimensions; a dimension over which the value is repeated counts as often as it has members."""
        dims = self.dims(value)
        axes = tuple(dims.index(name) for name in dims if name in over)
        times = math.prod(self.sizes[name] for name in over if name not in dims)
        rest = tuple(name for name in dims if name not in over)
        summed = self.compute("total", (value,), rest, (axes,)) if axes else value
        return self.apply("multiply", self.number(times), summed)

    def repeated(self, value: int, dim: str) -> int:
        """A view with the dimension made explicit."""
        dims = self.dims(value)
        if dim in dims or self.sizes[dim] == 1:
            return value
        wider = self.ordered({*dims, dim})
        return self.compute("repeat", (value,), wider, (wider.index(dim), self.sizes[dim]))

    def is_positive(self, value: int) -> bool:
        """Tell whether a value is known to be above zero."""
        item = self.values[value]
        if isinstance(item, Constant):
            return item.value > 0.0
        if isinstance(item, Leaf):
            return item.name.split("@")[0] in self.positive
        if item.operation in _KEEP_POSITIVE:
            return all(self.is_positive(child) for child in item.inputs)
        return item.operation == "exp" or (item.operation == "maximum" and any(map(self.is_positive, item.inputs)))

    def is_number(self, value: int, number: float) -> bool:
        """Tell whether a value is this literal."""
        return self._number_of(value) == number

    def without_sign(self, scale: int, value: int) -> tuple[int, int]:
        """(-x)*1 as (-1)*x, so that it is seen to cancel x."""
        item = self.values[scale]
        if self.is_number(value, 1.0) and item.operation == "negative":
            return self.number(-1.0), item.inputs[0]
        if self.is_number(value, 1.0) and item.operation == "multiply" and self.number(-1.0) in item.inputs:
            return self.number(-1.0), next(part for part in item.inputs if not self.is_number(part, -1.0))
        return scale, value

    def is_time(self, value: int) -> bool:
        """Tell whether a value is the time itself."""
        item = self.values[value]
        return isinstance(item, Leaf) and item.name.split("@")[0] == "time"

    def known_log(self, value: int) -> int | None:
        """The logarithm of a value, if it was taken before."""
        return self._known.get(Computed("log", (value,), self.dims(value)))

    def power(self, base: int, exponent: int) -> int:
        """base**exponent: products for whole numbers, else exp(exponent*log(base)).

        A real power has a positive base. Otherwise the result is not a number here, and the run says where; numpy has numbers
        for 0**a and for a negative base whose exponent, though not written as a whole number, is one.
        """
        fixed = self._number_of(exponent)
        if fixed == 0.5:  # noqa: PLR2004  the square root
            return self.apply("sqrt", base)
        if fixed is not None and abs(fixed) <= _LARGEST_WHOLE_POWER and fixed.is_integer():
            return self._whole_power(base, int(fixed))
        return self.apply("exp", self.apply("multiply", exponent, self.apply("log", base)))

    def integral(self, value: int) -> int:
        """The total of a rate over the year, with the method's own weights; what stands still within it is its own total."""
        if self.phases[value] <= Phase.YEAR:
            return value
        return self.compute("integral", (value,), self.dims(value))

    def ordered(self, dims: set[str]) -> tuple[str, ...]:
        """Dimensions in the order of the model."""
        return tuple(sorted(dims, key=self._order.__getitem__))

    def _whole_power(self, base: int, exponent: int) -> int:
        power, square, left = self.number(1.0), base, abs(exponent)
        while left:
            power = self.apply("multiply", power, square) if left % 2 else power
            left //= 2
            square = self.apply("multiply", square, square) if left else square
        return power if exponent >= 0 else self.apply("divide", self.number(1.0), power)

    def copied(self, item: Value, phase: Phase, moved: Mapping[int, int]) -> int:
        """A value of another tape, its inputs by their numbers here."""
        if not isinstance(item, Computed):
            return self.put(item, phase)
        inputs = [moved[child] for child in item.inputs]
        ordered = sorted(inputs) if item.operation in COMMUTATIVE else inputs
        return self.compute(item.operation, tuple(ordered), item.dims, item.settings)

    def put(self, value: Value, phase: Phase) -> int:
        """A value, which is the one that stands there already where it is equal."""
        if value not in self._known:
            self._known[value] = len(self.values)
            self.values.append(value)
            self.phases.append(phase)
            self.owners.append(self.owner)
        return self._known[value]

    def aligned(self, value: int, dims: tuple[str, ...]) -> int:
        """A value whose axes numpy puts where `dims` have them: it aligns from the right, so a gap in between must be said."""
        have = self.dims(value)
        if not have or dims[-len(have) :] == have:
            return value
        wanted = dims[dims.index(have[0]) :]
        return self.compute("align", (value,), have, tuple(name in have for name in wanted))

    def _simpler(self, name: str, inputs: tuple[int, ...]) -> int | None:
        """Return the value that an operation comes to without being computed; None where it must be."""
        numbers = [self._number_of(value) for value in inputs]
        known = [number for number in numbers if number is not None]
        if name == "where":
            return None if numbers[0] is None else inputs[1 if numbers[0] else 2]
        if len(known) == len(numbers):
            # Folded here once, by the function of numpy that the step would call, and so to the same bit.
            with np.errstate(all="ignore"):
                return self.number(float(getattr(np, name)(*known)))
        if not known:
            return self._cancelled(name, inputs)
        neutral = {"add": 0.0, "multiply": 1.0}.get(name)
        if neutral is not None and neutral in numbers:
            return inputs[1 - numbers.index(neutral)]
        return inputs[0] if (name, numbers[-1]) in {("subtract", 0.0), ("divide", 1.0)} else None

    def _cancelled(self, name: str, inputs: tuple[int, ...]) -> int | None:
        inner = self.values[inputs[0]]
        if name == "positive":
            return inputs[0]
        if name == "subtract" and inputs[0] == inputs[1]:
            return self.number(0.0)
        return inner.inputs[0] if name == "log" and inner.operation == "exp" else None

    def _number_of(self, value: int) -> float | None:
        found = self.values[value]
        return found.value if isinstance(found, Constant) else None
