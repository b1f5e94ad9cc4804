"""The command line as a user meets it: results on standard output, faults on standard error, exit status 0, 1 or 2."""

from __future__ import annotations

import csv
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr

from sim.report.writing import reports_of
from sim.simulate.result import read_result
from tests.cli.calling import ROOT, Done, process, sim

HEAD = "name: {zh: 测试, en: Test}\ncity: hengyang\n"


@pytest.fixture(scope="module")
def main_job(tmp_path_factory: pytest.TempPathFactory) -> tuple[Done, Path]:
    """What the README's first command does, on a console that knows the letters of GBK only."""
    results = tmp_path_factory.mktemp("results")
    done = process("run", "--out", results, "--lang", "zh", PYTHONIOENCODING="gbk")
    (folder,) = results.iterdir()
    return done, folder


def test_the_main_job_writes_the_whole_folder(main_job: tuple[Done, Path]) -> None:
    done, folder = main_job
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    expected = {"compare.html"}
    results = [read_result(folder / scenario / "run.nc") for scenario in ("baseline", "plan_2025")]
    for report in reports_of(results):
        scenario, figures = report.scenario, set(report.figures)
        assert {"progress", "gdp", "fans", "population", "firm_ladder"} <= figures
        expected |= {f"{scenario}/{name}" for name in ("run.nc", "scorecard.csv", "table.xlsx", "report.html")}
        expected |= {f"{scenario}/figures/{name}.{kind}" for name in figures for kind in ("png", "svg")}
    assert names == expected


def test_the_main_job_prints_scorecards_outcomes_and_the_place(main_job: tuple[Done, Path]) -> None:
    done, folder = main_job
    for text in ("地区生产总值", "未实现", "4,690（2025）", "需年均增长", str(folder), "基准情景", "2025 规划情景"):
        assert text in done.stdout


def test_run_files_open_with_xarray(main_job: tuple[Done, Path]) -> None:
    file = main_job[1] / "plan_2025" / "run.nc"
    for group in ("inputs", "results", "scorecard"):
        with xr.open_dataset(file, engine="netcdf4", group=group) as dataset:
            assert len(dataset.data_vars) > 5


