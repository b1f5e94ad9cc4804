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


def level_reached(series: Figures, base: Figures, goal: float, meets: Meets) -> TargetProgress:
    """Return the progress of a level on its way from the base; a base that is not a number leaves only whether it is met."""
    met = meets(series)
    return TargetProgress(level_progress(series[-1], base, goal), met[-1], met[:-1].any(axis=0), meets(base) & ~np.isnan(base))


def sum_reached(series: Figures, wanted: float, meets: Meets, *, ceiling: bool) -> TargetProgress:
    """Return the progress of years so far added up, against a sum."""
    done = np.cumsum(series, axis=0)
    met = meets(done)
    if ceiling:
        return TargetProgress(np.nan, met[-1], held=True)
    return TargetProgress(done[-1] / wanted, met[-1], met[:-1].any(axis=0))


def each_year_reached(series: Figures, value: float, years: int, meets: Meets, *, ceiling: bool) -> TargetProgress:
    """Return the progress of a number wanted of each of some years: their sum against as many times it, and none missed it.

    Once all the years are over only the years themselves count.
    """
    kept = meets(series).all(axis=0)
    if ceiling:
        return TargetProgress(np.nan, kept, held=True)
    done = np.cumsum(series, axis=0)
    full = done >= years * value
    met = kept if len(series) == years else full[-1] & kept  # "about so much" of each year may add up to a little less
    return TargetProgress(done[-1] / (years * value), met, full[:-1].any(axis=0) & kept)


def growth_reached(ratios: Figures, rate: float, span: tuple[int, int], meets: Meets, *, ceiling: bool) -> TargetProgress:
    """Return the progress of ratios to the base against a growth rate over (years passed, all years); `meets` judges a rate."""
    passed, years = span
    if ceiling:
        return TargetProgress(np.nan, meets(ratios[-1] ** (1.0 / passed) - 1.0), held=True)
    met = meets(ratios ** (1.0 / years) - 1.0)  # what growth so far comes to over the whole span
    return TargetProgress(growth_progress(ratios[-1], 1.0, rate, years), met[-1], met[:-1].any(axis=0))


def cut_reached(ratios: Figures, cut: float, meets: Meets, *, ceiling: bool) -> TargetProgress:
    """Return the progress of ratios to the base against a cumulative cut; `meets` judges a cut."""
    met = meets(1.0 - ratios)
    if ceiling:
        return TargetProgress(np.nan, met[-1], held=True)
    return TargetProgress(cut_progress(ratios[-1], 1.0, cut), met[-1], met[:-1].any(axis=0))


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
        kind, wanted, years = self.reading.binding.reading, self.reading.target.value, self.reading.last - base
        ceiling, so_far = self.reading.is_ceiling, series[base + 1 : self.now + 1]
        if kind == "level":
            return level_reached(so_far, series[base], wanted, self._meets)
        if kind == "each_year":
            return each_year_reached(so_far, wanted, years, self._meets, ceiling=ceiling)
        if kind in ("change", "cumulative"):
            added = so_far if kind == "cumulative" else np.diff(series[base : self.now + 1], axis=0)
            return sum_reached(added, wanted, self._meets, ceiling=ceiling)
        rate, ratios = _PERCENT * wanted, np.asarray(so_far / series[base])
        if kind == "reduction":
            return cut_reached(ratios, rate, self._rate_meets, ceiling=ceiling)
        grown = growth_reached(ratios, rate, (self.now - base, years), self._rate_meets, ceiling=ceiling)
        if kind == "growth_each_year":  # average growth, and no year that missed it
            kept = self._rate_meets(so_far / series[base : self.now] - 1.0).all(axis=0)
            return replace(grown, met=kept if ceiling else grown.met & kept)
        return grown

    def _meets(self, values: Values) -> Values:
        return np.asarray(self.reading.rule.met(values))

    def _rate_meets(self, rate: Values) -> Values:
        """Return whether a rate, as a ratio, meets a target in per cent."""
        return self._meets(rate / _PERCENT)


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
