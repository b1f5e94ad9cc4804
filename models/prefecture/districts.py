"""Districts and branches: shares of the city's sectors that add up to one (D1, D2, SH12, SH13).

A share belongs to one branch in one district, so city = sum of districts = sum of branches by construction. Shares move once a
year, with what is put to use there against the capital in place, with demand for the branch, and with where public money goes;
then those of each sector are scaled to one again. Figures of districts are those of the year at the shares of its 31 December.
"""

from __future__ import annotations

import numpy as np

from sim.model import Array, at, event, hand_down, roll_up, share, stock, total, variable

CELLS = ("district", "branch")
OF_SECTOR = ("district", "sector")
MOST_PULLED = 1.0
"""Logarithm of the factor by which a year of public money moves a share at most."""


@variable(unit="ratio", dims=CELLS)
def starting_activity_share(activity_base: Array) -> Array:
    """Share of each branch and district in its sector at the start."""
    return activity_base / hand_down(roll_up(total(activity_base, over="district"), "branch", "sector"), "sector", "branch")


@stock(unit="ratio", dims=CELLS, initial="starting_activity_share")
def activity_share() -> Array:
    """Share of each branch and district in its sector (D1, SH12); moves at the turn of the year."""
    return 0.0  # type: ignore[return-value]


@event(stock="activity_share", order=3)
def shares_move(
    activity_share: Array,
    ledger_business_completions: Array,
    formation_per_investment: Array,
    capital: Array,
    activity_response: Array,
    branch_demand_growth: Array,
    public_money_pull: Array,
    year_length: Array,
) -> Array:
    """New shares (SH12): what is put to use against the sector's capital, and growth of demand; scaled to one by sector."""
    completed = formation_per_investment * ledger_business_completions * year_length
    added = activity_response * completed / hand_down(total(capital, over="region"), "sector", "branch")
    moved = (activity_share + added) * np.exp(branch_demand_growth * year_length + public_money_pull)
    return moved / hand_down(roll_up(total(moved, over="district"), "branch", "sector"), "sector", "branch")


@variable(unit="亿元_2020/a", dims=("district",))
def district_public_investment(
    discretionary_public_investment: Array,
    district_weight: Array,
    ledger_public_spend: Array,
    formation_per_investment: Array,
) -> Array:
    """Public investment by district (2.1.1): its weight in what is discretionary, and the ledger's projects."""
    projects = formation_per_investment * total(ledger_public_spend, over="kind")
    free = total(total(discretionary_public_investment, over="kind"), over="region")
    return share(district_weight, over="district") * free + projects


@variable(unit="ratio", dims=("district",))
def public_money_pull(
    district_public_investment: Array, activity_share: Array, value_added: Array, district_response: Array
) -> Array:
    """How a year of public money moves a district's shares (D1): response * (investment/GDP there - in the city).

    A year moves no share by more than a factor of e.
    """
    output = total(activity_share * hand_down(total(value_added, over="region"), "sector", "branch"), over="branch")
    usual = total(district_public_investment, over="district") / total(output, over="district")
    return np.clip(district_response * (district_public_investment / output - usual), -MOST_PULLED, MOST_PULLED)


@variable(unit="亿元_2020/a", dims=CELLS, kind="ratio")
def branch_value_added(activity_share: Array, value_added: Array) -> Array:
    """Value added at prices of 2020 by district and branch (D2, SH13): share * value added of the sector."""
    return activity_share * hand_down(total(value_added, over="region"), "sector", "branch")


@variable(unit="亿元/a", dims=CELLS, kind="ratio")
def branch_value_added_nominal(activity_share: Array, value_added_nominal: Array) -> Array:
    """Value added at current prices by district and branch."""
    return activity_share * hand_down(total(value_added_nominal, over="region"), "sector", "branch")


@variable(unit="亿元/a", dims=CELLS, kind="ratio")
def branch_gross_output(branch_value_added_nominal: Array, value_added_rate: Array) -> Array:
    """Gross output at current prices (SH14): value added / its rate. A read-out of value added, never a driver."""
    return branch_value_added_nominal / value_added_rate


@variable(unit="亿元_2020/a", dims=OF_SECTOR, kind="ratio")
def district_value_added(branch_value_added: Array) -> Array:
    """Value added at prices of 2020 by district and sector (D2)."""
    return roll_up(branch_value_added, "branch", "sector")


@variable(unit="亿元_2020/a", dims=("district",), kind="ratio")
def district_gdp_real(branch_value_added: Array) -> Array:
    """GDP of each district at prices of 2020."""
    return total(branch_value_added, over="branch")


