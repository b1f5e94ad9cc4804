"""Records as trees of datasets, and trees as netCDF: whatever a record holds is read back equal.

A dataset of a record becomes a node. A tuple of records becomes a node that is a table: a row for each, a column for each
field, those of a record inside named with a dot, such as `target.unit`. A record that holds datasets or tables becomes a node
with nodes of its own. What is left stands among the attributes. Numbers and texts stay what they are, all else is JSON.

Nodes are written by the netCDF library itself, each variable defined before the first number goes in: xarray writes number by
number, which for some six hundred variables takes ten times as long.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_args, get_type_hints

import netCDF4
import numpy as np
import xarray as xr
from pydantic import TypeAdapter

_FIRST_SIZE = 4_000_000
_BESIDE = "coordinates"
"""Attribute in which xarray, too, names coordinates that are no dimension."""


def packed(tree: xr.DataTree) -> bytes:
    """Return the bytes of a netCDF-4 file: a group per node, numbers and texts as they are.

    It is made in memory: HDF5 does not survive a full disk, while a plain file says so.

    Raises
    ------
    ValueError
        when a text holds a NUL, at which netCDF would cut it off.
    """
    file = netCDF4.Dataset("memory", "w", memory=_FIRST_SIZE)
    nodes: list[tuple[Any, xr.DataTree]] = [
        (file if node.path == "/" else file.createGroup(node.path), node) for node in tree.subtree
    ]
    variables = [pair for group, node in nodes for pair in _defined(group, node.to_dataset(inherit=False))]
    for variable, values in variables:
        variable[...] = values
    return bytes(file.close())


def _defined(group: netCDF4.Group, dataset: xr.Dataset) -> list[tuple[netCDF4.Variable[Any], Any]]:
    """Dimensions and variables of a group, and what is to be written into each variable."""
    _fail_if_cut_off(dataset.attrs)
    beside = " ".join(str(name) for name in dataset.coords if name not in dataset.dims)
    group.setncatts({**dataset.attrs, _BESIDE: beside} if beside else dataset.attrs)
    for dimension, size in dataset.sizes.items():
        group.createDimension(str(dimension), size)
    found = []
    for name, array in dataset.variables.items():
        text, truth = array.dtype.kind in "UOT", array.dtype.kind == "b"
        _fail_if_cut_off({**array.attrs, name: array.values if text else None})
        kind: Any = str if text else np.dtype("i1") if truth else np.dtype(f"{array.dtype.kind}{array.dtype.itemsize}")
        variable = group.createVariable(str(name), kind, [str(dim) for dim in array.dims])  # in the order of bytes of here
        variable.setncatts({**array.attrs, "dtype": "bool"} if truth else array.attrs)  # as xarray marks truth values
        found.append((variable, array.values.astype(object) if text else array.values))
    return found


def _fail_if_cut_off(held: Mapping[Any, Any]) -> None:
    for name, value in held.items():
        if any(isinstance(text, str) and "\0" in text for text in np.ravel(np.asarray(value, dtype=object))):
            raise ValueError(f"a text of {name} holds a NUL")


_MISFITS = (LookupError, AttributeError, TypeError, OverflowError, RecursionError)
"""Errors of reading where a file is not what was written."""


def read_tree(content: bytes) -> xr.DataTree:
    """Read the bytes of a file.

    Raises
    ------
    OSError
        when they are none of a netCDF file.
    ValueError
        when they are damaged.
    """
    nodes: dict[str, xr.Dataset] = {}
    with netCDF4.Dataset("memory", memory=content) as whole:
        try:
            waiting = [("/", whole)]
            for path, group in waiting:
                nodes[path] = _read(group)
                waiting += [(f"{path.rstrip('/')}/{name}", inner) for name, inner in group.groups.items()]
            return xr.DataTree.from_dict(nodes)
        except (*_MISFITS, RuntimeError) as error:
            raise ValueError(f"the file is damaged: {error}") from error


def _read(group: Any) -> xr.Dataset:
    """Read the numbers, texts and attributes of a group as they were written."""
    variables = {}
    for name, stored in group.variables.items():
        stored.set_auto_maskandscale(False)
        attributes = {key: stored.getncattr(key) for key in stored.ncattrs()}
        truth = attributes.pop("dtype", "") == "bool"
        values = stored[...]
        variables[name] = (stored.dimensions, values.astype(bool) if truth else values, attributes)
    attributes = {key: group.getncattr(key) for key in group.ncattrs()}
    beside = attributes.pop(_BESIDE, "").split()
    return xr.Dataset(variables, attrs=attributes).set_coords(beside)


Record = TypeVar("Record")
FieldPath = tuple[str, ...]
ROWS = "rows"
_CODED, _ABSENT = "coded", "absent"
"""Attributes of a column: that its cells are JSON; the rows without a number, since not-a-number is one."""
_LARGEST = 2**62


def tree_of(record: Any) -> xr.DataTree:
    """Return a record as a tree; `record_of` reads it back equal."""
    return xr.DataTree.from_dict(dict(_nodes(record, "/")))


def record_of(tree: xr.DataTree, kind: type[Record]) -> Record:
    """Read a record from its tree.

    Raises
    ------
    ValueError
        when the tree was made of a record of another shape, or is damaged.
    """
    hints = _hints(kind)
    try:
        named = {path: hint for path, hint in _leaves(kind).items() if not _is_part(hints[path[0]])}
        plain = _nested({path: _stored(tree.attrs[".".join(path)], hint) for path, hint in named.items()})
        found = {name: TypeAdapter(hints[name]).validate_python(value) for name, value in plain.items()}
        return kind(**found, **{name: _part(tree, name, hint) for name, hint in hints.items() if _is_part(hint)})
    except (ValueError, *_MISFITS) as error:
        raise ValueError(f"no tree of a {kind.__name__}: {error}") from error


def _nodes(record: Any, place: str) -> Iterator[tuple[str, xr.Dataset]]:
    kind, attributes = type(record), dict[str, Any]()
    for name, hint in _hints(kind).items():
        value, below = getattr(record, name), f"{place.rstrip('/')}/{name}"
        if _is_table(hint):
            yield below, _table(value, hint)
        elif _is_branch(hint):
            yield from _nodes(value, below)
        elif isinstance(value, xr.Dataset):
            yield below, value
        elif not _is_part(hint):
            told, leaves = {name: TypeAdapter(hint).dump_python(value)}, _leaves(kind).items()
            attributes |= {".".join(path): _storable(_at(told, path), of) for path, of in leaves if path[0] == name}
    yield place, xr.Dataset(attrs=attributes)


def _part(tree: xr.DataTree, name: str, hint: Any) -> Any:
    if name not in tree.children and type(None) in get_args(hint):
        return None
    node = tree.children[name]  # a KeyError where it is missing
    if _is_branch(hint):
        return record_of(node, hint)
    return _rows(node.to_dataset(), hint) if _is_table(hint) else node.to_dataset()


def _hints(kind: Any) -> Mapping[str, Any]:
    """The types of a record's fields."""
    known = get_type_hints(kind)
    return {item.name: known[item.name] for item in fields(kind)}


