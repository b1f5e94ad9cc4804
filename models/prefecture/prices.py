"""Prices: deflators of the sectors, of consumption and of investment; all given, none endogenous."""

from __future__ import annotations

from sim.model import Array, stock

PRICE = "亿元/亿元_2020"


@stock(unit=PRICE, dims=("region", "sector"), initial="sector_price_base")
def price_index(price_index: Array, deflator_growth: Array) -> Array:
    """Deflator of each sector (P7), 2020 = 1: grows at its own rate."""
    return deflator_growth * price_index


@stock(unit=PRICE, dims=("region",), initial="price_level_base")
def consumer_price(consumer_price: Array, consumer_price_growth: Array) -> Array:
    """Deflator of consumption, 2020 = 1."""
    return consumer_price_growth * consumer_price


@stock(unit=PRICE, dims=("region",), initial="price_level_base")
def investment_price(investment_price: Array, investment_price_growth: Array) -> Array:
    """Deflator of capital formation, 2020 = 1."""
    return investment_price_growth * investment_price
