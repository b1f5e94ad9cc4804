"""Value added by the five sectors at the end of the base year, prices against 2020, and how fast the city was growing."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.inputs.base_year import BaseYear, Row

from .rows import Origin, cell, cells, newest, number

SECTORS = ("agriculture", "manufacturing", "other_industry", "construction", "services")
PRICE_YEAR = 2020
PERCENT = 100.0


def by_sector(values: Mapping[str, float]) -> dict[str, float]:
    """Values by the member names of tables."""
    return {f"sector={sector}": values[sector] for sector in SECTORS}


def gdp(base: BaseYear) -> float:
    """Published GDP of the base year at current prices."""
    return base.series("gdp_nominal")[base.year].value


def three_sectors(base: BaseYear) -> dict[str, float]:
    """Value added at current prices of the three published sectors; shares of an earlier year where the year has none.

    The three add up to GDP but for the rounding of what is printed; where they come from another vintage than GDP, they are
    scaled to it.
    """
    named = {name: base.series(f"value_added_{name}") for name in ("primary", "secondary", "tertiary")}
    if all(base.year in series for series in named.values()):
        printed = {name: series[base.year].value for name, series in named.items()}
        scale = gdp(base) / sum(printed.values())
        return printed if abs(scale - 1.0) < _ROUNDING else {name: value * scale for name, value in printed.items()}
    shares = {name: newest(base.series(f"{name}_share"), base.year) for name in ("secondary", "tertiary")}
    secondary, tertiary = shares["secondary"], shares["tertiary"]
    if secondary is not None and tertiary is not None:
        parts = {"secondary": secondary.value / PERCENT, "tertiary": tertiary.value / PERCENT}
    else:
        parts = _last_parts(base)
    total = gdp(base)
    return {"primary": total * (1.0 - sum(parts.values()))} | {name: total * part for name, part in parts.items()}


_ROUNDING = 1e-5


def _last_parts(base: BaseYear) -> dict[str, float]:
    whole = base.series("gdp_nominal")
    secondary, tertiary = base.series("value_added_secondary"), base.series("value_added_tertiary")
    year = max((year for year in secondary if year in tertiary and year in whole and year <= base.year), default=None)
    if year is None:
        raise base.missing("value_added_secondary")
    return {"secondary": secondary[year].value / whole[year].value, "tertiary": tertiary[year].value / whole[year].value}


def industry(base: BaseYear, secondary: float) -> float:
    """Value added of industry: published, by its published share of GDP, or the secondary sector less construction."""
    level = base.series("industry_value_added")
    if base.year in level:
        return level[base.year].value
    share = newest(base.series("industry_share_gdp"), base.year)
    if share is not None and share.year >= base.year - _SHARE_IS_GOOD_FOR:
        return min(share.value / PERCENT * gdp(base), secondary)
    return secondary * (1.0 - number(base, "construction_share_of_secondary"))


_SHARE_IS_GOOD_FOR = 3


def value_added(base: BaseYear) -> dict[str, float]:
    """Value added at current prices: industry split by manufacturing's share, construction the rest of the secondary sector."""
    published = three_sectors(base)
    all_industry = industry(base, published["secondary"])
    manufacturing = number(base, "manufacturing_share_of_industry") * all_industry
    return {
        "agriculture": published["primary"],
        "manufacturing": manufacturing,
        "other_industry": all_industry - manufacturing,
        "construction": published["secondary"] - all_industry,
        "services": published["tertiary"],
    }


def growth(base: BaseYear) -> dict[int, float]:
    """Published real growth of GDP by year."""
    return {year: item.value / PERCENT for year, item in base.series("gdp_growth_real").items()}


def deflator_growth(base: BaseYear) -> dict[int, float]:
    """Growth of the implied deflator of GDP to the base year.

    A stated rate stands in where a declared break lies, and where no GDP of the year or of the year before is published. A
    year whose real growth is unknown is taken for a year of unchanged prices.
    """
    nominal, real = base.series("gdp_nominal"), growth(base)
    across = number(base, "price_growth_across_breaks")
    changes = {}
    for year in range(min(nominal) + 1, base.year + 1):
        if year not in nominal or year - 1 not in nominal or base.history.breaks_in("gdp_nominal", year):
            changes[year] = across
        else:
            ratio = nominal[year].value / nominal[year - 1].value
            changes[year] = ratio / (1.0 + real[year]) - 1.0 if year in real else 0.0
    return changes


def price_level(base: BaseYear) -> float:
    """Prices of the base year against 2020; one where the base year lies before 2020 and is its own price year."""
    changes = deflator_growth(base)
    return math.prod(1.0 + changes[year] for year in range(PRICE_YEAR + 1, base.year + 1))


def recent_growth(base: BaseYear) -> float:
    """Real growth that the city was used to: the mean of the last two published years."""
    known = [rate for year, rate in sorted(growth(base).items()) if year <= base.year][-_YEARS_OF_HABIT:]
    if not known:
        raise base.missing("gdp_growth_real")
    return sum(known) / len(known)


_YEARS_OF_HABIT = 2


def sector_growth(base: BaseYear) -> dict[str, float]:
    """Growth of each sector at the start: agriculture at its usual rate, the others alike, so that GDP grows as it did."""
    farms = number(base, "agriculture_growth")
    share = value_added(base)["agriculture"] / gdp(base)
    others = (recent_growth(base) - share * farms) / (1.0 - share)
    return {sector: farms if sector == "agriculture" else others for sector in SECTORS}


def usual_inflation(base: BaseYear) -> float:
    """Growth of the implied deflator, mean of the five years to the base year."""
    changes = deflator_growth(base)
    return sum(changes[year] for year in range(base.year - 4, base.year + 1)) / 5.0


def growth_rows(base: BaseYear) -> list[Row]:
    """Rows of the growth that the run starts with, real by sector and nominal for all."""
    usual = recent_growth(base)
    source = f"history.csv：{base.year} 年及此前一年 GDP 实际增速的平均"
    real = Origin("D", base.year + 1, source, "农业取长期增速，其余行业相同，合计等于 GDP 增速")
    nominal = Origin("D", base.year + 1, f"{source}；近五年隐含平减指数涨幅平均", "实际增速加价格涨幅")
    return [
        *cells("base_growth", "1/a", by_sector(sector_growth(base)), real),
        *cell("normal_growth", "1/a", usual, real.with_method("GDP 增速")),
        *cell("normal_nominal_growth", "1/a", usual + usual_inflation(base), nominal),
        *cell("recent_inflation", "1/a", usual_inflation(base), nominal.with_method("近五年隐含平减指数涨幅平均")),
    ]


def value_added_rows(base: BaseYear) -> list[Row]:
    """Rows of value added at prices of 2020 and of the price level that turns it into current prices."""
    share = base.settings["manufacturing_share_of_industry"]
    source = f"本市 {base.year} 年三次产业增加值与工业占比（history.csv）；{share.source}"
    known = max(base.year + 1, share.known_from)
    method = "工业按制造业占比拆分，建筑业为第二产业减工业；按隐含平减指数折为 2020 年价"
    level = price_level(base)
    values = {sector: value / level for sector, value in value_added(base).items()}
    implied = f"本市 {PRICE_YEAR}–{base.year} 年名义增速与实际增速之比"
    prices = Origin("D", base.year + 1, implied, "隐含平减指数连乘，各行业相同")
    return [
        *cells("value_added_base", "亿元_2020/a", by_sector(values), Origin("D", known, source, method)),
        *cell("price_level_base", "亿元/亿元_2020", level, prices),
        *cell("sector_price_base", "亿元/亿元_2020", level, prices),
    ]
