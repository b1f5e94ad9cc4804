"""Assembly: from a graph and the outputs that are asked for to one tape with everything a run needs, and nothing else.

A name means different things at different moments, so it is lowered in different surroundings: at the start (for the first
values of stocks), in the base year (for the row that is not simulated), during the year (for the rates), at its turn (for the
events and for what is reported), and in the ratios of a year's totals.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from sim.engine.lowering import Meaning, NameScope
from sim.engine.methods import METHODS, RungeKuttaMethod, moments_of_growth
from sim.engine.rewriting import Rewriter, reachable
from sim.engine.tape import Leaf, Phase, Tape
from sim.inputs.scenario_file import DEFAULT_METHOD, DEFAULT_STEPS
from sim.model.graph import Graph
from sim.model.nodes import UNTIL_TURN, Apply, Frozen, Literal, Node, walk

AT_BASE, AT_END = "@base", "@end"
TIME = "time"


@dataclass(frozen=True)
class KernelRequest:
    """The purpose of a kernel: outputs to report, names that are given, names whose value changes from year to year.

    `later` says which further names are given from which year on. Those of `joined` are given now but not at the start: the
    base year, and all that is taken from it, is the model's own.
    """

    outputs: tuple[str, ...]
    given: frozenset[str]
    yearly: frozenset[str]
    method: RungeKuttaMethod = METHODS[DEFAULT_METHOD]
    steps_per_year: int = DEFAULT_STEPS
    later: tuple[tuple[int, frozenset[str]], ...] = ()
    joined: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Tells this request from others."""
        parts = (self.outputs, sorted(self.given), sorted(self.yearly), self.method, self.steps_per_year)
        later = [(year, sorted(names)) for year, names in self.later]
        return repr((*parts, later, sorted(self.joined)))

    @property
    def given_at_base(self) -> frozenset[str]:
        """Names whose base year is given as well."""
        return self.given - self.joined

    def stages(self) -> Iterator[tuple[int, KernelRequest]]:
        """The request of each year from which on more is given than before."""
        joined = self.joined
        for year, names in self.later:
            joined = joined | names
            yield year, replace(self, given=self.given | joined, later=(), joined=joined)


@dataclass(frozen=True)
class Assembly:
    """A tape and the values on it that matter. States are integrated; standing stocks change only by events."""

    tape: Tape
    base: Mapping[str, int]
    outputs: Mapping[str, int]
    first: Mapping[str, int]
    rates: Mapping[str, int]
    events: Mapping[str, int]
    dims: Mapping[str, tuple[str, ...]]
    reset: frozenset[str]

    def roots(self) -> list[int]:
        """Every value that must be computed."""
        return [value for part in _NUMBERED for value in getattr(self, part).values()]

    def moved(self, tape: Tape, numbers: Mapping[int, int]) -> Assembly:
        """The same on another tape, where the values have other numbers."""
        parts: dict[str, Any] = {}
        for part in _NUMBERED:
            parts[part] = {name: numbers[value] for name, value in getattr(self, part).items()}
        return replace(self, tape=tape, **parts)


_NUMBERED = ("base", "outputs", "first", "rates", "events")


def assemble(graph: Graph, request: KernelRequest) -> Assembly:
    """Lower what the outputs need, and rewrite its products."""
    raw = _Assembler(graph, request).assembled()
    rewriter = Rewriter(raw.tape, raw.roots())
    return raw.moved(rewriter.new, rewriter.moved)


