"""A second, plain implementation of the whole simulation: node after node, step after step, nothing compiled or reused.

It is meant to be obviously right and is the oracle of the compiled kernel.

t = 2021.0 is the night of 31 December 2020; year Y is [Y, Y+1). Time is t0 + k*dt, never summed. Flows are totals of the year,
added up with the method's own weights; stocks and levels are read on 31 December after the yearly events; ratios are their own
equation applied to the year's values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial, reduce
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text, listing
from sim.engine.integrate import Clock, YearValues
from sim.engine.links import Program
from sim.engine.methods import RungeKuttaMethod, mean_of_growth
from sim.model.graph import Graph
from sim.model.nodes import FILL, UNTIL_TURN, Apply, Frozen, Node, Operation, Read, same_unit

Values = NDArray[Any]
Rates = Mapping[str, Values]


class Exogenous(Protocol):
    """Supplies what the model does not compute: parameters, paths and noise, as arrays [dims..., draw]."""

    def at_year(self, year: int) -> Mapping[str, Values]:
        """Values that hold throughout the calendar year."""
        ...


class Simulator:
    """A graph made ready to run with a method and a step. `given` names are supplied from outside instead of computed."""

    def __init__(self, graph: Graph, method: RungeKuttaMethod, clock: Clock, given: frozenset[str] = frozenset()) -> None:
        self.graph, self.method, self.clock, self.given = graph, method, clock, given
        self.stocks = tuple(name for name in graph.stocks if name not in given)
        self.flows = tuple(name for name, item in graph.variables.items() if item.kind == "flow" and name not in given)
        self._start = self._start_program(partial(_starting_node, method, clock.steps_per_year))
        self._base = self._start_program(lambda frozen: frozen.node)
        self._step = Program(self._step_results(), self._resolve_running)
        self._rates = Program(self._rate_results(), self._resolve_running)
        events = [item for item in graph.events if item.stock not in given]
        self._events = [Program({item.stock: graph.event_nodes[item.name]}, self._resolve_running) for item in events]
        self._ratios = Program(self._ratio_results(), self._ratio_results().get)
        self._silence = self._no_noise()

    def years(self, exogenous: Exogenous) -> Iterator[YearValues]:
        """Yield the base year (the equations at the base state, flows as published totals), then each simulated year.

        Raises
        ------
        RunError
            when a stock becomes infinite or undefined.
        """
        base_year = self.clock.first - 1
        base = self._known_of_base(exogenous)
        state = self._start_values(self._start, base)
        stocks = {name: state[name] for name in self.stocks}
        yield self._reported(base_year, {**base, **self._start_values(self._base, base)}, stocks)
        frozen = {name: state.pop(name) for name in self.graph.frozen}
        for year in range(self.clock.first, self.clock.last + 1):
            fixed = {**self._known(exogenous, year, float(year)), **frozen}
            state, flows = self._one_year(year, fixed, state)
            self._fail_if_not_finite(state, year)
            end = {**fixed, **state, "time": np.array([float(year + 1)]), UNTIL_TURN: np.zeros(1)}
            yield self._reported(year, end, flows)

    def starting_point(self, exogenous: Exogenous) -> dict[str, Values]:
        """Every name's value at the start of the run: what is supplied, stocks, hidden quantities and variables."""
        base = self._known_of_base(exogenous)
        known = {**base, **self._start_values(self._start, base)}
        return {**known, **self._step.run(known)}

    def _known_of_base(self, exogenous: Exogenous) -> dict[str, Values]:
        """What is known of the base year, in which noise is silent."""
        return {**self._known(exogenous, self.clock.first - 1, float(self.clock.first)), **self._silence}

    def _known(self, exogenous: Exogenous, year: int, time: float) -> dict[str, Values]:
        return {**self._silence, **exogenous.at_year(year), "time": np.array([time]), UNTIL_TURN: np.ones(1)}

    def _no_noise(self) -> dict[str, Values]:
        """Noise is zero unless the exogenous values supply it."""
        programs = (self._start, self._step, self._rates, *self._events)
        names = {name for program in programs for name in program.leaves if name.startswith("noise:")}
        return {name: np.zeros(1) for name in names}

    def _one_year(
        self, year: int, fixed: Mapping[str, Values], state: dict[str, Values]
    ) -> tuple[dict[str, Values], dict[str, Values]]:
        steps, dt = self.clock.steps_per_year, 1.0 / self.clock.steps_per_year
        flows: dict[str, Values] = {}
        for step in range(steps):
            change = advance(self.method, partial(self._derivative, fixed), year + step * dt, dt, state)
            state = {name: value + change[name] for name, value in state.items()}
            for name in self.flows:
                flows[name] = flows[name] + change[name] if name in flows else change[name]
        return self._turn_of_year(year, fixed, state), flows

    def _derivative(self, fixed: Mapping[str, Values], t: float, state: Mapping[str, Values]) -> dict[str, Values]:
        return self._rates.run({**fixed, **state, "time": np.array([t])})

    def _turn_of_year(self, year: int, fixed: Mapping[str, Values], state: dict[str, Values]) -> dict[str, Values]:
        time = {"time": np.array([float(year + 1)])}
        for program in self._events:
            state |= program.run({**fixed, **state, **time})
        for name, hidden in self.graph.hidden.items():
            if hidden.yearly_total:
                state[name] = np.zeros_like(state[name])
        return state

    def _reported(self, year: int, known: Mapping[str, Values], settled: Mapping[str, Values]) -> YearValues:
        """`settled` are values that are known already: the year's flows, or in the base year the stocks."""
        level = {**known, **self._step.run(known), **settled}
        level |= self._ratios.run(level)
        wanted = (*self.graph.variables, *self.graph.stocks)
        return YearValues(year, {name: level[name] for name in wanted})

    def _start_values(self, program: Program, base: Mapping[str, Values]) -> dict[str, Values]:
        draws = max(value.shape[-1] for value in base.values())
        found = program.run(base)
        return {name: np.array(np.broadcast_to(value, self._full_shape(name, draws))) for name, value in found.items()}

    def _full_shape(self, name: str, draws: int) -> tuple[int, ...]:
        graph = self.graph
        if name in graph.hidden:
            dims = graph.hidden[name].dims
        elif name in graph.frozen:
            dims = graph.frozen[name].node.dims
        else:
            dims = graph.dims_of(name)
        return (*graph.shape_of(dims), draws)

    def _fail_if_not_finite(self, state: Mapping[str, Values], year: int) -> None:
        wrong = sorted(name for name, value in state.items() if not np.isfinite(value).all())
        if wrong:
            names = listing(wrong[:5])
            message = Text(f"{year} 年出现无穷大或非数：{names.zh}", f"not a finite number in {year}: {names.en}")
            advice = Text("请检查这些变量所读取的参数和情景数值", "check the parameters and scenario values that these read")
            raise RunError(Fault(message, Place(key=wrong[0]), advice))

    def _step_results(self) -> dict[str, Node]:
        return {name: Read(name, self.graph.dims_of(name)) for name in self.graph.variables}

    def _rate_results(self) -> dict[str, Node]:
        results: dict[str, Node] = {name: self.graph.rates[name] for name in self.stocks}
        results |= {name: hidden.rate for name, hidden in self.graph.hidden.items()}
        results |= {name: self.graph.equations[name] for name in self.flows}
        return results

    def _ratio_results(self) -> dict[str, Node]:
        ratios = {name for name, item in self.graph.variables.items() if item.kind == "ratio"}
        return {name: self.graph.equations[name] for name in ratios - self.given}

    def _resolve_running(self, name: str) -> Node | None:
        if name in self.given:
            return None
        if name.endswith(".rate"):
            return self.graph.rates[name.removesuffix(".rate")]
        return self.graph.equations.get(name)

    def _start_program(self, starting: Any) -> Program:
        graph = self.graph

        def resolve(name: str) -> Node | None:
            if name in self.given:
                return None
            if name in graph.stocks:
                return _initial_node(graph, name)
            if name in graph.hidden:
                return graph.hidden[name].initial
            if name in graph.frozen:
                frozen = graph.frozen[name]
                return frozen.node if frozen.growth is None else starting(frozen)
            return self._resolve_running(name)

        cached = _cached(resolve)
        names = (*self.stocks, *graph.hidden, *graph.frozen)
        return Program({name: _defined(cached(name)) for name in names}, cached)


