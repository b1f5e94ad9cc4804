"""The program as a process of its own: started, watched, killed, and its results read."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import xarray as xr

from sim.result.draw_store import DONE, read_draws

ROOT = Path(__file__).resolve().parents[2]


def call(*arguments: str) -> list[str]:
    """The command line of a sweep, in English."""
    return [sys.executable, "-m", "sim", "sweep", "plan_2025", "--home", str(ROOT), "--lang", "en", *arguments]


def start(*arguments: str) -> subprocess.Popen[str]:
    """The program, started. It may not write where its orphans could keep a pipe open."""
    return subprocess.Popen(
        call(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, encoding="utf-8", cwd=ROOT, env=environment()
    )


def environment() -> dict[str, str]:
    """The environment without what would slow the start."""
    return {**os.environ, "PYTHONWARNINGS": "error::UserWarning:sim"}


def marks(folder: Path) -> int:
    """Chunks that are complete."""
    return len(list((folder / DONE).glob("[0-9]*.json"))) if (folder / DONE).is_dir() else 0


def wait_until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    """Wait for something to happen, but not for ever."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def children_of(process: int) -> list[int]:
    """Processes below a process, as the system tells."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
            if parent == process:
                found += [int(entry.name), *children_of(int(entry.name))]
    return found


def is_worker(process: int) -> bool:
    """Whether a process is one that runs draws, and not one that only watches over resources."""
    try:
        words = (Path("/proc") / str(process) / "cmdline").read_bytes()
    except OSError:
        return False
    return b"popen_loky" in words


def kill(process: int) -> None:
    """End a process as nothing can be prepared for."""
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def assert_same(folder: Path, expected: xr.Dataset) -> None:
    """The draws of a folder are the expected ones, bit for bit."""
    found = read_draws(folder)
    assert set(found.data_vars) == set(expected.data_vars)
    for name, array in expected.data_vars.items():
        np.testing.assert_array_equal(found[name].to_numpy(), array.to_numpy(), err_msg=str(name))


def is_there(process: int) -> bool:
    """Whether a process is there, and not only waiting to be buried."""
    try:
        return (Path("/proc") / str(process) / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return False
