"""Accounting identities of the city model over the whole run, extreme conditions, and properties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.city.city import City
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, central_run
from sim.engine.kernel import kernel_for
from sim.engine.methods import METHODS
from sim.inputs.home import Home
from sim.inputs.year_path import YearPath
from sim.model.binding import BoundValues
from sim.result.dataset import to_dataset
from sim.simulate import opening, pipeline

TIGHT = 1e-9
SIGNED_STOCKS = {"growth_momentum", "padding", "outlook_capital_growth"}  # rates of growth, of either sign
ROOT = Path(__file__).resolve().parents[2]


def run_with(world: City, method: str = "euler", steps: int = 4, last: int = 2035, **changes: object) -> xr.Dataset:
    """Run the city with some parameters replaced by constants (scaled arrays or numbers)."""
    values = {name: record.value for name, record in world.data.parameters.items() if record.value is not None}
    for name, change in changes.items():
        before = values[name]
        values[name] = change(before) if callable(change) else YearPath(np.full_like(before.before, change))
    bound, clock = BoundValues(values, frozenset(), ()), Clock(2021, last, steps)
    request = KernelRequest(tuple(world.graph.quantities), frozenset(), bound.yearly, METHODS[method], steps)
    return to_dataset(central_run(kernel_for(world.graph, request), clock, bound), world.graph, world.labels)


def scaled(factor: float) -> object:
    def change(path: YearPath) -> YearPath:
        return replace(path, before=path.before * factor, arrays=tuple(array * factor for array in path.arrays))

    return change


OTHERS = sorted(file.stem for file in (ROOT / "scenarios").glob("*.yaml") if file.stem not in ("baseline", "plan_2025"))
SCENARIOS = ["baseline", "plan_2025", "rk4", *(pytest.param(name, marks=pytest.mark.slow) for name in OTHERS)]


@pytest.fixture(scope="module", params=SCENARIOS)
def results(request: pytest.FixtureRequest, outcomes: Sequence[pipeline.Outcome], world: City, home: Home) -> xr.Dataset:
    """Results of every scenario, without and with the project ledger, and of a run with another method."""
    if request.param == "rk4":
        return run_with(world, method="rk4")
    known = {item.case.scenario.key: item.results for item in outcomes}
    if request.param in known:
        return known[request.param]
    return pipeline.run(opening.open_cases(home, [home.scenarios / f"{request.param}.yaml"], None, (), ())[0]).results


def _close(left: xr.DataArray, right: xr.DataArray) -> None:
    scale = float(np.abs(right).max())
    assert float(np.abs(left - right).max()) <= TIGHT * scale


def _change(array: xr.DataArray) -> xr.DataArray:
    return array.diff("year")


def _flows(array: xr.DataArray) -> xr.DataArray:
    return array.isel(year=slice(1, None))


def test_sectors_add_up_to_gdp(results: xr.Dataset) -> None:
    _close(results["value_added"].sum("sector"), results["gdp_real"])
    _close(results["value_added_nominal"].sum("sector"), results["gdp_nominal"])
    _close(results["sector_share"].sum("sector"), xr.ones_like(results["gdp_real"]))


def test_population_changes_by_births_deaths_and_migration(results: xr.Dataset) -> None:
    flows = results["births"] - results["deaths"] + results["net_migration"]
    _close(_change(results["residents"]), _flows(flows))
    _close(results["population"].sum(("sex", "age")), results["residents"])


def test_capital_changes_by_what_opens_less_depreciation(results: xr.Dataset) -> None:
    flows = results["commissioning"] + results["project_commissioning"] - results["depreciation"] - results["unusual_losses"]
    _close(_change(results["capital"]), _flows(flows))


def test_work_in_progress_changes_by_investment_less_commissioning(results: xr.Dataset) -> None:
    _close(_change(results["work_in_progress"]), _flows(results["business_investment"] - results["commissioning"]))


def test_firm_stocks_change_by_their_flows(results: xr.Dataset) -> None:
    tiers = results["threshold_crossings"] - results["above_scale_exits"]
    _close(_change(results["above_scale_firms"]), _flows(tiers))
    _close(results["above_scale_firms"].sum("tier"), results["four_above_firms"])
    hightech = results["hightech_certifications"] - results["hightech_lapses"]
    _close(_change(results["hightech_firms"]), _flows(hightech))
    enterprises = results["enterprise_births"] - results["enterprise_exits"].sum("age_class")
    _close(_change(results["registered_enterprises"]), _flows(enterprises))
    households = results["household_business_births"] - results["household_business_exits"] - results["conversions"]
    _close(_change(results["household_businesses"]), _flows(households))
    _close(results["household_businesses"] + results["registered_enterprises"], results["market_entities"])


def test_labour_by_sector_adds_up_to_supply(results: xr.Dataset) -> None:
    _close(results["labour"].sum("sector"), results["labour_supply"])


def test_ratios_come_from_the_year_s_totals(results: xr.Dataset) -> None:
    _close(results["manufacturing_share"], results["manufacturing_value_added"] / results["gdp_nominal"])
    _close(results["rd_intensity"], results["rd_spending"] / results["gdp_nominal"])


def test_everything_is_finite_and_no_stock_is_negative(results: xr.Dataset, world: City) -> None:
    for name, array in results.data_vars.items():
        assert np.isfinite(array.values).all(), name
    for name in world.graph.stocks:
        assert name in SIGNED_STOCKS or float(results[name].min()) >= 0.0, name


def test_formation_is_the_sum_of_its_parts_and_holds_the_ledger(results: xr.Dataset) -> None:
    firms = (results["business_investment"] + results["project_investment"]).sum("sector")
    _close(firms + results["real_public_investment"] + results["real_housing_investment"], results["capital_formation"])
    _close(results["public_investment_by_kind"].sum("kind"), results["real_public_investment"])
    ledger = results["project_investment"].sum("sector") + results["project_public_spend"].sum("kind")
    assert float((results["capital_formation"] - ledger).min()) > 0.0


def test_formation_of_the_base_year_is_the_observed_one(outcomes: Sequence[pipeline.Outcome]) -> None:
    baseline, plan = (outcome.results["capital_formation"].sel(year=2020) for outcome in outcomes)
    assert float(outcomes[1].results["project_investment"].sel(year=2020).sum()) > 1.0
    _close(plan, baseline)


def test_named_projects_hold_a_part_of_the_unfinished_work_and_add_none(outcomes: Sequence[pipeline.Outcome]) -> None:
    baseline, plan = (outcome.results.sel(year=2020) for outcome in outcomes)
    named = plan["named_work_in_progress"]
    assert float(named.sum()) > 10.0
    assert float(baseline["named_work_in_progress"].sum()) == 0.0
    _close(plan["work_in_progress"] + named, baseline["work_in_progress"])


def test_a_push_to_the_cloud_is_worth_what_it_leaves_of_the_gap(home: Home, tmp_path: Path) -> None:
    """Productivity is lifted by the firms that are on the cloud and would not be there, each once; it falls as others come."""
    file = tmp_path / "cloud.yaml"
    text = "name: {zh: 试, en: try}\nextends: baseline\nlevers:\n  cloud_push: {2021: 30000, 2026: 2000}\n"
    file.write_text(text, encoding="utf-8")
    (case,) = opening.open_cases(home, [file], None, (), ())
    results = pipeline.run(case).results.isel(region=0)
    gap = results["digital_adoption"] - results["usual_digital_adoption"]
    response = float(case.bound.values["digital_response"].before)
    flow = (results["cloud_adoptions"] - results["usual_cloud_adoptions"]).sel(year=slice(2021, None))
    assert float(gap.max()) > 0.1
    assert float(gap.sel(year=2035)) < 0.2 * float(gap.max())
    assert float(flow.sel(year=2035)) < 0.0
    alone = (("catch_up", "0"), ("rd_elasticity", "0"), ("agglomeration_elasticity", "0"))
    files = [file, home.scenarios / "baseline.yaml"]
    pushed, usual = (
        pipeline.run(one).results["productivity"].sel(sector="manufacturing").values[0]
        for one in opening.open_cases(home, files, None, (), alone)
    )
    assert np.log(pushed / usual) == pytest.approx(response * gap.values, abs=1e-4)


def test_no_field_is_upgraded_twice(home: Home) -> None:
    """A hundred a year would be one and a half thousand of five hundred and fifty; the effect is that of the land."""
    files = [home.scenarios / "baseline.yaml"]
    (case,) = opening.open_cases(home, files, None, (), (("farmland_upgrade", "100"),))
    results = pipeline.run(case).results.isel(region=0)
    cropland = float(case.bound.values["cropland"].before.item())
    assert float(results["better_farmland"].max()) <= cropland
    assert float(results["better_farmland"].sel(year=2035)) > 0.95 * cropland
    effect = results["farm_upgrade_effect"].sel(sector="agriculture")
    assert float(effect.sel(year=2022)) > 0.0
    assert float(effect.sel(year=2035)) < 0.0


def test_of_a_voucher_only_what_is_seen_to_be_extra_is_spent(home: Home, world: City) -> None:
    """A quarter in the programme that was measured; the multiplier of public spending on output is another number."""
    files = [home.scenarios / "baseline.yaml"]
    (none,) = opening.open_cases(home, files, None, (), ())
    (some,) = opening.open_cases(home, files, None, (), (("consumption_voucher", "10"),))
    first = [pipeline.run(case).results.isel(region=0).sel(year=2021) for case in (none, some)]
    before, after = (float(year["real_consumption"] * year["consumer_price"]) for year in first)
    spent = after - before
    assert spent == pytest.approx(2.5, rel=0.1)
    record = world.data.parameters["voucher_pass_through"]
    assert (record.evidence, "Kan" in record.source) == ("V", True)


def test_the_budget_balances(results: xr.Dataset) -> None:
    money_in = results["public_revenue"] + results["land_revenue"] + results["net_borrowing"]
    money_out = results["public_expenditure"] + results["fund_outlays"] + results["budget_surplus"]
    _close(money_in + results["transfers"], money_out)
    _close(_change(results["government_debt"]), _flows(results["net_borrowing"]))


def test_districts_and_branches_add_up_to_the_city(results: xr.Dataset) -> None:
    city = results["value_added"].sum("region")
    _close(results["district_value_added"].sum("district"), city)
    _close(results["branch_value_added"].sum(("district", "branch")), results["gdp_real"].sum("region"))
    _close(results["district_gdp_nominal"].sum("district"), results["gdp_nominal"].sum("region"))
    for part, whole in (
        ("district_above_scale_firms", "above_scale_firms"),
        ("district_hightech_firms", "hightech_firms"),
        ("district_market_entities", "market_entities"),
        ("district_enterprises", "registered_enterprises"),
        ("district_rd_spending", "rd_spending"),
        ("district_retail_sales", "retail_sales"),
        ("district_visitor_spending", "visitor_spending"),
        ("district_residents", "residents"),
        ("district_crossings", "threshold_crossings"),
    ):
        _close(results[part].sum("district"), results[whole].sum("region"))


def test_public_capital_changes_by_what_is_gained_less_wear(results: xr.Dataset) -> None:
    _close(_change(results["public_capital"]), _flows(results["public_gain"] - results["public_wear"]))


def test_base_year_row_is_the_published_base(world: City, outcomes: Sequence[pipeline.Outcome]) -> None:
    base = outcomes[0].results.sel(region="hengyang", year=2020)
    history = world.data.history

    def published(indicator: str) -> float:
        return history.series(indicator, "hengyang")[2020].value

    assert float(base["gdp_nominal"]) == pytest.approx(published("gdp_nominal"), rel=5e-6)
    assert float(base["residents"]) == pytest.approx(published("population_resident"), rel=1e-9)
    assert float(base["urban_share"]) == pytest.approx(published("urban_share") / 100, abs=5e-5)
    assert float(base["value_added_nominal"].sel(sector="agriculture")) == pytest.approx(published("value_added_primary"))
    assert float(base["value_added_nominal"].sel(sector="services")) == pytest.approx(published("value_added_tertiary"))
    industry = float(base["value_added_nominal"].sel(sector=["manufacturing", "other_industry"]).sum())
    assert industry == pytest.approx(published("industry_value_added"), rel=1e-6)
    assert float(base["above_scale_firms"].sel(tier="industry")) == published("industrial_firms")
    assert float(base["registered_population"]) == published("population_registered")


def test_without_investment_capital_decays_at_its_rate(world: City) -> None:
    results = run_with(world, steps=200, last=2025, business_investment_base=scaled(1e-12))
    rate = world.data.parameters["depreciation_rate"].value
    assert rate is not None
    capital = results["capital"].sel(region="hengyang")
    for index, name in enumerate(("agriculture", "manufacturing", "other_industry", "construction", "services")):
        decayed = float(capital.sel(sector=name, year=2025) / capital.sel(sector=name, year=2020))
        assert decayed == pytest.approx(float(np.exp(-5 * rate.before[index])), rel=5e-3)


def test_without_births_nobody_is_of_age_zero(world: City) -> None:
    results = run_with(world, total_fertility=scaled(0.0))
    assert float(results["population"].sel(age="0").isel(year=slice(1, None)).sum()) == 0.0
    # those of age 0 to 4 in 2025 would have been born since; nobody of that age moves (the profile starts above)
    young = [str(age) for age in range(5)]
    assert float(results["population"].sel(age=young, year=2025).sum()) == 0.0
    assert float(results["population"].sel(age="5", year=2025).sum()) > 0.0


def test_half_the_demand_leaves_no_negative_stock(world: City) -> None:
    results = run_with(world, market_policy=-0.3, external_demand_lead=-0.2, planned_expenditure=scaled(0.5))
    for name in world.graph.stocks:
        assert name in SIGNED_STOCKS or float(results[name].min()) >= 0.0, name
    assert float(results["gdp_real"].min()) > 0.0


def test_halving_the_step_changes_every_headline_little(world: City) -> None:
    coarse, fine = run_with(world), run_with(world, steps=8)
    for name in ("gdp_nominal", "manufacturing_share", "residents", "four_above_firms", "market_entities", "hightech_firms"):
        difference = float(np.abs(coarse[name] / fine[name] - 1.0).max())
        assert difference < 0.01, (name, difference)


@settings(max_examples=12, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "catch_up": st.floats(0.0, 0.1),
            "investment_response": st.floats(0.0, 2.0),
            "external_demand_lead": st.floats(-0.2, 0.2),
            "base_migration": st.floats(-0.03, 0.03),
            "entry_saturation": st.floats(0.0, 3.0),
        }
    )
)
def test_identities_hold_anywhere_in_the_parameter_space(world: City, changes: dict[str, float]) -> None:
    results = run_with(world, last=2027, **dict[str, Any](changes))
    _close(results["value_added"].sum("sector"), results["gdp_real"])
    flows = results["births"] - results["deaths"] + results["net_migration"]
    _close(_change(results["residents"]), _flows(flows))
    _close(_change(results["work_in_progress"]), _flows(results["business_investment"] - results["commissioning"]))


def test_steady_growth_leaves_services_near_their_capacity_in_the_first_year(world: City) -> None:
    utilisation = run_with(world, last=2021)["utilisation"].sel(region="hengyang", sector="services", year=2021)
    assert float(utilisation) == pytest.approx(1.0, abs=0.02)
