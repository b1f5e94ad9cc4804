"""Employment, schooling, towns, registered people, students and house prices of the base year."""

from __future__ import annotations

from sim.inputs.base_year import BaseCell, BaseYear
from sim.inputs.history import Datum
from sim.inputs.provenance import DERIVED, OWN

from .accounts import by_sector, gdp, value_added
from .figures import PERCENT, Figure, at, figure_of_year, near_figure, path_of, quotient
from .rows import (
    Origin,
    cell,
    cells,
    from_data,
    from_reference,
    from_setting,
    nearest_known,
    number,
    origin_of,
    path_cells,
)


def residents(base: BaseYear) -> tuple[float, Origin]:
    """Residents at the end of the base year, and where the number comes from.

    Published; or what was published before a census; or of near years; or GDP over GDP per head; or the registered population
    times a share.
    """
    own = figure_of_year(base, "population_resident") or figure_of_year(base, "population_resident_published")
    own = own or near_figure(base, base.series("population_resident"))
    if own is not None:
        return own.value, own.origin
    per_head = base.series("gdp_per_capita")
    if base.year in per_head:
        source = f"history.csv：gdp_nominal、gdp_per_capita {base.year} 年"
        origin = Origin("D", base.year + 1, source, "GDP / 人均 GDP", DERIVED)
        return gdp(base) / per_head[base.year].value * 1e4, origin
    registered, origin = registered_people(base)
    method = "户籍人口 × 常住与户籍之比"
    return registered * number(base, "residents_per_registered"), from_setting(base, "residents_per_registered", method)


def registered_people(base: BaseYear) -> tuple[float, Origin]:
    """Registered population of the base year; on a straight line where it lies between two published years."""
    series = {year: item.value for year, item in base.series("population_registered").items()}
    if base.year in series:
        return series[base.year], from_data(base, base.series("population_registered")[base.year])
    before = [year for year in series if year < base.year]
    after = [year for year in series if year > base.year]
    if before and after:
        first, last = max(before), min(after)
        value = series[first] + (series[last] - series[first]) * (base.year - first) / (last - first)
        source = f"history.csv：population_registered {first}、{last} 年"
        return value, Origin("D", last + 1, source, "直线插值", origin_of(base, (first, last)))
    known = nearest_known(base.series("population_registered"), base.year)
    if known is not None:
        return known.value, from_data(base, known, f"{known.year} 年以后没有录入，保持不变")
    published = nearest_known(base.series("population_resident"), base.year)
    if published is None:
        raise base.missing("population_registered")
    return published.value, from_data(base, published, "没有户籍人口数据，取常住人口", derived=True)


def labour_rows(base: BaseYear) -> list[BaseCell]:
    """Share of each sector in employment: the three sectors of the province or the city, the second split by need for hands."""
    agriculture, secondary = (
        at(base.reference.series(f"employment_share_{name}"), base.year) for name in ("agriculture", "secondary")
    )
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


def social_rows(base: BaseYear) -> list[BaseCell]:
    """Schooling, urban share and registered people."""
    schooling, known = at(base.reference.series("mean_schooling"), base.year)
    registered, where = registered_people(base)
    return [
        *cell("schooling_base", "a", schooling, from_reference(known, "15 岁及以上人口平均受教育年限", "普查年份之间直线插值")),
        *_urban(base),
        *cell("registered_base", "万人", registered, where),
    ]


def _urban(base: BaseYear) -> list[BaseCell]:
    found = urban_share(base)
    return cell("urban_share_base", "ratio", found.value, found.origin)


def urban_share(base: BaseYear) -> Figure:
    """Urban residents over all: the city's, of near years as the province moved, or the province's.

    A published share of the year goes before one that is derived, and both before those of near years.
    """
    reference = base.reference.series("urban_share")
    derived = quotient(base, "population_resident_urban", "population_resident", "urban_share")
    series: dict[int, Datum] = derived | base.series("urban_share")
    if base.year in series:
        return Figure(series[base.year].value / PERCENT, from_data(base, series[base.year]))
    near = near_figure(base, series, path_of(reference))
    if near is not None:
        return Figure(near.value / PERCENT, near.origin)
    value, known = at(reference, base.year)
    return Figure(value / PERCENT, from_reference(known, "省（或全国）城镇化率", "没有录入本市的数，取省的水平"))


def path_rows(base: BaseYear) -> list[BaseCell]:
    """Students and house prices from the base year on."""
    return [
        *_published_path(base, "students", "university_students", 0.01, "此后每年增长 1%（assumption）"),
        *_published_path(base, "house_price_path", "house_price", 0.0, "此后保持不变（assumption）"),
    ]


def _published_path(base: BaseYear, parameter: str, indicator: str, rate: float, then: str) -> list[BaseCell]:
    """A published series from the base year on, growing at a rate after its last year."""
    series = base.series(indicator)
    first = nearest_known(series, base.year)
    if first is None:
        if parameter not in base.settings:
            return []
        return cell(parameter, base.parameters[parameter].unit, number(base, parameter), from_setting(base, parameter))
    path = {year: item.value for year, item in series.items() if year >= base.year}
    path.setdefault(base.year, first.value)
    for year in range(max(path) + 1, base.last_year + 1):
        path[year] = path[year - 1] * (1.0 + rate)
    last = max(series)
    source = f"history.csv：{indicator}（至 {last} 年）"
    kind = origin_of(base, (first.year,))
    evidence = "V" if kind == OWN else "D"
    return path_cells(parameter, first.unit, dict(sorted(path.items())), Origin(evidence, last + 1, source, then, kind))
