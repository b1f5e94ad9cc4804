"""Investment, retail, visitors, power, incomes, schools and care in the base year: where the parts beyond the core start."""

from __future__ import annotations

from sim.inputs.base_year import BaseCell, BaseYear
from sim.inputs.provenance import DERIVED, OWN

from .accounts import gdp, price_level, usual_growth, usual_inflation
from .budget import budget_rows, debt_rows, total_row
from .capital import formation, formation_origin
from .figures import own_figure
from .incomes import income_ratio_rows
from .rows import ASSUMPTION, Origin, cell, cells, from_setting, nearest_known, number, setting

STAGES = {"preschool": range(3, 6), "compulsory": range(6, 15), "senior": range(15, 18)}
_OLDEST = 100


def service_rows(base: BaseYear) -> list[BaseCell]:
    """Every row of the parts beyond the core."""
    return [
        *investment_rows(base),
        *budget_rows(base),
        *debt_rows(base),
        *trade_rows(base),
        *income_ratio_rows(base),
        *credit_rows(base),
        *power_rows(base),
        *school_rows(),
        *_stated_or_usual(base, "tech_smes_base", "tech_smes", "户", "tech_smes_per_thousand_residents"),
    ]


def investment_rows(base: BaseYear) -> list[BaseCell]:
    """Fixed-asset investment of the base year: capital formation over the part that becomes formation."""
    value = formation(base)[base.year] / number(base, "investment_to_fai") / price_level(base)
    rate = from_setting(base, "investment_to_fai", "资本形成 / 形成率")
    origin = Origin(rate.evidence, rate.known_from, rate.source, rate.method, formation_origin(base))
    return cell("fixed_investment_base", "亿元_2020/a", value, origin)


def trade_rows(base: BaseYear) -> list[BaseCell]:
    """Retail sales, what visitors spend, electricity."""
    visitors = number(base, "visitor_spending_share_of_gdp") * gdp(base)
    spending = from_setting(base, "visitor_spending_share_of_gdp", "比例 × GDP")
    power = from_setting(base, "electricity_per_gdp", "单位 GDP 用电 × GDP")
    use = number(base, "electricity_per_gdp") * gdp(base) / price_level(base)
    return [
        *total_row(base, "retail_base", "retail_sales", "retail_share_of_gdp"),
        *cell("visitor_spending_base", "亿元/a", visitors, spending),
        *cell("electricity_use_base", "亿kWh/a", use, power),
    ]


def credit_rows(base: BaseYear) -> list[BaseCell]:
    """Growth of loans in step with nominal growth; a city may state another."""
    rate = usual_growth(base) + usual_inflation(base)
    origin = Origin("D", base.year + 1, "起点的实际增速加价格涨幅", "贷款与经济同步", DERIVED)
    return [*cell("usual_credit_growth", "1/a", rate, origin), *cell("credit_growth", "1/a", rate, origin)]


def power_rows(base: BaseYear) -> list[BaseCell]:
    """How much more power there is than needed, and how fast the province's grows: in step with output unless a city knows."""
    margin = from_setting(base, "power_margin")
    pace = Origin("A", base.year + 1, "assumption：没有数据时与本市经济增速相当", "GDP 实际增速", DERIVED)
    return [
        *cell("power_margin_base", "ratio", number(base, "power_margin"), margin),
        *cell("province_power_growth", "1/a", usual_growth(base), pace),
    ]


def school_rows() -> list[BaseCell]:
    """Which ages belong to which stage of school, and how much care each age needs."""
    law = Origin("V", 1986, "义务教育法；学前三年、高中三年", "按周岁", OWN)
    ages = {f"stage={stage} age={age}": float(age in span) for stage, span in STAGES.items() for age in range(_OLDEST + 1)}
    care = {f"age={age}": _need(age) for age in range(_OLDEST + 1)}
    need = Origin("M", 2000, "医疗费用随年龄上升，75 岁约为 30 岁的四倍", "30 岁为一，按年龄直线", ASSUMPTION)
    return [*cells("stage_of_age", "ratio", ages, law), *cells("health_need_by_age", "ratio", care, need)]


def _need(age: int) -> float:
    """Care against that of people of thirty: more for infants, four times as much at seventy-five."""
    if age < _CHILD:
        return 1.5
    return 1.0 if age <= _ADULT else 1.0 + 3.0 * (age - _ADULT) / (75 - _ADULT)


_CHILD, _ADULT = 5, 30


def _stated_or_usual(base: BaseYear, parameter: str, indicator: str, unit: str, usual: str) -> list[BaseCell]:
    """A stock: the city's number, of a near year where the base year has none, else as many as are usual per resident."""
    own = own_figure(base, indicator)
    if own is not None:
        return cell(parameter, unit, own.value, own.origin)
    per_head = setting(base, usual)
    people = base.series("population_registered") or base.series("population_resident")
    nearest = nearest_known(people, base.year)
    if nearest is None:
        raise base.missing("population_registered")
    origin = from_setting(base, usual, "每千人家数 × 人口")
    return cell(parameter, unit, float(per_head.value) * nearest.value * 10.0, origin)