def advance(
    method: RungeKuttaMethod, derivative: Callable[[float, Mapping[str, Values]], Rates], t: float, dt: float, state: Rates
) -> dict[str, Values]:
    """One step: the changes of every rate's integral over [t, t + dt].

    `derivative(t, state)` returns rates; names in it that are no state (flows) are integrated all the same, with the same
    weights, so that stocks change by exactly the sum of their reported flows.
    """
    slopes: list[Rates] = []
    for node, row in zip(method.nodes, method.stages, strict=True):
        moved = {name: value + dt * _combine(row, slopes, name) for name, value in state.items()} if row else state
        slopes.append(derivative(t + node * dt, moved))
    return {name: dt * _combine(method.weights, slopes, name) for name in slopes[0]}


def _combine(weights: tuple[float, ...], slopes: list[Rates], name: str) -> Values:
    parts = [weight * slope[name] for weight, slope in zip(weights, slopes, strict=False) if weight]
    return reduce(np.add, parts)  # not np.add.reduce: some stages may have fewer columns than others


def _initial_node(graph: Graph, name: str) -> Node:
    stock = graph.stocks[name]
    if isinstance(stock.initial, str):
        return Read(stock.initial, stock.dims)
    return Apply(FILL, (), stock.dims, {"value": stock.initial, "shape": graph.shape_of(stock.dims)})


def _cached(resolve: Any) -> Any:
    known: dict[str, Node | None] = {}

    def resolve_once(name: str) -> Node | None:
        if name not in known:
            known[name] = resolve(name)
        return known[name]

    return resolve_once


def _defined(node: Node | None) -> Node:
    if node is None:
        raise AssertionError("a stock or hidden quantity without a starting value")
    return node


def _starting_node(method: RungeKuttaMethod, steps: int, frozen: Frozen) -> Node:
    """base_total*(1+g)/m(g) as a node; see sim.model.starting_rate."""

    def compute(total: Values, growth: Values) -> Values:
        return total * (1.0 + growth) / mean_of_growth(method, steps, growth)

    operation = Operation("starting_rate", compute, same_unit)
    if frozen.growth is None:
        raise AssertionError("a starting rate without growth")
    return Apply(operation, (frozen.node, frozen.growth), frozen.node.dims)
