"""Every rule catches a fault that was put there, with the right arithmetic, and is silent about its consistent twin."""

from __future__ import annotations

import pytest

from sim.base.text import Text
from sim.inputs.history import Break
from sim.plan.claims import CityPlan
from sim.plan.lint import RULES, lint
from tests.plan.lint.plans import FIRMS, LESS, PERCENT, SHARE, STOCK, data, fact, found, measure, only, plan, rate, target
from tests.plan.lint.related import (
    areas,
    entities,
    firms_after,
    grown_since,
    met_shares,
    outgrown,
    risen,
    rough_share,
    served,
    spending,
    three_shares,
)

STEADY = {year: 100.0 * 1.05 ** (year - 2010) for year in range(2010, 2021)}
"""A history that grew by five per cent a year, to 162.89 in 2020."""


def fine_dust(wanted: float) -> CityPlan:
    return plan({"m": measure("a", "b", **LESS)}, [target("a", wanted, **PERCENT), fact("b", 32.0, **PERCENT)])


def output_beside_gdp(output: float) -> CityPlan:
    measures = {"gdp": measure("g"), "o": measure("a", gross_output=True)}
    return plan(measures, [target("g", 100.0), target("a", output)])


def per_head(total: float, heads: float, per_head: float) -> CityPlan:
    measures = {
        "gdp": measure("t"),
        "people": measure("h", unit="万人", kind="stock", price="none"),
        "per_head": measure("p", unit="万元/万人", kind="ratio", quotient={"of": "gdp", "per": "people"}),
    }
    numbers = [target("t", total), target("h", heads, unit="万人"), target("p", per_head, unit="万元/万人")]
    return plan(measures, numbers)


def shares_of(of_industry: float, of_gdp: float) -> CityPlan:
    return three_shares(target("n", of_industry, **PERCENT), target("w", of_gdp, **PERCENT), fact("f", 50.0, **PERCENT))


def districts(city: float, east: float, west: float) -> CityPlan:
    numbers = [
        target("c", city, **FIRMS),
        target("e", east, region="east", **FIRMS),
        target("w", west, region="west", **FIRMS),
        fact("c0", 1000.0, **FIRMS),
        fact("e0", 200.0, region="east", **FIRMS),
        fact("w0", 100.0, region="west", **FIRMS),
    ]
    return plan({"firms": measure("c", "e", "w", "c0", "e0", "w0", **STOCK)}, numbers)


def additions(each_year: float, level: float, operator: str = "=") -> CityPlan:
    yearly = target("a", each_year, "annual_flow_each_year", start_year=2021, operator=operator, **FIRMS)
    numbers = [yearly, target("l", level, operator=operator, **FIRMS), fact("b", 100.0, **FIRMS)]
    return plan({"firms": measure("a", "l", "b", **STOCK)}, numbers)


def parts(whole: float) -> CityPlan:
    measures = {"all": measure("w", parts=["x", "y"]), "x": measure("a"), "y": measure("b")}
    return plan(measures, [target("w", whole), target("a", 60.0), target("b", 50.0)])


