"""Value added by the five sectors at the end of the base year, prices against 2020, and how fast the city was growing."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.inputs.base_year import NATION, BaseCell, BaseYear
from sim.inputs.provenance import DERIVED, BaseOrigin, borrowed, weakest

from .figures import PERCENT, Figure, figure_of_year, own_share
from .outlook import national_growth, national_inflation, published
from .rows import ASSUMPTION, Origin, cell, cells, from_data, from_setting, newest, number, origin_of

SECTORS = ("agriculture", "manufacturing", "other_industry", "construction", "services")
INDUSTRY_AND_CONSTRUCTION = ("manufacturing", "other_industry", "construction")
PRICE_YEAR = 2020


def by_sector(values: Mapping[str, float]) -> dict[str, float]:
    """Values by the member names of tables."""
    return _by_member({sector: values[sector] for sector in SECTORS})


def _by_member(values: Mapping[str, float]) -> dict[str, float]:
    return {f"sector={sector}": value for sector, value in values.items()}


def gdp(base: BaseYear) -> float:
    """Published GDP of the base year at current prices."""
    return base.series("gdp_nominal")[base.year].value


def three_sectors(base: BaseYear) -> tuple[dict[str, float], BaseOrigin]:
    """Value added at current prices of the three published sectors; shares of a near year where the year has none.

    The three add up to GDP but for the rounding of what is printed; where they come from another vintage than GDP, they are
    scaled to it.
    """
    named = {name: base.series(f"value_added_{name}") for name in ("primary", "secondary", "tertiary")}
    if all(base.year in series for series in named.values()):
        printed = {name: series[base.year].value for name, series in named.items()}
        scale = gdp(base) / sum(printed.values())
        if abs(scale - 1.0) < _ROUNDING:
            return printed, origin_of(base, (base.year,))
        return {name: value * scale for name, value in printed.items()}, DERIVED
    secondary, tertiary = (_share_of_gdp(base, f"{name}_share") for name in ("secondary", "tertiary"))
    if secondary is not None and tertiary is not None:
        parts = {"secondary": secondary.value, "tertiary": tertiary.value}
        years = (*secondary.origin.base.years, *tertiary.origin.base.years)
    else:
        parts, year = _last_parts(base)
        years = (year,)
    total = gdp(base)
    levels = {"primary": total * (1.0 - sum(parts.values()))} | {name: total * part for name, part in parts.items()}
    return levels, origin_of(base, years, derived=True)


_ROUNDING = 1e-5


def _share_of_gdp(base: BaseYear, indicator: str) -> Figure | None:
    """A published share: of the year or a near one, or the last before it, however long ago."""
    last = newest(base.series(indicator), base.year)
    return own_share(base, indicator) or (None if last is None else Figure(last.value / PERCENT, from_data(base, last)))


def _last_parts(base: BaseYear) -> tuple[dict[str, float], int]:
    whole = base.series("gdp_nominal")
    secondary, tertiary = base.series("value_added_secondary"), base.series("value_added_tertiary")
    year = max((year for year in secondary if year in tertiary and year in whole and year <= base.year), default=None)
    if year is None:
        raise base.missing("value_added_secondary")
    parts = {"secondary": secondary[year].value / whole[year].value, "tertiary": tertiary[year].value / whole[year].value}
    return parts, year


def industry(base: BaseYear, secondary: float) -> Figure:
    """Value added of industry: published, by its share of GDP of the year or a near one, or the secondary sector less
    construction."""
    level = figure_of_year(base, "industry_value_added")
    if level is not None:
        return level
    share = own_share(base, "industry_share_gdp")
    if share is not None:
        value = min(share.value * gdp(base), secondary)
        return Figure(value, share.origin.with_base(origin_of(base, share.origin.base.years, derived=True)))
    usual = "construction_share_of_secondary"
    return Figure(secondary * (1.0 - number(base, usual)), from_setting(base, usual))


def manufacturing_share(base: BaseYear) -> Figure:
    """Manufacturing within industry: the city's, or what is usual."""
    name = "manufacturing_share_of_industry"
    return own_share(base, name) or Figure(number(base, name), from_setting(base, name))


def value_added(base: BaseYear) -> dict[str, float]:
    """Value added at current prices: industry split by manufacturing's share, construction the rest of the secondary sector."""
    published, _ = three_sectors(base)
    all_industry = industry(base, published["secondary"]).value
    manufacturing = manufacturing_share(base).value * all_industry
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


def recent_lead(base: BaseYear) -> float:
    """Growth of the city beyond the mean of all cities in the six years to the base year, each half as heavy as the next.

    Zero in a city whose growth of these years is not known: it is taken for one like the others.
    """
    return lead_before(base, base.year + 1) or 0.0


def lead_before(base: BaseYear, year: int) -> float | None:
    """The lead of the six years before a year; None where no growth of them is known."""
    own, mean = growth(base), published(base, "mean_city_growth")
    years = [before for before in range(year - 1, year - 1 - _MEMORY, -1) if before in own and before in mean]
    if not years:
        return None
    weights = [_FADING ** (year - before) for before in years]
    leads = [min(max(own[before] - mean[before], -_MOST_LEAD), _MOST_LEAD) for before in years]
    return sum(weight * lead for weight, lead in zip(weights, leads, strict=True)) / sum(weights)


