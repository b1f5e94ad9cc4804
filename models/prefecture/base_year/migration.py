"""Net migration of a city at unchanged conditions: by how much its residents grew faster or slower than the nation's.

What a city gained or lost goes on, though less and less. Of growth from 2000 to 2010, 252 cities carried 0.55 on into the ten
years between the censuses of 2010 and 2020; of growth from 2005 to 2010 only 0.34, since short spans are noisy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from sim.inputs.base_year import BaseCell, BaseYear, ReferenceFigure
from sim.inputs.history import Datum
from sim.inputs.provenance import DERIVED

from .rows import Origin, from_setting, number, path_cells

RESIDENTS = "population_resident"
_BEFORE, _AFTER, _SHORTEST = 13, 5, 3
_USUAL_YEARS = 4.0
"""Years of the city's own residents that the usual rate counts for."""
_KEPT = 0.94
"""Part of a city's difference from the usual rate that is left a year later: 0.73 after five years."""


def migration(base: BaseYear) -> tuple[dict[int, float], Origin]:
    """Net migration per resident by year, and where it comes from: the usual rate, and a fading part of the city's own."""
    usual, span = number(base, "usual_migration"), _span(base)
    if span is None:
        return {base.year: usual}, from_setting(base, "usual_migration")
    first, last = span
    city, nation = base.series(RESIDENTS), base.reference.series("national_population")
    own = _growth(city, first, last) - _growth(nation, first, last)
    weight = (last - first) / (last - first + _USUAL_YEARS)
    years = range(base.year, base.last_year + 1)
    path = {year: usual + weight * _KEPT ** (year - base.year) * (own - usual) for year in years}
    method = "本市人口增速减全国人口增速，与通常的净迁移率加权，差距逐年缩小"
    source = f"history.csv：population_resident {first}、{last} 年；全国年末总人口"
    return path, Origin("D", city[last].known_from, source, method, DERIVED)


def migration_rows(base: BaseYear) -> list[BaseCell]:
    """Rows of net migration per resident."""
    path, origin = migration(base)
    return path_cells("base_migration", "1/a", path, origin)


def _span(base: BaseYear) -> tuple[int, int] | None:
    """The longest span of years around the base year between which the city's residents can be compared.

    Estimates are revised by the census after them, so that a span which crosses one begins with a census.
    """
    nation = max(base.reference.series("national_population"), default=0)
    within = range(base.year - _BEFORE, min(base.year + _AFTER, nation) + 1)
    years = [year for year in base.series(RESIDENTS) if year in within]
    last = max(years, default=0)
    first = min((year for year in years if _comparable(base, year, last)), default=last)
    return (first, last) if last - first >= _SHORTEST else None


def _comparable(base: BaseYear, first: int, last: int) -> bool:
    broken, counted = (base.history.breaks_in(RESIDENTS, last, first), base.history.breaks_in(RESIDENTS, first))
    return bool(counted) or not broken


def _growth(series: Mapping[int, Datum] | Mapping[int, ReferenceFigure], first: int, last: int) -> float:
    return math.log(series[last].value / series[first].value) / (last - first)
