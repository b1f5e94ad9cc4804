"""Folders of results: of runs, written aside and renamed so that a broken run leaves nothing half-written, and of sweeps.

A name is reserved by making a folder, which only one program can do. A run that finds its name taken when it is done takes the
next free one: results are never given up for a name. The folder of a sweep is written to by one program at a time, and keeps
records that know when they were changed.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sim.base.durable import owned, owned_folder, put_folder, sweep, sync_files, sync_folder
from sim.base.errors import Fault, Place, RunError, UsageError, os_faults
from sim.base.text import Text
from sim.inputs.files import is_file, is_folder

_log = logging.getLogger(__name__)
RUN_FILE = "run.nc"
_PARTIAL = ".partial-"
_CONTENT = "content"


def run_id(digest: str, now: datetime) -> str:
    """YYYYMMDD-HHMMSS-<8 hex of the inputs' hash>."""
    return f"{now:%Y%m%d-%H%M%S}-{digest[:8]}"


@dataclass
class Pending:
    """A results folder in the making: where to write, and what it will be called.

    `target` changes only when another program has taken the name without reserving it.
    """

    folder: Path
    target: Path


@contextmanager
def results_folder(parent: Path, name: str) -> Iterator[Pending]:
    """A folder to write into; it gets its name only when the block ends well, and is removed when it does not.

    Raises
    ------
    RunError
        when the folder cannot be written, for example because a file is held open by another program.
    """
    with _faults(parent), ExitStack() as held:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent, _PARTIAL)
        names = _names(name)
        reserved, target = _reserved(parent, names, held)
        pending = Pending(reserved / _CONTENT, target)
        pending.folder.mkdir()
        yield pending
        while not _took_its_name(pending):
            _, pending.target = _reserved(parent, names, held)


def _names(name: str) -> Iterator[str]:
    """A name, and the further ones for runs that find it taken."""
    return (name if number == 1 else f"{name}-{number}" for number in count(1))


def _reserved(parent: Path, names: Iterable[str], held: ExitStack) -> tuple[Path, Path]:
    """The first name that is free, reserved by a folder that only one program can make; the folder and the target.

    The target is looked for last: whoever had the reservation before has put its results there by then.
    """
    for name in names:
        target, folder = parent / name, parent / f"{_PARTIAL}{name}"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        held.enter_context(owned(folder))
        if not os.path.lexists(target):
            return folder, target
    raise AssertionError("names do not end")


def _took_its_name(pending: Pending) -> bool:
    """Give the results their name, unless something stands there that was not there when the name was reserved."""
    try:
        put_folder(pending.folder, pending.target)
    except OSError:
        if not os.path.lexists(pending.target):
            raise
        return False
    return True


@contextmanager
def new_files(folder: Path) -> Iterator[Path]:
    """A folder to write files into that belong into `folder`; each takes its place, also of an older one, when all are written.

    Raises
    ------
    RunError
        when a file cannot be written, or the one whose place it takes is held open by another program.
    """
    with _faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with owned_folder(folder, _PARTIAL) as own:
            aside = own / _CONTENT
            aside.mkdir()
            yield aside
            files = sorted(item for item in aside.rglob("*") if item.is_file())
            sync_files(files)
            targets = [folder / file.relative_to(aside) for file in files]
            for file, target in zip(files, targets, strict=True):
                target.parent.mkdir(exist_ok=True)
                file.replace(target)
                _log.info("wrote %s", target)
            for place in {folder, *(target.parent for target in targets)}:
                sync_folder(place)


@contextmanager
def _faults(parent: Path) -> Iterator[None]:
    """Turn what the system refuses into one clear error."""
    try:
        yield
    except OSError as error:
        place = Place(Path(error.filename) if isinstance(error.filename, str) else parent)
        message = Text(f"结果无法写入：{error.strerror or error}", f"results cannot be written: {error.strerror or error}")
        advice = Text("检查权限、磁盘空间，并关闭正在打开的文件", "check permissions and disk space, and close open files")
        raise RunError(Fault(message, place, advice)) from error


def fail_if_not_writable(parent: Path) -> None:
    """A results folder that cannot be made is said before any work, as far as permissions tell.

    Raises
    ------
    RunError
        when the folder, or the nearest one above that exists, is none or may not be written to.
    """
    nearest = next(folder for folder in (parent.absolute(), *parent.absolute().parents) if os.path.lexists(folder))
    if not is_folder(nearest) or not os.access(nearest, os.W_OK | os.X_OK):
        message = Text("结果无法写入：不是可写的文件夹", "results cannot be written: this is no folder that may be written to")
        raise RunError(Fault(message, Place(nearest), Text("请用 --out 另选文件夹", "choose another folder with --out")))


