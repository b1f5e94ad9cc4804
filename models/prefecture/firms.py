"""The enterprise ladder: household businesses, registered enterprises by age, the four kinds above scale, and flags on firms.

High-tech, joint-stock and listed firms are flags: they are counted among the enterprises, never added to them.
"""

from __future__ import annotations

import numpy as np

from sim.model import (
    Array,
    accumulate,
    at,
    event,
    initial,
    noise,
    place,
    regroup,
    roll_up,
    shift,
    stock,
    total,
    trend,
    variable,
)

TIERS = ("region", "tier")
CLASSES = ("region", "age_class")
LEAST_ROOM = 1e-9
"""Part of the enterprises that can always cross the threshold: a share of nothing is no number."""


@variable(unit="ratio", dims=("region",))
def entry_factor(
    expected_growth: Array,
    value_added: Array,
    gdp_real: Array,
    normal_growth: Array,
    entry_growth_response: Array,
    business_environment: Array,
    entities_per_head: Array,
    entry_saturation: Array,
) -> Array:
    """What moves entries (E8): growth, business environment, and how many entities there are per head already."""
    expected = total(expected_growth * value_added, over="sector") / gdp_real
    crowding = np.exp(-entry_saturation * (entities_per_head / initial(entities_per_head) - 1.0))
    lively = np.maximum(1.0 + entry_growth_response * (expected - normal_growth), 0.0)
    return lively * business_environment * crowding


@variable(unit="户/万人", dims=("region",))
def entities_per_head(market_entities: Array, residents: Array) -> Array:
    """Market entities per resident."""
    return market_entities / residents


@variable(unit="户/a", dims=("region",), kind="flow")
def household_business_births(household_businesses: Array, household_birth_rate: Array, entry_factor: Array) -> Array:
    """New household businesses (E1)."""
    return household_birth_rate * entry_factor * household_businesses


@variable(unit="户/a", dims=("region",), kind="flow")
def household_business_exits(household_businesses: Array, household_exit_rate: Array) -> Array:
    """Household businesses that close (E1)."""
    return household_exit_rate * household_businesses


@variable(unit="户/a", dims=("region",), kind="flow")
def conversions(household_businesses: Array, conversion_rate: Array, conversion_policy: Array, conversion_push: Array) -> Array:
    """Household businesses that become enterprises (1.6.1, 个转企)."""
    return (conversion_rate * conversion_push + conversion_policy) * household_businesses


@stock(unit="户", dims=("region",), initial="household_businesses_base")
def household_businesses(household_business_births: Array, household_business_exits: Array, conversions: Array) -> Array:
    """Household businesses (E1): births less exits less conversions."""
    return household_business_births - household_business_exits - conversions


@stock(unit="户", dims=CLASSES, initial="enterprises_base")
def enterprises() -> Array:
    """Registered enterprises by age (E2); they move at the turn of the year."""
    return 0.0  # type: ignore[return-value]


@event(stock="enterprises", order=2)
def enterprises_grow_older(enterprises: Array, enterprise_exits: Array, enterprise_births: Array) -> Array:
    """Ageing of enterprises by a year (E2): survivors move up, the year's entries become age 0."""
    survivors = enterprises - accumulate(enterprise_exits)
    return shift(survivors, along="age_class") + place(accumulate(enterprise_births), age_class="0")


@variable(unit="户/a", dims=("region",), kind="flow")
def enterprise_births(enterprises: Array, enterprise_birth_rate: Array, entry_factor: Array, conversions: Array) -> Array:
    """New enterprises (E2): founded, and converted from household businesses."""
    return enterprise_birth_rate * entry_factor * total(enterprises, over="age_class") + conversions


@variable(unit="户/a", dims=CLASSES, kind="flow")
def enterprise_exits(enterprises: Array, exit_hazard: Array, exit_hazard_scale: Array) -> Array:
    """Enterprises that close, by age (E2): the published hazard schedule times a scale."""
    return exit_hazard * exit_hazard_scale * enterprises


@variable(unit="户", dims=("region",))
def registered_enterprises(enterprises: Array) -> Array:
    """Registered enterprises of all ages."""
    return total(enterprises, over="age_class")


@variable(unit="户", dims=("region",))
def market_entities(household_businesses: Array, registered_enterprises: Array) -> Array:
    """Market entities: household businesses and registered enterprises."""
    return household_businesses + registered_enterprises


@variable(unit="亿元/a", dims=TIERS)
def tier_output(value_added_nominal: Array) -> Array:
    """Value added at current prices of the sectors behind each kind of above-scale firm."""
    return regroup(
        value_added_nominal,
        "sector",
        "tier",
        {
            "industry": ("manufacturing", "other_industry"),
            "construction_realestate": ("construction",),
            "trade_catering": ("services",),
            "services": ("services",),
        },
    )


@variable(unit="1/a", dims=("region",))
def crossing_shock(common_firms_shock: Array, own_firms_shock: Array) -> Array:
    """Shock of the year to the rate at which firms cross the threshold: of all cities and of this one."""
    all_cities = common_firms_shock * noise("firms of all cities", like=common_firms_shock)
    return all_cities + own_firms_shock * noise("firms of this city", like=own_firms_shock)


