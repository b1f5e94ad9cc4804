"""The graph's parts: a node reads a name, is a literal, or applies an operation to other nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.model.operations import Operation

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