@pytest.mark.usefixtures("no_pictures")
def test_json_is_one_document_and_scores_equal_the_csv(tmp_path: Path) -> None:
    done = sim("run", "baseline", "--out", tmp_path, "--json", "--quiet")
    document = json.loads(done.stdout)
    with (Path(document["folder"]) / "baseline" / "scorecard.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert len(rows) == len(document["scorecard"]) == 7
    for row, score in zip(rows, document["scorecard"], strict=True):
        assert float(row["projected"]) == pytest.approx(score["projected"], rel=1e-9)
        assert row["verdict"] == score["verdict"]


@pytest.mark.usefixtures("no_pictures")
def test_reports_are_chinese_unless_another_language_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    for words, name, text in (
        ((), "report.html", "主要指标实现情况"),
        (("--lang", "en"), "report.en.html", "Beside published"),
    ):
        done = sim("run", "baseline", "--draws", "0", "--out", tmp_path / "r", "--json", *words)
        page = (Path(json.loads(done.stdout)["folder"]) / "baseline" / name).read_text(encoding="utf-8")
        assert text in page


@pytest.mark.usefixtures("no_pictures")
def test_quiet_prints_nothing(tmp_path: Path) -> None:
    done = sim("run", "baseline", "--draws", "50", "--out", tmp_path, "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.usefixtures("no_pictures")
def test_set_changes_the_result(tmp_path: Path) -> None:
    plain, changed = (
        json.loads(sim("run", "baseline", "--draws", "0", "--out", tmp_path, "--json", *words).stdout)["scorecard"][0][
            "projected"
        ]
        for words in ((), ("--set", "external_demand_lead=0.06"))
    )
    assert changed > plain


@pytest.mark.usefixtures("no_pictures")
def test_require_decides_the_exit_status(tmp_path: Path) -> None:
    assert sim("run", "baseline", "--draws", "0", "--out", tmp_path, "--require", "hy_talent_inflow_annual").returncode == 0
    missed = sim("run", "baseline", "--draws", "0", "--out", tmp_path, "--require", "all", "--lang", "en")
    assert missed.returncode == 1
    assert "missed: baseline: hy_gdp_2025" in missed.stderr
    unknown = sim("run", "baseline", "--out", tmp_path, "--require", "hy_gdp_2052", "--lang", "en")
    assert unknown.returncode == 2
    assert "did you mean 'hy_gdp_2025'" in unknown.stderr


FAULTY = {
    "unknown_key": (HEAD + "levrs: {}\n", "did you mean 'levers'"),
    "duplicate": (HEAD + "city: hengyang\n", "stands twice"),
    "unknown_lever": (HEAD + "levers: {rd_polcy: 0.01}\n", "did you mean 'rd_policy'"),
    "unknown_target": (HEAD + "targets: [hy_gdp]\n", "no target hy_gdp"),
    "unknown_city": ("name: {zh: 甲, en: A}\ncity: hengyan\n", "no city hengyan"),
    "range": (HEAD + "levers: {rd_policy: 5}\n", "lies outside"),
    "year": (HEAD + "levers: {rd_policy: {1999: 0.01}}\n", "the year 1999 lies outside"),
    "unit": (HEAD + "levers: {rd_policy: 5 户}\n", "the unit 户 does not fit"),
    "extends": (HEAD + "extends: nowhere\n", "no scenario nowhere"),
    "circle": (HEAD + "extends: circle\n", "in a circle"),
    "empty": ("", "the file is empty"),
    "syntax": ("a: [", "not valid YAML"),
    "nan": (HEAD + "levers: {rd_policy: .nan}\n", "finite"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_faulty_files_give_status_2_and_no_traceback(name: str, tmp_path: Path) -> None:
    text, expected = FAULTY[name]
    file = tmp_path / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    for verb in ("check", "run"):
        words: list[str | Path] = ["--out", tmp_path / "results"] if verb == "run" else []
        done = sim(verb, file, "--lang", "en", *words)
        assert done.returncode == 2, done.stderr
        assert expected in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("run", "absent.yaml"),
        ("run", "."),
        ("run", "baseline", "--set", "novalue"),
        ("run", "baseline", "--set", "nothing=1"),
        ("run", "baseline", "--use", "nothing"),
        ("run", "baseline", "--city", "yueyang"),
        ("run", "baseline", "baseline"),
        ("list", "--city", "yueyang"),
        ("list", "--home", "tests"),
        ("compare", "nowhere", "latest"),
        ("describe",),
        ("new", "sim"),
        ("fly",),
        ("run", "--lang", "fr"),
    ],
)
def test_wrong_calls_give_status_2_and_no_traceback(words: tuple[str, ...]) -> None:
    done = sim(*words)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_messages_are_chinese_unless_the_system_or_the_user_asks_for_english() -> None:
    for name in ("C", "C.UTF-8", "zh_CN.UTF-8"):
        assert "没有城市" in process("list", "--city", "yueyang", LC_ALL=name).stderr
    assert "no city" in process("list", "--city", "yueyang", LC_ALL="en_GB.UTF-8").stderr
    assert "no city" in sim("list", "--city", "yueyang", "--lang=en").stderr


def test_a_place_that_cannot_be_written_is_a_failed_run(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    done = sim("run", "baseline", "--out", blocked, "--lang", "en")
    assert done.returncode == 1
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_results(number: signal.Signals, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sim", "run", "--out", str(tmp_path / "results"), "--lang", "en"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    deadline = time.monotonic() + 60
    while not list((tmp_path / "results").glob(".partial-*/*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Interrupted" in errors
    assert "Traceback" not in errors
    assert list((tmp_path / "results").iterdir()) == []


def test_list_describe_schema_check_and_new(tmp_path: Path) -> None:
    listed = json.loads(sim("list", "--json").stdout)
    assert {"baseline", "plan_2025", "vision_2035"} <= {row["name"] for row in listed["scenarios"]}
    assert "rd_policy" in {row["name"] for row in listed["levers"]}
    equations = json.loads(sim("describe", "--equations", "--json").stdout)
    assert {row["name"] for row in equations} >= {"value_added", "population", "grow_older"}
    loops = json.loads(sim("describe", "--loops", "--json").stdout)
    assert {row["loop"] for row in loops} >= {"R1", "B1"}
    assert json.loads(sim("schema").stdout)["properties"]["levers"]
    assert "无误" in sim("check", "--lang", "zh").stdout
    mine = tmp_path / "mine"
    assert sim("new", mine, "--lang", "en").returncode == 0
    assert sim("check", folder=mine).returncode == 0
    assert sim("new", mine).returncode == 2


def test_compare_of_two_runs(main_job: tuple[Done, Path]) -> None:
    folder = main_job[1]
    same = sim("compare", folder, folder, "--json")
    assert json.loads(same.stdout) == []
    other = sim("compare", folder / "baseline", folder / "plan_2025", "--json")
    assert {row["name"] for row in json.loads(other.stdout)} >= {"science_budget", "gdp_nominal"}


def test_a_gbk_console_loses_no_minus_sign(main_job: tuple[Done, Path]) -> None:
    text = main_job[0].stdout
    assert "地区生产总值" in text
    assert re.search(r"  -[0-9]", text)
    assert "?" not in text


@pytest.mark.parametrize("content", [b"", b"text", b"\x89HDF\r\n\x1a\n" + b"\0" * 500])
def test_a_damaged_run_file_is_a_wrong_call(content: bytes, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "run.nc").write_bytes(content)
    done = sim("compare", folder, folder, "--lang", "en")
    assert done.returncode == 2
    assert "not a valid run file" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_with_mathematics_in_it_draws(tmp_path: Path) -> None:
    file = tmp_path / "dollars.yaml"
    file.write_text("name: {zh: $a_b^, en: $x}\ncity: hengyang\ntargets: [hengyang/*]\n", encoding="utf-8")
    assert sim("run", file, "--draws", "50", "--workers", "1", "--out", tmp_path / "results", "--quiet").returncode == 0
