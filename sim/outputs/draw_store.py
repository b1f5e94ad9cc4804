"""Draws on disk: a Zarr group that xarray opens, written chunk by chunk by whoever ran the draws, and a mark for each chunk.

    FOLDER/draws.zarr   arrays [year, dims..., draw], the values of the inputs, which targets each draw meets
    FOLDER/done         a small file for each chunk that is complete, with the draws that were lost in it
    FOLDER/.lock        held by the program that writes

A chunk's arrays are written first, each to a file aside that is renamed, and its mark last. So whatever ends a program, a chunk
with a mark is whole, one without is run again, and since a draw depends on nothing but its number, the numbers are the same.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import xarray as xr
import zarr
from numpy.typing import NDArray
from zarr.codecs import BloscCodec, Crc32cCodec

from sim.errors import Fault, Place, UsageError
from sim.numerics.blocks import CHUNK
from sim.outputs.sweep_folder import PARTIAL, disk_faults, fail_if_other_things, locked, put
from sim.text import Text

Values = NDArray[Any]
ZARR, DONE = "draws.zarr", "done"
IDENTITY = "identity"
_MOST_CHUNKS, _LARGEST = 256, 16


@dataclass(frozen=True)
class ArrayPlan:
    """One array: its dimensions before the draws, its type, what fills it before it is written, and attributes."""

    dims: tuple[str, ...]
    dtype: str
    fill: Any
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StorePlan:
    """What a store is to hold. `identity` names everything that decides its numbers, and what each is."""

    identity: Mapping[str, str]
    count: int
    arrays: Mapping[str, ArrayPlan]
    coordinates: Mapping[str, Sequence[Any]]
    attributes: Mapping[str, Any]

    @property
    def chunk(self) -> int:
        """Draws of a chunk: a few hundred chunks at most, unless they would become too large to hold."""
        return CHUNK * min(max(-(-self.count // (CHUNK * _MOST_CHUNKS)), 1), _LARGEST)

    @property
    def chunks(self) -> list[tuple[int, int]]:
        """First draw of each chunk and the one after its last."""
        return [(start, min(start + self.chunk, self.count)) for start in range(0, self.count, self.chunk)]

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of an array with the draws."""
        return (*(len(self.coordinates[dim]) for dim in self.arrays[name].dims), self.count)


@contextmanager
def open_store(folder: Path, plan: StorePlan) -> Iterator[DrawStore]:
    """The store of a folder, made where there is none yet, and nobody else's meanwhile.

    Raises
    ------
    UsageError
        when the folder holds something else, or another program is writing to it.
    RunError
        when it cannot be written.
    """
    if not (folder / ZARR).exists():
        fail_if_other_things(folder, frozenset({DONE}))
    with disk_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if (folder / ZARR).exists():
            fail_if_other_sweep(folder, plan)
        with disk_faults(folder):
            if not (folder / ZARR).exists():
                _create(folder, plan)
            _clear(folder)
        yield DrawStore(folder, plan)


def fail_if_other_sweep(folder: Path, plan: StorePlan) -> None:
    """Results that differ in anything that decides the numbers are not gone on with.

    Raises
    ------
    UsageError
        naming what differs.
    """
    there, wanted = read_identity(folder), dict(plan.identity)
    if there == wanted:
        return
    differing = [name for name in {**there, **wanted} if there.get(name) != wanted.get(name)]
    shown = [f"{name} {there.get(name, '—')} ≠ {wanted.get(name, '—')}" for name in differing]
    message = Text("这里是另一次扫描的结果：", "these are the results of another sweep: ")
    listed = Text("；".join(shown), "; ".join(shown))
    advice = Text("请用 --name 另取名称，或删去此文件夹", "choose another name with --name, or delete this folder")
    raise UsageError(Fault(message + listed, Place(folder), advice))


