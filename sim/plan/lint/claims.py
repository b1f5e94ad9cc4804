"""What a target or a fact claims of its measure: a level, a growth rate, a sum, an addition, in which years, and how firmly."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.measures import RATES, MeasureEntry, Measures, ReadingEntry
from sim.inputs.printed import Printed
from sim.inputs.targets import Catalogue, PlanTarget

Aspect = Literal["level", "growth", "sum", "additions", "change", "multiple", "cut"]
"""level: in each of the years; growth: a year, as a ratio; sum: of a flow over the years; additions: to a stock over the years;
change: of the level over the years; multiple: of the level before the years; cut: fall over the years, as a ratio."""
PERCENT = 0.01
_SAME_DIGITS = 12


@dataclass(frozen=True)
class Measure:
    """A measure with its name in measures.yaml."""

    key: str
    entry: MeasureEntry

    @property
    def name(self) -> Text:
        """Its name."""
        return self.entry.name.text()


@dataclass(frozen=True)
class Claim:
    """One number read as a claim. `value` is in the measure's unit, rates are ratios; the years are `first` to `last`."""

    printed: Printed
    measure: Measure
    region: str
    aspect: Aspect
    value: float
    first: int
    last: int
    base: int
    """The year that growth, additions and changes start from."""
    each_year: bool
    """Whether a sum or an addition is said of each single year."""
    part: bool
    also: tuple[Printed, ...] = ()
    """Other places in which the documents print the same number of the same thing."""

    @property
    def id(self) -> str:
        """Id of the target or fact."""
        return self.printed.id

    @property
    def is_target(self) -> bool:
        """Whether it is a target and no fact."""
        return isinstance(self.printed, PlanTarget)

    @property
    def content(self) -> object:
        """What it says, wherever it is printed."""
        number = float(f"{self.value:.{_SAME_DIGITS}g}")  # units are converted by multiplying
        what = (self.measure.key, self.region, self.aspect, number, self.printed.operator, self.is_target)
        return what, (self.first, self.last, self.base), self.each_year, self.part

    @property
    def years(self) -> range:
        """The years it speaks of."""
        return range(self.first, self.last + 1)

    @property
    def span(self) -> int:
        """Number of years from the base to the last."""
        return self.last - self.base

    @property
    def total(self) -> float:
        """A sum or addition over all years, also where it is said of each."""
        return self.value * len(self.years) if self.each_year else self.value

    def bounds(self, about: float) -> tuple[float, float]:
        """The interval in which the text allows the value to be; `about` is the tolerance of 左右."""
        operator, value = self.printed.operator, self.value
        if operator in (">", ">="):
            return value, math.inf
        if operator == "<=":
            return -math.inf, value
        if operator == "~":
            return value - about * abs(value), value + about * abs(value)
        return value, value

    @property
    def is_ceiling(self) -> bool:
        """Whether less than the number is as good: the text says at most, or the plan wants less of it."""
        operator = self.printed.operator
        return operator == "<=" or (self.measure.entry.better == "less" and operator not in (">", ">="))


def claims_of(catalogue: Catalogue) -> tuple[Claim, ...]:
    """Every dated target and fact that stands under a measure.

    Wording that fits two measures is two claims; what is printed twice is one, as the first that measures.yaml lists has it.
    """
    merged: dict[object, Claim] = {}
    for claim in _claims(catalogue.measures, catalogue.printed):
        first = merged.get(claim.content)
        merged[claim.content] = claim if first is None else replace(first, also=(*first.also, claim.printed))
    return tuple(merged.values())


def _claims(measures: Measures, printed: Mapping[str, Printed]) -> Iterable[Claim]:
    for key, entry in measures.by_name.items():
        for name in entry.claims:
            claim = claim_of(printed[name], Measure(key, entry), measures.regions.get(name))
            if claim is not None:
                yield claim


def claim_of(item: Printed, measure: Measure, region: str | None = None) -> Claim | None:
    """The claim of a number, or None where it is not dated."""
    if item.year is None:
        return None
    reading = measure.entry.readings.get(item.id)
    aspect = _aspect(item, measure.entry)
    several = aspect in ("growth", "sum", "additions", "change", "multiple", "cut") or _is_each_year(item)
    first = item.start_year if item.start_year is not None and several else item.year
    base = reading.base if reading is not None and reading.base is not None else first - 1
    return Claim(
        printed=item,
        measure=measure,
        region=region or item.region,
        aspect=aspect,
        value=item.value * _factor(item, measure.entry, aspect, reading),
        first=first,
        last=item.year,
        base=first if aspect == "multiple" else base,
        each_year=item.kind == "annual_flow_each_year" and aspect in ("sum", "additions"),
        part=reading is not None and reading.part,
    )


def _is_each_year(item: Printed) -> bool:
    """Whether a level holds in every year of a span: yearly targets, and what facts say of a whole period."""
    return item.kind in ("annual_flow_each_year", "level", "share")


def _aspect(item: Printed, entry: MeasureEntry) -> Aspect:
    if item.kind == "reduction_over_period":
        return "cut"
    if item.kind == "ratio" and item.unit == "multiple":
        return "multiple"
    if item.kind in RATES:
        is_rate = item.unit == "%" and entry.unit != "%"
        return "growth" if is_rate or item.kind == "growth_rate_each_year" else "change"
    if item.kind in ("cumulative_over_period", "cumulative"):
        return "additions" if entry.kind == "stock" else "sum"
    if item.kind in ("within_year", "annual_flow_each_year") and entry.kind == "stock":
        return "additions"
    return "level"


def _factor(item: Printed, entry: MeasureEntry, aspect: Aspect, reading: ReadingEntry | None) -> float:
    if aspect in ("growth", "cut"):
        return PERCENT
    if aspect == "multiple":
        return 1.0
    unit, times = (item.unit, 1.0) if reading is None else (reading.unit or item.unit, float(reading.times))
    return times * conversion(unit, entry.unit)
