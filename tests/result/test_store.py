"""Results folders appear whole or not at all; a run file explains itself."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from sim.base.errors import RunError, UsageError
from sim.base.text import Text
from sim.city.city import City
from sim.result.compare import differences
from sim.result.dataset import compare_with_published
from sim.result.store import find_run, results_folder, run_id
from sim.result.tree import read_tree, tree_of
from sim.simulate import pipeline
from sim.simulate.collect import result_of, results_of
from sim.simulate.design import Design
from sim.simulate.draws import with_draws
from sim.simulate.result import Result, Ring, Studies, packed_result, read_result


def test_run_id() -> None:
    now = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert run_id("abcdef0123456789", now) == "20260102-030405-abcdef01"


def test_a_failed_run_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), results_folder(tmp_path, "run") as folder:
        _fail_halfway(folder.folder)
    assert list(tmp_path.iterdir()) == []


def _fail_halfway(folder: Path) -> None:
    (folder / "half").write_text("x", encoding="utf-8")
    raise ZeroDivisionError


def test_a_finished_run_has_its_name_and_never_replaces_another(tmp_path: Path) -> None:
    for _ in range(2):
        with results_folder(tmp_path, "run") as folder:
            (folder.folder / "file").write_text("x", encoding="utf-8")
    assert sorted(item.name for item in tmp_path.iterdir()) == ["run", "run-2"]


def test_a_name_that_is_taken_meanwhile_costs_no_result(tmp_path: Path) -> None:
    with results_folder(tmp_path, "run") as pending:
        (pending.folder / "file").write_text("x", encoding="utf-8")
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "mine").write_text("somebody else's", encoding="utf-8")
    assert pending.target == tmp_path / "run-2"
    assert (tmp_path / "run-2" / "file").read_text(encoding="utf-8") == "x"
    assert sorted(item.name for item in tmp_path.rglob("*")) == ["file", "mine", "run", "run-2"]


def test_two_at_once_have_names_of_their_own_from_the_start(tmp_path: Path) -> None:
    with results_folder(tmp_path, "run") as one, results_folder(tmp_path, "run") as two:
        assert (one.target.name, two.target.name) == ("run", "run-2")
        for pending in (two, one):
            (pending.folder / "file").write_text(pending.target.name, encoding="utf-8")
    assert {item.parent.name: item.read_text(encoding="utf-8") for item in tmp_path.rglob("file")} == {
        "run": "run",
        "run-2": "run-2",
    }


PROGRAM = """
import sys, time
from pathlib import Path
from sim.result.store import new_files, results_folder
folder, number = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for place in range(5):
    with results_folder(folder, f"run-of-second-{place}") as pending:
        (pending.folder / "file").write_text(number, encoding="utf-8")
        time.sleep(0.01)
    with new_files(folder / "report") as aside:
        (aside / "report.html").write_text(number * 100_000, encoding="utf-8")
        (aside / f"report-{number}.docx").write_text(number, encoding="utf-8")
