"""Production: what the sectors can produce, how far demand lets them, and value added at constant and current prices."""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, by, initial, relative, smooth, starting_rate, total, trend, variable

SECTORS = ("region", "sector")


@variable(unit="亿元_2020/a", dims=SECTORS)
def starting_output(value_added_base: Array, growth_to_start: Array) -> Array:
    """Rate of value added at the start of the run, from the total of the base year and the growth since its middle."""
    return starting_rate(value_added_base, growth_to_start)


@variable(unit="ratio", dims=("sector",))
def labour_exponent(capital_exponent: Array, land_exponent: Array) -> Array:
    """Labour exponent: 1 - capital exponent - land exponent (constant returns)."""
    return 1.0 - capital_exponent - land_exponent


@variable(unit="亿元_2020/a", dims=SECTORS)
def potential_output(
    starting_output: Array,
    productivity: Array,
    capital: Array,
    effective_labour: Array,
    infrastructure_effect: Array,
    land_effect: Array,
    capital_exponent: Array,
    labour_exponent: Array,
    land_exponent: Array,
) -> Array:
    """Potential value added (P1): Y0 * A * (K/K0)^alpha * (hL/hL0)^beta * public capital's effect * (T/T0)^land."""
    inputs = (capital / initial(capital)) ** capital_exponent * (
        effective_labour / initial(effective_labour)
    ) ** labour_exponent
    return starting_output * productivity * inputs * infrastructure_effect * land_effect**land_exponent


@variable(unit="亿元_2020/a", dims=("region",))
def manufacturing_market(
    starting_output: Array,
    external_demand: Array,
    productivity: Array,
    trend_productivity: Array,
    unit_cost_index: Array,
    market_price_elasticity: Array,
    market_policy: Array,
    export_shift: Array,
) -> Array:
    """Demand for the city's manufactures (P3): Y0 * external demand * (A / trend of A / unit costs)^sigma * (1 + opening)."""
    lead = at(productivity / trend_productivity, sector="manufacturing")
    competitive = (lead / unit_cost_index) ** market_price_elasticity
    opening = relative(1.0 + market_policy + export_shift)
    return at(starting_output, sector="manufacturing") * external_demand * competitive * opening


@variable(unit="亿元_2020/a", dims=("region",))
def services_demand(
    starting_output: Array,
    real_consumption: Array,
    industry_pull: Array,
    real_public_expenditure: Array,
    visiting_demand: Array,
    local_supply_share: Array,
    consumption_weight: Array,
    industry_weight: Array,
    government_weight: Array,
    visitor_weight: Array,
) -> Array:
    """Demand for services (P4): Y0 * weighted mean growth of consumption, industry, government spending and visitors."""
    weights = consumption_weight + industry_weight + government_weight + visitor_weight
    growth = (
        consumption_weight * relative(real_consumption)
        + industry_weight * industry_pull * relative(local_supply_share)
        + government_weight * relative(real_public_expenditure)
        + visitor_weight * visiting_demand
    )
    return at(starting_output, sector="services") * growth / weights


@variable(unit="ratio", dims=("region",))
def industry_pull(manufacturing_utilisation: Array, potential_output: Array) -> Array:
    """Industrial output against the start: the part of services demand that comes from firms."""
    output = manufacturing_utilisation * at(potential_output, sector="manufacturing")
    output = output + at(potential_output, sector="other_industry")
    return output / initial(output)


@variable(unit="亿元_2020/a", dims=("region",))
def construction_demand(
    starting_output: Array,
    business_investment: Array,
    project_investment: Array,
    real_public_investment: Array,
    real_housing_investment: Array,
    building_share: Array,
) -> Array:
    """Demand for construction (P5): Y0 * growth of the building part of all investment."""
    building = total(building_share * (business_investment + project_investment), over="sector")
    building = building + real_public_investment + real_housing_investment
    return at(starting_output, sector="construction") * building / initial(building)


@variable(unit="ratio", dims=("region",))
def manufacturing_utilisation(
    manufacturing_market: Array, potential_output: Array, manufacturing_response: Array, power_shortage_effect: Array
) -> Array:
    """Utilisation of manufacturing (P3): (market / potential)^eta * power adequacy^psi, between 0.60 and 1.06."""
    potential = at(potential_output, sector="manufacturing")
    wanted = np.clip((manufacturing_market / potential) ** manufacturing_response, 0.75, 1.06)
    return np.maximum(wanted * power_shortage_effect, 0.6)


@variable(unit="ratio", dims=SECTORS)
def utilisation(
    potential_output: Array,
    manufacturing_utilisation: Array,
    services_demand: Array,
    construction_demand: Array,
    services_response: Array,
    construction_response: Array,
) -> Array:
    """Utilisation: demand over potential to a power, within bounds; farming and other industry run at capacity."""
    services = (services_demand / at(potential_output, sector="services")) ** services_response
    building = (construction_demand / at(potential_output, sector="construction")) ** construction_response
    return by(
        "sector",
        agriculture=1.0,
        manufacturing=manufacturing_utilisation,
        other_industry=1.0,
        construction=np.clip(building, 0.70, 1.06),
        services=np.clip(services, 0.80, 1.05),
    )


@variable(unit="亿元_2020/a", dims=SECTORS, kind="flow")
def value_added(utilisation: Array, potential_output: Array, shocked_output: Array) -> Array:
    """Value added at prices of 2020 (P2): utilisation * potential, moved by the shocks of the years."""
    return utilisation * potential_output * shocked_output


@variable(unit="亿元/a", dims=SECTORS, kind="flow")
def value_added_nominal(value_added: Array, price_index: Array) -> Array:
    """Value added at current prices."""
    return value_added * price_index


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def gdp_real(value_added: Array) -> Array:
    """GDP at prices of 2020 (P6): sum over the sectors."""
    return total(value_added, over="sector")


@variable(unit="亿元/a", dims=("region",), kind="flow")
def gdp_nominal(value_added_nominal: Array) -> Array:
    """GDP at current prices (P6), as the bulletin prints it."""
    return total(value_added_nominal, over="sector")


@variable(unit="亿元/a", dims=("region",), kind="flow")
def manufacturing_value_added(value_added_nominal: Array) -> Array:
    """Value added of manufacturing at current prices."""
    return at(value_added_nominal, sector="manufacturing")


@variable(unit="ratio", dims=("region",), kind="ratio")
def manufacturing_share(manufacturing_value_added: Array, gdp_nominal: Array) -> Array:
    """Manufacturing share of GDP (P8): a ratio of current-price totals, as the statistic is."""
    return manufacturing_value_added / gdp_nominal


@variable(unit="ratio", dims=SECTORS, kind="ratio")
def sector_share(value_added_nominal: Array) -> Array:
    """Share of each sector in GDP at current prices."""
    return value_added_nominal / total(value_added_nominal, over="sector")


@variable(unit="亿元/亿元_2020", dims=("region",), kind="ratio")
def gdp_deflator(gdp_nominal: Array, gdp_real: Array) -> Array:
    """Price level of GDP, 2020 = 1."""
    return gdp_nominal / gdp_real


@variable(unit="1/a", dims=SECTORS)
def expected_growth(value_added: Array, expectation_time: Array, base_growth: Array) -> Array:
    """Growth that firms expect (K6): last year's growth of value added, smoothed over the expectation time."""
    return smooth(trend(value_added, 1.0, base_growth), expectation_time, base_growth)
