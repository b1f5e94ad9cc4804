"""The enterprise ladder of the base year, where only parts of it are published."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from sim.inputs.base_year import BaseCell, BaseYear
from sim.inputs.history import Datum
from sim.inputs.provenance import BaseOrigin, weakest

from .figures import NEAR, PERCENT, Figure, figure_of_year, near_figure, own_figure, path_of, quotient
from .rows import Origin, cell, cells, from_data, from_reference, from_setting, newest, number, own_setting, setting
from .society import residents

AGE_CLASSES = ("0", "1", "2", "3", "4", "5", "6", "7", "8plus")
TIERS = ("industry", "construction_realestate", "trade_catering", "services")


def stable_ages(total: float, growth: float, hazard: Mapping[str, float]) -> dict[str, float]:
    """Enterprises by age when entries grow at `growth` a year and exits follow the hazards: a stable age structure."""
    relative, alive = {}, 1.0
    for age in AGE_CLASSES[:-1]:
        relative[age] = alive
        alive *= (1.0 - hazard[age]) * math.exp(-growth)
    keep = (1.0 - hazard["8plus"]) * math.exp(-growth)
    relative["8plus"] = alive / (1.0 - keep)
    scale = total / sum(relative.values())
    return {age: scale * count for age, count in relative.items()}


def hazards(base: BaseYear) -> dict[str, float]:
    """The model's exit hazard by age."""
    return dict(zip(AGE_CLASSES, (float(value) for value in base.value("exit_hazard")), strict=True))


def market_entities(base: BaseYear) -> tuple[float, Origin]:
    """Market entities of the base year: the city's, carried forward by the model, or by what is usual per resident."""
    own = _of_year_or_stated(base, "market_entities")
    if own is None and "household_businesses_base" in base.carried:
        count = float(base.carried["household_businesses_base"].sum() + base.carried["enterprises_base"].sum())
        return count, carried_origin(base, "household_businesses_base", "enterprises_base")
    own = own or near_figure(base, base.series("market_entities"))
    if own is not None:
        return own.value, own.origin
    people, _ = residents(base)
    origin = from_setting(base, "market_entities_per_resident", "每万人户数 × 常住人口")
    return float(setting(base, "market_entities_per_resident").value) * people, origin


def _of_year_or_stated(base: BaseYear, name: str) -> Figure | None:
    """The city's figure of the year; figures of near years are left to what the model carries forward."""
    published = figure_of_year(base, name)
    if published is not None or own_setting(base, name) is None:
        return published
    return Figure(number(base, name), from_setting(base, name))


def carried_origin(base: BaseYear, *parameters: str) -> Origin:
    """The origin of what no statistics print for the base year: the model's own run from an earlier one."""
    kind = weakest(base.carried_origins[name] for name in parameters)
    return Origin("D", base.year, "由模型从较早的基年推算（基准情景中心值）", f"推至 {base.year} 年末", kind)


def ladder_rows(base: BaseYear) -> list[BaseCell]:
    """Rows of household businesses and enterprises by age."""
    entities, origin = market_entities(base)
    enterprises = number(base, "enterprises_share") * entities
    ages = stable_ages(enterprises, _ENTRY_GROWTH, hazards(base))
    source = f"{origin.source}；企业占比：{setting(base, 'enterprises_share').source}；工商总局 2013 年企业生存分析"
    known = max(origin.known_from, setting(base, "enterprises_share").known_from)
    share = weakest((origin.base, setting(base, "enterprises_share").origin))
    by_age = Origin("A", known, source, "企业数按分年龄退出率的稳定年龄结构拆分，新设年增 8%", share)
    households = origin.with_method("市场主体减企业").with_base(share)
    by_class = {f"age_class={age}": count for age, count in ages.items()}
    return [
        *cell("household_businesses_base", "户", entities - enterprises, households),
        *cells("enterprises_base", "户", by_class, by_age),
        *above_scale_rows(base),
        *cell("crossing_rate", "1/a", number(base, "crossing_rate"), from_setting(base, "crossing_rate")),
        *cell("certification_rate", "1/a", number(base, "certification_rate"), from_setting(base, "certification_rate")),
        *flag_rows(base),
    ]


_ENTRY_GROWTH = 0.08


def industrial_firms(base: BaseYear) -> tuple[float, Origin]:
    """Above-scale industrial firms: published for the base year, carried forward, or of near years."""
    own = figure_of_year(base, "industrial_firms")
    if own is None and "above_scale_firms_base" in base.carried:
        origin = carried_origin(base, "above_scale_firms_base")
        return float(base.carried["above_scale_firms_base"][..., 0].sum()), origin
    own = own or near_figure(base, base.series("industrial_firms"))
    if own is None:
        raise base.missing("industrial_firms")
    return own.value, own.origin


