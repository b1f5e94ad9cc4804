"""Capital formation, capital by perpetual inventory, and the paths of public and housing investment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sim.inputs.base_year import NATION, BaseCell, BaseYear
from sim.inputs.provenance import DERIVED, BaseOrigin, borrowed

from .accounts import SECTORS, by_sector, deflator_growth, gdp, price_level, sector_growth, value_added
from .budget import expenditure
from .figures import NEAR
from .outlook import spending_growth
from .rows import Origin, cell, cells, from_setting, number, origin_of, path_cells, setting


def prices(base: BaseYear) -> dict[int, float]:
    """Investment prices, base year = 1: the city's implied GDP deflator, unchanged before its first year."""
    level, result = 1.0, {base.year: 1.0}
    changes = deflator_growth(base)
    for year in range(base.year, min(base.series("gdp_nominal")), -1):
        level /= 1.0 + changes[year]
        result[year - 1] = level
    return result


def formation(base: BaseYear) -> dict[int, float]:
    """Capital formation at current prices to the base year: part of fixed-asset investment, never above a ceiling share of
    GDP, which also stands in for years without a published level."""
    levels = {year: item.value for year, item in base.series("gdp_nominal").items() if _FIRST_YEAR <= year <= base.year}
    levels |= _between(levels)
    investment = base.series("fixed_asset_investment")
    share, ceiling = number(base, "investment_to_fai"), number(base, "formation_ceiling")
    known = {year: share * item.value for year, item in investment.items()}
    return {year: min(known.get(year, ceiling * level), ceiling * level) for year, level in levels.items()}


_FIRST_YEAR = 1990


def formation_origin(base: BaseYear) -> BaseOrigin:
    """Whether the city's own investment says capital formation of the base year, or the nation's usual rate does."""
    own = base.series("fixed_asset_investment").get(base.year)
    ceiling = number(base, "formation_ceiling") * gdp(base)
    if own is not None and number(base, "investment_to_fai") * own.value < ceiling:
        return DERIVED
    return borrowed(NATION)


def _between(levels: Mapping[int, float]) -> dict[int, float]:
    """GDP of years without a published one: the mean growth between the years around them."""
    filled: dict[int, float] = {}
    for earlier, later in pairwise(sorted(levels)):
        rate = (levels[later] / levels[earlier]) ** (1.0 / (later - earlier))
        filled |= {year: levels[earlier] * rate ** (year - earlier) for year in range(earlier + 1, later)}
    return filled


def perpetual_inventory(formation_real: Mapping[int, float], depreciation: float, growth_before: float) -> float:
    """Capital at the end of the last year: K_t = (1 - d)*K_{t-1} + I_t, with K_0 = I_0/(growth + d) at the end of the first."""
    years = sorted(formation_real)
    capital = formation_real[years[0]] / (growth_before + depreciation)
    for year in years[1:]:
        capital = (1.0 - depreciation) * capital + formation_real[year]
    return capital


def total_capital(base: BaseYear) -> float:
    """All fixed capital of the city at the end of the base year, at prices of the base year."""
    index = prices(base)
    real = {year: value / index[year] for year, value in formation(base).items()}
    return perpetual_inventory(real, number(base, "depreciation"), number(base, "growth_before_1990"))


def public_investment(base: BaseYear) -> dict[int, float]:
    """Public investment at current prices from the base year on: a share of the budget and of new government debt.

    Rises of debt after `last_year_of_new_bonds` hold refinancing bonds and count at the mean of the rises before. A city
    without data on debt takes a larger share of the budget. After the data comes the mean of the last three years, growing as
    public spending does.
    """
    spending, _ = expenditure(base)
    last = max((base.year, *base.series("public_expenditure")))
    budget = {year: value for year, value in spending.items() if year <= last}
    path = _with_bonds(base, budget)
    if not path:
        path = {year: number(base, "public_investment_share_of_budget") * value for year, value in budget.items()}
    latest, rates = sorted(path)[-3:], spending_growth(base)
    level = sum(path[year] for year in latest) / len(latest)
    for year in range(latest[-1] + 1, base.last_year + 1):
        path[year] = level = level * (1.0 + rates[year])
    return path


def _with_bonds(base: BaseYear, budget: Mapping[int, float]) -> dict[int, float]:
    debt = base.series("government_debt")
    rises = {year: debt[year].value - debt[year - 1].value for year in debt if year - 1 in debt}
    last_new = number(base, "last_year_of_new_bonds") if "last_year_of_new_bonds" in base.settings else max(rises, default=0)
    usual = [rise for year, rise in rises.items() if year <= last_new]
    if base.year not in rises or not usual:
        return {}
    share, bonds = number(base, "infrastructure_share_of_budget"), number(base, "bond_share_to_investment")
    mean = sum(usual) / len(usual)
    return {
        year: share * value + bonds * (rises[year] if year <= last_new else mean)
        for year, value in budget.items()
        if year in rises
    }


