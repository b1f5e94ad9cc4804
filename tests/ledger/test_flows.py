"""Spending adds up to what works cost, long works come in parts, and cells are districts and purposes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ledger.random_effects import Scale, drawn_effects, drawn_factors, expected_spending
from sim.ledger.realise import Axes, displacing_flows, flows_of
from sim.ledger.works import Work
from tests.ledger.works import SETTINGS, likely_effects, likely_factor, project_class, schedule, work

AXES = Axes(range(2015, 2061), ("north", "south"), ("goods", "services"), ("roads", "schools"))


def flows(works: list[Work], phase: float = 4.0) -> dict[str, np.ndarray]:
    effects = likely_effects(works, SETTINGS)
    return dict(flows_of(works, effects, schedule(effects), AXES, phase))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(2016, 2030), st.floats(0.2, 18.0), st.floats(0.5, 100.0)), min_size=1, max_size=6))
def test_everything_that_is_spent_is_put_to_use_and_never_before(parts: list[tuple[float, float, float]]) -> None:
    works = [
        work(f"w{number}", begin, project_class=project_class(build=build), money=money)
        for number, (begin, build, money) in enumerate(parts)
    ]
    found = flows(works)
    cost = sum(money for *_, money in parts)
    spent, opened = (found[name].sum(axis=(1, 2))[:, 0] for name in ("business_spend", "business_completions"))
    assert spent.sum() == pytest.approx(cost)
    assert opened.sum() == pytest.approx(cost)
    assert np.cumsum(spent - opened).min() >= -1e-9 * cost
    assert found["firms_opened"].sum() == pytest.approx(len(works))
    assert found["land_taken"].sum() == pytest.approx(0.1 * cost)


def test_a_year_s_spending_is_the_part_of_building_in_it() -> None:
    found = flows([work("w", 2021.0)])["business_spend"][:, 0, 0, 0]  # built from 2022.5 to 2024.5
    assert found[2022 - 2015 : 2026 - 2015].tolist() == pytest.approx([2.5, 5.0, 2.5, 0.0])


def test_a_long_work_is_put_to_use_in_equal_parts() -> None:
    found = flows([work("w", project_class=project_class(build=12.0))])["business_completions"][:, 0, 0, 0]
    years = {2015 + year: amount for year, amount in enumerate(found.tolist()) if amount}
    assert years == pytest.approx({2027: 10 / 3, 2031: 10 / 3, 2035: 10 / 3})


def test_public_works_have_kinds_and_firms_have_branches() -> None:
    road = work("road", business=False, purpose="roads", region="south", money=7.0)
    found = flows([road, work("plant", purpose="services", money=3.0)])
    assert found["public_spend"].sum(axis=0)[..., 0].tolist() == [[0.0, 0.0], [7.0, 0.0]]
    assert found["public_completions"].sum() == pytest.approx(7.0)
    assert found["business_spend"].sum(axis=0)[..., 0].tolist() == [[0.0, 3.0], [0.0, 0.0]]


def test_drawn_amounts_are_scaled_to_the_stated_share_and_printed_ones_are_not() -> None:
    works = [work("printed", 2021.0), *(work(f"w{number}", 2021.0, money=None) for number in range(4))]
    scale = Scale(20.0, 2022, 2024)
    expected = expected_spending(works, SETTINGS, scale)
    printed = 10.0 * SETTINGS.overrun.spread.mean
    assert (expected.printed, expected.drawn) == pytest.approx((printed, 40.0))
    assert likely_factor(works, SETTINGS, scale) == pytest.approx((0.3 * 60.0 - printed) / 40.0)
    factors = drawn_factors(works, SETTINGS, scale, 1, 500)
    assert factors.min() >= 0.1
    effects = likely_effects(works, SETTINGS, likely_factor(works, SETTINGS, scale))
    assert effects.money[:, 0].tolist() == pytest.approx([10.0, *[(18.0 - printed) / 4.0] * 4])


def test_named_projects_spend_the_stated_share_on_the_mean_however_their_amounts_spread() -> None:
    wide = replace(project_class(drop_out=0.3), amount_spread=2.5)
    works = [work(f"w{number}", 2021.0, money=None, project_class=wide) for number in range(60)]
    scale = Scale(200.0, 2022, 2024)
    effects = drawn_effects(works, SETTINGS, 7, 2000, drawn_factors(works, SETTINGS, scale, 7, 2000))
    spent = np.where(effects.given_up, 0.0, effects.money).sum(axis=0).mean()
    assert spent == pytest.approx(SETTINGS.named_share.spread.mean * 600.0, rel=0.02)


def test_unfinished_work_is_what_was_spent_before_the_run_and_is_put_to_use_in_it() -> None:
    works = [work("w", 2013.0, first=3, project_class=project_class(build=4.0)), work("later", 2030.0)]
    effects = likely_effects(works, SETTINGS)
    found = displacing_flows(works, effects, schedule(effects), AXES, 4.0)
    assert found["business_unfinished"][0].sum() == pytest.approx(7.5)  # three of four years of building, by the end of 2015
    assert found["business_unfinished"][1:].sum() == 0.0
    everything = flows(works)
    left = everything["business_completions"][1:].sum() - everything["business_spend"][1:].sum()
    assert left == pytest.approx(7.5)