def read_identity(folder: Path) -> dict[str, str]:
    """What a store says that decided its numbers.

    Raises
    ------
    UsageError
        when it cannot be read.
    """
    try:
        attributes = json.loads((folder / ZARR / "zarr.json").read_text(encoding="utf-8"))["attributes"]
        return {str(key): str(value) for key, value in json.loads(attributes[IDENTITY]).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(Fault(_DAMAGED, Place(folder / ZARR), _DELETE)) from error


_CHECKSUM = "checksum"
_DAMAGED = Text("扫描结果已损坏", "the results of the sweep are damaged")
_DELETE = Text("请删去此文件夹后重新运行", "delete this folder and run again")


def _create(folder: Path, plan: StorePlan) -> None:
    """Lay out the arrays aside, and give the store its name when it is whole."""
    aside = folder / f".{ZARR}-{os.getpid()}{PARTIAL}"
    shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(folder / DONE, ignore_errors=True)
    coordinates = {name: _plain(values) for name, values in plan.coordinates.items()}
    dataset = xr.Dataset(coords=coordinates, attrs={**plan.attributes, IDENTITY: json.dumps(dict(plan.identity))})
    dataset.to_zarr(aside, mode="w-", consolidated=False, zarr_format=3)
    group = zarr.open_group(aside, mode="r+")
    for name, item in plan.arrays.items():
        shape = plan.shape(name)
        group.create_array(
            name,
            shape=shape,
            chunks=(*shape[:-1], min(plan.chunk, plan.count)),
            dtype=item.dtype,
            fill_value=item.fill,
            compressors=[BloscCodec(cname="zstd", clevel=1, shuffle="shuffle"), Crc32cCodec()],
            dimension_names=(*item.dims, "draw"),
            attributes=dict(item.attributes),
        )
    (folder / DONE).mkdir()
    aside.rename(folder / ZARR)


def _plain(values: Sequence[Any]) -> Values:
    """Names as text of any length, numbers as numbers."""
    return np.array(values, dtype=object) if any(isinstance(item, str) for item in values) else np.array(values)


def _clear(folder: Path) -> None:
    """Remove what programs that were killed left unfinished."""
    (folder / DONE).mkdir(exist_ok=True)
    for rest in folder.rglob(f"*{PARTIAL}"):
        if rest.is_dir():
            shutil.rmtree(rest, ignore_errors=True)
        else:
            rest.unlink(missing_ok=True)


@dataclass(frozen=True)
class DrawStore:
    """A store that may be written to."""

    folder: Path
    plan: StorePlan

    def missing(self) -> list[tuple[int, int]]:
        """Chunks that are not complete yet."""
        return [chunk for chunk in self.plan.chunks if not _mark(self.folder, chunk[0]).exists()]

    def present(self) -> list[Any]:
        """What was noted of each chunk that is complete, in their order."""
        marks = (_mark(self.folder, start) for start, _ in self.plan.chunks)
        return [json.loads(mark.read_text(encoding="utf-8")) for mark in marks if mark.exists()]


def write_chunk(folder: Path, start: int, arrays: Mapping[str, Values], note: Any) -> None:
    """Write the arrays [dims..., draw] of a whole chunk that begins with the draw `start`, and then its mark.

    Raises
    ------
    RunError
        when there is no room, or the folder cannot be written.
    """
    with disk_faults(folder), zarr.config.set({"array.write_empty_chunks": True}):  # a file that is not there was lost
        group = zarr.open_group(folder / ZARR, mode="r+")
        for name, values in arrays.items():
            array = cast("zarr.Array[Any]", group[name])
            array[..., start : start + values.shape[-1]] = values
        put(_mark(folder, start), json.dumps(note).encode())


def _mark(folder: Path, start: int) -> Path:
    return folder / DONE / f"{start:010d}.json"


def read_draws(folder: Path) -> xr.Dataset:
    """The draws of a folder, read when they are used.

    Raises
    ------
    UsageError
        when there are none, or they are damaged.
    """
    if not (folder / ZARR).is_dir():
        message = Text("没有扫描结果", "there are no results of a sweep")
        raise UsageError(Fault(message, Place(folder)))
    read_identity(folder)
    group = zarr.open_group(folder / ZARR, mode="r")
    if any(array.nchunks_initialized < array.nchunks for _, array in group.arrays()):
        raise UsageError(Fault(Text("扫描结果不全", "results of the sweep are missing"), Place(folder / ZARR), _DELETE))
    dataset: xr.Dataset = xr.open_zarr(folder / ZARR, consolidated=False, chunks=None)
    return dataset


@contextmanager
def damage_is_a_fault(draws: xr.Dataset) -> Iterator[None]:
    """A chunk of some draws whose checksum does not fit is a fault with advice, when it is read.

    Raises
    ------
    UsageError
        when a chunk was changed after it was written.
    """
    try:
        yield
    except ValueError as error:
        if _CHECKSUM not in str(error):
            raise
        raise UsageError(Fault(_DAMAGED, Place(Path(draws.encoding.get("source", ZARR))), _DELETE)) from error
