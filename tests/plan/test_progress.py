"""TargetProgress and classes: closed forms, and a hand-made table with one indicator for every class and every trap."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.base.text import Text
from sim.inputs.history import Break
from sim.plan.claims import CityPlan
from sim.plan.evaluation import Evaluated, Terms, evaluate
from sim.plan.progress import (
    STANDINGS,
    TargetProgress,
    cut_progress,
    growth_progress,
    level_progress,
    standing,
    time_share,
)
from tests.plan.lint.plans import FIRMS, LESS, PERCENT, SHARE, STOCK, data, fact, measure, plan, target


def test_time_is_counted_from_the_date_of_the_data() -> None:
    assert time_share(2012, 2010, 2015) == 0.4  # the twelfth plan was evaluated on two years, published in the third
    assert time_share(2025, 2020, 2025) == 1.0


def test_progress_is_linear_for_levels_and_logarithmic_for_growth_and_cuts() -> None:
    assert level_progress(150.0, 100.0, 200.0) == 0.5
    assert level_progress(40.0, 50.0, 30.0) == 0.5  # downwards
    assert math.isnan(level_progress(5.0, 5.0, 5.0))
    assert growth_progress(1.06**3, 1.0, 0.06, 5) == pytest.approx(0.6)
    assert cut_progress(0.82**0.4, 1.0, 0.18) == pytest.approx(0.4)
    assert cut_progress(0.91, 1.0, 0.18) == pytest.approx(
        0.4752, abs=1e-4
    )  # half of the cut in points is less than half the way


@pytest.mark.parametrize(
    ("progress", "share", "met", "before", "held", "expected"),
    [
        (1.1, 0.6, True, False, False, "ahead"),
        (0.7, 0.6, False, False, False, "fast"),
        (0.64, 0.6, False, False, False, "on_track"),
        (0.56, 0.6, False, False, False, "on_track"),
        (0.5, 0.6, False, False, False, "behind"),
        (1.0, 1.0, True, True, False, "ahead"),
        (1.2, 1.0, True, False, False, "fast"),
        (1.0, 1.0, True, False, False, "on_track"),
        (0.97, 1.0, False, False, False, "behind"),  # in the end only what is met is met
        (0.8, 1.0, False, False, False, "behind"),
        (0.91, 1.0, True, False, False, "on_track"),
        (math.nan, 1.0, True, False, False, "on_track"),
        (math.nan, 1.0, False, False, False, "behind"),
        (2.0, 0.5, True, False, True, "on_track"),
        (2.0, 0.5, False, False, True, "behind"),
    ],
)
def test_every_class(progress: float, share: float, met: bool, before: bool, held: bool, expected: str) -> None:  # noqa: FBT001
    found = standing(TargetProgress(progress, met, before, held), share)
    assert STANDINGS[int(found)] == expected


def test_classes_of_many_draws_at_once() -> None:
    found = standing(TargetProgress(np.array([0.2, 0.5, 0.9, 1.2]), np.array([False, False, False, True])), 0.5)
    assert [STANDINGS[place] for place in found] == ["behind", "on_track", "fast", "ahead"]


def hand_made() -> CityPlan:
    """HAND-MADE TABLE, no real plan: one indicator for every class and every trap, evaluated on data of three of five years."""
    measures: dict[str, dict[str, Any]] = {
        "ahead": measure("ahead", history="ahead"),
        "fast": measure("fast", history="fast"),
        "on_track": measure("on_track", history="on_track"),
        "behind": measure("behind", history="behind"),
        "growth": measure("growth", growth_history="growth"),
        "cut": measure("cut", history="cut", **LESS),
        "points": measure("points", history="points", **SHARE),
        "keep": measure("keep", history="keep", **SHARE),
        "ceiling": measure("ceiling", history="ceiling", **LESS),
        "reverse": measure("reverse", history="reverse", **LESS),
        "broken": measure("broken", history="broken"),
        "stopped": measure("stopped", history="stopped"),
        "late": measure("late", history="late"),
        "added": measure("added", additions_history="added", **STOCK),
        "summed": measure("summed", history="summed"),
        "whole": measure(history="whole", **SHARE),
        "part": measure("part", within="whole", **SHARE),
        "nothing": measure("nothing"),
    }
    span = {"start_year": 2021}
    targets = [
        target("ahead", 120.0, operator=">="),
        target("fast", 120.0),
        target("on_track", 120.0),
        target("behind", 120.0),
        target("growth", 6.0, "growth_rate_each_year", unit="%", **span),
        target("cut", 18.0, "reduction_over_period", unit="%", **span),
        target("points", 60.0, **PERCENT),
        target("keep", 90.0, operator=">=", **PERCENT),
        target("ceiling", 35.0, operator="<=", **PERCENT),
        target("reverse", 30.0, operator="<=", **PERCENT),
        target("broken", 120.0),
        target("stopped", 120.0),
        target("late", 120.0),
        target("added", 10.0, "annual_flow_each_year", operator=">=", **FIRMS, **span),
        target("summed", 100.0, "cumulative_over_period", operator=">=", **span),
        target("part", 30.0, operator=">=", **PERCENT),
        target("nothing", 5.0),
        target("undated", 5.0, year=None),
    ]
    rises = {
        "ahead": {2020: 100.0, 2023: 121.0},
        "fast": {2020: 100.0, 2023: 115.0},
        "on_track": {2020: 100.0, 2023: 112.5},
        "behind": {2020: 100.0, 2023: 105.0},
        "broken": {2020: 730.06, 2023: 664.52},
        "stopped": {2017: 90.0, 2018: 95.0},
        "late": {2020: 100.0, 2021: 104.0},
        "summed": {2021: 20.0, 2022: 20.0, 2023: 20.0},
    }
    shares = {
        "cut": {2020: 50.0, 2023: 50.0 * 0.82**0.6},
        "points": {2020: 50.0, 2023: 56.0},
        "keep": {2020: 95.0, 2023: 92.0},
        "ceiling": {2020: 32.0, 2023: 36.0},
        "reverse": {2020: 50.0, 2023: 38.0},
        "whole": {2020: 24.0, 2023: 23.0},
        "growth": {2021: 8.0, 2022: 3.0, 2023: 5.0},
    }
    series = [datum for name, values in rises.items() for datum in data(name, values)]
    series += [datum for name, values in shares.items() for datum in data(name, values, "%")]
    series += data("added", {2021: 9.0, 2022: 10.0, 2023: 11.0}, "家")
    census = Break(("broken",), frozenset({2021}), 2021, Text("人口普查修订", "revised by the census"))
    undated = {"undated": measure("undated")}
    return plan(measures | undated, [*targets, fact("unused", 1.0)], series, breaks=[census], as_of=2023)


EXPECTED = {
    "ahead": "ahead",
    "fast": "fast",
    "on_track": "on_track",
    "behind": "behind",
    "growth": "behind",  # 8, 3 and 5 per cent: ln 1.1664 / (5 ln 1.06) = 0.528 at 0.6
    "cut": "on_track",
    "points": "on_track",
    "keep": "on_track",
    "ceiling": "behind",
    "reverse": "on_track",
    "broken": "unknown",
    "stopped": "unknown",
    "late": "on_track",  # 0.2 of the way after 0.2 of the time, by the date of its datum
    "added": "on_track",
    "summed": "on_track",
    "part": "unknown",  # a whole below the target may still grow: only in the end is it behind
    "nothing": "unknown",
    "undated": "unknown",
}


@pytest.fixture(scope="module")
def table() -> dict[str, Evaluated]:
    made = hand_made()
    targets = [claim.printed for claim in made.claims if claim.is_target]
    rows = evaluate(made, [*targets, target("undated", 5.0, year=None)], Terms(2023, 2020, {"cut"}))  # type: ignore[list-item]
    return {row.target.id: row for row in rows}


@pytest.mark.parametrize("name", list(EXPECTED))
def test_the_hand_made_table(name: str, table: dict[str, Evaluated]) -> None:
    assert table[name].standing == EXPECTED[name]


def test_reasons_dates_and_natures_of_the_hand_made_table(table: dict[str, Evaluated]) -> None:
    assert "census" in table["broken"].reason.en
    assert (
        table["stopped"].reason.en
        == "data are entered up to 2018 only; history.csv lacks `stopped` of city for 2021–2023; add a row"
    )
    assert "as `history` of nothing in plan/measures.yaml" in table["nothing"].reason.en
    assert table["undated"].reason.en == "no target year is printed"
    assert (table["late"].actual_year, table["late"].share) == (2021, 0.2)
    assert table["late"].reason.en == "data end in 2021"
    assert (table["fast"].share, table["fast"].progress) == (0.6, 0.75)
    assert table["keep"].progress is None  # it has no path
    assert table["growth"].progress == pytest.approx(math.log(1.08 * 1.03 * 1.05) / (5 * math.log(1.06)))
    assert table["growth"].actual == pytest.approx(100.0 * ((1.08 * 1.03 * 1.05) ** (1 / 3) - 1.0))
    assert table["cut"].is_binding
    assert not table["fast"].is_binding


def test_at_the_end_a_break_hides_the_progress_but_not_whether_it_is_met() -> None:
    census = Break(("x",), frozenset({2021}), 2021, Text("断", "break"))
    for value, expected in ((125.0, "on_track"), (110.0, "behind")):
        made = plan(
            {"x": measure("x", history="x")}, [target("x", 120.0)], data("x", {2020: 100.0, 2025: value}), breaks=[census]
        )
        (row,) = evaluate(made, [target("x", 120.0)], Terms(2025, 2020))
        assert (row.standing, row.progress) == (expected, None)


def test_a_base_that_nobody_published_may_be_the_model_s() -> None:
    made = plan({"x": measure("x", history="x")}, [target("x", 120.0)], data("x", {2023: 112.0}), as_of=2023)
    (alone,) = evaluate(made, [target("x", 120.0)], Terms(2023, 2020))
    (helped,) = evaluate(made, [target("x", 120.0)], Terms(2023, 2020, believed={"x": 100.0}))
    assert (alone.standing, helped.standing) == ("unknown", "on_track")
    assert "model's stands in" in helped.reason.en


def test_what_was_met_from_an_unknown_base_is_not_met_ahead_of_time() -> None:
    made = plan({"x": measure("x", history="x")}, [target("x", 120.0)], data("x", {2023: 130.0, 2025: 131.0}))
    (row,) = evaluate(made, [target("x", 120.0)], Terms(2025, 2020))
    assert (row.standing, row.progress) == ("on_track", None)


def test_real_growth_is_not_judged_by_levels_at_current_prices() -> None:
    wanted = target("x", 7.0, "growth_rate_each_year", unit="%", start_year=2021)
    known = data("x", {2020: 100.0, 2025: 150.0})
    rows = {
        price: evaluate(
            plan({"x": measure("x", history="x", growth_price=price)}, [wanted], known), [wanted], Terms(2025, 2020)
        )[0]
        for price in ("real", "nominal")
    }
    assert "as `growth_history` of x in plan/measures.yaml" in rows["real"].reason.en
    assert rows["nominal"].standing == "fast"  # 150 per cent of the base is more than 1.07 to the fifth


def test_growth_without_a_start_runs_from_the_base_of_the_plan() -> None:
    wanted = target("x", 7.0, "growth_rate_each_year", unit="%")
    made = plan({"x": measure("x", history="x")}, [wanted], data("x", {2020: 100.0, 2023: 100.0 * 1.07**3}), as_of=2023)
    (row,) = evaluate(made, [wanted], Terms(2023, 2020))
    assert row.progress == pytest.approx(0.6)
    assert row.share == 0.6
    assert row.actual == pytest.approx(7.0)


def test_published_additions_go_before_net_rises() -> None:
    wanted = target("x", 10.0, "annual_flow_each_year", start_year=2021, **FIRMS)
    entry = measure("x", history="stock", additions_history="added", **STOCK)
    known = data("stock", {year: 100.0 + 4.0 * (year - 2020) for year in range(2020, 2024)}, "家")
    published = data("added", {2021: 11.0, 2022: 11.0, 2023: 11.0}, "家")
    (row,) = evaluate(plan({"x": entry}, [wanted], [*known, *published], as_of=2023), [wanted], Terms(2023, 2020))
    assert (row.standing, row.actual) == ("fast", 11.0)
    (net,) = evaluate(plan({"x": entry}, [wanted], known, as_of=2023), [wanted], Terms(2023, 2020))
    assert net.standing == "unknown"


@pytest.mark.parametrize(("value", "expected"), [(20.0, "on_track"), (23.0, "behind")])
def test_a_ceiling_of_each_year_is_kept_or_not(value: float, expected: str) -> None:
    wanted = target("x", 22.0, "annual_flow_each_year", operator="<=", start_year=2021)
    made = plan({"x": measure("x", history="x")}, [wanted], data("x", {2021: 21.0, 2022: value, 2023: 21.0}), as_of=2023)
    (row,) = evaluate(made, [wanted], Terms(2023, 2020))
    assert (row.standing, row.progress) == (expected, None)


def test_a_break_of_what_a_quotient_is_worked_out_from_hides_its_progress() -> None:
    measures = {
        "top": measure(history="top"),
        "bottom": measure(history="bottom"),
        "share": measure("x", **SHARE, quotient={"of": "top", "per": "bottom"}),
    }
    known = [*data("top", {2020: 20.0, 2023: 25.0}), *data("bottom", {2020: 100.0, 2023: 100.0})]
    census = Break(("bottom",), frozenset({2022}), 2022, Text("断", "revised"))
    (row,) = evaluate(
        plan(measures, [target("x", 30.0, **PERCENT)], known, breaks=[census], as_of=2023),
        [target("x", 30.0, **PERCENT)],
        Terms(2023, 2020),
    )
    assert row.standing == "unknown"
    assert "revised" in row.reason.en


def test_a_share_whose_whole_falls_short_in_the_end_is_behind() -> None:
    measures = {"whole": measure(history="whole", **SHARE), "part": measure("part", within="whole", **SHARE)}
    made = plan(measures, [target("part", 30.0, operator=">=", **PERCENT)], data("whole", {2020: 24.0, 2025: 23.0}, "%"))
    (row,) = evaluate(made, [target("part", 30.0, operator=">=", **PERCENT)], Terms(2025, 2020))
    assert (row.standing, row.actual) == ("behind", 23.0)
    assert row.reason.en.startswith("as the a that holds it")


def test_a_year_that_is_missing_in_between_is_named() -> None:
    cut, summed = (
        target("x", 18.0, "reduction_over_period", unit="%", start_year=2021),
        target("x", 9.0, "cumulative", start_year=2021),
    )
    for wanted, known, missing in ((cut, (2022, 2023), 2021), (summed, (2021, 2023), 2022)):
        made = plan({"x": measure("x", history="x")}, [wanted], data("x", dict.fromkeys(known, 5.0)), as_of=2023)
        (row,) = evaluate(made, [wanted], Terms(2023, 2020))
        assert row.reason.en == f"history.csv lacks `x` of city for {missing}; add a row"
