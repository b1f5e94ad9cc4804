"""Closed forms of every function of the vocabulary, and a test that none is missing."""

from __future__ import annotations

import inspect
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim.model
from sim.base.errors import ModelError
from sim.model import (
    Array,
    accumulate,
    at,
    by,
    delay1,
    delay3,
    event,
    growth,
    hand_down,
    initial,
    lookup,
    noise,
    place,
    pulse,
    ramp,
    regroup,
    relative,
    roll_up,
    share,
    shift,
    smooth,
    starting_rate,
    step,
    stock,
    total,
    trend,
    until_turn,
    variable,
    weighted_mean,
    weighted_sum,
)
from tests.tiny import graph_of, simulate

X = np.array([2.0, 3.0, 5.0])
W = np.array([1.0, 0.0, 3.0])
GRID = np.arange(6.0).reshape(2, 3)
DIMS = {"x": ("sector",), "w": ("sector",), "grid": ("region", "sector"), "ages": ("age",)}
TESTED = {
    "accumulate", "at", "by", "delay1", "delay3", "growth", "hand_down", "initial", "lookup", "noise", "place", "pulse", "ramp",
    "regroup", "relative", "roll_up", "share", "shift", "smooth", "starting_rate", "step", "total", "trend", "until_turn",
    "weighted_mean", "weighted_sum",
}  # fmt: skip


def test_every_function_of_the_vocabulary_has_a_test() -> None:
    vocabulary = {name for name, item in vars(sim.model).items() if inspect.isfunction(item)}
    assert vocabulary - {"event", "stock", "variable"} == TESTED


def _value(equation: Any, dims: tuple[str, ...], values: dict[str, Any]) -> Any:
    declared = variable(unit="ratio", dims=dims)(equation)
    return simulate([declared], values, dims=DIMS)[2021][declared.name]


def test_total_over_one_and_over_all() -> None:
    def sums(grid: Array) -> Array:
        return total(grid, over="sector")

    def everything(grid: Array) -> Array:
        return total(grid, over=("region", "sector"))

    assert np.array_equal(_value(sums, ("region",), {"grid": GRID}), [3.0, 12.0])
    assert _value(everything, (), {"grid": GRID}) == 15.0


def test_share_adds_to_one_and_keeps_proportions() -> None:
    def part(x: Array) -> Array:
        return share(x, over="sector")

    assert np.allclose(_value(part, ("sector",), {"x": X}), X / 10.0, rtol=1e-15)


def test_weighted_sum_and_mean() -> None:
    def summed(x: Array, w: Array) -> Array:
        return weighted_sum(x, w, over="sector")

    def mean(x: Array, w: Array) -> Array:
        return weighted_mean(x, w, over="sector")

    assert _value(summed, (), {"x": X, "w": W}) == 17.0
    assert _value(mean, (), {"x": X, "w": W}) == 17.0 / 4.0


def test_at_by_and_place_pick_and_put_members() -> None:
    def factory(x: Array) -> Array:
        return at(x, sector="factory")

    def rebuilt(x: Array) -> Array:
        return by("sector", farm=1.0, shop=at(x, sector="farm"), factory=at(x, sector="shop") * 2.0)

    def put(x: Array) -> Array:
        return place(total(x, over="sector"), age="2")

    assert _value(factory, (), {"x": X}) == 3.0
    assert np.array_equal(_value(rebuilt, ("sector",), {"x": X}), [1.0, 10.0, 2.0])
    assert np.array_equal(_value(put, ("age",), {"x": X}), [0.0, 0.0, 10.0, 0.0])


def test_by_aligns_parts_of_different_dimensions() -> None:
    def mixed(grid: Array, x: Array) -> Array:
        return by("kind", goods=total(grid, over="sector"), services=total(x, over="sector"))

    assert np.array_equal(_value(mixed, ("region", "kind"), {"grid": GRID, "x": X}), [[3.0, 10.0], [12.0, 10.0]])


def test_shift_moves_up_and_the_last_keeps() -> None:
    def older(ages: Array) -> Array:
        return shift(ages, along="age")

    def lost(ages: Array) -> Array:
        return shift(ages, along="age", keep_last=False)

    ages = np.array([1.0, 2.0, 4.0, 8.0])
    assert np.array_equal(_value(older, ("age",), {"ages": ages}), [0.0, 1.0, 2.0, 12.0])
    assert np.array_equal(_value(lost, ("age",), {"ages": ages}), [0.0, 1.0, 2.0, 4.0])


def test_regroup_sums_members_and_a_member_may_feed_two() -> None:
    def kinds(grid: Array) -> Array:
        return regroup(grid, "sector", "kind", {"goods": ("farm", "factory"), "services": ("factory", "shop")})

    assert np.array_equal(_value(kinds, ("region", "kind"), {"grid": GRID}), [[1.0, 3.0], [7.0, 9.0]])


