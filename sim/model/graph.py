"""The graph: the one record of a model, from which order, loops, reference and running program are derived; its unit check.

Every operation's inputs must agree in dimension and scale, and every result must have its declared unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from sim.base.arrays import Dimension
from sim.base.errors import Faults, ModelError, Place, nearest
from sim.base.text import Text, listing
from sim.base.units import PLAIN, Unit, checked_unit, parse_unit
from sim.model.declarations import Declaration, Event, Quantity, Stock, Variable
from sim.model.nodes import FILL, Apply, Frozen, HiddenStock, Literal, Node, Read, names_read, walk
from sim.model.symbol import Tracing, trace


@dataclass(frozen=True)
class Parameter:
    """A parameter as the graph knows it: its unit and dimensions. Values come with the scenario.

    `positive` promises that no scenario may give it a value of zero or less.
    """

    name: str
    unit: str
    dims: tuple[str, ...] = ()
    positive: bool = False


@dataclass(frozen=True)
class Graph:
    """A traced model. Node maps are keyed by name; `rates` holds the net rate of every stock.

    `key` tells models apart whose kernels are kept; a graph without one is compiled anew every time.
    """

    dimensions: Mapping[str, Dimension]
    parameters: Mapping[str, Parameter]
    variables: Mapping[str, Variable]
    stocks: Mapping[str, Stock]
    events: tuple[Event, ...]
    equations: Mapping[str, Node]
    rates: Mapping[str, Node]
    event_nodes: Mapping[str, Node]
    hidden: Mapping[str, HiddenStock]
    frozen: Mapping[str, Frozen]
    key: str = ""

    @property
    def quantities(self) -> dict[str, Quantity]:
        """Variables and stocks."""
        return {**self.variables, **self.stocks}

    def dims_of(self, name: str) -> tuple[str, ...]:
        """Dimensions of a variable, stock, parameter or hidden stock."""
        return (self.hidden.get(name) or self._named(name)).dims

    def unit_of(self, name: str) -> str:
        """Unit of a variable, stock or parameter."""
        return self._named(name).unit

    def _named(self, name: str) -> Quantity | Parameter:
        return self.variables.get(name) or self.stocks.get(name) or self.parameters[name]

    def shape_of(self, dims: Iterable[str]) -> tuple[int, ...]:
        """Number of members of each dimension."""
        return tuple(len(self.dimensions[name].members) for name in dims)

    def initial_of(self, stock: str) -> Node:
        """The starting value of a stock: what it names, or its number in every cell."""
        item = self.stocks[stock]
        if isinstance(item.initial, str):
            return Read(item.initial, item.dims)
        return Apply(FILL, (), item.dims, {"value": item.initial, "shape": self.shape_of(item.dims)})

    def reads(self, name: str) -> tuple[str, ...]:
        """Variables, stocks and parameters that a variable's equation or a stock's rate reads, hidden quantities resolved."""
        node = self.equations.get(name) or self.rates[name]
        return tuple(dict.fromkeys(self._visible(names_read(node), set())))

    def _visible(self, names: Iterable[str], seen: set[str]) -> Iterable[str]:
        for name in (item for item in names if item not in seen):
            seen.add(name)
            behind = self._behind(name)
            yield from (name,) if behind is None else self._visible(names_read(behind), seen)

    def _behind(self, name: str) -> Node | None:
        """Return the node that a hidden quantity stands for; None for a name that an equation may show."""
        if name in self.hidden:
            return self.hidden[name].rate
        if name in self.frozen:
            return self.frozen[name].node
        return self.rates[name.removesuffix(".rate")] if name.endswith(".rate") else None


def build_graph(declarations: Iterable[Declaration], dimensions: Iterable[Dimension], parameters: Iterable[Parameter]) -> Graph:
    """Trace all declarations into one graph.

    Raises
    ------
    ModelError
        with every doubled name, missing name, tracing fault and cycle that was found.
    """
    declared, parameter_map = list(declarations), {item.name: item for item in parameters}
    dims, faults = {item.name: item for item in dimensions}, Faults()
    _fail_if_doubled(declared, parameter_map, faults)
    _fail_if_dims_unknown(declared, dims, faults)
    variables = {item.name: item for item in declared if isinstance(item, Variable)}
    stocks = {item.name: item for item in declared if isinstance(item, Stock)}
    events = sorted((item for item in declared if isinstance(item, Event)), key=lambda item: item.order)
    readable: dict[str, tuple[str, ...]] = {"time": ()}
    readable |= {name: item.dims for name, item in parameter_map.items()}
    readable |= {name: item.dims for name, item in (*variables.items(), *stocks.items())}
    readable |= {f"{name}.rate": item.dims for name, item in stocks.items()}
    _fail_if_missing(declared, readable, faults)
    faults.raise_if_any(ModelError)
    traced: dict[str, tuple[Node, Tracing]] = {}
    for item in declared:
        with faults.gathering(ModelError):
            wanted = readable[item.stock if isinstance(item, Event) else item.name]
            traced[item.name] = trace(item, wanted, dims, readable)
    faults.raise_if_any(ModelError)
    graph = Graph(
        dimensions=dims,
        parameters=parameter_map,
        variables=variables,
        stocks=stocks,
        events=tuple(events),
        equations={name: traced[name][0] for name in variables},
        rates={name: traced[name][0] for name in stocks},
        event_nodes={item.name: traced[item.name][0] for item in events},
        hidden={part.name: part for _, tracing in traced.values() for part in tracing.hidden},
        frozen={part.name: part for _, tracing in traced.values() for part in tracing.frozen},
    )
    _fail_if_initial_unknown(graph, faults)
    _fail_if_cyclic(graph, faults)
    faults.raise_if_any(ModelError)
    return graph


def _fail_if_doubled(declared: list[Declaration], parameters: Mapping[str, Parameter], faults: Faults) -> None:
    seen: dict[str, Place] = {}
    for item in declared:
        if item.name in seen or item.name in parameters or item.name == "time":
            first = seen.get(item.name, "parameters.yaml")
            faults.add(
                Text(f"名称重复，已见于 {first}", f"declared twice, first at {first}"),
                item.place,
                Text("请改名", "rename one of them"),
            )
        seen.setdefault(item.name, item.place)


def _fail_if_dims_unknown(declared: list[Declaration], dims: Mapping[str, Dimension], faults: Faults) -> None:
    for item in (item for item in declared if isinstance(item, Quantity)):
        for name in item.dims:
            if name not in dims:
                faults.add(Text(f"未知维度 {name}", f"unknown dimension {name}"), item.place, nearest(name, dims))
        wanted = tuple(name for name in dims if name in item.dims)
        if set(item.dims) <= set(dims) and item.dims != wanted:
            have, order = ", ".join(item.dims), ", ".join(wanted)
            message = Text(f"维度次序 {have} 与模型不同", f"dimensions {have} are not in the order of the model")
            faults.add(message, item.place, Text(f"应为 {order}", f"write {order}"))


def _fail_if_missing(declared: list[Declaration], readable: Mapping[str, tuple[str, ...]], faults: Faults) -> None:
    for item in declared:
        wanted = (*item.arguments, item.stock) if isinstance(item, Event) else item.arguments
        if isinstance(item, Event) and item.stock in readable and f"{item.stock}.rate" not in readable:
            faults.add(Text(f"{item.stock} 不是存量", f"{item.stock} is no stock"), item.place)
        for name in wanted:
            if name not in readable:
                message = Text(f"读取了不存在的名称 {name}", f"reads {name}, which does not exist")
                faults.add(message, item.place, nearest(name, readable))


def _fail_if_initial_unknown(graph: Graph, faults: Faults) -> None:
    known = {**graph.parameters, **graph.variables}
    for item in graph.stocks.values():
        if isinstance(item.initial, float):
            continue
        if item.initial not in known:
            message = Text(f"初值 {item.initial} 不存在", f"initial value {item.initial} does not exist")
            faults.add(message, item.place, nearest(item.initial, known))
        elif graph.dims_of(item.initial) != item.dims:
            message = Text(
                f"初值 {item.initial} 的维度为 {graph.dims_of(item.initial)}，存量为 {item.dims}",
                f"initial value {item.initial} has dimensions {graph.dims_of(item.initial)}, the stock has {item.dims}",
            )
            faults.add(message, item.place)


def _fail_if_cyclic(graph: Graph, faults: Faults) -> None:
    running = {name: set(_within_step(graph, node)) for name, node in graph.equations.items()}
    running |= {f"{name}.rate": set(_within_step(graph, node)) for name, node in graph.rates.items()}
    for cycle in circles(running):
        faults.add(
            Text(f"循环引用：{listing(cycle).zh}", f"these read each other in a circle: {listing(cycle).en}"),
            graph.quantities[cycle[0].removesuffix(".rate")].place,
            Text("在其中一处用存量或 smooth、delay1 断开", "break it with a stock, smooth or delay1"),
        )
    if not faults.found:
        _fail_if_start_cyclic(graph, faults)


def _fail_if_start_cyclic(graph: Graph, faults: Faults) -> None:
    starting = {name: set(names_read(node)) for name, node in graph.equations.items()}
    starting |= {f"{name}.rate": set(names_read(node)) for name, node in graph.rates.items()}
    starting |= {name: set(names_read(graph.initial_of(name))) for name in graph.stocks}
    starting |= {name: set(names_read(item.initial)) for name, item in graph.hidden.items()}
    for name, item in graph.frozen.items():
        starting[name] = {read for node in (item.node, item.growth) if node is not None for read in names_read(node)}
    for cycle in circles(starting):
        faults.add(
            Text(f"初值循环引用：{listing(cycle).zh}", f"starting values read each other: {listing(cycle).en}"),
            Place(key=cycle[0]),
            Text("给其中一个以独立的初值", "give one of them a starting value of its own"),
        )


def _within_step(graph: Graph, node: Node) -> Iterable[str]:
    return (name for name in names_read(node) if name in graph.equations or name.endswith(".rate"))


def circles(reads: Mapping[str, set[str]]) -> list[list[str]]:
    """Circles of names that read each other, each in the order of reading; of several through one name, one."""
    found, left = list[list[str]](), {name: sorted(read) for name, read in reads.items()}
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = error.args[1][:0:-1]  # given from what is read to what reads it, the first once more at the end
            first = circle.index(next(name for name in left if name in circle))
            found.append(circle[first:] + circle[:first])
            left = {name: [item for item in read if item not in circle] for name, read in left.items() if name not in circle}
        else:
            return found


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