def above_scale_rows(base: BaseYear) -> list[BaseCell]:
    """The four kinds of above-scale firms: industry and trade as published, the others by their usual ratio to industry."""
    industry, origin = industrial_firms(base)
    if base.year not in base.series("industrial_firms") and "above_scale_firms_base" in base.carried:
        carried = base.carried["above_scale_firms_base"].reshape(-1, len(TIERS)).sum(axis=0)
        values = {f"tier={tier}": float(count) for tier, count in zip(TIERS, carried, strict=True)}
        return cells("above_scale_firms_base", "户", values, origin)
    trade = own_figure(base, "trade_firms")
    usual = from_setting(base, "trade_firms_per_industrial_firm") if trade is None else trade.origin
    shops = trade.value if trade is not None else number(base, "trade_firms_per_industrial_firm") * industry
    (building, of_building), (hotels, of_hotels), (services, of_services) = (_ratio(base, name) for name in _RATIOS)
    counts: dict[str, tuple[float, tuple[BaseOrigin, ...]]] = {
        "industry": (industry, (origin.base,)),
        "construction_realestate": (building * industry, (origin.base, of_building)),
        "trade_catering": (shops * (1.0 + hotels), (usual.base, of_hotels)),
        "services": (services * industry, (origin.base, of_services)),
    }
    source = f"规模工业：{origin.source}；其余按 base_year/defaults.yaml 的比例"
    known = max(origin.known_from, usual.known_from if trade is not None else 0)
    method = "无存量数的行业按与规模工业之比推算"
    return [
        row
        for tier, (count, rests_on) in counts.items()
        for row in cells(
            "above_scale_firms_base", "户", {f"tier={tier}": count}, Origin("A", known, source, method, weakest(rests_on))
        )
    ]


_RATIOS = ("construction_firms_per_industrial_firm", "hotels_per_trade_firm", "services_firms_per_industrial_firm")


def _ratio(base: BaseYear, name: str) -> tuple[float, BaseOrigin]:
    """A ratio to industry, or what was assumed before it was known."""
    if name in base.settings:
        return number(base, name), base.settings[name].origin
    earlier = base.settings["other_firms_per_industrial_firm_earlier"]
    return float(earlier.value[name]), earlier.origin


def flag_rows(base: BaseYear) -> list[BaseCell]:
    """High-tech, joint-stock and listed firms, and R&D as a share of GDP."""
    return [
        *cell("hightech_firms_base", "户", *hightech_firms(base)),
        *_flag(base, "joint_stock_base", "joint_stock_firms"),
        *_flag(base, "listed_base", "listed_firms"),
        *rd_rows(base),
    ]


def hightech_firms(base: BaseYear) -> tuple[float, Origin]:
    """High-tech firms: the city's, carried forward, of near years as the province's grew, or by the usual ratio to industry."""
    own = _of_year_or_stated(base, "hightech_firms")
    if own is None and "hightech_firms_base" in base.carried:
        return float(base.carried["hightech_firms_base"].sum()), carried_origin(base, "hightech_firms_base")
    own = own or _near_hightech(base)
    if own is not None:
        return own.value, own.origin
    industry, _ = industrial_firms(base)
    origin = from_setting(base, "hightech_firms_per_industrial_firm", "无数据，按与规模工业之比")
    usual = float(setting(base, "hightech_firms_per_industrial_firm").value)
    return usual * industry, replace(origin, spread=_HIGHTECH_SPREAD)


_HIGHTECH_SPREAD = (0.5, 2.0)


def _near_hightech(base: BaseYear) -> Figure | None:
    """The city's number of near years, in step with the province's where that is known of both years."""
    series, province = base.series("hightech_firms"), base.reference.series("hightech_firms")
    near = {year: item for year, item in series.items() if abs(year - base.year) <= NEAR}
    covered = province and min(province) <= base.year <= max(province)
    return near_figure(base, near, path_of(province) if covered else None)


def _flag(base: BaseYear, parameter: str, name: str) -> list[BaseCell]:
    own = figure_of_year(base, name)
    if own is not None:
        return cell(parameter, "户", own.value, own.origin)
    if parameter in base.carried:
        return cell(parameter, "户", float(base.carried[parameter].sum()), carried_origin(base, parameter))
    return cell(parameter, "户", number(base, name), from_setting(base, name))


def rd_rows(base: BaseYear) -> list[BaseCell]:
    """R&D spending as a share of GDP: the city's, from its spending and its GDP, of near years, or part of the province's."""
    province = base.reference.series("rd_intensity")
    derived = quotient(base, "rd_spending", "gdp_nominal", "rd_intensity")
    series: dict[int, Datum] = derived | base.series("rd_intensity")
    stated = own_setting(base, "rd_intensity")
    if stated is not None and base.year not in series:
        return cell("rd_intensity_base", "ratio", float(stated.value), from_setting(base, "rd_intensity", "相乘"))
    if base.year in series:
        return cell("rd_intensity_base", "ratio", series[base.year].value / PERCENT, from_data(base, series[base.year]))
    near = near_figure(base, series, path_of(province))
    if near is not None:
        return cell("rd_intensity_base", "ratio", near.value / PERCENT, near.origin)
    known = newest(province, base.year)
    if known is None:
        raise base.missing("rd_intensity")
    origin = from_reference(known, "省（或全国）研发强度", "地级市约为省的六成（assumption）")
    return cell("rd_intensity_base", "ratio", known.value / PERCENT * _CITY_OF_PROVINCE, origin)


_CITY_OF_PROVINCE = 0.6
