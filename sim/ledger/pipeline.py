"""The pipeline: every work passes sign, land, permit, build and commission, and waits for what is scarce.

Land is asked for after signing; public funds, a grid connection and construction capacity before building, in this order, and
held until building ends.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import simpy

from sim.base.arrays import Values
from sim.inputs.ledger import STAGES
from sim.ledger.limits import CONSTRUCTION, GRID, LAND, PUBLIC_FUNDS, Limits, ResourceClaim, ResourcePool, demand
from sim.ledger.random_effects import RandomEffects
from sim.ledger.works import BUILD, Work

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
