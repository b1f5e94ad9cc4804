"""When a target is met, and what stands beside it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sim.base.text import Text
from sim.city.city import City
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.inputs.home import Home
from sim.inputs.scenario import plain_scenario
from sim.inputs.scenario_file import DEFAULT_METHOD, DEFAULT_STEPS
from sim.plan.cautions import largest_change, with_targets
from sim.plan.rule import Rule
from sim.plan.scorecard import COLUMNS, Score, write_scorecard
from sim.simulate import opening, pipeline


@pytest.mark.parametrize(
    ("operator", "projected", "value", "expected"),
    [
        (">", 100.0, 100.0, "near"),
        (">", 100.1, 100.0, "met"),
        (">=", 100.0, 100.0, "met"),
        ("=", 100.0, 100.0, "met"),
        ("=", 105.0, 100.0, "met"),
        ("=", 97.0, 100.0, "near"),
        ("=", 96.9, 100.0, "missed"),
        ("<=", 100.0, 100.0, "met"),
        ("<=", 102.0, 100.0, "near"),
        ("<=", 104.0, 100.0, "missed"),
        ("~", 97.0, 100.0, "met"),
        ("~", 96.99, 100.0, "missed"),
        ("~", 150.0, 100.0, "met"),
        (">=", -1.0, -1.0, "met"),
        (">=", -1.02, -1.0, "near"),
    ],
)
def test_verdicts(operator: str, projected: float, value: float, expected: str) -> None:
    assert Rule(operator, value, 0.03).verdict(projected) == expected


def test_about_uses_the_tolerance_of_the_city() -> None:
    assert Rule("~", 100.0, 0.10).met(90.0)
    assert not Rule("~", 100.0, 0.03).met(90.0)


def _by_id(outcome: pipeline.Outcome) -> dict[str, Score]:
    return {score.target.id: score for score in outcome.scores}


def test_the_seven_targets_are_scored(outcomes: Sequence[pipeline.Outcome]) -> None:
    for outcome in outcomes:
        scores = _by_id(outcome)
        assert len(scores) == 7
        assert all(score.projected is not None for score in scores.values())


def test_numbers_of_a_level_a_share_and_a_yearly_flow(outcomes: Sequence[pipeline.Outcome]) -> None:
    outcome = outcomes[0]
    scores, results = _by_id(outcome), outcome.results.sel(region="hengyang")
    gdp = scores["hy_gdp_2025"]
    projected = float(results["gdp_nominal"].sel(year=2025))
    assert gdp.projected == pytest.approx(projected)
    assert gdp.judged_by == "data"  # what was published of 2025 decides
    assert gdp.gap == pytest.approx(4689.55 - 5500)
    assert gdp.gap_percent == pytest.approx(100 * (4689.55 - 5500) / 5500)
    assert gdp.required_growth == pytest.approx(100 * ((5500 / 3508.49) ** 0.2 - 1), rel=1e-6)
    assert gdp.projected_real == pytest.approx(float(results["gdp_real"].sel(year=2025)))
    assert gdp.actual_value == 4689.55
    share = scores["hy_mfg_share_gdp_2025"]
    base = 100 * float(results["manufacturing_share"].sel(year=2020))
    assert share.required_growth == pytest.approx((30 - base) / 5)
    talent = scores["hy_talent_inflow_annual"]
    worst = min(float(results["talent_inflow"].sel(year=year)) for year in range(2022, 2026))
    assert talent.projected == pytest.approx(worst)
    assert talent.required_growth is None
    entities = scores["hy_market_entities_2025"]
    assert entities.projected == pytest.approx(float(results["market_entities"].sel(year=2025)) / 1e4)


def test_the_plan_s_measures_help_every_target_they_name(outcomes: Sequence[pipeline.Outcome]) -> None:
    baseline, plan = (_by_id(outcome) for outcome in outcomes)
    for key, score in plan.items():
        before = baseline[key].projected
        assert before is not None
        assert score.projected is not None
        assert score.projected > before, key


def test_vision_2035_says_that_no_city_figure_is_printed(home: Home) -> None:
    (case,) = opening.open_cases(home, [home.scenarios / "vision_2035.yaml"], None, (), ())
    assert case.selection.targets == ()
    assert "2035" in case.selection.remarks[0].zh
    assert "没有" in case.selection.remarks[0].zh


def test_what_cannot_be_judged_says_why(world: City, outcomes: Sequence[pipeline.Outcome]) -> None:
    judge = pipeline.judge_of(outcomes[0].case, outcomes[0].results)
    dated_2020 = world.catalogue.targets["hy_yr_grain_area"]
    undated = world.catalogue.targets["hy_tourism_1000yi_industry"]
    outside = world.catalogue.targets["hy_national_ranking_top100"]
    by_ledger = world.catalogue.targets["yf_roads_started"]
    without_base = world.catalogue.targets["hy_nonferrous_cluster_1000"]
    for target, word in (
        (dated_2020, "add rows of hengyang for 2020 (10k mu) to history.csv"),
        (undated, "no year is printed"),
        (outside, "a rank depends"),
        (by_ledger, "does not use the project ledger"),
        (without_base, "write the statistic of 2020 (nonferrous)"),
    ):
        score = judge.score(target)
        assert score.verdict == "not_judged"
        assert word in score.reason.en
        assert score.reason.zh


def test_scorecard_csv_has_exactly_its_columns(outcomes: Sequence[pipeline.Outcome], tmp_path: Path) -> None:
    file = tmp_path / "scorecard.csv"
    write_scorecard(file, outcomes[0].scores, "zh")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert tuple(rows[0]) == COLUMNS
    assert [row["target"] for row in rows] == [score.target.id for score in outcomes[0].scores]
    assert rows[5]["required_growth"] == ""
    assert float(rows[0]["projected"]) == pytest.approx(outcomes[0].scores[0].projected)


def test_every_bound_target_names_a_variable_in_a_fitting_unit(world: City, outcomes: Sequence[pipeline.Outcome]) -> None:
    for key, binding in world.catalogue.bindings.items():
        assert binding.variable in outcomes[0].results, key
        if binding.history is not None:
            assert world.data.history.series(binding.history, "hengyang"), key


def test_the_time_step_error_is_that_of_the_halved_step_over_the_whole_horizon(
    home: Home, outcomes: Sequence[pipeline.Outcome], tmp_path: Path
) -> None:
    fine_file = tmp_path / "fine.yaml"
    text = (home.scenarios / "baseline.yaml").read_text(encoding="utf-8")
    fine_file.write_text(text + f"\nsteps_per_year: {2 * DEFAULT_STEPS}\n", encoding="utf-8")
    (case,) = opening.open_cases(home, [fine_file], None, (), ())
    finer, error = pipeline.run(case).results, outcomes[0].step_error
    largest = {
        str(name): float((100.0 * abs((values - finer[name]) / abs(values).max("year"))).max())
        for name, values in outcomes[0].results.items()
        if values.size
    }
    worst = max(largest, key=lambda name: np.nan_to_num(largest[name]))
    assert error.percent == pytest.approx(largest[worst], rel=1e-9)
    assert error.variable.en == finer[worst].attrs["long_name"]
    assert f"{error.variable.zh}，{error.year} 年" in error.sentence().zh
    assert error.changed == ()


def test_the_default_step_is_off_by_less_than_a_tenth_of_a_per_cent_in_every_year(outcomes: Sequence[pipeline.Outcome]) -> None:
    for outcome in outcomes:
        fine = replace(outcome.case, scenario=replace(outcome.case.scenario, method="rk4", steps_per_year=16))
        error = largest_change(outcome.results, pipeline.run(fine).results)
        assert error.percent < 0.1, (outcome.case.scenario.key, error)


def test_what_takes_no_method_is_stepped_by_the_default() -> None:
    request = KernelRequest((), frozenset(), frozenset())
    assert (request.method.name, request.steps_per_year) == (DEFAULT_METHOD, DEFAULT_STEPS)
    assert Clock(2021, 2035).steps_per_year == DEFAULT_STEPS
    assert plain_scenario("a", Text("甲", "a")).method == DEFAULT_METHOD


def test_a_changed_verdict_is_named(outcomes: Sequence[pipeline.Outcome]) -> None:
    scores = outcomes[0].scores
    moved = [replace(scores[0], verdict="met"), *scores[1:]]
    found = with_targets(outcomes[0].step_error, scores, moved)
    assert found.changed == (scores[0].target.name,)
    assert scores[0].target.name.zh in found.sentence().zh
    assert with_targets(outcomes[0].step_error, [], []).by_target == {}


def test_a_projection_of_zero_has_a_step_error_and_a_verdict(outcomes: Sequence[pipeline.Outcome]) -> None:
    score = replace(outcomes[0].scores[0], projected=0.0, verdict="missed")
    found = with_targets(outcomes[0].step_error, [score], [replace(score, projected=1.0, verdict="met")])
    assert (found.by_target, found.changed) == ({score.target.id: 100.0}, (score.target.name,))
    still = with_targets(outcomes[0].step_error, [score], [score])
    assert (still.by_target, still.changed) == ({score.target.id: 0.0}, ())
