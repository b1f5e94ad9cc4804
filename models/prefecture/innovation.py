"""What policy does for firms: upgrading, suppliers, digital tools, credit, business environment (1.5 to 1.8, 2.4, 2.5)."""

from __future__ import annotations

import numpy as np

from sim.model import Array, by, initial, place, relative, stock, variable

SECTORS = ("region", "sector")


@stock(unit="ratio", dims=("region",), initial="local_supply_target")
def local_supply_share(local_supply_share: Array, local_supply_target: Array, local_supply_time: Array) -> Array:
    """Part of manufacturers' purchases that is bought in the city (1.5.1): it follows what is aimed at."""
    return (local_supply_target - local_supply_share) / local_supply_time


@variable(unit="1/a", dims=SECTORS)
def upgrade_effect(upgrade_share: Array, upgrade_response: Array) -> Array:
    """Embodied technical progress of manufacturing (1.5.2): from more upgrading in investment than at the start."""
    return place(upgrade_response * (upgrade_share - initial(upgrade_share)), sector="manufacturing")


@variable(unit="户/a", dims=("region",), kind="flow")
def cloud_adoptions(
    digital_adoption: Array,
    digital_limit: Array,
    digital_innovation: Array,
    digital_imitation: Array,
    registered_enterprises: Array,
    cloud_push: Array,
) -> Array:
    """Firms that go to the cloud (2.5.1): by themselves, from others (Bass 1969), and pushed; a firm counts once."""
    left = np.maximum(digital_limit - digital_adoption, 0.0)
    spread = (digital_innovation + digital_imitation * digital_adoption) * left * registered_enterprises
    return spread + cloud_push * left / digital_limit


@stock(unit="ratio", dims=("region",), initial="digital_adoption_base")
def digital_adoption(cloud_adoptions: Array, registered_enterprises: Array) -> Array:
    """Part of the firms that use the cloud (2.5.2)."""
    return cloud_adoptions / registered_enterprises


@variable(unit="户/a", dims=("region",), kind="flow")
def usual_cloud_adoptions(
    usual_digital_adoption: Array,
    digital_limit: Array,
    digital_innovation: Array,
    digital_imitation: Array,
    registered_enterprises: Array,
    cloud_push: Array,
) -> Array:
    """Firms that would go to the cloud with the push of the base year (2.5.1): what the trend of productivity holds already."""
    left = np.maximum(digital_limit - usual_digital_adoption, 0.0)
    spread = (digital_innovation + digital_imitation * usual_digital_adoption) * left * registered_enterprises
    return spread + initial(cloud_push) * left / digital_limit


@stock(unit="ratio", dims=("region",), initial="digital_adoption_base")
def usual_digital_adoption(usual_cloud_adoptions: Array, registered_enterprises: Array) -> Array:
    """Part of the firms that would use the cloud with the push of the base year (2.5.2)."""
    return usual_cloud_adoptions / registered_enterprises


@variable(unit="1/a", dims=SECTORS)
def digital_effect(
    cloud_adoptions: Array, usual_cloud_adoptions: Array, registered_enterprises: Array, digital_response: Array
) -> Array:
    """What more firms on the cloud than usual add to productivity (2.5.3).

    A firm counts once: over the years the additions sum to response * (adoption - usual adoption), and those who would have
    come by themselves later take back what they brought when they were pushed.
    """
    more = digital_response * (cloud_adoptions - usual_cloud_adoptions) / registered_enterprises
    return by(
        "sector",
        agriculture=0.0 * more,
        manufacturing=more,
        other_industry=0.0 * more,
        construction=0.0 * more,
        services=more,
    )


@variable(unit="万亩/a", dims=("region",), kind="flow")
def farmland_upgraded(farmland_upgrade: Array, better_farmland: Array, cropland: Array, year_length: Array) -> Array:
    """Cropland that is upgraded (1.17.2): what is decided, as far as any is left; a field counts once."""
    return np.minimum(farmland_upgrade, (cropland - better_farmland) / year_length)


@stock(unit="万亩", dims=("region",), initial=0.0)
def better_farmland(farmland_upgraded: Array) -> Array:
    """Cropland that has been upgraded since the start (1.17.2)."""
    return farmland_upgraded


@variable(unit="万亩/a", dims=("region",), kind="flow")
def usual_farmland_upgraded(
    farmland_upgrade: Array, usual_better_farmland: Array, cropland: Array, year_length: Array
) -> Array:
    """Cropland that would be upgraded at the pace of the base year (1.17.2)."""
    return np.minimum(initial(farmland_upgrade), (cropland - usual_better_farmland) / year_length)


