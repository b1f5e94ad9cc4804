"""The nation as driver: what is expected of it and known of it, growth that follows it, inflation that is neutral, padding."""

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from sim.base.arrays import Values
from sim.city.city import City, open_city
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, central_run
from sim.engine.kernel import kernel_for
from sim.ensemble.blocks import BlockRunner, Task
from sim.ensemble.draws import Draws
from sim.inputs.home import Home
from sim.inputs.year_path import YearPath
from sim.model.binding import BoundValues, own_values

LAST = 2035


@pytest.fixture(scope="module")
def hengyang(home: Home) -> City:
    """The city as shipped."""
    return open_city(home, "hengyang")


def path_of(city: City, name: str) -> dict[int, float]:
    """A parameter without members by year."""
    path = own_values(city.data).values[name]
    return {year: float(path.at(year).item()) for year in range(city.data.settings.base_year, LAST + 1)}


OUTPUTS = ("gdp_real", "gdp_nominal", "reported_gdp_real", "effective_labour", "residents", "unplanned_prices")


def run(city: City, by: Mapping[str, float] | None = None, **fixed: float) -> dict[str, Values]:
    """Central values [year, dims..., 1] of a city, some paths raised in every simulated year, some parameters one number."""
    own, first = own_values(city.data), city.data.settings.base_year + 1
    values = dict(own.values) | {name: YearPath(0.0 * own.values[name].before + number) for name, number in fixed.items()}
    for name, more in (by or {}).items():
        raised = tuple(own.values[name].at(year) + more for year in range(first, LAST + 1))
        values[name] = YearPath(own.values[name].before, tuple(range(first, LAST + 1)), raised)
    bound = BoundValues(values, frozenset(), ())
    kernel = kernel_for(city.graph, KernelRequest(OUTPUTS, frozenset(), bound.yearly))
    rows = [
        {name: value.copy() for name, value in row.values.items()} for row in central_run(kernel, Clock(first, LAST), bound)
    ]
    return {name: np.stack([row[name] for row in rows]) for name in OUTPUTS}


def test_the_outlook_is_the_vintage_that_was_known(home: Home) -> None:
    """As of 2015 the nation is expected to grow in 2016 by the mean of 6.3 (forecast) and 6.5 (a return to 2 % from 7.0)."""
    city = open_city(home, "zhuzhou", 2015, 2015)
    found = path_of(city, "national_growth")
    growth = {2016: (0.063 + 0.065) / 2, 2017: (0.063 + 0.02 + 0.05 * 0.9**2) / 2}
    assert found[2016] == pytest.approx((growth[2016] + growth[2017]) / 2, abs=1e-9)
    assert found[2015] == pytest.approx((0.07 + growth[2016]) / 2, abs=1e-9)


def test_inflation_before_there_were_forecasts_of_the_deflator(home: Home) -> None:
    """As of 2012 consumer prices were expected to rise by 3 % in the medium term."""
    city = open_city(home, "zhuzhou", 2012, 2012)
    assert path_of(city, "national_inflation")[2014] == pytest.approx(0.03, abs=1e-12)


def test_what_is_published_goes_before_what_is_expected(hengyang: City) -> None:
    """With all that is known, 2023 stands as published: between 5.2 and 5.0."""
    assert path_of(hengyang, "national_growth")[2023] == pytest.approx(0.051, abs=5e-4)


def growth(results: Mapping[str, Values], name: str = "gdp_real") -> Values:
    """Growth of a yearly quantity of one region."""
    return np.diff(np.log(results[name].reshape(len(results[name]), -1)[:, 0]))


def test_a_city_grows_as_the_nation_once_its_lead_has_faded(hengyang: City) -> None:
    """Ten years on, growth at unchanged policy is within a point of the outlook."""
    nation = path_of(hengyang, "national_growth")
    found = growth(run(hengyang))
    years = range(2028, LAST + 1)
    expected = [(nation[year - 1] + nation[year]) / 2 for year in years]
    assert np.abs(found[-len(expected) :] - expected).max() < 0.01


def test_a_slower_nation_is_a_slower_city(hengyang: City) -> None:
    """A point less of the nation's growth from 2021 on costs the city 10 to 15 % of output in 2035."""
    less = growth(run(hengyang, {"national_growth": -0.01})).sum() - growth(run(hengyang)).sum()
    assert -0.16 < less < -0.10


def test_inflation_is_neutral(hengyang: City) -> None:
    """A point of inflation every year moves real output and residents of 2035 by a thousandth at most, and prices by what it
    says: budgets, bonds and incomes elsewhere go with it."""
    plain, dearer = run(hengyang), run(hengyang, {"national_inflation": 0.01})
    for name in ("gdp_real", "residents"):
        assert abs(growth(dearer, name).sum() - growth(plain, name).sum()) < 0.001
    prices = growth(dearer, "gdp_nominal").sum() - growth(plain, "gdp_nominal").sum()
    assert prices == pytest.approx(0.145, abs=0.01)


def test_amounts_of_a_plan_are_at_the_prices_that_it_reckons_with(hengyang: City) -> None:
    """Nothing is unplanned where inflation is as planned; where it is not, by how much the level of prices departs."""
    assert run(hengyang)["unplanned_prices"] == pytest.approx(1.0)
    found = run(hengyang, {"national_inflation": 0.01})["unplanned_prices"].ravel()
    assert found[10] / found[5] == pytest.approx(1.01**5, rel=1e-3)


