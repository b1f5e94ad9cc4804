"""The plan as the rules see it: claims with their years, measures, published history, and which region lies in which.

A claim is what a target or a fact says of its measure: a level, a growth rate, a sum, an addition.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from sim.base.text import Text
from sim.base.units import conversion
from sim.base.words import GOALS, amount_text, digits, years_text
from sim.inputs.bindings import RATES, MeasureEntry, Measures, ReadingEntry
from sim.inputs.city import CityData
from sim.inputs.history import History
from sim.inputs.printed import Printed
from sim.inputs.targets import Catalogue, PlanTarget

Aspect = Literal["level", "growth", "sum", "additions", "change", "multiple", "cut"]
"""level: in each of the years; growth: a year, as a ratio; sum: of a flow over the years; additions: to a stock over the years;
change: of the level over the years; multiple: of the level before the years; cut: fall over the years, as a ratio."""
EXACT, FLOORS, CEILINGS = ("=", "~"), (">", ">="), ("<=",)
"""Operators of numbers that are the level itself, that it is at least, that it is at most."""
PERCENT = 0.01
_SAME_DIGITS = 12


@dataclass(frozen=True)
class Measure:
    """A measure with its name in measures.yaml."""

    key: str
    entry: MeasureEntry

    @property
    def name(self) -> Text:
        """Its name for people."""
        return self.entry.name

    @property
    def is_share(self) -> bool:
        """True where changes are counted in points."""
        return self.entry.unit == "%"

    def amount(self, value: float) -> Text:
        """Return a number in its unit."""
        return amount_text(value, self.entry.unit)

    def pace(self, before: float, after: float, years: int) -> float:
        """Return the mean yearly change between two levels: a ratio, or points of a share."""
        return (after - before) / years if self.is_share else growth(before, after, years)


def growth(before: float, after: float, years: int) -> float:
    """Return the mean yearly growth between two numbers, as a ratio."""
    return float((after / before) ** (1.0 / years) - 1.0)


@dataclass(frozen=True)
class PlanClaim:
    """One number read as a claim. `value` is in the measure's unit, rates are ratios; the years are `first` to `last`."""

    printed: Printed
    measure: Measure
    region: str
    where: Text
    """The name of the region."""
    aspect: Aspect
    value: float
    first: int
    last: int
    base: int
    """The year that growth, additions and changes start from."""
    each_year: bool
    """True where a sum or an addition is said of each single year."""
    part: bool
    also: tuple[Printed, ...] = ()
    """Other places in which the documents print the same number of the same thing."""

    @property
    def id(self) -> str:
        """Id of the target or fact."""
        return self.printed.id

    @property
    def is_target(self) -> bool:
        """True for a target, false for a fact."""
        return isinstance(self.printed, PlanTarget)

    @property
    def operator(self) -> str:
        """The printed operator."""
        return self.printed.operator

    @property
    def said(self) -> Text:
        """The number as documents put it, with the word that its operator stands for."""
        value = amount_text(100.0 * self.value, "%") if self.aspect in ("growth", "cut") else self.measure.amount(self.value)
        frame = GOALS[self.operator]
        return Text(frame.zh.format(value.zh), frame.en.format(value.en))

    @property
    def when(self) -> Text:
        """The years it speaks of, in words."""
        return years_text(self.first, self.last)

    @property
    def name(self) -> Text:
        """The name of its measure."""
        return self.measure.name

    @property
    def subject(self) -> Text:
        """Region and measure, as a sentence about it begins."""
        return self.where + Text("", ": ") + self.name

    @property
    def formula(self) -> str:
        """Its number."""
        return digits(self.value)

    @property
    def content(self) -> object:
        """Its content, wherever it is printed."""
        number = float(f"{self.value:.{_SAME_DIGITS}g}")  # units are converted by multiplying
        what = (self.measure.key, self.region, self.aspect, number, self.operator, self.is_target)
        return what, (self.first, self.last, self.base), self.each_year, self.part

    @property
    def years(self) -> range:
        """The years it speaks of."""
        return range(self.first, self.last + 1)

    @property
    def length(self) -> int:
        """The number of those years."""
        return len(self.years)

    @property
    def span(self) -> int:
        """Number of years from the base to the last."""
        return self.last - self.base

    @property
    def total(self) -> float:
        """A sum or addition over all years, also where it is said of each."""
        return self.value * self.length if self.each_year else self.value

    @property
    def per_year(self) -> float:
        """A sum or addition a year."""
        return self.total / self.length

    @property
    def is_ceiling(self) -> bool:
        """True where less than the number is as good: the text says at most, or the plan wants less of it."""
        return self.operator == "<=" or (self.measure.entry.better == "less" and self.operator not in FLOORS)

    @property
    def claims(self) -> tuple[PlanClaim, ...]:
        """Itself: a finding rests on claims and on what was worked out from claims."""
        return (self,)

    @property
    def data(self) -> tuple[str, ...]:
        """No published datum."""
        return ()

    def bounds(self, about: float) -> tuple[float, float]:
        """Return the interval in which the text allows the value to be; `about` is the tolerance of 左右."""
        if self.operator in FLOORS:
            return self.value, math.inf
        if self.operator == "<=":
            return -math.inf, self.value
        slack = about * abs(self.value) if self.operator == "~" else 0.0
        return self.value - slack, self.value + slack


