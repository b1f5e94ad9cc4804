"""Value added by the five sectors, capital formation and capital, public and housing investment, labour."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from models.prefecture.base_year.rows import Inputs, Origin, Row, cells, path_cells

SECTORS = ("agriculture", "manufacturing", "other_industry", "construction", "services")
BASE_YEAR = 2020


def value_added(inputs: Inputs) -> dict[str, float]:
    """Value added of the base year: the three published sectors, industry split by the manufacturing share, construction the
    rest of the secondary sector. The five add up to the published GDP."""
    industry = inputs.datum("industry_value_added", BASE_YEAR)
    manufacturing = inputs.setting("manufacturing_share_of_industry") * industry
    return {
        "agriculture": inputs.datum("value_added_primary", BASE_YEAR),
        "manufacturing": manufacturing,
        "other_industry": industry - manufacturing,
        "construction": inputs.datum("value_added_secondary", BASE_YEAR) - industry,
        "services": inputs.datum("value_added_tertiary", BASE_YEAR),
    }


def value_added_rows(inputs: Inputs) -> list[Row]:
    """Rows of value_added_base."""
    source = (
        "衡阳市 2020 年三次产业增加值与工业占比（history.csv）；" + inputs.settings["manufacturing_share_of_industry"]["source"]
    )
    origin = Origin("D", 2022, source, "工业按制造业占比拆分，建筑业为第二产业减工业")
    return cells("value_added_base", "亿元_2020/a", _by_sector(value_added(inputs)), origin)


def _by_sector(values: Mapping[str, float]) -> dict[str, float]:
    return {f"sector={sector}": values[sector] for sector in SECTORS}


def deflators(inputs: Inputs) -> dict[int, float]:
    """Investment prices, 2020 = 1: the city's implied GDP deflator to 2016, after that a constant growth (the implied deflator
    of 2017-18 holds the statistical correction, not prices)."""
    nominal = inputs.history.series("gdp_nominal", inputs.region)
    real = inputs.history.series("gdp_real_index", inputs.region)
    index = {year: nominal[year].value / real[year].value for year in real if year <= _LAST_FAI}
    growth = 1.0 + inputs.setting("investment_price_growth_2016_2020")
    at_2016 = growth ** (_LAST_FAI - BASE_YEAR)
    scaled = {year: value / index[_LAST_FAI] * at_2016 for year, value in index.items()}
    earliest = min(scaled)
    scaled |= dict.fromkeys(range(_FIRST_FAI, earliest), scaled[earliest])
    scaled |= {year: growth ** (year - BASE_YEAR) for year in range(_LAST_FAI + 1, BASE_YEAR + 1)}
    return scaled


_FIRST_FAI, _LAST_FAI = 1990, 2016


def formation(inputs: Inputs) -> dict[int, float]:
    """Capital formation at current prices: part of fixed-asset investment, never above a ceiling share of GDP, which also
    stands in for the years without a published level."""
    gdp = {year: datum.value for year, datum in inputs.history.series("gdp_nominal", inputs.region, _FIRST_FAI).items()}
    fai = inputs.history.series("fixed_asset_investment", inputs.region)
    share, ceiling = inputs.setting("investment_to_fai"), inputs.setting("formation_ceiling")
    known = {year: share * datum.value for year, datum in fai.items()}
    return {year: min(known.get(year, ceiling * level), ceiling * level) for year, level in gdp.items() if year <= BASE_YEAR}


def perpetual_inventory(formation_real: Mapping[int, float], depreciation: float, growth_before: float) -> float:
    """Capital at the end of the last year: K_t = (1 - d)*K_{t-1} + I_t, with K_0 = I_0/(growth + d) at the end of the first."""
    years = sorted(formation_real)
    capital = formation_real[years[0]] / (growth_before + depreciation)
    for year in years[1:]:
        capital = (1.0 - depreciation) * capital + formation_real[year]
    return capital


def total_capital(inputs: Inputs) -> float:
    """All fixed capital of the city at the end of the base year, at prices of 2020."""
    prices = deflators(inputs)
    real = {year: value / prices[year] for year, value in formation(inputs).items()}
    return perpetual_inventory(real, inputs.setting("depreciation"), inputs.setting("growth_before_1990"))


def public_investment(inputs: Inputs) -> dict[int, float]:
    """Public investment at current prices: a share of the budget and of new government debt, for each year with data.

    Rises of debt that hold refinancing bonds count at the mean of the rises before. After the data comes the mean of the last
    three years, which then holds.
    """
    budget = inputs.history.series("public_expenditure", inputs.region)
    debt = inputs.history.series("government_debt", inputs.region)
    share, bonds = inputs.setting("infrastructure_share_of_budget"), inputs.setting("bond_share_to_investment")
    last_new = inputs.setting("last_year_of_new_bonds")
    rises = {year: debt[year].value - debt[year - 1].value for year in debt if year - 1 in debt}
    usual = [rise for year, rise in rises.items() if year <= last_new]
    path = {
        year: share * budget[year].value + bonds * (rise if year <= last_new else sum(usual) / len(usual))
        for year, rise in rises.items()
        if year >= BASE_YEAR and year in budget
    }
    latest = sorted(path)[-3:]
    return path | {latest[-1] + 1: sum(path[year] for year in latest) / len(latest)}


def housing_investment(inputs: Inputs) -> dict[int, float]:
    """Housing formation at current prices: part of real-estate investment, straight lines over years without data."""
    series = inputs.history.series("real_estate_investment", inputs.region, BASE_YEAR - 1)
    share = inputs.setting("investment_to_fai")
    years = sorted(series)
    result: dict[int, float] = {}
    for earlier, later in pairwise(years):
        first, second = series[earlier].value, series[later].value
        for year in range(earlier, later + 1):
            result[year] = share * (first + (second - first) * (year - earlier) / (later - earlier))
    return {year: value for year, value in result.items() if year >= BASE_YEAR}


def capital_rows(inputs: Inputs) -> list[Row]:
    """Capital and formation of firms by sector, public capital, and the paths of public and housing investment."""
    invested = formation(inputs)[BASE_YEAR]
    public, housing = public_investment(inputs), housing_investment(inputs)
    business = invested - public[BASE_YEAR] - housing[BASE_YEAR]
    ratios, rates, growth = (
        inputs.setting("capital_output_ratio"),
        inputs.parameter("depreciation_rate"),
        inputs.parameter("base_growth"),
    )
    stocks = {sector: ratios[sector] * amount for sector, amount in value_added(inputs).items()}
    needs = {sector: stocks[sector] * (rates[sector] + growth[sector]) for sector in SECTORS}
    capital = _scaled(_parts(stocks), total_capital(inputs) * business / invested)
    public_stock = (
        inputs.parameter("public_efficiency")
        * public[BASE_YEAR]
        / (inputs.parameter("public_depreciation") + inputs.setting("public_capital_growth"))
    )
    pim = Origin("M", 2021, _PIM_SOURCE, "永续盘存法；企业部分按行业资本产出比拆分，投资按折旧加增长的需要拆分")
    steady = inputs.origin("public_capital_growth", "公共投资效率 × 投资 /（折旧率 + 增速）")
    budget = inputs.origin("infrastructure_share_of_budget", _PUBLIC_METHOD)
    estate = Origin(
        "D", 2026, "房地产开发投资（history.csv）；" + inputs.settings["investment_to_fai"]["source"], "缺年直线插值"
    )
    return [
        *cells("capital_base", "亿元_2020", _by_sector(capital), pim),
        *cells("business_investment_base", "亿元_2020/a", _by_sector(_scaled(_parts(needs), business)), pim),
        *cells("public_capital_base", "亿元_2020", {"": public_stock}, steady),
        *path_cells("public_investment", "亿元/a", public, budget),
        *path_cells("housing_investment", "亿元/a", housing, estate),
    ]


_PUBLIC_METHOD = (
    "预算支出的一定比例加新增债务的一定比例；2024 年起新增债务含置换债券，按此前平均计；最后一年之后取近三年平均并保持不变"
)
_PIM_SOURCE = "固定资产投资 1990–2016、GDP（history.csv）；折旧率、形成率与上限见 base_year/settings.yaml"


def _parts(weights: Mapping[str, float]) -> dict[str, float]:
    return {sector: weight / sum(weights.values()) for sector, weight in weights.items()}


def _scaled(parts: Mapping[str, float], total: float) -> dict[str, float]:
    return {sector: part * total for sector, part in parts.items()}


def labour_rows(inputs: Inputs) -> list[Row]:
    """Share of each sector in employment."""
    shares = inputs.setting("employment_share")
    return cells("employment_share_base", "ratio", _by_sector(shares), inputs.origin("employment_share", "直接引用"))


def income_rows(inputs: Inputs) -> list[Row]:
    """Household income as a share of GDP in the base year."""
    income = inputs.setting("income_per_head_2020") / 10_000 * inputs.datum("population_resident", BASE_YEAR)
    share = income / inputs.datum("gdp_nominal", BASE_YEAR)
    return cells(
        "household_income_share", "ratio", {"": share}, inputs.origin("income_per_head_2020", "人均收入 × 常住人口 / GDP")
    )
