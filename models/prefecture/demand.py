"""Demand from outside the prefecture."""

from __future__ import annotations

from sim.model import Array, at, stock


@stock(unit="index", dims=("region",), initial=1.0)
def external_demand(
    external_demand: Array, outlook_growth: Array, demand_elasticity: Array, external_demand_lead: Array
) -> Array:
    """Demand for the city's kind of manufactures in its markets (P3), 1 at the start: with the nation, and a lead over it."""
    return external_demand * (demand_elasticity * at(outlook_growth, sector="manufacturing") + external_demand_lead)
