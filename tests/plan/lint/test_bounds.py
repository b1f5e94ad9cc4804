"""What a text leaves open is no contradiction: bounds of levels, parts, districts, rates and bases."""

from __future__ import annotations

import pytest

from sim.plan.lint import lint
from tests.plan.lint.plans import FIRMS, PERCENT, SHARE, STOCK, fact, found, measure, plan, rate, target


@pytest.mark.parametrize(
    ("level_operator", "rate_operator", "level", "expected"),
    [
        (">=", ">=", 200.0, []),
        (">=", "=", 150.0, ["conflict"]),
        ("=", ">=", 120.0, ["conflict"]),
        ("=", ">=", 150.0, []),
        ("~", "=", 143.0, ["doubt"]),
    ],
)
def test_a_level_and_a_rate_conflict_only_where_their_intervals_do_not_meet(
    level_operator: str, rate_operator: str, level: float, expected: list[str]
) -> None:
    numbers = [target("a", level, operator=level_operator), rate("g", 7.0, operator=rate_operator), fact("b", 100.0)]
    findings = [item for item in lint(plan({"m": measure("a", "g", "b")}, numbers)) if item.rule == "level_and_rate"]
    assert [item.severity for item in findings] == expected


def test_the_same_number_as_a_floor_and_as_it_is_are_two_claims() -> None:
    made = plan({"m": measure("a", "b", "c")}, [target("a", 10.0), target("b", 10.0, operator=">="), fact("c", 20.0)])
    assert [item.targets for item in lint(made)] == [("a",), ("b",)]


def test_bounds_of_parts_and_districts_are_no_levels() -> None:
    """What the texts leave open is no contradiction."""
    whole = {"all": measure("w", parts=["x", "y"], complete=True), "x": measure("a"), "y": measure("b")}
    about = [target("w", 100.0), target("a", 48.0, operator="~"), target("b", 50.0, operator="~")]
    assert lint(plan(whole, about)) == []
    under = [target("w", 100.0, operator="<="), target("a", 40.0), target("b", 50.0)]
    assert lint(plan(whole, under)) == []
    least = [target("w", 85.0), fact("a", 40.0, operator=">="), fact("b", 50.0)]
    assert found(plan(whole, least)) == [("already_met", "doubt")]
    ceiling = {**whole, "all": {**whole["all"], "better": "less"}}
    assert lint(plan(ceiling, [target("w", 95.0), *least[1:]])) == []


def test_a_district_that_is_not_to_exceed_a_number_takes_nothing_from_the_rest() -> None:
    numbers = [
        target("c", 105.0),
        target("e", 60.0, region="east", operator="<="),
        fact("c0", 100.0),
        fact("e0", 50.0, region="east"),
    ]
    assert [item.rule for item in lint(plan({"m": measure("c", "e", "c0", "e0")}, numbers))] == ["already_met"]


def test_additions_to_a_base_of_at_least_so_much_are_no_conflict() -> None:
    added = target("a", 30.0, "cumulative_over_period", start_year=2021, **FIRMS)
    numbers = [added, target("l", 100.0, **FIRMS), fact("b", 50.0, operator=">=", **FIRMS)]
    assert ("flow_and_level", "conflict") not in found(plan({"m": measure("a", "l", "b", **STOCK)}, numbers))


def test_a_floor_of_a_level_implies_no_deflator_that_is_too_low() -> None:
    numbers = [target("a", 110.0, operator=">="), rate("g", 8.0), fact("b", 100.0)]
    assert lint(plan({"m": measure("a", "g", "b", growth_price="real")}, numbers)) == []
    numbers[0] = target("a", 110.0)
    assert found(plan({"m": measure("a", "g", "b", growth_price="real")}, numbers)) == [("level_and_rate", "doubt")]


def test_a_ratio_to_a_part_of_the_whole_is_not_known() -> None:
    quotient, why = {"of": "top", "per": "bottom"}, {"why": {"zh": "部分", "en": "part"}, "part": True}
    measures = {"top": measure("t"), "bottom": measure("u", readings={"u": why}), "s": measure("a", **SHARE, quotient=quotient)}
    assert lint(plan(measures, [target("a", 80.0, **PERCENT), fact("t", 50.0), fact("u", 60.0)])) == []
