"""Folders that a program owns while it runs, and those of programs that are gone, which the next one sweeps away.

The owner holds a lock in the folder, which the system frees however the program ends, and notes machine and boot beside it.
A folder is swept only where both say that the owner is gone: a number of a process says nothing, since another machine that
shares the disk, or this one later, may have a process of that number.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

from sim.base.durable import put_text

RECORD, LOCK = ".owner.json", ".owner.lock"


@cache
def host() -> str:
    """Name of this machine and, where the system has one, the number it was given when it was set up."""
    return f"{platform.node()} {_line_of('/etc/machine-id')}".strip()


@cache
def boot() -> str:
    """Number of this start of the machine; empty where the system does not number them."""
    return _line_of("/proc/sys/kernel/random/boot_id")


def started() -> float:
    """When this machine started, in seconds of its clock; the present where the system does not tell."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.time() - (0.0 if clock is None else time.clock_gettime(clock))


def _line_of(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except OSError:
        return ""


@contextmanager
def owned_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder that only its owner may read, removed at the end; those of programs that are gone are removed first."""
    sweep(parent, prefix)
    with owned(Path(tempfile.mkdtemp(prefix=prefix, dir=parent))) as folder:
        yield folder


@contextmanager
def scratch_folder(prefix: str = "sim-work-") -> Iterator[Path]:
    """A folder of one's own where the system keeps what is temporary."""
    with owned_folder(Path(tempfile.gettempdir()), prefix) as folder:
        yield folder


@contextmanager
def owned(folder: Path) -> Iterator[Path]:
    """Own a folder that was just made, and remove it at the end."""
    lock = FileLock(folder / LOCK, timeout=0)
    try:
        lock.acquire()
        put_text(folder / RECORD, json.dumps({"host": host(), "boot": boot(), "process": os.getpid()}))
        yield folder
    finally:
        with suppress(OSError):
            (folder / RECORD).unlink(missing_ok=True)  # first: a folder without a record is nobody's to sweep
        lock.release()
        shutil.rmtree(folder, ignore_errors=True)


def sweep(parent: Path, prefix: str) -> None:
    """Remove the folders whose names begin with the prefix, and whose owner was a program of this machine that is gone."""
    for folder in parent.glob(f"{prefix}*"):
        with suppress(OSError, Timeout):
            if _is_ours(folder):
                with FileLock(folder / LOCK, timeout=0):
                    (folder / RECORD).unlink(missing_ok=True)
                shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    """Whether a program of this user on this machine made a folder; its lock tells whether that is gone.

    What cannot be told is somebody else's, and so is what another start made after this one: a machine of the same name did.
    """
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or (hasattr(os, "getuid") and state.st_uid != os.getuid()):
        return False
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        made_here = bool(record["boot"] == boot()) or (folder / RECORD).stat().st_mtime < started()
        return bool(record["host"] == host()) and made_here
    except (ValueError, KeyError, TypeError):
        return False
