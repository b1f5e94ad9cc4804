"""Firms, research and people of districts: parts of the city's stocks and flows, so that districts add up to the city."""

from __future__ import annotations

import numpy as np

from sim.model import Array, accumulate, at, event, hand_down, relative, share, stock, total, trend, variable

TIERS = ("district", "tier")


@variable(unit="户", dims=TIERS)
def starting_district_firms(above_scale_firms_base: Array, district_firms_share: Array) -> Array:
    """Above-scale firms of each district at the start: its share of the city's."""
    return share(district_firms_share, over="district") * total(above_scale_firms_base, over="region")


@stock(unit="户", dims=TIERS, initial="starting_district_firms")
def district_above_scale_firms() -> Array:
    """Above-scale firms by district (SH15, SH16); they move at the turn of the year."""
    return 0.0  # type: ignore[return-value]


@variable(unit="ratio", dims=TIERS)
def crossings_weight(
    district_above_scale_firms: Array, tier_activity_share: Array, district_nurture: Array, firms_response: Array
) -> Array:
    """Share of each district in the firms that cross the threshold (2.8.1): its firms, its care, and where output moves to."""
    lead = relative(tier_activity_share) / relative(share(district_above_scale_firms, over="district"))
    return share(district_above_scale_firms * district_nurture * lead**firms_response, over="district")


@variable(unit="户/a", dims=TIERS, kind="flow")
def district_crossings(crossings_weight: Array, threshold_crossings: Array) -> Array:
    """Firms that cross the threshold by district (2.8.1)."""
    return crossings_weight * total(threshold_crossings, over="region")


@event(stock="district_above_scale_firms", order=5)
def district_firms_move(
    district_above_scale_firms: Array, crossings_weight: Array, threshold_crossings: Array, above_scale_exits: Array
) -> Array:
    """The year's crossings by weight, its exits in proportion: the districts change as the city does."""
    lost = total(accumulate(above_scale_exits), over="region") * share(district_above_scale_firms, over="district")
    return district_above_scale_firms + crossings_weight * total(accumulate(threshold_crossings), over="region") - lost


@variable(unit="ratio", dims=("district",))
def district_output_share(activity_share: Array, value_added_base: Array) -> Array:
    """Share of each district in output outside farming, with the sectors' weights of the base year."""
    output = activity_share * hand_down(total(value_added_base, over="region"), "sector", "branch")
    return share(total(output, over="branch"), over="district")


@variable(unit="户", dims=("district",))
def district_hightech_firms(
    hightech_firms: Array,
    district_hightech_share: Array,
    district_output_share: Array,
    district_science_budget: Array,
    firms_response: Array,
    science_response: Array,
) -> Array:
    """High-tech firms by district (SH16): shares of the base year, moved by output and by the district's science budget."""
    budget = relative(district_science_budget) ** science_response
    weight = district_hightech_share * relative(district_output_share) ** firms_response * budget
    return share(weight, over="district") * total(hightech_firms, over="region")


@variable(unit="户", dims=("district",))
def district_market_entities(
    market_entities: Array, district_entities_share: Array, district_output_share: Array, firms_response: Array
) -> Array:
    """Market entities by district (SH16)."""
    weight = district_entities_share * relative(district_output_share) ** firms_response
    return share(weight, over="district") * total(market_entities, over="region")


@variable(unit="户", dims=("district",))
def district_enterprises(
    registered_enterprises: Array, district_entities_share: Array, district_output_share: Array, firms_response: Array
) -> Array:
    """Registered enterprises by district (SH16), distributed as market entities are."""
    weight = district_entities_share * relative(district_output_share) ** firms_response
    return share(weight, over="district") * total(registered_enterprises, over="region")


@variable(unit="户", dims=("district",))
def district_quoted_firms(
    listed_firms: Array, joint_stock_firms: Array, neeq_ratio: Array, district_listed_share: Array
) -> Array:
    """Firms listed or quoted on the NEEQ by district, in expectation: a constant share of the city's."""
    return share(district_listed_share, over="district") * total(listed_firms + neeq_ratio * joint_stock_firms, over="region")


