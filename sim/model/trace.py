"""Tracing: each declared function is called once with symbols, and what it did to them becomes part of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.base.dimensions import Dimension
from sim.base.errors import MISTAKES_IN_CODE, Faults, ModelError, Place, reason_of
from sim.base.text import Text
from sim.model.declarations import Declaration
from sim.model.hidden import Frozen, HiddenStock
from sim.model.nodes import Node
from sim.model.operations import BROADCAST
from sim.model.symbol import Trace, apply, as_node


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
    current = Trace(declaration.name, place_of(declaration), dimensions, readable)
    try:
        result = declaration.equation(**{name: current.read(name) for name in declaration.arguments})
    except MISTAKES_IN_CODE as error:
        raise current.fault(Text("方程有误：", "the equation is faulty: ") + reason_of(error)) from error
    node = _broadcast(as_node(result, current), dims, current)
    return Traced(node, tuple(current.hidden), tuple(current.frozen))


def _broadcast(node: Node, dims: tuple[str, ...], current: Trace) -> Node:
    faults = Faults()
    for extra in (name for name in node.dims if name not in dims):
        message = Text(f"结果多出维度 {extra}，声明的维度为 {dims}", f"the result has dimension {extra}; declared are {dims}")
        faults.add(message, current.place, Text("用 total 汇总，或在声明中加上它", "total over it, or declare it"))
    faults.raise_if_any(ModelError)
    for name in (missing for missing in dims if missing not in node.dims):
        wider = current.ordered({*node.dims, name})
        settings = {"axis": wider.index(name), "size": len(current.dimensions[name].members)}
        node = apply(current, BROADCAST, (node,), wider, settings).node
    return node
