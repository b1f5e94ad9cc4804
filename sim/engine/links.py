"""Feedback loops and their links: the named loops of a model, and signs and strengths of links at a moment.

A link from A to B exists when B reads A, directly or through hidden quantities. Its sign is that of the change of B (for a
stock: of its net rate) when A alone is raised by one per cent. What moves is computed by the plain evaluator of single points,
which is meant to be obviously right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from types import MappingProxyType

import numpy as np
from pydantic import Field

from sim.base.arrays import Values
from sim.base.errors import all_faults
from sim.base.text import Text
from sim.engine.integrate import Exogenous
from sim.engine.methods import METHODS, mean_of_growth
from sim.inputs.checked import Record, fail_if_unknown, read_records
from sim.inputs.scenario_file import DEFAULT_METHOD, DEFAULT_STEPS
from sim.model.graph import Graph
from sim.model.nodes import UNTIL_TURN, Apply, Frozen, Literal, Node, Operation, Read, names_read, same_unit


class LoopFile(Record):
    """One named loop of loops.yaml."""

    label: Text
    """Name in two languages."""
    path: list[str] = Field(min_length=1)
    """Variables and stocks in the order of influence; the last one acts on the first."""


@dataclass(frozen=True)
class Loop:
    """A named loop: its path closes on itself."""

    name: str
    label: Text
    path: tuple[str, ...]

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """Pairs (cause, effect)."""
        return tuple(zip(self.path, (*self.path[1:], self.path[0]), strict=True))


def read_loops(file: Path, graph: Graph) -> tuple[Loop, ...]:
    """Read loops.yaml and check that every link exists in the graph; a model without the file has no named loops.

    Raises
    ------
    InputError
        with every unknown name and missing link.
    """
    loops, known = list[Loop](), graph.quantities
    with all_faults() as faults:
        for name, record in read_records(file, LoopFile, faults):
            loop, place = Loop(name, record.label, tuple(record.path)), record.place("path")
            loops.append(loop)
            fail_if_unknown(loop.path, known, Text("模型没有 {}", "the model has no {}"), place, faults)
            for cause, effect in loop.links if known.keys() >= {*loop.path} else ():
                if cause not in readers_of(graph, effect):
                    faults.add(Text(f"{effect} 并不读取 {cause}", f"{effect} does not read {cause}"), place)
    return tuple(loops)


def readers_of(graph: Graph, effect: str) -> set[str]:
    """Everything that moves `effect`: what it reads, and for stocks with events what the events read."""
    found = set(graph.reads(effect))
    for item in graph.events:
        if item.stock == effect:
            found |= set(item.arguments)
    return found


def polarity(signs: Sequence[int]) -> Text:
    """Reinforcing, balancing, or undecided when a link does not act at the start."""
    product = int(np.prod(signs))
    if product == 0:
        return Text("起点处未起作用", "not acting at the start")
    return Text("增强", "reinforcing") if product > 0 else Text("平衡", "balancing")


def link_table(signs: Mapping[tuple[str, str], int]) -> list[str]:
    """Links as `cause → effect (+)`."""
    return [f"{cause} → {effect} ({'+' if sign > 0 else '−' if sign < 0 else '0'})" for (cause, effect), sign in signs.items()]


STEP = 1.01


def starting_point(
    graph: Graph, exogenous: Exogenous, first_year: int, known: Mapping[str, Values] = MappingProxyType({})
) -> dict[str, Values]:
    """Every name's value at the start of a run: what is supplied, stocks, hidden quantities and variables.

    What is `known` of another moment, such as its stocks, is taken as it is.
    """
    supplied = {name: exogenous.value(name, first_year - 1) for name in graph.parameters} | {
        "time": np.array([float(first_year)]),
        UNTIL_TURN: np.ones(1),
    }
    supplied |= known
    wanted = (*graph.variables, *graph.stocks, *graph.hidden, *graph.frozen, *(f"{name}.rate" for name in graph.stocks))
    resolve = cache(lambda name: None if name in known else _at_start(graph, name))  # one node a name
    program = Program({name: Read(name, ()) for name in wanted}, resolve)
    supplied |= {name: exogenous.value(name, first_year - 1) for name in program.leaves if name not in supplied}
    return supplied | program.run(supplied)


def at_year_end(
    graph: Graph, exogenous: Exogenous, first_year: int, year: int, stocks: Mapping[str, Values]
) -> dict[str, Values]:
    """Every name's value at the end of a year of a run with its stocks of then [dims..., 1]; smoothed values have settled."""
    start = starting_point(graph, exogenous, first_year)
    return starting_point(graph, exogenous, year + 1, {name: start[name] for name in graph.frozen} | dict(stocks))


def _at_start(graph: Graph, name: str) -> Node | None:
    if name in graph.frozen:
        return _frozen_at_start(graph.frozen[name])
    if name in graph.hidden:
        return graph.hidden[name].initial
    if name in graph.stocks:
        return graph.initial_of(name)
    return graph.equations.get(name) or graph.rates.get(name.removesuffix(".rate"))


def _frozen_at_start(frozen: Frozen) -> Node:
    """A starting rate as the default method has it; see sim.model.starting_rate."""
    if frozen.growth is None:
        return frozen.node

    def compute(total: Values, growth: Values) -> Values:
        return total * (1.0 + growth) / mean_of_growth(METHODS[DEFAULT_METHOD], DEFAULT_STEPS, growth)

    return Apply(Operation("starting_rate", compute, same_unit), (frozen.node, frozen.growth), frozen.node.dims)


Members = Mapping[str, tuple[int, ...]]
"""The members of some dimensions that are looked at, by their places."""


