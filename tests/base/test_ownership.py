"""Folders of programs that are gone are swept, and nobody else's: not another machine's, nor of a recycled number."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from sim.base import durable
from sim.base.durable import LOCK, RECORD, boot, host, owned_folder, scratch_folder, sweep

OWNER = """
import sys
from pathlib import Path
from sim.base.durable import owned_folder
with owned_folder(Path(sys.argv[1]), ".partial-") as folder:
    (folder / "numbers").write_text("1", encoding="utf-8")
    print(folder, flush=True)
    sys.stdin.readline()
"""


def start(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """A program that owns a folder until it is told to end."""
    program = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(parent)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    assert program.stdout is not None
    return program, Path(program.stdout.readline().strip())


def left(parent: Path, name: str = ".partial-x", **changes: object) -> Path:
    """A folder whose owner is gone, as its record says or is made to say."""
    folder = parent / name
    folder.mkdir()
    (folder / LOCK).touch()
    record = {"host": host(), "boot": boot(), "process": 999_999_999} | changes
    (folder / RECORD).write_text(json.dumps(record), encoding="utf-8")
    return folder


def test_a_folder_is_kept_while_its_owner_runs_and_swept_once_it_was_killed(tmp_path: Path) -> None:
    program, folder = start(tmp_path)
    sweep(tmp_path, ".partial-")
    assert (folder / "numbers").is_file()
    with program:
        program.send_signal(signal.SIGKILL)
    assert folder.is_dir()
    with owned_folder(tmp_path, ".partial-") as own:
        assert [item.name for item in tmp_path.iterdir()] == [own.name]
    assert list(tmp_path.iterdir()) == []


def test_an_owner_that_ends_leaves_nothing(tmp_path: Path) -> None:
    program, _ = start(tmp_path)
    program.communicate("\n")
    assert program.returncode == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [1, os.getpid()], ids=["first", "own"])
def test_a_number_that_another_process_has_by_now_keeps_nothing(number: int, tmp_path: Path) -> None:
    folder = left(tmp_path, process=number)
    sweep(tmp_path, ".partial-")
    assert not folder.exists()


def test_a_number_that_no_process_has_does_not_make_it_ours(tmp_path: Path) -> None:
    plain = tmp_path / ".partial-999999999-x"
    plain.mkdir()
    sweep(tmp_path, ".partial-")
    assert plain.is_dir()


def test_what_another_machine_makes_stays(tmp_path: Path) -> None:
    folder = left(tmp_path, host="another machine")
    sweep(tmp_path, ".partial-")
    assert folder.is_dir()


def test_a_machine_that_was_started_again_sweeps_what_it_left_before(tmp_path: Path) -> None:
    folder = left(tmp_path, boot="an earlier start")
    before = durable.started() - 60.0
    os.utime(folder / RECORD, (before, before))
    sweep(tmp_path, ".partial-")
    assert not folder.exists()


def test_another_start_since_ours_is_another_machine_of_the_same_name(tmp_path: Path) -> None:
    folder = left(tmp_path, boot="a start of a copy of this machine")
    later = time.time() + 1.0
    os.utime(folder / RECORD, (later, later))
    sweep(tmp_path, ".partial-")
    assert folder.is_dir()


@pytest.mark.parametrize("record", ["", "[]", "{}", '{"host": 3}', None])
def test_a_folder_that_says_nothing_of_its_owner_stays(record: str | None, tmp_path: Path) -> None:
    folder = left(tmp_path)
    if record is None:
        (folder / RECORD).unlink()
    else:
        (folder / RECORD).write_text(record, encoding="utf-8")
    sweep(tmp_path, ".partial-")
    assert folder.is_dir()


def test_a_file_or_a_link_of_that_name_stays(tmp_path: Path) -> None:
    (tmp_path / ".partial-file").write_text("mine", encoding="utf-8")
    (tmp_path / ".partial-link").symlink_to(left(tmp_path, "other"))
    sweep(tmp_path, ".partial-")
    assert sorted(item.name for item in tmp_path.iterdir()) == [".partial-file", ".partial-link", "other"]


def test_scratch_of_killed_programs_is_swept_where_the_system_keeps_what_is_temporary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    dead, others = left(tmp_path, "sim-draws-dead"), left(tmp_path, "sim-draws-others", host="another machine")
    with scratch_folder("sim-draws-") as folder:
        assert folder.parent.parent == tmp_path
        assert folder.parent.stat().st_mode & 0o777 == 0o700
        assert list(folder.iterdir()) == [], "the marks of the owner stand beside what is handed out"
        assert not dead.exists()
    assert [item.name for item in tmp_path.iterdir()] == [others.name]