def test_surprises_of_inflation_last_and_move_prices_but_hardly_output(home: Home) -> None:
    """Seen from 2015, prices of 2020 are uncertain by the sum of yearly surprises that fade; real output hardly is."""
    city = open_city(home, "zhuzhou", 2015, 2015)
    values, years, draws = own_values(city.data).values, 5, 2000
    kernel = kernel_for(city.graph, KernelRequest(("gdp_nominal", "gdp_real"), frozenset(), own_values(city.data).yearly))
    sizes = {name: np.full(1, float(name == "inflation_shock")) for name in values if name.endswith("_shock")}
    runner = BlockRunner(Task(kernel, Clock(2016, 2015 + years), dict(values), Draws(draws, 3, stored=sizes)))
    found = {name: np.log(value[-1].ravel()) for name, value in runner.run(0, draws).values.items()}
    life = float(values["inflation_surprise_life"].before.item())
    kept = np.exp(-1.0 / life)
    # in full within its own year, then fading; of the last year only what has passed by its mean
    whole, last = life * (1.0 - kept), life - life**2 * (1.0 - kept)
    reach = [0.5] + [
        1.0 + whole * (1.0 - kept ** (left - 1)) / (1.0 - kept) + kept ** (left - 1) * last for left in range(1, years)
    ]
    size = float(values["inflation_shock"].at(2018).item())
    assert (found["gdp_nominal"] - found["gdp_real"]).std() == pytest.approx(size * np.hypot.reduce(reach), rel=0.05)
    assert found["gdp_real"].std() < 0.05 * found["gdp_nominal"].std()


def test_padding_ends_with_the_national_accounts_of_regions(home: Home) -> None:
    """Before 2019 reported growth lies above true growth by a gap that fades; afterwards the two are one."""
    city = open_city(home, "zhuzhou", 2010, 2010)
    found = run(city)
    gap = growth(found, "reported_gdp_real") - growth(found)
    base = path_of(city, "padding_base")[2010]
    assert base == pytest.approx(0.0327, abs=1e-6)
    assert 0.7 * base < gap[0] < base
    assert np.all(np.diff(gap) < 0.0)
    later = run(open_city(home, "zhuzhou", 2020, 2020))
    assert np.allclose(later["reported_gdp_real"], later["gdp_real"], rtol=0, atol=0)


STILL = ("income_pull", "vacancy_pull", "amenity_pull", "house_price_push", "talent_response")


def test_expected_labour_is_what_the_people_of_the_base_year_make_of_it(hengyang: City) -> None:
    """Labour outside farming, skills included, grows to 2035 as the base year expects at its own migration."""
    labour = run(hengyang, {}, **dict.fromkeys(STILL, 0.0))["effective_labour"]
    labour = labour.reshape(len(labour), 5, -1)[:, 1:, 0].sum(axis=1)
    expected = path_of(hengyang, "expected_labour_growth")
    assert np.log(labour[-1] / labour[0]) == pytest.approx(sum(expected[year] for year in range(2021, LAST + 1)), abs=0.02)


def rows_of(file: Path) -> list[dict[str, str]]:
    """The rows of a table."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def test_forecasts_of_inflation_in_the_medium_term_erred_by_what_the_docs_say(home: Home) -> None:
    """Origins 2009 to 2015, one to four years ahead, targets up to 2016: 2.70 points against the deflator."""
    folder = home.models / "prefecture" / "reference" / "china"
    rows = [row for row in rows_of(folder / "outlook.csv") if row["indicator"] == "national_consumer_inflation"]
    series = [row for row in rows_of(folder / "series.csv") if row["indicator"] == "national_inflation"]
    actual = {int(row["year"]): float(row["value"]) for row in series}
    errors = []
    for origin in range(2009, 2016):
        said = {int(row["year"]): float(row["value"]) for row in rows if row["vintage"] == str(origin)}
        medium = said[max(said)]
        errors += [medium - actual[year] for year in range(origin + 1, min(origin + 4, 2016) + 1)]
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(2.70, abs=0.005)


def test_the_mean_of_two_views_errs_less_than_the_forecast_alone(home: Home) -> None:
    """The errors that docs/nation.md prints: origins 2009 to 2015, one to four years ahead, targets up to 2016, in points."""
    folder = home.models / "prefecture" / "reference" / "china"
    rows = [row for row in rows_of(folder / "outlook.csv") if row["indicator"] == "national_growth"]
    outlook = {(int(row["vintage"]), int(row["year"])): float(row["value"]) for row in rows}
    series = [row for row in rows_of(folder / "series.csv") if row["indicator"] == "national_growth"]
    actual = {int(row["year"]): float(row["value"]) for row in series}
    forecast, both = [], []
    for origin in range(2009, 2016):
        for year in range(origin + 1, min(origin + 4, 2016) + 1):
            said = outlook[origin, year]
            forecast.append(said - actual[year])
            both.append((said + 2.0 + (actual[origin] - 2.0) * 0.9 ** (year - origin)) / 2.0 - actual[year])
    assert [np.sqrt(np.mean(np.square(forecast))), np.mean(forecast)] == pytest.approx([1.27, 0.81], abs=0.005)
    assert [np.sqrt(np.mean(np.square(both))), np.mean(both)] == pytest.approx([0.77, 0.26], abs=0.005)
