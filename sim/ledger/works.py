"""Works: what of a ledger is built in a run, each with the time at which its stages begin when nothing goes wrong.

Unnamed projects become works too: as many as are usual in a year stand in ordinary investment already, and works of their own
are those that are signed beyond, spread over districts and branches by weight.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from sim.base.text import Text
from sim.inputs.ledger import STAGES, Inflow, LedgerFile, Project, ProjectClass

BEFORE_BUILDING = ("sign", "land", "permit")
BUILD = STAGES.index("build")
GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
MIDDLE = 0.5
"""The part of its year after which a work begins when nothing is known but the year."""


@dataclass(frozen=True)
class Work:
    """A project as it is simulated; times in years, money in 亿元.

    `begin` is the likely time at which its first stage still to come begins; in a realisation it lies between `earliest` and
    `earliest + width`. `first` is the index of that stage. `stretch` multiplies the time of building and of what follows, so
    that it ends as printed; `longer` is added to the time of building. `money` is the printed amount spent in the city (None:
    drawn from the class), `fulfilment` a factor on the chance of not being given up, `crowd` how many are signed against what
    is usual: the more, the smaller they are and the fewer are built. A `certain` work is known to have been built as printed:
    nothing of it is drawn but an amount that nobody prints. Building that would begin after `run_start` begins `hurried` years
    earlier, but not before it.
    """

    id: str
    label: Text
    project_class: ProjectClass
    business: bool
    region: str
    purpose: str
    begin: float = 0.0
    earliest: float = 0.0
    width: float = 0.0
    first: int = 0
    stretch: float = 1.0
    longer: float = 0.0
    money: float | None = None
    untraced: bool = False
    """True where no publisher of the printed amount is known."""
    fulfilment: float = 1.0
    crowd: float = 1.0
    field: float = 1.0
    field_unit: str = ""
    priority: int = 1
    named: bool = True
    certain: bool = False
    hurried: float = 0.0
    run_start: float = -math.inf

    @property
    def under_way(self) -> bool:
        """Tell whether building began before the run."""
        return self.first == BUILD

    def later(self, years: float, run_start: float = -math.inf) -> Work:
        """The work delayed: it begins later, or is built longer where it is under way; never in less than half the time.

        Nothing can be hurried in the years before the run: building that is brought forward begins in it.
        """
        if self.under_way:
            usual = self.project_class.stages["build"].likely * self.stretch
            return replace(self, longer=max(self.longer + years, -usual / 2.0))
        if years < 0.0:
            return replace(self, hurried=-years, run_start=run_start)
        return replace(self, begin=self.begin + years, earliest=self.earliest + years)


def likely_years(item: ProjectClass, stages: Iterable[str]) -> float:
    """Likely length of several stages together."""
    return sum(item.stages[stage].likely for stage in stages)


def work_of(project: Project, item: ProjectClass, place: int, base_year: int, settings: LedgerFile) -> Work | None:
    """The work of a project, `place` being its number in the ledger; None when it was finished by the end of the base year.

    A printed start is the year in which building begins; a printed end the year at whose end it is finished. Works begun by the
    end of the base year are under way: what comes before building lies behind them.
    """
    work = Work(
        id=project.id,
        label=project.name,
        project_class=item,
        business=project.funder == "business",
        region=project.region,
        purpose=project.branch or project.kind,
        money=project.amount.local if project.amount else None,
        untraced=project.amount is not None and project.amount.untraced,
        field=1.0 if project.field is None else project.field,
        field_unit=project.field_unit,
        certain=project.status == "built",
    )
    if project.start is None:
        dated = _undated(work, project.end, place, settings)
    else:
        dated = _dated(work, project.start, project.end, base_year)
    if project.end is not None:
        return None if project.end <= base_year else dated
    left = likely_years(item, STAGES[dated.first :])
    return None if dated.under_way and dated.begin + left <= base_year + 1.0 else dated


def _undated(work: Work, end: int | None, place: int, settings: LedgerFile) -> Work:
    """Begin a work without a printed start: so that it ends as printed, or spread evenly over the years of the plan."""
    if end is not None:
        begin = end + 1.0 - likely_years(work.project_class, STAGES)
        return replace(work, begin=begin, earliest=begin)
    low, _, high = settings.undated_start.value
    return replace(work, begin=low + (place * GOLDEN % 1.0) * (high - low), earliest=low, width=high - low)


def _dated(work: Work, start: int, end: int | None, base_year: int) -> Work:
    """Begin a work in its printed year."""
    before, after = (likely_years(work.project_class, stages) for stages in (BEFORE_BUILDING, ("build", "commission")))
    building = start + MIDDLE
    stretch = 1.0 if end is None else (end + 1.0 - building) / after
    if start <= base_year:
        return replace(work, begin=building, earliest=float(start), width=1.0, first=BUILD, stretch=stretch, priority=0)
    return replace(work, begin=building - before, earliest=start - before, width=1.0, stretch=stretch)


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
            region, branch = _next_place(inflow, number)
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


def _next_place(inflow: Inflow, number: int) -> tuple[str, str]:
    """District and branch of the next project: every one gets its part of a long row, evenly."""
    total = sum(inflow.weights.values())
    point = ((number + 0.5) * GOLDEN % 1.0) * total
    ends = accumulate(inflow.weights.values())
    return next(place for place, end in zip(inflow.weights, ends, strict=True) if point < end or end >= total)
