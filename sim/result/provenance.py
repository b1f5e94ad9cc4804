"""Where a result comes from: versions, hashes of every input, the scenario's changes, the home folder."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path


@dataclass(frozen=True)
class Provenance:
    """Versions and input hashes of a run."""

    versions: dict[str, str]
    inputs: dict[str, str]
    settings: tuple[str, ...]

    @property
    def digest(self) -> str:
        """One hash over all inputs and settings."""
        lines = [f"{name} {value}" for name, value in sorted(self.inputs.items())]
        return hashlib.sha256("\n".join([*lines, *self.settings]).encode()).hexdigest()


def file_hash(file: Path) -> str:
    """SHA-256 of a file's content."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def provenance(files: Iterable[Path], home: Path, settings: tuple[str, ...]) -> Provenance:
    """Hash the inputs by their path below the home folder."""
    hashes = {_name(file, home): file_hash(file) for file in files if file.is_file()}
    packages = ("numpy", "xarray", "matplotlib", "pydantic")
    versions = {"python": platform.python_version(), "platform": sys.platform}
    versions |= {name: metadata.version(name) for name in packages}
    return Provenance(versions, hashes, settings)


def _name(file: Path, home: Path) -> str:
    resolved = file.resolve()
    return resolved.relative_to(home).as_posix() if resolved.is_relative_to(home) else file.name
