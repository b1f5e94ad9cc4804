"""Some series of a dataset as a long table: one row for a year, and for a draw where there are draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.base.errors import Fault, UsageError
from sim.base.text import Language, Text
from sim.base.words import unit_text
from sim.report.sweeps.figures import fail_if_not_kept, series_in
from sim.simulate.sweeps.names import named_series
from sim.simulate.sweeps.statistics import labelled

MOST_ROWS = 20_000_000
"""Rows of a table, at most: a few gigabytes."""


def long_table(dataset: xr.Dataset, names: Sequence[str], language: Language) -> pd.DataFrame:
    """Columns series, name, unit, year and value, with draw where there are draws; a variable stands for all its members.

    Raises
    ------
    UsageError
        when a series is not there, or the table would not fit into memory.
    """
    found = dict[str, xr.DataArray]()
    for name in names:
        fail_if_not_kept(dataset, name)
        found |= {name: series_in(dataset, dataset, name)} if "[" in name else _members(dataset, name)
    rows = sum(array.size for array in found.values())
    if rows > MOST_ROWS:
        message = Text(
            f"表格会有 {rows:,} 行，上限 {MOST_ROWS:,} 行", f"the table would have {rows:,} rows; the limit is {MOST_ROWS:,}"
        )
        raise UsageError(
            Fault(message, advice=Text("请少选几个序列，或先用 .sel 选年份", "name fewer series, or choose years with .sel"))
        )
    parts = [_part(dataset, name, array, language) for name, array in found.items()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["series", "name", "unit", "year", "value"])


def _members(dataset: xr.Dataset, name: str) -> dict[str, xr.DataArray]:
    """Every member of a variable by its name."""
    array = dataset[name]
    dims = [dim for dim in ("year", "draw") if dim in array.dims]
    coords = {dim: array[dim].to_numpy() for dim in dims}
    return {label: xr.DataArray(values, coords, dims) for label, values in labelled(name, array.transpose(..., *dims))}


def _part(dataset: xr.Dataset, name: str, array: xr.DataArray, language: Language) -> pd.DataFrame:
    named = named_series(dataset, name)
    dims = [dim for dim in ("draw", "year") if dim in array.dims]
    places = np.meshgrid(
        *(array[dim].to_numpy() if dim in array.coords else np.arange(array.sizes[dim]) for dim in dims), indexing="ij"
    )
    columns: dict[str, Any] = {dim: place.ravel() for dim, place in zip(dims, places, strict=True)}
    values = named.scale * array.transpose(*dims).to_numpy().ravel()
    label = named.label.in_language(language)
    unit = unit_text(named.unit, language) if named.unit else ""
    return pd.DataFrame({"series": name, "name": label, "unit": unit, **columns, "value": values})
