"""Variables that reports draw and compare, named without importing what draws them."""

from __future__ import annotations

SHOWN = (
    "gdp_nominal",
    "gdp_real",
    "value_added_nominal",
    "sector_share",
    "manufacturing_share",
    "residents",
    "births",
    "deaths",
    "net_migration",
    "urban_share",
    "labour_supply",
    "income_per_head",
    "rd_intensity",
    "market_entities",
    "registered_enterprises",
    "four_above_firms",
    "hightech_firms",
    "joint_stock_firms",
    "listed_firms",
)
"""Variables of the figures and of the comparison, for which draws are summed up, so that all of them show the median."""
