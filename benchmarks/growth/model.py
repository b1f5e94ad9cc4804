"""The growth model in the model language of this project."""

from __future__ import annotations

import numpy as np

from sim.model import Array, stock, variable


@variable(unit="ratio")
def population(young: Array, working: Array, old: Array) -> Array:
    """All residents."""
    return young + working + old


@variable(unit="ratio")
def labour_index(participation: Array, working: Array) -> Array:
    """Labour against the start."""
    return participation * working / (participation * 410.0)


@variable(unit="ratio")
def factory_potential(
    factory_output_base: Array,
    productivity: Array,
    factory_capital: Array,
    factory_exponent: Array,
    labour_index: Array,
    public_capital: Array,
    public_elasticity: Array,
) -> Array:
    """What factories can make."""
    inputs = (factory_capital / 2600.0) ** factory_exponent * labour_index ** (1.0 - factory_exponent)
    return factory_output_base * productivity * inputs * (public_capital / 2400.0) ** public_elasticity


@variable(unit="ratio")
def service_potential(
    service_output_base: Array,
    productivity: Array,
    service_capital: Array,
    service_exponent: Array,
    labour_index: Array,
    public_capital: Array,
    public_elasticity: Array,
) -> Array:
    """What services can offer."""
    inputs = (service_capital / 5200.0) ** service_exponent * labour_index ** (1.0 - service_exponent)
    return service_output_base * productivity * inputs * (public_capital / 2400.0) ** public_elasticity


@variable(unit="ratio")
def factory_demand(
    factory_output_base: Array, demand_growth: Array, time: Array, productivity: Array, market_elasticity: Array
) -> Array:
    """Demand for what factories make."""
    return factory_output_base * np.exp(demand_growth * (time - 2021.0)) * productivity**market_elasticity


@variable(unit="ratio")
def factory_output(factory_potential: Array, factory_demand: Array, utilisation_response: Array) -> Array:
    """Output of factories."""
    utilisation = 0.9 + 0.15 * np.tanh(utilisation_response * np.log(factory_demand / factory_potential) + 0.8)
    return utilisation * factory_potential


@variable(unit="ratio")
def service_demand(
    service_output_base: Array,
    industry_pull: Array,
    factory_output: Array,
    factory_output_base: Array,
    population: Array,
    productivity: Array,
) -> Array:
    """Demand for services."""
    industry = industry_pull * factory_output / factory_output_base
    return service_output_base * (industry + (1.0 - industry_pull) * population / 665.0 * productivity)


@variable(unit="ratio")
def service_output(service_potential: Array, service_demand: Array, utilisation_response: Array) -> Array:
    """Output of services."""
    utilisation = 0.95 + 0.1 * np.tanh(utilisation_response * np.log(service_demand / service_potential) + 0.5)
    return utilisation * service_potential


@variable(unit="ratio")
def output(factory_output: Array, service_output: Array) -> Array:
    """All output."""
    return factory_output + service_output


@variable(unit="ratio")
def manufacturing_share(price: Array, service_price_power: Array, factory_output: Array, service_output: Array) -> Array:
    """Factories' share of output at current prices."""
    nominal = price * factory_output + price**service_price_power * service_output
    return price * factory_output / nominal


@variable(unit="ratio")
def factory_investment(
    investment_scale: Array,
    factory_capital: Array,
    factory_depreciation: Array,
    expected_growth: Array,
    factory_exponent: Array,
    factory_output: Array,
    return_base: Array,
    investment_response: Array,
) -> Array:
    """Investment of factories."""
    needed = investment_scale * factory_capital * np.maximum(factory_depreciation + expected_growth, 0.0)
    return needed * (factory_exponent * factory_output / factory_capital / return_base) ** investment_response


@variable(unit="ratio")
def commissioning(work_in_progress: Array, building_time: Array, congestion: Array) -> Array:
    """Plant that is finished."""
    return work_in_progress / (building_time * (1.0 + congestion * (work_in_progress / 520.0 - 1.0)))


@variable(unit="ratio")
def research_spending(research_intensity: Array, research_response: Array, hightech_firms: Array, output: Array) -> Array:
    """Spending on research."""
    return research_intensity * (1.0 + research_response * (hightech_firms / 620.0 - 1.0)) * output


@variable(unit="ratio")
def productivity_growth(
    productivity_trend: Array,
    catch_up: Array,
    frontier: Array,
    productivity: Array,
    research_elasticity: Array,
    research_spending: Array,
    research_stock: Array,
    research_depreciation: Array,
) -> Array:
    """Growth of productivity."""
    research = research_elasticity * (research_spending / research_stock - research_depreciation)
    return productivity_trend + catch_up * np.log(frontier / productivity) + research


