"""Tracing: each declared function is called once with symbols, and what it did to them becomes part of the graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sim.dimensions import Dimension
from sim.errors import Fault, Faults, ModelError, Place
from sim.model.declarations import Declaration
from sim.model.nodes import Node, Read
from sim.model.operations import BROADCAST, Operation
from sim.model.symbol import Symbol, apply, as_node
from sim.text import Text


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


@dataclass
class Trace:
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

    def new_name(self, kind: Literal["smooth", "delay", "total", "initial", "start"]) -> str:
        """A name for a hidden quantity: the owner's name, the kind and a number."""
        number = 1 + sum(f".{kind}" in name for name in self._hidden_names())
        return f"{self.owner}.{kind}{number}"

    def _hidden_names(self) -> list[str]:
        return [part.name for part in self.hidden] + [part.name for part in self.frozen]

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
    current = Trace(declaration.name, place_of(declaration), dimensions, readable)
    result = declaration.equation(**{name: current.read(name) for name in declaration.arguments})
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
