"""Tracing: each declared function is called once with symbolic arrays, and what it did to them becomes part of the graph.

A symbol behaves like an array towards numpy's functions and aligns by dimension name. Whatever would silently escape the graph
(`if`, `and`, a chained comparison, np.array of symbols) raises and says what to write instead.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn
from typing import Literal as OneOf

import numpy as np

from sim.base.arrays import Dimension
from sim.base.errors import MISTAKES_IN_CODE, Fault, Faults, ModelError, Place, reason_of
from sim.base.text import Text
from sim.model.declarations import Declaration
from sim.model.nodes import BROADCAST, NO_SETTINGS, UFUNCS, WHERE, Apply, Frozen, HiddenStock, Literal, Node, Operation, Read

_THREE = 3  # arguments of np.where and np.clip


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """A node of the graph under construction, with the trace that it belongs to."""

    __array_priority__: ClassVar[float] = 1000.0

    def __init__(self, node: Node, trace: Tracing) -> None:
        self.node = node
        self.trace = trace

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the axes, in the order of the model."""
        return self.node.dims

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Symbol:
        operation = UFUNCS.get(ufunc.__name__)
        if operation is None or method != "__call__" or settings:
            self._refuse(f"np.{ufunc.__name__}{'.' + method if method != '__call__' else ''}")
        return self.trace.elementwise(operation, inputs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Symbol:
        if func is np.where and len(args) == _THREE and not kwargs:
            return self.trace.elementwise(WHERE, args)
        if func is np.clip and len(args) == _THREE and not kwargs:
            lower = self.trace.elementwise(UFUNCS["maximum"], (args[0], args[1]))
            return self.trace.elementwise(UFUNCS["minimum"], (lower, args[2]))
        return self._refuse(f"np.{func.__name__}")

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse("np.array")

    def __bool__(self) -> NoReturn:  # noqa: PLE0304  it always raises
        self._refuse("if / and / or / a < b < c")

    def __iter__(self) -> NoReturn:
        self._refuse("for ... in")

    def __float__(self) -> NoReturn:
        self._refuse("float")

    def __len__(self) -> NoReturn:  # noqa: PLE0303  it always raises
        self._refuse("len")

    def __getitem__(self, _: object) -> NoReturn:
        self._refuse("x[...]")

    def _refuse(self, what: str) -> NoReturn:
        raise ModelError(
            Fault(
                Text(f"方程中不能使用 {what}", f"{what} cannot be used in an equation"),
                self.trace.place,
                Text(
                    "请用 np.where、np.maximum、np.minimum、np.clip 和 sim.model 的函数（at、by、total 等）",
                    "write np.where, np.maximum, np.minimum, np.clip and the functions of sim.model (at, by, total, ...)",
                ),
            )
        )


def as_node(value: Any, trace: Tracing) -> Node:
    """A symbol's node, or a literal for a number."""
    if isinstance(value, Symbol):
        return value.node
    if isinstance(value, numbers.Real) or (isinstance(value, np.ndarray) and value.ndim == 0):
        number = float(value)
        if not math.isfinite(number):
            raise trace.fault(Text("方程中的数必须有限", "a number in an equation must be finite"))
        return Literal(number)
    raise ModelError(
        Fault(
            Text(f"方程中出现了不是数组也不是数的值：{value!r}", f"neither an array nor a number in an equation: {value!r}"),
            trace.place,
        )
    )


def apply(
    trace: Tracing,
    operation: Operation,
    inputs: tuple[Node, ...],
    dims: tuple[str, ...],
    settings: Mapping[str, Any] = NO_SETTINGS,
) -> Symbol:
    """A symbol for an operation on nodes."""
    return Symbol(Apply(operation, inputs, dims, settings), trace)


def spread(trace: Tracing, node: Node, dims: tuple[str, ...]) -> Node:
    """A node repeated over those of `dims` that it lacks."""
    for name in (missing for missing in dims if missing not in node.dims):
        wider = trace.ordered({*node.dims, name})
        settings = {"axis": wider.index(name), "size": len(trace.dimensions[name].members)}
        node = apply(trace, BROADCAST, (node,), wider, settings).node
    return node


@dataclass
class Tracing:
    """The tracing of one equation: which names it may read, and the hidden quantities that it created."""

    owner: str
    place: Place
    dimensions: Mapping[str, Dimension]
    readable: Mapping[str, tuple[str, ...]]
    hidden: list[HiddenStock] = field(default_factory=list)
    frozen: list[Frozen] = field(default_factory=list)

    def read(self, name: str) -> Symbol:
        """The symbol of a name."""
        return Symbol(Read(name, self.readable[name]), self)

    def elementwise(self, operation: Operation, inputs: Sequence[Any]) -> Symbol:
        """Apply an elementwise operation; the result has the union of the dimensions."""
        nodes = tuple(as_node(value, self) for value in inputs)
        return apply(self, operation, nodes, self.ordered({dim for node in nodes for dim in node.dims}))

    def ordered(self, dims: set[str]) -> tuple[str, ...]:
        """Dimensions in the order of the model."""
        return tuple(name for name in self.dimensions if name in dims)

    def new_name(self, kind: OneOf["smooth", "delay", "total", "initial", "start"]) -> str:
        """A name for a hidden quantity: the owner's name, the kind and a number."""
        known = [part.name for part in self.hidden] + [part.name for part in self.frozen]
        number = 1 + sum(f".{kind}" in name for name in known)
        return f"{self.owner}.{kind}{number}"

    def keep(self, hidden: HiddenStock) -> Symbol:
        """Register a hidden stock and return the symbol that reads it."""
        self.hidden.append(hidden)
        return Symbol(Read(hidden.name, hidden.dims), self)

    def freeze(self, frozen: Frozen) -> Symbol:
        """Register a value taken once at the start and return the symbol that reads it."""
        self.frozen.append(frozen)
        return Symbol(Read(frozen.name, frozen.node.dims), self)

    def fault(self, message: Text, advice: Text | None = None) -> ModelError:
        """An error at the place of this equation."""
        return ModelError(Fault(message, self.place, advice))


@dataclass(frozen=True)
class Traced:
    """The outcome of tracing one declaration."""

    node: Node
    hidden: tuple[HiddenStock, ...]
    frozen: tuple[Frozen, ...]


def place_of(declaration: Declaration) -> Place:
    """Where a declaration stands."""
    return Place(declaration.file, declaration.line, key=declaration.name)


def trace(
    declaration: Declaration,
    dims: tuple[str, ...],
    dimensions: Mapping[str, Dimension],
    readable: Mapping[str, tuple[str, ...]],
) -> Traced:
    """Call the equation once with symbols; the result must have `dims`, or fewer, which are then repeated.

    Raises
    ------
    ModelError
        when the equation uses something outside the language or returns dimensions that were not declared.
    """
    current = Tracing(declaration.name, place_of(declaration), dimensions, readable)
    try:
        result = declaration.equation(**{name: current.read(name) for name in declaration.arguments})
    except MISTAKES_IN_CODE as error:
        raise current.fault(Text("方程有误：", "the equation is faulty: ") + reason_of(error)) from error
    node = as_node(result, current)
    faults = Faults()
    for extra in (name for name in node.dims if name not in dims):
        message = Text(f"结果多出维度 {extra}，声明的维度为 {dims}", f"the result has dimension {extra}; declared are {dims}")
        faults.add(message, current.place, Text("用 total 汇总，或在声明中加上它", "total over it, or declare it"))
    faults.raise_if_any(ModelError)
    return Traced(spread(current, node, dims), tuple(current.hidden), tuple(current.frozen))