def find_runs(results: Path) -> list[Path]:
    """Run folders, oldest first."""
    return sorted(folder for folder in results.glob("*") if folder.is_dir() and _scenarios(folder))


def find_run(name: str, results: Path) -> dict[str, Path]:
    """Run files by scenario of a run: a path, an id, or `latest`.

    Raises
    ------
    UsageError
        when there is no such run.
    """
    runs = find_runs(results) if is_folder(results) else []
    folder = runs[-1] if name == "latest" and runs else Path(name) if is_folder(Path(name)) else results / name
    found = {folder.resolve().name: folder / RUN_FILE} if is_file(folder / RUN_FILE) else _scenarios(folder)
    if not found:
        known = "、".join(item.name for item in runs[-3:]) or "—"
        message = Text(f"没有运行结果 {name}", f"no run {name}")
        raise UsageError(Fault(message, Place(results), Text(f"最近的运行：{known}", f"latest runs: {known}")))
    return found


def _scenarios(folder: Path) -> dict[str, Path]:
    if not is_folder(folder):
        return {}
    return {file.parent.name: file for file in sorted(folder.glob(f"*/{RUN_FILE}")) if is_file(file)}


_SEAL = "seal"


def sealed(record: Mapping[str, Any]) -> bytes:
    """A record as JSON, with the checksum of itself."""
    return json.dumps({**record, _SEAL: _checksum(json.dumps(record).encode())}).encode()


def read_sealed(file: Path) -> dict[str, Any] | None:
    """The record of a file; None where there is none, or any byte of it was changed."""
    try:
        content = file.read_bytes()
        record: dict[str, Any] = json.loads(content)
        del record[_SEAL]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return record if sealed(record) == content else None


def checksums(folder: Path, files: Iterable[Path]) -> dict[str, str]:
    """The checksum of each file, by its path in a folder."""
    return {file.relative_to(folder).as_posix(): _checksum(file.read_bytes()) for file in sorted(files)}


def differing(folder: Path, expected: Mapping[str, str]) -> list[str]:
    """The files of a folder that are missing or do not fit their checksums."""
    return [name for name, checksum in expected.items() if _checksum_of(folder / name) != checksum]


def _checksum_of(file: Path) -> str:
    try:
        return _checksum(file.read_bytes())
    except OSError:
        return ""


def _checksum(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=16).hexdigest()


LOCK = ".lock"


def fail_if_other_things(folder: Path, is_ours: Callable[[Path], bool]) -> None:
    """A folder with other things in it is left alone; `is_ours` tells what may be there.

    Raises
    ------
    UsageError
        when something else is there.
    """
    if not folder.exists():
        return
    if not folder.is_dir() or any(item.name != LOCK and not is_ours(item) for item in folder.iterdir()):
        raise other_things(folder)


def other_things(folder: Path) -> UsageError:
    """The fault of a folder with something else in it."""
    message = Text("这里已有别的内容，不是扫描结果", "there are other things here, not results of a sweep")
    return UsageError(Fault(message, Place(folder), Text("请用 --name 另取名称", "choose another name with --name")))


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; the system frees it when a program ends, however it ends.

    Raises
    ------
    UsageError
        when another program holds it.
    """
    lock = FileLock(folder / LOCK, timeout=0)
    with disk_faults(folder):
        try:
            lock.acquire()
        except Timeout as error:
            message = Text("另一个程序正在写这个文件夹", "another program is writing to this folder")
            advice = Text("等它结束，或用 --name 另取名称", "wait for it, or choose another name with --name")
            raise UsageError(Fault(message, Place(folder), advice)) from error
    try:
        yield
    finally:
        lock.release()


def disk_faults(folder: Path) -> AbstractContextManager[None]:
    """A disk that is full or may not be written to is a fault with advice; what was complete stays so."""
    advice = Text(
        "腾出空间或检查权限后，用同一命令继续；已完成的部分不会重算",
        "make room or see to permissions, then run the same command: what is complete is not run again",
    )
    return os_faults(folder, Text("扫描结果无法写入", "the results of the sweep cannot be written"), advice)
