"""Residents by sex and single age: births, deaths, migration, ageing once a year; urbanisation; registered population; talent.

Within a year the population stands still; on 31 December everyone grows a year older, the dead and the leavers are taken off,
newcomers and the new-born are added. So population change = births - deaths + net migration exactly.
"""

from __future__ import annotations

import numpy as np

from sim.model import Array, accumulate, at, by, event, initial, place, relative, shift, stock, total, variable

PEOPLE = ("region", "sex", "age")
MOST_LEAVING = 0.012
"""Part of all residents who leave in a year at most: what Hengyang lost a year between the censuses of 2010 and 2020.

The profile follows all residents, not those of an age who are left: at more the ages that leave most would be empty after some
years."""
MOST_MORTALITY = 2.0
"""How many times the table's probabilities of dying may become: its highest is below one half, and nobody dies twice."""


@stock(unit="万人", dims=PEOPLE, initial="population_base")
def population() -> Array:
    """Residents by sex and age (N1); changes only at the turn of the year."""
    return 0.0  # type: ignore[return-value]


@event(stock="population", order=1)
def grow_older(population: Array, deaths_by_age: Array, migration_by_age: Array, births: Array, boys_share: Array) -> Array:
    """Ageing by one year (N1): survivors and net migrants move up, the year's births become age 0."""
    survivors = population - accumulate(deaths_by_age) + accumulate(migration_by_age)
    born = accumulate(births)
    newborn = by("sex", female=born * (1.0 - boys_share), male=born * boys_share)
    return shift(survivors, along="age") + place(newborn, age="0")


@variable(unit="万人", dims=("region",))
def residents(population: Array) -> Array:
    """Resident population at the year's end."""
    return total(population, over=("sex", "age"))


@variable(unit="万人/a", dims=("region",), kind="flow")
def births(population: Array, fertility_profile: Array, total_fertility: Array, pronatal_policy: Array) -> Array:
    """Births (N2): total fertility * profile by age * women."""
    women = at(population, sex="female")
    return total_fertility * (1.0 + pronatal_policy) * total(fertility_profile * women, over="age")


@variable(unit="万人/a", dims=PEOPLE, kind="flow")
def deaths_by_age(
    population: Array, mortality: Array, mortality_scale: Array, mortality_index: Array, mortality_factor: Array
) -> Array:
    """Deaths by sex and age (N3): probability of dying * scale * index * what hospitals do * people; at most twice the table.

    The bound is on the factor, not on the ages: cells by age are touched once a year only.
    """
    return mortality * np.minimum(mortality_scale * mortality_index * mortality_factor, MOST_MORTALITY) * population


@stock(unit="index", initial=1.0)
def mortality_index(mortality_index: Array, mortality_improvement: Array) -> Array:
    """Mortality against the base: falls by a constant rate."""
    return -mortality_improvement * mortality_index


@variable(unit="万人/a", dims=("region",), kind="flow")
def deaths(deaths_by_age: Array) -> Array:
    """Deaths of all ages."""
    return total(deaths_by_age, over=("sex", "age"))


@variable(unit="1/a", dims=("region",))
def migration_rate(
    base_migration: Array,
    income_pull: Array,
    vacancy_pull: Array,
    job_vacancies: Array,
    amenity_pull: Array,
    amenity: Array,
    house_price_push: Array,
    house_price: Array,
    income_per_head: Array,
    reference_income: Array,
    talent_net: Array,
    residents: Array,
    migration_policy: Array,
    year_length: Array,
) -> Array:
    """Net migration per resident (N4): the base rate, moved by income, vacancies, amenity, house prices, talent packages."""
    richer = np.log(income_per_head / reference_income / initial(income_per_head / reference_income))
    vacancies = vacancy_pull * (job_vacancies - initial(job_vacancies))
    living = amenity_pull * np.log(amenity / initial(amenity)) - house_price_push * np.log(house_price / initial(house_price))
    rate = base_migration + income_pull * richer + vacancies + living + talent_net / residents + migration_policy
    return np.maximum(rate, -MOST_LEAVING / year_length)


@variable(unit="万人/a", dims=PEOPLE, kind="flow")
def migration_by_age(migration_rate: Array, residents: Array, migration_profile: Array) -> Array:
    """Net migration by sex and age (N5): rate * residents * profile."""
    return migration_rate * residents * migration_profile


@variable(unit="万人/a", dims=("region",), kind="flow")
def net_migration(migration_by_age: Array) -> Array:
    """Net migration of all ages."""
    return total(migration_by_age, over=("sex", "age"))


@variable(unit="1/a", dims=("region",))
def population_growth_rate(births: Array, deaths: Array, net_migration: Array, residents: Array) -> Array:
    """Relative growth of the resident population at the year's rates."""
    return (births - deaths + net_migration) / residents


@stock(unit="万元/人/a", dims=("region",), initial="reference_income_base")
def reference_income(
    reference_income: Array, growth_of_nation: Array, inflation_of_nation: Array, reference_income_lead: Array
) -> Array:
    """Income per head where people move to: it grows as the nation's output at current prices, or with a lead."""
    return (growth_of_nation + inflation_of_nation + reference_income_lead) * reference_income


@stock(unit="ratio", dims=("region",), initial="urban_share_base")
def urban_share(
    urban_share: Array,
    urbanisation_speed: Array,
    urban_share_limit: Array,
    urbanisation_growth_response: Array,
    nonfarm_growth_lead: Array,
) -> Array:
    """Urban share of residents (N6): logistic towards its limit, faster when non-farm output leads."""
    pace = 1.0 + urbanisation_growth_response * nonfarm_growth_lead
    return urbanisation_speed * urban_share * (1.0 - urban_share / urban_share_limit) * pace


@variable(unit="1/a", dims=("region",))
def nonfarm_growth_lead(expected_growth: Array, value_added: Array, gdp_real: Array) -> Array:
    """Growth of non-farm output less growth of farm output, as trends (N6)."""
    farm_growth, farm = at(expected_growth, sector="agriculture"), at(value_added, sector="agriculture")
    others = total(expected_growth * value_added, over="sector") - farm_growth * farm
    return others / (gdp_real - farm) - farm_growth


@variable(unit="万人", dims=("region",))
def urban_residents(urban_share: Array, residents: Array) -> Array:
    """Urban residents."""
    return urban_share * residents


@stock(unit="万人", dims=("region",), initial="registered_base")
def registered_population(births: Array, deaths: Array, registered_population: Array, hukou_moves: Array) -> Array:
    """Registered population (N7): natural change and moves of registration."""
    return births - deaths + hukou_moves * registered_population


@variable(unit="万人/a", dims=("region",), kind="flow")
def talent_inflow(
    students: Array,
    study_length: Array,
    retention_base: Array,
    talent_wage_pull: Array,
    mean_wage: Array,
    reference_income: Array,
    talent_amenity_pull: Array,
    amenity: Array,
    talent_policy: Array,
    talent_pull: Array,
    skilled_in_migrants: Array,
) -> Array:
    """Graduates who stay or come and skilled in-migrants (N8, 1.9.3): graduates * retention * pulls * packages + newcomers."""
    relative_wage = mean_wage / reference_income
    pull = talent_wage_pull * np.log(relative(relative_wage)) + talent_amenity_pull * np.log(relative(amenity))
    stay = students / study_length * retention_base * np.exp(pull + talent_policy)
    return stay * relative(talent_pull) + skilled_in_migrants
