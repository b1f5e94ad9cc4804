"""The unit check: every operation's inputs must agree in dimension and scale, and every result must have its declared unit."""

from __future__ import annotations

from collections.abc import Mapping

from sim.base.errors import Faults, ModelError, Place
from sim.base.text import Text
from sim.base.units import PLAIN, Unit, checked_unit, parse_unit
from sim.model.declarations import Declaration
from sim.model.graph import Graph
from sim.model.nodes import Literal, Node, Read, walk


def check_units(graph: Graph) -> None:
    """Check all equations.

    Raises
    ------
    ModelError
        with every equation whose units do not agree, and every unit that is not known.
    """
    faults = Faults()
    declared = _declared_units(graph, faults)
    faults.raise_if_any(ModelError)
    checker = _UnitsOfNodes(graph, declared)
    for name, variable in graph.variables.items():
        _check(checker, graph.equations[name], declared[name], variable, variable.unit, faults)
    for name, stock in graph.stocks.items():
        _check(checker, graph.rates[name], declared[name] / parse_unit("a"), stock, f"{stock.unit}/a", faults)
        have, want = declared[stock.initial if isinstance(stock.initial, str) else name], declared[name]
        if not have.matches(want):
            faults.add(Text(f"初值单位为 {have}，存量为 {want}", f"initial value in {have}, stock in {want}"), stock.place)
    for event in graph.events:
        unit = graph.stocks[event.stock].unit
        _check(checker, graph.event_nodes[event.name], declared[event.stock], event, unit, faults)
    faults.raise_if_any(ModelError)


def _declared_units(graph: Graph, faults: Faults) -> dict[str, Unit]:
    units: dict[str, Unit] = {"time": PLAIN}
    for group in (graph.parameters, graph.variables, graph.stocks):
        for name, item in group.items():
            place = item.place if isinstance(item, Declaration) else Place(key=name)
            unit = checked_unit(item.unit, place, faults)
            if unit is not None:
                units[name] = unit
    return units


def _check(checker: _UnitsOfNodes, node: Node, want: Unit, item: Declaration, said: str, faults: Faults) -> None:
    try:
        have = checker.unit(node)
    except ModelError as error:
        faults.add(error.faults[0].message, item.place)
        return
    if have is not None and not have.matches(want):
        wanted = said if said == str(want) else f"{said} ({want})"
        faults.add(Text(f"结果单位为 {have}，声明为 {wanted}", f"the result is in {have}, declared is {wanted}"), item.place)


class _UnitsOfNodes:
    """Infers the unit of a node. None stands for the literal zero, which fits any unit."""

    def __init__(self, graph: Graph, declared: Mapping[str, Unit]) -> None:
        self.graph, self.declared = graph, declared
        self.known: dict[Node, Unit | None] = {}

    def unit(self, node: Node) -> Unit | None:
        for part in walk(node):
            if part not in self.known:
                self.known[part] = self._of(part)
        return self.known[node]

    def _of(self, node: Node) -> Unit | None:
        if isinstance(node, Literal):
            return None if node.value == 0.0 else parse_unit(node.unit)
        if isinstance(node, Read):
            return self._of_name(node.name)
        return node.operation.unit(node, tuple(self.known[child] for child in node.inputs))

    def _of_name(self, name: str) -> Unit | None:
        if name in self.declared:
            return self.declared[name]
        if name in self.graph.hidden:
            hidden = self.graph.hidden[name]
            unit = self.unit(hidden.like)
            return unit * parse_unit("a") if hidden.yearly_total and unit is not None else unit
        if name in self.graph.frozen:
            return self.unit(self.graph.frozen[name].node)
        if name.endswith(".rate"):
            return self.declared[name.removesuffix(".rate")] / parse_unit("a")
        return PLAIN
