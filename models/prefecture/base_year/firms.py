"""The enterprise ladder of the base year, where only parts of it are published."""

from __future__ import annotations

import math
from collections.abc import Mapping

from models.prefecture.base_year.rows import Inputs, Origin, Row, cells

AGE_CLASSES = ("0", "1", "2", "3", "4", "5", "6", "7", "8plus")


def stable_ages(total: float, growth: float, hazard: Mapping[str, float]) -> dict[str, float]:
    """Enterprises by age when entries grow at `growth` a year and exits follow the hazards: a stable age structure."""
    relative, alive = {}, 1.0
    for age in AGE_CLASSES[:-1]:
        relative[age] = alive
        alive *= (1.0 - hazard[age]) * math.exp(-growth)
    keep = (1.0 - hazard["8plus"]) * math.exp(-growth)
    relative["8plus"] = alive / (1.0 - keep)
    scale = total / sum(relative.values())
    return {age: scale * number for age, number in relative.items()}


def ladder_rows(inputs: Inputs) -> list[Row]:
    """Rows of household businesses, enterprises by age, the four kinds above scale, and high-tech firms."""
    entities = inputs.setting("market_entities_2020")
    enterprises = inputs.setting("enterprises_share") * entities
    ages = stable_ages(enterprises, _ENTRY_GROWTH, inputs.parameter("exit_hazard"))
    by_age = Origin("A", 2024, _LADDER_SOURCE, "企业数按工商总局 2013 年分年龄退出率的稳定年龄结构拆分，新设年增 8%")
    return [
        *cells(
            "household_businesses_base", "户", {"": entities - enterprises}, inputs.origin("market_entities_2020", "主体减企业")
        ),
        *cells("enterprises_base", "户", {f"age_class={age}": number for age, number in ages.items()}, by_age),
        *above_scale_rows(inputs),
        *cells(
            "hightech_firms_base",
            "户",
            {"": inputs.setting("hightech_firms_2020")},
            inputs.origin("hightech_firms_2020", "相减"),
        ),
    ]


_ENTRY_GROWTH = 0.08
_LADDER_SOURCE = "市场主体与企业占比（base_year/settings.yaml）；工商总局 2013 年企业生存分析"


def above_scale_rows(inputs: Inputs) -> list[Row]:
    """The four kinds of above-scale firms: industry and trade as published, the others from their share of new firms."""
    ratio, new = inputs.setting("firms_per_new_firm"), inputs.setting("new_firms_2020")
    values = {
        "tier=industry": inputs.datum("industrial_firms", 2020),
        "tier=construction_realestate": ratio * new["construction_realestate"],
        "tier=trade_catering": inputs.setting("trade_firms_2020"),
        "tier=services": ratio * new["services"],
    }
    source = "规模工业 1277 家（统计年鉴）；其余见 base_year/settings.yaml：" + inputs.settings["firms_per_new_firm"]["source"]
    return cells("above_scale_firms_base", "户", values, Origin("A", 2021, source, "无存量数的行业按新增企业占比推算"))


def rd_rows(inputs: Inputs) -> list[Row]:
    """R&D spending as a share of GDP in the base year."""
    return cells(
        "rd_intensity_base", "ratio", {"": inputs.setting("rd_intensity_2020")}, inputs.origin("rd_intensity_2020", "相乘")
    )