SEEDED = [
    ("different_numbers", "conflict", plan({"m": measure("a", "b")}, [target("a", 100.0), target("b", 120.0)])),
    ("different_numbers", "doubt", plan({"m": measure("a", "b")}, [target("a", 100.0), target("b", 120.0, document="later")])),
    (
        "different_numbers",
        "doubt",
        plan({"m": measure("a", "b")}, [target("a", 100.0, operator=">="), target("b", 120.0, operator=">=")]),
    ),
    (
        "different_numbers",
        "conflict",
        plan({"m": measure("a", history="gdp")}, [fact("a", 100.0)], data("gdp", {2020: 110.0})),
    ),
    ("already_met", "doubt", plan({"m": measure("a", "b")}, [target("a", 100.0), fact("b", 120.0)])),
    ("already_met", "note", plan({"m": measure("a", "b")}, [target("a", 100.0), fact("b", 100.0)])),
    (
        "already_met",
        "doubt",
        plan({"m": measure("a", "b", **LESS)}, [target("a", 35.0, **PERCENT), fact("b", 32.0, **PERCENT)]),
    ),
    ("already_met", "doubt", plan({"m": measure("a", history="gdp")}, [target("a", 100.0)], data("gdp", {2020: 110.0}))),
    (
        "less_than_before",
        "note",
        plan(
            {"m": measure("a", "b")},
            [
                target("a", 100.0, "cumulative_over_period", start_year=2021),
                fact("b", 150.0, "cumulative", start_year=2016),
            ],
        ),
    ),
    ("level_and_rate", "conflict", plan({"m": measure("a", "g", "b")}, [target("a", 200.0), rate("g", 7.0), fact("b", 100.0)])),
    ("level_and_rate", "doubt", grown_since(2.3)),
    ("level_and_rate", "note", plan({"m": measure("a", "g")}, [target("a", 200.0), rate("g", 7.0)])),
    ("less_than_before", "note", entities(1500.0)),
    ("already_met", "note", rough_share(3.0)),
    ("flow_and_level", "conflict", additions(10.0, 200.0)),
    ("flow_and_level", "doubt", additions(10.0, 200.0, ">=")),
    (
        "flow_and_level",
        "conflict",
        plan(
            {"m": measure("y", "s", unit="个", price="none")},
            [
                target("y", 5.0, "annual_flow_each_year", start_year=2021, unit="个"),
                target("s", 35.0, "cumulative_over_period", start_year=2021, unit="个"),
            ],
        ),
    ),
    (
        "flow_and_level",
        "conflict",
        plan(
            {"m": measure("n", "m", "s", **STOCK)},
            [
                fact("n", 900.0, **FIRMS),
                fact("m", 3.0, "ratio", unit="multiple", start_year=2015),
                fact("s", 200.0, "cumulative", start_year=2016, **FIRMS),
            ],
        ),
    ),
    ("sums_of_parts", "conflict", parts(100.0)),
    (
        "sums_of_parts",
        "conflict",
        plan(
            {
                "all": measure(**SHARE, constant=100, parts=["x", "y"], complete=True),
                "x": measure("a", **SHARE),
                "y": measure("b", **SHARE),
            },
            [fact("a", 60.0, **PERCENT), fact("b", 41.0, **PERCENT)],
        ),
    ),
    (
        "sums_of_parts",
        "conflict",
        plan({"m": measure("c", "e")}, [target("c", 100.0), target("e", 120.0, region="east")]),
    ),
    (
        "within_whole",
        "conflict",
        plan({"m": measure("a", within="n"), "n": measure("b")}, [target("a", 120.0), target("b", 100.0)]),
    ),
    (
        "within_whole",
        "doubt",
        plan({"m": measure("a", within="n"), "n": measure("b")}, [target("a", 100.0), target("b", 100.0)]),
    ),
    (
        "within_whole",
        "doubt",
        plan(
            {"m": measure("a", **SHARE, within="n"), "n": measure("b", **SHARE)},
            [target("a", 30.0, **PERCENT), fact("b", 24.0, **PERCENT)],
        ),
    ),
    ("within_parts", "doubt", areas(37.0)),
    ("within_parts", "conflict", areas(37.0, complete=True)),
    ("part_outgrows", "note", outgrown(None)),
    ("part_outgrows", "doubt", outgrown(700.0)),
    ("coverage_and_rate", "conflict", served(90.0, 80.0)),
    ("coverage_and_rate", "doubt", served(35.0, 100.0)),
    ("implied_whole", "conflict", spending(30.0, whole=45.0)),
    ("implied_whole", "conflict", spending(50.0, part=60.0)),
    ("implied_whole", "doubt", spending(50.0, revenue=60.0)),
    ("shares", "doubt", shares_of(60.0, 40.0)),
    ("shares", "doubt", met_shares(60.0)),
    ("quotients", "conflict", per_head(5500.0, 660.0, 100_000.0)),
    ("rest_of_city", "doubt", districts(1100.0, 300.0, 200.0)),
    ("gross_output", "doubt", output_beside_gdp(120.0)),
    ("gross_output", "note", output_beside_gdp(90.0)),
    ("unseen_rate", "doubt", plan({"m": measure("a", history="gdp")}, [target("a", 300.0)], data("gdp", STEADY))),
    (
        "unseen_rate",
        "doubt",
        plan({"m": measure("a", growth_history="growth")}, [rate("a", 9.0)], data("growth", dict.fromkeys(STEADY, 7.0), "%")),
    ),
    (
        "unseen_rate",
        "doubt",
        plan(
            {"m": measure("a", "b", **STOCK)},
            [
                target("a", 20.0, "annual_flow_each_year", start_year=2021, **FIRMS),
                fact("b", 50.0, "cumulative", start_year=2016, **FIRMS),
            ],
        ),
    ),
    ("steep_rise", "doubt", risen(250.0)),
    ("steep_rise", "note", risen(250.0, ">=")),
    ("additions_needed", "note", firms_after(125.0)),
]


@pytest.mark.parametrize(("rule", "severity", "made"), SEEDED)
def test_a_seeded_fault_is_caught_by_its_rule_alone(rule: str, severity: str, made: CityPlan) -> None:
    assert found(made) == [(rule, severity)]


def test_every_rule_has_a_seeded_fault_and_a_name() -> None:
    assert {rule for rule, *_ in SEEDED} == set(RULES)
    assert all(item.title.zh and item.title.en for item in RULES.values())


