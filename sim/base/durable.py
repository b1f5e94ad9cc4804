"""Files and folders that survive: put in place whole, and owned while in use.

A file is written aside, synced and renamed, so that a power cut leaves the old or the new one. The owner of a folder holds a
lock in it, which the system frees however the program ends, and notes machine and boot beside it. A folder is swept only where
both say that the owner is gone: a number of a process says nothing, since another machine that shares the disk, or this one
later, may have a process of that number.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import platform
import secrets
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout

_log = logging.getLogger(__name__)
PARTIAL = ".partial"
_NOT_FOR_FOLDERS = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EISDIR})
"""Errors of file systems that cannot sync a folder, such as those of some networks: then nothing more can be done."""


def aside_of(file: Path) -> Path:
    """A name beside a file that no other process on any machine takes."""
    return file.with_name(f"{file.name}-{secrets.token_hex(6)}{PARTIAL}")


def put(file: Path, content: bytes, mode: int = 0o666) -> Path:
    """Put a file in place, also of an older one: written aside and synced, then renamed.

    Parameters
    ----------
    file
        Where it belongs; its folder is made where it is missing.
    content
        All that it is to hold.
    mode
        Permissions of a new file, less what the user's mask takes away.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OSError
        when it cannot be written; what was there before stays.
    """
    file.parent.mkdir(exist_ok=True)
    aside = aside_of(file)
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(file)
    finally:
        aside.unlink(missing_ok=True)  # there only if it was not renamed
    sync_folder(file.parent)
    _log.info("wrote %s, %d bytes", file, len(content))
    return file


def put_text(file: Path, text: str) -> Path:
    """Put a UTF-8 file in place. See `put`."""
    return put(file, text.encode())


def sync_files(files: Iterable[Path]) -> None:
    """Sync files that something else wrote, and the folders that they stand in."""
    folders = set[Path]()
    for file in files:
        _sync(file)
        folders.add(file.parent)
    for folder in folders:
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder; a system that cannot do so is left alone."""
    if sys.platform == "win32":
        return
    try:
        _sync(folder)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise


def sync_tree(folder: Path) -> None:
    """Sync everything in a folder, and then the folder."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            _sync(Path(place) / name)
        sync_folder(Path(place))


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)  # Windows syncs what it may write to
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_folder(aside: Path, target: Path) -> Path:
    """Give a folder that is complete its name, which nothing but an empty folder may have yet.

    Raises
    ------
    OSError
        when something stands there; both stay as they are.
    """
    sync_tree(aside)
    aside.rename(target)
    sync_folder(target.parent)
    for place, _, names in os.walk(target):
        for name in sorted(names):
            _log.info("wrote %s", Path(place) / name)
    return target


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
    """Return the start of this machine, in seconds of its clock; the present where the system does not tell."""
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
    """An empty folder of one's own where the system keeps what is temporary; the marks of its owner stand beside it."""
    with owned_folder(Path(tempfile.gettempdir()), prefix) as own:
        folder = own / "content"
        folder.mkdir()
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
    """Tell whether a program of this user on this machine made a folder; its lock tells whether that is gone.

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
