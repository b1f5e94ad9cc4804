"""Tracing: each declared function is called once with symbolic arrays, and what it did to them becomes part of the graph.

A symbol behaves like an array towards numpy's functions and aligns by dimension name. Whatever would silently escape the graph
(`if`, `and`, a chained comparison, np.array of symbols) raises and says what to write instead.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, NoReturn, cast
from typing import Literal as OneOf

import numpy as np

from sim.base.arrays import Dimension
from sim.base.errors import MISTAKES_IN_CODE, Fault, Faults, ModelError, Place, reason_of
from sim.base.text import Text
from sim.model.declarations import Array, Declaration
from sim.model.nodes import BROADCAST, UFUNCS, WHERE, Apply, Frozen, HiddenStock, Literal, Node, Operation, Read

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

    @staticmethod
    def of(x: Array | float) -> Symbol:
        """The symbol that stands for an array while an equation is traced."""
        return cast(Symbol, x)

    def axis(self, dim: str) -> int:
        """The place of a dimension among the axes, which must be one of them."""
        if dim not in self.dims:
            have = self.dims or ("-",)
            raise self.trace.fault(
                Text(f"没有维度 {dim}，现有 {'、'.join(have)}", f"no dimension {dim}; it has {', '.join(have)}")
            )
        return self.dims.index(dim)

    def apply(self, operation: Operation, dims: tuple[str, ...], **settings: Any) -> Array:
        """An operation on this symbol alone."""
        return self.trace.array(Apply(operation, (self.node,), dims, settings))

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
        raise self.trace.fault(
            Text(f"方程中不能使用 {what}", f"{what} cannot be used in an equation"),
            Text(
                "请用 np.where、np.maximum、np.minimum、np.clip 和 sim.model 的函数（at、by、total 等）",
                "write np.where, np.maximum, np.minimum, np.clip and the functions of sim.model (at, by, total, ...)",
            ),
        )


@dataclass
class Tracing:
    """The tracing of one equation: which names it may read, and the hidden quantities that it created."""

    owner: str
    place: Place
    dimensions: Mapping[str, Dimension]
    readable: Mapping[str, tuple[str, ...]]
    hidden: list[HiddenStock] = field(default_factory=list)
    frozen: list[Frozen] = field(default_factory=list)

    def array(self, node: Node) -> Array:
        """A node as what an equation sees."""
        return cast(Array, Symbol(node, self))

    def node(self, value: Any) -> Node:
        """A symbol's node, or a literal for a number."""
        if isinstance(value, Symbol):
            return value.node
        if isinstance(value, numbers.Real) or (isinstance(value, np.ndarray) and value.ndim == 0):
            if not math.isfinite(float(value)):
                raise self.fault(Text("方程中的数必须有限", "a number in an equation must be finite"))
            return Literal(float(value))
        zh, en = "方程中出现了不是数组也不是数的值", "neither an array nor a number in an equation"
        raise self.fault(Text(f"{zh}：{value!r}", f"{en}: {value!r}"))

    def spread(self, node: Node, dims: tuple[str, ...]) -> Node:
        """A node repeated over those of `dims` that it lacks."""
        for name in (missing for missing in dims if missing not in node.dims):
            wider = self.ordered({*node.dims, name})
            node = Apply(BROADCAST, (node,), wider, {"axis": wider.index(name), "size": len(self.dimensions[name].members)})
        return node

    def read(self, name: str) -> Array:
        """A name that equations may read."""
        return self.array(Read(name, self.readable[name]))

    def dimension(self, name: str) -> Dimension:
        """A dimension, which the model must have."""
        if name not in self.dimensions:
            raise self.fault(Text(f"模型没有维度 {name}", f"the model has no dimension {name}"))
        return self.dimensions[name]

    def member(self, dim: str, member: str) -> int:
        """The place of a member in a dimension, which must have it."""
        if member not in self.dimension(dim).members:
            raise self.fault(Text(f"维度 {dim} 没有成员 {member}", f"dimension {dim} has no member {member}"))
        return self.dimensions[dim].index(member)

    def elementwise(self, operation: Operation, inputs: Sequence[Any]) -> Symbol:
        """Apply an elementwise operation; the result has the union of the dimensions."""
        nodes = tuple(map(self.node, inputs))
        return Symbol(Apply(operation, nodes, self.ordered({dim for node in nodes for dim in node.dims})), self)

    def ordered(self, dims: set[str]) -> tuple[str, ...]:
        """Dimensions in the order of the model."""
        return tuple(name for name in self.dimensions if name in dims)

    def new_name(self, kind: OneOf["smooth", "delay", "total", "initial", "start"]) -> str:
        """A name for a hidden quantity: the owner's name, the kind and a number."""
        known = [part.name for part in self.hidden] + [part.name for part in self.frozen]
        number = 1 + sum(f".{kind}" in name for name in known)
        return f"{self.owner}.{kind}{number}"

    def keep(self, hidden: HiddenStock) -> Array:
        """Register a hidden stock and read it."""
        self.hidden.append(hidden)
        return self.array(Read(hidden.name, hidden.dims))

    def freeze(self, frozen: Frozen) -> Array:
        """Register a value taken once at the start and read it."""
        self.frozen.append(frozen)
        return self.array(Read(frozen.name, frozen.node.dims))

    def fault(self, message: Text, advice: Text | None = None) -> ModelError:
        """An error at the place of this equation."""
        return ModelError(Fault(message, self.place, advice))


def trace(
    declaration: Declaration,
    dims: tuple[str, ...],
    dimensions: Mapping[str, Dimension],
    readable: Mapping[str, tuple[str, ...]],
) -> tuple[Node, Tracing]:
    """Call the equation once with symbols: what it returns, and the trace with the hidden quantities that it made.

    The result must have `dims`, or fewer, which are then repeated.

    Raises
    ------
    ModelError
        when the equation uses something outside the language or returns dimensions that were not declared.
    """
    current = Tracing(declaration.name, declaration.place, dimensions, readable)
    try:
        result = declaration.equation(**{name: current.read(name) for name in declaration.arguments})
    except MISTAKES_IN_CODE as error:
        raise current.fault(Text("方程有误：", "the equation is faulty: ") + reason_of(error)) from error
    node = current.node(result)
    faults = Faults()
    for extra in (name for name in node.dims if name not in dims):
        message = Text(f"结果多出维度 {extra}，声明的维度为 {dims}", f"the result has dimension {extra}; declared are {dims}")
        faults.add(message, current.place, Text("用 total 汇总，或在声明中加上它", "total over it, or declare it"))
    faults.raise_if_any(ModelError)
    return current.spread(node, dims), current
