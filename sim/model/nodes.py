"""The graph's parts: a node reads a name, is a literal, or applies an operation to other nodes.

Arrays have one axis per dimension of the node and the draw axis last. Elementwise operations receive inputs that are already
aligned to the dimensions of the result; structural ones receive inputs as they are, with axis numbers in `settings`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Fault, ModelError
from sim.base.text import Text
from sim.base.units import PLAIN, Unit

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
    settings: Mapping[str, Any] = field(default_factory=dict)


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


Units = tuple[Unit | None, ...]
"""Units of the inputs of an operation. None stands for the literal zero, which fits any unit."""


@dataclass(frozen=True)
class Operation:
    """A named operation; `elementwise` ones align their inputs by dimension name.

    `unit` says what unit it returns for those of its inputs, and raises where they do not fit.
    """

    name: str
    compute: Callable[..., Values]
    unit: Callable[[Apply, Units], Unit | None]
    elementwise: bool = True


def same_unit(_: Apply, units: Units) -> Unit | None:
    """The unit of the first input."""
    return units[0]


def _one_unit(node: Apply, units: Units) -> Unit | None:
    """All inputs of one unit, which is returned."""
    known = [unit for unit in units if unit is not None]
    for unit in known[1:]:
        if not unit.matches(known[0]):
            name = node.operation.name
            raise ModelError(Fault(Text(f"{name} 的单位不一致：{known[0]} 与 {unit}", f"{name} of {known[0]} and {unit}")))
    return known[0] if known else None


def _product(_: Apply, units: Units) -> Unit | None:
    left, right = units
    return None if left is None or right is None else left * right


def _quotient(_: Apply, units: Units) -> Unit | None:
    top, bottom = units
    return None if top is None else top / (bottom or PLAIN)


def _power(node: Apply, units: Units) -> Unit | None:
    """The exponent is a bare number, and so is the base unless the exponent is a literal."""
    base, exponent = units
    if exponent is not None and not exponent.is_plain:
        raise ModelError(Fault(Text(f"指数带单位 {exponent}", f"the exponent has the unit {exponent}")))
    written = node.inputs[1]
    if base is not None and isinstance(written, Literal):
        return base ** Fraction(written.value).limit_denominator(100)
    return _bare(node, (base,))


def _root(_: Apply, units: Units) -> Unit | None:
    return None if units[0] is None else units[0] ** Fraction(1, 2)


def _bare(node: Apply, units: Units) -> Unit | None:
    """Bare numbers only."""
    for unit in units:
        if unit is not None and not unit.is_plain:
            name = node.operation.name
            raise ModelError(Fault(Text(f"{name} 只能用于无量纲量，得到 {unit}", f"{name} needs a bare number, got {unit}")))
    return PLAIN


def _truth(node: Apply, units: Units) -> Unit | None:
    """All inputs of one unit; the answer is a truth value."""
    _one_unit(node, units)
    return PLAIN


def _choice(node: Apply, units: Units) -> Unit | None:
    """A truth value and two inputs of one unit, which is returned."""
    return _one_unit(node, units[1:])


_OF_NUMPY: dict[Callable[[Apply, Units], Unit | None], tuple[np.ufunc, ...]] = {
    _one_unit: (np.add, np.subtract, np.maximum, np.minimum),
    _product: (np.multiply,),
    _quotient: (np.divide,),
    _power: (np.power,),
    _root: (np.sqrt,),
    same_unit: (np.negative, np.positive, np.absolute),
    _bare: (np.exp, np.log, np.expm1, np.log1p, np.tanh, np.logical_and, np.logical_or, np.logical_not),
    _truth: (np.greater, np.greater_equal, np.less, np.less_equal),
}
UFUNCS = {ufunc.__name__: Operation(ufunc.__name__, ufunc, rule) for rule, ufuncs in _OF_NUMPY.items() for ufunc in ufuncs}
WHERE = Operation("where", np.where, _choice)


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


TOTAL = Operation("total", _total, same_unit, elementwise=False)
AT = Operation("at", _at, same_unit, elementwise=False)
STACK = Operation("by", _stack, _one_unit, elementwise=False)
PLACE = Operation("place", _place, same_unit, elementwise=False)
SHIFT = Operation("shift", _shift, same_unit, elementwise=False)
REGROUP = Operation("regroup", _regroup, same_unit, elementwise=False)
LOOKUP = Operation("lookup", _lookup, _bare, elementwise=False)
FILL = Operation("fill", _fill, _bare, elementwise=False)
BROADCAST = Operation("broadcast", _broadcast, same_unit, elementwise=False)
