"""An ensemble as a dataset: mean, standard deviation and quantiles of every output by year.

Quantiles of very many draws are read from histograms; the most by which they can be off stands beside them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from sim.ensemble.running import LEVELS, MEDIAN, Ensemble
from sim.model.graph import Graph

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
    shown = {str(name): array.assign_attrs({PROJECTION: "central"}) for name, array in results.data_vars.items()}
    for name, array in shown.items() if ensemble is not None else ():
        if ensemble is not None and f"{name}_quantile" in ensemble:
            median = ensemble[f"{name}_quantile"].sel(quantile=LEVELS[MEDIAN], drop=True).transpose(*array.dims)
            shown[name] = array.copy(data=median.to_numpy()).assign_attrs({PROJECTION: "median"})
    return results.assign(shown)
