"""Read a target from results: choose region and members, add up, divide, and take the years that the target means.

Arrays are [year, dims..., draw], the base year first; the same code reads one central run and thousands of draws. What the
ledger delivers for a target is a number per realisation, from the times of the works that count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from sim.base.arrays import Values
from sim.base.units import conversion, quotient_conversion
from sim.inputs.bindings import Binding, LedgerBinding
from sim.inputs.ledger import Ledger
from sim.inputs.targets import PlanTarget
from sim.ledger.edits import selected
from sim.ledger.realise import Realised, built_by
from sim.model.declarations import Variable
from sim.model.graph import Graph
from sim.plan.rule import Rule, rule_of
from sim.result.dataset import yearly_unit

GROWTH = ("growth_each_year", "average_growth", "reduction")
"""Readings whose value is a rate, whatever the variable's unit."""
REGION, DISTRICT = "region", "district"
Picks = tuple[tuple[str, tuple[tuple[int, ...] | None, ...]], ...]
"""Variables, and the numbers of the members that are taken along each of their dimensions; None: all of them."""
MORE_THAN_ALL = -100.0
"""The growth of a rest of which nothing is left: the target is as much as the whole city has, or more."""


def unit_of(name: str, graph: Graph) -> str:
    """Return the unit of a year's value of a variable."""
    item = graph.quantities[name]
    return yearly_unit(item.unit, item.kind if isinstance(item, Variable) else "level")


def is_intensive(unit: str) -> bool:
    """Return whether values in a unit must not be added up over districts: ratios, levels per head, times, concentrations."""
    return "/" in unit or unit in ("ratio", "index", "a", "d")


@dataclass(frozen=True)
class Reading:
    """One target as a function of results. `last` and `start` count years from the base year."""

    target: PlanTarget
    binding: Binding
    picks: Picks
    factor: float
    start: int
    last: int
    rule: Rule

    @property
    def is_ceiling(self) -> bool:
        """True where it is not to be exceeded."""
        return self.rule.below

    @property
    def outputs(self) -> tuple[str, ...]:
        """Variables that must be computed."""
        return tuple(name for name, _ in self.picks)

    def series(self, values: Mapping[str, Values]) -> Values:
        """Return the indicator by year [year, draw], in the target's unit where that is not a rate."""
        return quotient(values, self.picks) * self.factor

    def value(self, values: Mapping[str, Values]) -> Values:
        """Return the number that is held against the target [draw]."""
        return self.of_series(self.series(values))

    def of_series(self, series: Values) -> Values:
        """Return the same from the series."""
        before, now, years = series[self.start - 1], series[self.last], series[self.start : self.last + 1]
        match self.binding.reading:
            case "level":
                value = now
            case "each_year":
                value = self.worst(years)
            case "growth_each_year":
                value = self.worst(100.0 * (years / series[self.start - 1 : self.last] - 1.0))
            case "average_growth":
                value = 100.0 * ((now / before) ** (1.0 / len(years)) - 1.0)
            case "change":
                value = now - before
            case "cumulative":
                value = years.sum(axis=0)
            case "reduction":
                value = 100.0 * (1.0 - now / before)
        return np.asarray(value)

    def worst(self, values: Values) -> Values:
        """Return the worst year: the highest where the target is a ceiling, else the lowest."""
        return np.asarray((np.max if self.is_ceiling else np.min)(values, axis=0))


def quotient(values: Mapping[str, Values], picks: Picks) -> Values:
    """Return the sum over what is picked of a variable, or that of one variable over that of another."""
    sums = []
    for name, chosen in picks:
        array = values[name]
        for members in chosen:
            # Axis 1 every time: the dimension that was summed is gone, and the next one has taken its place.
            array = (array if members is None else array.take(members, axis=1)).sum(axis=1)
        sums.append(array)
    return sums[0] if len(sums) == 1 else np.asarray(sums[0] / sums[1])


def picks_of(graph: Graph, names: Iterable[str], members: Mapping[str, Sequence[str]]) -> Picks:
    """Return some variables with the numbers of the members that are chosen along each of their dimensions."""
    numbers = {dim: tuple(graph.dimensions[dim].members.index(name) for name in chosen) for dim, chosen in members.items()}
    return tuple((name, tuple(numbers.get(dim) for dim in graph.quantities[name].dims)) for name in names)


def reading_of(
    target: PlanTarget, binding: Binding, graph: Graph, groups: Mapping[str, tuple[str, ...]], base_year: int, about: float
) -> Reading:
    """Return the reading of a dated target; names and units were checked when the city was opened. `about`: see Rule."""
    if target.year is None:
        raise AssertionError("a target without a year is not judged")
    names = [binding.variable] if binding.over is None else [binding.variable, binding.over]
    region, chosen = binding.region or target.region, dict[str, Sequence[str]](binding.members)
    for dim in (dim for dim in (REGION, DISTRICT) if dim in graph.dimensions):
        wanted = groups.get(region, (region,))
        if set(wanted) <= set(graph.dimensions[dim].members):
            chosen[dim] = wanted
    first = max((target.start_year or base_year + 1) - base_year, 1)
    factor, rule = factor_of(target, binding, graph), rule_of(target, binding, about)
    return Reading(target, binding, picks_of(graph, names, chosen), factor, first, target.year - base_year, rule)


