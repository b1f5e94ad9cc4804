"""Unnamed projects become works: as many a year as a scenario says are signed, spread over districts and branches by weight.

As many as are usual in a year stand in ordinary investment already; works of their own are those that are signed beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate

from sim.base.text import Text
from sim.inputs.ledger import Inflow
from sim.inputs.project_classes import ProjectClass
from sim.ledger.works import GOLDEN, Work

LAST_IN_LINE = 2


def arrivals(
    inflow: Inflow, item: ProjectClass, signings: Callable[[int], float], named: Mapping[int, int], years: Iterable[int]
) -> Iterator[Work]:
    """The works of one class: what is signed in each year beyond what is usual and beyond the `named` works of the class."""
    number = 0
    for year in years:
        signed = signings(year)
        crowd = max(signed / inflow.usual, 1.0)
        for place in range(round(signed) - max(round(inflow.usual), named.get(year, 0))):
            region, branch = _drawn_place(inflow, number)
            number += 1
            yield Work(
                id=f"{item.name}:{year}:{place + 1}",
                label=Text(f"{year} 年{item.label.zh} {place + 1}", f"{item.label.en} {place + 1} of {year}"),
                project_class=item,
                business=True,
                region=region,
                purpose=branch,
                begin=year + (number * GOLDEN) % 1.0,
                earliest=float(year),
                width=1.0,
                crowd=crowd,
                priority=LAST_IN_LINE,
                named=False,
            )


def _drawn_place(inflow: Inflow, number: int) -> tuple[str, str]:
    """District and branch of the next project: every one gets its part of a long row, evenly."""
    total = sum(inflow.weights.values())
    point = ((number + 0.5) * GOLDEN % 1.0) * total
    ends = accumulate(inflow.weights.values())
    return next(place for place, end in zip(inflow.weights, ends, strict=True) if point < end or end >= total)
