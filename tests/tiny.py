"""Small models built from functions inside a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.dimensions import Dimension
from sim.model.declarations import Declaration
from sim.model.graph import Graph, Parameter, build_graph
from sim.numerics.integrate import Clock, Simulator
from sim.numerics.methods import METHODS

Values = NDArray[Any]
DIMENSIONS = (
    Dimension("region", ("north", "south")),
    Dimension("sector", ("farm", "factory", "shop")),
    Dimension("kind", ("goods", "services")),
    Dimension("age", ("0", "1", "2", "3plus")),
)


class Fixed:
    """Supplies the same values every year, or values by a function of the year."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def at_year(self, year: int) -> dict[str, Values]:
        found = {name: value(year) if callable(value) else value for name, value in self.values.items()}
        return {name: np.asarray(value, dtype=float)[..., None] for name, value in found.items()}


class Draws(Fixed):
    """As `Fixed`, but the values already carry the draw axis."""

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
    simulator = Simulator(graph, METHODS[method], Clock(2021, 2020 + years, steps), given)
    rows = simulator.years(Fixed(values or {"none": 0.0}))
    return {row.year: {name: value[..., 0] for name, value in row.values.items()} for row in rows}