@variable(unit="亿元/a", dims=("district",), kind="ratio")
def district_gdp_nominal(branch_value_added_nominal: Array) -> Array:
    """GDP of each district at current prices."""
    return total(branch_value_added_nominal, over="branch")


@variable(unit="亿元/a", dims=("district",), kind="ratio")
def district_manufacturing_value_added(branch_value_added_nominal: Array) -> Array:
    """Value added of manufacturing by district at current prices."""
    return at(roll_up(branch_value_added_nominal, "branch", "sector"), sector="manufacturing")


@variable(unit="ratio", dims=("district",), kind="ratio")
def district_manufacturing_share(district_manufacturing_value_added: Array, district_gdp_nominal: Array) -> Array:
    """Manufacturing share of each district's GDP at current prices."""
    return district_manufacturing_value_added / district_gdp_nominal


@variable(unit="万人", dims=("district",))
def district_residents(district_population_share: Array, residents: Array) -> Array:
    """Residents by district: a constant share of the city's; no series of districts is published that would move it."""
    return share(district_population_share, over="district") * total(residents, over="region")


@variable(unit="ratio", dims=("district", "tier"))
def tier_activity_share(activity_share: Array, value_added_base: Array) -> Array:
    """Share of each district in the output behind each kind of above-scale firm, with the sectors' weights of the base year."""
    output = activity_share * hand_down(total(value_added_base, over="region"), "sector", "branch")
    return share(roll_up(output, "branch", "tier"), over="district")


@variable(unit="亿元/a", dims=("district",), kind="ratio")
def scale_industry_value_added(branch_value_added_nominal: Array, scale_share: Array) -> Array:
    """Value added of above-scale industry by district at current prices (2.3.1): its share of industry."""
    sectors = roll_up(branch_value_added_nominal, "branch", "sector")
    return scale_share * (at(sectors, sector="manufacturing") + at(sectors, sector="other_industry"))


@variable(unit="亿元_2020/a", dims=("district",), kind="ratio")
def scale_industry_value_added_real(branch_value_added: Array, scale_share: Array) -> Array:
    """Value added of above-scale industry by district at prices of 2020, as its growth is reported."""
    sectors = roll_up(branch_value_added, "branch", "sector")
    return scale_share * (at(sectors, sector="manufacturing") + at(sectors, sector="other_industry"))


@variable(unit="亿元/a", dims=("region",), kind="ratio")
def industrial_gross_output(value_added_nominal: Array, industrial_value_added_rate: Array) -> Array:
    """Gross output of all industry at current prices (1.5.3): value added / its rate."""
    industry = at(value_added_nominal, sector="manufacturing") + at(value_added_nominal, sector="other_industry")
    return industry / industrial_value_added_rate


@variable(unit="亿元/a", dims=("district",), kind="ratio")
def park_revenue(district_gdp_nominal: Array, park_value_added_rate: Array) -> Array:
    """Revenue of industry and trade of a park at current prices (1.7.3, 技工贸总收入): sales, never a part of GDP."""
    return district_gdp_nominal / park_value_added_rate


@stock(unit="km2", dims=("district",), initial="built_area_base")
def park_built_area() -> Array:
    """Built area of districts and parks (1.7.2); moves at the turn of the year."""
    return 0.0  # type: ignore[return-value]


@event(stock="park_built_area", order=4)
def land_is_taken(park_built_area: Array, ledger_land_taken: Array, usual_land_take_up: Array, year_length: Array) -> Array:
    """New built area (1.7.1): land of the ledger's projects, and what ordinary investment takes."""
    return park_built_area + (ledger_land_taken + usual_land_take_up) * year_length


@variable(unit="亿元/a", dims=("district",), kind="flow")
def district_fixed_asset_investment(
    activity_share: Array,
    business_investment: Array,
    ledger_business_spend: Array,
    district_public_investment: Array,
    real_housing_investment: Array,
    formation_per_investment: Array,
    investment_price: Array,
    district_population_share: Array,
    district_investment_scale: Array,
) -> Array:
    """Fixed-asset investment by district at current prices (2.3.2): ordinary by output, projects where they are built.

    A park that invests more than its output asks for has a scale above one; all districts still add up to the city.
    """
    by_output = total(activity_share * hand_down(total(business_investment, over="region"), "sector", "branch"), over="branch")
    ordinary = share(district_investment_scale * by_output, over="district") * total(by_output, over="district")
    homes = share(district_population_share, over="district") * total(real_housing_investment, over="region")
    formation = ordinary + district_public_investment + homes
    projects = total(ledger_business_spend, over="branch")
    return total(investment_price, over="region") * (formation / formation_per_investment + projects)
