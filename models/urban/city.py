"""Three stocks that share the land of a city: people, houses and business structures.

While land is free the three draw each other up. As it fills, building slows, structures wear out, and the city settles with
fewer jobs than workers: growth, stagnation and ageing come from the inside. The equations are those of URBAN1 (Alfeld and
Graham, Introduction to Urban Dynamics, 1976), which goes back to Forrester, Urban Dynamics (1969).
"""

from __future__ import annotations

from sim.model import Array, lookup, stock, variable


def _evenly(step: float, *values: float) -> tuple[tuple[float, float], ...]:
    """Return the points of a table whose inputs are `step` apart, from nought on."""
    return tuple((step * place, value) for place, value in enumerate(values))


@stock(unit="people", dims=("region",), initial="population_base")
def population(births: Array, deaths: Array, in_migration: Array, out_migration: Array) -> Array:
    """People who live in the city."""
    return births - deaths + in_migration - out_migration


@variable(unit="people/a", dims=("region",), kind="flow")
def births(population: Array, birth_rate: Array) -> Array:
    """Births: a share of the population."""
    return birth_rate * population


@variable(unit="people/a", dims=("region",), kind="flow")
def deaths(population: Array, death_rate: Array) -> Array:
    """Deaths: a share of the population."""
    return death_rate * population


@variable(unit="people/a", dims=("region",), kind="flow")
def in_migration(
    population: Array, in_migration_rate: Array, job_attraction: Array, housing_attraction: Array, in_migration_policy: Array
) -> Array:
    """People who move in: more where there are jobs to be had and houses to live in."""
    return in_migration_rate * in_migration_policy * job_attraction * housing_attraction * population


@variable(unit="people/a", dims=("region",), kind="flow")
def out_migration(population: Array, out_migration_rate: Array) -> Array:
    """People who move out: a share of the population."""
    return out_migration_rate * population


@stock(unit="houses", dims=("region",), initial="houses_base")
def houses(housing_construction: Array, housing_demolition: Array) -> Array:
    """Houses that stand."""
    return housing_construction - housing_demolition


@variable(unit="houses/a", dims=("region",), kind="flow")
def housing_construction(
    houses: Array, housing_construction_rate: Array, housing_need: Array, housing_land: Array, housing_policy: Array
) -> Array:
    """Houses that are built: more where households crowd, fewer where land is short."""
    return housing_construction_rate * housing_policy * housing_need * housing_land * houses


@variable(unit="houses/a", dims=("region",), kind="flow")
def housing_demolition(houses: Array, housing_demolition_rate: Array) -> Array:
    """Houses that are torn down: a share of those that stand."""
    return housing_demolition_rate * houses


@stock(unit="structures", dims=("region",), initial="structures_base")
def business_structures(business_construction: Array, business_demolition: Array) -> Array:
    """Business structures that stand."""
    return business_construction - business_demolition


@variable(unit="structures/a", dims=("region",), kind="flow")
def business_construction(
    business_structures: Array,
    business_construction_rate: Array,
    labour_supply: Array,
    business_land: Array,
    business_policy: Array,
) -> Array:
    """Business structures that are built: more where workers are plentiful, fewer where land is short."""
    return business_construction_rate * business_policy * labour_supply * business_land * business_structures


@variable(unit="structures/a", dims=("region",), kind="flow")
def business_demolition(business_structures: Array, business_demolition_rate: Array, demolition_policy: Array) -> Array:
    """Business structures that are torn down: a share of those that stand."""
    return business_demolition_rate * demolition_policy * business_structures


@variable(unit="jobs", dims=("region",))
def jobs(business_structures: Array, jobs_per_structure: Array) -> Array:
    """Jobs in the business structures."""
    return jobs_per_structure * business_structures


@variable(unit="people", dims=("region",))
def labour_force(population: Array, participation: Array) -> Array:
    """People who work or look for work."""
    return participation * population


@variable(unit="ratio", dims=("region",))
def labour_to_jobs(labour_force: Array, jobs: Array, job_of_one: Array) -> Array:
    """Workers for each job: above one there is unemployment."""
    return labour_force / (job_of_one * jobs)


@variable(unit="ratio", dims=("region",))
def households_to_houses(population: Array, houses: Array, household_size: Array) -> Array:
    """Households for each house: above one houses are crowded."""
    return population / (household_size * houses)


@variable(unit="ratio", dims=("region",))
def land_occupied(
    houses: Array, business_structures: Array, land_per_house: Array, land_per_structure: Array, land: Array
) -> Array:
    """Part of the city's land that is built upon."""
    return (land_per_house * houses + land_per_structure * business_structures) / land


@variable(unit="ratio", dims=("region",))
def job_attraction(labour_to_jobs: Array) -> Array:
    """Effect of jobs on those who think of moving in."""
    return lookup(labour_to_jobs, _evenly(0.2, 2.0, 1.95, 1.8, 1.6, 1.35, 1.0, 0.5, 0.3, 0.2, 0.15, 0.1))


@variable(unit="ratio", dims=("region",))
def housing_attraction(households_to_houses: Array) -> Array:
    """Effect of houses on those who think of moving in."""
    return lookup(households_to_houses, _evenly(0.2, 1.4, 1.4, 1.35, 1.3, 1.15, 1.0, 0.8, 0.65, 0.5, 0.45, 0.4))


@variable(unit="ratio", dims=("region",))
def housing_need(households_to_houses: Array) -> Array:
    """Effect of crowding on the building of houses."""
    return lookup(households_to_houses, _evenly(0.2, 0.2, 0.25, 0.35, 0.5, 0.7, 1.0, 1.35, 1.6, 1.8, 1.95, 2.0))


@variable(unit="ratio", dims=("region",))
def labour_supply(labour_to_jobs: Array) -> Array:
    """Effect of the labour market on business construction."""
    return lookup(labour_to_jobs, _evenly(0.2, 0.2, 0.25, 0.35, 0.5, 0.7, 1.0, 1.35, 1.6, 1.8, 1.95, 2.0))


@variable(unit="ratio", dims=("region",))
def housing_land(land_occupied: Array) -> Array:
    """Effect of land on the building of houses: first of what is there already, then of what is left."""
    return lookup(land_occupied, _evenly(0.1, 0.4, 0.7, 1.0, 1.25, 1.45, 1.5, 1.5, 1.4, 1.0, 0.5, 0.0))


@variable(unit="ratio", dims=("region",))
def business_land(land_occupied: Array) -> Array:
    """Effect of land on business construction: first of what is there already, then of what is left."""
    return lookup(land_occupied, _evenly(0.1, 1.0, 1.15, 1.3, 1.4, 1.45, 1.4, 1.3, 0.9, 0.5, 0.25, 0.0))