CONSISTENT = [
    plan({"m": measure("a", "b")}, [target("a", 100.0), target("b", 100.0, operator=">=")]),
    plan({"m": measure("a", "b")}, [target("a", 3.0, operator=">="), target("b", 5.0, operator="<=")]),
    plan({"m": measure("a", history="gdp")}, [fact("a", 100.0)], data("gdp", {2020: 100.3})),
    plan({"m": measure("a", "b")}, [target("a", 120.0), fact("b", 100.0)]),
    fine_dust(30.0),
    plan({"m": measure("a", "b", **LESS)}, [target("a", 4.0, **PERCENT), fact("b", 4.5, operator="<=", **PERCENT)]),
    plan({"m": measure("a", "g", "b")}, [target("a", 100.0 * 1.07**5), rate("g", 7.0), fact("b", 100.0)]),
    additions(10.0, 150.0),
    parts(110.0),
    areas(36.0),
    areas(36.0, complete=True),
    outgrown(500.0),
    served(80.0, 90.0),
    served(60.0, 100.0),
    spending(50.0, whole=50.0, part=30.0, revenue=40.0),
    grown_since(5.0),
    entities(2000.0),
    rough_share(3.2),
    risen(195.0),
    firms_after(119.0),
    shares_of(90.0, 40.0),
    met_shares(80.0),
    per_head(5500.0, 660.0, 83_333.0),
    districts(1500.0, 300.0, 200.0),
    plan({"m": measure("a", history="gdp")}, [target("a", STEADY[2020] * 1.04**5)], data("gdp", STEADY)),
]


@pytest.mark.parametrize("made", CONSISTENT)
def test_consistent_twins_give_nothing(made: CityPlan) -> None:
    assert lint(made) == []


def gdp_of_2030(level: float) -> CityPlan:
    """The pair that a reader found in the wild: 8,000 by 2030, and 6.5 % or more a year, from 4,689.55 in 2025."""
    measures = {"gdp": measure("level", "growth", history="gdp", growth_price="real", growth_history="real")}
    numbers = [
        target("level", level, operator=">", year=2030, document="plan"),
        target("growth", 6.5, "growth_rate_each_year", unit="%", operator=">=", start_year=2026, year=2030),
    ]
    nominal = {year: 4689.55 / 1.07 ** (2025 - year) for year in range(2010, 2026)}
    real = dict.fromkeys(range(2010, 2026), 6.0)
    return plan(measures, numbers, [*data("gdp", nominal), *data("real", real, "%")], as_of=2025)


def test_a_nominal_level_beside_a_real_rate_implies_a_deflator() -> None:
    finding = only(gdp_of_2030(8000.0), "level_and_rate")
    nominal = (8000.0 / 4689.55) ** 0.2
    deflator = 100.0 * (nominal / 1.065 - 1.0)
    assert finding.severity == "doubt"  # more real growth than the floor of 6.5 % would do as well
    assert finding.targets == ("level", "growth")
    assert finding.data == ("gdp city 2025",)
    assert finding.arithmetic.endswith(f"{deflator:.2f}%")
    assert f"{100.0 * (nominal - 1.0):.2f}%" in finding.message.en
    assert "6,425" in finding.message.zh  # 4,689.55 grown at 6.5 %, at prices of 2025


def test_a_level_that_usual_prices_explain_is_no_contradiction() -> None:
    agreed = 4689.55 * (1.065 * 1.07 / 1.06) ** 5
    assert [item.rule for item in lint(gdp_of_2030(agreed))] == ["unseen_rate", "unseen_rate"]


def test_implied_population_is_held_against_its_history() -> None:
    measures = {
        "gdp": measure("t"),
        "people": measure(unit="万人", kind="stock", price="none", history="people"),
        "per_head": measure("p", unit="万元/万人", kind="ratio", quotient={"of": "gdp", "per": "people"}),
    }
    history = data("people", {year: 700.0 - 2.0 * (year - 2015) for year in range(2015, 2021)}, "万人")
    numbers = [target("t", 5500.0), target("p", 100_000.0, unit="万元/万人")]
    finding = only(plan(measures, numbers, history), "quotients")
    assert finding.severity == "doubt"
    assert "5,500 ÷ 100,000 → 550" in finding.arithmetic
    assert only(plan(measures, [numbers[0], target("p", 75_000.0, unit="万元/万人")], history), "quotients").severity == "doubt"
    falling = plan(measures, [numbers[0], target("p", 5500.0e4 / 680.5, unit="万元/万人")], history)
    assert lint(falling) == []


