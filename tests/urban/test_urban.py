"""The urban model is of another kind and runs by the same engine, reports and sweeps."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from sim import api
from sim.base.units import parse_unit
from tests.cli.calling import ROOT, sim

Floats = NDArray[np.float64]

RENEWAL, FEWER_HOUSES = "models/urban/scenarios/renewal.yaml", "models/urban/scenarios/fewer_houses.yaml"
STOCKS = ("population", "houses", "business_structures")
JOBS = (2.0, 1.95, 1.8, 1.6, 1.35, 1.0, 0.5, 0.3, 0.2, 0.15, 0.1)
HOMES = (1.4, 1.4, 1.35, 1.3, 1.15, 1.0, 0.8, 0.65, 0.5, 0.45, 0.4)
NEED = (0.2, 0.25, 0.35, 0.5, 0.7, 1.0, 1.35, 1.6, 1.8, 1.95, 2.0)
HOUSE_LAND = (0.4, 0.7, 1.0, 1.25, 1.45, 1.5, 1.5, 1.4, 1.0, 0.5, 0.0)
BUSINESS_LAND = (1.0, 1.15, 1.3, 1.4, 1.45, 1.4, 1.3, 0.9, 0.5, 0.25, 0.0)


def rates(_: float, state: Floats) -> list[float]:
    """Alfeld and Graham's equations written down once more, with numpy's tables."""
    people, houses, structures = state
    twos, tens = np.linspace(0.0, 2.0, 11), np.linspace(0.0, 1.0, 11)
    workers, crowding = 0.35 * people / (18.0 * structures), people / (4.0 * houses)
    land = (0.1 * houses + 0.2 * structures) / 9000.0
    coming = 0.1 * np.interp(workers, twos, JOBS) * np.interp(crowding, twos, HOMES)
    housing = 0.07 * np.interp(crowding, twos, NEED) * np.interp(land, tens, HOUSE_LAND)
    building = 0.07 * np.interp(workers, twos, NEED) * np.interp(land, tens, BUSINESS_LAND)
    return [(0.03 - 0.015 + coming - 0.07) * people, (housing - 0.015) * houses, (building - 0.025) * structures]


@pytest.fixture(scope="module")
def run() -> xr.Dataset:
    return api.run("mill_town")


def _series(run: xr.Dataset, name: str) -> Floats:
    return np.asarray(run[name].sel(region="mill_town"), dtype=np.float64)


def test_the_stocks_are_those_of_another_solver(run: xr.Dataset) -> None:
    years = np.asarray(run["year"], dtype=int)
    start = [50_000.0, 14_000.0, 1_000.0]
    solved = solve_ivp(rates, (1900, 2000), start, "LSODA", t_eval=years, rtol=1e-10, atol=1e-6).y
    for stock, expected in zip(STOCKS, solved, strict=True):
        assert _series(run, stock) == pytest.approx(expected, rel=2e-3)


def test_the_city_grows_stagnates_and_ages(run: xr.Dataset) -> None:
    people = dict(zip(np.asarray(run["year"], dtype=int).tolist(), _series(run, "population").tolist(), strict=True))
    peak = max(people, key=lambda year: people[year])
    assert people[peak] > 4 * people[1900]
    assert 1930 <= peak <= 1960
    assert people[2000] < 0.8 * people[peak]
    workers, land = _series(run, "labour_to_jobs"), _series(run, "land_occupied")
    assert workers[0] < 1.0
    assert workers[-1] > 1.2
    assert land[0] < 0.2
    assert 0.85 < land[-1] <= 1.0


def test_fewer_houses_leave_room_for_jobs(run: xr.Dataset) -> None:
    fewer = api.run(ROOT / FEWER_HOUSES)
    assert _series(fewer, "labour_to_jobs")[-1] < _series(run, "labour_to_jobs")[-1]
    assert _series(fewer, "households_to_houses")[-1] > _series(run, "households_to_houses")[-1]
    before = run["year"] < 1950  # a lever of 1950 moves that year's flows, and with them the stocks at its end
    assert _series(fewer.sel(year=before), "population") == pytest.approx(
        _series(run.sel(year=before), "population"), rel=1e-12
    )


def _read_out(folder: Path, pattern: str) -> list[str]:
    return [file.read_text(encoding="utf-8") for file in sorted(folder.rglob(pattern))]


def test_a_run_and_a_sweep_of_it_are_told_like_any_other(tmp_path: Path) -> None:
    done = sim("run", "mill_town", RENEWAL, "--prior", "--draws", "64", "--lang", "en", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    grid = sim("sweep", "mill_town", "--over", "housing_policy=0.5,1,1.5", "--out", tmp_path, "--lang", "en")
    assert grid.returncode == 0, grid.stderr
    for page in (*_read_out(tmp_path, "report*.html"), *_read_out(tmp_path, "sweep*.html")):
        assert "business structures" in page
    assert len(_read_out(tmp_path, "report*.html")) == 2
    assert len(_read_out(tmp_path, "sweep*.html")) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "call",
    [
        ("check", "mill_town", RENEWAL),
        ("describe", "--loops", "--city", "mill_town"),
        ("sweep", "mill_town", "--sensitivity", "morris", "--over", "housing_policy={uniform: [0.5, 1.5]}"),
        ("sweep", "mill_town", "--prior", "--draws", "64"),
    ],
)
def test_other_verbs_work(call: Sequence[str], tmp_path: Path) -> None:
    done = sim(*call, "--lang", "en", folder=_home(tmp_path))
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_reports_in_every_form(tmp_path: Path) -> None:
    home = _home(tmp_path)
    assert sim("run", "mill_town", "--prior", "--draws", "64", folder=home).returncode == 0
    done = sim("report", "latest", "--json", folder=home)
    assert done.returncode == 0, done.stderr
    assert {Path(name).suffix for name in json.loads(done.stdout)} == {".html", ".docx", ".xlsx", ".pdf"}


def _home(folder: Path) -> Path:
    for part in ("models", "scenarios"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_a_wrong_unit_is_named_with_its_line(tmp_path: Path) -> None:
    home = _home(tmp_path)
    file = home / "models" / "urban" / "units.yaml"
    lines = ["万元: {name: {zh: 元, en: yuan}}", "sheds: {name: {zh: 棚, en: sheds}, of: 3 nothings}"]
    lines += ["year: {name: {zh: 年, en: year}}", "huts: {name: {zh: 屋, en: huts}, of: 人 + 1}"]
    file.write_text("\n".join([*lines, *file.read_text(encoding="utf-8").splitlines()]), encoding="utf-8")
    done = sim("check", "mill_town", "--lang", "en", folder=home)
    assert done.returncode == 2
    assert {number for number in range(1, 9) if f"units.yaml:{number}:" in done.stderr} == {1, 2, 3, 4}
    assert "万元 is another unit already" in done.stderr
    assert "unknown unit nothings" in done.stderr
    assert "unknown unit 人 + 1" in done.stderr
    assert parse_unit("万人/a").matches(parse_unit("万人/年")), "what was refused spoils no other unit"


def test_a_value_without_a_year_of_publication_is_asked_for_it(tmp_path: Path) -> None:
    home = _home(tmp_path)
    file = home / "models" / "mill_town" / "parameters.yaml"
    text = file.read_text(encoding="utf-8")
    assert "known_from: any, " in text
    file.write_text(text.replace("known_from: any, ", "", 1), encoding="utf-8")
    assert sim("check", "mill_town", folder=home).returncode == 0
    done = sim("run", "mill_town", "--as-of", "1990", "--lang", "en", folder=home)
    assert done.returncode == 2
    assert "it has no known_from: write the year of publication, or any" in done.stderr
    assert done.stderr.count("parameters.yaml:") == 1


@pytest.mark.parametrize("verb", ["calibrate", "backtest"])
def test_a_model_without_statistics_says_that_there_is_nothing_to_fit(verb: str) -> None:
    done = sim(verb, "mill_town", "--lang", "en")
    assert done.returncode == 2
    assert "published.yaml: the model says of no statistic that it is fitted to it" in done.stderr
