"""The graph's parts: a node reads a name, is a literal, or applies an operation to other nodes.

Arrays have one axis per dimension of the node and the draw axis last. Elementwise operations receive inputs that are already
aligned to the dimensions of the result; structural ones receive inputs as they are, with axis numbers in `settings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np

from sim.base.arrays import Values

NO_SETTINGS: Mapping[str, Any] = {}


UNTIL_TURN = "until turn"
"""A name that reads one until the events of the turn of the year are over, and zero when the year is reported."""


@dataclass(frozen=True, eq=False)
class Read:
    """The value of a name: a variable, stock, parameter, `time`, or a hidden quantity."""

    name: str
    dims: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Literal:
    """A number written in an equation; bare, unless a library function knows that it counts years."""

    value: float
    unit: str = "ratio"
    dims: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Apply:
    """An operation on other nodes; `dims` are those of the result, in the order of the model."""

    operation: Operation
    inputs: tuple[Node, ...]
    dims: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=lambda: NO_SETTINGS)


Node = Read | Literal | Apply


def walk(node: Node) -> Iterator[Node]:
    """Every node below `node`, itself included, each once, inputs first."""
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(node, False)]
    while stack:
        current, expanded = stack.pop()
        if expanded:
            yield current
        elif id(current) not in seen:
            seen.add(id(current))
            stack.append((current, True))
            if isinstance(current, Apply):
                stack.extend((child, False) for child in current.inputs)


def names_read(node: Node) -> tuple[str, ...]:
    """The names that a node reads, each once, in order of first use."""
    return tuple(dict.fromkeys(part.name for part in walk(node) if isinstance(part, Read)))


@dataclass(frozen=True)
class HiddenStock:
    """A stock that a library function needs for itself. `yearly_total` ones start each year at zero."""

    name: str
    dims: tuple[str, ...]
    initial: Node
    rate: Node
    like: Node
    yearly_total: bool = False


@dataclass(frozen=True)
class Frozen:
    """A value taken once at the start: `initial(x)`, or a starting rate that turns a base-year total into a rate."""

    name: str
    node: Node
    growth: Node | None = None


class UnitRule(Enum):
    """Rules of what an operation asks of the units of its inputs, and what unit it returns."""

    SAME = "the unit of the first input"
    ALIKE = "all inputs of one unit, which is returned"
    PRODUCT = "the product of the units"
    QUOTIENT = "the quotient of the units"
    POWER = "a power: the exponent is a bare number, and so is the base unless the exponent is a literal"
    ROOT = "the square root of the unit"
    PLAIN = "bare numbers only"
    COMPARISON = "all inputs of one unit; the answer is a truth value"
    CHOICE = "a truth value and two inputs of one unit, which is returned"


@dataclass(frozen=True)
class Operation:
    """A named operation; `elementwise` ones align their inputs by dimension name."""

    name: str
    compute: Callable[..., Values]
    unit_rule: UnitRule
    elementwise: bool = True


def _ufuncs(rule: UnitRule, *functions: np.ufunc) -> dict[str, Operation]:
    return {function.__name__: Operation(function.__name__, function, rule) for function in functions}


UFUNCS: dict[str, Operation] = {
    **_ufuncs(UnitRule.ALIKE, np.add, np.subtract, np.maximum, np.minimum),
    **_ufuncs(UnitRule.PRODUCT, np.multiply),
    **_ufuncs(UnitRule.QUOTIENT, np.divide),
    **_ufuncs(UnitRule.POWER, np.power),
    **_ufuncs(UnitRule.ROOT, np.sqrt),
    **_ufuncs(UnitRule.SAME, np.negative, np.positive, np.absolute),
    **_ufuncs(UnitRule.PLAIN, np.exp, np.log, np.expm1, np.log1p, np.tanh),
    **_ufuncs(UnitRule.PLAIN, np.logical_and, np.logical_or, np.logical_not),
    **_ufuncs(UnitRule.COMPARISON, np.greater, np.greater_equal, np.less, np.less_equal),
}
WHERE = Operation("where", np.where, UnitRule.CHOICE)


def _total(x: Values, *, axes: tuple[int, ...]) -> Values:
    summed: Values = np.add.reduce(x, axis=axes)
    return summed


def _at(x: Values, *, axis: int, member: int) -> Values:
    return x[(slice(None),) * axis + (member,)]


def _stack(*parts: Values, axis: int) -> Values:
    return np.stack(np.broadcast_arrays(*parts), axis=axis)


def _place(x: Values, *, axis: int, member: int, size: int) -> Values:
    placed = np.zeros((*x.shape[:axis], size, *x.shape[axis:]))
    placed[(slice(None),) * axis + (member,)] = x
    return placed


def _shift(x: Values, *, axis: int, keep_last: bool) -> Values:
    shifted = np.zeros_like(x)
    moved = np.moveaxis(shifted, axis, 0)
    source = np.moveaxis(x, axis, 0)
    moved[1:] = source[:-1]
    if keep_last:
        moved[-1] += source[-1]
    return shifted


def _regroup(x: Values, *, axis: int, groups: tuple[tuple[int, ...], ...]) -> Values:
    parts = [np.add.reduce(np.take(x, group, axis=axis), axis=axis) for group in groups]
    return np.stack(parts, axis=axis)


def _lookup(x: Values, *, xs: tuple[float, ...], ys: tuple[float, ...]) -> Values:
    return np.interp(x, xs, ys)


def _broadcast(x: Values, *, axis: int, size: int) -> Values:
    return np.repeat(np.expand_dims(x, axis), size, axis=axis)


def _fill(*, value: float, shape: tuple[int, ...]) -> Values:
    return np.full((*shape, 1), value)


TOTAL = Operation("total", _total, UnitRule.SAME, elementwise=False)
AT = Operation("at", _at, UnitRule.SAME, elementwise=False)
STACK = Operation("by", _stack, UnitRule.ALIKE, elementwise=False)
PLACE = Operation("place", _place, UnitRule.SAME, elementwise=False)
SHIFT = Operation("shift", _shift, UnitRule.SAME, elementwise=False)
REGROUP = Operation("regroup", _regroup, UnitRule.SAME, elementwise=False)
LOOKUP = Operation("lookup", _lookup, UnitRule.PLAIN, elementwise=False)
FILL = Operation("fill", _fill, UnitRule.PLAIN, elementwise=False)
BROADCAST = Operation("broadcast", _broadcast, UnitRule.SAME, elementwise=False)
