"""Air, sewage and waste, and what permits and disasters do to investment and capital (1.15, 1.16, 2.10)."""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, initial, noise, relative, stock, total, variable


@stock(unit="index", dims=("region",), initial=1.0)
def cleaner_technology(cleaner_technology: Array, emission_decline: Array) -> Array:
    """Emissions per unit of energy against the start: they fall as filters and fuels get better."""
    return -emission_decline * cleaner_technology


@variable(unit="ratio", dims=("region",))
def pollution_load(
    emission_weight: Array, value_added: Array, energy_intensity: Array, cleaner_technology: Array, abatement_effort: Array
) -> Array:
    """Emissions against the start (1.15.1): energy of the sectors by weight, cleaner technology, and effort."""
    energy = relative(value_added) * relative(energy_intensity)
    emitted = total(emission_weight * energy, over="sector") / total(emission_weight, over="sector")
    return emitted * cleaner_technology * (1.0 - abatement_effort) / (1.0 - initial(abatement_effort))


@variable(unit="ug/m3", dims=("region",))
def pm25(pm25_base: Array, background_share: Array, pollution_load: Array, pollution_response: Array) -> Array:
    """PM2.5 in usual weather (1.15.2): background + own part * load^eps."""
    return pm25_base * (background_share + (1.0 - background_share) * pollution_load**pollution_response)


@variable(unit="ug/m3", dims=("district",))
def district_pm25(pm25: Array, weather_shock: Array, district_air: Array) -> Array:
    """PM2.5 as measured in each district: usual air there, and the weather of the year."""
    weather = np.exp(weather_shock * noise("weather", like=weather_shock))
    return total(pm25, over="region") * district_air * weather


@variable(unit="ratio", dims=("district",))
def good_air_share(district_pm25: Array, good_air_base: Array, good_air_response: Array) -> Array:
    """Share of days with good air (2.10.2): falls with PM2.5; ozone is outside it."""
    return np.minimum(good_air_base * relative(district_pm25) ** -good_air_response, 1.0)


@variable(unit="d", dims=("district",))
def good_air_days(good_air_share: Array, days_of_year: Array) -> Array:
    """Days with good air in a year."""
    return good_air_share * days_of_year


@variable(unit="ratio", dims=("district", "service"))
def service_coverage(
    service_coverage_base: Array, public_capital: Array, urban_residents: Array, coverage_response: Array
) -> Array:
    """Sewage treated and waste made harmless (1.15.3): as environment capital per urban resident moves, at most all."""
    need = total(relative(urban_residents), over="region")
    capital = total(relative(at(public_capital, kind="environment")), over="region")
    return np.minimum(service_coverage_base * (capital / need) ** coverage_response, 1.0)


@stock(unit="index", dims=("region",), initial=1.0)
def energy_goal(energy_goal: Array, energy_goal_fall: Array) -> Array:
    """Energy per GDP that is allowed against the start: falls by what the plan asks for."""
    return -energy_goal_fall * energy_goal


@variable(unit="ratio", dims=("region", "sector"))
def permit_gate(
    permit_strictness: Array,
    heavy_share: Array,
    pm25: Array,
    pm25_limit: Array,
    energy_use: Array,
    gdp_real: Array,
    energy_goal: Array,
) -> Array:
    """What strict permits leave of investment against the start (1.15.4): less while air or energy miss their limits."""
    energy_gap = np.maximum(relative(energy_use / gdp_real) / energy_goal - 1.0, 0.0)
    air_gap = np.maximum(pm25 / pm25_limit - 1.0, 0.0)
    return relative(1.0 - permit_strictness * heavy_share * np.minimum(air_gap + energy_gap, 1.0))


@variable(unit="1/a", dims=("region",))
def unusual_loss_rate(
    gdp_real: Array,
    capital: Array,
    accident_share: Array,
    accident_response: Array,
    disaster_share: Array,
    disaster_shock: Array,
    disaster_response: Array,
    public_capital: Array,
) -> Array:
    """Capital lost to disasters and accidents beyond what is usual and stands in depreciation (1.16).

    Safety works make accidents fewer, environment works floods milder; a bad year destroys more, a quiet one less.
    """
    safety, works = (relative(at(public_capital, kind=kind)) for kind in ("safety", "environment"))
    accidents = accident_share * (safety**-accident_response - 1.0)
    year = np.maximum(1.0 + disaster_shock * noise("disasters", like=disaster_shock), 0.0)
    disasters = disaster_share * (year * works**-disaster_response - 1.0)
    return (accidents + disasters) * gdp_real / total(capital, over="sector")


@variable(unit="亿元_2020/a", dims=("region", "sector"), kind="flow")
def unusual_losses(unusual_loss_rate: Array, capital: Array) -> Array:
    """Capital of each sector lost beyond what is usual."""
    return unusual_loss_rate * capital