@stock(unit="万亩", dims=("region",), initial=0.0)
def usual_better_farmland(usual_farmland_upgraded: Array) -> Array:
    """Cropland that would have been upgraded since the start at the pace of the base year (1.17.2)."""
    return usual_farmland_upgraded


@variable(unit="1/a", dims=SECTORS)
def farm_upgrade_effect(
    farmland_upgraded: Array, usual_farmland_upgraded: Array, cropland: Array, farmland_response: Array
) -> Array:
    """What better farmland adds to productivity of farming (1.17.2), beyond the pace of the base year."""
    return place(farmland_response * (farmland_upgraded - usual_farmland_upgraded) / cropland, sector="agriculture")


@stock(unit="万亩", dims=("region",), initial="grain_area_base")
def grain_area(grain_area: Array, grain_area_floor: Array, grain_area_market: Array, grain_adjustment_time: Array) -> Array:
    """Sown area of grain (1.17.1): what the market sows, and at least the floor."""
    return (np.maximum(grain_area_floor, grain_area_market) - grain_area) / grain_adjustment_time


@variable(unit="ratio", dims=("region",))
def land_effect(farmland: Array, grain_area: Array, grain_land_response: Array) -> Array:
    """Land in farm output (P1): farmland, and how much of it is sown instead of left."""
    return farmland * relative(grain_area) ** grain_land_response


@stock(unit="ratio", dims=("region",), initial=1.0)
def credit_to_gdp(credit_to_gdp: Array, credit_growth: Array, usual_credit_growth: Array) -> Array:
    """Loans over GDP against the start and against credit that only keeps pace (2.4.1)."""
    return (credit_growth - usual_credit_growth) * credit_to_gdp


@variable(unit="ratio", dims=("region",))
def credit_effect(credit_to_gdp: Array, credit_response: Array) -> Array:
    """What more credit does for investment (2.4.2): (loans over GDP)^eps."""
    return relative(credit_to_gdp) ** credit_response


@stock(unit="d", dims=("region",), initial="registration_days")
def registration_time(registration_time: Array, registration_days: Array, environment_time: Array) -> Array:
    """Workdays to register a firm (1.18.2): follows what is decreed."""
    return (registration_days - registration_time) / environment_time


@stock(unit="d", dims=("region",), initial="approval_days")
def approval_time(approval_time: Array, approval_days: Array, environment_time: Array) -> Array:
    """Workdays to approve a construction project (1.18.1): follows what is decreed."""
    return (approval_days - approval_time) / environment_time


@stock(unit="ratio", dims=("region",), initial="online_service_target")
def online_service_rate(online_service_rate: Array, online_service_target: Array, environment_time: Array) -> Array:
    """Share of public services that can be had online (2.13.1)."""
    return (online_service_target - online_service_rate) / environment_time


@variable(unit="ratio", dims=("region",))
def business_environment_target(
    registration_time: Array, online_service_rate: Array, registration_response: Array, online_response: Array
) -> Array:
    """What makes it easier to found a firm (SH9): days to register, services online."""
    return relative(registration_time) ** -registration_response * relative(online_service_rate) ** online_response


@stock(unit="index", dims=("region",), initial=1.0)
def business_environment(business_environment: Array, business_environment_target: Array, environment_time: Array) -> Array:
    """Business environment (SH10): entries react after some time."""
    return (business_environment_target - business_environment) / environment_time


@stock(unit="户", dims=("region",), initial="tech_smes_base")
def tech_smes(
    tech_smes: Array, enterprise_births: Array, hightech_push: Array, tech_sme_births: Array, tech_sme_exits: Array
) -> Array:
    """Small technology firms on the register (1.8.1): part of the new firms, less those that leave or become high-tech."""
    return tech_sme_births * hightech_push * enterprise_births - tech_sme_exits * tech_smes


@variable(unit="ratio", dims=("region",))
def science_push(science_budget: Array, science_leverage: Array, public_expenditure: Array, gdp_nominal: Array) -> Array:
    """What a larger share of science in the budget adds to R&D over GDP (T3)."""
    return science_leverage * (science_budget - initial(science_budget)) * public_expenditure / gdp_nominal


@variable(unit="1/a", dims=("region", "tier"))
def nurture_effect(nurture_effort: Array, nurture_response: Array, near_threshold: Array, fall_back: Array) -> Array:
    """Firms that a campaign lifts over the threshold against those above it (1.6.3): some fall back within two years."""
    return nurture_response * (nurture_effort - initial(nurture_effort)) * near_threshold * (1.0 - fall_back)
