"""The unit check: every operation's inputs must agree in dimension and scale, and every result must have its declared unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from sim.base.errors import Faults, ModelError, Place
from sim.base.text import Text
from sim.base.units import PLAIN, Unit, UnknownUnitError, parse_unit
from sim.model.declarations import Declaration
from sim.model.graph import Graph
from sim.model.nodes import Apply, Literal, Node, Read, UnitRule, walk
from sim.model.symbol import place_of


class _MismatchError(Exception):
    """A rule is broken inside one equation; becomes a fault with the equation's place."""

    def __init__(self, message: Text) -> None:
        self.message = message
        super().__init__(message.en)


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
    checker = _Checker(graph, declared)
    for name, variable in graph.variables.items():
        _check(checker, graph.equations[name], declared[name], variable, faults)
    for name, stock in graph.stocks.items():
        _check(checker, graph.rates[name], declared[name] / parse_unit("a"), stock, faults)
        have, want = declared[stock.initial if isinstance(stock.initial, str) else name], declared[name]
        if not have.matches(want):
            faults.add(Text(f"初值单位为 {have}，存量为 {want}", f"initial value in {have}, stock in {want}"), place_of(stock))
    for event in graph.events:
        _check(checker, graph.event_nodes[event.name], declared[event.stock], event, faults)
    faults.raise_if_any(ModelError)


def _declared_units(graph: Graph, faults: Faults) -> dict[str, Unit]:
    units: dict[str, Unit] = {"time": PLAIN}
    for group in (graph.parameters, graph.variables, graph.stocks):
        for name, item in group.items():
            place = place_of(item) if isinstance(item, Declaration) else Place(key=name)
            try:
                units[name] = parse_unit(item.unit)
            except UnknownUnitError:
                faults.add(Text(f"未知单位 {item.unit}", f"unknown unit {item.unit}"), place)
    return units


def _check(checker: _Checker, node: Node, want: Unit, item: Declaration, faults: Faults) -> None:
    try:
        have = checker.unit(node)
    except _MismatchError as mismatch:
        faults.add(mismatch.message, place_of(item))
        return
    if have is not None and not have.matches(want):
        faults.add(Text(f"结果单位为 {have}，声明为 {want}", f"the result is in {have}, declared is {want}"), place_of(item))


class _Checker:
    """Infers the unit of a node. None stands for the literal zero, which fits any unit."""

    def __init__(self, graph: Graph, declared: Mapping[str, Unit]) -> None:
        self.graph = graph
        self.declared = declared
        self.known: dict[int, Unit | None] = {}

    def unit(self, node: Node) -> Unit | None:
        for part in walk(node):
            if id(part) not in self.known:
                self.known[id(part)] = self._of(part)
        return self.known[id(node)]

    def _of(self, node: Node) -> Unit | None:
        if isinstance(node, Literal):
            return None if node.value == 0.0 else parse_unit(node.unit)
        if isinstance(node, Read):
            return self._of_name(node.name)
        inputs = tuple(self.known[id(child)] for child in node.inputs)
        return _RULES[node.operation.unit_rule](node, inputs)

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


_Inputs = tuple[Unit | None, ...]


def _alike(node: Apply, units: _Inputs) -> Unit | None:
    known = [unit for unit in units if unit is not None]
    for unit in known[1:]:
        if not unit.matches(known[0]):
            name = node.operation.name
            raise _MismatchError(Text(f"{name} 的单位不一致：{known[0]} 与 {unit}", f"{name} of {known[0]} and {unit}"))
    return known[0] if known else None


def _same(_: Apply, units: _Inputs) -> Unit | None:
    return units[0]


def _product(_: Apply, units: _Inputs) -> Unit | None:
    left, right = units
    return None if left is None or right is None else left * right


def _quotient(_: Apply, units: _Inputs) -> Unit | None:
    top, bottom = units
    return None if top is None else top / (bottom or PLAIN)


def _power(node: Apply, units: _Inputs) -> Unit | None:
    base, exponent = units
    if exponent is not None and not exponent.is_plain:
        raise _MismatchError(Text(f"指数带单位 {exponent}", f"the exponent has the unit {exponent}"))
    written = node.inputs[1]
    if base is not None and isinstance(written, Literal):
        return base ** Fraction(written.value).limit_denominator(100)
    return _plain(node, (base,))


def _root(_: Apply, units: _Inputs) -> Unit | None:
    return None if units[0] is None else units[0] ** Fraction(1, 2)


def _plain(node: Apply, units: _Inputs) -> Unit | None:
    for unit in units:
        if unit is not None and not unit.is_plain:
            name = node.operation.name
            raise _MismatchError(Text(f"{name} 只能用于无量纲量，得到 {unit}", f"{name} needs a bare number, got {unit}"))
    return PLAIN


def _comparison(node: Apply, units: _Inputs) -> Unit | None:
    _alike(node, units)
    return PLAIN


def _choice(node: Apply, units: _Inputs) -> Unit | None:
    return _alike(node, units[1:])


_RULES: dict[UnitRule, Callable[[Apply, _Inputs], Unit | None]] = {
    UnitRule.SAME: _same,
    UnitRule.ALIKE: _alike,
    UnitRule.PRODUCT: _product,
    UnitRule.QUOTIENT: _quotient,
    UnitRule.POWER: _power,
    UnitRule.ROOT: _root,
    UnitRule.PLAIN: _plain,
    UnitRule.COMPARISON: _comparison,
    UnitRule.CHOICE: _choice,
}
