"""A backtest on cities never seen: folders that open like any, nothing fitted, nothing known too early, records by horizon."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from sim.base.errors import SimError
from sim.base.text import Text
from sim.city.city import open_city
from sim.cli.app import app
from sim.inputs.home import Home
from sim.inputs.model_files import read_published
from sim.simulate.likelihood.errors_of_cities import fitted
from sim.studies.backtest import POOLED, BacktestSetting, Table, backtest, scored
from sim.studies.forecasts import BacktestDesign
from sim.studies.panel_home import panel_home
from sim.studies.prior_forecasts import Changes, PriorDesign, from_priors
from tests.panels import Row, of_shipped, panel_file, series

SHIPPED = {"430200": "zhuzhou", "430300": "xiangtan", "430500": "shaoyang"}
NEW = "999900"
"""A city of a few figures, of which no year can be a base year."""


@pytest.fixture(scope="module")
def file(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return panel_file(tmp_path_factory.mktemp("panel") / "cities.csv.gz", rows_until(home, 2023))


def rows_until(home: Home, last: int) -> list[Row]:
    rows = [row for code, city in SHIPPED.items() for row in of_shipped(home, code, city, last)]
    gdp = {year: 100.0 * 1.05 ** (year - 2000) for year in range(2000, last + 1)}
    return rows + series(NEW, "gdp_nominal", gdp, "100M_CNY")


def test_each_city_opens_like_any(home: Home, file: Path) -> None:
    with panel_home(home, file) as made:
        assert made.cities == (*SHIPPED, NEW)
        city = open_city(made.home, "430200", 2015)
        assert city.data.settings.province == ""
        assert city.data.settings.name.zh == "市430200"
        assert 2015 in city.data.history.series("gdp_nominal", "430200")
        crossed = {year for year in range(2010, 2024) if city.data.history.breaks_in("gdp_nominal", year)}
        assert crossed == {2017, 2018, 2019}  # the model's own breaks, and that of panels
        folder = made.home.folder
        assert not (made.home.models / "hengyang").exists()
    assert not folder.exists()


def changes(home: Home, file: Path, origin: int, remarks: list[Text]) -> dict[str, Changes]:
    with panel_home(home, file) as made:
        observations = fitted(read_published(made.home.models / "prefecture" / "published.yaml"))
        design = PriorDesign(made.home.folder, made.cities, {origin: origin + 2}, 40)
        return from_priors(design, observations, 1, lambda *_: None, remarks.append)[origin]


def test_what_came_later_changes_no_forecast(home: Home, file: Path, tmp_path: Path) -> None:
    remarks: list[Text] = []
    then = changes(home, panel_file(tmp_path / "then.csv", rows_until(home, 2012)), 2012, [])
    now = changes(home, file, 2012, remarks)
    assert set(now) == set(then) == set(SHIPPED)
    for city in SHIPPED:
        for early, late in zip(then[city], now[city], strict=True):
            np.testing.assert_array_equal(early, late)
    assert [item.en for item in remarks] == [f"2012: 1 of 4 cities have no base year and are left out of this origin: {NEW}"]
    whole, own = now["430200"]
    assert whole.shape == (2, 4, 40)
    assert (own.std(axis=-1) < whole.std(axis=-1)).any()


@pytest.fixture(scope="module")
def table(home: Home, file: Path) -> Table:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(BacktestDesign, "origins", {2012: 2014, 2019: 2021})
        patched.setattr(
            "sim.studies.forecasts._FORECASTERS", {"last_growth": lambda series, ahead: np.full(ahead, series.changes[-1])}
        )
        design = BacktestDesign(2005, 2016, 2017, 2018, (2019, 2020, 2021))
        with panel_home(home, file) as made:
            return backtest(BacktestSetting(made.home.folder, made.cities, design, draws=40), lambda *_: None)


def test_scores_by_horizon_are_parts_of_the_whole(table: Table) -> None:
    rows = scored(table, (*SHIPPED, NEW))
    assert {row.key.forecaster for row in rows} == {"model", "last_growth", "last_growth_cleaned", "pooled"}
    assert {row.horizon for row in rows} == {None, 1, 2}
    groups = {(row.city, row.key) for row in rows}
    for city, key in groups:
        of_group = {row.horizon: row.score for row in rows if (row.city, row.key) == (city, key)}
        whole = of_group.pop(None)
        assert sum(part.count for part in of_group.values()) == whole.count
        assert sum(part.count * part.rmse**2 for part in of_group.values()) == pytest.approx(whole.count * whole.rmse**2)


def test_all_forecasters_are_held_against_the_same_outcomes(table: Table) -> None:
    rows = [row for row in scored(table, (*SHIPPED, NEW)) if row.horizon is None and not row.key.given_common]
    assert {row.city for row in rows} == {POOLED, *SHIPPED}  # a city without a base year is judged for nobody
    counts = {(row.city, row.key.design, row.key.indicator): set[int]() for row in rows}
    for row in rows:
        counts[row.city, row.key.design, row.key.indicator].add(row.score.count)
    assert all(len(found) == 1 for found in counts.values())


def test_no_target_lies_across_a_break(table: Table) -> None:
    judged = [item for key, items in table.items() if key.indicator == "gdp_nominal" for item in items]
    assert {item.origin for item in judged} == {2012, 2019}
    assert {item.year for item in judged} == {2013, 2014, 2020, 2021}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name a city, or a file with --cities"),
        (("hengyang", "--cities", "x.csv"), "name a city, or a file with --cities"),
        (("--cities", "nowhere.csv"), "no such file"),
    ],
)
def test_one_of_city_and_file_is_named(arguments: tuple[str, ...], said: str) -> None:
    error = CliRunner().invoke(app, ["backtest", *arguments]).exception
    assert isinstance(error, SimError)
    assert said in str(error)


def test_a_model_that_says_nothing_of_panels(copied: Home, file: Path) -> None:
    (copied.models / "prefecture" / "panel.yaml").unlink()
    error = CliRunner().invoke(app, ["backtest", "--cities", str(file), "--home", str(copied.folder)]).exception
    assert isinstance(error, SimError)
    assert "the model prefecture says nothing of panels" in str(error)


@pytest.mark.slow
def test_the_records_of_the_command(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BacktestDesign, "origins", {2012: 2013, 2018: 2020})
    line = ["backtest", "--cities", str(file), "--test", "2019:2020", "--workers", "1", "--json", "--lang", "en"]
    result = CliRunner().invoke(app, line)
    assert result.exception is None
    records = json.loads(result.stdout)
    assert {record["city"] for record in records} == {POOLED, *SHIPPED}
    assert {record["horizon"] for record in records} == {None, 1, 2}
    keys = {"city", "design", "given_common", "indicator", "forecaster", "horizon", "rmse", "bias", "crps", "coverage_80"}
    assert all(keys <= set(record) for record in records)
    assert f"2012: 1 of 4 cities have no base year and are left out of this origin: {NEW}" in result.stderr
