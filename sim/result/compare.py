"""The origin of a result, and the differences of two stored runs: versions and input hashes, settings, results year by year."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.result.store import read_attributes
from sim.result.tree import read_group


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


RELATIVE = 1e-9


@dataclass(frozen=True)
class Difference:
    """One thing that differs: an input or the largest difference of a result, with its label and unit where it has any."""

    kind: str
    name: str
    first: str
    second: str
    label_zh: str = ""
    label_en: str = ""
    units: str = ""


def differences(first: Path, second: Path) -> list[Difference]:
    """All differences of two run files: what was run, inputs, results, and last the versions and files behind them."""
    one, two = read_attributes(first), read_attributes(second)
    return [
        *_run_differences(one, two),
        *dataset_differences("input", read_group(first, "inputs"), read_group(second, "inputs")),
        *dataset_differences("result", read_group(first, "results"), read_group(second, "results")),
        *_hash_differences(one, two),
    ]


def _run_differences(first: dict[str, Any], second: dict[str, Any]) -> list[Difference]:
    return [
        Difference("run", key, str(first.get(key, "")), str(second.get(key, "")))
        for key in ("scenario", "city", "method", "steps_per_year")
        if first.get(key) != second.get(key)
    ]


def _hash_differences(first: dict[str, Any], second: dict[str, Any]) -> list[Difference]:
    found = []
    for key in ("versions", "input_hashes"):
        one, two = json.loads(first.get(key, "{}")), json.loads(second.get(key, "{}"))
        names = sorted(set(one) | set(two))
        found += [
            Difference(key, name, str(one.get(name, "—"))[:12], str(two.get(name, "—"))[:12])
            for name in names
            if one.get(name) != two.get(name)
        ]
    return found


def dataset_differences(kind: str, first: xr.Dataset, second: xr.Dataset) -> list[Difference]:
    """What two datasets do not share, and the largest difference of each variable that is not the same."""
    found = []
    for name in sorted({str(key) for key in first} | {str(key) for key in second}):
        if name not in first or name not in second:
            found.append(Difference(kind, name, *("—" if name not in data else "✓" for data in (first, second))))
            continue
        difference = _largest(first[name], second[name])
        if difference is not None:
            said = first[name].attrs
            label = (str(said.get(key, "")) for key in ("long_name_zh", "long_name", "units"))
            found.append(Difference(kind, name, *difference, *label))
    return found


def _largest(first: xr.DataArray, second: xr.DataArray) -> tuple[str, str] | None:
    one, two = xr.broadcast(first, second)
    one, two = xr.align(one, two, join="inner")
    gap = np.abs(one.values - two.values)
    scale = np.maximum(np.maximum(np.abs(one.values), np.abs(two.values)), 1e-300)
    relative = gap / scale
    if not relative.size or np.nanmax(relative) <= RELATIVE:
        return None
    index = np.unravel_index(int(np.nanargmax(relative)), relative.shape)
    where = " ".join(str(one[dim].values[position]) for dim, position in zip(one.dims, index, strict=True) if dim != "region")
    return f"{one.values[index]:.6g} ({where})", f"{two.values[index]:.6g} ({where})"
