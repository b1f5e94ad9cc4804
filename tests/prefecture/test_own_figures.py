"""A city's base year shows its own figures: of the year as published, of near years and said so, before anything borrowed."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from models.prefecture.base_year import figures
from sim.city.city import City, open_city
from sim.inputs.city import pooled_cities
from sim.inputs.home import Home, find_home
from sim.inputs.parameters import ParameterRecord
from tests.prefecture.test_base_year import base

HOME = find_home(Path(__file__).resolve().parents[2])
CITIES = pooled_cities(HOME, "hengyang")
STARTS = [(city, 2020) for city in CITIES] + [("hengyang", 2025)]
SECTORS = ("value_added_primary", "value_added_secondary", "value_added_tertiary")


@cache
def world(city: str, year: int) -> City:
    return open_city(HOME, city, year)


def record(of: City, name: str) -> ParameterRecord:
    return of.data.parameters[name]


def total(of: City, name: str) -> float:
    value = record(of, name).value
    assert value is not None
    return float(value.at(of.data.settings.base_year).sum())


def price_level(of: City) -> float:
    value = record(of, "sector_price_base").value
    assert value is not None
    return float(value.before.mean())


def sectors(of: City, *names: str) -> float:
    value = record(of, "value_added_base").value
    members = of.graph.dimensions["sector"].members
    assert value is not None
    table = value.before.sum(axis=0)
    return price_level(of) * float(sum(table[members.index(name)] for name in names or members))


def income(of: City) -> float:
    return total(of, "household_income_share") * sectors(of) / total(of, "population_base") * 1e4


def industry_firms(of: City) -> float:
    value = record(of, "above_scale_firms_base").value
    assert value is not None
    return float(value.before[..., 0].sum())


OF_INDICATOR: dict[str, tuple[Callable[[City], float], str]] = {
    "gdp_nominal": (sectors, "value_added_base"),
    "value_added_primary": (lambda of: sectors(of, "agriculture"), "value_added_base"),
    "value_added_secondary": (lambda of: sectors(of, "manufacturing", "other_industry", "construction"), "value_added_base"),
    "value_added_tertiary": (lambda of: sectors(of, "services"), "value_added_base"),
    "industry_value_added": (lambda of: sectors(of, "manufacturing", "other_industry"), "value_added_base"),
    "population_resident": (lambda of: total(of, "population_base"), "population_base"),
    "population_registered": (lambda of: total(of, "registered_base"), "registered_base"),
    "urban_share": (lambda of: 100 * total(of, "urban_share_base"), "urban_share_base"),
    "industrial_firms": (industry_firms, "above_scale_firms_base"),
    "hightech_firms": (lambda of: total(of, "hightech_firms_base"), "hightech_firms_base"),
    "tech_smes": (lambda of: total(of, "tech_smes_base"), "tech_smes_base"),
    "rd_intensity": (lambda of: 100 * total(of, "rd_intensity_base"), "rd_intensity_base"),
    "rd_spending": (lambda of: total(of, "rd_intensity_base") * sectors(of), "rd_intensity_base"),
    "public_revenue": (lambda of: total(of, "revenue_base"), "revenue_base"),
    "public_expenditure": (lambda of: total(of, "planned_expenditure"), "planned_expenditure"),
    "government_debt": (lambda of: total(of, "debt_base"), "debt_base"),
    "retail_sales": (lambda of: total(of, "retail_base"), "retail_base"),
    "university_students": (lambda of: 1e4 * total(of, "students"), "students"),
    "house_price": (lambda of: total(of, "house_price_path"), "house_price_path"),
    "income_per_head": (income, "household_income_share"),
    "income_urban": (lambda of: income(of) * total(of, "urban_income_ratio") / 1e4, "urban_income_ratio"),
    "income_rural": (lambda of: income(of) * total(of, "rural_income_ratio") / 1e4, "rural_income_ratio"),
    "real_estate_investment": (lambda of: total(of, "housing_investment") / 0.75, "housing_investment"),
}
"""What the base year says of an indicator of history.csv, and the parameter that says it."""
SPLIT = {"value_added_base", "population_base", "above_scale_firms_base"}
"""Tables of which only some sums are published."""


@pytest.mark.parametrize("indicator", OF_INDICATOR)
@pytest.mark.parametrize(("city", "year"), STARTS)
def test_a_base_value_is_what_the_city_published_for_the_year(city: str, year: int, indicator: str) -> None:
    of = world(city, year)
    said, parameter = OF_INDICATOR[indicator]
    datum = of.data.history.series(indicator, city).get(year)
    origin = record(of, parameter).base_origin
    assert origin is not None
    if datum is not None:
        assert said(of) == pytest.approx(datum.value * _scale_of_sectors(of, indicator), rel=2e-5)
        assert parameter in SPLIT or not origin.is_borrowed


def _scale_of_sectors(of: City, indicator: str) -> float:
    """Sectors of another vintage than GDP are scaled to it, and said to be derived."""
    city, year = of.data.key, of.data.settings.base_year
    if indicator not in SECTORS:
        return 1.0
    whole = sum(of.data.history.series(name, city)[year].value for name in SECTORS)
    scale = of.data.history.series("gdp_nominal", city)[year].value / whole
    if abs(scale - 1.0) < 1e-5:
        return 1.0
    assert 0.98 < scale < 1.02
    assert {(part.whole or part.origin).kind for part in record(of, "value_added_base").base} == {"derived"}
    return scale


@pytest.mark.parametrize("indicator", sorted(set(OF_INDICATOR) - {"gdp_nominal", "rd_spending"}))
@pytest.mark.parametrize(("city", "year"), STARTS)
def test_a_figure_of_near_years_goes_before_a_borrowed_one_and_says_its_year(city: str, year: int, indicator: str) -> None:
    of = world(city, year)
    parameter = OF_INDICATOR[indicator][1]
    series = of.data.history.series(indicator, city)
    near = [known for known in series if abs(known - year) <= figures.NEAR and not _is_broken(of, indicator, known, year)]
    if not near or year in series or parameter in SPLIT:
        return
    origin = record(of, parameter).base_origin
    assert origin is not None
    assert origin.kind in ("near", "derived")
    assert origin.years
    assert year not in origin.years


def _is_broken(of: City, indicator: str, known: int, year: int) -> bool:
    return bool(of.data.history.breaks_in(indicator, max(known, year), min(known, year)))


@pytest.mark.parametrize("city", sorted(set(CITIES) - {"hengyang"}))
def test_research_and_development_rests_on_the_citys_own_spending(city: str) -> None:
    """Spending is published for 2019 at the latest: its share of that year's GDP, as the province's moved to the base year."""
    of = world(city, 2020)
    spent, gdp = (of.data.history.series(name, city)[2019].value for name in ("rd_spending", "gdp_nominal"))
    assert total(of, "rd_intensity_base") == pytest.approx(spent / gdp, rel=1e-9)  # 2.15 % in both years
    origin = record(of, "rd_intensity_base").base_origin
    assert origin is not None
    assert (origin.kind, origin.years) == ("derived", (2019,))


def test_no_two_cities_have_the_same_urban_share() -> None:
    shares = {city: total(world(city, 2020), "urban_share_base") for city in CITIES}
    assert len(set(shares.values())) == len(shares)
    assert shares["xiangtan"] == pytest.approx(0.6616 * 58.76 / 61.16, rel=1e-9)


@pytest.mark.parametrize(("city", "year"), STARTS)
def test_every_level_of_the_base_year_says_where_it_comes_from(city: str, year: int) -> None:
    of = world(city, year)
    without = [name for name, item in of.data.parameters.items() if item.is_of_base and item.base_origin is None]
    assert without == []
    for name, item in of.data.parameters.items():
        covered = np.sum([part.cells for part in item.base], axis=0)
        assert not item.base or np.all(covered == 1), name


def test_ratios_of_another_city_are_borrowed_everywhere_but_there() -> None:
    kinds = {city: record(world(city, 2020), "above_scale_firms_base").base_origin for city in ("hengyang", "xiangtan")}
    at_home, elsewhere = kinds["hengyang"], kinds["xiangtan"]
    assert at_home is not None
    assert elsewhere is not None
    assert at_home.kind == "derived"
    assert elsewhere.is_borrowed
    assert elsewhere.whence.en == "Hengyang"


def test_a_figure_appears_in_the_base_as_soon_as_the_city_publishes_it(copied: Home) -> None:
    file = copied.models / "xiangtan" / "history.csv"
    before = open_city(copied, "xiangtan").data.parameters["debt_base"]
    assert before.base_origin is not None
    assert before.base_origin.is_borrowed
    with file.open("a", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerow(["xiangtan", 2021, "government_debt", 900, "亿元", "yearbook_city_2022", 2022, "", "", ""])
    after = open_city(copied, "xiangtan").data.parameters["debt_base"]
    assert after.base_origin is not None
    assert (after.base_origin.kind, after.base_origin.years) == ("near", (2021,))
    assert after.value is not None
    gdp = open_city(copied, "xiangtan").data.history.series("gdp_nominal", "xiangtan")
    assert float(after.value.before.sum()) == pytest.approx(900 * gdp[2020].value / gdp[2021].value)


def test_a_near_figure_is_interpolated_carried_and_never_taken_across_a_break() -> None:
    series = base().series("urban_share")
    at_2022 = replace(base(), year=2022)
    between = figures.near_figure(at_2022, {year: series[year] for year in (2021, 2023)})
    assert between is not None
    assert between.value == pytest.approx((series[2021].value + series[2023].value) / 2)
    assert between.origin.base.years == (2021, 2023)
    carried = figures.near_figure(at_2022, {2023: series[2023]}, lambda year: float(year - 2000))
    assert carried is not None
    assert carried.value == pytest.approx(series[2023].value * 22 / 23)
    assert figures.near_figure(replace(base(), year=2019), {2021: series[2021]}) is None  # the census of 2020 lies between
    assert figures.near_figure(replace(base(), year=2012), {2019: series[2019]}) is None  # too far