def test_implied_total_is_held_against_its_history() -> None:
    measures = {
        "gdp": measure(history="gdp"),
        "people": measure("h", unit="万人", kind="stock", price="none"),
        "per_head": measure("p", unit="万元/万人", kind="ratio", quotient={"of": "gdp", "per": "people"}),
    }
    numbers = [target("h", 10.0, unit="万人"), target("p", 300_000.0, unit="万元/万人")]
    finding = only(plan(measures, numbers, data("gdp", STEADY)), "quotients")
    assert "10 × 300,000 → 300; 162.9 → 300: 12.99%" in finding.arithmetic
    floor = [numbers[0], target("p", 150_000.0, unit="万元/万人", operator=">=")]
    assert lint(plan(measures, floor, data("gdp", STEADY))) == []


def real_districts(district: float) -> CityPlan:
    """A city that grows by 5 % a year in real terms, of which the district makes a half."""
    numbers = [
        rate("c", 5.0),
        rate("d", district, region="east"),
        fact("c0", 100.0),
        fact("d0", 50.0, region="east"),
    ]
    return plan({"gdp": measure("c", "d", "c0", "d0", growth_price="real")}, numbers)


def test_real_growth_of_a_district_leaves_a_rest_at_prices_of_the_base() -> None:
    finding = only(real_districts(11.0), "rest_of_city")
    rest = 100.0 * 1.05**5 - 50.0 * 1.11**5
    assert finding.arithmetic.endswith(f"= {rest:.2f} < 50")
    assert found(real_districts(7.0)) == []


def test_a_sum_that_grew_at_a_real_rate_gives_a_base_too_rough_for_more_than_a_note() -> None:
    def base_of(growth_price: str, wanted: float) -> CityPlan:
        numbers = [
            target("a", wanted),
            fact("s", 500.0, "cumulative", start_year=2016),
            fact("g", 0.0, "growth_rate_each_year", unit="%", start_year=2016),
        ]
        return plan({"m": measure("a", "s", "g", growth_price=growth_price)}, numbers)

    assert found(base_of("nominal", 98.0)) == [("already_met", "doubt")]
    assert found(base_of("real", 98.0)) == [("already_met", "note")]
    assert found(base_of("real", 101.0)) == []
    assert found(base_of("real", 90.0)) == [("already_met", "doubt")]


def test_no_rate_is_read_across_a_break_of_what_a_level_was_worked_out_from() -> None:
    measures = {
        "top": measure(history="top"),
        "bottom": measure(history="bottom"),
        "share": measure("a", **SHARE, quotient={"of": "top", "per": "bottom"}),
    }
    history = [
        *data("top", {2010: 10.0, 2015: 10.0, 2020: 50.0}),
        *data("bottom", {2010: 100.0, 2015: 100.0, 2020: 100.0}),
    ]
    made = plan(measures, [target("a", 90.0, **PERCENT)], history)
    assert lint(made) == []  # 8 points a year were seen before
    declared = Break(("top",), frozenset({2018}), 2019, Text("断", "break"))
    broken = plan(measures, [target("a", 90.0, **PERCENT)], history, breaks=[declared])
    assert found(broken) == [("unseen_rate", "doubt")]


def test_what_a_later_bulletin_says_is_not_held_against_an_earlier_document() -> None:
    measures, numbers = {"m": measure("a", history="gdp")}, [target("a", 100.0, year=2030)]
    history = data("gdp", {2020: 90.0, 2023: 110.0})
    assert lint(plan(measures, numbers, history)) == []
    assert found(plan(measures, numbers, history, as_of=2023)) == [("already_met", "doubt")]


def test_a_rate_across_a_declared_break_counts_as_unseen() -> None:
    jump = {year: value * (1.5 if year >= 2018 else 1.0) for year, value in STEADY.items()}
    measures, numbers = {"m": measure("a", history="gdp")}, [target("a", 600.0)]
    assert lint(plan(measures, numbers, data("gdp", jump))) == []
    declared = Break(("gdp",), frozenset({2018}), 2019, Text("断", "break"))
    assert found(plan(measures, numbers, data("gdp", jump), breaks=[declared])) == [("unseen_rate", "doubt")]


def test_a_part_is_no_base_that_could_meet_a_ceiling_and_two_readings_are_two_findings() -> None:
    why = {"why": {"zh": "部分", "en": "part"}, "part": True}
    made = plan({"m": measure("a", "b", readings={"b": why})}, [target("a", 500.0), fact("b", 120.0)])
    assert lint(made) == []
    both = plan({"x": measure("a", "b"), "y": measure("a", "c")}, [target("a", 10.0), fact("b", 20.0), fact("c", 30.0)])
    assert [item.facts for item in lint(both)] == [("b",), ("c",)]


def test_the_same_number_printed_twice_is_one_finding_with_both_sentences() -> None:
    made = plan({"m": measure("a", "b", "c")}, [target("a", 10.0), target("b", 10.0), fact("c", 20.0)])
    (finding,) = lint(made)
    assert finding.targets == ("a", "b")
    assert [quote.text for quote in finding.quotes] == ["the sentence of a", "the sentence of b", "the sentence of c"]