@variable(unit="ratio")
def output_growth(
    productivity_growth: Array,
    factory_exponent: Array,
    commissioning: Array,
    factory_capital: Array,
    factory_depreciation: Array,
) -> Array:
    """Growth that the economy is on."""
    return productivity_growth + factory_exponent * (commissioning / factory_capital - factory_depreciation)


@variable(unit="ratio")
def net_migration(migration_pull: Array, working: Array, output: Array, population: Array, reference_output: Array) -> Array:
    """Newcomers of working age."""
    return migration_pull * working * np.log(output / population / reference_output)


@variable(unit="ratio")
def firm_entries(
    entry_rate: Array, small_firms: Array, entry_response: Array, expected_growth: Array, room_for_firms: Array
) -> Array:
    """New small firms."""
    return entry_rate * small_firms * (1.0 + entry_response * expected_growth) * np.exp(-small_firms / room_for_firms)


@variable(unit="ratio")
def crossings(crossing_rate: Array, small_firms: Array, size_tail: Array, output_growth: Array, inflation: Array) -> Array:
    """Small firms that become large."""
    return crossing_rate * small_firms * np.exp(size_tail * (output_growth + inflation))


@stock(unit="ratio", initial=2600.0)
def factory_capital(commissioning: Array, factory_depreciation: Array, factory_capital: Array) -> Array:
    """Capital of factories."""
    return commissioning - factory_depreciation * factory_capital


@stock(unit="ratio", initial=5200.0)
def service_capital(service_capital: Array, service_depreciation: Array, expected_growth: Array) -> Array:
    """Capital of services."""
    investment = service_capital * (service_depreciation + 0.9 * expected_growth)
    return investment - service_depreciation * service_capital


@stock(unit="ratio", initial=520.0)
def work_in_progress(factory_investment: Array, commissioning: Array) -> Array:
    """Plant under construction."""
    return factory_investment - commissioning


@stock(unit="ratio", initial=2400.0)
def public_capital(public_share: Array, output: Array, public_depreciation: Array, public_capital: Array) -> Array:
    """Public capital."""
    return 0.85 * public_share * output - public_depreciation * public_capital


@stock(unit="ratio", initial=1.0)
def productivity(productivity_growth: Array, productivity: Array) -> Array:
    """Productivity."""
    return productivity_growth * productivity


@stock(unit="ratio", initial=220.0)
def research_stock(research_spending: Array, research_depreciation: Array, research_stock: Array) -> Array:
    """Stock of research."""
    return research_spending - research_depreciation * research_stock


@stock(unit="ratio", initial=0.055)
def expected_growth(output_growth: Array, expected_growth: Array, expectation_time: Array) -> Array:
    """Growth that firms expect."""
    return (output_growth - expected_growth) / expectation_time


@stock(unit="ratio", initial=115.0)
def young(fertility: Array, working: Array, young: Array) -> Array:
    """Residents before working age."""
    return fertility * working - young / 15.0


@stock(unit="ratio", initial=410.0)
def working(young: Array, working: Array, net_migration: Array) -> Array:
    """Residents of working age."""
    return young / 15.0 - working / 45.0 + net_migration


@stock(unit="ratio", initial=140.0)
def old(working: Array, death_rate: Array, old: Array) -> Array:
    """Residents after working age."""
    return working / 45.0 - death_rate * old


@stock(unit="ratio", initial=52000.0)
def small_firms(firm_entries: Array, exit_rate: Array, small_firms: Array, crossings: Array) -> Array:
    """Small firms."""
    return firm_entries - exit_rate * small_firms - crossings


@stock(unit="ratio", initial=4300.0)
def large_firms(crossings: Array, large_exit_rate: Array, large_firms: Array) -> Array:
    """Large firms."""
    return crossings - large_exit_rate * large_firms


@stock(unit="ratio", initial=620.0)
def hightech_firms(
    certification_rate: Array, certifiable_share: Array, large_firms: Array, hightech_firms: Array, lapse_rate: Array
) -> Array:
    """High-tech firms."""
    certified = certification_rate * np.maximum(certifiable_share * large_firms - hightech_firms, 0.0)
    return certified - lapse_rate * hightech_firms


@stock(unit="ratio", initial=1.0)
def price(inflation: Array, price: Array) -> Array:
    """Price level of factories' goods."""
    return inflation * price
