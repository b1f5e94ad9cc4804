"""Order of convergence of every method, agreement with scipy, and exact accounting of flows."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from sim.engine.integrate import Clock
from sim.engine.methods import METHODS
from sim.model import Array, accumulate, event, place, shift, stock, total, variable
from sim.model.declarations import Declaration
from tests.tiny import Draws, Fixed, batch, compiled, graph_of, simulate


@stock(unit="ratio", initial=0.1)
def logistic(logistic: Array, rate: Array) -> Array:
    return rate * logistic * (1.0 - logistic)


@stock(unit="ratio", initial=1.0)
def prey(prey: Array, predator: Array) -> Array:
    return 0.6 * prey - 0.5 * prey * predator


@stock(unit="ratio", initial=0.8)
def predator(prey: Array, predator: Array) -> Array:
    return 0.4 * prey * predator - 0.7 * predator


def _logistic(t: float, rate: float) -> float:
    return 1.0 / (1.0 + 9.0 * math.exp(-rate * t))


@pytest.mark.parametrize("name", METHODS)
def test_order_of_convergence(name: str) -> None:
    errors = []
    for steps in (8, 16, 32):
        rows = simulate([logistic], {"rate": 1.5}, method=name, years=2, steps=steps)
        errors.append(abs(float(rows[2022]["logistic"]) - _logistic(2.0, 1.5)))
    for coarse, fine in pairwise(errors):
        assert math.log2(coarse / fine) == pytest.approx(METHODS[name].order, abs=0.25)


@pytest.mark.parametrize("name", METHODS)
def test_tableau_is_consistent(name: str) -> None:
    method = METHODS[name]
    assert sum(method.weights) == pytest.approx(1.0, rel=1e-15)
    for node, row in zip(method.nodes, method.stages, strict=True):
        assert sum(row) == pytest.approx(node, rel=1e-15)


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.order > 3])
def test_methods_of_high_order_agree_with_scipy(name: str) -> None:
    rows = simulate([prey, predator], {}, method=name, years=10, steps=100)
    reference = solve_ivp(
        lambda _, y: [0.6 * y[0] - 0.5 * y[0] * y[1], 0.4 * y[0] * y[1] - 0.7 * y[1]],
        (0, 10),
        [1.0, 0.8],
        method="DOP853",
        rtol=1e-12,
        atol=1e-12,
    )
    assert float(rows[2030]["prey"]) == pytest.approx(reference.y[0, -1], rel=1e-9)
    assert float(rows[2030]["predator"]) == pytest.approx(reference.y[1, -1], rel=1e-9)


@pytest.mark.parametrize("name", METHODS)
def test_stocks_change_by_exactly_their_reported_flows(name: str) -> None:
    @variable(unit="ratio/a", kind="flow")
    def inflow(time: Array) -> Array:
        return np.exp(0.3 * (time - 2021.0))

    @variable(unit="ratio/a", kind="flow")
    def outflow(content: Array) -> Array:
        return 0.2 * content

    @stock(unit="ratio", initial=3.0)
    def content(inflow: Array, outflow: Array) -> Array:
        return inflow - outflow

    rows = simulate([inflow, outflow, content], {}, method=name, years=5)
    for year in range(2021, 2026):
        change = float(rows[year]["content"] - rows[year - 1]["content"])
        assert change == pytest.approx(float(rows[year]["inflow"] - rows[year]["outflow"]), rel=1e-12)


def _cohorts() -> list[Declaration]:
    @stock(unit="ratio", dims=("age",), initial="people_base")
    def people() -> Array:
        return 0.0  # type: ignore[return-value]

    @variable(unit="ratio/a", dims=("age",), kind="flow")
    def deaths(people: Array) -> Array:
        return 0.1 * people

    @variable(unit="ratio/a", kind="flow")
    def births(people: Array) -> Array:
        return 0.3 * total(people, over="age")

    @event(stock="people", order=1)
    def grow_older(people: Array, deaths: Array, births: Array) -> Array:
        return shift(people - accumulate(deaths), along="age") + place(accumulate(births), age="0")

    return [people, deaths, births, grow_older]


@pytest.mark.parametrize("name", METHODS)
def test_yearly_events_do_the_same_for_every_method_and_step(name: str) -> None:
    start = np.array([4.0, 3.0, 2.0, 1.0])
    for steps in (1, 4, 12):
        rows = simulate(
            _cohorts(),
            {"people_base": start},
            dims={"people_base": ("age",)},
            method=name,
            years=2,
            steps=steps,
        )
        expected = start
        for year in (2021, 2022):
            alive = 0.9 * expected
            expected = np.array([0.3 * expected.sum(), alive[0], alive[1], alive[2] + alive[3]])
            assert np.allclose(rows[year]["people"], expected, rtol=1e-13)


def test_every_draw_of_a_batch_equals_its_own_run() -> None:
    rates = np.array([0.5, 1.0, 1.5, 2.0])
    graph, clock = graph_of([logistic], {"rate": 1.0}), Clock(2021, 2025)
    together = batch(graph, METHODS["rk4"], clock, Draws({"rate": rates}), len(rates))[-1].values["logistic"]
    for index, rate in enumerate(rates):
        alone = list(compiled(graph, METHODS["rk4"], clock, Fixed({"rate": rate})))[-1].values["logistic"]
        assert together[index] == alone[0]


def test_a_given_path_replaces_a_variable_and_a_stock() -> None:
    @variable(unit="ratio")
    def doubled(logistic: Array) -> Array:
        return 2.0 * logistic

    values = {"rate": 1.0, "logistic": lambda year: float(year - 2020)}
    rows = simulate([logistic, doubled], values, years=3, given=frozenset({"logistic"}))
    assert [float(rows[year]["doubled"]) for year in (2021, 2022, 2023)] == [2.0, 4.0, 6.0]
    values = {"rate": 1.0, "doubled": lambda year: 7.0}
    assert float(simulate([logistic, doubled], values, given=frozenset({"doubled"}))[2021]["doubled"]) == 7.0