@dataclass(frozen=True)
class Regions:
    """The regions of a city: its own, its districts, and groups of districts by their members."""

    own: tuple[str, ...]
    names: Mapping[str, Text] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def inside(self, inner: str, outer: str) -> bool:
        """Return whether a region is another one or lies in it."""
        if inner == outer:
            return True
        if outer in self.own:
            return inner in self.names and inner not in self.own
        return inner in self.groups.get(outer, ())

    def are_apart(self, regions: Iterable[str]) -> bool:
        """Return whether no district lies in two of some regions."""
        members = [member for region in regions for member in self.groups.get(region, (region,))]
        return len(members) == len(set(members))


@dataclass(frozen=True)
class CityPlan:
    """Everything that is held against each other. `years` is when each document came out; `as_of` overrides what was known."""

    claims: tuple[PlanClaim, ...]
    measures: Measures
    history: History
    regions: Regions
    years: Mapping[str, int]
    about: float
    as_of: int | None = None

    def known_at(self, claim: PlanClaim) -> int:
        """Return the last year whose statistics were known when a document came out, or the year asked for."""
        return self.years[claim.printed.document] - 1 if self.as_of is None else self.as_of

    def measure(self, key: str) -> Measure:
        """Return a measure by its name."""
        return Measure(key, self.measures.by_name[key])

    @cached_property
    def by_measure_and_region(self) -> Mapping[tuple[str, str], tuple[PlanClaim, ...]]:
        """Claims by measure and region."""
        found: dict[tuple[str, str], list[PlanClaim]] = {}
        for claim in self.claims:
            found.setdefault((claim.measure.key, claim.region), []).append(claim)
        return {key: tuple(claims) for key, claims in found.items()}

    def at(self, measure: str, region: str, *aspects: Aspect) -> list[PlanClaim]:
        """Return the claims of a measure in a region, of some aspects."""
        claims = self.by_measure_and_region.get((measure, region), ())
        return [item for item in claims if not aspects or item.aspect in aspects]

    def targets(self, *aspects: Aspect) -> list[PlanClaim]:
        """Return the targets of some aspects."""
        return [item for item in self.claims if item.is_target and item.aspect in aspects]


def plan_of(city: CityData, catalogue: Catalogue, as_of: int | None = None) -> CityPlan:
    """Return the plan of a city; `as_of` says of which year statistics are known, else those when each document came out."""
    settings = city.settings
    groups = {key: group.label for key, group in settings.groups.items()}
    names = {**settings.regions, **settings.districts, **groups}
    regions = Regions(tuple(settings.regions), names, settings.group_members)
    return CityPlan(
        claims=claims_of(catalogue, regions),
        measures=catalogue.measures,
        history=city.history,
        regions=regions,
        years={name: item.year for name, item in catalogue.documents.items()},
        about=settings.about_tolerance,
        as_of=as_of,
    )


def claims_of(catalogue: Catalogue, regions: Regions) -> tuple[PlanClaim, ...]:
    """Return every dated target and fact that stands under a measure.

    Wording that fits two measures is two claims; what is printed twice is one, as the first that measures.yaml lists has it.
    """
    measures, printed, merged = catalogue.measures, catalogue.printed, dict[object, PlanClaim]()
    for key, entry in measures.by_name.items():
        for item in (printed[name] for name in entry.claims):
            if item.year is None:
                continue
            region = measures.regions.get(item.id, item.region)
            claim = _claim(item, item.year, Measure(key, entry), region, regions.names.get(region, Text(region, region)))
            first = merged.get(claim.content)
            merged[claim.content] = claim if first is None else replace(first, also=(*first.also, item))
    return tuple(merged.values())


def _claim(item: Printed, year: int, measure: Measure, region: str, where: Text) -> PlanClaim:
    reading = measure.entry.readings.get(item.id)
    aspect = _aspect(item, measure.entry)
    # A level holds in every year of a span where it is a yearly target or what facts say of a whole period.
    spans = aspect != "level" or item.kind in ("annual_flow_each_year", "level", "share")
    first = item.start_year if item.start_year is not None and spans else year
    base = reading.base if reading is not None and reading.base is not None else first - 1
    return PlanClaim(
        printed=item,
        measure=measure,
        region=region,
        where=where,
        aspect=aspect,
        value=item.value * _factor(item, measure.entry, aspect, reading),
        first=first,
        last=year,
        base=first if aspect == "multiple" else base,
        each_year=item.kind == "annual_flow_each_year" and aspect in ("sum", "additions"),
        part=reading is not None and reading.part,
    )


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
