"""Household income and consumption, and what demand takes from them."""

from __future__ import annotations

import numpy as np

from sim.model import Array, initial, smooth, total, variable

LEAST_OWN = 0.1
"""Part of public expenditure that is no voucher, whatever is handed out."""


@variable(unit="亿元/a", dims=("region",), kind="flow")
def household_income(gdp_nominal: Array, household_income_share: Array, extra_taxes: Array) -> Array:
    """Disposable income of households (Q1): a share of GDP that holds labour income and transfers, less unusual taxes."""
    return household_income_share * (gdp_nominal - extra_taxes)


@variable(unit="万元/人/a", dims=("region",), kind="ratio")
def income_per_head(household_income: Array, residents: Array) -> Array:
    """Disposable income per resident."""
    return household_income / residents


@variable(unit="亿元/a", dims=("region",), kind="flow")
def consumption(
    household_income: Array,
    household_income_share: Array,
    starting_output: Array,
    price_index: Array,
    base_growth: Array,
    sector_inflation: Array,
    consumption_propensity: Array,
    income_perception_time: Array,
) -> Array:
    """Household consumption (Q1): a share of income as households have come to expect it.

    Expected income starts where steady nominal growth g leaves it: income / (1 + g * perception time).
    """
    lag = 1.0 + (base_growth + sector_inflation) * income_perception_time
    at_start = household_income_share * total(starting_output * price_index / lag, over="sector")
    return consumption_propensity * smooth(household_income, income_perception_time, at_start)


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def real_consumption(
    consumption: Array, consumption_voucher: Array, voucher_pass_through: Array, consumer_price: Array
) -> Array:
    """Household consumption at prices of 2020, with what vouchers draw out beyond what they replace (F6)."""
    more = voucher_pass_through * (consumption_voucher - initial(consumption_voucher))
    return (consumption + more) / consumer_price


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def real_public_expenditure(public_expenditure: Array, consumption_voucher: Array, consumer_price: Array) -> Array:
    """General public expenditure at prices of 2020; new vouchers are spent by households and stand in their consumption.

    They take at most nine tenths of all expenditure.
    """
    own = public_expenditure - (consumption_voucher - initial(consumption_voucher))
    return np.maximum(own, LEAST_OWN * public_expenditure) / consumer_price


@variable(unit="亿元/万人/a", dims=("region",))
def mean_wage(wage: Array, labour: Array) -> Array:
    """Mean wage over all sectors."""
    return total(wage * labour, over="sector") / total(labour, over="sector")
