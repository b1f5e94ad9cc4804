"""A summary of realisations for readers: when programmes are in use, what binds when, whose money is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values
from sim.base.text import Text
from sim.inputs.ledger import Ledger
from sim.ledger.pipeline import RESOURCES
from sim.ledger.realise import Realised

NEARLY_ALL, MIDDLE = 0.9, 0.5
BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class ProgrammeTimes:
    """One programme: when building begins, and when half and nearly all of its money is in use; years.

    `low` and `high` are the 10 % and 90 % points of the last; `planned` the latest end that the documents print.
    """

    name: Text
    works: int
    money: float
    start: float
    half: float
    nearly_all: float
    low: float
    high: float
    planned: int | None


OTHERS = Text("其他点名项目", "other named projects")
"""Projects that the documents name outside of any programme."""


@dataclass(frozen=True)
class MoneyOrigin:
    """Money of the named works in 亿元: what is printed, without any overrun, and the mean of what is assumed.

    `untraced` is the part of what is printed whose figures could not be traced to a publisher.
    """

    printed: float
    assumed: float
    printed_works: int
    assumed_works: int
    untraced: float = 0.0
    untraced_works: int = 0


def programme_times(realised: Realised, ledger: Ledger) -> list[ProgrammeTimes]:
    """All programmes with named works of their own, the largest first; those without a programme together, last."""
    rows: dict[str, list[int]] = {}
    for row, work in enumerate(realised.plan.works):
        if work.id in ledger.projects:
            rows.setdefault(ledger.projects[work.id].programme, []).append(row)
    others = rows.pop("", [])
    labels = {name: ledger.programmes.get(name, Text(name, name)) for name in rows}
    found = [_programme(labels[name], members, realised, ledger) for name, members in rows.items()]
    ordered = sorted((item for item in found if item is not None), key=lambda item: -item.money)
    rest = _programme(OTHERS, others, realised, ledger) if others else None
    return ordered if rest is None else [*ordered, rest]


def _programme(name: Text, rows: Sequence[int], realised: Realised, ledger: Ledger) -> ProgrammeTimes | None:
    times, money = realised.times, realised.effects.money[rows]
    begun = np.isfinite(times.started[rows])
    if not begun.any():
        return None
    ends = [ledger.projects[realised.plan.works[row].id].end for row in rows]
    printed = [year for year in ends if year is not None]
    starts = np.where(begun, times.started[rows], np.inf).min(axis=0)
    last = _when(times.in_use[rows], np.where(begun, money, 0.0), NEARLY_ALL)
    half = _when(times.in_use[rows], np.where(begun, money, 0.0), MIDDLE)
    low, middle, high = np.quantile(last[np.isfinite(last)], BAND)
    return ProgrammeTimes(
        name=name,
        works=len(rows),
        money=float(np.where(begun, money, 0.0).sum(axis=0).mean()),
        start=float(np.median(starts[np.isfinite(starts)])),
        half=float(np.median(half[np.isfinite(half)])),
        nearly_all=float(middle),
        low=float(low),
        high=float(high),
        planned=max(printed) if printed else None,
    )


def _when(in_use: Values, money: Values, part: float) -> Values:
    """Time at which a part of the money of every realisation is in use, [work, r] to [r]; never where nothing was built."""
    order = np.argsort(in_use, axis=0)
    times, sums = np.take_along_axis(in_use, order, 0), np.cumsum(np.take_along_axis(money, order, 0), axis=0)
    whole = sums[-1]
    place = np.argmax(sums >= part * whole - 1e-9, axis=0)
    found: Values = np.where(whole > 0.0, np.take_along_axis(times, place[np.newaxis], 0)[0], np.inf)
    return found


def waiting(realised: Realised) -> Mapping[str, tuple[float, ...]]:
    """Works that wait for each resource, mean over the year and the realisations, for the simulated years."""
    years = realised.plan.axes.years[1:]
    asked, got = realised.times.asked, np.minimum(realised.times.got, realised.plan.end)
    there = np.isfinite(asked)
    start, end = np.where(there, asked, 0.0), np.where(there, got, 0.0)
    found = {}
    for column, name in enumerate(RESOURCES):
        spans = [
            np.clip(np.minimum(end[:, column], year + 1.0) - np.maximum(start[:, column], year), 0.0, None) for year in years
        ]
        found[name] = tuple(float(span.sum(axis=0).mean()) for span in spans)
    return found


def never_begun(realised: Realised) -> float:
    """Works that are not given up and yet do not begin before the run ends; mean over the realisations."""
    stuck = ~np.isfinite(realised.times.started) & ~realised.effects.given_up
    return float(stuck.sum(axis=0).mean())


def money_origin(realised: Realised) -> MoneyOrigin:
    """Return how much of the named works' money is printed somewhere, and how much was drawn."""
    named = [(row, work) for row, work in enumerate(realised.plan.works) if work.named]
    mean = realised.effects.money.mean(axis=1)
    printed = [work.money for _, work in named if work.money is not None]
    assumed = [float(mean[row]) for row, work in named if work.money is None]
    untraced = [work.money for _, work in named if work.money is not None and work.untraced]
    return MoneyOrigin(sum(printed), sum(assumed), len(printed), len(assumed), sum(untraced), len(untraced))
