"""The user's cache folder, for what costs time to make and follows from its inputs alone.

An entry is named by the hash of everything that it depends on, and begins with the hash of its own content: a damaged one is
made again. Entries hold code, so they and the folder made for them are their owner's only (0600, 0700); one that belongs to
somebody else, or that others may write to, is not used. No library serves, since none keys its pickles by the code of the
engine and refuses entries that are damaged, stand under another name, or lie in a folder that others may write to.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import sys
from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from sim.base.durable import put

Made = TypeVar("Made")
PACKAGE = Path(__file__).resolve().parents[1]
_ROOMS = ("base", "inputs", "ledger", "model", "engine", "ensemble", "plan", "city", "simulate", "studies")
_MOST_ENTRIES = 256
_OTHERS_MAY_WRITE, _OWNER_ONLY = 0o022, 0o600
_DIGEST = 32
_ENTRY = re.compile(r"[a-z]+-[0-9a-f]{64}\.bin")


def kept(kind: str, key: str, make: Callable[[], Made]) -> Made:
    """The entry of this key, made and stored when it is missing or damaged. An empty key keeps nothing."""
    folder = cache_folder() if key else None
    if folder is None:
        return make()
    file = folder / f"{kind}-{digest([key.encode(), engine_key().encode()])}.bin"
    found = _read(file)
    if found is not None:
        made: Made = found[0]
        return made
    made = make()
    _write(file, made)
    return made


def digest(parts: Iterable[bytes]) -> str:
    """One hash of several parts; where one part ends matters."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "little"))
        total.update(part)
    return total.hexdigest()


@cache
def engine_key() -> str:
    """Hash what an entry depends on besides its own key: the code that makes it, Python, numpy, pint and ruamel.yaml."""
    files = [file for room in _ROOMS for kind in ("py", "csv") for file in sorted(PACKAGE.glob(f"{room}/**/*.{kind}"))]
    texts = [file.read_bytes() for file in files]
    return digest(
        [*texts, sys.version.encode(), np.__version__.encode(), version("pint").encode(), version("ruamel.yaml").encode()]
    )


@cache
def program_key() -> str:
    """Hash what results depend on: the engine, and what studies and texts are made by."""
    texts = [file.read_bytes() for room in ("result", "report") for file in sorted(PACKAGE.glob(f"{room}/**/*.py"))]
    return digest([engine_key().encode(), *texts])


def cache_folder() -> Path | None:
    """The folder of the cache, made if need be; None where there can be none."""
    folder = _place()
    if folder is None:
        return None
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = folder.stat()
    except OSError:
        return None
    if hasattr(os, "getuid") and (state.st_uid != os.getuid() or state.st_mode & _OTHERS_MAY_WRITE):
        return None
    return folder


def _place() -> Path | None:
    """Return the system's folder of caches; a variable that is empty or no absolute path counts for nothing, as XDG has it."""
    name = "regional-scenario-simulator"
    if sys.platform == "win32":
        places = {"SIM_CACHE": "", "LOCALAPPDATA": f"{name}/cache"}
    elif sys.platform == "darwin":
        places = {"SIM_CACHE": "", "HOME": f"Library/Caches/{name}"}
    else:
        places = {"SIM_CACHE": "", "XDG_CACHE_HOME": name, "HOME": f".cache/{name}"}
    folders = ((Path(os.environ.get(variable, "")), inside) for variable, inside in places.items())
    return next((folder / inside for folder, inside in folders if folder.is_absolute()), None)


def _sealed(file: Path, content: bytes) -> bytes:
    """The hash that an entry begins with: of its name too, so that no entry passes for another."""
    return hashlib.sha256(file.name.encode() + content).digest()


def _read(file: Path) -> tuple[Any] | None:
    """The content in a tuple, so that None can be told from nothing."""
    try:
        raw = file.read_bytes() if file.is_file() else b""
    except OSError:
        return None
    content = raw[_DIGEST:]
    if not content or _sealed(file, content) != raw[:_DIGEST]:
        return None
    try:
        return (pickle.loads(content),)  # noqa: S301  our own folder, which nobody else may write to, and the hash is right
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError, ValueError):
        return None


def _write(file: Path, made: object) -> None:
    """A full or read-only disk, or too deep an equation, only means that nothing is kept."""
    try:
        content = pickle.dumps(made)
        put(file, _sealed(file, content) + content, _OWNER_ONLY)
        # The oldest of its kind go, and only what has the name of an entry: the folder may hold things of the user's.
        kind = file.name.partition("-")[0]
        ours = [entry for entry in file.parent.glob(f"{kind}-*.bin") if _ENTRY.fullmatch(entry.name)]
        for entry in sorted(ours, key=lambda entry: entry.stat().st_mtime, reverse=True)[_MOST_ENTRIES:]:
            entry.unlink(missing_ok=True)
    except (OSError, RecursionError):
        return