def looked_at(values: Values, dims: tuple[str, ...], members: Members) -> Values:
    """The values [dims..., draw] of the members that are looked at."""
    for axis, dim in enumerate(dims):
        if dim in members:
            values = values.take(members[dim], axis=axis)
    return values


def elasticity(
    graph: Graph, cause: str, effect: str, state: Mapping[str, Values], members: Members = MappingProxyType({})
) -> float:
    """Per cent by which an effect (of a stock: its net rate) moves at once for one per cent of the cause; sums over members."""
    value = state[cause]
    causes = (value, value + np.abs(value) * (STEP - 1.0))
    answers = _answers(graph, _equation(graph, cause, effect), cause, causes, state)
    before, after = (float(np.sum(looked_at(item, graph.dims_of(effect), members))) for item in answers)
    return (after - before) / abs(before) / (STEP - 1.0) if before else 0.0


def link_sign(graph: Graph, cause: str, effect: str, state: Mapping[str, Values]) -> int:
    """Sign of the direct effect of `cause` on `effect` at a state that gives every name a value.

    Smoothed and accumulated values are held at first; where nothing moves then, they are opened one after the other, since in
    time they move as what they follow does. Where a total cannot move (shares of a whole), one member is raised and watched.
    """
    node, opened = _equation(graph, cause, effect), frozenset[str]()
    for _ in range(_DEEPEST_DELAY):
        sign = _sign(graph, node, cause, state, opened)
        if sign:
            return sign
        opened |= _hidden_below(graph, node, opened)
    return 0


_DEEPEST_DELAY = 4


def _sign(graph: Graph, node: Node, cause: str, state: Mapping[str, Values], opened: frozenset[str]) -> int:
    value, single = state[cause], state[cause].copy()
    largest = np.unravel_index(int(np.argmax(np.abs(value))), value.shape)
    single[largest] *= STEP
    causes = (value, value + np.abs(value) * (STEP - 1.0), single)
    before, after, of_single = _answers(graph, node, cause, causes, state, opened)
    sign = sign_of_change(before, after)
    return sign if sign or value.shape != before.shape else sign_of_change(before[largest], of_single[largest])


def _answers(
    graph: Graph,
    node: Node,
    cause: str,
    causes: Iterable[Values],
    state: Mapping[str, Values],
    opened: frozenset[str] = frozenset(),
) -> list[Values]:
    """The values of a node at a state for some values of the cause, and with some hidden stocks as what they follow."""

    def resolve(name: str) -> Node | None:
        if name in opened:
            return graph.hidden[name].like
        return graph.rates[name.removesuffix(".rate")] if name.endswith(".rate") and name != cause else None

    program = Program({"effect": node}, resolve)
    return [program.run({**state, cause: value})["effect"] for value in causes]


def sign_of_change(before: Values, after: Values) -> int:
    """+1 or -1 for a change of the sum, 0 when nothing moved."""
    change = float(np.sum(after) - np.sum(before))
    scale = float(np.sum(np.abs(before))) or 1.0
    return 0 if abs(change) <= 1e-12 * scale else int(np.sign(change))


def _equation(graph: Graph, cause: str, effect: str) -> Node:
    if effect in graph.equations:
        return graph.equations[effect]
    event = next((item for item in graph.events if item.stock == effect and cause in item.arguments), None)
    return graph.rates[effect] if event is None else graph.event_nodes[event.name]


def _hidden_below(graph: Graph, node: Node, opened: frozenset[str]) -> frozenset[str]:
    reached = [node, *(graph.hidden[name].like for name in opened)]
    return frozenset(name for part in reached for name in names_read(part) if name in graph.hidden)


class Program:
    """Evaluates named nodes one after the other with numpy: the plain evaluator, which stays as the oracle of every faster one.

    `resolve` turns a name into the node that defines it, or None where its value will be supplied.
    """

    def __init__(self, wanted: Mapping[str, Node], resolve: Callable[[str], Node | None]) -> None:
        self._wanted, self._inputs, waiting = dict(wanted), dict[Node, tuple[Node, ...]](), list(wanted.values())
        while waiting:
            node = waiting.pop()
            if node not in self._inputs:
                target = resolve(node.name) if isinstance(node, Read) else None
                self._inputs[node] = (target,) if target is not None else node.inputs if isinstance(node, Apply) else ()
                waiting += self._inputs[node]
        self._order = tuple(TopologicalSorter(self._inputs).static_order())
        read = (node for node in self._order if isinstance(node, Read) and not self._inputs[node])
        self.leaves = tuple(dict.fromkeys(node.name for node in read))
        """Names whose values must be supplied."""

    def run(self, supplied: Mapping[str, Values]) -> dict[str, Values]:
        """Evaluate with the supplied leaves: arrays [dims..., draw]."""
        values: dict[Node, Values] = {}
        with np.errstate(all="ignore"):
            for node in self._order:
                inputs = [values[child] for child in self._inputs[node]]
                if isinstance(node, Literal):
                    values[node] = np.array([node.value])
                elif isinstance(node, Read):
                    values[node] = inputs[0] if inputs else supplied[node.name]
                else:
                    if node.operation.elementwise:
                        inputs = [
                            value[alignment(child.dims, node.dims)] for value, child in zip(inputs, node.inputs, strict=True)
                        ]
                    values[node] = node.operation.compute(*inputs, **node.settings)
        return {name: values[node] for name, node in self._wanted.items()}


@cache
def alignment(have: tuple[str, ...], want: tuple[str, ...]) -> tuple[slice | None, ...]:
    """The index that gives an array with axes `have` the axes `want`, new ones of length one."""
    return (*(slice(None) if name in have else None for name in want), slice(None))
