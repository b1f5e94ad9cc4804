"""What people earn in the base year: the mean of all residents, urban and rural beside it, and where they could move to."""

from __future__ import annotations

from dataclasses import replace

from sim.inputs.base_year import BaseCell, BaseYear
from sim.inputs.provenance import OWN

from .accounts import gdp
from .figures import Figure, own_figure, path_of
from .rows import Origin, cell, from_reference, from_setting, newest, number, origin_of
from .society import residents, urban_share

MEAN = "income_per_head"


def income_rows(base: BaseYear) -> list[BaseCell]:
    """Household income as a share of GDP, and what people earn where they could move to."""
    people, _ = residents(base)
    mean = mean_income(base)
    if mean is None:
        share, origin = number(base, "household_income_share"), from_setting(base, "household_income_share")
    else:
        share = mean.value * people / 1e4 / gdp(base)
        origin = mean.origin.with_method(f"{mean.origin.method}；人均收入 × 常住人口 / GDP")
    nation = newest(base.reference.series(MEAN), base.year)
    if nation is None:
        raise base.missing(MEAN)
    elsewhere = replace(from_reference(nation, "全国居民人均可支配收入", "迁入地收入的代替"), base=OWN)
    return [
        *cell("household_income_share", "ratio", share, origin),
        *cell("reference_income_base", "万元/人/a", nation.value / 1e4, elsewhere),
    ]


def mean_income(base: BaseYear) -> Figure | None:
    """Income per head of all residents: the city's own, or from its urban income and its urban share; None without either."""
    return _along_the_nation(base, MEAN) or _from_urban(base)


def _along_the_nation(base: BaseYear, indicator: str) -> Figure | None:
    """An income per head of the city; one of a near year moves with the nation's."""
    return own_figure(base, indicator, path_of(base.reference.series(MEAN)))


def _from_urban(base: BaseYear) -> Figure | None:
    """Mean = urban * (s + (1 - s) * rural / urban), s the urban share."""
    urban = _along_the_nation(base, "income_urban")
    if urban is None:
        return None
    share, rural = urban_share(base), _rural_over_urban(base, urban)
    value = urban.value * (share.value + (1.0 - share.value) * rural.value)
    source = f"{urban.origin.source}；城镇化率：{share.origin.source}；农村与城镇收入之比：{rural.origin.source}"
    years = (*urban.origin.base.years, *share.origin.base.years)
    known = max(urban.origin.known_from, share.origin.known_from, rural.origin.known_from)
    return Figure(value, Origin("D", known, source, "按城镇化率加权", origin_of(base, years, derived=True)))


def _rural_over_urban(base: BaseYear, urban: Figure) -> Figure:
    """Rural income as a part of urban: by the city's figures, else as usual."""
    rural = _along_the_nation(base, "income_rural")
    if rural is not None:
        return Figure(rural.value / urban.value, rural.origin.with_base(urban.origin.base))
    usual = number(base, "rural_income_over_mean") / number(base, "urban_income_over_mean")
    return Figure(usual, from_setting(base, "rural_income_over_mean"))


def income_ratio_rows(base: BaseYear) -> list[BaseCell]:
    """Urban and rural income over the mean of all residents, in 元 per 万元."""
    mean, urban = mean_income(base), _along_the_nation(base, "income_urban")
    if mean is None or urban is None:
        pairs = {name: _usual(base, name) for name in ("urban", "rural")}
        rural = _along_the_nation(base, "income_rural")
        if mean is not None and rural is not None:
            pairs["rural"] = _over_mean(rural, mean)
    else:
        part = _rural_over_urban(base, urban)
        pairs = {"urban": _over_mean(urban, mean), "rural": _over_mean(Figure(part.value * urban.value, part.origin), mean)}
    return [
        row
        for name, figure in pairs.items()
        for row in cell(f"{name}_income_ratio", "元/万元", figure.value * 1e4, figure.origin)
    ]


def _over_mean(figure: Figure, mean: Figure) -> Figure:
    return Figure(figure.value / mean.value, figure.origin.with_method("与全体居民人均收入之比").with_base(mean.origin.base))


def _usual(base: BaseYear, name: str) -> Figure:
    return Figure(number(base, f"{name}_income_over_mean"), from_setting(base, f"{name}_income_over_mean"))
