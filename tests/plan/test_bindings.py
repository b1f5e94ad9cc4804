"""Every target has one binding that fits it: unit, price basis, region, and nothing scored against what was assumed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from sim.base.errors import InputError
from sim.city.city import City, open_city
from sim.inputs.bindings import Binding, HistoryBinding, LedgerBinding, OutsideBinding
from sim.inputs.home import Home
from sim.plan.consistency import price_basis
from sim.plan.reading import MORE_THAN_ALL
from sim.simulate import opening, pipeline

LEAST_SAID, JUDGED = 70, 47
"""Targets after the base year that a variable or the ledger says, and those of them that get a verdict in the end."""


def test_every_target_has_exactly_one_binding_and_most_can_be_said(world: City) -> None:
    kinds = world.catalogue.by_kind
    names = [name for group in (kinds.variable, kinds.ledger, kinds.history, kinds.outside) for name in group]
    assert sorted(names) == sorted(world.catalogue.targets)
    later = [name for name, target in world.catalogue.targets.items() if target.year is not None and target.year > 2020]
    assert len(later) == 99
    assert sum(name in kinds.variable or name in kinds.ledger for name in later) >= LEAST_SAID
    judged = [name for name in later if getattr(kinds.of(name), "no_base", "outside") is None]
    assert len(judged) == JUDGED


def test_targets_of_2020_are_history_or_set_aside(world: City) -> None:
    for name, target in world.catalogue.targets.items():
        if target.year is not None and target.year <= 2020:
            assert isinstance(world.catalogue.by_kind.of(name), HistoryBinding | OutsideBinding), name


def test_gross_output_is_never_value_added(world: City) -> None:
    for name, binding in world.catalogue.bindings.items():
        words = world.catalogue.targets[name].name.zh
        if "产值" in words:
            assert binding.variable in ("branch_gross_output", "industrial_gross_output"), name
        if "增加值" in words:
            assert "value_added" in binding.variable or binding.variable == "manufacturing_share", name
        if "收入" in words and "人均" not in words:
            assert binding.variable in ("park_revenue", "district_visitor_spending"), name


def test_money_has_the_price_basis_of_its_variable(world: City) -> None:
    for name, binding in world.catalogue.bindings.items():
        have = price_basis(world.graph.quantities[binding.variable].unit)
        assert have in (binding.price, "none"), name
        if world.catalogue.targets[name].unit in ("亿元", "万元"):
            assert binding.price != "none", name


def test_another_region_than_the_target_s_is_explained(world: City) -> None:
    for name, binding in world.catalogue.bindings.items():
        target = world.catalogue.targets[name]
        if binding.region not in (None, target.region) and binding.no_base is None:
            assert binding.caution is not None, name


def test_nothing_is_scored_against_what_a_lever_sets(home: Home) -> None:
    """A target whose value the scenario sets outright is withheld: its variable follows a lever and nothing else."""
    world = open_city(home, "hengyang")
    follows = {
        name
        for name, stock in world.graph.stocks.items()
        if set(world.graph.reads(name)) - {name} <= {key for key, item in world.data.parameters.items()}
        and any(world.data.parameters[key].kind == "lever" for key in world.graph.reads(name) if key in world.data.parameters)
        and stock.dims
    }
    assert {"trains_run", "online_service_rate", "public_pupil_share", "science_budget_share"} <= follows
    for name, binding in world.catalogue.bindings.items():
        if binding.variable in follows:
            assert binding.no_base is not None, name


@pytest.fixture(scope="module")
def whole(home: Home) -> pipeline.Outcome:
    return pipeline.run(opening.open_cases(home, [home.scenarios / "whole_plan.yaml"], None, (), ())[0])


def test_firm_counts_of_the_district_hold_the_parks_as_their_published_bases_do(whole: pipeline.Outcome, world: City) -> None:
    for name in ("yf_scale_firms_2025", "yf_hightech_firms_2025", "yf_listed_firms_2025", "yf_new_scale_firms_annual"):
        assert world.catalogue.bindings[name].region == "yanfeng_with_parks"
    base = whole.results.sel(year=2020, district=["yanfeng", "baishazhou_park", "hengshan_science_city"])
    assert float(base["district_above_scale_firms"].sel(tier="industry").sum()) == pytest.approx(87.0, rel=1e-6)
    assert float(base["district_hightech_firms"].sum()) == pytest.approx(77.0, rel=1e-6)


def test_the_whole_plan_is_judged_or_says_why(whole: pipeline.Outcome, world: City) -> None:
    assert [score.target.id for score in whole.scores] == list(world.catalogue.targets)
    for score in whole.scores:
        if score.verdict == "not_judged":
            assert score.reason.zh
            assert score.reason.en
        else:
            assert score.value is not None
            assert np.isfinite(score.value)


def test_what_a_district_asks_leaves_the_rest_the_growth_that_makes_the_sum(whole: pipeline.Outcome, world: City) -> None:
    checked = 0
    for score in whole.scores:
        binding = world.catalogue.by_kind.of(score.target.id)
        if score.rest_growth is None or not isinstance(binding, Binding) or score.target.year is None:
            continue
        if binding.reading != "level" or score.rest_growth == MORE_THAN_ALL:
            continue
        judge = pipeline.judge_of(whole.case, whole.results)
        reading = judge.reading(score.target, binding)
        array = whole.results[binding.variable]
        for dim, members in binding.members.items():
            array = array.sel({dim: members}).sum(dim)
        city = array.sum("district") * reading.factor
        place = binding.region or score.target.region
        own = array.sel(district=list(world.data.settings.group_members.get(place, (place,)))).sum("district") * reading.factor
        years = score.target.year - 2020
        rest = float((city - own).sel(year=2020)) * (1 + score.rest_growth / 100) ** years
        assert rest + score.target.value == pytest.approx(float(city.sel(year=score.target.year)), rel=1e-9)
        checked += 1
    assert checked >= 10
    found = {score.target.id: score.rest_growth for score in whole.scores}
    assert found["yf_power_core_base_output_14fyp"] == MORE_THAN_ALL
    # 10 % a year from 62.1 is the same target as 100 in 2025, up to rounding
    nominal, real = found["bsz_scale_industry_va_2025"], found["bsz_scale_industry_va_growth"]
    assert nominal is not None
    assert real is not None
    assert found["yf_new_market_entities_14fyp"] is not None
    assert found["yf_firm_count_growth"] is not None


def test_readings_take_the_years_that_the_target_means(whole: pipeline.Outcome) -> None:
    results = whole.results
    scores = {score.target.id: score for score in whole.scores}
    jobs = results["district_new_jobs"].sel(district="yanfeng", year=range(2021, 2026)).sum()
    assert scores["yf_new_jobs_14fyp"].verdict == "not_judged"  # the base of employment is borrowed
    accepting = replace(whole.case.selection, accepted=frozenset({"yf_new_jobs_14fyp"}))
    judge = pipeline.judge_of(replace(whole.case, selection=accepting), results)
    accepted = judge.score(whole.case.city.catalogue.targets["yf_new_jobs_14fyp"])
    assert accepted.projected == pytest.approx(float(jobs))
    value = results["scale_industry_value_added_real"].sel(district="baishazhou_park")
    growth = 100 * ((float(value.sel(year=2025)) / float(value.sel(year=2020))) ** 0.2 - 1)
    assert scores["bsz_scale_industry_va_growth"].projected == pytest.approx(growth)
    entities = results["district_market_entities"].sel(district="yanfeng")
    change = float(entities.sel(year=2025) - entities.sel(year=2020))
    assert scores["yf_new_market_entities_14fyp"].projected == pytest.approx(change)
    energy = results["energy_per_gdp"].sel(region="hengyang")
    cut = 100 * (1 - float(energy.sel(year=2025)) / float(energy.sel(year=2020)))
    assert scores["yf_energy_per_gdp_cut_5y"].projected == pytest.approx(cut)
    income = results["urban_income_per_head"].sel(region="hengyang", year=range(2020, 2026)).values
    assert scores["yf_urban_income_growth"].projected == pytest.approx(100 * (income[1:] / income[:-1] - 1).min())


def test_ledger_targets_count_what_the_pipeline_delivers(whole: pipeline.Outcome, world: City) -> None:
    realised = whole.case.realised
    assert realised is not None
    scores = {score.target.id: score for score in whole.scores}
    rows = {work.id: row for row, work in enumerate(realised.plan.works)}
    schools = [rows[name] for name in ("p1_qianjin", "p1_no8_expand", "p1_schools_expand", "p1_gov_kg")]
    opened = (realised.times.in_use[schools] < 2026.0).mean(axis=0)
    assert scores["yf_new_school_places"].projected == pytest.approx(1620.0 * np.median(opened))
    begun = np.median(realised.times.started[rows["p1_roads25"]] < 2026.0)
    assert scores["yf_roads_started"].projected == pytest.approx(25.0 * begun)
    left = np.median(realised.times.in_use[rows["p2_deadend_roads"]] >= 2025.0)
    assert scores["hy_deadend_roads_cleared"].projected == pytest.approx(left)


def test_what_the_scenario_signs_or_nobody_names_is_not_scored(world: City) -> None:
    """A number of applications or signings that was itself assumed proves nothing."""
    for name, binding in world.catalogue.by_kind.ledger.items():
        by_inflow = {f"class:{inflow}" for inflow in world.ledger.inflows} & set(binding.projects)
        assert (binding.no_base is not None) or (binding.projects and not by_inflow), name
    assert sum(binding.no_base is None for binding in world.catalogue.by_kind.ledger.values()) >= 5


def test_cancelling_projects_never_improves_a_target_that_they_should_deliver(home: Home, whole: pipeline.Outcome) -> None:
    gone = "p2_deadend_roads,p1_qianjin,p1_gov_kg,p1_old_reno,p1_roads25"
    case = opening.open_cases(home, [home.scenarios / "whole_plan.yaml"], None, (), (("ledger.cancel", gone),))[0]
    without = {score.target.id: score for score in pipeline.run(case).scores}
    checked = 0
    for score in whole.scores:
        binding, other = whole.case.city.catalogue.by_kind.of(score.target.id), without[score.target.id]
        if isinstance(binding, LedgerBinding) and score.projected is not None and other.projected is not None:
            better = -1.0 if binding.operator(score.target.operator) == "<=" else 1.0
            assert better * (other.projected - score.projected) <= 1e-9, score.target.id
            assert other.verdict != "met" or score.verdict == "met", score.target.id
            checked += 1
    assert checked >= 5


def test_a_plain_number_may_be_a_ceiling(whole: pipeline.Outcome, world: City) -> None:
    scores = {score.target.id: score for score in whole.scores}
    for name in ("yf_energy_per_gdp_level", "hy_deadend_roads_cleared"):
        score, binding = scores[name], world.catalogue.by_kind.of(name)
        assert isinstance(binding, Binding | LedgerBinding)
        assert score.target.operator == "="
        assert binding.operator("=") == "<="
        assert score.projected is not None
        assert (score.verdict == "met") == (score.projected <= score.target.value)
    assert Binding(variable="gdp_nominal", reading="level", price="nominal").operator("=") == "="


WRONG: Sequence[tuple[str, str, str]] = (
    ("variable: branch_gross_output", "variable: branch_value_added", "price basis nominal does not fit"),
    ("  binding: outside\n", "  binding: aside\n", "unknown kind of binding aside"),
    ("  price: nominal\n", "  price: none\n", "price basis of money must be stated"),
    ("region: yanfeng_with_parks\n  over", "region: yanfeng_park\n  over", "no region yanfeng_park"),
    ("variable: district_pm25\n", "variable: district_pm25\n  region: yanfeng_with_parks\n", "cannot be added up"),
    ("members: {branch: [finance]}", "members: {branch: [financ]}", "did you mean 'finance'"),
    ("projects: [p2_deadend_roads]", "projects: [p2_deadend_road]", "did you mean 'p2_deadend_roads'"),
    ("over: district_residents", "over: district_gdp_nominal", "is not 件/万人"),
    ("indicator: industrial_firms", "indicator: industrial_firm", "did you mean 'industrial_firms'"),
)  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), WRONG, ids=[item[2] for item in WRONG])
def test_bindings_that_do_not_fit_are_faults(copied: Home, old: str, new: str, expected: str) -> None:
    file = copied.models / "hengyang" / "plan" / "bindings.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(expected)):
        open_city(copied, "hengyang")


def test_a_target_without_a_binding_is_a_fault(copied: Home) -> None:
    file = copied.models / "hengyang" / "plan" / "bindings.yaml"
    text = file.read_text(encoding="utf-8")
    start = text.index("hy_hightech_firms_2025:")
    stop = text.index("hy_talent_inflow_annual:")
    file.write_text(text[:start] + text[stop:], encoding="utf-8")
    with pytest.raises(InputError, match="hy_hightech_firms_2025 has no binding"):
        open_city(copied, "hengyang")
