"""Breaks in the series of cities never seen, found by a fixed rule: steps far off those of the other cities in the year."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from sim.inputs.history import BreakEntry
from sim.inputs.panel import CityPanel, PanelCity, PanelSeriesValues, StepRule

_POINTS = 100.0


def breaks_of(panel: CityPanel) -> dict[str, list[BreakEntry]]:
    """Breaks by the code of the city: those declared for every city of a panel, and its own steps, known a year later."""
    found = {city.code: list(panel.rules.breaks) for city in panel.cities}
    for rule in panel.rules.steps:
        for code, years in _stepped(panel.cities, rule).items():
            found[code] += [
                BreakEntry(indicators=rule.indicators, years=[year], known_from=year + 1, reason=rule.reason) for year in years
            ]
    return found


def _stepped(cities: Sequence[PanelCity], rule: StepRule) -> dict[str, list[int]]:
    """The years in which each city steps."""
    changes = {city.code: _changes(city.values.get(rule.of, {})) for city in cities}
    usual = medians_by_year(changes.values())
    found = {code: [year for year in own if abs(own[year] - usual[year]) > rule.off] for code, own in changes.items()}
    if not rule.along:
        return found
    beside = {city.code: _changes(city.values.get(rule.along, {})) for city in cities}
    least = rule.by / _POINTS
    return {
        code: [year for year in years if abs(math.expm1(beside[code].get(year, 0.0) / _POINTS)) > least]
        for code, years in found.items()
    }


def _changes(series: PanelSeriesValues) -> dict[int, float]:
    """Points of the logarithm by which a series changes into each year that follows one it has."""
    levels = {year: math.log(item.value) for year, item in series.items() if item.value > 0.0}
    return {year: _POINTS * (level - levels[year - 1]) for year, level in levels.items() if year - 1 in levels}


def medians_by_year(changes: Iterable[Mapping[int, float]]) -> dict[int, float]:
    """The median change of some cities in each year."""
    by_year: dict[int, list[float]] = defaultdict(list)
    for own in changes:
        for year, change in own.items():
            by_year[year].append(change)
    return {year: median(found) for year, found in by_year.items()}