def test_a_finer_dimension_is_rolled_up_and_handed_down() -> None:
    def kinds(grid: Array) -> Array:
        return roll_up(grid, "sector", "kind")

    def back(grid: Array) -> Array:
        return hand_down(roll_up(grid, "sector", "kind"), "kind", "sector")

    assert np.array_equal(_value(kinds, ("region", "kind"), {"grid": GRID}), [[1.0, 2.0], [7.0, 5.0]])
    assert np.array_equal(_value(back, ("region", "sector"), {"grid": GRID}), [[1.0, 1.0, 2.0], [7.0, 7.0, 5.0]])


def test_a_dimension_that_stands_within_no_other_cannot_be_rolled_up() -> None:
    def wrong(ages: Array) -> Array:
        return roll_up(ages, "age", "kind")

    with pytest.raises(ModelError, match="does not stand within"):
        _value(wrong, ("kind",), {"ages": np.zeros(4)})


def test_relative_is_one_at_the_start() -> None:
    @stock(unit="index", initial=2.0)
    def level(level: Array) -> Array:
        return 0.5 * level

    @variable(unit="ratio")
    def against_start(level: Array) -> Array:
        return relative(level)

    rows = simulate([level, against_start], {})
    assert rows[2021]["against_start"] == pytest.approx(rows[2021]["level"] / 2.0)
    assert rows[2021]["against_start"] > 1.0


@given(st.floats(-5, 15))
def test_lookup_is_piecewise_linear_and_flat_outside(x: float) -> None:
    def curve(x: Array) -> Array:
        return lookup(x, ((0.0, 1.0), (4.0, 3.0), (10.0, 0.0)))

    value = float(_value_scalar(curve, x))
    exact = 1.0 if x <= 0 else 1.0 + x / 2 if x <= 4 else 3.0 - (x - 4) / 2 if x <= 10 else 0.0
    assert value == pytest.approx(exact, abs=1e-12)


def _value_scalar(equation: Any, x: float) -> Any:
    declared = variable(unit="ratio")(equation)
    return simulate([declared], {"x": x})[2021][declared.name]


def _by_time(equation: Any) -> dict[int, float]:
    declared = variable(unit="ratio")(equation)
    return {year: float(values["shape"]) for year, values in simulate([declared], {}, years=5).items()}


def test_step_ramp_and_pulse_in_time() -> None:
    def stepped(time: Array) -> Array:
        return step(time, 2.0, 2023.0)

    def ramped(time: Array) -> Array:
        return ramp(time, 0.5, 2022.0, 2024.0)

    def pulsed(time: Array) -> Array:
        return pulse(time, 3.0, 2023.0, 1.0)

    found = {}
    for shape in (stepped, ramped, pulsed):
        name = shape.__name__
        shape.__name__ = "shape"
        found[name] = _by_time(shape)
    # levels of year Y are read at Y + 1.0
    assert [found["stepped"][year] for year in (2021, 2022, 2023)] == [0.0, 2.0, 2.0]
    assert [found["ramped"][year] for year in (2021, 2022, 2023, 2025)] == [0.0, 0.5, 1.0, 1.0]
    assert [found["pulsed"][year] for year in (2021, 2022, 2023)] == [0.0, 3.0, 0.0]


def test_initial_keeps_the_value_of_the_start() -> None:
    @stock(unit="ratio", initial=2.0)
    def level(level: Array) -> Array:
        return level

    @variable(unit="ratio")
    def first(level: Array) -> Array:
        return initial(level * 3.0)

    rows = simulate([level, first], {}, years=3)
    assert [float(rows[year]["first"]) for year in (2021, 2022, 2023)] == [6.0, 6.0, 6.0]


@pytest.mark.parametrize("method", ["euler", "rk4"])
@pytest.mark.parametrize("rate", [0.08, 0.0, -0.03, 0.3])
def test_starting_rate_gives_the_stated_total_of_the_first_year(method: str, rate: float) -> None:
    @variable(unit="ratio/a", kind="flow")
    def flow(base: Array, rate: Array, time: Array) -> Array:
        return starting_rate(base, rate) * np.exp(np.log(1.0 + rate) * (time - initial(time)))

    for steps in (1, 4, 12):
        rows = simulate([flow], {"base": 100.0, "rate": rate}, years=2, method=method, steps=steps)
        assert float(rows[2020]["flow"]) == 100.0
        assert float(rows[2021]["flow"]) == pytest.approx(100.0 * (1 + rate), rel=1e-12)
        assert float(rows[2022]["flow"]) == pytest.approx(100.0 * (1 + rate) ** 2, rel=1e-12)


def test_growth_of_a_stock_is_its_own_net_rate() -> None:
    @stock(unit="ratio", initial=5.0)
    def level(level: Array, rate: Array) -> Array:
        return rate * level

    @variable(unit="1/a")
    def pace(level: Array) -> Array:
        return growth(level)

    assert float(simulate([level, pace], {"rate": 0.04})[2021]["pace"]) == pytest.approx(0.04, rel=1e-14)


def test_growth_of_something_else_is_refused() -> None:
    @variable(unit="1/a")
    def pace(x: Array) -> Array:
        return growth(x)

    with pytest.raises(ModelError, match="growth is for stocks"):
        graph_of([pace], {"x": 1.0})


