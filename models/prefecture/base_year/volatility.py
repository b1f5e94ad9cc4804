"""How far a city's own figures have strayed from year to year: the sizes of the shocks that concern it alone.

Cities differ: some follow the mean of all closely, a mining town does not. The variance of the last years is drawn towards what
is usual, which counts for some years of data, so that a city with few figures has the usual shocks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sim.inputs.base_year import BaseCell, BaseYear
from sim.inputs.provenance import DERIVED

from .accounts import growth, lead_before
from .outlook import published
from .rows import cell, from_setting, number

PERCENT = 100.0
_YEARS = 10
_USUAL_YEARS = 4.0
_FARTHEST = 4.0
"""A surprise counts as this many times the usual size at most: what lies beyond is a break or a fault rather than a year."""
_SPREAD = (0.6, 1.6)


def shock_rows(base: BaseYear) -> list[BaseCell]:
    """Rows of the city's own yearly shocks to output, prices, the balance of industry and services, and threshold crossings."""
    return [
        *_row(base, "own_output_shock", "ratio", _growth_surprises(base)),
        *_row(base, "own_price_shock", "ratio", _price_surprises(base)),
        *_row(base, "own_industry_shock", "ratio", _balance_surprises(base)),
        *_row(base, "own_firms_shock", "1/a", _about_mean(_changes(base, "industrial_firms"))),
    ]


def _row(base: BaseYear, parameter: str, unit: str, surprises: Sequence[float]) -> list[BaseCell]:
    name = f"usual_{parameter}"
    usual, origin = number(base, name), from_setting(base, name)
    squares = sum(min(abs(item), _FARTHEST * usual) ** 2 for item in surprises)
    size = math.sqrt((_USUAL_YEARS * usual**2 + squares) / (_USUAL_YEARS + len(surprises)))
    if surprises:
        method = f"本市近 {len(surprises)} 年逐年意外的方差，与通常大小（相当于 {_USUAL_YEARS:g} 年）合并"
        origin = replace(origin, evidence="D", known_from=base.year + 1, method=method, base=DERIVED)
    return cell(parameter, unit, size, replace(origin, spread=_SPREAD))


def _recent(base: BaseYear) -> range:
    return range(base.year - _YEARS + 1, base.year + 1)


def _growth_surprises(base: BaseYear) -> list[float]:
    """Growth of a year less the mean of the cities and the lead that the city had before."""
    own, mean = growth(base), published(base, "mean_city_growth")
    leads = {year: lead_before(base, year) for year in _recent(base)}
    return [own[year] - mean[year] - lead for year, lead in leads.items() if lead is not None and year in own and year in mean]


def _price_surprises(base: BaseYear) -> list[float]:
    """Growth of the implied deflator less the nation's."""
    nominal, real, nation = _changes(base, "gdp_nominal"), growth(base), published(base, "national_inflation")
    known = (year for year in nominal if year in real and year in nation)
    return [nominal[year] - math.log1p(real[year]) - math.log1p(nation[year]) for year in known]


def _balance_surprises(base: BaseYear) -> list[float]:
    """Changes of the share of the secondary sector about their mean, as the shock that makes them: ds = s * (1 - s + t) * b."""
    whole, parts = base.series("gdp_nominal"), [base.series(f"value_added_{name}") for name in ("secondary", "tertiary")]
    shares = {
        year: tuple(part[year].value / whole[year].value for part in parts)
        for year in whole
        if all(year in part for part in parts)
    }
    changes = {
        year: (shares[year][0] - shares[year - 1][0]) / (shares[year][0] * (1.0 - shares[year][0] + shares[year][1]))
        for year in _recent(base)
        if year in shares and year - 1 in shares and not base.history.breaks_in("value_added_secondary", year)
    }
    return _about_mean(changes)


def _changes(base: BaseYear, indicator: str) -> dict[int, float]:
    """Changes of the logarithm of a series in the last years, without those across a declared break."""
    series = base.series(indicator)
    known = {year: item.value for year, item in series.items() if item.value > 0.0}
    years = (year for year in _recent(base) if year in known and year - 1 in known)
    unbroken = (year for year in years if not base.history.breaks_in(indicator, year))
    return {year: math.log(known[year] / known[year - 1]) for year in unbroken}


def _about_mean(changes: Mapping[int, float]) -> list[float]:
    mean = sum(changes.values()) / len(changes) if changes else 0.0
    return [change - mean for change in changes.values()]
