"""docs/calibration.md belongs to the present data and model, and says what the stored ensembles and the backtest say."""

from __future__ import annotations

import json

import pytest

from sim.inputs.city import pooled_cities
from sim.inputs.home import Home
from sim.result.posterior import data_key, read_posterior
from sim.studies.backtest import POOLED, BacktestSetting, backtest, scored
from sim.studies.forecasts import BacktestDesign
from tools import refresh
from tools.make_calibration import BACKTEST, CITY, MODEL, NAIVE, PAGES, geometric, page, rests_on


def test_the_backtest_belongs_to_the_present_model_and_data(home: Home) -> None:
    result = json.loads(BACKTEST.read_text(encoding="utf-8"))
    assert result["data_key"] == data_key(home, MODEL, pooled_cities(home, CITY)), "python tools/make_calibration.py"
    assert result["rests_on"] == rests_on(home), "python tools/make_calibration.py"


def test_the_mark_of_a_backtest_of_other_data_is_not_renewed(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(refresh, "rests_on", lambda _: {"hengyang": "of another day"})
    before = BACKTEST.read_text(encoding="utf-8")
    assert refresh._renew_backtest(home) == 1
    assert "run python tools/make_calibration.py" in capsys.readouterr().out
    assert BACKTEST.read_text(encoding="utf-8") == before


def test_the_pages_are_fresh(home: Home) -> None:
    result = json.loads(BACKTEST.read_text(encoding="utf-8"))
    for language, file in PAGES.items():
        assert file.read_text(encoding="utf-8") == page(home, result, language), "python tools/make_calibration.py --pages"


def test_the_records_hold_every_forecaster(home: Home) -> None:
    records = json.loads(BACKTEST.read_text(encoding="utf-8"))["records"]
    assert len(records) == 2 * 2 * (3 * 14 + 16)  # two parts, two tables; no change is a forecast of shares only
    assert geometric(records, "gdp_growth_real", "model") > 0.0
    assert {record["city"] for record in records} == {POOLED}


def test_the_readme_says_what_could_be_known(home: Home) -> None:
    readme = (home.folder / "README.zh-CN.md").read_text(encoding="utf-8")
    posterior = read_posterior(home, CITY)
    assert posterior is not None
    records = json.loads(BACKTEST.read_text(encoding="utf-8"))["records"]
    growth = geometric(records, "gdp_growth_real", "model") / geometric(records, "gdp_growth_real", "last_growth")
    naive = set(NAIVE) - {"no_change"}
    best = min(geometric(records, "industrial_firms", name) for name in naive)
    firms = geometric(records, "industrial_firms", "model") / best
    assert f"小 {100 * (1 - growth):.0f} %，规模以上工业企业数的误差比最好的朴素预测小 {100 * (1 - firms):.0f} %" in readme
    assert len(posterior.foreseen) == 2
    for seen in posterior.foreseen:
        assert f"**{100 * seen.probability:.1f} %**，" in readme
        assert f"中位数 {seen.median:,.0f}，" in readme
        assert f"区间 {seen.low:,.0f}–{seen.high:,.0f}" in readme


@pytest.mark.slow
def test_the_last_origin_is_found_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the nine origins, fitted and judged anew."""
    monkeypatch.setattr(BacktestDesign, "origins", {2019: 2023})
    monkeypatch.setattr("sim.studies.backtest._naive", lambda *_: {})  # the model's own are compared
    design = BacktestDesign(2005, 2016, 2017, 2018, (2019, 2020, 2021, 2022, 2023))
    cities = pooled_cities(home, CITY)
    rows = scored(backtest(BacktestSetting(home.folder, cities, design, 2), lambda *_: None), cities)
    found = {row.key.indicator: row.score for row in rows if (row.city, row.horizon) == (POOLED, None)
             and row.key.forecaster == "model" and row.key.design == "test" and not row.key.given_common}  # fmt: skip
    records = json.loads(BACKTEST.read_text(encoding="utf-8"))["records"]
    assert set(found) == {"gdp_nominal", "secondary_share", "industrial_firms"}
    for record in records:
        key = (record["design"], record["forecaster"], record["given_common"])
        if key == ("test", "model", False) and record["indicator"] in found:
            assert found[record["indicator"]].rmse == pytest.approx(record["rmse"], rel=0.02)
            assert found[record["indicator"]].crps == pytest.approx(record["crps"], rel=0.02)