def _response(equation: Any, years: int, steps: int) -> float:
    declared = variable(unit="ratio")(equation)
    values = {"x": lambda year: 0.0 if year < 2021 else 1.0}
    return float(simulate([declared], values, years=years, steps=steps, method="rk4")[2020 + years][declared.name])


def test_smooth_and_delays_answer_a_step_as_their_closed_forms() -> None:
    def smoothed(x: Array) -> Array:
        return smooth(x, 2.0)

    def first(x: Array) -> Array:
        return delay1(x, 2.0)

    def third(x: Array) -> Array:
        return delay3(x, 3.0)

    assert _response(smoothed, 3, 12) == pytest.approx(1 - math.exp(-1.5), rel=1e-6)
    assert _response(first, 3, 12) == pytest.approx(1 - math.exp(-1.5), rel=1e-6)
    erlang = 1 - math.exp(-4.0) * (1 + 4.0 + 8.0)
    assert _response(third, 4, 24) == pytest.approx(erlang, rel=1e-5)


def test_trend_of_steady_growth_is_its_rate_and_starts_as_told() -> None:
    @stock(unit="ratio", initial=1.0)
    def level(level: Array) -> Array:
        return 0.05 * level

    @variable(unit="1/a")
    def seen(level: Array) -> Array:
        return trend(level, 3.0)

    rows = simulate([level, seen], {}, years=60, method="rk4")
    assert float(rows[2020]["seen"]) == 0.0
    assert float(rows[2080]["seen"]) == pytest.approx(0.05, rel=1e-6)

    @variable(unit="1/a")
    def told(level: Array, rate: Array) -> Array:
        return trend(level, 3.0, rate)

    rows = simulate([level, told], {"rate": 0.05}, years=5, method="rk4")
    assert [float(rows[year]["told"]) for year in (2020, 2023, 2025)] == pytest.approx([0.05] * 3, rel=1e-5)


def test_accumulate_is_the_total_of_the_year_at_its_end() -> None:
    @variable(unit="ratio/a", kind="flow")
    def flow(time: Array) -> Array:
        return time - 2020.0

    @stock(unit="ratio", initial=0.0)
    def kept() -> Array:
        return 0.0  # type: ignore[return-value]

    @event(stock="kept", order=1)
    def note(flow: Array) -> Array:
        return accumulate(flow)

    rows = simulate([flow, kept, note], {}, years=3, method="rk4")
    for year in (2021, 2022, 2023):
        assert float(rows[year]["kept"]) == pytest.approx(year - 2020 + 0.5, rel=1e-14)
        assert float(rows[year]["kept"]) == float(rows[year]["flow"])


def test_noise_is_one_number_a_year_from_its_stream() -> None:
    @variable(unit="ratio")
    def shaken(x: Array) -> Array:
        return x + noise("demand", x)

    rows = simulate([shaken], {"x": 1.0, "noise:demand": lambda year: 0.1 * (year - 2020)}, years=2)
    assert [float(rows[year]["shaken"]) for year in (2020, 2021, 2022)] == pytest.approx([1.0, 1.1, 1.2])


def test_what_joins_its_stock_at_the_turn_of_the_year_is_counted_once() -> None:
    @stock(unit="ratio", initial=0.0)
    def past() -> Array:
        return 0.0  # type: ignore[return-value]

    @variable(unit="ratio")
    def shock(one: Array) -> Array:
        return one * noise("demand", one)

    @event(stock="past", order=1)
    def joins(past: Array, shock: Array) -> Array:
        return past + shock

    @variable(unit="ratio")
    def level(past: Array, shock: Array) -> Array:
        return past + until_turn(shock)

    @variable(unit="ratio/a", kind="flow")
    def felt(level: Array, pace: Array) -> Array:
        return level * pace

    shocks = {2021: 0.1, 2022: 0.3, 2023: -0.2}
    values = {"one": 1.0, "pace": 1.0, "noise:demand": lambda year: shocks.get(year, 0.0)}
    rows = simulate([past, shock, joins, level, felt], values, years=3)
    assert [float(rows[year]["level"]) for year in (2020, 2021, 2022, 2023)] == pytest.approx([0.0, 0.1, 0.4, 0.2])
    assert [float(rows[year]["felt"]) for year in (2021, 2022, 2023)] == pytest.approx([0.1, 0.4, 0.2])


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda x: total(x, over="region"), "no dimension region"),
        (lambda x: at(x, sector="mine"), "no member mine"),
        (lambda x: by("sector", farm=x, shop=1.0), "members differ: factory"),
        (lambda x: regroup(x, "sector", "kind", {"goods": ("farm",)}), "every member of kind"),
        (lambda x: lookup(x, ((1.0, 0.0), (1.0, 2.0))), "must rise"),
        (lambda x: place(x, nowhere="1"), "no dimension nowhere"),
    ],
)
def test_wrong_dimensions_and_members_are_named(wrong: Any, text: str) -> None:
    def faulty(x: Array) -> Any:
        return wrong(x)

    with pytest.raises(ModelError, match=text):
        graph_of([variable(unit="ratio", dims=("sector",))(faulty)], {"x": X}, {}, DIMS)
