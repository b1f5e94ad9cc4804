"""What is given from a year on: until then the model's own run to the last digit, from then on the given path."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.engine import integrate
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, central_run
from sim.engine.kernel import compile_kernel
from sim.engine.methods import METHODS
from sim.engine.workspace import Workspace
from sim.model import Array, smooth, stock, variable
from sim.model.graph import Graph
from tests.tiny import Draws, Fixed, graph_of

CLOCK = Clock(2021, 2026, 4)
Rows = dict[int, Mapping[str, NDArray[Any]]]


@stock(unit="ratio", initial=1.0)
def people(people: Array, growth: Array) -> Array:
    return growth * people


@variable(unit="ratio")
def output(people: Array) -> Array:
    return 3.0 * people


@variable(unit="ratio")
def expected(output: Array) -> Array:
    return smooth(output, 2.0)


def model() -> Graph:
    return graph_of([people, output, expected], {"growth": 0.1})


def from_2023(year: int) -> float:
    return float(year) if year >= 2023 else np.nan


def request(method: str, given: frozenset[str] = frozenset()) -> KernelRequest:
    later = ((2023, given),) if given else ()
    return KernelRequest(("people", "output", "expected"), frozenset(), given, METHODS[method], 4, later)


def rows_of(method: str, **given: Any) -> Rows:
    kernel = compile_kernel(model(), request(method, frozenset(given)))
    return {row.year: row.values for row in central_run(kernel, CLOCK, Fixed({"growth": 0.1, **given}))}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", ["output", "people"])
def test_years_before_are_those_of_the_model_to_the_last_digit(name: str, method: str) -> None:
    plain, found = rows_of(method), rows_of(method, **{name: from_2023})
    for year in (2020, 2021, 2022):
        assert all(np.array_equal(found[year][key], plain[year][key]) for key in plain[year])
    assert [float(found[year][name][0]) for year in (2023, 2026)] == [2023.0, 2026.0]


def test_what_remembers_the_past_goes_on_from_where_the_model_left_it() -> None:
    plain, found = rows_of("rk4"), rows_of("rk4", output=lambda year: 6.0 if year >= 2023 else np.nan)
    left = float(plain[2022]["expected"][0])
    for year in (2023, 2026):
        exact = 6.0 + (left - 6.0) * np.exp(-(year - 2022) / 2.0)
        assert float(found[year]["expected"][0]) == pytest.approx(exact, rel=1e-4)
    assert all(np.allclose(found[year]["people"], plain[year]["people"], rtol=1e-14) for year in plain)


def test_several_names_begin_in_years_of_their_own() -> None:
    both = KernelRequest(
        ("people", "output"),
        frozenset(),
        frozenset({"people", "output"}),
        METHODS["euler"],
        4,
        ((2023, frozenset({"output"})), (2025, frozenset({"people"}))),
    )
    values = {"growth": 0.1, "output": from_2023, "people": lambda year: 50.0 if year >= 2025 else np.nan}
    found = {row.year: row.values for row in central_run(compile_kernel(model(), both), CLOCK, Fixed(values))}
    plain = rows_of("euler")
    assert float(found[2024]["people"][0]) == float(plain[2024]["people"][0])
    assert [float(found[year]["output"][0]) for year in (2022, 2024, 2026)] == [float(plain[2022]["output"][0]), 2024.0, 2026.0]
    assert [float(found[year]["people"][0]) for year in (2025, 2026)] == [50.0, 50.0]


def test_every_draw_of_a_block_equals_its_own_run() -> None:
    rates = np.array([0.05, 0.1, 0.2])
    kernel = compile_kernel(model(), request("heun", frozenset({"output"})))
    exogenous = Mixed(rates)
    workspace = Workspace(kernel, len(rates), exogenous.drawn)
    together = [
        {name: value.copy() for name, value in row.values.items()} for row in integrate.simulate(workspace, CLOCK, exogenous)
    ]
    for place, rate in enumerate(rates):
        alone = central_run(kernel, CLOCK, Fixed({"growth": rate, "output": from_2023}))
        for row, one in zip(together, alone, strict=True):
            assert all(row[name][..., place] == one.values[name][..., 0] for name in row)


class Mixed(Draws):
    """Growth differs from draw to draw, and output is given."""

    def __init__(self, rates: NDArray[Any]) -> None:
        super().__init__({"growth": rates})

    def value(self, name: str, year: int) -> NDArray[Any]:
        return np.array([from_2023(year)]) if name == "output" else super().value(name, year)
