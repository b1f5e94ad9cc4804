"""The origin of a result, and the differences of two stored runs: versions and input hashes, settings, results year by year."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.result.tree import read_tree


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
    resolved = {file: file.resolve() for file in files if file.is_file()}
    hashes = {
        place.relative_to(home).as_posix() if place.is_relative_to(home) else file.name: file_hash(file)
        for file, place in resolved.items()
    }
    packages = ("numpy", "xarray", "matplotlib", "pydantic")
    versions = {"python": platform.python_version(), "platform": sys.platform}
    versions |= {name: metadata.version(name) for name in packages}
    return Provenance(versions, hashes, settings)


RELATIVE = 1e-9


@dataclass(frozen=True)
class RunDifference:
    """One thing that differs: an input or the largest difference of a result, with its label and unit where it has any."""

    kind: str
    name: str
    first: str
    second: str
    label_zh: str = ""
    label_en: str = ""
    units: str = ""


def differences(first: Path, second: Path) -> list[RunDifference]:
    """All differences of two run files: what was run, inputs, results, and last the versions and files behind them."""
    one, two = (read_tree(file.read_bytes()) for file in (first, second))
    return [
        *_differing("run", ("scenario", "city", "method", "steps_per_year"), one.attrs, two.attrs),
        *dataset_differences("input", one["inputs"].to_dataset(), two["inputs"].to_dataset()),
        *dataset_differences("result", one["results"].to_dataset(), two["results"].to_dataset()),
        *_differing_hashes("versions", one.attrs, two.attrs),
        *_differing_hashes("input_hashes", one.attrs, two.attrs),
    ]


def _differing(
    kind: str, names: Iterable[str], first: Mapping[Any, Any], second: Mapping[Any, Any], most: int | None = None
) -> list[RunDifference]:
    """Entries that differ, the first so many characters of each."""
    differing = [name for name in names if first.get(name) != second.get(name)]
    return [RunDifference(kind, name, *(str(held.get(name, "—"))[:most] for held in (first, second))) for name in differing]


def _differing_hashes(kind: str, first: Mapping[Any, Any], second: Mapping[Any, Any]) -> list[RunDifference]:
    one, two = (json.loads(attributes.get(kind, "{}")) for attributes in (first, second))
    return _differing(kind, sorted({*one, *two}), one, two, most=12)


def dataset_differences(kind: str, first: xr.Dataset, second: xr.Dataset) -> list[RunDifference]:
    """The parts that two datasets do not share, and the largest difference of each variable that is not the same."""
    found = []
    for name in sorted({str(key) for key in first} | {str(key) for key in second}):
        if name not in first or name not in second:
            found.append(RunDifference(kind, name, *("—" if name not in data else "✓" for data in (first, second))))
            continue
        difference = _largest(first[name], second[name])
        if difference is not None:
            said = first[name].attrs
            label = (str(said.get(key, "")) for key in ("long_name_zh", "long_name", "units"))
            found.append(RunDifference(kind, name, *difference, *label))
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
