"""Verdicts and probabilities of whole runs contradict neither each other, nor what is published, nor the year they stand in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.cli.cases import wanted_draws
from sim.inputs.home import Home
from sim.inputs.scenario import scenario_files
from sim.plan.reading import factor_of
from sim.plan.scorecard import Score
from sim.report.score_words import headline, running
from sim.simulate import opening, pipeline
from sim.simulate.design import Design
from sim.simulate.draws import posterior_of, with_draws
from sim.studies.plan.evaluate import evaluated
from tests.corruption import corrupt

ROOT = Path(__file__).resolve().parent.parent.parent
SCENARIOS = [file.stem for file in scenario_files(ROOT / "scenarios")]
DRAWS = Design(200, 0, 1)


def drawn(home: Home, name: str, request: Design = DRAWS, as_of: int | None = None) -> pipeline.Outcome:
    (case,) = opening.open_cases(home, [home.scenarios / f"{name}.yaml"], None, (), (), as_of)
    return with_draws(pipeline.run(case), request)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_verdict_of_a_shipped_scenario_contradicts_its_probability(home: Home, name: str) -> None:
    for score in drawn(home, name).scores:
        if score.probability is None or score.judged_by == "data":
            continue
        assert (score.verdict == "met") == (score.probability >= 0.5), score.target.id
        assert score.projected is not None
        assert score.central is not None


def test_the_projection_is_the_median_of_the_draws(home: Home) -> None:
    outcome = drawn(home, "plan_2025")
    assert outcome.ensemble is not None
    for score in outcome.scores:
        if score.plain_region is None or score.target.year is None:
            continue
        quantiles = outcome.ensemble.quantiles[score.variable]
        at = outcome.case.city.graph.dimensions["region"].index("hengyang")
        year = score.target.year - outcome.case.city.data.settings.base_year
        binding = outcome.case.city.catalogue.bindings[score.target.id]
        factor = factor_of(score.target, binding, outcome.case.city.graph)
        assert score.projected == pytest.approx(factor * quantiles[3, year, at])
        assert score.value is not None
        assert score.gap == pytest.approx(score.value - score.target.value)
    shown = outcome.projection["gdp_nominal"].sel(region="hengyang", year=2025)
    assert shown.attrs["projection"] == "median"
    assert float(shown) == pytest.approx(next(score.projected for score in outcome.scores if score.target.id == "hy_gdp_2025"))


def test_what_is_published_of_a_target_s_year_decides_whatever_the_run_says(home: Home) -> None:
    scores = {score.target.id: score for score in drawn(home, "plan_2025").scores}
    gdp = scores["hy_gdp_2025"]
    assert (gdp.judged_by, gdp.verdict, gdp.actual_value, gdp.actual_year) == ("data", "missed", 4689.55, 2025)
    assert gdp.probability is not None  # it still tests the model
    share = scores["hy_mfg_share_gdp_2025"]
    assert share.judged_by == "data"  # all industry falls short already
    assert "所属" in share.remark.zh
    entities = scores["hy_market_entities_2025"]
    assert entities.judged_by == "model"
    assert entities.is_running
    assert entities.needed_growth is not None
    assert entities.actual_growth is not None
    assert entities.needed_growth < entities.actual_growth  # the growth needed is below the growth seen, and the row says both
    said = running(entities)
    assert "没有用到" in said.zh
    assert "do not use" in said.en


def test_the_first_page_has_one_count(home: Home) -> None:
    scores = drawn(home, "plan_2025").scores
    judged = [score for score in scores if score.verdict != "not_judged"]
    by_data = sum(score.judged_by == "data" for score in judged)
    said = headline(scores).zh
    assert f"{len(judged)} 项可判定的目标中" in said
    assert f"{by_data} 项据公布数判定，{len(judged) - by_data} 项据预测判定" in said


def _score(home: Home) -> Score:
    return next(score for score in drawn(home, "plan_2025").scores if score.target.id == "hy_market_entities_2025")


def test_a_running_target_whose_figures_are_not_there_says_nothing_of_them(home: Home) -> None:
    assert not running(replace(_score(home), actual_value=None, actual_year=None)).zh


def _evaluated(home: Home) -> list[dict[str, Any]]:
    (case,) = opening.open_cases(home, [home.scenarios / "whole_plan.yaml"], None, (), (), as_of=2022)
    return [row.as_record("en") for row in evaluated(case, 2022, Design(60, prior=True))]


@pytest.mark.slow
def test_nothing_published_later_moves_what_is_said_as_of_a_year(copied: Home) -> None:
    before = _evaluated(copied), _scores(copied)
    assert any(row["chances"] for row in before[0])
    assert corrupt(copied, 2022) > 50
    assert (_evaluated(copied), _scores(copied)) == before


def _scores(home: Home) -> list[tuple[Any, ...]]:
    outcome = drawn(home, "plan_2025", Design(60, 0, 1, prior=True), as_of=2022)
    keys = ("verdict", "projected", "central", "probability", "actual_value")
    return [tuple(getattr(item, key) for key in keys) for item in outcome.scores]


def test_the_posterior_of_later_years_is_not_asked_and_that_is_said(home: Home) -> None:
    (case,) = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), (), as_of=2022)
    with pytest.raises(InputError) as error:
        posterior_of(case.city)
    assert "2005–2023" in str(error.value)
    assert "--prior" in str(error.value)
    request, reason = wanted_draws(case, Design(2000, 0, 1), by_default=True)
    assert request is None
    assert reason is not None
    assert "没有计算概率" in reason.zh


def test_measures_that_rest_on_later_data_are_left_out_and_named(home: Home) -> None:
    then, now = (opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), (), year)[0] for year in (2022, None))
    names = {item.name for item in now.bound.resolved} - {item.name for item in then.bound.resolved}
    assert names == {"science_budget"}
    said = " ".join(remark.zh for remark in then.selection.remarks)
    assert "science_budget" in said
    assert "站在 2022 年" in said


def test_the_ledger_of_a_year_knows_no_later_amount_nor_what_was_built_since(home: Home) -> None:
    (case,) = opening.open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), (), as_of=2021)
    projects = case.city.ledger.projects.values()
    assert projects
    assert not any(item.status for item in projects)
    documents = set(case.city.catalogue.documents)
    assert {item.amount.source for item in projects if item.amount is not None} <= documents
    assert np.isfinite(float(pipeline.run(case).results["gdp_nominal"].sum()))


@pytest.mark.parametrize("wrong", ["2024年", "true", "[2024]", "99999"])
def test_a_known_from_that_is_no_year_is_a_fault(home: Home, tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: {zh: 我的, en: mine}\nextends: plan_2025\nlevers:\n"
        f"  hightech_push: {{value: {{2022: 1.4}}, known_from: {wrong}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError, match="known_from"):
        opening.open_cases(home, [file], None, (), ())
