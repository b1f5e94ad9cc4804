"""The budget: revenue, spending, borrowing and debt (F1 to F5), and what debt does to private investment (1.18).

revenue + transfers + land revenue + net borrowing = expenditure + fund outlays + what is carried over, in every year.
"""

from __future__ import annotations

import numpy as np

from sim.model import Array, initial, relative, starting_rate, stock, total, variable

LEAST_SPENT = 0.1
"""Part of the planned expenditure that is spent whatever the levers save."""


@variable(unit="亿元/a", dims=("region",))
def tax_base(value_added_nominal: Array, tax_weight: Array) -> Array:
    """Value added weighted by how much tax each sector pays."""
    return total(tax_weight * value_added_nominal, over="sector")


@variable(unit="亿元/a", dims=("region",), kind="flow")
def usual_revenue(revenue_base: Array, normal_nominal_growth: Array, tax_base: Array, tax_buoyancy: Array) -> Array:
    """General public revenue at the usual effort: as published in the base year, and moving with the tax base to a power."""
    return starting_rate(revenue_base, tax_buoyancy * normal_nominal_growth) * relative(tax_base) ** tax_buoyancy


@variable(unit="亿元/a", dims=("region",), kind="flow")
def public_revenue(usual_revenue: Array, tax_effort: Array) -> Array:
    """General public revenue (F1): usual revenue * effort of collection."""
    return usual_revenue * tax_effort


@variable(unit="亿元/a", dims=("region",))
def extra_taxes(public_revenue: Array, usual_revenue: Array) -> Array:
    """What households and firms pay beyond the usual: no income of the economy, only moved."""
    return public_revenue - usual_revenue


@variable(unit="亿元/a", dims=("region",), kind="flow")
def land_revenue(land_revenue_base: Array, real_housing_investment: Array, house_price: Array) -> Array:
    """Land revenue (H3): as in the base year, and moving with housing investment and house prices."""
    return land_revenue_base * relative(real_housing_investment) * relative(house_price)


@variable(unit="亿元/a", dims=("region",))
def policy_outlays(
    talent_spend: Array,
    trains_run: Array,
    train_subsidy: Array,
    consumption_voucher: Array,
    public_school_cost: Array,
) -> Array:
    """Spending that the levers ask for beyond the base year (F2): talent, trains, vouchers, public school places."""
    usual = initial(talent_spend) + initial(trains_run * train_subsidy) + initial(consumption_voucher)
    return talent_spend + trains_run * train_subsidy + consumption_voucher - usual + public_school_cost


@variable(unit="亿元/a", dims=("region",), kind="flow")
def usual_expenditure(planned_expenditure: Array, unplanned_prices: Array) -> Array:
    """General public expenditure as planned, at the prices of the year."""
    return planned_expenditure * unplanned_prices


@variable(unit="亿元/a", dims=("region",), kind="flow")
def public_expenditure(usual_expenditure: Array, policy_outlays: Array) -> Array:
    """General public expenditure (F3): the planned path and what the levers add, or save up to nine tenths of it."""
    return np.maximum(usual_expenditure + policy_outlays, LEAST_SPENT * usual_expenditure)


@variable(unit="亿元/a", dims=("region",), kind="flow")
def transfers(usual_expenditure: Array, revenue_base: Array) -> Array:
    """Transfers from above: they fill the gap between planned spending and the revenue that was planned with it."""
    return usual_expenditure - revenue_base * relative(usual_expenditure)


@variable(unit="亿元/a", dims=("region",), kind="flow")
def bonds_wanted(planned_bonds: Array, unplanned_prices: Array) -> Array:
    """New bonds as planned, at the prices of the year."""
    return planned_bonds * unplanned_prices


@variable(unit="亿元/a", dims=("region",), kind="flow")
def bonds_issued(bonds_wanted: Array, government_debt: Array, debt_growth_cap: Array) -> Array:
    """New bonds for investment (F5): as wanted, at most the allowed growth of debt, none where there is no debt to grow."""
    return np.clip(debt_growth_cap * government_debt, 0.0, bonds_wanted)


@variable(unit="亿元/a", dims=("region",), kind="flow")
def fund_outlays(land_revenue: Array, bonds_issued: Array) -> Array:
    """Spending of the fund budget: land revenue and bonds."""
    return land_revenue + bonds_issued


@variable(unit="亿元/a", dims=("region",), kind="flow")
def financing_gap(
    public_expenditure: Array, fund_outlays: Array, public_revenue: Array, transfers: Array, land_revenue: Array
) -> Array:
    """What outlays of both budgets exceed revenue, transfers and land revenue by; below zero a surplus."""
    return public_expenditure + fund_outlays - public_revenue - transfers - land_revenue


@variable(unit="亿元/a", dims=("region",), kind="flow")
def net_borrowing(financing_gap: Array, government_debt: Array, year_length: Array) -> Array:
    """Net borrowing: the gap; a surplus pays debt back, as far as there is any."""
    return np.maximum(financing_gap, -government_debt / year_length)


@variable(unit="亿元/a", dims=("region",), kind="flow")
def budget_surplus(net_borrowing: Array, financing_gap: Array) -> Array:
    """What is left of a surplus when no debt is left to pay back: carried over, and not spent."""
    return net_borrowing - financing_gap


@stock(unit="亿元", dims=("region",), initial="debt_base")
def government_debt(net_borrowing: Array) -> Array:
    """Government debt (F4): grows by net borrowing; what falls due is refinanced."""
    return net_borrowing


@variable(unit="a", dims=("region",), kind="ratio")
def debt_ratio(government_debt: Array, gdp_nominal: Array) -> Array:
    """Government debt over GDP of the year."""
    return government_debt / gdp_nominal


@variable(unit="亿元_2020/a", dims=("region",), kind="flow")
def local_public_investment(
    planned_public_investment: Array,
    unplanned_prices: Array,
    bonds_wanted: Array,
    bonds_issued: Array,
    bond_investment_share: Array,
    investment_price: Array,
) -> Array:
    """Local public investment at prices of 2020 (G2): as planned, less the investment part of bonds that were not allowed."""
    paid = planned_public_investment * unplanned_prices - bond_investment_share * (bonds_wanted - bonds_issued)
    return np.maximum(paid, 0.0) / investment_price


@variable(unit="ratio", dims=("region",))
def crowding_out(government_debt: Array, gdp_nominal: Array, crowding_response: Array) -> Array:
    """What more public debt takes from private investment (1.18.3): exp[-chi * (debt/GDP - base)]."""
    ratio = government_debt / gdp_nominal
    return np.exp(-crowding_response * (ratio - initial(ratio)))
