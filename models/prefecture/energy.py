"""Energy: intensity by sector, use, carbon (X1 to X4); electricity, and what a shortage of it costs industry (1.4)."""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, growth, initial, relative, smooth, stock, total, variable

SECTORS = ("region", "sector")
INTENSITY = "万tce/亿元_2020"


@stock(unit=INTENSITY, dims=SECTORS, initial="energy_intensity_base")
def energy_intensity(
    energy_intensity: Array,
    energy_trend: Array,
    energy_vintage_response: Array,
    capital_renewal: Array,
    energy_productivity_response: Array,
    productivity: Array,
    energy_policy: Array,
) -> Array:
    """Energy per unit of output by sector (X1): falls by its trend, with new plant, with productivity and by policy."""
    technical = energy_productivity_response * growth(productivity)
    fall = energy_trend + energy_vintage_response * capital_renewal + technical + energy_policy
    return -fall * energy_intensity


@variable(unit="1/a", dims=SECTORS)
def capital_renewal(commissioning: Array, project_commissioning: Array, capital: Array, depreciation_rate: Array) -> Array:
    """New plant beyond what wears out, against capital."""
    return (commissioning + project_commissioning) / capital - depreciation_rate


@variable(unit="万tce/a", dims=("region",), kind="flow")
def industry_energy(energy_intensity: Array, value_added: Array) -> Array:
    """Energy of all sectors (X2)."""
    return total(energy_intensity * value_added, over="sector")


@stock(unit="万tce/万人/a", initial="household_energy_base")
def household_energy(household_energy: Array, household_energy_growth: Array) -> Array:
    """Energy that a resident uses at home."""
    return household_energy_growth * household_energy


@variable(unit="万tce/a", dims=("region",), kind="flow")
def energy_use(industry_energy: Array, household_energy: Array, residents: Array) -> Array:
    """Energy use (X2): of all sectors and of households."""
    return industry_energy + household_energy * residents


@variable(unit=INTENSITY, dims=("region",), kind="ratio")
def energy_per_gdp(energy_use: Array, gdp_real: Array) -> Array:
    """Energy per unit of GDP at prices of 2020 (X3)."""
    return energy_use / gdp_real


@variable(unit="万t/a", dims=("region",), kind="flow")
def carbon_dioxide(energy_use: Array, carbon_factor: Array) -> Array:
    """Carbon dioxide from energy (X4)."""
    return energy_use * carbon_factor


@stock(unit="index", initial=1.0)
def electricity_thrift(electricity_thrift: Array, electricity_trend: Array) -> Array:
    """Electricity per unit of output against the start."""
    return -electricity_trend * electricity_thrift


@variable(unit="亿kWh/a", dims=("region",), kind="flow")
def electricity_demand(
    electricity_use_base: Array,
    electricity_weight: Array,
    value_added: Array,
    electricity_thrift: Array,
    data_centre_load: Array,
) -> Array:
    """Electricity demand (1.4.2): use of the base year moved by output weighted by need, a trend, and new data centres."""
    output = total(electricity_weight * relative(value_added), over="sector") / total(electricity_weight, over="sector")
    return electricity_use_base * output * electricity_thrift + data_centre_load


@stock(unit="亿kWh/a", dims=("region",), initial=0.0)
def data_centre_load(ledger_business_completions: Array, data_centre_power: Array) -> Array:
    """Electricity of data centres of the ledger: what is put to use * use per money spent (2.5)."""
    return data_centre_power * total(at(ledger_business_completions, branch="digital"), over="district")


@stock(unit="index", dims=("region",), initial=1.0)
def province_power(province_power: Array, province_power_growth: Array) -> Array:
    """Power of the province's grid against the start; a long-distance line comes as a leap in its growth."""
    return province_power_growth * province_power


@variable(unit="ratio", dims=("region",))
def power_adequacy(
    electricity_use_base: Array,
    power_margin_base: Array,
    province_power: Array,
    outside_power_share: Array,
    electricity_demand: Array,
) -> Array:
    """Electricity over what is needed, at most one (1.4.1, 1.4.3): shared out by the demand of the year before."""
    supply = electricity_use_base * (1.0 + power_margin_base) * province_power * relative(outside_power_share)
    return np.minimum(supply / smooth(electricity_demand, 1.0, electricity_use_base), 1.0)


@variable(unit="ratio", dims=("region",))
def power_shortage_effect(power_adequacy: Array, power_response: Array) -> Array:
    """What a shortage of power takes from manufacturing (P3): adequacy^psi."""
    return power_adequacy**power_response


@variable(unit="ratio", dims=("region",))
def energy_price(energy_price_path: Array, power_trade_discount: Array) -> Array:
    """Price of energy for industry against the start (1.4.4)."""
    return energy_price_path * (1.0 - power_trade_discount)


@variable(unit="ratio", dims=("region",))
def unit_cost_index(
    energy_price: Array,
    energy_cost_share: Array,
    abatement_effort: Array,
    polluting_share: Array,
    abatement_cost: Array,
    energy_policy: Array,
    energy_policy_cost: Array,
) -> Array:
    """Unit costs of manufacturing against the start (SH17): energy prices, cleaning up, saving energy; enters P3 only."""
    energy = energy_cost_share * np.log(relative(energy_price))
    cleaning = abatement_cost * polluting_share * (abatement_effort - initial(abatement_effort))
    return np.exp(energy + cleaning + energy_policy_cost * (energy_policy - initial(energy_policy)))
