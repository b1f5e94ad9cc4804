"""Demand from outside the prefecture."""

from __future__ import annotations

from sim.model import Array, stock


@stock(unit="index", dims=("region",), initial=1.0)
def external_demand(external_demand: Array, external_demand_growth: Array) -> Array:
    """Demand for the city's kind of manufactures in its markets (P3), 1 at the start."""
    return external_demand * external_demand_growth
