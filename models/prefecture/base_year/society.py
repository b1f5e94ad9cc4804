"""Employment, income, schooling, towns, registered people, students and house prices of the base year."""

from __future__ import annotations

from sim.inputs.base_year import BaseYear, Known, Row

from .accounts import PERCENT, by_sector, gdp, value_added
from .rows import Origin, cell, cells, from_data, from_reference, from_setting, nearest_known, newest, number, path_cells


def residents(base: BaseYear) -> tuple[float, Origin]:
    """Residents at the end of the base year, and where the number comes from.

    Published; or what was published before a census; or GDP over GDP per head; or the registered population times a share.
    """
    for name in ("population_resident", "population_resident_published"):
        published = base.series(name)
        if base.year in published:
            return published[base.year].value, from_data(published[base.year])
    per_head = base.series("gdp_per_capita")
    if base.year in per_head:
        origin = Origin("D", base.year + 1, f"history.csv：gdp_nominal、gdp_per_capita {base.year} 年", "GDP / 人均 GDP")
        return gdp(base) / per_head[base.year].value * 1e4, origin
    registered, origin = registered_people(base)
    method = "户籍人口 × 常住与户籍之比"
    return registered * number(base, "residents_per_registered"), from_setting(base, "residents_per_registered", method)


def registered_people(base: BaseYear) -> tuple[float, Origin]:
    """Registered population of the base year; on a straight line where it lies between two published years."""
    series = {year: item.value for year, item in base.series("population_registered").items()}
    if base.year in series:
        return series[base.year], from_data(base.series("population_registered")[base.year])
    before = [year for year in series if year < base.year]
    after = [year for year in series if year > base.year]
    if before and after:
        first, last = max(before), min(after)
        value = series[first] + (series[last] - series[first]) * (base.year - first) / (last - first)
        origin = Origin("D", last + 1, f"history.csv：population_registered {first}、{last} 年", "直线插值")
        return value, origin
    known = nearest_known(base.series("population_registered"), base.year)
    if known is not None:
        return known.value, from_data(known, f"{known.year} 年以后没有录入，保持不变")
    published = nearest_known(base.series("population_resident"), base.year)
    if published is None:
        raise base.missing("population_registered")
    return published.value, from_data(published, "没有户籍人口数据，取常住人口")


def labour_rows(base: BaseYear) -> list[Row]:
    """Share of each sector in employment: the three sectors of the province or the city, the second split by need for hands."""
    agriculture, secondary = (_at(base, f"employment_share_{name}") for name in ("agriculture", "secondary"))
    if "employment_share" in base.settings:
        shares = base.settings["employment_share"].value
        return cells("employment_share_base", "ratio", by_sector(shares), from_setting(base, "employment_share"))
    added = value_added(base)
    weights = {name: _HANDS[name] * added[name] for name in ("manufacturing", "other_industry", "construction")}
    shares = {name: secondary[0] / PERCENT * weight / sum(weights.values()) for name, weight in weights.items()}
    shares["agriculture"] = agriculture[0] / PERCENT
    shares["services"] = 1.0 - (agriculture[0] + secondary[0]) / PERCENT
    origin = from_reference(agriculture[1], "三次产业就业结构", "第二产业内部按增加值与用工强度拆分")
    return cells("employment_share_base", "ratio", by_sector(shares), origin)


_HANDS = {"manufacturing": 1.0, "other_industry": 0.75, "construction": 1.5}


def _at(base: BaseYear, indicator: str) -> tuple[float, Known]:
    """A reference series in the base year, on straight lines between its points and level beyond them."""
    series = base.reference.series(indicator)
    point = newest(series, base.year) or series[min(series)]
    later = next((series[year] for year in series if year > base.year), None)
    if later is None or point.year >= base.year:
        return point.value, point
    weight = (base.year - point.year) / (later.year - point.year)
    return point.value + weight * (later.value - point.value), later