@variable(unit="亿元/a", dims=("district",), kind="ratio")
def hightech_value_added(
    scale_industry_value_added: Array,
    hightech_share_base: Array,
    district_hightech_firms: Array,
    district_above_scale_firms: Array,
    hightech_value_response: Array,
) -> Array:
    """Value added of high-tech industry by district at current prices (1.8.2): at most 19/20 of above-scale industry."""
    firms = district_hightech_firms / at(district_above_scale_firms, tier="industry")
    part = np.minimum(hightech_share_base * relative(firms) ** hightech_value_response, 0.95)
    return part * scale_industry_value_added


@variable(unit="亿元/a", dims=("district",), kind="ratio")
def district_rd_spending(
    rd_spending: Array,
    district_rd_share: Array,
    district_hightech_firms: Array,
    district_science_budget: Array,
    firms_response: Array,
    science_response: Array,
) -> Array:
    """R&D spending by district (2.7.1): shares of the base year, moved by high-tech firms and the district's science budget."""
    weight = district_rd_share * relative(share(district_hightech_firms, over="district")) ** firms_response
    weight = weight * relative(district_science_budget) ** science_response
    return share(weight, over="district") * total(rd_spending, over="region")


@variable(unit="ratio", dims=("district",), kind="ratio")
def district_rd_intensity(district_rd_spending: Array, district_gdp_nominal: Array) -> Array:
    """R&D spending of a district as a share of its GDP (2.7.2)."""
    return district_rd_spending / district_gdp_nominal


@stock(unit="ratio", dims=("district",), initial="district_science_budget")
def science_budget_share(science_budget_share: Array, district_science_budget: Array, budget_adjustment_time: Array) -> Array:
    """Share of science in a district's budget (2.7.3): follows what is decided."""
    return (district_science_budget - science_budget_share) / budget_adjustment_time


@stock(unit="件", dims=("district",), initial="patents_base")
def patents_in_force(
    patents_in_force: Array,
    patents_base: Array,
    patent_growth_base: Array,
    real_rd_spending: Array,
    patent_response: Array,
    patent_lapse: Array,
) -> Array:
    """Invention patents in force (1.8.3): new ones follow real R&D, old ones lapse."""
    research = total(relative(real_rd_spending), over="region") ** patent_response
    return (patent_lapse + patent_growth_base) * patents_base * research - patent_lapse * patents_in_force


@variable(unit="件/万人", dims=("district",))
def patents_per_head(patents_in_force: Array, district_residents: Array) -> Array:
    """Invention patents in force per ten thousand residents."""
    return patents_in_force / district_residents


@variable(unit="人", dims=("district",), kind="ratio")
def rd_personnel(district_rd_spending: Array, rd_cost_per_person: Array, mean_wage: Array) -> Array:
    """People in R&D by district (1.8.4): spending / cost per person, which moves with wages."""
    return district_rd_spending / (rd_cost_per_person * total(relative(mean_wage), over="region"))


@variable(unit="人/万人", dims=("district",), kind="ratio")
def rd_personnel_per_employed(rd_personnel: Array, district_employment_share: Array, labour_supply: Array) -> Array:
    """People in R&D per ten thousand employed."""
    return rd_personnel / (share(district_employment_share, over="district") * total(labour_supply, over="region"))


@variable(unit="万人/a", dims=("region",), kind="flow")
def new_urban_jobs(labour: Array, separation_rate: Array) -> Array:
    """New urban jobs (2.9.1): gross hires, as the statistic counts: separations that are filled again, and growth."""
    others = total(labour, over="sector") - at(labour, sector="agriculture")
    return others * (separation_rate + np.maximum(trend(others, 1.0), 0.0))


@variable(unit="万人/a", dims=("district",), kind="flow")
def district_new_jobs(new_urban_jobs: Array, district_jobs_share: Array) -> Array:
    """New urban jobs by district: by its share of those counted in the years before."""
    return district_jobs_share * total(new_urban_jobs, over="region")
