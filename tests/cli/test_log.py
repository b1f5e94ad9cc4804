"""--log: what a fault needs to be found out by others, in a file and nowhere else."""

from __future__ import annotations

import logging
import subprocess
import sys
import warnings
from importlib.metadata import version
from pathlib import Path

import pytest

from sim.base import __version__
from tests.cli.calling import ROOT, sim


@pytest.mark.usefixtures("no_pictures")
def test_a_run_logs_call_versions_home_files_and_times(tmp_path: Path) -> None:
    log, words = tmp_path / "call.log", ("run", "baseline", "--draws", "50", "--workers", "1", "--lang", "en")
    plain = sim(*words, "--out", tmp_path / "one")
    logged = sim(*words, "--out", tmp_path / "two", "--log", log)
    assert logged.returncode == plain.returncode == 0
    assert logged.stderr == plain.stderr
    assert len(logged.stdout.splitlines()) == len(plain.stdout.splitlines())
    text = log.read_text(encoding="utf-8")
    (folder,) = (tmp_path / "two").iterdir()
    for part in (
        "'run' 'baseline' '--draws' '50'",
        f"sim {__version__}, Python {sys.version.split()[0]}",
        f"numpy {version('numpy')}",
        f"home: {ROOT}, the current folder",
        f"read {ROOT / 'scenarios' / 'baseline.yaml'}",
        f"wrote {folder / 'baseline' / 'run.nc'}",
        "sim.city.city: open_city ends after",
        "sim.simulate.pipeline: run ends after",
        "sim.simulate.draws: with_draws ends after",
        "exit status 0",
    ):
        assert part in text, part


def test_every_verb_has_the_option_in_both_languages() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `--log`")]
    assert len(rows) == page.count("\n## `python -m sim")
    assert set(rows) == {"| `--log` | 把本次运行的记录写入文件 / append a log of this call |  |"}


@pytest.mark.parametrize("place", [".", "nowhere/call.log"])
def test_a_file_that_cannot_be_written_is_a_fault_before_any_work(place: str, tmp_path: Path) -> None:
    done = sim("run", "baseline", "--out", tmp_path / "out", "--log", tmp_path / place, "--lang", "en")
    assert done.returncode == 1
    assert "--log: cannot be written" in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()
    assert "无法写入" in sim("list", "--log", tmp_path / place, "--lang", "zh").stderr


def test_a_mistaken_call_logs_its_faults_and_the_next_call_is_appended(tmp_path: Path) -> None:
    log = tmp_path / "call.log"
    assert sim("list", "--city", "yueyang", "--log", log).returncode == 2
    assert sim("run", "--draws", "x", "--log", log).returncode == 2
    text = log.read_text(encoding="utf-8")
    assert "no city yueyang" in text
    assert "--draws 'x' cannot be used" in text
    assert text.count("call: ") == 2


def test_an_unexpected_error_is_logged_with_its_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a mistake in the code")

    monkeypatch.setattr("sim.cli.cases.find_home", broken)
    log = tmp_path / "call.log"
    with pytest.raises(ZeroDivisionError):
        sim("list", "--log", log)
    text = log.read_text(encoding="utf-8")
    assert "Traceback (most recent call last)" in text
    assert "ZeroDivisionError: a mistake in the code" in text
    assert logging.getLogger("sim").getEffectiveLevel() == logging.getLogger().level  # the log is closed


def test_warnings_are_logged_and_shown_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def warning(*_: object) -> None:
        warnings.warn("an old habit", DeprecationWarning, stacklevel=1)
        raise SystemExit(0)

    monkeypatch.setattr("sim.cli.cases.find_home", warning)
    log = tmp_path / "call.log"
    with pytest.warns(DeprecationWarning, match="an old habit"):
        sim("list", "--log", log)
    assert "DeprecationWarning: an old habit" in log.read_text(encoding="utf-8")


def test_a_log_that_is_sent_to_others_holds_no_token(tmp_path: Path) -> None:
    log = tmp_path / "call.log"
    for words in (("--token", "a-long-enough-token"), ("--token=a-long-enough-token",)):
        sim("explore", "nothing", "--no-browser", "--log", log, *words)
    text = log.read_text(encoding="utf-8")
    assert text.count("call: 'explore'") == 2
    assert "a-long-enough-token" not in text


def test_starting_up_loads_nothing_heavy() -> None:
    code = "import sys; import sim.cli.app; print({'numpy', 'xarray', 'matplotlib', 'pandas', 'pydantic'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout == "set()\n"
    )
