"""Prices: deflators of the sectors from the nation's inflation, and those of consumption and investment from the sectors'.

Inflation by itself is neutral: every price moves with it, so that only relative prices move anything real. The nation's
inflation may surprise for some years; what the prices of cities do beyond it is gone in the next, and stays in their level.
"""

from __future__ import annotations

from sim.model import Array, at, by, starting_rate, stock, total, variable

PRICE = "亿元/亿元_2020"
SECTORS = ("region", "sector")


@variable(unit="1/a", dims=SECTORS)
def relative_inflation(outlook_growth: Array, farm_price_response: Array, services_price_lead: Array) -> Array:
    """Inflation of a sector against industry (Baumol 1967): of farm products where farming grows slower, and of services."""
    behind = at(outlook_growth, sector="services") - at(outlook_growth, sector="agriculture")
    return by(
        "sector",
        agriculture=farm_price_response * behind,
        manufacturing=0.0 * behind,
        other_industry=0.0 * behind,
        construction=0.0 * behind,
        services=services_price_lead,
    )


@variable(unit="1/a", dims=SECTORS)
def sector_inflation(inflation_of_nation: Array, relative_inflation: Array, starting_shares: Array) -> Array:
    """Growth of each sector's prices (P7): the nation's inflation, and the sector's own against the mean of all sectors."""
    return inflation_of_nation + relative_inflation - total(starting_shares * relative_inflation, over="sector")


@variable(unit=PRICE, dims=SECTORS)
def starting_price(sector_price_base: Array, sector_inflation: Array) -> Array:
    """Deflators at the turn of the year, from the mean of the base year, so that the first year's mean has grown in full."""
    return starting_rate(sector_price_base, sector_inflation)


@stock(unit=PRICE, dims=SECTORS, initial="starting_price")
def price_path(price_path: Array, sector_inflation: Array) -> Array:
    """Deflator of each sector without shocks (P7), 2020 = 1."""
    return sector_inflation * price_path


@variable(unit=PRICE, dims=SECTORS)
def price_index(price_path: Array, shocked_prices: Array) -> Array:
    """Deflator of each sector (P7), 2020 = 1."""
    return price_path * shocked_prices


@variable(unit=PRICE, dims=("region",))
def output_price(price_index: Array, starting_shares: Array) -> Array:
    """Price level of output in the composition of the start, 2020 = 1."""
    return total(starting_shares * price_index, over="sector")


@stock(unit="index", dims=("region",), initial=1.0)
def consumer_price_ratio(consumer_price_ratio: Array, consumer_price_lead: Array) -> Array:
    """Consumer prices over those of output, 1 at the start."""
    return consumer_price_lead * consumer_price_ratio


@variable(unit=PRICE, dims=("region",))
def consumer_price(output_price: Array, consumer_price_ratio: Array) -> Array:
    """Deflator of consumption, 2020 = 1."""
    return output_price * consumer_price_ratio


@stock(unit="index", dims=("region",), initial=1.0)
def investment_price_ratio(investment_price_ratio: Array, investment_price_lead: Array) -> Array:
    """Investment prices over those of output, 1 at the start."""
    return investment_price_lead * investment_price_ratio


@variable(unit=PRICE, dims=("region",))
def investment_price(output_price: Array, investment_price_ratio: Array) -> Array:
    """Deflator of capital formation, 2020 = 1."""
    return output_price * investment_price_ratio
