"""Realisations of a ledger plan: drawn, simulated, summed up by year, district and purpose, and kept in the cache.

spending of a year = money * part of the building time that lies in it. Works that take long to build are put to use in equal
parts as they are built. Flows are arrays [year, district, branch or kind, realisation]. Draw i of a run takes realisation i
modulo their number. What that does to the error of a probability is told by the run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Truths, Values
from sim.base.cache import digest, kept
from sim.inputs.ledger import LedgerFile
from sim.ledger.pipeline import NEVER, Limits, Times, simulate
from sim.ledger.random_effects import RandomEffects, Scale, drawn_effects, drawn_factors
from sim.ledger.works import Work


@dataclass(frozen=True)
class Axes:
    """Years, districts, branches and kinds in the order of the model."""

    years: range
    districts: Sequence[str]
    branches: Sequence[str]
    kinds: Sequence[str]


def flows_of(works: Sequence[Work], effects: RandomEffects, times: Times, axes: Axes, phase: float) -> Mapping[str, Values]:
    """Return what works spend, put to use, open and take; see LedgerFlows."""
    branch, kind = _by_branch_and_kind(works, axes)
    firms = np.array([work.project_class.firms for work in works])[:, np.newaxis]
    land = effects.money * np.array([work.project_class.land for work in works])[:, np.newaxis]
    spent = [effects.money * _built_in(times, year) for year in axes.years]
    done = [
        _used_by(times, phase, year + 1.0) - _used_by(times, phase, float(year)) for year in axes.years
    ]  # put to use in each year
    completed = [effects.money * part for part in done]
    return {
        "business_spend": branch.gathered(spent),
        "business_completions": branch.gathered(completed),
        "public_spend": kind.gathered(spent),
        "public_completions": kind.gathered(completed),
        "firms_opened": branch.gathered([firms * part for part in done]),
        "land_taken": branch.gathered([land * _built_in(times, year) for year in axes.years]).sum(axis=2),
    }


def displacing_flows(
    works: Sequence[Work], effects: RandomEffects, times: Times, axes: Axes, phase: float
) -> Mapping[str, Values]:
    """Return what ordinary investment makes room for: works whose building began before the run, and all public ones.

    They are those of the documents: a scenario that cancels or moves a work does not bring back what it takes the place of.
    `unfinished`, in the base year alone, is what had been spent by the start of the run on works not yet in use.
    """
    branch, kind = _by_branch_and_kind(works, axes)
    spent = [effects.money * _built_in(times, year) for year in axes.years]
    start = axes.years.start + 1.0
    of_begun = [np.where(times.started < start, money, 0.0) for money in spent]
    at_start = effects.money * np.maximum(built_by(times, start) - _used_by(times, phase, start), 0.0)
    unfinished = [at_start, *(np.zeros_like(at_start) for _ in axes.years[1:])]
    return {
        "business_begun": branch.gathered(of_begun),
        "public_begun": kind.gathered(of_begun),
        "public_printed": kind.gathered(spent),
        "business_unfinished": branch.gathered(unfinished),
        "public_unfinished": kind.gathered(unfinished),
    }


def _built_in(times: Times, year: int) -> Values:
    """Part of every work that is built in a year."""
    return built_by(times, year + 1.0) - built_by(times, float(year))


def built_by(times: Times, end: float) -> Values:
    """Part of every work that has been built by a time."""
    begun = np.isfinite(times.started)
    started, built = np.where(begun, times.started, 0.0), np.where(begun, times.built, 1.0)
    return np.where(begun, np.clip((end - started) / (built - started), 0.0, 1.0), 0.0)


_CLOSE = 1e-9


def _used_by(times: Times, phase: float, end: float) -> Values:
    """Part of every work that is put to use before a time: equal parts, none of which takes longer than `phase` to build."""
    begun = np.isfinite(times.started)
    length = np.where(begun, times.built, 0.0) - np.where(begun, times.started, 0.0)
    # A length of just so many phases must not become one part more by rounding.
    count = np.maximum(np.ceil(length / phase - _CLOSE), 1.0)
    done, gap = np.zeros_like(count), length / count
    for number in range(int(count.max(initial=1.0))):
        when = np.where(number < count, times.in_use - number * gap, NEVER)
        done += np.where(when < end, 1.0 / count, 0.0)
    return done


class _Cells:
    """Sums works into cells of district and purpose."""

    def __init__(self, works: Sequence[Work], chosen: Truths, districts: Sequence[str], purposes: Sequence[str]) -> None:
        self._shape = (len(districts), len(purposes))
        self._rows = np.flatnonzero(chosen).tolist()
        pairs = ((works[row].region, works[row].purpose) for row in self._rows)
        cells = [districts.index(region) * len(purposes) + purposes.index(purpose) for region, purpose in pairs]
        self._cells = np.array(cells, dtype=np.intp)

    def gathered(self, by_year: Sequence[Values]) -> Values:
        """[year, district, purpose, realisation] from [work, realisation] of every year."""
        result = np.zeros((len(by_year), self._shape[0] * self._shape[1], by_year[0].shape[-1]))
        for place, values in enumerate(by_year):
            # Several works fall into one cell: `result[cells] += values` would keep the last of them only.
            np.add.at(result[place], self._cells, values[self._rows])
        return result.reshape(len(by_year), *self._shape, -1)


def _by_branch_and_kind(works: Sequence[Work], axes: Axes) -> tuple[_Cells, _Cells]:
    """Return the cells of business works by branch, and of public ones by kind; a business work without a branch is in none."""
    business = np.array([work.business for work in works], dtype=bool)
    builds = np.array([bool(work.purpose) for work in works], dtype=bool)
    return _Cells(works, business & builds, axes.districts, axes.branches), _Cells(works, ~business, axes.districts, axes.kinds)


USUAL_COUNT = 200


@dataclass(frozen=True)
class LedgerPlan:
    """The inputs of realisations: the works of a scenario, those of the whole ledger, what is scarce, and the axes.

    `printed` are the works of the scenario as the documents have them, none cancelled, moved or put first, which meet the
    `usual_limits`, those without any lever; `finished` counts the projects of the scenario that were finished before the run.
    """

    works: tuple[Work, ...]
    printed: tuple[Work, ...]
    whole: tuple[Work, ...]
    settings: LedgerFile
    scale: Scale
    limits: Limits
    usual_limits: Limits
    axes: Axes
    finished: int = 0
    seed: int = 0

    @property
    def end(self) -> float:
        """The time at which the simulation stops."""
        return float(self.axes.years.stop)


@dataclass(frozen=True)
class Realised:
    """Realisations of a plan: what was dealt, what became of it, and flows [year, district, purpose, realisation] by name."""

    plan: LedgerPlan
    effects: RandomEffects
    times: Times
    flows: Mapping[str, Values]

    @property
    def count(self) -> int:
        """Number of realisations."""
        return self.effects.count

    def mean(self, flow: str) -> Values:
        """Mean over the realisations, [year, district, purpose]."""
        mean: Values = self.flows[flow].mean(axis=-1)
        return mean


def realise(plan: LedgerPlan, count: int = USUAL_COUNT) -> Realised:
    """The realisations of a plan, from the cache where they were made before."""
    return kept("ledger", digest([repr(plan).encode(), str(count).encode()]), lambda: realised(plan, count))


def realised(plan: LedgerPlan, count: int) -> Realised:
    """The realisations of a plan, made anew."""
    effects, times = _courses(plan, count)
    as_printed = replace(plan, works=plan.printed, limits=plan.usual_limits, finished=0)
    key = digest([b"printed", repr(as_printed).encode(), str(count).encode()])
    phase = plan.settings.phase_length.spread.likely
    # What ordinary investment makes room for is by the works of the documents, whatever levers a scenario pulls.
    displaced = kept("ledger", key, lambda: displacing_flows(plan.printed, *_courses(as_printed, count), plan.axes, phase))
    flows, names = flows_of(plan.works, effects, times, plan.axes, phase), plan.settings.flows.model_dump()
    named = {names[name]: values for name, values in {**flows, **displaced}.items()}
    return Realised(plan, effects, times, named)


def _courses(plan: LedgerPlan, count: int) -> tuple[RandomEffects, Times]:
    """Return what chance deals to the works of a plan, and what becomes of them within its limits."""
    factors = drawn_factors(plan.whole, plan.settings, plan.scale, plan.seed, count)
    effects = drawn_effects(plan.works, plan.settings, plan.seed, count, factors)
    return effects, simulate(plan.works, effects, plan.limits, plan.end)
