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
    group.setncatts(dataset.attrs)
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
    """Read a file into memory."""
    with xr.open_datatree(file, engine="netcdf4") as tree:
        return tree.load()


def read_group(file: Path, group: str | None = None) -> xr.Dataset:
    """Read one group of a file into memory, or the root."""
    _log.info("read %s, group %s", file, group or "/")
    with xr.open_dataset(file, engine="netcdf4", group=group) as dataset:
        return dataset.load()
