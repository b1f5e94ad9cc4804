"""Progress of a target and the class that it is put in: by published data, or draw by draw on projected series.

Progress is linear for levels, (X - X0)/(XT - X0), and logarithmic for growth and cumulative cuts: ln(X/X0)/(n·ln(1+g)) and
ln(X/X0)/ln(1-c). The time share is counted from the date of the data, not of the report: two of five years are 0.4. A target
that its base meets has no path, nor has a ceiling of a sum, of each year or of growth: it is held or it is not. Published data
and draws are judged by the same functions: series have the years since the base along their first axis, the last of them now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np

from sim.base.arrays import Numbers, Truths, Values
from sim.base.text import Text
from sim.ensemble.reducers import Share
from sim.plan.reading import Reading

Figures = Any
Meets = Callable[[Figures], Figures]
"""A test of values against a target."""
Standing = Literal["ahead", "fast", "on_track", "behind", "unknown"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
STANDING_NAMES: dict[Standing, Text] = {
    "ahead": Text("提前实现", "met ahead of time"),
    "fast": Text("快于预期", "faster than expected"),
    "on_track": Text("基本符合预期", "broadly as expected"),
    "behind": Text("滞后", "behind"),
    "unknown": Text("无法评估", "cannot be evaluated"),
}
"""The classes of the national mid-term evaluations, and one for what has no datum."""
NOT_MET = Text("未完成", "not met")
"""The class of those behind when their time is over."""
_PERCENT = 0.01
_SEPARATOR = "|"
TOLERANCE = 0.05
"""Distance that progress may have from the time share and still be broadly as expected."""


def time_share(year: int, base: int, end: int) -> float:
    """Return the part of the time from the end of `base` to the end of `end` that has passed at the end of `year`."""
    return (year - base) / (end - base)


def level_progress(now: Figures, base: Figures, goal: Figures) -> Figures:
    """Return linear progress from the base to the goal, also downwards; not a number where there is no way between them."""
    way = np.asarray(goal - base, dtype=float)
    return np.divide(now - base, way, out=np.full(np.broadcast(now, way).shape, np.nan), where=way != 0.0)


def growth_progress(now: Figures, base: Figures, rate: float, years: int) -> Figures:
    """Return logarithmic progress of average growth at a rate over years."""
    return np.log(np.asarray(now) / base) / (years * np.log1p(rate))


def cut_progress(now: Figures, base: Figures, cut: float) -> Figures:
    """Return logarithmic progress of a cumulative cut."""
    return np.log(np.asarray(now) / base) / np.log1p(-cut)


@dataclass(frozen=True)
class TargetProgress:
    """Progress of a target. `met`: now; `met_before`: in an earlier year since the base; `held`: to be kept, without a path.

    `progress` is not a number where there is no path or its start is not known.
    """

    progress: Figures
    met: Figures
    met_before: Figures = False
    held: Figures = False


Kind = Literal["level", "each_year", "sum", "growth", "cut"]


@dataclass(frozen=True)
class Goal:
    """The number that is wanted at the end of some years: a level, one of each year, a sum, or as ratios growth and a cut."""

    kind: Kind
    value: float
    years: int
    meets: Meets
    ceiling: bool
    """True where it must not be exceeded."""

    def reached(self, series: Figures, base: Figures, passed: int) -> TargetProgress:
        """Return the progress of the known ones of the years that have passed since the base; sums take what each year adds.

        A base that is not a number leaves of a level only whether it is met.
        """
        if self.kind == "level":
            met, held = self.meets(series), self.meets(base) & ~np.isnan(base)
            return TargetProgress(level_progress(series[-1], base, self.value), met[-1], met[:-1].any(axis=0), held)
        if self.kind == "each_year":
            return self._each_year(series)
        if self.kind == "sum":
            done = np.cumsum(series, axis=0)
            progress, met = done[-1] / self.value, self.meets(done)
        elif self.kind == "cut":
            ratios = np.asarray(series / base)
            progress, met = cut_progress(ratios[-1], 1.0, self.value), self.meets(1.0 - ratios)
        else:
            ratios, span = np.asarray(series / base), passed if self.ceiling else self.years
            progress = growth_progress(ratios[-1], 1.0, self.value, self.years)
            met = self.meets(ratios ** (1.0 / span) - 1.0)  # what growth so far comes to over the whole span
        if self.ceiling:
            return TargetProgress(np.nan, met[-1], held=True)
        return TargetProgress(progress, met[-1], met[:-1].any(axis=0))

    def _each_year(self, series: Figures) -> TargetProgress:
        """Return the sum of the years against as many times the number, where none of them missed it.

        Once all the years are over only the years themselves count.
        """
        kept = self.meets(series).all(axis=0)
        if self.ceiling:
            return TargetProgress(np.nan, kept, held=True)
        done, wanted = np.cumsum(series, axis=0), self.years * self.value
        full = done >= wanted
        met = kept if len(series) == self.years else full[-1] & kept  # "about so much" may add up to a little less
        return TargetProgress(done[-1] / wanted, met, full[:-1].any(axis=0) & kept)


def standing(reached: TargetProgress, share: float, tolerance: float = TOLERANCE) -> Numbers:
    """Return the class, as its place in STANDINGS, after a share of the time.

    Before the end what is met is met ahead of time; at the end only what was met in an earlier year is, and what is not met is
    behind, however near it came: the verdict of the scorecard. Progress that is not a number leaves what is met: broadly as
    expected, or behind.
    """
    progress, met, met_before, held = np.broadcast_arrays(
        np.asarray(reached.progress, dtype=float), reached.met, reached.met_before, reached.held
    )
    is_over, has_path = share >= 1.0, ~np.isnan(progress) & ~held
    early = met & has_path & (met_before if is_over else True)
    lead = np.where(has_path, progress - share, np.where(met, 0.0, -np.inf))
    enough = met if is_over else lead >= -tolerance
    places = [STANDINGS.index(name) for name in ("ahead", "fast", "on_track")]
    return np.select([early, enough & (lead > tolerance), enough], places, STANDINGS.index("behind")).astype(np.intp)


@dataclass(frozen=True)
class Moment:
    """A reading of a target at the end of a year of the run, counted from the base year: the target's own, or one before."""

    reading: Reading
    now: int

    def standings(self, values: Mapping[str, Values]) -> Numbers:
        """Return the class of each draw, as its place in STANDINGS."""
        base, series = self.reading.start - 1, self.reading.series(values)
        return standing(self._progress(base, series), time_share(self.now, base, self.reading.last))

    def _progress(self, base: int, series: Values) -> TargetProgress:
        reading, kind, passed = self.reading, _KINDS[self.reading.binding.reading], self.now - base
        scale = _PERCENT if kind in ("growth", "cut") else 1.0

        def meets(values: Values) -> Values:
            return np.asarray(reading.rule.met(values / scale))

        goal = Goal(kind, scale * reading.target.value, reading.last - base, meets, reading.is_ceiling)
        so_far = series[base + 1 : self.now + 1]
        if reading.binding.reading == "change":
            return goal.reached(np.diff(series[base : self.now + 1], axis=0), series[base], passed)
        found = goal.reached(so_far, series[base], passed)
        if reading.binding.reading == "growth_each_year":  # average growth, and no year that missed it
            kept = meets(so_far / series[base : self.now] - 1.0).all(axis=0)
            return replace(found, met=kept if reading.is_ceiling else found.met & kept)
        return found


