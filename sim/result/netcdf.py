"""Trees of datasets as netCDF: the bytes of one file with a group per node, and nodes read back.

Groups are written by the netCDF library itself, each variable defined before the first number goes in: xarray writes number by
number, which for some six hundred variables takes ten times as long. Read back, they are identical; a test holds them to that.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import xarray as xr

_log = logging.getLogger(__name__)
_FIRST_SIZE = 4_000_000
_BESIDE = "coordinates"
"""Attribute in which xarray, too, names coordinates that are no dimension."""


def packed(tree: xr.DataTree) -> bytes:
    """Return the bytes of a netCDF-4 file: a group per node, numbers and texts as they are.

    It is made in memory: HDF5 does not survive a full disk, while a plain file says so.
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
    beside = " ".join(str(name) for name in dataset.coords if name not in dataset.dims)
    group.setncatts({**dataset.attrs, _BESIDE: beside} if beside else dataset.attrs)
    for dimension, size in dataset.sizes.items():
        group.createDimension(str(dimension), size)
    found = []
    for name, array in dataset.variables.items():
        text, truth = array.dtype.kind in "UOT", array.dtype.kind == "b"
        number = np.dtype("i1") if truth else np.dtype(f"{array.dtype.kind}{array.dtype.itemsize}")  # order of bytes of here
        variable = group.createVariable(str(name), str if text else number, [str(dim) for dim in array.dims])
        variable.setncatts({**array.attrs, "dtype": "bool"} if truth else array.attrs)  # as xarray marks truth values
        found.append((variable, array.values.astype(object) if text else array.values))
    return found


def read_tree(file: Path) -> xr.DataTree:
    """Read a file into memory.

    xarray's own reader leaves the file open, and HDF5 then takes what is written in its place for damaged.
    """
    nodes: dict[str, xr.Dataset] = {}
    with netCDF4.Dataset(file) as whole:
        waiting = [("/", whole)]
        for path, group in waiting:
            nodes[path] = _read(group)
            waiting += [(f"{path.rstrip('/')}/{name}", inner) for name, inner in group.groups.items()]
    return xr.DataTree.from_dict(nodes)


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


def read_group(file: Path, group: str | None = None) -> xr.Dataset:
    """Read one group of a file into memory, or the root."""
    _log.info("read %s, group %s", file, group or "/")
    with xr.open_dataset(file, engine="netcdf4", group=group) as dataset:
        return dataset.load()
