"""The pipeline against arithmetic, resources that bind, and what it says of a year without any."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.ledger.pipeline import RESOURCES, Limit, Limits, simulate
from sim.ledger.random_effects import drawn_effects
from tests.ledger.works import SETTINGS, likely_effects, project_class, schedule, work

FREE = Limits(2021.0)
STAGE_TIMES = ("signed", "started", "built", "in_use")


def capacity(**years: float) -> Limit:
    return Limit({int(year.removeprefix("y")): amount for year, amount in years.items()}, returned=True)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(2018, 2030), st.floats(0.1, 6.0), st.floats(0.2, 3.0)), min_size=1, max_size=8))
def test_without_scarcity_the_pipeline_is_the_arithmetic_schedule(parts: list[tuple[float, float, float]]) -> None:
    works = [
        work(f"w{number}", begin, project_class=project_class(build=build), stretch=stretch)
        for number, (begin, build, stretch) in enumerate(parts)
    ]
    effects = likely_effects(works, SETTINGS)
    found, expected = simulate(works, effects, FREE, 2040.0), schedule(effects)
    for name in STAGE_TIMES:
        assert np.allclose(getattr(found, name), getattr(expected, name), rtol=0, atol=1e-9), name


def test_drawn_works_follow_the_schedule_too_and_some_are_given_up() -> None:
    works = [work(f"w{number}", project_class=project_class(drop_out=0.4)) for number in range(20)]
    effects = drawn_effects(works, SETTINGS, 1, 200)
    found, expected = simulate(works, effects, FREE, 2040.0), schedule(effects)
    assert np.array_equal(np.isfinite(found.started), np.isfinite(expected.started))
    assert np.isfinite(found.started).mean() == pytest.approx(0.6, abs=0.03)
    assert np.isfinite(found.signed).all()


@pytest.mark.parametrize("years", [0.5, 1.0, 2.0, 3.7])
def test_a_delay_moves_everything_by_that_time(years: float) -> None:
    early, late = work("w"), work("w").later(years)
    times = [schedule(likely_effects([item], SETTINGS)) for item in (early, late)]
    for name in STAGE_TIMES:
        assert getattr(times[1], name) - getattr(times[0], name) == pytest.approx(years)


def test_a_work_under_way_is_built_longer_when_it_is_late_and_has_no_earlier_stages() -> None:
    begun = work("w", 2020.5, first=3)
    times = schedule(likely_effects([begun, begun.later(2.0)], SETTINGS))
    assert times.started[:, 0].tolist() == [2020.5, 2020.5]
    assert (times.built[1] - times.built[0]).item() == pytest.approx(2.0)


def test_capacity_is_shared_out_in_turn_and_the_more_urgent_go_first() -> None:
    works = [work(name, priority=priority) for name, priority in (("late", 2), ("urgent", 0), ("usual", 1))]
    limits = replace(FREE, construction=capacity(y2021=5.0))
    times = simulate(works, likely_effects(works, SETTINGS), limits, 2040.0)
    assert times.started[:, 0].tolist() == [2022.5, 2024.5, 2026.5]  # whoever asks first is served while all is free
    works[0] = replace(works[0], begin=2021.01)
    times = simulate(works, likely_effects(works, SETTINGS), limits, 2040.0)
    assert np.argsort(times.started[:, 0]).tolist() == [1, 2, 0]


def test_a_year_without_a_resource_makes_works_wait_and_divides_by_nothing() -> None:
    works = [work("w")]
    none = capacity(y2021=10.0, y2022=0.0, y2024=10.0)
    for limits in (replace(FREE, construction=none), replace(FREE, public_funds=none)):
        item = replace(works[0], business=False, purpose="roads")
        assert simulate([item], likely_effects([item], SETTINGS), limits, 2040.0).started[0, 0] == 2024.0
    supply = Limit({2021: 0.0, 2025: 2.0}, returned=False)
    assert simulate(works, likely_effects(works, SETTINGS), replace(FREE, grid=supply), 2040.0).started[0, 0] == 2025.0
    land = replace(FREE, land={"north": Limit({2021: 0.0, 2023: 1.0}, returned=False)})
    times = simulate(works, likely_effects(works, SETTINGS), land, 2040.0)
    assert times.started[0, 0] == 2024.0  # land on 1 January 2023, then land and permit stages of half a year each
    assert times.got[0, RESOURCES.index("land"), 0] - times.asked[0, RESOURCES.index("land"), 0] == pytest.approx(1.5)


def test_nothing_for_ever_means_never_and_says_so() -> None:
    works = [work("w")]
    times = simulate(works, likely_effects(works, SETTINGS), replace(FREE, construction=capacity(y2021=0.0)), 2040.0)
    assert np.isinf(times.started).all()
    assert np.isinf(times.got[0, RESOURCES.index("construction")]).all()
    assert np.isfinite(times.asked[0, RESOURCES.index("construction")]).all()


def test_a_work_larger_than_a_year_s_capacity_takes_all_of_it() -> None:
    works = [work("giant", money=1000.0), work("small", begin=2021.2)]
    times = simulate(works, likely_effects(works, SETTINGS), replace(FREE, construction=capacity(y2021=20.0)), 2040.0)
    assert times.started[0, 0] == 2022.5
    assert times.started[1, 0] == times.built[0, 0]


def test_a_claim_that_waits_through_a_poor_year_keeps_its_size() -> None:
    works = [work("first", 2020.0, money=8.0), work("large", money=100.0), work("next", begin=2021.1, money=100.0)]
    limits = replace(FREE, construction=capacity(y2021=4.0, y2022=4.0, y2025=100.0))
    times = simulate(works, likely_effects(works, SETTINGS), limits, 2060.0)
    assert times.started[:2, 0].tolist() == [2021.5, 2023.5]  # as much as a year offers, once all of it is free
    limits = replace(FREE, construction=capacity(y2021=0.0, y2025=60.0))
    times = simulate(works[1:], likely_effects(works[1:], SETTINGS), limits, 2060.0)
    assert times.started[:, 0].tolist() == [2025.0, 2027.0]  # fifty each, of sixty


def test_land_that_is_not_used_is_kept_for_later() -> None:
    works = [work("w", begin=2024.0, money=40.0)]  # four km² at a tenth per 亿元
    land = {"north": Limit({2021: 1.0}, returned=False)}
    times = simulate(works, likely_effects(works, SETTINGS), replace(FREE, land=land), 2040.0)
    assert times.got[0, RESOURCES.index("land"), 0] == 2024.5


def test_faster_approval_shortens_the_permit_stage() -> None:
    works = [work("w")]
    times = simulate(works, likely_effects(works, SETTINGS), replace(FREE, approval={2021: 60.0}), 2040.0)
    assert times.started[0, 0] == pytest.approx(2022.25)


def test_building_that_is_brought_forward_begins_in_the_run_and_not_before() -> None:
    usual = [work(f"w{number}", 2019.6, width=2.0, earliest=2018.6) for number in range(5)]
    works = [item.later(-3.0, 2021.0) for item in usual]
    before, after = (schedule(drawn_effects(items, SETTINGS, 5, 100)).started for items in (usual, works))
    assert (before < 2021.0).any()
    assert (before > 2021.0).any()
    assert after == pytest.approx(np.minimum(before, 2021.0))  # what had begun is as it was
    effects = likely_effects(works, SETTINGS)
    assert simulate(works, effects, FREE, 2040.0).started == pytest.approx(schedule(effects).started)
    assert schedule(likely_effects([work("w", 2024.0).later(-1.0, 2021.0)], SETTINGS)).started[0, 0] == pytest.approx(2024.5)


def test_what_is_known_to_be_built_is_certain() -> None:
    risky = project_class(drop_out=0.5)
    known = work("w", width=1.0, project_class=risky, certain=True)
    effects, likely = drawn_effects([known], SETTINGS, 1, 50), likely_effects([known], SETTINGS)
    assert not effects.given_up.any()
    for name in ("begin", "years", "money"):
        assert np.ptp(getattr(effects, name), axis=-1).max() == 0.0
        assert np.array_equal(getattr(effects, name)[..., :1], getattr(likely, name)), name
    assert drawn_effects([replace(known, certain=False)], SETTINGS, 1, 50).given_up.any()


def test_a_large_claim_on_land_begins_with_a_year_s_worth_and_uses_up_those_that_follow() -> None:
    works = [work("large", begin=2021.5, money=40.0), work("small", begin=2021.6, money=5.0)]  # four km² and half a km²
    land = {"north": Limit({2021: 1.0}, returned=False)}
    times = simulate(works, likely_effects(works, SETTINGS), replace(FREE, land=land), 2040.0)
    assert times.got[:, RESOURCES.index("land"), 0].tolist() == [2022.0, 2025.0]


def test_numbers_of_a_work_do_not_depend_on_the_others() -> None:
    works = [work(f"w{number}", width=1.0, money=None) for number in range(6)]
    whole, part = drawn_effects(works, SETTINGS, 3, 50), drawn_effects(works[2:4], SETTINGS, 3, 50)
    for name in ("begin", "years", "money", "given_up"):
        assert np.array_equal(getattr(whole, name)[2:4], getattr(part, name)), name
    fewer = drawn_effects(works, SETTINGS, 3, 20)
    assert np.array_equal(whole.money[:, :20], fewer.money)
