"""Schools, hospitals, talent, jobs and incomes: what people need, find and earn (1.9, 1.13, 1.14, 2.9, SH11)."""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, initial, relative, stock, total, variable, weighted_sum

STAGES = ("region", "stage")
MOST_LEAD = 3.0
"""Level of schools against the province beyond which pupils learn no more."""


@variable(unit="万人", dims=STAGES)
def school_age_children(population: Array, stage_of_age: Array) -> Array:
    """Children of the ages of each stage of school (1.13.1)."""
    return weighted_sum(total(population, over="sex"), stage_of_age, over="age")


@variable(unit="万人", dims=STAGES)
def starting_school_places(school_age_children: Array, place_ratio_base: Array) -> Array:
    """School places at the start: children * places per child."""
    return school_age_children * place_ratio_base


@stock(unit="万人", dims=STAGES, initial="starting_school_places")
def school_places(
    school_places: Array, public_commissioning: Array, place_cost: Array, school_place_loss: Array, place_share: Array
) -> Array:
    """School places (1.13.2): what the schools put to use give room for, less what is closed."""
    opened = place_share * at(public_commissioning, kind="education") / place_cost
    return opened - school_place_loss * school_places


@variable(unit="ratio", dims=STAGES)
def place_ratio(school_places: Array, school_age_children: Array) -> Array:
    """Places per child, at most one (1.13.3)."""
    return np.minimum(school_places / school_age_children, 1.0)


@stock(unit="ratio", dims=STAGES, initial="public_pupil_share_base")
def public_pupil_share(public_pupil_share: Array, public_pupil_target: Array, pupil_adjustment_time: Array) -> Array:
    """Share of pupils in public schools (1.13.4): follows what is decided."""
    return (public_pupil_target - public_pupil_share) / pupil_adjustment_time


@variable(unit="亿元/a", dims=("region",), kind="flow")
def public_school_cost(
    public_pupil_share: Array, school_age_children: Array, pupil_cost: Array, consumer_price: Array
) -> Array:
    """What more public pupils cost the budget beyond the base year (T5)."""
    more = total((public_pupil_share - initial(public_pupil_share)) * school_age_children, over="stage")
    return more * pupil_cost * consumer_price


@variable(unit="a/a", dims=("region",))
def education_effect(services_against_province: Array, education_response: Array) -> Array:
    """What better schools add to the mean years of schooling in a year (T5): slowly, as pupils leave school.

    Schools of more than thrice the province's level teach no more.
    """
    level = np.minimum(at(services_against_province, kind="education"), MOST_LEAD)
    return education_response * (level - 1.0)


@variable(unit="万人", dims=("region",))
def health_need(population: Array, health_need_by_age: Array) -> Array:
    """People weighted by how much care their age needs (1.14.1)."""
    return weighted_sum(total(population, over="sex"), health_need_by_age, over="age")


@variable(unit="ratio", dims=("region",))
def mortality_factor(services_against_province: Array, health_response: Array) -> Array:
    """What better hospitals take from mortality (1.14.2): (level against the province)^-eps."""
    return at(services_against_province, kind="health") ** -health_response


@variable(unit="ratio", dims=("region",))
def amenity_target(services_against_province: Array, pm25: Array, amenity_weight: Array) -> Array:
    """What a place is like to live in, against the province (SH11): schools, hospitals, towns and air, by weight."""
    level = services_against_province
    schools, hospitals, towns = (at(level, kind=kind) for kind in ("education", "health", "urban"))
    weight = amenity_weight
    services = schools ** at(weight, aspect="education") * hospitals ** at(weight, aspect="health")
    return services * towns ** at(weight, aspect="urban") * relative(pm25) ** -at(weight, aspect="air")


@stock(unit="index", dims=("region",), initial=1.0)
def amenity(amenity: Array, amenity_target: Array, amenity_time: Array) -> Array:
    """Amenity (Q2): people learn of it after a while."""
    return (amenity_target - amenity) / amenity_time


@variable(unit="ratio", dims=("region",))
def talent_pull(talent_spend: Array, talent_response: Array, talent_spend_scale: Array) -> Array:
    """What packages for talent do (1.9.2): 1 + eps * ln(1 + spending / scale)."""
    return 1.0 + talent_response * np.log(1.0 + talent_spend / talent_spend_scale)


@variable(unit="万人/a", dims=("region",), kind="flow")
def talent_net(talent_inflow: Array, talent_pull: Array, talent_deadweight: Array) -> Array:
    """Talent that would not have come without more packages than in the base year (1.9.4): all that joins migration."""
    return (1.0 - talent_deadweight) * talent_inflow * (1.0 - initial(talent_pull) / talent_pull)


@variable(unit="元/人/a", dims=("region",), kind="ratio")
def urban_income_per_head(income_per_head: Array, urban_income_ratio: Array) -> Array:
    """Disposable income of urban residents (2.9.2): as far above the mean as in the base year."""
    return income_per_head * urban_income_ratio


@variable(unit="元/人/a", dims=("region",), kind="ratio")
def rural_income_per_head(
    income_per_head: Array, rural_income_ratio: Array, ecommerce_counties: Array, ecommerce_gain: Array, rural_catch_up: Array
) -> Array:
    """Disposable income of rural residents (1.17.3): catches up with the mean, and rises once with e-commerce counties."""
    return income_per_head * rural_income_ratio * relative(1.0 + ecommerce_gain * ecommerce_counties) * rural_catch_up


@stock(unit="index", dims=("region",), initial=1.0)
def rural_catch_up(rural_catch_up: Array, rural_income_lead: Array) -> Array:
    """Rural incomes against the mean and the start: they rise faster by their usual lead."""
    return rural_income_lead * rural_catch_up


@variable(unit="万人/a", dims=("region",), kind="flow")
def farm_transfer(farm_labour: Array, farm_outflow: Array, relative_farm_pull: Array) -> Array:
    """Farm people who take up other work (2.12.1)."""
    return farm_outflow * relative_farm_pull * farm_labour
