"""calibrate and backtest on the command line, and what a run says of a stored ensemble."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from sim.base.errors import SimError
from sim.cli.app import app, main
from sim.cli.cases import fail_if_extra_missing, open_scenarios, planned_draws, wanted_draws
from sim.cli.console import Speaker
from sim.cli.run import simulate
from sim.inputs.home import Home
from sim.report.sweeps.findings import method_sentence
from sim.result.posterior import FILE, read_posterior
from sim.simulate.design import Design, completed
from sim.simulate.pipeline import Outcome
from sim.simulate.sweeps.running import on_this_machine, prepare_sweep, sweep_in_memory

ROOT = Path(__file__).resolve().parents[2]


def called(*arguments: str) -> Exception | None:
    error = CliRunner().invoke(app, list(arguments)).exception
    return error if isinstance(error, Exception) else None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("calibrate", "nowhere"), "no city nowhere"),
        (("calibrate", "hengyang", "--fit", "2005"), "at least 5 years"),
        (("calibrate", "hengyang", "--fit", "2016:2005"), "runs backwards"),
        (("calibrate", "hengyang", "--fit", "200²:2016"), "is no span of years"),
        (("backtest", "hengyang", "--test", "2023:2019", "--test", "2020:2022"), "runs backwards"),
        (("calibrate", "hengyang", "--fit", "20x5:2016"), "is no span of years"),
        (("calibrate", "hengyang", "--workers", "0"), "cannot be used"),
        (("backtest", "nowhere"), "no city nowhere"),
        (("backtest", "hengyang", "--fit", "2005:2018"), "the years must run from the fit"),
        (("backtest", "hengyang", "--test", "soon"), "is no span of years"),
    ],
)
def test_wrong_words_are_said_before_any_work(arguments: tuple[str, ...], said: str) -> None:
    error = called(*arguments)
    assert isinstance(error, SimError)
    assert said in str(error)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "arviz" else object())
    with pytest.raises(SimError, match=r'not installed: arviz .*pip install -e "\.\[calibrate\]"'):
        fail_if_extra_missing("calibrate")


def ran(home: Home, wanted: Design, *scenarios: str, city: str | None = None, by_default: bool = False) -> list[Outcome]:
    files = [str(home.scenarios / f"{name}.yaml") for name in scenarios]
    cases = open_scenarios(tuple(files), city, (), (), home.folder)
    return simulate(cases, planned_draws(cases, wanted, by_default=by_default), Speaker("en", quiet=True))


def test_by_default_draws_come_from_the_stored_ensemble(home: Home) -> None:
    [outcome] = ran(home, Design(seed=1), "baseline", by_default=True)
    assert outcome.ensemble is not None
    assert outcome.drawn_from is not None
    assert outcome.ensemble.count == 2000
    assert "posterior ensemble fitted to 2005–2023" in outcome.drawn_from.en
    assert [item.target for item in outcome.foreseen] == ["hy_gdp_2025", "hy_hightech_firms_2025"]


def test_none_are_drawn_where_none_are_wanted(home: Home) -> None:
    [outcome] = ran(home, Design(0, 0, 1), "baseline")
    assert (outcome.ensemble, outcome.drawn_from) == (None, None)


def test_priors_may_be_asked_for(home: Home) -> None:
    [outcome] = ran(home, Design(64, 0, 1, prior=True), "baseline")
    assert outcome.ensemble is not None
    assert outcome.drawn_from is not None
    assert outcome.ensemble.count == 64
    assert "not calibrated on history" in outcome.drawn_from.en


@pytest.fixture
def stale(copied: Home) -> Home:
    file = copied.models / "prefecture" / "parameters.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("prior: [0.01, 0.03]", "prior: [0.01, 0.04]"), encoding="utf-8")
    return copied


@pytest.mark.parametrize("by_default", [True, False])
def test_until_a_changed_model_is_fitted_again_draws_come_from_the_priors_and_say_so(*, stale: Home, by_default: bool) -> None:
    [outcome] = ran(stale, Design(200, 0, 1), "baseline", by_default=by_default)
    [plain] = ran(stale, Design(200, 0, 1, prior=True), "baseline")
    assert outcome.ensemble is not None
    assert plain.ensemble is not None
    assert outcome.ensemble.shares == plain.ensemble.shares
    assert outcome.drawn_from is not None
    assert outcome.drawn_from.en == (
        "parameters from their priors, since the posterior ensemble belongs to other equations or priors; "
        "renew it: python -m sim calibrate hengyang"
    )


def test_a_sweep_of_a_changed_model_says_where_its_parameters_come_from(stale: Home) -> None:
    [case] = open_scenarios(("baseline",), None, (), (), stale.folder)
    draws = sweep_in_memory(prepare_sweep(case, completed(case, Design(64, 0, 1))), on_this_machine(1))
    assert draws.attrs["rest"] == "outdated"
    assert "model or data have changed since the fit" in method_sentence(draws).en


def test_a_city_that_was_never_calibrated_is_told_how(copied: Home) -> None:
    (copied.models / "changsha" / FILE).unlink()
    [outcome] = ran(copied, Design(seed=0), city="changsha", by_default=True)
    assert outcome.drawn_from is not None
    assert outcome.case.scenario.name.en == "Changsha: baseline"
    assert "Run python -m sim calibrate changsha" in outcome.drawn_from.en


def test_none_are_planned_where_none_are_wanted(home: Home) -> None:
    [case] = open_scenarios(("baseline",), None, (), (), home.folder)
    assert wanted_draws(case, Design(0, 0, 1), by_default=False) == (None, None)


def command(home: Home, *arguments: str) -> list[dict[str, Any]]:
    line = [sys.executable, "-m", "sim", *arguments, "--home", str(home.folder), "--workers", "2", "--json", "--lang", "en"]
    done = subprocess.run(line, capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def with_only(home: Home, *kept: str) -> Home:
    """A home of a few cities, so that its studies are done quickly."""
    for city in home.cities():
        if city not in kept:
            shutil.rmtree(home.models / city)
    return home


@pytest.mark.slow
def test_calibrating_renews_what_a_run_draws_from(copied: Home) -> None:
    three_cities = with_only(copied, "hengyang", "changsha", "zhuzhou")
    [document] = command(three_cities, "calibrate", "zhuzhou", "--fit", "2012:2019")
    posterior = read_posterior(three_cities, "zhuzhou")
    assert posterior is not None
    assert (posterior.first, posterior.last) == (document["first"], document["last"]) == (2012, 2019)
    assert document["cities"] == ["changsha", "hengyang", "zhuzhou"]
    assert document["effective_draws"] > 400
    assert {row["indicator"] for row in document["fit"]} == {
        "gdp_nominal", "gdp_growth_real", "secondary_share", "industrial_firms",
    }  # fmt: skip
    growth = next(row for row in document["fit"] if row["indicator"] == "gdp_growth_real")
    assert growth["rmse_after"] <= growth["rmse_before"]
    names = {row["parameter"] for row in document["parameters"]}
    assert {"common_output_shock", "own_output_shock"} <= names
    assert any(not name.endswith("_shock") for name in names)  # and some that are no sizes of shocks


@pytest.mark.slow
def test_a_backtest_prints_the_records_of_every_city(copied: Home) -> None:
    two_cities = with_only(copied, "hengyang", "zhuzhou")
    records = command(two_cities, "backtest", "hengyang", "--fit", "2011:2016", "--test", "2019:2019")
    keys = {"city", "design", "given_common", "indicator", "forecaster", "rmse", "bias", "theil_u", "crps", "coverage_80"}
    assert all(keys <= set(record) for record in records)
    assert {record["city"] for record in records} == {"pooled", "hengyang", "zhuzhou"}
    assert {record["design"] for record in records} == {"rolling", "test"}
    assert {record["given_common"] for record in records} == {True, False}
    naive = {"last_growth", "mean_growth_5", "mean_growth_10", "growth_trend", "level_trend", "damped_ets", "no_change"}
    cleaned = {f"{name}_cleaned" for name in naive}
    assert {record["forecaster"] for record in records} == {"model", "pooled"} | naive | cleaned
    for record in records:
        assert record["rmse"] >= abs(record["bias"]) - 1e-9
        assert record["coverage_50"] <= record["coverage_80"] <= record["coverage_95"]
        assert record["crps"] >= 0.0


def test_a_worker_that_is_ended_from_outside_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(**_: object) -> None:
        raise BrokenProcessPool("terminated abruptly")

    monkeypatch.setattr("sim.cli.app.app", broken)
    monkeypatch.setattr("sys.argv", ["sim", "calibrate", "hengyang", "--lang", "en"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    assert "ended from outside" in capsys.readouterr().err
