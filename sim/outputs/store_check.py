"""Whether a store of draws is what its plan says, before it is gone on with: arrays, names and what is said of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from sim.errors import Fault, Place, UsageError
from sim.text import Text

DAMAGED = Text("扫描结果已损坏", "the results of the sweep are damaged")
DELETE = Text("请删去此文件夹后重新运行", "delete this folder and run again")


def damaged(place: Path) -> UsageError:
    """The fault of a store that cannot be used."""
    return UsageError(Fault(DAMAGED, Place(place), DELETE))


def opened(store: Path, names: Iterable[str]) -> dict[str, Any]:
    """Some arrays of a store by name.

    Raises
    ------
    UsageError
        when one is not there or cannot be read.
    """
    try:
        group = zarr.open_group(store, mode="r")
        return {name: group[name] for name in names}
    except Exception as error:  # whatever a library makes of files that were changed
        raise damaged(store) from error


def fail_if_arrays_differ(store: Path, planned: Mapping[str, tuple[tuple[int, ...], str, Mapping[str, Any]]]) -> None:
    """Each array has the planned shape, type and attributes.

    Raises
    ------
    UsageError
        when one has not.
    """
    for name, array in opened(store, planned).items():
        shape, dtype, attributes = planned[name]
        if array.shape != shape or array.dtype != np.dtype(dtype) or dict(array.attrs) != as_stored(attributes):
            raise damaged(store / name)


def fail_if_names_differ(store: Path, coordinates: Mapping[str, Any], attributes: Mapping[str, Any]) -> None:
    """The coordinates and what the store says of itself are the planned ones.

    Raises
    ------
    UsageError
        when they are not.
    """
    for name, array in opened(store, coordinates).items():
        try:
            values = np.asarray(array[...]).tolist()
        except Exception as error:  # whatever a library makes of files that were changed
            raise damaged(store / name) from error
        if values != list(coordinates[name]):
            raise damaged(store / name)
    told = json.loads((store / "zarr.json").read_text(encoding="utf-8"))["attributes"]
    if any(told.get(name) != value for name, value in as_stored(attributes).items()):
        raise damaged(store)


def as_stored(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes as JSON gives them back."""
    found: dict[str, Any] = json.loads(json.dumps(dict(attributes)))
    return found


def chunk_files(store: Path, arrays: Mapping[str, int], number: int) -> list[Path]:
    """The file of a chunk in each array, by the number of dimensions before the draws."""
    return [store / name / "c" / "/".join([*("0" for _ in range(before)), str(number)]) for name, before in arrays.items()]
