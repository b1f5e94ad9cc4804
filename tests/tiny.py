"""Small models built from functions inside a test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Dimension
from sim.engine import integrate as engine
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, YearValues, central_run
from sim.engine.kernel import compile_kernel
from sim.engine.methods import METHODS, RungeKuttaMethod
from sim.engine.workspace import Workspace
from sim.ensemble.draws import Realisations
from sim.model.declarations import Declaration
from sim.model.graph import Graph, Parameter, build_graph
from tests import plain

Values = NDArray[Any]
DIMENSIONS = (
    Dimension("region", ("north", "south")),
    Dimension("sector", ("farm", "factory", "shop"), parents=(("kind", ("goods", "goods", "services")),)),
    Dimension("kind", ("goods", "services")),
    Dimension("age", ("0", "1", "2", "3plus")),
)


class Fixed:
    """Supplies the same values every year, or values by a function of the year."""

    drawn: frozenset[str] = frozenset()

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.yearly = frozenset(name for name, value in values.items() if callable(value))

    def value(self, name: str, year: int) -> Values:
        if name.startswith("noise:") and name not in self.values:
            return np.zeros(1)
        return self.at_year(year)[name]

    def at_year(self, year: int) -> dict[str, Values]:
        found = {name: value(year) if callable(value) else value for name, value in self.values.items()}
        return {name: np.asarray(value, dtype=float)[..., None] for name, value in found.items()}


def drawn_elsewhere(values: Mapping[str, Any]) -> Realisations:
    """Values [dims..., draw] that hold in every year, as many as there are draws."""
    return Realisations(0, {name: np.asarray(array, dtype=float)[np.newaxis] for name, array in values.items()})


class Draws(Fixed):
    """As `Fixed`, but the values already carry the draw axis."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.drawn = frozenset(values)

    def at_year(self, year: int) -> dict[str, Values]:
        return {name: np.asarray(value, dtype=float) for name, value in self.values.items()}


def parameters(values: Mapping[str, Any], units: Mapping[str, str], dims: Mapping[str, tuple[str, ...]]) -> list[Parameter]:
    return [Parameter(name, units.get(name, "ratio"), dims.get(name, ())) for name in values]


def graph_of(
    declarations: Iterable[Declaration],
    values: Mapping[str, Any] | None = None,
    units: Mapping[str, str] | None = None,
    dims: Mapping[str, tuple[str, ...]] | None = None,
) -> Graph:
    return build_graph(declarations, DIMENSIONS, parameters(values or {}, units or {}, dims or {}))


def simulate(
    declarations: Iterable[Declaration],
    values: Mapping[str, Any] | None = None,
    *,
    dims: Mapping[str, tuple[str, ...]] | None = None,
    method: str = "euler",
    years: int = 1,
    steps: int = 4,
    given: frozenset[str] = frozenset(),
) -> dict[int, dict[str, Values]]:
    """Run from 2021 for some years; values by year, draw axis dropped, row 2020 the base."""
    declared = {name: value for name, value in (values or {}).items() if name not in given}
    graph = graph_of(declarations, declared, {}, dims)
    exogenous, clock = Fixed(values or {"none": 0.0}), Clock(2021, 2020 + years, steps)
    rows = list(compiled(graph, METHODS[method], clock, exogenous, given))
    fail_if_unlike(rows, list(plain.Simulator(graph, METHODS[method], clock, given).years(exogenous)))
    return {row.year: {name: value[..., 0] for name, value in row.values.items()} for row in rows}


def compiled(
    graph: Graph, method: RungeKuttaMethod, clock: Clock, exogenous: Fixed, given: frozenset[str] = frozenset()
) -> Iterator[YearValues]:
    """The years of every variable and stock by the compiled kernel."""
    outputs = tuple(graph.quantities)
    kernel = compile_kernel(graph, KernelRequest(outputs, given, exogenous.yearly, method, clock.steps_per_year))
    return central_run(kernel, clock, exogenous)


def batch(graph: Graph, method: RungeKuttaMethod, clock: Clock, exogenous: Fixed, draws: int) -> list[YearValues]:
    """The same for several draws at once."""
    request = KernelRequest(tuple(graph.quantities), frozenset(), exogenous.yearly, method, clock.steps_per_year)
    workspace = Workspace(compile_kernel(graph, request), draws, exogenous.drawn)
    rows = engine.simulate(workspace, clock, exogenous)
    return [YearValues(row.year, {name: value.copy() for name, value in row.values.items()}) for row in rows]


def fail_if_unlike(rows: Sequence[YearValues], plain_rows: Sequence[YearValues], tolerance: float = 1e-12) -> None:
    """Both ways of running must agree to `tolerance` of each variable's largest value in the run."""
    assert [row.year for row in rows] == [row.year for row in plain_rows]
    for name in rows[0].values:
        ours = np.stack([row.values[name] for row in rows])
        other = np.stack([np.broadcast_to(row.values[name], ours.shape[1:]) for row in plain_rows])
        assert np.abs(ours - other).max() <= tolerance * max(np.abs(other).max(), 1e-300), name
