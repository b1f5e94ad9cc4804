"""An ensemble as a dataset: mean, standard deviation and quantiles of every output by year.

Quantiles of very many draws are read from histograms; the most by which they can be off stands beside them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from sim.model.graph import Graph
from sim.numerics.ensemble import LEVELS, Ensemble


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
