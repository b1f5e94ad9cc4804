"""The base-year module: closed forms of its methods, and the committed table is what it builds today."""

from __future__ import annotations

import csv
import math
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from models.prefecture.base_year import accounts, demography, firms
from models.prefecture.base_year.build import build_rows
from models.prefecture.base_year.rows import read_inputs

CITY = Path(__file__).resolve().parents[2] / "models" / "hengyang"


def test_the_committed_table_is_what_the_module_builds() -> None:
    with (CITY / "base_year.csv").open(encoding="utf-8-sig", newline="") as file:
        committed = [tuple(row) for row in csv.reader(file)][1:]
    built = [tuple(astuple(row)) for row in build_rows(CITY)]
    assert [row[:3] + row[4:] for row in committed] == [row[:3] + row[4:] for row in built]
    assert [float(row[3]) for row in committed] == pytest.approx([float(row[3]) for row in built], rel=1e-9)


def test_perpetual_inventory_of_steady_investment_has_its_closed_form() -> None:
    depreciation, growth = 0.1, 0.05
    series = {1990 + year: (1 + growth) ** year for year in range(200)}
    capital = accounts.perpetual_inventory(series, depreciation, growth)
    last = (1 + growth) ** 199
    assert capital == pytest.approx(last * (1 + growth) / (growth + depreciation), rel=1e-6)


def test_perpetual_inventory_without_growth_settles_at_investment_over_depreciation() -> None:
    series = dict.fromkeys(range(1990, 2191), 5.0)
    assert accounts.perpetual_inventory(series, 0.1, 0.0) == pytest.approx(50.0, rel=1e-12)


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
    rows = demography.population(read_inputs(CITY))
    by_age = {row.members: float(row.value) for row in rows}
    total = sum(by_age.values())
    assert total == pytest.approx(664.5243, rel=1e-9)
    young = sum(value for key, value in by_age.items() if int(key.rsplit("=", 1)[1]) < 15)
    assert 100 * young / total == pytest.approx(21.0, abs=0.02)


def test_mortality_rises_with_age_and_is_a_probability() -> None:
    rows = {row.members: float(row.value) for row in demography.mortality(read_inputs(CITY))}
    for sex in ("female", "male"):
        rates = [rows[f"sex={sex} age={age}"] for age in range(101)]
        assert all(0.0 < rate < 1.0 for rate in rates)
        assert rates[30:] == sorted(rates[30:])


def test_profiles_add_to_one() -> None:
    inputs = read_inputs(CITY)
    assert sum(float(row.value) for row in demography.fertility(inputs)) == pytest.approx(1.0)
    assert sum(float(row.value) for row in demography.migration(inputs)) == pytest.approx(1.0)


def test_sectors_add_up_to_gdp() -> None:
    inputs = read_inputs(CITY)
    assert sum(accounts.value_added(inputs).values()) == pytest.approx(inputs.datum("gdp_nominal", 2020), rel=5e-6)


def test_capital_formation_is_split_without_rest() -> None:
    inputs = read_inputs(CITY)
    rows = accounts.capital_rows(inputs)
    business = sum(float(row.value) for row in rows if row.parameter == "business_investment_base")
    public, housing = (
        next(float(row.value) for row in rows if row.parameter == name and row.year == "2020")
        for name in ("public_investment", "housing_investment")
    )
    assert business + public + housing == pytest.approx(accounts.formation(inputs)[2020], rel=1e-9)


def test_stable_ages_follow_the_survival_schedule() -> None:
    hazard = read_inputs(CITY).parameter("exit_hazard")
    ages = firms.stable_ages(1000.0, 0.0, hazard)
    assert sum(ages.values()) == pytest.approx(1000.0)
    for younger, older in zip(firms.AGE_CLASSES[:7], firms.AGE_CLASSES[1:8], strict=True):
        assert ages[older] / ages[younger] == pytest.approx(1.0 - hazard[younger], rel=1e-12)
    assert ages["8plus"] * hazard["8plus"] == pytest.approx(ages["7"] * (1 - hazard["7"]), rel=1e-12)
    assert math.isfinite(ages["8plus"])