def factor_of(target: PlanTarget, binding: Binding, graph: Graph) -> float:
    """Return what turns the variable into the target's unit; one for rates, which are counted in per cent."""
    if binding.reading in GROWTH:
        return 1.0
    unit = unit_of(binding.variable, graph)
    if binding.over is None:
        return conversion(unit, target.unit)
    return quotient_conversion(unit, unit_of(binding.over, graph), target.unit)


def arrays_of(results: xr.Dataset, names: tuple[str, ...], graph: Graph) -> dict[str, Values]:
    """Return variables of a central run as [year, dims..., 1]."""
    order = {name: ("year", *graph.quantities[name].dims) for name in names}
    return {name: results[name].transpose(*dims).to_numpy()[..., np.newaxis] for name, dims in order.items()}


def implied_rest_growth(reading: Reading, rows: Mapping[str, Values], series: Values, graph: Graph) -> float | None:
    """Return the yearly growth that a district's or group's target leaves to the rest of the city, in per cent.

    growth = ((city - target) / (city - district at the start))^(1/years) - 1, with the city as projected; None where the
    target says nothing of a level that adds up over districts.
    """
    binding = reading.binding
    dims = graph.quantities[binding.variable].dims
    goal = _implied_level(reading, series)
    if goal is None or binding.over or DISTRICT not in dims or is_intensive(unit_of(binding.variable, graph)):
        return None
    name, chosen = reading.picks[0]
    axis = dims.index(DISTRICT)
    if chosen[axis] is None:
        return None
    everywhere = (*chosen[:axis], None, *chosen[axis + 1 :])
    city = replace(reading, picks=((name, everywhere),)).series(rows)
    start, end = float(city[0, 0] - series[0, 0]), float(city[reading.last, 0]) - goal
    if start <= 0.0:
        return None
    return float(100.0 * ((end / start) ** (1.0 / reading.last) - 1.0)) if end > 0.0 else MORE_THAN_ALL


def _implied_level(reading: Reading, series: Values) -> float | None:
    """Return the level in the target year that a target asks for, also by growth or change; None for yearly flows."""
    value, before = reading.target.value, float(series[reading.start - 1, 0])
    if reading.binding.reading == "level":
        return value
    if reading.binding.reading == "change":
        return before + value
    if reading.binding.reading in ("average_growth", "growth_each_year"):
        return before * float((1.0 + value / 100.0) ** (reading.last - reading.start + 1))
    return None


_CLASS = "class:"


@dataclass(frozen=True)
class Delivery:
    """Everything that is needed to count: the realisations, the ledger, and the groups of districts."""

    realised: Realised
    ledger: Ledger
    groups: Mapping[str, tuple[str, ...]]

    def value(self, target: PlanTarget, binding: LedgerBinding) -> Values:
        """Return what is delivered in the years of the target, one number per realisation."""
        if target.year is None:
            raise AssertionError("a target without a year is not judged")
        rows = self._rows(binding)
        first = self.realised.plan.axes.years.start + 1 if target.start_year is None else target.start_year
        if binding.reading == "total":
            return self._measure(rows, binding, first, target.year)
        years = [self._measure(rows, binding, year, year) for year in range(first, target.year + 1)]
        worst = np.max if binding.operator(target.operator) == "<=" else np.min
        return np.asarray(worst(years, axis=0))

    def _named_ids(self, binding: LedgerBinding) -> frozenset[str]:
        return frozenset().union(*(selected(word, self.ledger) or frozenset() for word in binding.projects))

    def _rows(self, binding: LedgerBinding) -> list[int]:
        """Return the numbers of the works that count."""
        works, ids, region = self.realised.plan.works, self._named_ids(binding), binding.region or ""
        classes = {word.removeprefix(_CLASS) for word in binding.projects if word.startswith(_CLASS)}
        within = self.groups.get(region, (region,))
        counted = (row for row, work in enumerate(works) if work.id in ids or work.project_class.name in classes)
        return [row for row in counted if not region or works[row].region in within]

    def _wanted(self, rows: Sequence[int], binding: LedgerBinding) -> int:
        """Return how many works a target means, also those that the scenario does not build, which are never done."""
        plan, ids = self.realised.plan, self._named_ids(binding)
        absent = {work.id for work in plan.whole if work.id in ids} - {plan.works[row].id for row in rows}
        return max(len(rows) + len(absent), 1)

    def _measure(self, rows: Sequence[int], binding: LedgerBinding, first: int, last: int) -> Values:
        """Return the measure over whole years from `first` to `last`."""
        times, start, end = self.realised.times, float(first), last + 1.0
        at: Values = getattr(times, binding.stage)[list(rows)]  # infinite for never
        in_span = (at >= start) & (at < end)
        match binding.measure:
            case "count":
                found = in_span.sum(axis=0)
            case "field":
                fields = np.array([self.realised.plan.works[row].field for row in rows])[:, np.newaxis]
                found = (fields * (at < end)).sum(axis=0)
            case "progress":
                done = (built_by(times, end) - built_by(times, start))[list(rows)]
                found = binding.size * done.sum(axis=0) / self._wanted(rows, binding)
            case "remaining":
                found = self._wanted(rows, binding) - (at < end).sum(axis=0)
            case "share":
                found = binding.size * in_span.sum(axis=0) / self._wanted(rows, binding)
        return np.asarray(found, dtype=float)
