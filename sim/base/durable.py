"""Put files and folders in place so that a power cut leaves the old or the new one: write, sync file and folder, rename."""

from __future__ import annotations

import errno
import logging
import os
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path

_log = logging.getLogger(__name__)
PARTIAL = ".partial"
_NOT_FOR_FOLDERS = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EISDIR})
"""What file systems say that cannot sync a folder, such as those of some networks: then nothing more can be done."""


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
        _sync(file, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
        folders.add(file.parent)
    for folder in folders:
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Sync the names in a folder; a system that cannot do so is left alone."""
    if sys.platform == "win32":
        return
    try:
        _sync(folder, os.O_RDONLY)
    except OSError as error:
        if error.errno not in _NOT_FOR_FOLDERS:
            raise


def sync_tree(folder: Path) -> None:
    """Sync everything in a folder, and then the folder."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            _sync(Path(place) / name, os.O_RDWR if sys.platform == "win32" else os.O_RDONLY)
        sync_folder(Path(place))


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
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
