"""Corners of the model language and of the engine, each against its value worked out by hand and the plain evaluator."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.base.errors import ModelError, RunError
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.engine.kernel import compile_kernel
from sim.engine.methods import METHODS
from sim.ensemble.blocks import BlockRunner, Task
from sim.ensemble.draws import Draws
from sim.inputs.year_path import YearPath
from sim.model import Array, by, event, lookup, stock, total, variable
from tests.tiny import drawn_elsewhere, graph_of, simulate


def task_of(declared: list[Any], given: dict[str, Any], outputs: tuple[str, ...], method: str = "euler", **more: Any) -> Task:
    graph = graph_of(declared, dict.fromkeys(given, 1.0))
    kernel = compile_kernel(graph, KernelRequest(outputs, frozenset(), frozenset(), METHODS[method], 4))
    central = {name: YearPath(np.array(1.0)) for name in given}
    values = {name: np.asarray(value, dtype=float) for name, value in given.items()}
    count = len(next(iter(values.values())))
    return Task(kernel, Clock(2021, more.pop("last", 2023), 4), central, Draws(count, realised=drawn_elsewhere(values)), **more)


def test_a_rate_that_lacks_the_later_dimension_of_its_stock_is_aligned_by_name() -> None:
    @stock(unit="ratio", dims=("region", "kind"), initial=0.0)
    def level(speed: Array) -> Array:
        return speed

    rows = simulate([level], {"speed": np.array([1.0, 10.0])}, dims={"speed": ("region",)})
    assert np.allclose(rows[2021]["level"], [[1.0, 1.0], [10.0, 10.0]])


def test_a_part_that_lacks_the_later_dimension_of_the_others_is_aligned_by_name() -> None:
    @variable(unit="ratio", dims=("region", "sector", "kind"))
    def mix(a: Array, b: Array) -> Array:
        return by("sector", farm=a * 1.5, factory=b * 2.0, shop=b)

    a, b = np.array([1.0, 10.0]), np.array([[1.0, 2.0], [3.0, 4.0]])
    rows = simulate([mix], {"a": a, "b": b}, dims={"a": ("region",), "b": ("region", "kind")})
    assert np.allclose(rows[2021]["mix"][:, 0], [[1.5, 1.5], [15.0, 15.0]])


def test_parts_of_parts_are_there() -> None:
    @variable(unit="ratio", dims=("sector", "kind"))
    def mix(p: Array, q: Array) -> Array:
        return by("sector", farm=by("kind", goods=p * q, services=p + q), factory=by("kind", goods=p, services=q), shop=p)

    rows = simulate([mix], {"p": 2.0, "q": 3.0})
    assert np.allclose(rows[2021]["mix"], [[6.0, 5.0], [2.0, 3.0], [2.0, 2.0]])


def test_flows_that_follow_the_time_alone_may_be_read_by_others() -> None:
    @variable(unit="ratio/a", dims=("sector",), kind="flow")
    def spending(plan: Array, time: Array) -> Array:
        return plan * np.exp(0.02 * (time - 2021.0))

    @variable(unit="ratio/a", kind="flow")
    def all_spending(spending: Array) -> Array:
        return total(spending, over="sector")

    @variable(unit="ratio/a", kind="flow")
    def levy(all_spending: Array) -> Array:
        return 1.0 + 0.1 * all_spending * all_spending

    rows = simulate([spending, all_spending, levy], {"plan": np.array([1.0, 2.0, 3.0])}, dims={"plan": ("sector",)})
    quarters = np.exp(0.02 * np.array([0.0, 0.25, 0.5, 0.75]))
    assert rows[2021]["levy"] == pytest.approx(np.mean(1.0 + 3.6 * quarters**2), rel=1e-14)


def test_an_event_may_give_a_stock_what_another_one_was() -> None:
    @stock(unit="ratio", initial=2.0)
    def before() -> Array:
        return 0.0  # type: ignore[return-value]

    @stock(unit="ratio", initial=1.0)
    def last() -> Array:
        return 0.0  # type: ignore[return-value]

    @event(stock="before", order=1)
    def remember(last: Array) -> Array:
        return last

    @event(stock="last", order=2)
    def note(time: Array) -> Array:
        return time - 2012.0

    @variable(unit="ratio/a", kind="flow")
    def echo(before: Array) -> Array:
        return before * 1.0

    rows = simulate([before, last, remember, note, echo], years=4)
    assert [float(rows[year]["echo"]) for year in range(2021, 2025)] == [2.0, 1.0, 10.0, 11.0]


def test_a_choice_by_a_number_or_by_chosen_or_stacked_truths() -> None:
    @stock(unit="ratio", initial=1.0)
    def level() -> Array:
        return 0.0  # type: ignore[return-value]

    @variable(unit="ratio")
    def at_start(level: Array, p: Array, q: Array) -> Array:
        return np.where(level > 0.5, p, q)

    @variable(unit="ratio")
    def nested(p: Array, q: Array) -> Array:
        return np.where(np.where(p > 1.0, q > 5.0, p > 0.0), 1.0, 2.0)

    @variable(unit="ratio", dims=("kind",))
    def stacked(p: Array, q: Array) -> Array:
        return np.where(by("kind", goods=p > 2.5, services=q > 2.5), p, q)  # type: ignore[arg-type]

    rows = simulate([level, at_start, nested, stacked], {"p": 2.0, "q": 3.0})
    assert (float(rows[2021]["at_start"]), float(rows[2021]["nested"])) == (2.0, 2.0)
    assert np.array_equal(rows[2021]["stacked"], [3.0, 2.0])


def test_what_decides_at_a_threshold_is_computed_as_written() -> None:
    @variable(unit="ratio")
    def reached(x: Array, start: Array) -> Array:
        return np.where(x / start >= 1.0, 1.0, 0.0)

    @variable(unit="ratio")
    def beyond(x: Array, start: Array, k: Array) -> Array:
        return np.sqrt(k * (x / start - 1.0))

    @variable(unit="ratio")
    def early(time: Array) -> Array:
        return np.where((time - 2021.0) / 10.0 <= 0.3, 1.0, 0.0)

    values = {"x": lambda _: 49.0, "start": 49.0, "k": 0.1}
    rows = simulate([reached, beyond, early], values, years=3)
    assert (float(rows[2021]["reached"]), float(rows[2021]["beyond"]), float(rows[2023]["early"])) == (1.0, 0.0, 1.0)


def test_a_small_difference_of_large_numbers_stays_what_it_is() -> None:
    @variable(unit="ratio")
    def rest(big: Array, other: Array, small: Array) -> Array:
        return (big - other) + small

    values = {"big": lambda _: 1e9, "other": lambda _: 1e9 - 1e-3, "small": lambda _: 1e-3}
    rows = simulate([rest], values)
    assert rows[2021]["rest"] == pytest.approx((1e9 - (1e9 - 1e-3)) + 1e-3, rel=1e-15)


@pytest.mark.parametrize("exponent", [0, 1, 2, 5, 6, 7, -3, 31])
def test_whole_powers_of_negative_numbers(exponent: int) -> None:
    @variable(unit="ratio")
    def power(x: Array) -> Array:
        return x ** float(exponent)

    rows = simulate([power], {"x": -1.5})
    assert rows[2021]["power"] == pytest.approx((-1.5) ** exponent, rel=1e-14)


def test_a_power_whose_exponent_is_not_finite_is_an_error_with_a_place() -> None:
    @stock(unit="ratio", initial=0.0)
    def nothing() -> Array:
        return 0.0  # type: ignore[return-value]

    @variable(unit="ratio")
    def power(p: Array, nothing: Array) -> Array:
        return p ** (1.0 / nothing) - p ** (2.0 / nothing)

    with pytest.raises(RunError, match="power"):
        simulate([nothing, power], {"p": 2.0})


def test_a_logarithm_taken_elsewhere_does_not_break_that_of_a_positive_product() -> None:
    @variable(unit="ratio")
    def guarded(a: Array) -> Array:
        return np.where(a > 0.0, np.log(a), 0.0)

    @variable(unit="ratio")
    def product(a: Array, b: Array) -> Array:
        return np.log(a * b)

    rows = simulate([guarded, product], {"a": lambda _: -2.0, "b": lambda _: -2.0})
    assert rows[2021]["product"] == pytest.approx(np.log(4.0), rel=1e-15)


@pytest.mark.parametrize("points", [((0.0, 1.0), (1.0, 0.3), (2.0, 0.0)), ((0.0, 0.9), (1.7, 0.08), (2.6, 0.0))])
def test_a_table_never_leaves_its_values(points: tuple[tuple[float, float], ...]) -> None:
    @variable(unit="ratio")
    def looked_up(x: Array) -> Array:
        return np.sqrt(lookup(x, points))

    for x in (-1.0, 0.5, 2.0, 2.6, 9.0):
        rows = simulate([looked_up], {"x": x})
        xs, ys = np.array(points).T
        assert rows[2021]["looked_up"] == pytest.approx(np.sqrt(np.interp(x, xs, ys)), rel=1e-12)


@stock(unit="ratio", initial="first")
def level(level: Array, pull: Array) -> Array:
    return pull * level


@variable(unit="ratio")
def inverse(level: Array) -> Array:
    return 1.0 / level


@variable(unit="ratio")
def safe_inverse(level: Array, never: Array) -> Array:
    return np.where(never > 0.0, level / never, level)


def test_a_lost_draw_does_not_spoil_its_column_in_the_next_block() -> None:
    given = {"pull": [1e200, 0.1, 0.1, 0.1], "first": [1.0] * 4, "never": [0.0] * 4}
    runner = BlockRunner(task_of([level, inverse, safe_inverse], given, ("level", "safe_inverse")))
    assert [draw.draw for draw in runner.run(0, 2).lost] == [0]
    assert runner.run(2, 4).lost == ()


def test_a_base_year_that_is_not_finite_loses_the_draw() -> None:
    given = {"pull": [0.1, 0.1], "first": [1.0, 0.0]}
    [lost] = BlockRunner(task_of([level, inverse], given, ("inverse",))).run(0, 2).lost
    assert lost.draw == 1
    assert lost.origin is not None
    assert (lost.origin.year, lost.origin.variable) == (2020, "inverse")


@pytest.mark.parametrize("precision", ["float64", "float32"])
def test_the_origin_is_a_variable_not_a_branch_that_was_not_taken(precision: str) -> None:
    given = {"pull": [0.1, 4e10], "first": [1.0, 1.0], "never": [0.0, 0.0]}
    last = 2021 if precision == "float32" else 2028
    task = task_of([level, safe_inverse], given, ("safe_inverse",), last=last, precision=precision)
    [lost] = BlockRunner(task).run(0, 2).lost
    assert lost.origin is not None
    assert lost.origin.variable == "level"


def test_the_embedded_error_of_a_stock_that_starts_at_nothing_is_a_share_and_lost_draws_have_none() -> None:
    @stock(unit="ratio", initial=0.0)
    def filling(pull: Array, time: Array, filling: Array) -> Array:
        return pull * np.exp(0.1 * (time - 2021.0)) - 0.5 * filling * filling

    result = BlockRunner(task_of([filling], {"pull": [0.5, 1e300]}, ("filling",), "dopri5")).run(0, 2)
    assert [draw.draw for draw in result.lost] == [1]
    assert 0.0 < result.embedded_error < 1e-4


def test_dimensions_out_of_order_are_a_fault_of_the_model() -> None:
    @variable(unit="ratio", dims=("sector", "region"))
    def wrong(p: Array) -> Array:
        return p

    with pytest.raises(ModelError, match="region, sector"):
        graph_of([wrong], {"p": 1.0})


def test_names_that_look_like_those_of_the_source_are_no_clash() -> None:
    @variable(unit="ratio", dims=("kind",))
    def mix(p: Array, q: Array) -> Array:
        return by("kind", goods=p + q, services=p - q)

    @variable(unit="ratio")
    def mix__0(p: Array, q: Array) -> Array:
        return p * q

    @stock(unit="ratio", initial=1.0)
    def a(p: Array) -> Array:
        return p

    @variable(unit="ratio")
    def row_0_of_a(p: Array, a: Array) -> Array:
        return p + a

    rows = simulate([mix, mix__0, a, row_0_of_a], {"p": 2.0, "q": 3.0})
    assert np.array_equal(rows[2021]["mix"], [5.0, -1.0])
    assert (float(rows[2021]["mix__0"]), float(rows[2021]["row_0_of_a"])) == (6.0, 5.0)
