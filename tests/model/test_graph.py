"""Faults of a model name every offender: cycles, missing names, doubled names, units."""

from __future__ import annotations

import pytest

from sim.base.errors import ModelError
from sim.model import Array, event, smooth, stock, variable
from sim.model.graph import check_units, circles
from tests.tiny import graph_of


def test_a_cycle_names_everyone_in_it_and_says_how_to_break_it() -> None:
    @variable(unit="ratio")
    def a(c: Array) -> Array:
        return c + 1.0

    @variable(unit="ratio")
    def b(a: Array) -> Array:
        return a + 1.0

    @variable(unit="ratio")
    def c(b: Array) -> Array:
        return b + 1.0

    @variable(unit="ratio")
    def bystander(a: Array) -> Array:
        return a + 1.0

    with pytest.raises(ModelError, match="a, c, b") as caught:
        graph_of([a, b, c, bystander])
    assert len(caught.value.faults) == 1
    assert "bystander" not in str(caught.value)


def test_two_cycles_are_two_faults_and_a_delay_breaks_one() -> None:
    @variable(unit="ratio")
    def a(b: Array) -> Array:
        return b

    @variable(unit="ratio")
    def b(a: Array) -> Array:
        return a

    @variable(unit="ratio")
    def self_reading(self_reading: Array) -> Array:
        return self_reading

    with pytest.raises(ModelError) as caught:
        graph_of([a, b, self_reading])
    assert len(caught.value.faults) == 2

    @variable(unit="ratio")
    def delayed(follower: Array, x: Array) -> Array:
        return smooth(follower, 1.0, x)

    @variable(unit="ratio")
    def follower(delayed: Array) -> Array:
        return delayed * 0.5

    assert set(graph_of([delayed, follower], {"x": 1.0}).equations) == {"delayed", "follower"}


def test_starting_values_that_read_each_other_are_a_fault() -> None:
    @stock(unit="ratio", initial="half")
    def level() -> Array:
        return 0.0  # type: ignore[return-value]

    @variable(unit="ratio")
    def half(level: Array) -> Array:
        return level * 0.5

    with pytest.raises(ModelError, match="starting values"):
        graph_of([level, half])


def test_missing_names_are_all_reported_with_the_nearest() -> None:
    @variable(unit="ratio")
    def capital(investmnt: Array, labuor: Array) -> Array:
        return investmnt + labuor

    @stock(unit="ratio", initial="nothing")
    def other() -> Array:
        return 0.0  # type: ignore[return-value]

    @event(stock="absent", order=1)
    def happens(capital: Array) -> Array:
        return capital

    with pytest.raises(ModelError) as caught:
        graph_of([capital, other, happens], {"investment": 1.0, "labour": 1.0})
    text = str(caught.value)
    assert "did you mean 'investment'" in text
    assert "did you mean 'labour'" in text
    assert "absent" in text


def test_doubled_names_and_unknown_dimensions() -> None:
    @variable(unit="ratio")
    def twice(x: Array) -> Array:
        return x

    def again(x: Array) -> Array:
        return x

    again.__name__ = "twice"
    doubled = variable(unit="ratio")(again)

    @variable(unit="ratio", dims=("sectr",))
    def misspelt(x: Array) -> Array:
        return x

    with pytest.raises(ModelError) as caught:
        graph_of([twice, doubled, misspelt], {"x": 1.0})
    assert "declared twice" in str(caught.value)
    assert "did you mean 'sector'" in str(caught.value)


def test_unit_faults_name_every_equation() -> None:
    @variable(unit="亿元/a")
    def nominal(real: Array) -> Array:
        return real

    @variable(unit="亿元/a")
    def mixed(money: Array, small: Array) -> Array:
        return money + small

    @variable(unit="ratio")
    def percent(share: Array) -> Array:
        return 1.0 + share

    @variable(unit="ratio")
    def powered(money: Array, share: Array) -> Array:
        return money**share

    @stock(unit="亿元", initial="money")
    def wealth(money: Array) -> Array:
        return money

    values = dict.fromkeys(("real", "money", "small", "share"), 1.0)
    units = {"real": "亿元_2020/a", "money": "亿元/a", "small": "万元/a", "share": "%"}
    with pytest.raises(ModelError) as caught:
        check_units(graph_of([nominal, mixed, percent, powered, wealth], values, units))
    named = {fault.place.key for fault in caught.value.faults}
    assert named == {"nominal", "mixed", "percent", "powered", "wealth"}


def test_units_that_agree_pass() -> None:
    @variable(unit="亿元_2020/a", kind="flow")
    def real(nominal: Array, price: Array) -> Array:
        return nominal / price

    @stock(unit="亿元_2020", initial="start")
    def wealth(real: Array, wealth: Array, rate: Array) -> Array:
        return real - rate * wealth

    values = dict.fromkeys(("nominal", "price", "start", "rate"), 1.0)
    units = {"nominal": "亿元/a", "price": "亿元/亿元_2020", "start": "亿元_2020", "rate": "1/a"}
    check_units(graph_of([real, wealth], values, units))


def test_circles_are_found_and_nothing_else() -> None:
    reads = {"a": {"b"}, "b": {"a"}, "c": {"a", "d"}, "d": set(), "e": {"e"}}
    assert sorted(sorted(group) for group in circles(reads)) == [["a", "b"], ["e"]]
