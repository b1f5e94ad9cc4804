"""Draws from the command line: numbers that are wrong, what a run with draws prints and stores, and Ctrl-C in the middle."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr

from sim.base.errors import UsageError
from sim.base.processes import MOST_DRAWS, processors
from sim.cli.options import read_whole
from tests.cli.calling import sim
from tests.simulate.program import children_of, is_there

ROOT = Path(__file__).resolve().parents[2]
BAD = ("0", "1,5", "1_0_", "1,0,0", "-1", "nan", "inf", "1e3", "1.5", "", " ", "ten", "٣", "9" * 30, "0x10")


@pytest.mark.parametrize("text", BAD)
def test_a_number_of_draws_or_workers_that_is_none_is_refused(text: str) -> None:
    for option in ("--draws", "--workers") if text != "0" else ("--workers",):
        done = sim("run", option, text, "--lang", "en")
        assert done.returncode == 2
        assert f"{option} " in done.stderr
        assert "cannot be used" in done.stderr


@pytest.mark.parametrize("text", [item for item in BAD if item != "0"])
def test_a_seed_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--seed"):
        read_whole("--seed", text, 0, 2**63 - 1)


def test_all_faults_come_together() -> None:
    wrong = ("--draws", "1.5", "--seed", "-1", "--workers", "no", "--set", "novalue", "--as-of", "soon")
    said = sim("run", *wrong, "--lang", "en").stderr
    assert said.startswith("5 faults:")
    assert all(option in said for option in wrong[::2])
    for text, number in (("0", 0), ("2,000", 2000), ("1_000_000", 1_000_000), ("３０", 30)):
        assert read_whole("--draws", text, 0, MOST_DRAWS) == number


def test_a_machine_of_many_processors_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(384)), raising=False)
    assert processors() == 256


def call(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "sim", "run", "baseline", "--home", str(ROOT), "--lang", "en", *arguments]


@pytest.mark.slow
def test_a_run_with_draws_stores_bands_and_prints_probabilities(tmp_path: Path) -> None:
    words = ("--draws", "300", "--seed", "4", "--workers", "2", "--lang", "en", "--json")
    done = sim("run", "baseline", "--out", tmp_path, *words)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    [draws] = document["draws"]
    assert (draws["scenario"], draws["count"], draws["seed"]) == ("baseline", 300, 4)
    assert (draws["left_out"], draws["lost"], draws["run_again"], draws["all_met"]) == (0, [], [], 0.0)
    chances = [row["probability"] for row in document["scorecard"] if row["verdict"] != "not_judged"]
    assert all(0.0 <= chance <= 1.0 for chance in chances)
    folder = Path(document["folder"]) / "baseline"
    with xr.open_dataset(folder / "run.nc", group="draws") as bands:
        middle = bands["gdp_nominal_quantile"].sel(quantile=0.5, year=2025).item()
        low, high = (bands["gdp_nominal_quantile"].sel(quantile=level, year=2025).item() for level in (0.05, 0.95))
        assert low < middle < high
        assert bands.attrs["draws"] == 300
    report = (folder / "report.en.html").read_text(encoding="utf-8")
    assert "300 draws (seed 4): parameters from the posterior ensemble" in report
    assert re.search(r"targets are met together in 0\.00 % \(error 0\.\d\d\)", report)


@pytest.mark.slow
@pytest.mark.parametrize("presses", [1, 3])
def test_an_interrupt_during_draws_ends_quickly_and_leaves_nothing(tmp_path: Path, presses: int) -> None:
    """Ctrl-C of a terminal reaches the whole process group, so it is sent to all of it."""
    process = subprocess.Popen(
        call("--draws", "5000000", "--workers", "2", "--out", str(tmp_path / "out")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    try:
        while not list(tmp_path.rglob("task.pickle")):
            assert process.poll() is None
            time.sleep(0.05)
        time.sleep(4.0)  # the workers are at work
        children = children_of(process.pid)
        started = time.monotonic()
        os.killpg(process.pid, signal.SIGINT)
        for _ in range(presses - 1):
            time.sleep(0.15)
            os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert time.monotonic() - started < 2.0
    assert process.returncode == 1
    assert "Traceback" not in errors
    assert "Warning" not in errors
    assert "Interrupted" in errors
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []
    assert list(tmp_path.glob("sim-*")) == []
    time.sleep(0.5)
    assert [child for child in children if is_there(child)] == []


def test_what_cannot_succeed_is_said_before_any_draw(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    many = ("run", "baseline", "--draws", "100000000", "--lang", "en", "--out")
    done = sim(*many, tmp_path / "file")
    assert (done.returncode, "no folder" in done.stderr, "Traceback" in done.stderr) == (1, True, False)
    done = sim(*many, tmp_path / "out", "--require", "hy_gpd_2025")
    assert (done.returncode, "hy_gdp_2025" in done.stderr, "Traceback" in done.stderr) == (2, True, False)


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0.05, 0.3, 1.0])
def test_an_interrupt_early_on_is_no_traceback(tmp_path: Path, moment: float) -> None:
    process = subprocess.Popen(call("--out", str(tmp_path)), stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    time.sleep(moment)
    process.send_signal(signal.SIGINT)
    try:
        _, errors = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:  # Python may lose an interrupt while it starts itself; the next one counts
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert moment < 0.1
    finally:
        process.kill()
    if b"init_import_site" not in errors and b"<frozen site>" not in errors:  # Python itself was still starting
        assert process.returncode in {1, -signal.SIGINT}
        assert moment < 0.1 or b"Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("kilobytes", [300, 700])
def test_a_disk_that_fills_up_is_one_clear_fault(tmp_path: Path, kilobytes: int) -> None:
    """A limit on the size of files stands in for a full disk."""
    limit = kilobytes * 1024
    done = subprocess.run(
        call("--draws", "0", "--out", str(tmp_path / "out"), "--quiet"),
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
        env={**os.environ, "SIM_CACHE": str(tmp_path / "cache")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "results cannot be written" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []
