"""Datasets as netCDF: the bytes of one file with a group per dataset, and groups read back.

Groups are written by the netCDF library itself, each variable defined before the first number goes in: xarray writes number by
number, which for some six hundred variables takes ten times as long. Read back, they are identical; a test holds them to that.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import xarray as xr

_log = logging.getLogger(__name__)
_FIRST_SIZE = 4_000_000


def packed(groups: Mapping[str, xr.Dataset], attributes: Mapping[str, Any]) -> bytes:
    """The bytes of a netCDF-4 file: attributes at the root, one group per dataset, numbers and texts as they are.

    It is made in memory: HDF5 does not survive a full disk, while a plain file says so.
    """
    file = netCDF4.Dataset("memory", "w", memory=_FIRST_SIZE)
    file.setncatts(attributes)
    variables = [pair for name, dataset in groups.items() for pair in _defined(file.createGroup(name), dataset)]
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
        text = array.dtype.kind in "UOT"
        kind = str if text else np.dtype(f"{array.dtype.kind}{array.dtype.itemsize}")  # in the order of bytes of this machine
        variable = group.createVariable(str(name), kind, [str(dim) for dim in array.dims])
        variable.setncatts(array.attrs)
        found.append((variable, array.values.astype(object) if text else array.values))
    return found


def read_group(file: Path, group: str | None = None) -> xr.Dataset:
    """Read one group of a file into memory, or the root."""
    _log.info("read %s, group %s", file, group or "/")
    with xr.open_dataset(file, engine="netcdf4", group=group) as dataset:
        return dataset.load()
