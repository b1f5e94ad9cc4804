"""`sim sweep` from the command line: what it prints, writes and refuses."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import xarray as xr
from rich.console import Console
from typer.testing import CliRunner

from sim.base.errors import SimError
from sim.base.text import Language, Text
from sim.cli.app import app
from sim.cli.console import Speaker, left_text
from sim.result.draw_store import read_draws
from tests.cli.calling import ROOT, sim


def sweep(*arguments: str) -> dict[str, Any]:
    done = sim("sweep", "plan_2025", "--workers", "1", "--lang", "en", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


@pytest.mark.slow
def test_draws_leave_a_page_tables_figures_and_one_document(tmp_path: Path) -> None:
    document = sweep("--draws", "1500", "--seed", "2", "--out", str(tmp_path))
    folder = Path(document["folder"])
    assert folder.parent == tmp_path
    assert (document["draws"], document["left_out"], document["method"]) == (1500, 0, "ensemble")
    draws = read_draws(folder)
    gdp = next(row for row in document["targets"] if row["id"] == "hy_gdp_2025")
    met = draws["met"].sel(target="hy_gdp_2025").values
    assert gdp["probability"] == met.mean()
    assert document["all_met"]["probability"] == draws["met"].values.all(axis=0).mean()
    median = next(r for r in document["bands"] if (r["indicator"], r["year"]) == ("gdp_nominal", 2025))["quantiles"]["0.5"]
    assert median == pytest.approx(draws["gdp_nominal"].sel(year=2025).median().item())
    [row] = [row for row in rows(folder / "bands.csv") if (row["indicator"], row["year"]) == ("gdp_nominal", "2025")]
    assert float(row["p50"]) == pytest.approx(median)
    assert rows(folder / "targets.csv")[-1]["id"] == "*"
    assert len(rows(folder / "correlations.csv")) == len(document["correlations"])
    with xr.open_dataset(folder / "summary.nc", group="bands") as summary:
        assert summary["gdp_nominal"].sel(year=2025, quantile=0.5).item() == pytest.approx(median)
    page = (folder / "sweep.html").read_text(encoding="utf-8")
    assert "1,500 draws (seed 2)" in page
    assert page.count("<svg") == 6
    assert page.index("Rank correlations of inputs and indicators") < page.index("rank correlation: is an indicator higher")
    assert {file.name for file in (folder / "figures").glob("*.png")} >= {"chances.png", "fans.png"}
    title = "<!-- Plan to 2025: probabilities -->"  # letters are drawn as paths, their text stands beside
    assert title in (folder / "figures" / "chances.svg").read_text(encoding="utf-8")
    assert title not in page


@pytest.mark.slow
def test_a_grid_leaves_its_points_and_a_sensitivity_its_indices(tmp_path: Path) -> None:
    document = sweep("--over", "rd_policy=0,1 %", "--over", "external_demand_lead=[0.02, 0.04]", "--out", str(tmp_path))
    assert [point["inputs"]["rd_policy"] for point in document["points"]] == [0.0, 0.0, 1.0, 1.0]  # in per cent
    points = rows(Path(document["folder"]) / "points.csv")
    assert len(points) == 4
    over = "external_demand_lead={uniform: [0.02, 0.06]}"
    arguments = ("--sensitivity", "sobol", "--over", over, "--base", "32", "--resamples", "20", "--out", str(tmp_path))
    found = sweep(*arguments)
    folder = Path(found["folder"])
    assert (found["kind"], found["base_points"], found["draws"]) == ("sobol", 32, 32 * 5)
    shocks = [row for row in found["indices"] if (row["input"], row["indicator"]) == ("shocks", "gdp_nominal")]
    assert [row["year"] for row in shocks] == list(range(2021, 2036))
    assert len(rows(folder / "indices.csv")) == len(found["indices"])
    assert (folder / "figures" / "map_gdp_nominal.png").exists()
    assert (folder / "sensitivity.nc").exists()


FAULTS = [
    (("--over", "rd_polcy=1"), "did you mean 'rd_policy'"),
    (("--over", "rd_policy=[]"), "the range is empty"),
    (("--over", "rd_policy={from: 0, to: 0.02, points: 100000}", "--over", "tax_policy"), "no equals sign"),
    (("--over", "rd_policy={uniform: [0.02, 0.01]}"), "lies above the upper end"),
    (("--draws", "0"), "--draws 0 cannot be used"),
    (("--name", "a/b"), "is no name"),
    (("--name", ".."), "is no name"),
    (("--base", "64"), "--base belongs to --sensitivity"),
    (("--sensitivity", "sobol", "--base", "100"), "must be a power of two"),
    (("--sensitivity", "sobol", "--draws", "100"), "decides how many draws"),
    (("--sensitivity", "sobol", "--base", "x", "--keep", "-1"), "--base 'x' cannot be used"),
    (("--output", "gdp"), "the model has no variable gdp"),
    (("--cluster", "tcp://127.0.0.1:1", "--workers", "2"), "dask worker decides how many"),
    (("--over", "rd_policy=0,1 %", "--prior"), "nothing is drawn"),
]


@pytest.mark.parametrize(("arguments", "said"), FAULTS)
def test_what_cannot_be_is_said_before_anything_is_written(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    call = ["sweep", "plan_2025", "--home", str(ROOT), "--out", str(tmp_path), "--quiet", *arguments]
    found = CliRunner().invoke(app, call)
    assert isinstance(found.exception, SimError), found.output
    assert said in str(found.exception)
    assert list(tmp_path.iterdir()) == []


def test_all_options_that_cannot_be_meant_are_said_at_once(tmp_path: Path) -> None:
    options = ("--name", "a/b", "--draws", "0", "--over", "rd_policy={uniform: [", "--base", "x", "--keep", "3")
    found = CliRunner().invoke(app, ["sweep", "plan_2025", "--home", str(ROOT), "--out", str(tmp_path), *options])
    assert isinstance(found.exception, SimError)
    said = (
        "--name: 'a/b' is no name",
        "--draws 0",
        "cannot read '{uniform: ['",
        "--base 'x'",
        "--base belongs",
        "--keep belongs",
    )
    assert all(part in str(found.exception) for part in said), found.exception


def test_sizes_of_an_analysis_are_checked_beside_other_options(tmp_path: Path) -> None:
    options = ("--name", "a/b", "--sensitivity", "sobol", "--base", "1000")
    found = CliRunner().invoke(app, ["sweep", "plan_2025", "--home", str(ROOT), "--out", str(tmp_path), *options])
    assert isinstance(found.exception, SimError)
    said = ("--name: 'a/b' is no name", "must be a power of two")
    assert all(part in str(found.exception) for part in said), found.exception


@pytest.mark.parametrize(("language", "said"), [("en", "7,000/10,000, 200 draws/s, 0:00:15 left, 3 lost"), ("zh", "无效 3")])
def test_the_pace_is_that_of_this_program(language: Language, said: str) -> None:
    now, stream = [100.0], StringIO()
    console = Console(file=stream, width=130, get_time=lambda: now[0])
    with Speaker(language, err=console).draw_progress(Text("计划", "plan")) as told:
        told(5000, 10_000, 0)  # they were there before
        assert "/s" not in stream.getvalue()
        now[0] += 10.0
        told(7000, 10_000, 3)
        now[0] += 5.0
        told(8000, 10_000, 3)
    assert said in stream.getvalue()
    assert len(stream.getvalue().splitlines()) == 2  # what was there, and a line in ten seconds
    assert left_text(3725.0).en == ", 1:02:05 left"
    assert left_text(None).en == ""


@pytest.mark.parametrize(
    ("done", "said"), [(0, ""), (7, "7/20 there already, going on with the rest"), (20, "nothing is run again")]
)
def test_what_was_there_already_is_said_once(done: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Speaker("en").draw_progress(Text("计划", "plan")) as told:
        told(done, 20, 0)
        told(20, 20, 0)
    heard = capsys.readouterr().err
    assert said in heard
    assert heard.count("already") == (1 if done else 0)
