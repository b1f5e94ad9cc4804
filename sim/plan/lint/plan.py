"""The plan as the rules see it: claims, measures, published history, and which region lies in which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sim.base.text import Text
from sim.inputs.history import Datum, History
from sim.inputs.measures import Measures
from sim.plan.lint.claims import Aspect, Claim, Measure


@dataclass(frozen=True)
class Regions:
    """The regions of a city: its own, its districts, and groups of districts by their members."""

    own: tuple[str, ...]
    names: Mapping[str, Text] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def name(self, region: str) -> Text:
        """Name of a region."""
        return self.names.get(region, Text(region, region))

    def inside(self, inner: str, outer: str) -> bool:
        """Whether a region is another one or lies in it."""
        if inner == outer:
            return True
        if outer in self.own:
            return inner in self.names and inner not in self.own
        return inner in self.groups.get(outer, ())

    def are_apart(self, regions: Iterable[str]) -> bool:
        """Whether no place lies in two of some regions."""
        places = [place for region in regions for place in self.groups.get(region, (region,))]
        return len(places) == len(set(places))


@dataclass(frozen=True)
class Plan:
    """What is held against each other. `years` is when each document came out; `as_of` overrides what was known then."""

    claims: tuple[Claim, ...]
    measures: Measures
    history: History
    regions: Regions
    years: Mapping[str, int]
    about: float
    as_of: int | None = None

    def known_at(self, claim: Claim) -> int:
        """The last year whose statistics were known when a document came out, or the year asked for."""
        return self.years[claim.printed.document] - 1 if self.as_of is None else self.as_of

    def subject(self, claim: Claim) -> Text:
        """Region and measure of a claim, as a sentence about it begins."""
        return self.regions.name(claim.region) + Text("", ": ") + claim.measure.name

    def measure(self, key: str) -> Measure:
        """A measure by its name."""
        return Measure(key, self.measures.by_name[key])

    @cached_property
    def by_place(self) -> Mapping[tuple[str, str], tuple[Claim, ...]]:
        """Claims by measure and region."""
        places = dict.fromkeys((claim.measure.key, claim.region) for claim in self.claims)
        return {place: tuple(item for item in self.claims if (item.measure.key, item.region) == place) for place in places}

    def at(self, measure: str, region: str, *aspects: Aspect) -> list[Claim]:
        """The claims of a measure in a region, of some aspects."""
        return [item for item in self.by_place.get((measure, region), ()) if not aspects or item.aspect in aspects]

    def targets(self, *aspects: Aspect) -> list[Claim]:
        """Targets of some aspects."""
        return [item for item in self.claims if item.is_target and item.aspect in aspects]

    def data(self, indicator: str | None, region: str, as_of: int) -> dict[int, Datum]:
        """Published data of the city's own regions by year, as known; what districts publish is of unclear scope."""
        if indicator is None or region not in self.regions.own:
            return {}
        return self.history.as_of(as_of).series(indicator, region)

    def facts_known(self, claims: Iterable[Claim], as_of: int) -> list[Claim]:
        """Facts among some claims whose document had come out."""
        facts = (item for item in claims if not item.is_target)
        return [item for item in facts if item.last <= as_of and self.years[item.printed.document] <= as_of + 1]
