"""Scarce resources and the pipeline: every work passes sign, land, permit, build and commission, and waits for what is scarce.

A scenario says how much of each resource there is in every year. The more urgent come first. A capacity (money that can be
built with in a year) is given back when building ends; a supply (land, connections) is used up and renewed every 1 January. Who
asks for more capacity than a year offers takes all of it: nothing is too large for ever. Who asks for more of a supply than a
year offers begins with a year's worth and takes the rest of the years that follow. Works that have begun go on when a capacity
shrinks; only new ones wait. Before it nothing is scarce.

Land is asked for after signing; public funds, a grid connection and construction capacity before building, in this order, and
held until building ends.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
import simpy

from sim.base.arrays import Values
from sim.base.text import Text
from sim.inputs.ledger import STAGES
from sim.ledger.random_effects import RandomEffects
from sim.ledger.works import BUILD, Work

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


RESOURCES = (LAND, PUBLIC_FUNDS, GRID, CONSTRUCTION)
_HELD = (PUBLIC_FUNDS, GRID, CONSTRUCTION)
NEVER = math.inf
_SIGN, _LAND, _PERMIT, _COMMISSION = (STAGES.index(name) for name in ("sign", "land", "permit", "commission"))


@dataclass(frozen=True)
class Times:
    """The course of every work: [work, r] in calendar years, infinite for what does not happen. Who has begun to build, ends.

    `signed` when the contract stands, `started` and `built` begin and end of building, `in_use` when it is put to use.
    `asked` and `got` [work, resource, r]: when a scarce resource was asked for and granted.
    """

    signed: Values
    started: Values
    built: Values
    in_use: Values
    asked: Values
    got: Values


def no_times(works: int, count: int) -> Times:
    """Nothing has happened yet."""
    plain = [np.full((works, count), NEVER) for _ in range(4)]
    waits = [np.full((works, len(RESOURCES), count), NEVER) for _ in range(2)]
    return Times(*plain, *waits)


def simulate(works: Sequence[Work], effects: RandomEffects, limits: Limits, end: float) -> Times:
    """Every realisation of a effects up to the time `end`."""
    times = no_times(len(works), effects.count)
    for number in range(effects.count):
        _Realisation(works, effects, limits, times, number).run(end)
    return times


class _Realisation:
    """One course of things."""

    def __init__(self, works: Sequence[Work], effects: RandomEffects, limits: Limits, times: Times, number: int) -> None:
        self._works, self._limits, self._times, self._number = works, limits, times, number
        self._begin = effects.begin[:, number].tolist()
        self._years = effects.years[:, :, number].tolist()
        self._money = effects.money[:, number].tolist()
        self._given_up = effects.given_up[:, number].tolist()
        self._environment = simpy.Environment(initial_time=math.floor(min([limits.start, *self._begin])))
        common = {(name, ""): limits.of(name, "") for name in _HELD}
        by_region = {(LAND, region): limit for region, limit in limits.land.items()}
        pools = {key: limit for key, limit in (common | by_region).items() if limit is not None}
        self._pools = {key: ResourcePool(self._environment, limit, limits.start) for key, limit in pools.items()}

    def run(self, end: float) -> None:
        """Simulate until `end`."""
        # SimPy handles events of one time in the order in which they were made: that of the works decides who asks first, and a
        # scenario that adds a work at the end changes no one's place before it.
        for index in range(len(self._works)):
            self._environment.process(self._work(index))
        self._environment.run(until=end)

    def _work(self, index: int) -> Generator[simpy.Event, Any, None]:
        """The life of a work."""
        env, times, number, years = self._environment, self._times, self._number, self._years[index]
        work = self._works[index]
        yield env.timeout(self._begin[index] - env.now + years[_SIGN])
        times.signed[index, number] = env.now
        if self._given_up[index]:
            return
        if work.first < BUILD:
            yield from self._obtained(index, LAND)
            yield env.timeout(years[_LAND])
            yield env.timeout(years[_PERMIT] * self._limits.permit_factor(env.now))
        # In the same order for everybody: two works that each hold what the other waits for would never begin.
        held = []
        for name in _HELD:
            claim = yield from self._obtained(index, name)
            held += [] if claim is None else [(name, claim)]
        times.started[index, number] = env.now
        times.built[index, number] = env.now + years[BUILD]
        times.in_use[index, number] = env.now + years[BUILD] + years[_COMMISSION]
        if held:
            yield env.timeout(years[BUILD])
        for name, claim in held:
            self._pools[name, ""].give_back(claim)

    def _obtained(self, index: int, name: str) -> Generator[simpy.Event, Any, ResourceClaim | None]:
        """Wait for a resource, where it is scarce and the work needs it."""
        work = self._works[index]
        pool = self._pools.get((name, work.region if name == LAND else ""))
        amount = demand(work, name, self._money[index], self._years[index][BUILD])
        if pool is None or amount <= 0.0:
            return None
        column = RESOURCES.index(name)
        self._times.asked[index, column, self._number] = self._environment.now
        claim = pool.claim(amount, work.priority)
        # An event that has happened is not waited for: even a wait of no time would let others of this moment go first.
        if not claim.granted.triggered:
            yield claim.granted
        self._times.got[index, column, self._number] = self._environment.now
        return claim