class _Assembler:
    def __init__(self, graph: Graph, request: KernelRequest) -> None:
        self.graph, self.request = graph, request
        positive = frozenset(name for name, item in graph.parameters.items() if item.positive)
        self.tape = Tape({name: len(item.members) for name, item in graph.dimensions.items()}, positive)
        self.standing = {event.stock for event in graph.events if _is_zero(graph.rates[event.stock])}
        self.yearly_totals = {name for name, item in graph.hidden.items() if item.yearly_total} - request.given
        self.stocks_at_end: dict[str, int] = {}
        around = partial(NameScope, self.tape)
        self.start = around(self._at_start, " at start")
        self.base = around(self._in_base_year, " in base year")
        self.base_ratio = around(self._in_base_ratio, " in base year")
        self.during = around(self._during)
        self.at_end = around(partial(self._at_turn, reported=True), " at end")
        self.ratio = around(self._in_ratio, " of year")

    def assembled(self) -> Assembly:
        """Lower the outputs, then the rates and events of every stock that they need, and so on until nothing is missing."""
        for event in self.graph.events:
            if event.stock not in self.request.given:
                # A scope of its own: every event sees the stocks as the events before it left them.
                turn = NameScope(self.tape, partial(self._at_turn, reported=False), f" before {event.name}")
                owner = f"{event.stock} after {event.name}"
                self.stocks_at_end[event.stock] = turn.node(self.graph.event_nodes[event.name], owner)
        outputs = {name: self.ratio.value(name) for name in self.request.outputs}
        rates: dict[str, int] = {}
        events: dict[str, int] = {}
        while missing := self._stocks_read([*outputs.values(), *rates.values(), *events.values()]) - {*rates, *events}:
            for name in sorted(missing):
                if self._is_state(name):
                    hidden = self.graph.hidden.get(name)
                    node = self.graph.rates[name] if hidden is None else hidden.rate
                    rate = self.during.node(node, f"{name} rate")
                    rates[name] = self.tape.aligned(rate, self.tape.kept(self.graph.dims_of(name)))
                if name in self.stocks_at_end:
                    events[name] = self.stocks_at_end[name]
        stocks = dict.fromkeys((*rates, *events))
        return Assembly(
            tape=self.tape,
            base={name: self.base_ratio.value(name) for name in self.request.outputs},
            outputs=outputs,
            first={name: self.start.value(name) for name in stocks},
            rates=rates,
            events=events,
            dims={name: self.tape.kept(self.graph.dims_of(name)) for name in stocks},
            reset=frozenset(self.yearly_totals & rates.keys()),
        )

    def _stocks_read(self, roots: Iterable[int]) -> set[str]:
        """Stocks and hidden stocks whose value some root needs."""
        items = (self.tape.values[value] for value in reachable(self.tape, roots))
        names = {item.name.removesuffix(AT_END) for item in items if isinstance(item, Leaf)}
        return {name for name in names if self._is_state(name) or name in self.standing - self.request.given}

    def _is_state(self, name: str) -> bool:
        if name in self.request.given or name in self.standing:
            return False
        return name in self.graph.stocks or name in self.graph.hidden

    def _supplied(self, name: str, suffix: str, phase: Phase) -> int:
        """A leaf from outside; what does not change from year to year is one leaf in all surroundings."""
        yearly = name in self.request.yearly or name.startswith("noise:")
        dims = () if name.startswith("noise:") else self.graph.dims_of(name)
        return self.tape.leaf(f"{name}{suffix}" if yearly else name, dims, phase if yearly else Phase.ONCE)

    def _is_supplied(self, name: str, given: frozenset[str]) -> bool:
        return name in given or name.startswith("noise:") or name in self.graph.parameters

    def _equation(self, name: str) -> Node:
        return self.graph.equations.get(name) or self.graph.rates[name.removesuffix(".rate")]

    def _at_start(self, name: str) -> Meaning:
        if name in self.graph.frozen and name not in self.request.given_at_base:
            return self._starting(self.graph.frozen[name])
        return self._first_moment(name)

    def _in_base_year(self, name: str) -> Meaning:
        return self.graph.frozen[name].node if name in self.graph.frozen else self._first_moment(name)

    def _first_moment(self, name: str) -> Meaning:
        graph = self.graph
        if name == UNTIL_TURN:
            return self.tape.number(1.0)
        if name == TIME:
            return self.tape.leaf(f"{TIME}{AT_BASE}", (), Phase.ONCE)
        if self._is_supplied(name, self.request.given_at_base):
            return self._supplied(name, AT_BASE, Phase.ONCE)
        if name in graph.hidden:
            return graph.hidden[name].initial
        if name in graph.stocks:
            return graph.initial_of(name)
        return self._equation(name)

    def _starting(self, frozen: Frozen) -> Meaning:
        """base_total*(1+g)/m(g); see sim.model.starting_rate."""
        if frozen.growth is None:
            return frozen.node
        tape, owner = self.tape, f"{frozen.name} at start"
        total, growth = self.start.node(frozen.node, owner), self.start.node(frozen.growth, owner)
        factor = tape.apply("add", tape.number(1.0), growth)
        mean = tape.number(0.0)
        for moment, weight in moments_of_growth(self.request.method, self.request.steps_per_year):
            part = tape.apply("multiply", tape.number(weight), tape.power(factor, tape.number(moment)))
            mean = tape.apply("add", mean, part)
        return tape.apply("divide", tape.apply("multiply", total, factor), mean)

    def _in_base_ratio(self, name: str) -> Meaning:
        if name in self.request.given_at_base or name not in self.graph.quantities:
            return self.base.value(name)
        variable = self.graph.variables.get(name)
        if variable is None:
            return self.start.value(name)
        return self.graph.equations[name] if variable.kind == "ratio" else self.base.value(name)

    def _during(self, name: str) -> Meaning:
        if name in {TIME, UNTIL_TURN}:
            return self.tape.leaf(TIME, (), Phase.STEP) if name == TIME else self.tape.number(1.0)
        if name in self.graph.frozen:
            return self.start.value(name)
        if self._is_supplied(name, self.request.given):
            return self._supplied(name, "", Phase.YEAR)
        if name in self.standing:
            return self.tape.leaf(name, self.graph.dims_of(name), Phase.YEAR)
        if self._is_state(name):
            return self.tape.leaf(name, self.graph.dims_of(name), Phase.STEP)
        return self._equation(name)

    def _at_turn(self, name: str, *, reported: bool) -> Meaning:
        """31 December: stocks as the step and the events so far left them. After the events the yearly totals are at zero."""
        if name == UNTIL_TURN:
            return self.tape.number(0.0 if reported else 1.0)
        if name in self.stocks_at_end:
            return self.stocks_at_end[name]
        if name in self.yearly_totals:
            if reported:
                return self.tape.number(0.0)
            return self.tape.integral(self.during.node(self.graph.hidden[name].rate, f"{name} rate"))
        if name == TIME or self._is_state(name):
            return self.tape.leaf(f"{name}{AT_END}", () if name == TIME else self.graph.dims_of(name), Phase.END)
        return self._during(name)

    def _in_ratio(self, name: str) -> Meaning:
        variable = self.graph.variables.get(name)
        if variable is None or variable.kind == "level" or name in self.request.given:
            return self.at_end.value(name)
        return self.tape.integral(self.during.value(name)) if variable.kind == "flow" else self._equation(name)


def _is_zero(node: Node) -> bool:
    """An equation that returns the literal zero, whatever its dimensions."""
    return all(part.value == 0.0 if isinstance(part, Literal) else isinstance(part, Apply) for part in walk(node))
