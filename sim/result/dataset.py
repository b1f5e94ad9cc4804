"""Results as an xarray dataset: one value per year and member, with unit, kind and names in two languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr

from sim.engine.integrate import YearValues
from sim.model.declarations import Quantity, Variable
from sim.model.graph import Graph
from sim.model.names import Labels

REPORTED = {"flow": "total of the year", "level": "at the end of the year", "ratio": "ratio of the year's values"}


def yearly_unit(unit: str, kind: str) -> str:
    """Unit of a year's value: a flow per year becomes an amount, and so does a ratio with a flow above the line."""
    return unit if kind == "level" else unit.removesuffix("/a")


def to_dataset(years: Iterable[YearValues], graph: Graph, labels: Labels) -> xr.Dataset:
    """Collect the years of a central run (one draw) into a dataset with a `year` dimension."""
    rows = list(years)
    known = {name: item for name, item in graph.quantities.items() if name in rows[0].values}
    variables = {
        name: xr.Variable(
            (*item.dims, "year"),
            np.stack([row.values[name][..., 0] for row in rows], axis=-1),
            _attributes(name, item, labels),
        )
        for name, item in known.items()
    }
    used = {dim for item in known.values() for dim in item.dims}
    coordinates: dict[str, Any] = {dim: list(graph.dimensions[dim].members) for dim in graph.dimensions if dim in used}
    attributes = {"embedded_error": rows[-1].embedded_error} if rows[-1].embedded_error else {}
    return xr.Dataset(variables, coords={**coordinates, "year": [row.year for row in rows]}, attrs=attributes)


def _attributes(name: str, item: Quantity, labels: Labels) -> dict[str, str]:
    kind = item.kind if isinstance(item, Variable) else "level"
    label = labels.variables[name]
    return {
        "units": yearly_unit(labels.unit(name, item.unit), kind),
        "kind": kind if isinstance(item, Variable) else "stock",
        "reported": REPORTED[kind],
        "long_name": label.en,
        "long_name_zh": label.zh,
    }