_MEMORY, _FADING, _MOST_LEAD = 6, 0.5, 0.08


def padding(base: BaseYear) -> float:
    """Growth that cities report beyond the nation's; none since the nation's office computes the output of regions (2019)."""
    if base.year > _LAST_PADDED:
        return 0.0
    mean = published(base, "mean_city_growth")
    latest = max(year for year in mean if year <= base.year)
    return mean[latest] - published(base, "national_growth")[latest]


_LAST_PADDED = 2018


def sector_growth(base: BaseYear) -> dict[str, float]:
    """Growth of each sector that the city is used to: as the nation's in the four years around the base year, and the lead."""
    return _by_outlook(base, _around_base(base, national_growth(base)))


def _around_base(base: BaseYear, path: Mapping[int, float]) -> float:
    """The mean of a path of the nation in the four years around the base year."""
    return sum(path[year] for year in range(base.year - 1, base.year + 3)) / 4


def _by_outlook(base: BaseYear, nation: float) -> dict[str, float]:
    """Growth of the sectors where the nation grows at a rate: farming at its usual one, the others alike, and the city's lead.

    In a city without a lead the whole grows as the nation.
    """
    farms = number(base, "agriculture_growth")
    share = value_added(base)["agriculture"] / gdp(base)
    others = (nation - share * farms) / (1.0 - share) + float(base.value("lead_signal").item()) * recent_lead(base)
    return {sector: farms if sector == "agriculture" else others for sector in SECTORS}


def usual_growth(base: BaseYear) -> float:
    """Real growth of all sectors that the city is used to."""
    added, whole = value_added(base), gdp(base)
    return sum(added[sector] / whole * rate for sector, rate in sector_growth(base).items())


def usual_inflation(base: BaseYear) -> float:
    """Inflation of the nation in the four years around the base year."""
    return _around_base(base, national_inflation(base))


def growth_rows(base: BaseYear) -> list[BaseCell]:
    """Rows of the growth that the run starts with, real by sector and nominal for all, and of the city's lead."""
    source = f"history.csv：至 {base.year} 年的 GDP 实际增速；全国增速与各市平均增速（reference/china）"
    real = Origin("D", base.year + 1, source, "农业取长期增速，其余行业随全国，加本市近年领先", DERIVED)
    lead = real.with_method("与各市平均增速之差，六年加权，每早一年权重减半")
    if lead_before(base, base.year + 1) is None:
        lead = Origin("A", base.year + 1, "assumption：近六年增速未知，与各市平均相同", "领先取零", ASSUMPTION)
    gap = Origin(
        "D",
        base.year + 1,
        "全国增速与各市平均增速（reference/china）",
        "各市平均减全国；2019 年统一核算后为零",
        borrowed(NATION),
    )
    rate, inflation, nation = usual_growth(base), usual_inflation(base), national_growth(base)
    # The first year's mean grows half by where the year begins and half by growth within it, which lies between two years'.
    first = 1.5 * nation[base.year + 1] - 0.5 * nation[base.year + 2]
    return [
        *cells("base_growth", "1/a", by_sector(sector_growth(base)), real),
        *cells("growth_to_start", "1/a", by_sector(_by_outlook(base, first)), real),
        *cell("normal_growth", "1/a", rate, real.with_method("各行业合计")),
        *cell("normal_nominal_growth", "1/a", rate + inflation, real.with_method("实际增速加全国价格涨幅")),
        *cell("recent_lead", "1/a", recent_lead(base), lead),
        *cell("padding_base", "1/a", padding(base), gap),
        *cell("farm_growth", "1/a", number(base, "agriculture_growth"), from_setting(base, "agriculture_growth")),
    ]


def value_added_rows(base: BaseYear) -> list[BaseCell]:
    """Rows of value added at prices of 2020 and of the price level that turns it into current prices."""
    published, printed = three_sectors(base)
    share, all_industry = manufacturing_share(base).origin, industry(base, published["secondary"]).origin
    source = f"本市 {base.year} 年三次产业增加值与工业占比（history.csv）；{share.source}"
    known = max(base.year + 1, share.known_from)
    method = "工业按制造业占比拆分，建筑业为第二产业减工业；按隐含平减指数折为 2020 年价"
    level = price_level(base)
    values = {sector: value / level for sector, value in value_added(base).items()}
    inside = {sector: values.pop(sector) for sector in INDUSTRY_AND_CONSTRUCTION}
    split = weakest((printed, share.base, all_industry.base))
    implied = f"本市 {PRICE_YEAR}–{base.year} 年名义增速与实际增速之比"
    prices = Origin("D", base.year + 1, implied, "隐含平减指数连乘，各行业相同", DERIVED)
    return [
        *cells("value_added_base", "亿元_2020/a", _by_member(values), Origin("D", known, source, method, printed)),
        *cells("value_added_base", "亿元_2020/a", _by_member(inside), Origin("D", known, source, method, split), printed),
        *cell("sector_price_base", "亿元/亿元_2020", level, prices),
    ]
