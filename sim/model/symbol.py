"""Symbolic arrays: an equation called with them leaves a graph behind instead of numbers.

A symbol behaves like an array towards numpy's functions and aligns by dimension name. Whatever would silently escape the graph
(`if`, `and`, a chained comparison, np.array of symbols) raises and says what to write instead.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

import numpy as np

from sim.errors import Fault, ModelError
from sim.model import operations
from sim.model.nodes import NO_SETTINGS, Apply, Literal, Node
from sim.model.operations import Operation
from sim.text import Text

if TYPE_CHECKING:
    from sim.model.trace import Trace


_THREE = 3  # arguments of np.where and np.clip


class Symbol(np.lib.mixins.NDArrayOperatorsMixin):
    """A node of the graph under construction, with the trace that it belongs to."""

    __array_priority__: ClassVar[float] = 1000.0

    def __init__(self, node: Node, trace: Trace) -> None:
        self.node = node
        self.trace = trace

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of the axes, in the order of the model."""
        return self.node.dims

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Symbol:
        operation = operations.UFUNCS.get(ufunc.__name__)
        if operation is None or method != "__call__" or settings:
            self._refuse(f"np.{ufunc.__name__}{'.' + method if method != '__call__' else ''}")
        return self.trace.elementwise(operation, inputs)

    def __array_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]
    ) -> Symbol:
        if func is np.where and len(args) == _THREE and not kwargs:
            return self.trace.elementwise(operations.WHERE, args)
        if func is np.clip and len(args) == _THREE and not kwargs:
            lower = self.trace.elementwise(operations.UFUNCS["maximum"], (args[0], args[1]))
            return self.trace.elementwise(operations.UFUNCS["minimum"], (lower, args[2]))
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


def as_node(value: Any, trace: Trace) -> Node:
    """A symbol's node, or a literal for a number."""
    if isinstance(value, Symbol):
        return value.node
    if isinstance(value, numbers.Real) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return Literal(float(value))
    raise ModelError(
        Fault(
            Text(f"方程中出现了不是数组也不是数的值：{value!r}", f"neither an array nor a number in an equation: {value!r}"),
            trace.place,
        )
    )


def apply(
    trace: Trace,
    operation: Operation,
    inputs: tuple[Node, ...],
    dims: tuple[str, ...],
    settings: Mapping[str, Any] = NO_SETTINGS,
) -> Symbol:
    """A symbol for an operation on nodes."""
    return Symbol(Apply(operation, inputs, dims, settings), trace)
