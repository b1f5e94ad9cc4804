"""Labour: supply from the population, farm labour, and the split of the rest by sector."""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, initial, place, stock, total, variable, weighted_sum

SECTORS = ("region", "sector")
MOST_FARMING = 0.9
"""Part of the labour supply that farms at most."""


@variable(unit="万人", dims=("region",))
def labour_supply(population: Array, participation: Array, employment_rate: Array) -> Array:
    """Employed persons (L1): people times participation by age times the employed part of the labour force."""
    return weighted_sum(total(population, over="sex"), participation, over="age") * employment_rate


@variable(unit="万人", dims=("region",))
def starting_farm_labour(labour_supply: Array, employment_share_base: Array) -> Array:
    """Farm labour at the start: its share of the employed."""
    return labour_supply * at(employment_share_base, sector="agriculture")


@stock(unit="万人", dims=("region",), initial="starting_farm_labour")
def farm_labour(farm_labour: Array, farm_outflow: Array, relative_farm_pull: Array) -> Array:
    """Farm labour (L2): people leave for other work, faster when it pays more."""
    return -farm_outflow * relative_farm_pull * farm_labour


@variable(unit="ratio", dims=("region",))
def relative_farm_pull(wage: Array, labour: Array) -> Array:
    """Non-farm over farm wage against the start, between 1/2 and 2."""
    farm = at(wage, sector="agriculture")
    others = total(wage * labour, over="sector") - farm * at(labour, sector="agriculture")
    others = others / (total(labour, over="sector") - at(labour, sector="agriculture"))
    ratio = others / farm
    return np.clip(ratio / initial(ratio), 0.5, 2.0)


@variable(unit="ratio", dims=SECTORS)
def starting_labour_weight(employment_share_base: Array) -> Array:
    """Weights of the non-farm sectors at the start; farming has none."""
    return employment_share_base - place(at(employment_share_base, sector="agriculture"), sector="agriculture")


@stock(unit="ratio", dims=SECTORS, initial="starting_labour_weight")
def labour_weight(labour_weight: Array, relative_wage: Array, labour_mobility: Array) -> Array:
    """Weights of the non-farm sectors (L3): labour drifts to where a person earns more than at the start."""
    return labour_mobility * labour_weight * (relative_wage - initial(relative_wage))


@variable(unit="ratio", dims=SECTORS)
def relative_wage(wage: Array, labour: Array) -> Array:
    """Wage of a sector over the mean wage."""
    mean = total(wage * labour, over="sector") / total(labour, over="sector")
    return wage / mean


@variable(unit="万人", dims=SECTORS)
def labour(labour_supply: Array, farm_labour: Array, labour_weight: Array) -> Array:
    """Employed persons by sector: farm labour as it is, the rest by weight, so that the sectors add up to the supply.

    Farming keeps at most nine tenths of it.
    """
    farming = np.minimum(farm_labour, MOST_FARMING * labour_supply)
    others = (labour_supply - farming) * labour_weight / total(labour_weight, over="sector")
    return others + place(farming, sector="agriculture")


@variable(unit="万人", dims=SECTORS)
def effective_labour(labour: Array, human_capital: Array) -> Array:
    """Labour times human capital."""
    return labour * human_capital


@variable(unit="亿元/万人/a", dims=SECTORS)
def wage(value_added_nominal: Array, labour: Array, labour_exponent: Array) -> Array:
    """Labour's part of value added per person (L4): beta * p * Y / L."""
    return labour_exponent * value_added_nominal / labour
