"""What no equation foresees: yearly shocks to output, to the balance of industry and services, and to prices.

A shock of a year lasts. Each is a standard normal number per year and draw times its size; without draws there are none.
Shocks that are common to all cities and those of the city alone have streams of their own.
"""

from __future__ import annotations

import numpy as np

from sim.model import Array, by, event, noise, stock, until_turn, variable

SECTORS = ("region", "sector")


@variable(unit="ratio", dims=SECTORS)
def output_shock(
    common_output_shock: Array, own_output_shock: Array, common_industry_shock: Array, own_industry_shock: Array
) -> Array:
    """Shock of the year to output outside agriculture: of all cities, of this one, and of industry against services."""
    all_cities = common_output_shock * noise("output of all cities", like=common_output_shock)
    every_sector = all_cities + own_output_shock * noise("output of this city", like=own_output_shock)
    balance = common_industry_shock * noise("industry of all cities", like=common_industry_shock)
    balance = balance + own_industry_shock * noise("industry of this city", like=own_industry_shock)
    return by(
        "sector",
        agriculture=0.0 * every_sector,
        manufacturing=every_sector + balance,
        other_industry=every_sector + balance,
        construction=every_sector + balance,
        services=every_sector - balance,
    )


@stock(unit="ratio", dims=SECTORS, initial=0.0)
def past_output_shocks() -> Array:
    """Sum of the output shocks of past years; it moves at the turn of the year."""
    return 0.0  # type: ignore[return-value]


@event(stock="past_output_shocks", order=1)
def output_shock_lasts(past_output_shocks: Array, output_shock: Array) -> Array:
    """The shock of the year joins those of past years."""
    return past_output_shocks + output_shock


@variable(unit="ratio", dims=SECTORS)
def shocked_output(past_output_shocks: Array, output_shock: Array) -> Array:
    """Output against what it would be without shocks: exp(shocks of past years + shock of this year)."""
    return np.exp(past_output_shocks + until_turn(output_shock))


@variable(unit="ratio", dims=("region",))
def price_shock(common_price_shock: Array, own_price_shock: Array) -> Array:
    """Shock of the year to all prices: of all cities and of this one."""
    all_cities = common_price_shock * noise("prices of all cities", like=common_price_shock)
    return all_cities + own_price_shock * noise("prices of this city", like=own_price_shock)


@stock(unit="ratio", dims=("region",), initial=0.0)
def past_price_shocks() -> Array:
    """Sum of the price shocks of past years; it moves at the turn of the year."""
    return 0.0  # type: ignore[return-value]


@event(stock="past_price_shocks", order=1)
def price_shock_lasts(past_price_shocks: Array, price_shock: Array) -> Array:
    """The shock of the year joins those of past years."""
    return past_price_shocks + price_shock


@variable(unit="ratio", dims=("region",))
def shocked_prices(past_price_shocks: Array, price_shock: Array) -> Array:
    """Price level against what it would be without shocks: exp(shocks of past years + shock of this year)."""
    return np.exp(past_price_shocks + until_turn(price_shock))
