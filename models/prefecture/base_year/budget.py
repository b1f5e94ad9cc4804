"""The government budget of the base year and after: revenue, spending, land revenue, debt and new bonds."""

from __future__ import annotations

from sim.inputs.base_year import BaseCell, BaseYear
from sim.inputs.provenance import DERIVED

from .accounts import gdp
from .figures import NEAR, Figure, own_figure
from .outlook import spending_growth
from .rows import Origin, cell, from_setting, number, path_cells


def budget_rows(base: BaseYear) -> list[BaseCell]:
    """General public revenue and land revenue of the base year, and general public spending from it on."""
    land = from_setting(base, "land_revenue_share_of_gdp", "比例 × GDP")
    path, origin = expenditure(base)
    return [
        *total_row(base, "revenue_base", "public_revenue", "revenue_share_of_gdp"),
        *cell("land_revenue_base", "亿元/a", number(base, "land_revenue_share_of_gdp") * gdp(base), land),
        *path_cells("planned_expenditure", "亿元/a", path, origin),
    ]


def total_row(base: BaseYear, parameter: str, indicator: str, share: str) -> list[BaseCell]:
    """A yearly total: the city's, of a near year in proportion to GDP, else a stated share of GDP."""
    figure = own_or_share(base, indicator, share)
    return cell(parameter, "亿元/a", figure.value, figure.origin)


def own_or_share(base: BaseYear, indicator: str, share: str) -> Figure:
    """The city's figure of the year, or of a near one in proportion to GDP, else a stated share of GDP."""
    nominal = base.series("gdp_nominal")
    known = {year: item for year, item in base.series(indicator).items() if year in nominal}
    own = own_figure(base, indicator, lambda year: nominal[year].value) if known else None
    if own is not None and all(abs(year - base.year) <= NEAR for year in own.origin.base.years):
        return own
    return Figure(number(base, share) * gdp(base), from_setting(base, share, "比例 × GDP"))


def expenditure(base: BaseYear) -> tuple[dict[int, float], Origin]:
    """General public spending from the base year on: as published, then growing with the nation's output and prices."""
    first, rates = own_or_share(base, "public_expenditure", "expenditure_share_of_gdp"), spending_growth(base)
    published = {year: item.value for year, item in base.series("public_expenditure", base.year).items()}
    path = {base.year: first.value} | published
    last = max(path)
    for year in range(last + 1, base.last_year + 1):
        path[year] = path[year - 1] * (1.0 + rates[year])
    method = f"{first.origin.method}；{last} 年以后随全国名义增速与收入弹性增长（assumption）"
    evidence, source, known = first.origin.evidence, first.origin.source, first.origin.known_from
    if published:
        source, known = f"history.csv：public_expenditure（至 {last} 年）", last + 1
    return dict(sorted(path.items())), Origin(evidence, known, source, method, first.origin.base)


def debt_rows(base: BaseYear) -> list[BaseCell]:
    """Government debt of the base year and new bonds: published rises, then the mean of those before refinancing bonds."""
    debt, level = base.series("government_debt"), own_or_share(base, "government_debt", "debt_share_of_gdp")
    if base.year not in debt:
        growing = from_setting(base, "debt_growth", "增速 × 余额")
        bonds = cell("planned_bonds", "亿元/a", level.value * number(base, "debt_growth"), growing)
        return [*cell("debt_base", "亿元", level.value, level.origin), *bonds]
    rises = {year: debt[year].value - debt[year - 1].value for year in debt if year - 1 in debt}
    last_new = number(base, "last_year_of_new_bonds") if "last_year_of_new_bonds" in base.settings else max(rises, default=0)
    real = {year: rise for year, rise in rises.items() if year <= last_new}
    mean = sum(real.values()) / len(real) if real else number(base, "debt_growth") * debt[base.year].value
    path = {year: rise for year, rise in real.items() if year >= base.year} | {max(base.year, *real, 0) + 1: mean}
    known = max(debt) + 1
    method = "年末余额之差；含置换债券的年份及此后取此前平均（assumption）"
    origin = Origin("D", known, "政府债务余额（history.csv）", method, DERIVED)
    return [
        *cell("debt_base", "亿元", level.value, level.origin),
        *path_cells("planned_bonds", "亿元/a", path, origin),
    ]
