"""Scarce resources: how much of each a scenario gives in every year, and the line in which whoever asks waits for it.

The more urgent come first. A capacity (money that can be built with in a year) is given back when building ends; a supply
(land, connections) is used up and renewed every 1 January. Who asks for more capacity than a year offers takes all of it:
nothing is too large for ever. Who asks for more of a supply than a year offers begins with a year's worth and takes the rest of
the years that follow. Works that have begun go on when a capacity shrinks; only new ones wait. Before it nothing is scarce.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import simpy

from sim.base.text import Text
from sim.ledger.works import Work

CONSTRUCTION, PUBLIC_FUNDS, GRID, LAND = "construction", "public_funds", "grid", "land"
LABELS = {
    CONSTRUCTION: Text("施工能力", "construction capacity"),
    PUBLIC_FUNDS: Text("财政与债券资金", "public funds and bonds"),
    GRID: Text("电网接入", "grid connections"),
    LAND: Text("园区用地", "land in the parks"),
}
USUAL_APPROVAL = 120.0
"""Workdays of approval in which the permit stage of the classes is stated."""


@dataclass(frozen=True)
class Limit:
    """Amounts by calendar year, the last holding on. `returned`: given back when building ends, else used up."""

    by_year: Mapping[int, float]
    returned: bool

    def at(self, year: int) -> float:
        """The amount of a year."""
        known = [named for named in self.by_year if named <= year]
        return self.by_year[max(known) if known else min(self.by_year)]


@dataclass(frozen=True)
class Limits:
    """The limits from `start` on; a resource without a limit is plentiful.

    Construction and public funds in 亿元 a year that can be spent at once, grid in connections a year, land in km² a year by
    district. `approval` holds the workdays of approval by year, 120 being usual.
    """

    start: float
    construction: Limit | None = None
    public_funds: Limit | None = None
    grid: Limit | None = None
    land: Mapping[str, Limit] = field(default_factory=dict)
    approval: Mapping[int, float] = field(default_factory=dict)

    def of(self, name: str, region: str) -> Limit | None:
        """The limit of a resource, in a district where it has districts."""
        if name == LAND:
            return self.land.get(region)
        limit: Limit | None = getattr(self, name)
        return limit

    def permit_factor(self, time: float) -> float:
        """Return how much longer than usual the permit stage takes that begins at `time`."""
        if not self.approval or time < self.start:
            return 1.0
        return Limit(self.approval, returned=False).at(int(time)) / USUAL_APPROVAL


def demand(work: Work, name: str, money: float, building: float) -> float:
    """Return how much of a resource a work needs: money per year of building, km² or connections."""
    if name == CONSTRUCTION:
        return money / building
    if name == PUBLIC_FUNDS:
        return 0.0 if work.business else money / building
    if name == GRID:
        return work.project_class.grid
    return work.project_class.land * money


_CLOSE = 1e-9


@dataclass(order=True)
class ResourceClaim:
    """A request for a resource; `granted` happens when it is there."""

    priority: int
    number: int
    amount: float = field(compare=False)
    granted: simpy.Event = field(compare=False)


class ResourcePool:
    """A resource over time."""

    def __init__(self, environment: simpy.Environment, limit: Limit, start: float) -> None:
        self._environment, self._limit, self._start = environment, limit, start
        self._free = self._offered = 0.0
        self._line: list[ResourceClaim] = []
        self._numbers = count()
        environment.process(self._years())

    def claim(self, amount: float, priority: int) -> ResourceClaim:
        """Get into line for `amount`."""
        claim = ResourceClaim(priority, next(self._numbers), amount, self._environment.event())
        if self._environment.now < self._start:
            # Before the run nothing is scarce, yet what is being built then takes its room, so that `_free` may be below zero.
            self._free -= amount if self._limit.returned else 0.0
            claim.granted.succeed()
        else:
            heapq.heappush(self._line, claim)
            self._serve()
        return claim

    def give_back(self, claim: ResourceClaim) -> None:
        """Return what was granted; a supply is used up."""
        if self._limit.returned:
            self._free += claim.amount
            self._serve()

    def _serve(self) -> None:
        while self._line and self._fits(self._line[0]):
            claim = heapq.heappop(self._line)
            if self._limit.returned:
                # What is given back must be what was taken, whatever a year offers by then.
                claim.amount = min(claim.amount, self._offered)
            self._free -= claim.amount
            claim.granted.succeed()

    def _fits(self, claim: ResourceClaim) -> bool:
        if self._limit.returned:
            if self._offered <= 0.0:
                return False
            # What was taken and given back adds up to the offer but for rounding: without slack the last waits a year.
            return self._free >= min(claim.amount, self._offered) - _CLOSE
        first_year = min(claim.amount, self._offered or claim.amount)
        return self._free > 0.0 and self._free >= first_year - _CLOSE

    def _years(self) -> Generator[simpy.Event, Any, None]:
        """Every 1 January of the run there is more, or less."""
        yield self._environment.timeout(max(self._start - self._environment.now, 0.0))
        year = int(self._start)
        while True:
            offered = self._limit.at(year)
            self._free += offered - self._offered if self._limit.returned else offered
            self._offered = offered
            self._serve()
            year += 1
            yield self._environment.timeout(1.0)
