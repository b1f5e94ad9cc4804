"""The enterprise ladder of the base year, where only parts of it are published."""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.inputs.base_year import BaseYear, Row

from .accounts import PERCENT
from .rows import Origin, cell, cells, from_data, from_reference, from_setting, newest, number, setting
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
    """Market entities of the base year: published, stated, carried forward by the model, or by what is usual per resident."""
    if "market_entities" in base.settings:
        return number(base, "market_entities"), from_setting(base, "market_entities")
    published = newest(base.series("market_entities"), base.year)
    if published is not None and published.year == base.year:
        return published.value, from_data(published)
    if "household_businesses_base" in base.carried:
        count = float(base.carried["household_businesses_base"].sum() + base.carried["enterprises_base"].sum())
        return count, carried_origin(base)
    people, _ = residents(base)
    usual = setting(base, "market_entities_per_resident")
    return usual.value * people, Origin(usual.evidence, usual.known_from, usual.source, "每万人户数 × 常住人口")


def carried_origin(base: BaseYear) -> Origin:
    """The origin of what no statistics print for the base year: the model's own run from an earlier one."""
    return Origin("D", base.year, "由模型从较早的基年推算（基准情景中心值）", f"推至 {base.year} 年末")


def ladder_rows(base: BaseYear) -> list[Row]:
    """Rows of household businesses and enterprises by age."""
    entities, origin = market_entities(base)
    enterprises = number(base, "enterprises_share") * entities
    ages = stable_ages(enterprises, _ENTRY_GROWTH, hazards(base))
    source = f"{origin.source}；企业占比：{setting(base, 'enterprises_share').source}；工商总局 2013 年企业生存分析"
    known = max(origin.known_from, setting(base, "enterprises_share").known_from)
    by_age = Origin("A", known, source, "企业数按分年龄退出率的稳定年龄结构拆分，新设年增 8%")
    by_class = {f"age_class={age}": count for age, count in ages.items()}
    return [
        *cell("household_businesses_base", "户", entities - enterprises, origin.with_method("市场主体减企业")),
        *cells("enterprises_base", "户", by_class, by_age),
        *above_scale_rows(base),
        *cell("crossing_rate", "1/a", number(base, "crossing_rate"), from_setting(base, "crossing_rate")),
        *cell("certification_rate", "1/a", number(base, "certification_rate"), from_setting(base, "certification_rate")),
        *flag_rows(base),
    ]


_ENTRY_GROWTH = 0.08


def industrial_firms(base: BaseYear) -> tuple[float, Origin]:
    """Above-scale industrial firms: published for the base year, carried forward, or the last published number."""
    series = base.series("industrial_firms")
    if base.year in series:
        return series[base.year].value, from_data(series[base.year])
    if "above_scale_firms_base" in base.carried:
        return float(base.carried["above_scale_firms_base"][..., 0].sum()), carried_origin(base)
    known = newest(series, base.year)
    if known is None:
        raise base.missing("industrial_firms")
    return known.value, from_data(known, "没有录入基年的数，取此前最近一年")


def above_scale_rows(base: BaseYear) -> list[Row]:
    """The four kinds of above-scale firms: industry and trade as published, the others by their usual ratio to industry."""
    industry, origin = industrial_firms(base)
    if base.year not in base.series("industrial_firms") and "above_scale_firms_base" in base.carried:
        carried = base.carried["above_scale_firms_base"].reshape(-1, len(TIERS)).sum(axis=0)
        values = {f"tier={tier}": float(count) for tier, count in zip(TIERS, carried, strict=True)}
        return cells("above_scale_firms_base", "户", values, origin)
    trade = newest(base.series("trade_firms"), base.year)
    shops = trade.value if trade is not None else number(base, "trade_firms_per_industrial_firm") * industry
    values = {
        "tier=industry": industry,
        "tier=construction_realestate": _ratio(base, "construction_firms_per_industrial_firm") * industry,
        "tier=trade_catering": shops * (1.0 + _ratio(base, "hotels_per_trade_firm")),
        "tier=services": _ratio(base, "services_firms_per_industrial_firm") * industry,
    }
    source = f"规模工业：{origin.source}；其余按 base_year/defaults.yaml 的比例"
    known = max(origin.known_from, trade.known_from if trade is not None else 0)
    return cells("above_scale_firms_base", "户", values, Origin("A", known, source, "无存量数的行业按与规模工业之比推算"))


def _ratio(base: BaseYear, name: str) -> float:
    """A ratio to industry, or what was assumed before it was known."""
    if name in base.settings:
        return number(base, name)
    return float(base.settings["other_firms_per_industrial_firm_earlier"].value[name])


def flag_rows(base: BaseYear) -> list[Row]:
    """High-tech, joint-stock and listed firms, and R&D as a share of GDP."""
    return [
        *cell("hightech_firms_base", "户", *hightech_firms(base)),
        *_flag(base, "joint_stock_base", "joint_stock_firms"),
        *_flag(base, "listed_base", "listed_firms"),
        *rd_rows(base),
    ]


def hightech_firms(base: BaseYear) -> tuple[float, Origin]:
    """High-tech firms: published or stated for the base year, carried forward, or by the usual ratio to industry."""
    published = newest(base.series("hightech_firms"), base.year)
    if published is not None and published.year == base.year:
        return published.value, from_data(published)
    if "hightech_firms" in base.settings:
        return number(base, "hightech_firms"), from_setting(base, "hightech_firms", "相减")
    if "hightech_firms_base" in base.carried:
        return float(base.carried["hightech_firms_base"].sum()), carried_origin(base)
    industry, _ = industrial_firms(base)
    usual = setting(base, "hightech_firms_per_industrial_firm")
    method = "无数据，按与规模工业之比"
    return usual.value * industry, Origin(usual.evidence, usual.known_from, usual.source, method, _HIGHTECH_SPREAD)


_HIGHTECH_SPREAD = (0.5, 2.0)


def _flag(base: BaseYear, parameter: str, name: str) -> list[Row]:
    if parameter in base.carried:
        return cell(parameter, "户", float(base.carried[parameter].sum()), carried_origin(base))
    return cell(parameter, "户", number(base, name), from_setting(base, name))


def rd_rows(base: BaseYear) -> list[Row]:
    """R&D spending as a share of GDP: stated for the base year, the city's newest published share, or the province's."""
    if "rd_intensity" in base.settings:
        origin = from_setting(base, "rd_intensity", "相乘")
        return cell("rd_intensity_base", "ratio", number(base, "rd_intensity"), origin)
    own = newest(base.series("rd_intensity"), base.year)
    if own is not None:
        return cell("rd_intensity_base", "ratio", own.value / PERCENT, from_data(own, "最近一年公布的强度"))
    known = newest(base.reference.series("rd_intensity"), base.year)
    if known is None:
        raise base.missing("rd_intensity")
    origin = from_reference(known, "省（或全国）研发强度", "地级市约为省的六成（assumption）")
    return cell("rd_intensity_base", "ratio", known.value / PERCENT * _CITY_OF_PROVINCE, origin)


_CITY_OF_PROVINCE = 0.6