@variable(unit="户/a", dims=TIERS, kind="flow")
def project_firms(ledger_firms_opened: Array) -> Array:
    """Above-scale firms that projects of the ledger open."""
    return roll_up(total(ledger_firms_opened, over="district"), "branch", "tier")


@variable(unit="户/a", dims=("region",))
def crossing_room(
    registered_enterprises: Array, four_above_firms: Array, above_scale_limit: Array, year_length: Array
) -> Array:
    """How many firms can cross the threshold in a year (E3): enterprises large enough are a limited part of all."""
    room = np.maximum(above_scale_limit * registered_enterprises - four_above_firms, LEAST_ROOM * registered_enterprises)
    return room / year_length


@variable(unit="户/a", dims=TIERS, kind="flow")
def threshold_crossings(
    above_scale_firms: Array,
    tier_output: Array,
    crossing_rate: Array,
    size_tail: Array,
    growth_in_size: Array,
    normal_nominal_growth: Array,
    nurture_policy: Array,
    nurture_effect: Array,
    crossing_shock: Array,
    project_firms: Array,
    crossing_room: Array,
) -> Array:
    """Firms that cross the threshold (E3, 小升规): rate + tail * (growth in size - normal) + nurture + shock, plus plants.

    Output grows by more firms and by larger ones: only the latter carries firms across the threshold.

    Where more would cross than there is room for, all kinds give way in proportion.
    """
    lead = trend(tier_output, 2.0, normal_nominal_growth) - normal_nominal_growth
    rate = np.maximum(crossing_rate + size_tail * growth_in_size * lead + nurture_policy + nurture_effect + crossing_shock, 0.0)
    wanted = rate * above_scale_firms + project_firms
    return wanted * crossing_room / np.maximum(total(wanted, over="tier"), crossing_room)


@variable(unit="户/a", dims=TIERS, kind="flow")
def above_scale_exits(above_scale_firms: Array, above_scale_exit_rate: Array) -> Array:
    """Above-scale firms that close or fall below the threshold (E4)."""
    return above_scale_exit_rate * above_scale_firms


@stock(unit="户", dims=TIERS, initial="above_scale_firms_base")
def above_scale_firms(threshold_crossings: Array, above_scale_exits: Array) -> Array:
    """The four kinds of above-scale firms (E4)."""
    return threshold_crossings - above_scale_exits


@variable(unit="户", dims=("region",))
def four_above_firms(above_scale_firms: Array) -> Array:
    """All four kinds of above-scale firms (四上企业)."""
    return total(above_scale_firms, over="tier")


@variable(unit="户", dims=("region",))
def certifiable_firms(above_scale_firms: Array, certifiable_share: Array, hightech_firms: Array) -> Array:
    """Firms that could become high-tech and are not yet (E5): a share of above-scale industry and services."""
    candidates = at(above_scale_firms, tier="industry") + at(above_scale_firms, tier="services")
    return np.maximum(certifiable_share * candidates - hightech_firms, 0.0)


@variable(unit="户/a", dims=("region",), kind="flow")
def hightech_certifications(
    certifiable_firms: Array, certification_rate: Array, hightech_policy: Array, hightech_push: Array
) -> Array:
    """First certificates (E5)."""
    return (certification_rate * hightech_push + hightech_policy) * certifiable_firms


@variable(unit="户/a", dims=("region",), kind="flow")
def hightech_lapses(hightech_firms: Array, renewal_share: Array, certificate_life: Array) -> Array:
    """Certificates that are not renewed at the end of their three years (E5)."""
    return (1.0 - renewal_share) * hightech_firms / certificate_life


@stock(unit="户", dims=("region",), initial="hightech_firms_base")
def hightech_firms(hightech_certifications: Array, hightech_lapses: Array) -> Array:
    """High-tech enterprises (E5), a flag on enterprises."""
    return hightech_certifications - hightech_lapses


@variable(unit="户/a", dims=("region",), kind="flow")
def share_reforms(hightech_firms: Array, share_reform_rate: Array, share_reform_policy: Array) -> Array:
    """Firms that become joint-stock companies (E6, 规改股)."""
    return (share_reform_rate + share_reform_policy) * hightech_firms


@variable(unit="户/a", dims=("region",), kind="flow")
def joint_stock_exits(joint_stock_firms: Array, joint_stock_exit_rate: Array) -> Array:
    """Joint-stock companies that close or are changed back (E6)."""
    return joint_stock_exit_rate * joint_stock_firms


@stock(unit="户", dims=("region",), initial="joint_stock_base")
def joint_stock_firms(share_reforms: Array, joint_stock_exits: Array) -> Array:
    """Joint-stock companies (E6), a flag on enterprises."""
    return share_reforms - joint_stock_exits


@variable(unit="户/a", dims=("region",), kind="flow")
def listings(joint_stock_firms: Array, listing_rate: Array, listing_push: Array) -> Array:
    """Expected new listings (E7, 股上市): listing rate * push * joint-stock companies."""
    return listing_rate * listing_push * joint_stock_firms


@stock(unit="户", dims=("region",), initial="listed_base")
def listed_firms(listings: Array) -> Array:
    """Listed firms (E7), in expectation; a flag on enterprises."""
    return listings
