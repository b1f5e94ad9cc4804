"""Naive forecasts of cleaned series, and the pooled forecast in closed form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.base.errors import InputError
from sim.base.text import Text
from sim.city.city import City, open_city
from sim.inputs.history import Break, Datum, History
from sim.inputs.home import Home
from sim.inputs.pooled import PooledFile, read_pooled
from sim.simulate.likelihood.errors_of_cities import Observation, fitted
from sim.studies import backtest
from sim.studies.cleaned import Cleaning, median_changes
from sim.studies.forecasts import NAMES, BacktestDesign
from sim.studies.opponents import Opponents, opponents_of, pooled_forecaster
from sim.studies.pooled import PooledForecaster
from tools import make_pooled

GROWTH, NOMINAL, SHARE, FIRMS = "gdp_growth_real", "gdp_nominal", "secondary_share", "industrial_firms"
YEARS = range(1996, 2020)
NOTHING = Text("", "")


@pytest.fixture(scope="module")
def observed(world: City) -> dict[str, Observation]:
    return {item.name: item for item in fitted(world.checks)}


@pytest.fixture(scope="module")
def pooled(world: City) -> PooledForecaster:
    found = pooled_forecaster(world.model_folder, fitted(world.checks))
    assert found is not None
    return found


def mean(pooled: PooledForecaster, name: str, year: int) -> float:
    row = pooled.form.rows[name].get(year)
    return np.nan if row is None else row.mean


def levels(pooled: PooledForecaster, name: str, more: Mapping[int, float] | None = None) -> dict[int, float]:
    """The level of a city that moves as the mean of the cities, and by `more`; it stands still where no mean is known."""
    steps = [np.nan_to_num(mean(pooled, name, year)) + (more or {}).get(year, 0.0) for year in YEARS]
    return dict(zip(YEARS, (1000.0 * np.exp(np.cumsum(steps))).tolist(), strict=True))


def rates(pooled: PooledForecaster, more: float = 0.0) -> dict[int, float]:
    return {year: mean(pooled, GROWTH, year) + more for year in YEARS}


def test_a_city_like_the_mean_grows_as_the_nation_and_the_gap(
    pooled: PooledForecaster, observed: dict[str, Observation]
) -> None:
    """As of 2015 the Fund said 6.3 %, growth was 7.0 %; the outlook is the mean of 6.3 and 4 + 3 x 0.9^h."""
    found = pooled.changes(observed[GROWTH], rates(pooled), (), 2015, 3)
    steps = np.arange(1, 4)
    outlook = (0.063 + 0.04 + 0.03 * 0.9**steps) / 2
    assert found is not None
    assert np.expm1(found) == pytest.approx(outlook + (mean(pooled, GROWTH, 2015) - 0.07) * 0.8**steps)


def test_a_citys_own_lead_fades_by_the_slopes_and_is_bounded(
    pooled: PooledForecaster, observed: dict[str, Observation]
) -> None:
    plain = pooled.changes(observed[GROWTH], rates(pooled), (), 2015, 7)
    slopes = pooled.form.rows[GROWTH][2015].slopes
    for lead, counted in ((0.02, 0.02), (-0.02, -0.02), (0.5, 0.12)):
        found = pooled.changes(observed[GROWTH], rates(pooled, lead), (), 2015, 7)
        assert found is not None
        assert plain is not None
        assert np.expm1(found) - np.expm1(plain) == pytest.approx(counted * np.array([*slopes, slopes[-1], slopes[-1]]))


def test_recent_years_weigh_more(pooled: PooledForecaster, observed: dict[str, Observation]) -> None:
    """A lead in the last of six years weighs 1 of 1 + 1/2 + ... + 1/32; one seven years ago weighs nothing."""
    slope = pooled.form.rows[NOMINAL][2015].slopes[0]
    plain = pooled.changes(observed[NOMINAL], levels(pooled, NOMINAL), (), 2015, 1)
    for year, weight in ((2015, 32 / 63), (2010, 1 / 63), (2009, 0.0)):
        found = pooled.changes(observed[NOMINAL], levels(pooled, NOMINAL, {year: 0.04}), (), 2015, 1)
        assert found is not None
        assert plain is not None
        assert found - plain == pytest.approx([0.04 * weight * slope], abs=1e-12)


def test_nominal_growth_takes_the_gap_of_the_last_year_without_a_break(
    pooled: PooledForecaster, observed: dict[str, Observation]
) -> None:
    """As of 2019: 2017 and 2018 are breaks, 2019 has no mean; so the gap of 2016, four years faded."""
    found = pooled.changes(observed[NOMINAL], levels(pooled, NOMINAL), (), 2019, 1)
    outlook = (0.05819 + 0.04 + 0.02 * 0.9) / 2
    prices = pooled.nation.known_inflation(2019)[2016]
    gap = mean(pooled, NOMINAL, 2016) - np.log1p(0.068) - np.log1p(prices)
    assert found == pytest.approx([np.log1p(outlook) + np.log1p(0.025) + gap * 0.7**4])


def test_firms_carry_on_half_of_the_common_change(pooled: PooledForecaster, observed: dict[str, Observation]) -> None:
    found = pooled.changes(observed[FIRMS], levels(pooled, FIRMS), (), 2014, 3)
    assert found == pytest.approx(mean(pooled, FIRMS, 2014) * 0.5 * 0.8 ** np.arange(3))


def test_a_jump_that_no_economy_makes_is_no_deviation(pooled: PooledForecaster, observed: dict[str, Observation]) -> None:
    plain = pooled.changes(observed[FIRMS], levels(pooled, FIRMS), (), 2014, 3)
    assert pooled.changes(observed[FIRMS], levels(pooled, FIRMS, {2013: 0.7}), (), 2014, 3) == pytest.approx(plain)


def test_a_break_of_the_city_alone_is_no_deviation(pooled: PooledForecaster, observed: dict[str, Observation]) -> None:
    """Moved borders tell nothing of the city; a break of all cities is in their mean too."""
    plain = pooled.changes(observed[NOMINAL], levels(pooled, NOMINAL), (), 2019, 3)
    for year, matters in ((2016, False), (2018, True)):
        own = [Break((NOMINAL,), frozenset({year}), year, NOTHING)]
        found = pooled.changes(observed[NOMINAL], levels(pooled, NOMINAL, {year: 0.1}), own, 2019, 3)
        assert (found != pytest.approx(plain)) is matters


def test_a_share_goes_to_the_mean(pooled: PooledForecaster, observed: dict[str, Observation]) -> None:
    middle = mean(pooled, SHARE, 2015)
    found = pooled.changes(observed[SHARE], {2015: middle + 0.10}, (), 2015, 4)
    assert found is not None
    assert np.cumsum(found) == pytest.approx(0.10 * (0.97 ** np.arange(1, 5) - 1.0))
    assert pooled.changes(observed[SHARE], {2015: middle}, (), 2015, 2) == pytest.approx([0.0, 0.0])


def test_nothing_later_is_read(pooled: PooledForecaster, observed: dict[str, Observation]) -> None:
    rows = {name: {year: row for year, row in known.items() if year <= 2012} for name, known in pooled.form.rows.items()}
    nation = replace(
        pooled.nation,
        growth={year: item for year, item in pooled.nation.growth.items() if year <= 2012},
        inflation={year: item for year, item in pooled.nation.inflation.items() if year <= 2012},
        outlook={year: item for year, item in pooled.nation.outlook.items() if year <= 2012},
    )
    breaks = tuple(item for item in pooled.breaks if item.known_from <= 2013)
    early = PooledForecaster(replace(pooled.form, rows=rows), nation, breaks)
    for name in (NOMINAL, FIRMS):
        published = levels(pooled, name)
        until = {year: value for year, value in published.items() if year <= 2012}
        assert pooled.changes(observed[name], published, (), 2012, 5) == pytest.approx(
            early.changes(observed[name], until, (), 2012, 5), abs=0.0
        )


def test_what_the_model_says_nothing_of_has_no_pooled_forecast(
    pooled: PooledForecaster, observed: dict[str, Observation]
) -> None:
    other = replace(observed[FIRMS], check=observed[FIRMS].check.model_copy(update={"history": "shops"}))
    assert pooled.changes(other, {2014: 5.0}, (), 2014, 2) is None
    assert pooled.changes(observed[FIRMS], {1980: 5.0}, (), 1980, 2) is None  # before the first row
    assert pooled.changes(observed[GROWTH], {1996: 0.1}, (), 1996, 2) is None  # before the nation's first figure


def history(values: Mapping[str, Mapping[int, float]], *breaks: tuple[str, int]) -> History:
    data = tuple(
        Datum("x", year, name, value, "", "book", year + 1, "") for name, own in values.items() for year, value in own.items()
    )
    found = tuple(Break((name,), frozenset({year}), year, NOTHING) for name, year in breaks)
    return History(data, {"book": 1}, found)


def city(scale: Mapping[str, float] | None = None, year: int = 2010) -> dict[str, dict[int, float]]:
    """A plain city; what is published before a year is `scale` times, or points, higher."""
    rng = np.random.default_rng(3)
    steps = {name: rng.normal(0.08, 0.02, len(YEARS)) for name in (NOMINAL, FIRMS)}
    found = {name: dict(zip(YEARS, (200 * np.exp(np.cumsum(own))).tolist(), strict=True)) for name, own in steps.items()}
    found[SHARE] = dict(zip(YEARS, (0.4 + np.cumsum(rng.normal(0.0, 0.01, len(YEARS)))).tolist(), strict=True))
    found[GROWTH] = dict(zip(YEARS, rng.normal(0.1, 0.01, len(YEARS)).tolist(), strict=True))
    for name, factor in (scale or {}).items():
        for one in (one for one in YEARS if one < year):
            found[name][one] = found[name][one] + factor if name == SHARE else found[name][one] * factor
    return found


CLEANING = Cleaning(dict.fromkeys(YEARS, 0.03), {FIRMS: dict.fromkeys(YEARS, 0.07)}, {NOMINAL: 0.30, FIRMS: 0.60})


def test_a_series_without_breaks_is_forecast_as_it_is(observed: dict[str, Observation]) -> None:
    for name, item in observed.items():
        found = Opponents(CLEANING, None).forecasts(item, city(), history(city()), 2015, 4)
        names = set(NAMES) - (set() if name == SHARE else {"no_change"})
        assert set(found) == names | {f"{one}_cleaned" for one in names}
        for one in names:
            assert np.array_equal(found[one], found[f"{one}_cleaned"])


@pytest.mark.parametrize(("name", "jump"), [(NOMINAL, 1.3), (NOMINAL, 0.8), (FIRMS, 2.0), (SHARE, 0.07)])
def test_a_jump_at_a_declared_break_moves_no_cleaned_forecast(observed: dict[str, Observation], name: str, jump: float) -> None:
    rivals, breaks = Opponents(CLEANING, None), (name, 2010)
    plain, moved = (
        rivals.forecasts(observed[name], values, history(values, breaks), 2015, 4) for values in (city(), city({name: jump}))
    )
    for one in (one for one in plain if one.endswith("_cleaned")):
        assert moved[one] == pytest.approx(plain[one], abs=1e-4 if "ets" in one else 1e-9)
    assert moved["mean_growth_10"][0] != pytest.approx(plain["mean_growth_10"][0], abs=1e-4)


def test_what_replaces_a_change(observed: dict[str, Observation]) -> None:
    values = city({NOMINAL: 0.5, FIRMS: 2.5, SHARE: 0.07})
    known = history(values, (NOMINAL, 2010), (FIRMS, 2010), (SHARE, 2010))
    growth = values[GROWTH][2010]
    for name, change in ((NOMINAL, np.log1p(growth) + np.log1p(0.03)), (FIRMS, 0.07)):
        found = CLEANING.cleaned(observed[name], values, known, 2015)
        assert np.log(found[2010] / found[2009]) == pytest.approx(change)
        assert found[2015] == values[name][2015]
        assert np.log(found[2008] / found[2005]) == pytest.approx(np.log(values[name][2008] / values[name][2005]))
    share = CLEANING.cleaned(observed[SHARE], values, known, 2015)
    assert share[2010] == pytest.approx(share[2009])
    assert CLEANING.cleaned(observed[GROWTH], values, known, 2015) == {y: v for y, v in values[GROWTH].items() if y <= 2015}


def test_an_outlier_is_replaced_without_a_break_and_a_gap_as_a_whole(observed: dict[str, Observation]) -> None:
    values = city({FIRMS: 2.5})
    found = CLEANING.cleaned(observed[FIRMS], values, history(values), 2015)
    assert np.log(found[2010] / found[2009]) == pytest.approx(0.07)
    del values[FIRMS][2009]
    found = CLEANING.cleaned(observed[FIRMS], values, history(values, (FIRMS, 2009)), 2015)
    assert np.log(found[2010] / found[2008]) == pytest.approx(0.14)


def test_where_all_cities_break_the_year_before_stands_in(observed: dict[str, Observation]) -> None:
    values = city({FIRMS: 2.5})
    known = history(values, (FIRMS, 2010))
    medians = median_changes(list(observed.values()), {"x": known})
    assert 2010 not in medians[FIRMS]
    found = Cleaning({}, medians, {}).cleaned(observed[FIRMS], values, known, 2015)
    assert np.log(found[2010] / found[2009]) == pytest.approx(medians[FIRMS][2009])
    # neither growth nor any city tells of it
    found = Cleaning({}, {}, {}).cleaned(observed[FIRMS], values, known, 2015)
    assert found[2010] == pytest.approx(found[2009])


def test_the_backtest_asks_all_of_them(home: Home, pooled: PooledForecaster) -> None:
    names = ("hengyang", "loudi")
    cities = [open_city(home, name) for name in names]
    design = BacktestDesign(2005, 2010, 2011, 2011, (2012,))
    setting = backtest.BacktestSetting(home.folder, names, design)
    histories = {item.data.key: item.data.history for item in cities}
    found = backtest._naive(setting, histories, fitted(cities[0].checks), cities[0].model_folder)
    assert set(found) == {2009, 2011}
    assert set(found[2009]) == set(NAMES) | {f"{name}_cleaned" for name in NAMES} | {"pooled"}
    for together, _ in (found[2009]["pooled"], found[2009]["last_growth_cleaned"]):
        assert all(np.isfinite(together[name, 2010, one]).all() for name in (GROWTH, NOMINAL, SHARE, FIRMS) for one in names)
    rivals = opponents_of(pooled, fitted(cities[0].checks), histories, 2008)
    assert max(rivals.cleaning.inflation) == 2008
    assert max(rivals.cleaning.medians[FIRMS]) == 2008


def test_every_fault_of_the_files_is_named(home: Home, tmp_path: Path) -> None:
    rules = (home.models / "prefecture" / "pooled.yaml").read_text(encoding="utf-8")
    (tmp_path / "pooled.yaml").write_text(rules, encoding="utf-8")
    head = "indicator,year,mean,slope_1,slope_2,slope_3,slope_4,slope_5,cities,known_from,source\n"
    lines = (
        "gdp_growth_real,2010,x,,,,,,9,2011,s\n",
        "gdp,2011,1,,,,,,9,2012,s\n",
        *["secondary_share,2012,1,,,,,,9,2013,s\n"] * 2,
        "secondary_share,2013,,,,,,,9,2014,s\n",
        "industrial_firms,2013,,,,,,,9,2014,s\n",
    )
    (tmp_path / "pooled.csv").write_text(head + "".join(lines), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_pooled(tmp_path, [GROWTH, NOMINAL, SHARE, FIRMS])
    assert [fault.place.line for fault in caught.value.faults] == [2, 3, 5, 6]
    with pytest.raises(InputError, match="industrial_firms"):
        read_pooled(tmp_path, [GROWTH, NOMINAL, SHARE])
    assert read_pooled(tmp_path / "none", []) is None


def test_a_nation_without_figures_is_a_fault(copied: Home, observed: dict[str, Observation]) -> None:
    model = copied.models / "prefecture"
    file = model / "reference" / "china" / "series.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("national_growth")), encoding="utf-8")
    with pytest.raises(InputError, match="national_growth"):
        pooled_forecaster(model, list(observed.values()))


def test_the_tool_finds_the_slopes_of_cities_that_keep_their_lead(pooled: PooledForecaster) -> None:
    """Each of 24 cities is always as far from the mean: slopes are one; a city whose borders moved counts for nothing."""
    rules: PooledFile = pooled.form.rules
    lead = np.linspace(-0.05, 0.05, 24)
    rows = [
        {
            "code": str(number),
            "year": year,
            "gdp_growth_real_pct": 100 * (0.1 + own),
            "gdp_nominal_100m": 100 * np.exp((0.1 + own) * (year - 1995)) * (3.0 if number == 0 and year >= 2010 else 1.0),
            "va_primary_100m": 10.0,
            "va_secondary_100m": 50.0,
            "va_tertiary_100m": 40.0,
            "population_registered_10k": 100.0,
            "industrial_enterprises": 50 * np.exp((0.06 + own) * (year - 1995)),
        }
        for number, own in enumerate(lead.tolist())
        for year in range(1995, 2017)
    ]
    table = {(row[0], int(row[1])): row for row in make_pooled.rows(pd.DataFrame(rows), rules)}
    assert [float(cell) for cell in table[GROWTH, 2015][2:8]] == pytest.approx([10.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    assert float(table[NOMINAL, 2009][2]) == pytest.approx(10.0)
    assert float(table[NOMINAL, 2010][2]) == pytest.approx(10.0 + 100 * 0.05 / 23, abs=1e-3)
    assert table[NOMINAL, 2010][8:10] == ("23", "2011")
    assert table[SHARE, 2010][2:8] == ("50.000", "", "", "", "", "")
    assert table[FIRMS, 2011][2] == ""
    assert [float(cell) for cell in table[FIRMS, 2015][2:8]] == pytest.approx([6.0, 1.0, 1.0, 1.0, 1.0, 1.0])
