"""What can happen to a long sweep: program or worker killed at any moment, a full disk, two programs, other people's folders.

Linux only, since processes are found and limited through its system files.
"""

from __future__ import annotations

import json
import random
import resource
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import xarray as xr

from sim.result.draw_store import ZARR, read_draws
from tests.simulate.program import ROOT, assert_same, call, children_of, is_there, is_worker, kill, marks, start, wait_until

pytestmark = pytest.mark.slow
ARGUMENTS = ("--draws", "10240", "--seed", "5", "--workers", "2", "--name", "sweep", "--quiet")
KILLS = 6
CHUNKS = 10  # of 1,024 draws


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an uninterrupted sweep."""
    folder = tmp_path_factory.mktemp("whole")
    subprocess.run(call(*ARGUMENTS, "--out", str(folder)), check=True, cwd=ROOT)
    return folder / "sweep"


@pytest.fixture(scope="module")
def expected(whole: Path) -> xr.Dataset:
    """The draws of an uninterrupted sweep."""
    return read_draws(whole).load()


def finish(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(call(*ARGUMENTS, "--out", str(folder)), capture_output=True, encoding="utf-8", cwd=ROOT, check=False)


def kill_after_a_chunk(folder: Path, wait: float) -> None:
    """Start the program, kill it some time after its first new chunk, and see that its workers end and old chunks stay."""
    before = {file.name: file.stat().st_mtime_ns for file in (folder / "done").glob("[0-9]*.json")}
    program = start(*ARGUMENTS, "--out", str(folder.parent))
    wait_until(lambda: marks(folder) > len(before))
    time.sleep(wait)
    workers = [process for process in children_of(program.pid) if is_worker(process)]
    kill(program.pid)
    program.wait()
    wait_until(lambda: not any(map(is_there, workers)), 20.0)  # nobody works on for a program that is gone
    assert {name: (folder / "done" / name).stat().st_mtime_ns for name in before} == before  # not run again


def kills_that_count(folder: Path, kills: int) -> int:
    """One kill more, unless every chunk was there already: then the sweep starts anew, and the kill is not counted."""
    if marks(folder) < CHUNKS:
        return kills + 1
    shutil.rmtree(folder)
    return kills


def test_a_program_killed_at_any_moment_is_gone_on_with(tmp_path: Path, expected: xr.Dataset) -> None:
    """Killed while chunks are run or written, again and again, and gone on with by the same command."""
    chance, folder, kills = random.Random(1), tmp_path / "sweep", 0
    while kills < KILLS:
        kill_after_a_chunk(folder, chance.random() * 0.3)
        kills = kills_that_count(folder, kills)
    again = finish(tmp_path)
    assert again.returncode == 0, again.stderr
    assert_same(folder, expected)
    assert not list(folder.rglob("*.partial"))


def test_workers_killed_at_any_moment_change_nothing(tmp_path: Path, expected: xr.Dataset) -> None:
    """A program whose portion is lost twice ends with advice, and the same command goes on."""
    chance, folder, kills = random.Random(2), tmp_path / "sweep", 0
    program = start(*ARGUMENTS, "--out", str(tmp_path))
    while kills < KILLS:
        workers = [process for process in children_of(program.pid) if is_worker(process)]
        if program.poll() is not None:
            assert program.returncode == (0 if marks(folder) == CHUNKS else 1)
            if marks(folder) == CHUNKS:
                assert_same(folder, expected)
                shutil.rmtree(folder)
            program = start(*ARGUMENTS, "--out", str(tmp_path))
        elif workers and marks(folder):
            time.sleep(chance.random() * 0.2)
            kill(chance.choice(workers))
            kills += marks(folder) < CHUNKS
            time.sleep(0.5)
        time.sleep(0.02)
    program.wait()
    again = finish(tmp_path)
    assert again.returncode == 0, again.stderr
    assert_same(folder, expected)


def limited(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def test_a_full_disk_is_a_clear_fault_and_gone_on_with(tmp_path: Path, expected: xr.Dataset) -> None:
    """No file may grow beyond some size: the small arrays of a chunk are written, the large ones are not."""
    full = subprocess.run(
        call(*ARGUMENTS, "--out", str(tmp_path)),
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
        preexec_fn=lambda: limited(200_000),
    )
    assert full.returncode == 1
    assert "cannot be written: File too large" in full.stderr
    assert "make room" in full.stderr
    assert "Traceback" not in full.stderr
    assert marks(tmp_path / "sweep") == 0
    again = finish(tmp_path)
    assert again.returncode == 0, again.stderr
    assert_same(tmp_path / "sweep", expected)


def test_a_disk_that_fills_up_while_summing_up_loses_no_draw(tmp_path: Path, whole: Path, expected: xr.Dataset) -> None:
    """The summary is the largest file of all."""
    folder = shutil.copytree(whole, tmp_path / "sweep")
    size = (folder / "summary.nc").stat().st_size
    (folder / "summary.nc").unlink()
    full = subprocess.run(
        call(*ARGUMENTS, "--out", str(tmp_path)),
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        check=False,
        preexec_fn=lambda: limited(size - 1),
    )
    assert full.returncode == 1
    assert "make room" in full.stderr
    assert "Traceback" not in full.stderr
    assert_same(folder, expected)
    assert not (folder / "summary.nc").exists()
    assert finish(tmp_path).returncode == 0
    assert (folder / "summary.nc").exists()


def test_two_programs_on_one_folder(tmp_path: Path) -> None:
    arguments = [*ARGUMENTS, "--draws", "400000", "--out", str(tmp_path)]
    first, folder = start(*arguments), tmp_path / "sweep"
    wait_until(lambda: marks(folder) >= 1)
    second = subprocess.run(call(*arguments), capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    assert first.poll() is None
    kill(first.pid)
    first.wait()
    assert second.returncode == 2
    assert "another program is writing to this folder" in second.stderr


def test_a_folder_of_another_sweep_stays_as_it_is(tmp_path: Path, whole: Path, expected: xr.Dataset) -> None:
    shutil.copytree(whole, tmp_path / "sweep")
    others = (("--seed", "6"), ("--set", "rd_policy=0.01"), ("--set", "ledger.cancel=p0_tr_nanheng"))
    for change in others:
        arguments = [*ARGUMENTS, *change, "--out", str(tmp_path)]
        other = subprocess.run(call(*arguments), capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
        assert other.returncode == 2, change
        assert "these are the results of another sweep" in other.stderr
        assert "Traceback" not in other.stderr
    assert_same(tmp_path / "sweep", expected)
    attributes = json.loads((tmp_path / "sweep" / ZARR / "zarr.json").read_text(encoding="utf-8"))["attributes"]
    assert json.loads(attributes["identity"])["seed"] == "5"


def test_sweeps_started_in_the_same_second_keep_every_result(tmp_path: Path) -> None:
    """Two that differ have folders of their own; of two that are alike one is told that the other is writing."""
    alike = ["--draws", "2000", "--seed", "5", "--workers", "1", "--quiet", "--out", str(tmp_path)]
    other = [*alike, "--seed", "6"]
    programs = [start(*arguments) for arguments in (alike, other, alike)]
    codes = [program.wait() for program in programs]
    assert codes[1] == 0
    assert 0 in (codes[0], codes[2])
    assert set(codes) <= {0, 2}
    folders = sorted(tmp_path.glob("sweep-plan_2025-*"))
    assert len(folders) == 2
    assert [read_draws(folder).sizes["draw"] for folder in folders] == [2000, 2000]
    assert all((folder / "sweep.html").is_file() for folder in folders)


def test_a_damaged_sweep_is_made_again_by_the_same_command(tmp_path: Path, whole: Path, expected: xr.Dataset) -> None:
    folder = shutil.copytree(whole, tmp_path / "sweep")
    chunk = folder / ZARR / "lost" / "c" / "3"
    content = bytearray(chunk.read_bytes())
    content[-1] ^= 1
    chunk.write_bytes(bytes(content))
    (folder / ZARR / "zarr.json").write_bytes(b"")
    (folder / "done" / "0000000000.json").write_bytes(b"")
    again = finish(tmp_path)
    assert again.returncode == 0, again.stderr
    assert_same(folder, expected)