def housing_investment(base: BaseYear) -> dict[int, float]:
    """Housing formation at current prices: part of real-estate investment, straight lines over years without data.

    Where the data end before the base year the last holds, and the first where they begin soon after it; a city without data
    takes a stated share of GDP.
    """
    series = {year: item.value for year, item in base.series("real_estate_investment").items()}
    share = number(base, "investment_to_fai")
    if not series or min(series) > base.year + NEAR:
        return {base.year: number(base, "housing_share_of_gdp") * gdp(base)}
    filled = {base.year: series[min(series)]} | series if min(series) > base.year else dict(series)
    for earlier, later in pairwise(sorted(series)):
        step = (series[later] - series[earlier]) / (later - earlier)
        filled |= {year: series[earlier] + step * (year - earlier) for year in range(earlier, later)}
    filled.setdefault(base.year, series[max(series)])
    return {year: share * value for year, value in sorted(filled.items()) if year >= base.year}


def _housing_origin(base: BaseYear) -> Origin:
    """Where housing investment of the base year comes from: figures of the year, of those around it, or a usual share."""
    years = list(base.series("real_estate_investment"))
    if not years or min(years) > base.year + NEAR:
        return from_setting(base, "housing_share_of_gdp", "比例 × GDP")
    around = [base.year] if base.year in years else _around(years, base.year)
    source = "房地产开发投资（history.csv）；" + setting(base, "investment_to_fai").source
    return Origin("D", max(*years, base.year) + 1, source, "缺年直线插值", origin_of(base, around, derived=base.year in years))


def _around(years: Sequence[int], year: int) -> list[int]:
    before, after = [known for known in years if known < year], [known for known in years if known > year]
    return [*before[-1:], *after[:1]]


def capital_rows(base: BaseYear) -> list[BaseCell]:
    """Capital and formation of firms by sector, public capital, and the paths of public and housing investment."""
    invested, level = formation(base)[base.year], price_level(base)
    public, housing = public_investment(base), housing_investment(base)
    business = invested - public[base.year] - housing[base.year]
    ratios = setting(base, "capital_output_ratio").value
    stocks = {sector: ratios[sector] * amount for sector, amount in value_added(base).items()}
    wear_of = dict(zip(SECTORS, base.value("depreciation_rate"), strict=True))
    needs = {sector: stocks[sector] * (float(wear_of[sector]) + rate) for sector, rate in sector_growth(base).items()}
    capital = _scaled(stocks, total_capital(base) * business / invested / level)
    efficiency, wear = float(base.value("public_efficiency")), float(base.value("public_depreciation"))
    public_stock = efficiency * public[base.year] / (wear + number(base, "public_capital_growth")) / level
    pim = Origin(
        "M", base.year + 1, _PIM_SOURCE, "永续盘存法；企业部分按行业资本产出比拆分，投资按折旧加增长的需要拆分", DERIVED
    )
    has_debt = bool(_with_bonds(base, {base.year: 0.0}))
    budget_name = "infrastructure_share_of_budget" if has_debt else "public_investment_share_of_budget"
    latest = max((*base.series("public_expenditure"), base.year)) + 1
    kind = DERIVED if has_debt else from_setting(base, budget_name).base
    budget = Origin("A", latest, setting(base, budget_name).source, _PUBLIC_METHOD, kind)
    invest = Origin("M", base.year + 1, _PIM_SOURCE, pim.method, formation_origin(base))
    stock = from_setting(base, "public_capital_growth", _STEADY)
    steady = Origin(stock.evidence, stock.known_from, stock.source, stock.method, kind)
    return [
        *cells("capital_base", "亿元_2020", by_sector(capital), pim),
        *cells("business_investment_base", "亿元_2020/a", by_sector(_scaled(needs, business / level)), invest),
        *cell("public_capital_base", "亿元_2020", public_stock, steady),
        *path_cells("planned_public_investment", "亿元/a", public, budget),
        *path_cells("housing_investment", "亿元/a", housing, _housing_origin(base)),
    ]


_STEADY = "公共投资效率 × 投资 /（折旧率 + 增速）"
_PUBLIC_METHOD = "预算支出与新增债务的一定比例；2024 年起新增债务含置换债券，按此前平均计；此后取近三年平均，随公共支出增长"
_PIM_SOURCE = "固定资产投资、GDP（history.csv）；折旧率、形成率与上限见 base_year/defaults.yaml 与城市的 settings.yaml"


def _scaled(weights: Mapping[str, float], total: float) -> dict[str, float]:
    return {sector: weight * total / sum(weights.values()) for sector, weight in weights.items()}
