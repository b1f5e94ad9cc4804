"""The base year of Hengyang and its district shows what the documents and the statistics print for it."""

from __future__ import annotations

import pytest
import xarray as xr

from sim.inputs.home import Home
from sim.simulate import opening, pipeline

DISTRICT, PARK, SCIENCE_CITY = "yanfeng", "baishazhou_park", "hengshan_science_city"
WITH_PARKS = [DISTRICT, PARK, SCIENCE_CITY]


@pytest.fixture(scope="module")
def base(home: Home) -> xr.Dataset:
    case = opening.open_cases(home, [home.scenarios / "baseline.yaml"], None, (), ())[0]
    return pipeline.run(case).results.sel(year=2020)


def _sum(base: xr.Dataset, name: str, places: list[str] | str) -> float:
    values = base[name].sel(district=places)
    return float(values.sum("district") if isinstance(places, list) else values)


def test_what_is_printed_or_follows_from_a_target_and_its_growth(base: xr.Dataset) -> None:
    """Park: 100 in 2025 at 13 % a year, and 100 at 10 %; district: 574.76 in five years, growing by 4.67 % a year."""
    assert _sum(base, "district_fixed_asset_investment", PARK) == pytest.approx(100 / 1.13**5, rel=0.01)
    assert _sum(base, "scale_industry_value_added", PARK) == pytest.approx(100 / 1.1**5, rel=0.01)
    last = 574.76 / sum(1.0467**-year for year in range(5))
    assert _sum(base, "district_retail_sales", DISTRICT) == pytest.approx(last, rel=0.01)
    assert float(base["retail_sales"].sum()) == pytest.approx(1594.34, rel=1e-3)


def test_indicators_of_the_district_with_the_parks(base: xr.Dataset) -> None:
    gdp = _sum(base, "district_gdp_nominal", WITH_PARKS)
    assert 100 * _sum(base, "hightech_value_added", WITH_PARKS) / gdp == pytest.approx(35.22, rel=0.01)
    residents = _sum(base, "district_residents", WITH_PARKS)
    assert _sum(base, "patents_in_force", WITH_PARKS) / residents == pytest.approx(14.13, rel=0.01)
    assert _sum(base, "district_rd_spending", WITH_PARKS) == pytest.approx(6.2, rel=0.01)
    assert residents == pytest.approx(24.73, rel=0.02)


def test_energy_per_gdp_is_what_level_and_cut_of_the_plan_imply(base: xr.Dataset) -> None:
    """0.331 after a fall by 18 %."""
    assert float(base["energy_per_gdp"].sum()) == pytest.approx(0.331 / 0.82, rel=0.01)


def test_districts_add_up_to_the_city(base: xr.Dataset) -> None:
    for part, whole in (
        ("district_fixed_asset_investment", "fixed_asset_investment"),
        ("district_retail_sales", "retail_sales"),
        ("district_rd_spending", "rd_spending"),
        ("district_residents", "residents"),
    ):
        assert float(base[part].sum()) == pytest.approx(float(base[whole].sum()), rel=1e-9), part