_KINDS: Mapping[str, Kind] = {
    "level": "level",
    "each_year": "each_year",
    "growth_each_year": "growth",
    "average_growth": "growth",
    "change": "sum",
    "cumulative": "sum",
    "reduction": "cut",
}
"""The kind of goal of each reading of a binding."""


@dataclass(frozen=True)
class Standings:
    """Sort every draw of a block: which target stands in which class."""

    moments: tuple[Moment, ...]

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs that must be computed."""
        return tuple(dict.fromkeys(name for item in self.moments for name in item.reading.outputs))

    def __call__(self, values: Mapping[str, Values], _draws: Numbers) -> dict[str, Truths]:
        """Return truth values by target and class."""
        found = {}
        for moment in self.moments:
            places = moment.standings(values)
            for place, name in enumerate(STANDINGS[:-1]):
                found[f"{moment.reading.target.id}{_SEPARATOR}{name}"] = places == place
        return found


def chances(shares: Mapping[str, Share]) -> dict[str, dict[Standing, Share]]:
    """Return shares of draws by target and class."""
    found: dict[str, dict[Standing, Share]] = {}
    for key, share in shares.items():
        target, _, name = key.partition(_SEPARATOR)
        for standing_name in STANDINGS:
            if standing_name == name:
                found.setdefault(target, {})[standing_name] = share
    return found
