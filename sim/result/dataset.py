"""Results and ensembles as xarray datasets, with unit, kind and names in two languages; the model beside published figures.

Quantiles of very many draws are read from histograms; the most by which they can be off stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from sim.base.text import Text
from sim.base.units import conversion
from sim.engine.integrate import YearValues
from sim.ensemble.running import LEVELS, MEDIAN, Ensemble
from sim.inputs.history import Datum, History
from sim.inputs.model_files import PublishedCheck
from sim.model.declarations import Quantity, Variable
from sim.model.graph import Graph
from sim.model.names import Labels

PROJECTION = "projection"
"""Attribute of a variable: `median` of the draws, or `central` run."""


def ensemble_dataset(ensemble: Ensemble, results: xr.Dataset, graph: Graph) -> xr.Dataset:
    """Statistics beside the central run `results`, from which names, units and years are taken."""
    variables: dict[str, Any] = {}
    for name, mean in ensemble.mean.items():
        dims, attributes = graph.dims_of(name), dict(results[name].attrs)
        by_year = ("year", *dims)
        variables[f"{name}_mean"] = (by_year, mean, attributes)
        variables[f"{name}_sd"] = (by_year, np.sqrt(ensemble.variance[name]), attributes)
        variables[f"{name}_quantile"] = (("quantile", *by_year), ensemble.quantiles[name], attributes)
        if ensemble.quantile_error is not None:
            variables[f"{name}_quantile_error"] = (by_year, ensemble.quantile_error[name], attributes)
    used = {dim for item in variables.values() for dim in item[0]} - {"year", "quantile"}
    coordinates: dict[str, Any] = {dim: list(graph.dimensions[dim].members) for dim in used}
    dataset = xr.Dataset(variables, coords={**coordinates, "year": results["year"].values, "quantile": list(LEVELS)})
    return dataset.assign_attrs(draws=ensemble.count, left_out=len(ensemble.lost), seed=str(ensemble.seed))


def projection_of(results: xr.Dataset, ensemble: xr.Dataset | None) -> xr.Dataset:
    """Results as they are shown: the median of the draws of each variable that they were summed up for, else the central run.

    Every variable says which of the two it is in its attribute `projection`.
    """
    shown = {}
    for name in results.data_vars:  # as variables: to align some six hundred arrays would take seconds
        variable = results.variables[name].copy(deep=False)
        kind = "central"
        if ensemble is not None and f"{name}_quantile" in ensemble:
            level = ensemble["quantile"].to_numpy().tolist().index(LEVELS[MEDIAN])
            median = ensemble.variables[f"{name}_quantile"].isel(quantile=level).transpose(*variable.dims)
            variable, kind = variable.copy(data=median.to_numpy()), "median"
        variable.attrs = {**variable.attrs, PROJECTION: kind}
        shown[name] = variable
    return xr.Dataset(shown, results.coords, results.attrs)


def in_both(name: str, dim: str, texts: Iterable[Text]) -> dict[str, tuple[str, list[str]]]:
    """Texts along a dimension as two variables, `NAME_zh` and `NAME_en`."""
    found = list(texts)
    return {f"{name}_zh": (dim, [text.zh for text in found]), f"{name}_en": (dim, [text.en for text in found])}


REPORTED = {"flow": "total of the year", "level": "at the end of the year", "ratio": "ratio of the year's values"}


def yearly_unit(unit: str, kind: str) -> str:
    """Unit of a year's value: a flow per year becomes an amount, and so does a ratio with a flow above the line."""
    return unit if kind == "level" else unit.removesuffix("/a")


def shown_unit(name: str, item: Quantity, labels: Labels) -> str:
    """Unit in which results hold a quantity by year."""
    return yearly_unit(labels.unit(name, item.unit), _kind(item))


def _kind(item: Quantity) -> str:
    return item.kind if isinstance(item, Variable) else "level"


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
    kind, label = _kind(item), labels.variables[name]
    return {
        "units": shown_unit(name, item, labels),
        "kind": kind if isinstance(item, Variable) else "stock",
        "reported": REPORTED[kind],
        "long_name": label.en,
        "long_name_zh": label.zh,
    }


PERCENT = "%"


@dataclass(frozen=True)
class Comparison:
    """One year of one comparison. `error_percent` is relative; for rates and shares `error` is in percentage points."""

    label: Text
    year: int
    unit: str
    model: float
    published: float
    error: float
    error_percent: float | None
    note: str


def compare_with_published(
    results: xr.Dataset, checks: Iterable[PublishedCheck], history: History, region: str, years: tuple[int, int]
) -> list[Comparison]:
    """All comparisons for the years from `years[0]` to `years[1]` that are published."""
    return [row for check in checks for row in _rows(results, check, history, region, years)]


def _rows(
    results: xr.Dataset, check: PublishedCheck, history: History, region: str, years: tuple[int, int]
) -> Iterable[Comparison]:
    published = published_series(check, history, region)
    modelled, unit = modelled_series(results, check, region)
    for year, datum in published.items():
        if years[0] <= year <= years[1] and year in modelled:
            value = modelled[year] * conversion(unit, datum.unit)
            error = value - datum.value
            relative = None if datum.unit == PERCENT else 100.0 * error / datum.value
            yield Comparison(check.label, year, datum.unit, value, datum.value, error, relative, datum.note)


def published_series(check: PublishedCheck, history: History, region: str) -> dict[int, Datum]:
    """The published side of a check; where a share is not published itself, it is the ratio of two series of one source."""
    own = history.series(check.history, region)
    if check.numerator is None or check.denominator is None:
        return own
    above = history.series(check.numerator, region)
    below = history.series(check.denominator, region)
    note = f"{check.numerator} / {check.denominator}"
    ratios = {
        year: Datum(
            region, year, check.history, 100 * item.value / below[year].value, PERCENT, item.source, item.known_from, note
        )
        for year, item in above.items()
        if year in below and (item.source == below[year].source or year not in own)
    }
    return dict(sorted((ratios | own).items()))


def modelled_series(results: xr.Dataset, check: PublishedCheck, region: str) -> tuple[dict[int, float], str]:
    """The model's side of a check: values by year, and their unit."""
    array = results[check.variable]
    unit = str(array.attrs["units"])
    if "region" in array.dims:
        array = array.sel(region=region)
    part = array
    for dim, members in check.members.items():
        part = part.sel({dim: members}).sum(dim)
    if check.reading == "share":
        part, unit = part / array.sum([dim for dim in array.dims if dim != "year"]), "ratio"
    if check.reading == "growth":
        part, unit = part / part.shift(year=1) - 1.0, "ratio"
    years = [int(year) for year in part["year"].values]
    return dict(zip(years, (float(value) for value in part.values), strict=True)), unit