def income_rows(base: BaseYear) -> list[Row]:
    """Household income as a share of GDP, and what people earn where they could move to."""
    name, method = "income_per_head", "人均收入 × 常住人口 / GDP"
    series = base.series(name)
    people, _ = residents(base)
    if name in base.settings or base.year in series:
        given = name in base.settings
        per_head = number(base, name) if given else series[base.year].value
        origin = from_setting(base, name, method) if given else from_data(series[base.year], method)
        share = per_head * people / 1e4 / gdp(base)
    else:
        share, origin = number(base, "household_income_share"), from_setting(base, "household_income_share")
    nation = newest(base.reference.series(name), base.year)
    if nation is None:
        raise base.missing("income_per_head")
    elsewhere = from_reference(nation, "全国居民人均可支配收入", "迁入地收入的代替")
    slowing = from_reference(nation, "全国居民人均可支配收入", "近三年增速逐步放缓到 3.5%（assumption）")
    return [
        *cell("household_income_share", "ratio", share, origin),
        *cell("reference_income_base", "万元/人/a", nation.value / 1e4, elsewhere),
        *path_cells("reference_income_growth", "1/a", _slowing(base, nation.year), slowing),
    ]


def _slowing(base: BaseYear, year: int) -> dict[int, float]:
    """Growth of income elsewhere: that of the last three years, half way to its long-run rate in five, there in fifteen."""
    series = base.reference.series("income_per_head")
    before = newest(series, year - 3)
    now = _LONG_RUN if before is None else (series[year].value / before.value) ** (1.0 / (year - before.year)) - 1.0
    return {base.year + 1: now, base.year + 5: (now + _LONG_RUN) / 2.0, base.year + 15: _LONG_RUN}


_LONG_RUN = 0.035


def social_rows(base: BaseYear) -> list[Row]:
    """Schooling, urban share, registered people, and the gap to the nation's income per head."""
    schooling, known = _at(base, "mean_schooling")
    people, _ = residents(base)
    registered, where = registered_people(base)
    nation = newest(base.reference.series("gdp_per_head"), base.year)
    if nation is None:
        raise base.missing("gdp_per_head")
    gap = max(nation.value / (gdp(base) / people * 1e4), _SMALLEST_GAP)
    behind = from_reference(nation, "人均 GDP", "全国与本市人均 GDP 之比，作为生产率差距的代替")
    return [
        *cell("schooling_base", "a", schooling, from_reference(known, "15 岁及以上人口平均受教育年限", "普查年份之间直线插值")),
        *_urban(base),
        *cell("registered_base", "万人", registered, where),
        *cell("frontier_gap", "index", gap, behind),
    ]


_SMALLEST_GAP = 1.0


def _urban(base: BaseYear) -> list[Row]:
    published = base.series("urban_share")
    if base.year in published:
        return cell("urban_share_base", "ratio", published[base.year].value / PERCENT, from_data(published[base.year]))
    value, known = _at(base, "urban_share")
    origin = from_reference(known, "省（或全国）城镇化率", "没有录入本市的数，取省的水平")
    return cell("urban_share_base", "ratio", value / PERCENT, origin)


def path_rows(base: BaseYear) -> list[Row]:
    """Students and house prices from the base year on; public spending."""
    return [
        *_published_path(base, "students", "university_students", "", 0.01),
        *_published_path(base, "house_price_path", "house_price", "", 0.0),
        *_published_path(base, "planned_expenditure", "public_expenditure", "/a", 0.04),
    ]


def _published_path(base: BaseYear, parameter: str, indicator: str, per: str, then: float) -> list[Row]:
    """A published series from the base year on, growing at a stated rate after its last year; `per` is /a for flows."""
    series = base.series(indicator)
    first = nearest_known(series, base.year)
    if first is None:
        if parameter not in base.settings:
            return []
        return cell(parameter, base.parameters[parameter].unit, number(base, parameter), from_setting(base, parameter))
    path = {year: item.value for year, item in series.items() if year >= base.year}
    path.setdefault(base.year, first.value)
    newest_year = max(path)
    later = range(newest_year + 1, base.last_year + 1)
    path |= {year: path[newest_year] * (1.0 + then) ** (year - newest_year) for year in later}
    last = max(series)
    source = f"history.csv：{indicator}（至 {last} 年）"
    method = f"此后每年增长 {100 * then:g}%（assumption）" if then else "此后保持不变（assumption）"
    return path_cells(parameter, f"{first.unit}{per}", dict(sorted(path.items())), Origin("V", last + 1, source, method))
