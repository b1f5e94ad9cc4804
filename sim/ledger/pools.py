"""Scarce resources of a simulation: whoever asks waits in line, the more urgent first, until there is enough.

A capacity (money that can be built with in a year) is given back when building ends; a supply (land, connections) is used up
and renewed every 1 January. Who asks for more capacity than a year offers takes all of it: nothing is too large for ever.
Who asks for more of a supply than a year offers begins with a year's worth and takes the rest of the years that follow.
Works that have begun go on when a capacity shrinks; only new ones wait. Before the run nothing is scarce.
"""

from __future__ import annotations

import heapq
from collections.abc import Generator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import simpy

from sim.ledger.limits import Limit

_CLOSE = 1e-9


@dataclass(order=True)
class Claim:
    """What somebody asked for; `granted` happens when it is there."""

    priority: int
    number: int
    amount: float = field(compare=False)
    granted: simpy.Event = field(compare=False)


class Pool:
    """A resource over time."""

    def __init__(self, environment: simpy.Environment, limit: Limit, start: float) -> None:
        self._environment, self._limit, self._start = environment, limit, start
        self._free = self._offered = 0.0
        self._line: list[Claim] = []
        self._numbers = count()
        environment.process(self._years())

    def claim(self, amount: float, priority: int) -> Claim:
        """Get into line for `amount`."""
        claim = Claim(priority, next(self._numbers), amount, self._environment.event())
        if self._environment.now < self._start:
            self._free -= amount if self._limit.returned else 0.0
            claim.granted.succeed()
        else:
            heapq.heappush(self._line, claim)
            self._serve()
        return claim

    def give_back(self, claim: Claim) -> None:
        """Return what was granted; a supply is used up."""
        if self._limit.returned:
            self._free += claim.amount
            self._serve()

    def _serve(self) -> None:
        while self._line and self._fits(self._line[0]):
            claim = heapq.heappop(self._line)
            if self._limit.returned:
                claim.amount = min(claim.amount, self._offered)
            self._free -= claim.amount
            claim.granted.succeed()

    def _fits(self, claim: Claim) -> bool:
        if self._limit.returned:
            if self._offered <= 0.0:
                return False
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