def _leaves(kind: Any) -> Mapping[FieldPath, Any]:
    """The fields of a record and of the records inside, with their types; one that may be absent counts as a whole."""
    found: dict[FieldPath, Any] = {}
    for name, hint in _hints(kind).items():
        if is_dataclass(hint) and not _is_part(hint):
            found |= {(name, *path): inner for path, inner in _leaves(hint).items()}
        else:
            found[name,] = hint
    return found


def _is_part(hint: Any) -> bool:
    """True for a field that becomes a node."""
    return _is_table(hint) or _is_branch(hint) or xr.Dataset in (hint, *get_args(hint))


def _is_table(hint: Any) -> bool:
    inside = get_args(hint)
    return inside[1:] == (Ellipsis,) and is_dataclass(inside[0])


def _is_branch(hint: Any) -> bool:
    return is_dataclass(hint) and any(_is_part(inner) for inner in _hints(hint).values())


def _table(records: Sequence[Any], hint: Any) -> xr.Dataset:
    rows = TypeAdapter(hint).dump_python(tuple(records))
    paths = _leaves(get_args(hint)[0]) if rows else ()
    return xr.Dataset({".".join(path): _column([_at(row, path) for row in rows]) for path in paths}, attrs={ROWS: len(rows)})


def _column(values: list[Any]) -> xr.Variable:
    if all(isinstance(value, str) for value in values):
        return xr.Variable("row", np.array(values, dtype=object))
    if {type(value) for value in values} <= {int, float, type(None)} and any(value is not None for value in values):
        absent = [place for place, value in enumerate(values) if value is None]
        numbers = np.array([np.nan if value is None else float(value) for value in values])
        return xr.Variable("row", numbers, {_ABSENT: _json(absent)} if absent else {})
    return xr.Variable("row", np.array([_json(value) for value in values], dtype=object), {_CODED: "json"})


def _rows(table: xr.Dataset, hint: Any) -> Any:
    if table.attrs[ROWS] != table.sizes.get("row", 0):
        raise ValueError("a table of another length than was written")
    names = [tuple(str(name).split(".")) for name in table.data_vars]
    cells = zip(*(_cells(column) for column in table.data_vars.values()), strict=True)
    return TypeAdapter(hint).validate_python(tuple(_nested(dict(zip(names, row, strict=True))) for row in cells))


def _cells(column: xr.DataArray) -> list[Any]:
    values = column.values.tolist()
    if _CODED in column.attrs:
        return [json.loads(value) for value in values]
    absent = set(json.loads(column.attrs.get(_ABSENT, "[]")))
    return [None if place in absent else value for place, value in enumerate(values)]


def _at(value: Any, path: FieldPath) -> Any:
    for name in path:
        value = value[name]
    return value


def _nested(flat: Mapping[FieldPath, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for (*outer, last), value in flat.items():
        inside = found
        for name in outer:
            inside = inside.setdefault(name, {})
        inside[last] = value
    return found


def _storable(value: Any, hint: Any) -> Any:
    """A value as an attribute."""
    return value if hint is str or (type(value) in {int, float} and abs(value) < _LARGEST) else _json(value)


def _stored(raw: Any, hint: Any) -> Any:
    value = raw.item() if isinstance(raw, np.generic) else raw
    return json.loads(value) if isinstance(value, str) and hint is not str else value


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    """A set in an order that does not depend on the run; a path as a text."""
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