"""


def test_programs_that_end_in_the_same_second_lose_nothing(tmp_path: Path) -> None:
    """Six programs, five results of the same name each, and files into one folder meanwhile."""
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for number in range(6)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    told = [program.communicate("go\n") for program in programs]
    assert [program.returncode for program in programs] == [0] * 6, told
    found = sorted(file.read_text(encoding="utf-8") for file in tmp_path.glob("run-of-second-*/file"))
    assert found == sorted("012345" * 5)
    assert sorted(file.name for file in (tmp_path / "report").iterdir()) == [
        *(f"report-{number}.docx" for number in range(6)),
        "report.html",
    ]
    assert len(set((tmp_path / "report" / "report.html").read_text(encoding="utf-8"))) == 1
    assert not list(tmp_path.rglob(".partial-*"))


def test_a_place_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    with pytest.raises(RunError, match="cannot be written"), results_folder(blocked, "run"):
        pass


def _write(outcome: pipeline.Outcome, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(packed_result(result_of(outcome)))
    return file


def test_a_run_file_explains_itself(outcomes: Sequence[pipeline.Outcome], tmp_path: Path) -> None:
    outcome = outcomes[1]
    file = _write(outcome, tmp_path / "run" / "plan_2025" / "run.nc")
    tree = read_tree(file.read_bytes())
    results, inputs = tree["results"].to_dataset(), tree["inputs"].to_dataset()
    xr.testing.assert_identical(results["gdp_nominal"], outcome.results["gdp_nominal"])
    for name, array in results.data_vars.items():
        assert set(array.attrs) >= {"units", "kind", "reported", "long_name", "long_name_zh"}, name
    assert set(inputs["catch_up"].attrs) >= {"units", "source", "evidence", "long_name", "long_name_zh"}
    assert inputs["planned_expenditure"].dims == ("region", "year")
    attributes = tree.attrs
    hashes = json.loads(attributes["input_hashes"])
    assert {"scenarios/plan_2025.yaml", "scenarios/baseline.yaml", "models/hengyang/history.csv"} <= set(hashes)
    assert all(len(value) == 64 for value in hashes.values())
    assert tree["settings"].sizes["row"] == len(outcome.case.bound.resolved) + 1  # and the ledger that is used
    assert len(json.loads(attributes["document_hashes"])) == 5
    scorecard = tree["scorecard"].to_dataset()
    assert scorecard["target.unit"].values[0] == "亿元"
    assert scorecard["projected"].values[0] == outcome.scores[0].projected
    assert find_run("run", tmp_path) == {"plan_2025": file}
    assert find_run("latest", tmp_path) == {"plan_2025": file}


def test_what_is_read_back_is_what_was_written(outcomes: Sequence[pipeline.Outcome], tmp_path: Path) -> None:
    """Every field: datasets identical, records equal; and the tree of what was read is the tree that was written."""
    drawn = with_draws(outcomes[1], Design(64, 0, 1))
    studies = Studies(loops=(Ring("R1", Text("积累", "growth"), Text("增强", "reinforcing"), (Text("甲", "a"),), (1, -1)),))
    (result,) = results_of([drawn], {"plan_2025": studies})
    file = tmp_path / "run.nc"
    file.write_bytes(packed_result(result))
    read = read_result(file)
    for field in fields(Result):
        before, after = getattr(result, field.name), getattr(read, field.name)
        assert before.identical(after) if isinstance(before, xr.Dataset) else before == after, field.name
    assert tree_of(result).identical(tree_of(read))
    assert result.projection.identical(read.projection)


def test_unknown_runs_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run nowhere"):
        find_run("nowhere", tmp_path)


def test_compare_names_what_differs(outcomes: Sequence[pipeline.Outcome], tmp_path: Path) -> None:
    one, two = (_write(outcome, tmp_path / outcome.case.scenario.key / "run.nc") for outcome in outcomes)
    assert differences(one, one) == []
    found = differences(one, two)
    names = {(item.kind, item.name) for item in found}
    assert ("input", "science_budget") in names
    assert ("result", "gdp_nominal") in names
    assert ("run", "scenario") in names
    assert ("input", "catch_up") not in names


def test_errors_against_published_figures(outcomes: Sequence[pipeline.Outcome], world: City) -> None:
    outcome = outcomes[0]
    rows = {(row.label.en, row.year): row for row in outcome.comparisons}
    gdp = rows["GDP at current prices", 2025]
    assert gdp.published == 4689.55
    assert gdp.model == pytest.approx(float(outcome.results["gdp_nominal"].sel(region="hengyang", year=2025)))
    assert gdp.error == pytest.approx(gdp.model - 4689.55)
    assert gdp.error_percent == pytest.approx(100 * gdp.error / 4689.55)
    growth = rows["real growth of GDP", 2021]
    real = outcome.results["gdp_real"].sel(region="hengyang")
    assert growth.model == pytest.approx(100 * float(real.sel(year=2021) / real.sel(year=2020) - 1))
    assert growth.error_percent is None
    years = {row.year for row in outcome.comparisons}
    assert years == {2021, 2022, 2023, 2024, 2025}
    again = compare_with_published(outcome.results, world.checks, world.data.history, "hengyang", (2021, 2021))
    assert {row.year for row in again} == {2021}
    assert all(np.isfinite(row.error) for row in outcome.comparisons)
