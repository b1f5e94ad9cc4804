"""Records that know when they were changed, and checksums of the files that they speak of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

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
