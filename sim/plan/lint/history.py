"""What history has shown of a measure: its yearly changes, across no declared break, and the price changes it implies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sim.inputs.history import Datum
from sim.plan.lint.claims import PERCENT, Claim
from sim.plan.lint.levels import Level, breaks_between, levels
from sim.plan.lint.plan import Plan

RECENT = 10
"""Years that count as recent: what was reached only before them was reached in another economy."""


@dataclass(frozen=True)
class Change:
    """The mean yearly change from the end of one year to that of another: a ratio, points of a share, or an addition."""

    first: int
    last: int
    value: float
    claims: tuple[Claim, ...] = ()

    @property
    def years(self) -> int:
        """Years that it took."""
        return self.last - self.first


def is_share(plan: Plan, measure: str) -> bool:
    """Whether changes of a measure are counted in points."""
    return plan.measures.by_name[measure].unit == "%"


def yearly(plan: Plan, measure: str, start: tuple[int, float], end: tuple[int, float]) -> float:
    """The mean yearly change between two levels (year, value)."""
    years = end[0] - start[0]
    if is_share(plan, measure):
        return (end[1] - start[1]) / years
    return float((end[1] / start[1]) ** (1.0 / years) - 1.0)


def changes(plan: Plan, measure: str, region: str, as_of: int) -> list[Change]:
    """Changes between known levels that follow each other; none across a declared break, none from a bound."""
    return [
        Change(before.year, after.year, yearly(plan, measure, (before.year, before.value), (after.year, after.value)))
        for before, after in _steps(plan, measure, region, as_of)
        if before.value > 0.0 and after.value > 0.0
    ]


def _steps(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[tuple[Level, Level]]:
    """Pairs of levels that can be compared: both of the whole or both of the same part."""
    known = [level for level in levels(plan, measure, region, as_of).values() if level.operator in ("=", "~")]
    for before, after in pairwise(known):
        if before.is_part == after.is_part and not breaks_between(plan, (before, after), before.year, after.year, as_of):
            yield before, after


def additions(plan: Plan, measure: str, region: str, as_of: int) -> list[Change]:
    """Additions a year: published, printed of a period, and net rises, which are no more than what was added."""
    steps = _steps(plan, measure, region, as_of)
    rises = [Change(one.year, two.year, (two.value - one.value) / (two.year - one.year)) for one, two in steps]
    return stated_additions(plan, measure, region, as_of) + rises


def stated_additions(plan: Plan, measure: str, region: str, as_of: int) -> list[Change]:
    """Additions a year that are published, or printed of a period."""
    entry = plan.measures.by_name[measure]
    data = plan.data(entry.additions_history, region, as_of)
    seen = [Change(year - 1, year, item.in_unit(entry.unit)) for year, item in data.items()]
    facts = plan.facts_known(plan.at(measure, region, "additions"), as_of)
    exact = (fact for fact in facts if fact.printed.operator in ("=", "~"))
    return seen + [Change(fact.base, fact.last, fact.total / len(fact.years), (fact,)) for fact in exact]


def published_growth(plan: Plan, measure: str, region: str, as_of: int) -> dict[int, float]:
    """Growth rates that statistics publish themselves, as ratios."""
    data = plan.data(plan.measures.by_name[measure].growth_history, region, as_of)
    return {year: datum.in_unit("%") * PERCENT for year, datum in data.items()}


def deflators(plan: Plan, measure: str, region: str, as_of: int) -> dict[int, float]:
    """Yearly price changes that follow from published levels and published real growth."""
    real = published_growth(plan, measure, region, as_of)
    data = plan.data(plan.measures.by_name[measure].history, region, as_of)
    return {year: rise / (1.0 + real[year]) - 1.0 for year, rise in _rises(plan, data, as_of) if year in real}


def _rises(plan: Plan, data: dict[int, Datum], as_of: int) -> Iterator[tuple[int, float]]:
    for year, datum in data.items():
        before = data.get(year - 1)
        if before is not None and not plan.history.as_of(as_of).breaks_in(datum.indicator, year):
            yield year, datum.value / before.value


def windows(rates: dict[int, float], years: int) -> dict[int, float]:
    """Mean rates over every run of consecutive years, by the last year."""
    found = {}
    for last in rates:
        run = range(last - years + 1, last + 1)
        if all(year in rates for year in run):
            product = 1.0
            for year in run:
                product *= 1.0 + rates[year]
            found[last] = product ** (1.0 / years) - 1.0
    return found
