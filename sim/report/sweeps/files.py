"""Files beside the draws: each is written aside and renamed, so that an interrupted program leaves nothing half-written."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import xarray as xr

from sim.base.durable import put
from sim.plan.tables import cell_text
from sim.result.netcdf import packed


def put_table(file: Path, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file with a byte-order mark, as Excel wants it; numbers to ten significant digits."""
    stream = StringIO()
    writer = csv.writer(stream)
    writer.writerow([cell_text(head) for head in heads])
    writer.writerows([cell_text(cell) for cell in row] for row in rows)
    put(file, stream.getvalue().encode("utf-8-sig"))


def put_datasets(file: Path, groups: Mapping[str, xr.Dataset], attributes: Mapping[str, Any]) -> None:
    """Write a netCDF file with one group for each dataset."""
    nodes = {name: dataset.drop_attrs(deep=False) for name, dataset in groups.items()}
    put(file, packed(xr.DataTree.from_dict({"/": xr.Dataset(attrs=attributes), **nodes})))
