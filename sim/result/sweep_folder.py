"""The folder of a sweep: one program at a time, nothing of the user's overwritten, records that know when they were changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from sim.base.errors import Fault, Place, RunError, UsageError
from sim.base.text import Text

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


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """A disk that is full or may not be written to is a fault with advice; what was complete stays so."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        message = Text(f"扫描结果无法写入：{reason}", f"the results of the sweep cannot be written: {reason}")
        advice = Text(
            "腾出空间或检查权限后，用同一命令继续；已完成的部分不会重算",
            "make room or see to permissions, then run the same command: what is complete is not run again",
        )
        raise RunError(Fault(message, Place(folder), advice)) from error
