"""The base-year module: closed forms of its methods, and what it builds for the base years of Hengyang."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from models.prefecture.base_year import accounts, ageing, build_rows, capital, demography, firms, society
from sim.city.city import City, open_city
from sim.inputs.base_year import BaseCell, BaseYear, Reference
from sim.inputs.city import history_of, settings_of
from sim.inputs.home import Home, find_home
from sim.inputs.indicators import read_indicators

ROOT = Path(__file__).resolve().parents[2]
CITY, MODEL = ROOT / "models" / "hengyang", ROOT / "models" / "prefecture"


@cache
def hengyang() -> City:
    return open_city(find_home(ROOT), "hengyang")


@cache
def base(year: int = 2020, as_of: int | None = None) -> BaseYear:
    indicators = read_indicators(MODEL / "indicators.yaml")
    reference = Reference((MODEL / "reference" / "hunan", MODEL / "reference" / "china"), as_of, indicators)
    parameters, places = hengyang().data.parameters, hengyang().data.settings.named_regions
    history = history_of(CITY, MODEL, places, indicators).as_of(as_of)
    settings = settings_of(CITY, MODEL, year, as_of)
    return BaseYear("hengyang", year, 2035, history, settings, reference, parameters)


def values(rows: list[BaseCell], parameter: str) -> dict[str, float]:
    return {row.members: row.value for row in rows if row.parameter == parameter}


def test_perpetual_inventory_of_steady_investment_has_its_closed_form() -> None:
    depreciation, growth = 0.1, 0.05
    series = {1990 + year: (1 + growth) ** year for year in range(200)}
    stock = capital.perpetual_inventory(series, depreciation, growth)
    last = (1 + growth) ** 199
    assert stock == pytest.approx(last * (1 + growth) / (growth + depreciation), rel=1e-6)


def test_perpetual_inventory_without_growth_settles_at_investment_over_depreciation() -> None:
    series = dict.fromkeys(range(1990, 2191), 5.0)
    assert capital.perpetual_inventory(series, 0.1, 0.0) == pytest.approx(50.0, rel=1e-12)


def test_split_groups_keeps_totals_and_never_goes_negative() -> None:
    groups = {(0, 1): 3.0, (1, 5): 18.0, (5, 10): 10.0, (10, 100): 1.0, (100, 101): 0.0}
    single = demography.split_groups(groups)
    for (low, high), number in groups.items():
        assert single[low:high].sum() == pytest.approx(number, abs=1e-12)
    assert single.min() >= 0.0


def test_split_of_equal_ages_is_equal() -> None:
    single = demography.split_groups({(0, 1): 2.0, (1, 5): 8.0, (5, 101): 192.0})
    assert np.allclose(single, 2.0)


def test_population_has_the_published_total_and_broad_ages() -> None:
    by_age = values(demography.population_rows(base()), "population_base")
    total = sum(by_age.values())
    assert total == pytest.approx(664.5243, rel=1e-9)
    young = sum(value for key, value in by_age.items() if int(key.rsplit("=", 1)[1]) < 15)
    assert 100 * young / total == pytest.approx(21.0, abs=0.02)


def test_a_closed_population_without_deaths_only_grows_older() -> None:
    people = np.zeros((2, ageing.AGES))
    people[:, 30] = 5.0
    nobody = ageing.Rates(np.zeros_like(people), np.zeros(ageing.AGES), 0.5, np.full_like(people, 1 / people.size))
    later = ageing.aged(people, dict.fromkeys(range(2020, 2026), 10.0), nobody)
    assert later[:, 35].sum() == pytest.approx(10.0, rel=1e-12)


def test_ageing_reaches_the_known_totals_and_moves_the_right_ages() -> None:
    people = np.ones((2, ageing.AGES))
    movers = np.zeros_like(people)
    movers[0, 25] = 1.0
    rates = ageing.Rates(np.zeros_like(people), np.zeros(ageing.AGES), 0.5, movers)
    later = ageing.aged(people, {2020: people.sum(), 2021: people.sum() + 3.0}, rates)
    assert later.sum() == pytest.approx(people.sum() + 3.0, rel=1e-12)
    assert later[0, 26] == pytest.approx(4.0, rel=1e-12)


def test_mortality_rises_with_age_and_is_a_probability() -> None:
    table, _ = demography.mortality_table(base())
    assert table.min() > 0.0
    assert table.max() < 1.0
    assert np.all(np.diff(table[:, 30:]) >= 0.0)


def test_profiles_add_to_one() -> None:
    assert demography.fertility_profile(base())[0].sum() == pytest.approx(1.0)
    assert demography.migration_profile(base())[0].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("year", [2005, 2012, 2018, 2020, 2023, 2025])
def test_sectors_add_up_to_gdp(year: int) -> None:
    assert sum(accounts.value_added(base(year)).values()) == pytest.approx(accounts.gdp(base(year)), rel=1e-5)


def test_prices_of_a_later_base_year_turn_its_accounts_into_current_prices() -> None:
    rows = accounts.value_added_rows(base(2025))
    level = values(rows, "sector_price_base")[""]
    assert level == pytest.approx(accounts.price_level(base(2025)))
    assert 1.0 < level < 1.1
    assert level * sum(values(rows, "value_added_base").values()) == pytest.approx(4689.55, rel=5e-6)


def test_capital_formation_is_split_without_rest() -> None:
    rows = capital.capital_rows(base())
    business = sum(values(rows, "business_investment_base").values())
    public, housing = (
        next(row.value for row in rows if row.parameter == name and row.year == 2020)
        for name in ("planned_public_investment", "housing_investment")
    )
    assert business + public + housing == pytest.approx(capital.formation(base())[2020], rel=1e-9)


def test_stable_ages_follow_the_survival_schedule() -> None:
    hazard = firms.hazards(base())
    ages = firms.stable_ages(1000.0, 0.0, hazard)
    assert sum(ages.values()) == pytest.approx(1000.0)
    for younger, older in zip(firms.AGE_CLASSES[:7], firms.AGE_CLASSES[1:8], strict=True):
        assert ages[older] / ages[younger] == pytest.approx(1.0 - hazard[younger], rel=1e-12)
    assert ages["8plus"] * hazard["8plus"] == pytest.approx(ages["7"] * (1 - hazard["7"]), rel=1e-12)
    assert math.isfinite(ages["8plus"])


def test_a_base_year_as_of_then_uses_only_what_was_known() -> None:
    rows = build_rows(base(2018, 2018))
    assert rows
    assert {row.parameter: row.known_from for row in rows if row.known_from > 2019} == {}


def test_residents_before_the_census_are_on_the_basis_of_then() -> None:
    then, _ = society.residents(base(2019, 2019))
    now, _ = society.residents(base(2019))
    assert then == pytest.approx(730.06)
    assert now == pytest.approx(669.39)


def test_the_base_year_2025_is_pinned_where_published_and_carried_forward_elsewhere(home: Home) -> None:
    world = open_city(home, "hengyang", 2025)
    parameters = world.data.parameters
    firms_known, households = parameters["hightech_firms_base"], parameters["household_businesses_base"]
    assert firms_known.value is not None
    assert firms_known.value.before.sum() == pytest.approx(1281)
    assert "推算" in households.source
    people = parameters["population_base"].value
    assert people is not None
    assert people.before.sum() == pytest.approx(636.36)
    assert world.data.settings.base_year == 2025
