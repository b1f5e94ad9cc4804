"""Housing: the stock against what people need, and house prices (H1, H2)."""

from __future__ import annotations

import numpy as np

from sim.model import Array, initial, relative, stock, variable


@stock(unit="index", dims=("region",), initial=1.0)
def housing_stock(
    housing_stock: Array, real_housing_investment: Array, housing_depreciation: Array, housing_growth_base: Array
) -> Array:
    """Housing against the start (H1): the investment of the base year made it grow at its usual rate."""
    completions = (housing_depreciation + housing_growth_base) * relative(real_housing_investment)
    return completions - housing_depreciation * housing_stock


@variable(unit="ratio", dims=("region",))
def housing_need(residents: Array, income_per_head: Array, consumer_price: Array, housing_income_elasticity: Array) -> Array:
    """Need for housing against the start (H2): residents * real income per head to a power."""
    return relative(residents) * relative(income_per_head / consumer_price) ** housing_income_elasticity


@stock(unit="index", dims=("region",), initial=1.0)
def housing_pressure(housing_pressure: Array, housing_need: Array, housing_stock: Array, house_price_response: Array) -> Array:
    """House prices against their given path (H2): they rise while need grows ahead of the stock."""
    return house_price_response * np.log(housing_need / housing_stock) * housing_pressure


@variable(unit="元/m2", dims=("region",))
def house_price(house_price_path: Array, housing_pressure: Array) -> Array:
    """House price (H2): the published and assumed path, moved by scarcity."""
    return house_price_path * housing_pressure / initial(housing_pressure)
