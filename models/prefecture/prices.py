"""Prices: deflators of the sectors, of consumption and of investment; each has its own path, and shocks move them all.

Recent inflation beyond the long-run rates fades, as growth momentum does.
"""

from __future__ import annotations

from sim.model import Array, event, noise, starting_rate, stock, total, until_turn, variable

PRICE = "亿元/亿元_2020"


@variable(unit="1/a", dims=("region",))
def starting_price_momentum(recent_inflation: Array, deflator_growth: Array, value_added_base: Array) -> Array:
    """Recent inflation of the city beyond the long-run growth of its sectors' prices."""
    shares = value_added_base / total(value_added_base, over="sector")
    return recent_inflation - total(shares * deflator_growth, over="sector")


@variable(unit="1/a", dims=("region",))
def inflation_shock(inflation_trend_shock: Array) -> Array:
    """Shock of the year to the trend of inflation, common to all cities."""
    return inflation_trend_shock * noise("trend of inflation", like=inflation_trend_shock)


@stock(unit="1/a", dims=("region",), initial="starting_price_momentum")
def lasting_price_momentum(lasting_price_momentum: Array, price_momentum_life: Array) -> Array:
    """Momentum of inflation: it fades over its mean life; shocks join it at the turn of the year (Stock & Watson 2007)."""
    return -lasting_price_momentum / price_momentum_life


@event(stock="lasting_price_momentum", order=1)
def inflation_shock_lasts(lasting_price_momentum: Array, inflation_shock: Array) -> Array:
    """The shock of the year joins the momentum."""
    return lasting_price_momentum + inflation_shock


@variable(unit="1/a", dims=("region",))
def price_momentum(lasting_price_momentum: Array, inflation_shock: Array) -> Array:
    """Inflation beyond the long-run rates: what lasts of the past and the shock of the year."""
    return lasting_price_momentum + until_turn(inflation_shock)


@variable(unit=PRICE, dims=("region", "sector"))
def starting_price(sector_price_base: Array, deflator_growth: Array, starting_price_momentum: Array) -> Array:
    """Deflators at the turn of the year, from the mean of the base year, so that the first year's mean has grown in full."""
    return starting_rate(sector_price_base, deflator_growth + starting_price_momentum)


@stock(unit=PRICE, dims=("region", "sector"), initial="starting_price")
def price_path(price_path: Array, deflator_growth: Array, price_momentum: Array) -> Array:
    """Deflator of each sector without shocks (P7), 2020 = 1: grows at its own rate and with the momentum of inflation."""
    return (deflator_growth + price_momentum) * price_path


@variable(unit=PRICE, dims=("region",))
def starting_consumer_price(price_level_base: Array, consumer_price_growth: Array, starting_price_momentum: Array) -> Array:
    """Deflator of consumption at the turn of the year."""
    return starting_rate(price_level_base, consumer_price_growth + starting_price_momentum)


@stock(unit=PRICE, dims=("region",), initial="starting_consumer_price")
def consumer_price_path(consumer_price_path: Array, consumer_price_growth: Array, price_momentum: Array) -> Array:
    """Deflator of consumption without shocks, 2020 = 1."""
    return (consumer_price_growth + price_momentum) * consumer_price_path


@variable(unit=PRICE, dims=("region",))
def starting_investment_price(price_level_base: Array, investment_price_growth: Array, starting_price_momentum: Array) -> Array:
    """Deflator of capital formation at the turn of the year."""
    return starting_rate(price_level_base, investment_price_growth + starting_price_momentum)


@stock(unit=PRICE, dims=("region",), initial="starting_investment_price")
def investment_price_path(investment_price_path: Array, investment_price_growth: Array, price_momentum: Array) -> Array:
    """Deflator of capital formation without shocks, 2020 = 1."""
    return (investment_price_growth + price_momentum) * investment_price_path


@variable(unit=PRICE, dims=("region", "sector"))
def price_index(price_path: Array, shocked_prices: Array) -> Array:
    """Deflator of each sector (P7), 2020 = 1."""
    return price_path * shocked_prices


@variable(unit=PRICE, dims=("region",))
def consumer_price(consumer_price_path: Array, shocked_prices: Array) -> Array:
    """Deflator of consumption, 2020 = 1."""
    return consumer_price_path * shocked_prices


@variable(unit=PRICE, dims=("region",))
def investment_price(investment_price_path: Array, shocked_prices: Array) -> Array:
    """Deflator of capital formation, 2020 = 1."""
    return investment_price_path * shocked_prices
