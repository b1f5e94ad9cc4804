"""What some variables of a model rest on: every equation and every parameter that a run for them reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sim.base.cache import digest
from sim.model.graph import Graph
from sim.model.nodes import Apply, Literal, Node, Read, names_read, walk


@dataclass(frozen=True)
class Reach:
    """Equations as bytes that tell them apart, by sorted name, and the names of parameters."""

    equations: tuple[bytes, ...]
    parameters: frozenset[str]


def reached(graph: Graph, variables: Iterable[str]) -> Reach:
    """Everything that the variables rest on, by way of stocks, their first values and their yearly events too."""
    seen, waiting, parts, parameters = set[str](), list(variables), dict[str, bytes](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in graph.parameters:
            parameters.add(name)
        for part, node in _behind(graph, name):
            parts[part] = node.encode() if isinstance(node, str) else _told(node)
            waiting += [node] if isinstance(node, str) else names_read(node)
    return Reach(tuple(f"{name} ".encode() + parts[name] for name in sorted(parts)), frozenset(parameters))


def _behind(graph: Graph, name: str) -> Iterator[tuple[str, Node | str]]:
    """The parts that give a name its value: nodes, or another name."""
    stock = name.removesuffix(".rate")
    if name in graph.equations:
        yield f"{name} {graph.variables[name].kind}", graph.equations[name]
    if stock in graph.stocks:
        initial = graph.stocks[stock].initial
        yield f"{stock} initial", initial if isinstance(initial, str) else Literal(initial)
        yield f"{stock} rate", graph.rates[stock]
        for event in graph.events:
            if event.stock == stock:
                yield f"{stock} event {event.order} {event.name}", graph.event_nodes[event.name]
    if name in graph.hidden:
        yield f"{name} initial {graph.hidden[name].yearly_total}", graph.hidden[name].initial
        yield f"{name} rate", graph.hidden[name].rate
    if name in graph.frozen:
        yield f"{name} frozen", graph.frozen[name].node
        growth = graph.frozen[name].growth
        if growth is not None:
            yield f"{name} growth", growth


def _told(node: Node) -> bytes:
    """A node as bytes: what it does with what, and not where it is written."""
    told: dict[int, str] = {}
    for part in walk(node):
        if isinstance(part, Apply):
            inputs = [told[id(item)] for item in part.inputs]
            settings = sorted((key, repr(value)) for key, value in part.settings.items())
            told[id(part)] = digest([repr((part.operation.name, inputs, part.dims, settings)).encode()])
        elif isinstance(part, Read):
            told[id(part)] = repr((part.name, part.dims))
        else:
            told[id(part)] = repr((part.value, part.unit, part.dims))
    return told[id(node)].encode()
