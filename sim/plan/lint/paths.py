"""Paths of a measure: the levels that a plan wants in a year, and the yearly changes that history has shown."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sim.plan.lint.levels import Level, breaks_between, levels
from sim.plan.lint.plan import EXACT, FLOORS, PERCENT, CityPlan, PlanClaim
from sim.plan.lint.wording import number, percent

RECENT = 10
"""Years that count as recent: what was reached only before them was reached in another economy."""


@dataclass(frozen=True)
class WantedLevel:
    """A level that is wanted in a year, how far the text lets it be, and what it rests on."""

    measure: str
    region: str
    year: int
    value: float
    low: float
    high: float
    arithmetic: str
    claims: tuple[PlanClaim, ...]
    data: tuple[str, ...] = ()


def wanted_levels(plan: CityPlan, measure: str, region: str) -> Iterator[WantedLevel]:
    """Yield what the targets of a measure in a region come to: printed, or the known level grown or added to as they ask."""
    for target in plan.at(measure, region):
        if not target.is_target or target.part:
            continue
        if target.aspect == "level":
            bounds = target.bounds(plan.about)
            yield WantedLevel(measure, region, target.last, target.value, *bounds, number(target.value), (target,))
            continue
        base = levels(plan, measure, region, plan.known_at(target)).get(target.base)
        step = None if base is None or base.operator == "<=" else _step(target, base.value)
        if base is not None and step is not None:
            value, formula = step
            low = -math.inf if target.operator == "<=" else value
            high = math.inf if target.operator in FLOORS or base.operator == ">=" else value
            claims = (target, *base.claims)
            yield WantedLevel(
                measure, region, target.last, value, low, high, f"{number(base.value)} {formula}", claims, base.data
            )


def wanted_in(plan: CityPlan, measure: str, region: str, year: int) -> list[WantedLevel]:
    """Return the levels wanted in a year, printed ones first."""
    found = [item for item in wanted_levels(plan, measure, region) if item.year == year]
    return sorted(found, key=lambda item: len(item.claims))


def _step(target: PlanClaim, base: float) -> tuple[float, str] | None:
    """Return the level at the end and its formula; growth in other prices than the level says nothing of it."""
    entry, asked = target.measure.entry, target.value
    if target.aspect == "growth" and entry.growth_price == entry.price:
        return base * (1.0 + asked) ** target.span, f"× (1+{percent(asked)})^{target.span}"
    if target.aspect == "cut":
        return base * (1.0 - asked), f"× (1−{percent(asked)})"
    if target.aspect in ("additions", "change"):
        return base + target.total, f"+ {number(asked)}" + (f" × {len(target.years)}" if target.each_year else "")
    return None


@dataclass(frozen=True)
class PastChange:
    """The mean yearly change from the end of one year to that of another: a ratio, points of a share, or an addition."""

    first: int
    last: int
    value: float
    claims: tuple[PlanClaim, ...] = ()

    @property
    def years(self) -> int:
        """Years that it took."""
        return self.last - self.first


def is_share(plan: CityPlan, measure: str) -> bool:
    """Return whether changes of a measure are counted in points."""
    return plan.measures.by_name[measure].unit == "%"


def yearly(plan: CityPlan, measure: str, start: tuple[int, float], end: tuple[int, float]) -> float:
    """Return the mean yearly change between two levels (year, value)."""
    years = end[0] - start[0]
    if is_share(plan, measure):
        return (end[1] - start[1]) / years
    return float((end[1] / start[1]) ** (1.0 / years) - 1.0)


def changes(plan: CityPlan, measure: str, region: str, as_of: int) -> list[PastChange]:
    """Return changes between known levels that follow each other; none across a declared break, none from a bound."""
    return [
        PastChange(before.year, after.year, yearly(plan, measure, (before.year, before.value), (after.year, after.value)))
        for before, after in _pairs(plan, measure, region, as_of)
        if before.value > 0.0 and after.value > 0.0
    ]


def _pairs(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterator[tuple[Level, Level]]:
    """Yield pairs of levels that can be compared: both of the whole or both of the same part."""
    known = [level for level in levels(plan, measure, region, as_of).values() if level.operator in EXACT]
    for before, after in pairwise(known):
        if before.is_part == after.is_part and not breaks_between(plan, (before, after), before.year, after.year, as_of):
            yield before, after


def additions(plan: CityPlan, measure: str, region: str, as_of: int) -> list[PastChange]:
    """Return additions a year: published, printed of a period, and net rises, which are no more than what was added."""
    pairs = _pairs(plan, measure, region, as_of)
    rises = [PastChange(one.year, two.year, (two.value - one.value) / (two.year - one.year)) for one, two in pairs]
    return stated_additions(plan, measure, region, as_of) + rises


def stated_additions(plan: CityPlan, measure: str, region: str, as_of: int) -> list[PastChange]:
    """Return additions a year that are published, or printed of a period."""
    entry = plan.measures.by_name[measure]
    data = plan.data(entry.additions_history, region, as_of)
    seen = [PastChange(year - 1, year, item.in_unit(entry.unit)) for year, item in data.items()]
    exact = (fact for fact in plan.facts_known(as_of, measure, region, "additions") if fact.operator in EXACT)
    return seen + [PastChange(fact.base, fact.last, fact.per_year, (fact,)) for fact in exact]


def printed_growth(plan: CityPlan, measure: str, region: str, as_of: int) -> list[PastChange]:
    """Return growth rates that documents print of the past."""
    return [
        PastChange(fact.base, fact.last, fact.value, (fact,)) for fact in plan.facts_known(as_of, measure, region, "growth")
    ]


def published_growth(plan: CityPlan, measure: str, region: str, as_of: int) -> dict[int, float]:
    """Return growth rates that statistics publish themselves, as ratios."""
    data = plan.data(plan.measures.by_name[measure].growth_history, region, as_of)
    return {year: datum.in_unit("%") * PERCENT for year, datum in data.items()}


def deflators(plan: CityPlan, measure: str, region: str, as_of: int) -> dict[int, float]:
    """Return yearly price changes that follow from published levels and published real growth; none across a break."""
    real, history = published_growth(plan, measure, region, as_of), plan.history.as_of(as_of)
    data, found = plan.data(plan.measures.by_name[measure].history, region, as_of), dict[int, float]()
    for year, datum in data.items():
        before = data.get(year - 1)
        if before is not None and year in real and not history.breaks_in(datum.indicator, year):
            found[year] = datum.value / before.value / (1.0 + real[year]) - 1.0
    return found


def windows(rates: dict[int, float], years: int) -> dict[int, float]:
    """Return mean rates over every run of consecutive years, by the last year."""
    runs = {last: range(last - years + 1, last + 1) for last in rates}
    return {
        last: math.prod(1.0 + rates[year] for year in run) ** (1.0 / years) - 1.0
        for last, run in runs.items()
        if all(year in rates for year in run)
    }
