"""Draws on disk: a Zarr group that xarray opens, written chunk by chunk by whoever ran the draws, and a mark for each chunk.

    FOLDER/draws.zarr   arrays [year, dims..., draw], the values of the inputs, which targets each draw meets
    FOLDER/done         layout.json: whose the store is, and the checksums of all but the draws; and a mark for each chunk that
                        is complete: whose it is, which draws were lost in it, and the checksums of its files
    FOLDER/.lock        held by the program that writes

A chunk's arrays are written first, each to a file aside that is renamed, then synced to the disk, and its mark last. So
whatever ends a program or a machine, a chunk with a mark is whole, and one without is run again. Since a draw depends on
nothing but its number, and the layout on nothing but the plan, what is missing or damaged is made again and is the same.
"""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy as np
import xarray as xr
import zarr
from zarr.codecs import BloscCodec, Crc32cCodec
from zarr.errors import BaseZarrError

from sim.base.arrays import Values
from sim.base.durable import PARTIAL, aside_of, put, put_folder, sync_files, sync_tree
from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.ensemble.blocks import CHUNK
from sim.result.store import (
    checksums,
    differing,
    disk_faults,
    fail_if_other_things,
    locked,
    other_things,
    read_sealed,
    sealed,
)

ZARR, DONE = "draws.zarr", "done"
LAYOUT = "layout.json"
IDENTITY, ARRAYS, FILES = "identity", "arrays", "files"
_KEY = "sweep"
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
    """The contents of a store. `identity` names everything that decides its numbers, and what each is."""

    identity: Mapping[str, str]
    count: int
    arrays: Mapping[str, ArrayPlan]
    coordinates: Mapping[str, Sequence[Any]]
    attributes: Mapping[str, Any]

    @property
    def told(self) -> dict[str, Any]:
        """The record of the store: its attributes, its identity, which arrays it holds."""
        identity = {IDENTITY: json.dumps(dict(self.identity)), _KEY: self.key}
        return {**self.attributes, **identity, ARRAYS: json.dumps(list(self.arrays))}

    @property
    def chunk(self) -> int:
        """Draws of a chunk: a few hundred chunks at most, unless they would become too large to hold."""
        return CHUNK * min(max(-(-self.count // (CHUNK * _MOST_CHUNKS)), 1), _LARGEST)

    @property
    def chunks(self) -> list[tuple[int, int]]:
        """First draw of each chunk and the one after its last."""
        return [(start, min(start + self.chunk, self.count)) for start in range(0, self.count, self.chunk)]

    @property
    def key(self) -> str:
        """A hash of the identity: whose a chunk is, and in eight digits the name of the folder."""
        return _key_of(self.identity)

    def shape(self, name: str) -> tuple[int, ...]:
        """Shape of an array with the draws."""
        return (*(len(self.coordinates[dim]) for dim in self.arrays[name].dims), self.count)


def _key_of(identity: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(identity), sort_keys=True).encode()).hexdigest()[:16]


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
    with disk_faults(folder):
        if not (folder / ZARR).exists():
            fail_if_other_things(folder, _may_be_there)
        elif not (folder / DONE).is_dir():
            raise other_things(folder)
        folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if (folder / ZARR).exists():
            fail_if_other_sweep(folder, plan)
        with disk_faults(folder):
            _clear(folder)
            if not (folder / ZARR).exists():
                _create(folder, plan)
            elif layout_damage(folder):
                _mend(folder, plan)
        yield DrawStore(folder, plan)


def fail_if_other_sweep(folder: Path, plan: StorePlan) -> None:
    """Results that differ in anything that decides the numbers are not gone on with.

    Raises
    ------
    UsageError
        naming what differs.
    """
    there, wanted = read_identity(folder), dict(plan.identity)
    if there is None:  # both records are damaged; the chunks say whose they are
        owners = _owners(folder)
        if not owners:
            raise other_things(folder)
        there = wanted if owners == {plan.key} else {}
    if there == wanted:
        return
    differing_names = [name for name in {**there, **wanted} if there.get(name) != wanted.get(name)]
    shown = [f"{name} {there.get(name, '—')} ≠ {wanted.get(name, '—')}" for name in differing_names]
    message = Text("这里是另一次扫描的结果：", "these are the results of another sweep: ")
    listed = Text("；".join(shown), "; ".join(shown))
    advice = Text("请用 --name 另取名称，或删去此文件夹", "choose another name with --name, or delete this folder")
    raise UsageError(Fault(message + listed, Place(folder), advice))


def read_identity(folder: Path) -> dict[str, str] | None:
    """The identity of a store, as one of its two records says; None when both are damaged."""
    record = read_sealed(folder / DONE / LAYOUT)
    if record is not None:
        return {str(key): str(value) for key, value in record[IDENTITY].items()}
    try:
        attributes = json.loads((folder / ZARR / "zarr.json").read_text(encoding="utf-8"))["attributes"]
        found = {str(key): str(value) for key, value in json.loads(attributes[IDENTITY]).items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return found if attributes.get(_KEY) == _key_of(found) else None


def _owners(folder: Path) -> set[str]:
    """The keys of the sweeps whose chunks stand in a folder."""
    marks = (read_sealed(file) for file in (folder / DONE).glob("*.json"))
    return {str(mark[_KEY]) for mark in marks if mark is not None and _KEY in mark}


def layout_damage(folder: Path) -> list[str]:
    """Files of the store, other than draws, that are missing or do not fit their checksums; else the record itself."""
    record = read_sealed(folder / DONE / LAYOUT)
    return [LAYOUT] if record is None else differing(folder / ZARR, record[FILES])


_CHECKSUM = "checksum"
_MARK = re.compile(r"\d{10,}\.json")
_PLAN_ASIDE = re.compile(rf"\.{re.escape(ZARR)}-[0-9a-f]+{re.escape(PARTIAL)}")
_FILE_ASIDE = re.compile(rf".+\.(json|nc|csv|html|png|svg)-[0-9a-f]+{re.escape(PARTIAL)}")


def _may_be_there(item: Path) -> bool:
    """Tell whether something in a folder without a store was left by a program of ours that was killed."""
    if item.name == DONE and item.is_dir():
        ours = (_MARK, re.compile(re.escape(LAYOUT)), _FILE_ASIDE)
        return all(any(name.fullmatch(mark.name) for name in ours) for mark in item.iterdir())
    return _PLAN_ASIDE.fullmatch(item.name) is not None


def _create(folder: Path, plan: StorePlan) -> None:
    """Lay out the arrays aside, and give the store its name when it is whole."""
    shutil.rmtree(folder / DONE, ignore_errors=True)
    (folder / DONE).mkdir()
    aside = _laid_out(folder, plan)
    put_folder(aside, folder / ZARR)


def _mend(folder: Path, plan: StorePlan) -> None:
    """Lay out the arrays anew beside the draws that are there."""
    aside = _laid_out(folder, plan)
    for name in checksums(aside, (file for file in aside.rglob("*") if file.is_file())):
        place = folder / ZARR / name
        place.parent.mkdir(parents=True, exist_ok=True)
        put(place, (aside / name).read_bytes())
    shutil.rmtree(aside)


def _laid_out(folder: Path, plan: StorePlan) -> Path:
    """The store without any draws, aside, and the record of it in its place."""
    aside = aside_of(folder / f".{ZARR}")
    _lay_out(aside, plan)
    sync_tree(aside)
    files = checksums(aside, (file for file in aside.rglob("*") if file.is_file()))
    put(folder / DONE / LAYOUT, sealed({IDENTITY: dict(plan.identity), FILES: files}))
    return aside


def _lay_out(place: Path, plan: StorePlan) -> None:
    coordinates = {name: _plain(values) for name, values in plan.coordinates.items()}
    dataset = xr.Dataset(coords=coordinates, attrs=plan.told)
    dataset.to_zarr(place, mode="w-", consolidated=False, zarr_format=3)
    group = zarr.open_group(place, mode="r+")
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


def _plain(values: Sequence[Any]) -> Values:
    """Names as text of any length, numbers as numbers."""
    return np.array(values, dtype=object) if any(isinstance(item, str) for item in values) else np.array(values)


def _clear(folder: Path) -> None:
    """Remove what programs that were killed left unfinished."""
    (folder / DONE).mkdir(exist_ok=True)
    for rest in folder.iterdir():
        if _PLAN_ASIDE.fullmatch(rest.name):
            shutil.rmtree(rest, ignore_errors=True)
    beside = (file for part in (folder, folder / DONE, folder / "figures") for file in part.glob(f"*{PARTIAL}"))
    for rest in (*(file for file in beside if _FILE_ASIDE.fullmatch(file.name)), *(folder / ZARR).rglob(f"*{PARTIAL}")):
        rest.unlink(missing_ok=True)


@dataclass(frozen=True)
class DrawStore:
    """A store that may be written to."""

    folder: Path
    plan: StorePlan

    def missing(self) -> list[tuple[int, int]]:
        """Chunks that are not complete yet."""
        return [chunk for number, chunk in enumerate(self.plan.chunks) if not self._is_whole(number, chunk[0])]

    def present(self) -> list[Any]:
        """The notes of each chunk that is complete, in their order."""
        notes = (_note(self.folder, start, self.plan.key) for start, _ in self.plan.chunks)
        return [note for note in notes if note is not None]

    def _is_whole(self, number: int, start: int) -> bool:
        """Tell whether a chunk has its mark, and all its files fit the checksums in it; what does not is made again."""
        note = _note(self.folder, start, self.plan.key)
        if note is None:
            return False
        before = {name: len(item.dims) for name, item in self.plan.arrays.items()}
        files = {file.relative_to(self.folder / ZARR).as_posix() for file in chunk_files(self.folder / ZARR, before, number)}
        return files == set(note[FILES]) and not differing(self.folder / ZARR, note[FILES])


def chunk_files(store: Path, arrays: Mapping[str, int], number: int) -> list[Path]:
    """The file of a chunk in each array, by the number of dimensions before the draws."""
    return [store / name / "c" / "/".join([*("0" for _ in range(before)), str(number)]) for name, before in arrays.items()]


def write_chunk(folder: Path, start: int, arrays: Mapping[str, Values], note: Mapping[str, Any], key: str) -> None:
    """Write the arrays [dims..., draw] of a whole chunk that begins with the draw `start`, and then its mark.

    `key` is that of the plan: what was meant for another store that once stood here is not written.

    Raises
    ------
    RunError
        when there is no room, or the folder cannot be written.
    UsageError
        when the store is another's, or whoever writes does not see it.
    """
    if not (folder / ZARR).is_dir():
        raise _not_seen(folder)
    identity = read_identity(folder)
    if identity is None or _key_of(identity) != key:
        message = Text("这里已换成另一次扫描的结果", "the results of another sweep stand here now")
        raise UsageError(Fault(message, Place(folder)))
    with disk_faults(folder), zarr.config.set({"array.write_empty_chunks": True}):  # a file that is not there was lost
        group = zarr.open_group(folder / ZARR, mode="r+")
        files = list[Path]()
        for name, values in arrays.items():
            array = cast("zarr.Array[Any]", group[name])
            array[..., start : start + values.shape[-1]] = values
            if values.size:  # of no targets there is no file
                files += chunk_files(folder / ZARR, {name: values.ndim - 1}, start // array.chunks[-1])
        sync_files(files)
        put(_mark(folder, start), sealed({**note, _KEY: key, FILES: checksums(folder / ZARR, files)}))


def _not_seen(folder: Path) -> UsageError:
    """The fault of a worker on another machine that has no such folder, or of a folder that was removed meanwhile."""
    host = platform.node()
    message = Text(f"{host} 上没有这个结果文件夹", f"the machine {host} does not see this folder of results")
    advice = Text(
        "集群的各工作进程须能写入同一文件夹：请用 --out 指定各机器共享的文件夹，路径也要相同",
        "all workers of a cluster write into one folder: name one with --out that every machine shares under the same path",
    )
    return UsageError(Fault(message, Place(folder), advice))


def _mark(folder: Path, start: int) -> Path:
    return folder / DONE / f"{start:010d}.json"


def _note(folder: Path, start: int, key: str) -> dict[str, Any] | None:
    """The note of a chunk of the sweep with this key; None where it has no mark, or one that was changed."""
    note = read_sealed(_mark(folder, start))
    return note if note is not None and note.get(_KEY) == key else None


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
    if layout_damage(folder):
        raise damaged(folder / ZARR)
    try:
        dataset: xr.Dataset = xr.open_zarr(folder / ZARR, consolidated=False, chunks=None)
        group = zarr.open_group(folder / ZARR, mode="r")
        arrays = [cast("zarr.Array[Any]", group[name]) for name in json.loads(dataset.attrs[ARRAYS])]
        missing = any(array.nchunks_initialized < array.nchunks for array in arrays)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, BaseZarrError) as error:
        raise damaged(folder / ZARR) from error
    if missing:
        raise UsageError(Fault(Text("扫描结果不全", "results of the sweep are missing"), Place(folder / ZARR), _AGAIN))
    return dataset


_AGAIN = Text(
    "用同一命令再运行一次：缺损的部分会补算，其余不重算",
    "run the same command: what is missing or damaged is made again, and nothing else",
)


def damaged(place: Path) -> UsageError:
    """The fault of draws that do not fit their checksums."""
    return UsageError(Fault(Text("扫描结果有损坏", "the results of the sweep are damaged"), Place(place), _AGAIN))


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
        raise damaged(Path(draws.encoding.get("source", ZARR))) from error
