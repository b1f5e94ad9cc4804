"""How far a target has got, and in which class that puts it.

Progress is linear for levels, (X - X0)/(XT - X0), and logarithmic for growth and cumulative cuts: ln(X/X0)/(n·ln(1+g)) and
ln(X/X0)/ln(1-c). The time share is counted from the date of the data, not of the report: two of five years are 0.4. A target
that its base meets has no path, nor has a ceiling of a sum, of each year or of growth: it is held or it is not. Published data
and draws are judged by the same functions: series have the years since the base along their first axis, the last of them now.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.base.text import Text

Numbers = Any
Meets = Callable[[Numbers], Numbers]
"""Whether values meet a target."""
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
"""What is behind when its time is over."""
TOLERANCE = 0.05
"""How far progress may lie from the time share and still be broadly as expected."""


def time_share(year: int, base: int, end: int) -> float:
    """The part of the time from the end of `base` to the end of `end` that has passed at the end of `year`."""
    return (year - base) / (end - base)


def level_progress(now: Numbers, base: Numbers, goal: Numbers) -> Numbers:
    """Linear progress from the base to the goal, also downwards; not a number where there is no way between them."""
    way = np.asarray(goal - base, dtype=float)
    return np.divide(now - base, way, out=np.full(np.broadcast(now, way).shape, np.nan), where=way != 0.0)


def growth_progress(now: Numbers, base: Numbers, rate: float, years: int) -> Numbers:
    """Logarithmic progress of average growth at a rate over years."""
    return np.log(np.asarray(now) / base) / (years * np.log1p(rate))


def cut_progress(now: Numbers, base: Numbers, cut: float) -> Numbers:
    """Logarithmic progress of a cumulative cut."""
    return np.log(np.asarray(now) / base) / np.log1p(-cut)


@dataclass(frozen=True)
class Reached:
    """How far a target is. `met`: now; `met_before`: in an earlier year since the base; `held`: to be kept, without a path.

    `progress` is not a number where there is no path or its start is not known.
    """

    progress: Numbers
    met: Numbers
    met_before: Numbers = False
    held: Numbers = False


def level_reached(series: Numbers, base: Numbers, goal: float, meets: Meets) -> Reached:
    """A level on its way from the base; a base that is not a number leaves only whether it is met."""
    met = meets(series)
    return Reached(level_progress(series[-1], base, goal), met[-1], met[:-1].any(axis=0), meets(base) & ~np.isnan(base))


def sum_reached(series: Numbers, wanted: float, meets: Meets, *, ceiling: bool) -> Reached:
    """Years so far added up, against a sum."""
    done = np.cumsum(series, axis=0)
    met = meets(done)
    if ceiling:
        return Reached(np.nan, met[-1], held=True)
    return Reached(done[-1] / wanted, met[-1], met[:-1].any(axis=0))


def each_year_reached(series: Numbers, value: float, years: int, meets: Meets, *, ceiling: bool) -> Reached:
    """A number that is wanted of each of some years: their sum against as many times the number, and none that missed it.

    Once all the years are over only the years themselves count.
    """
    kept = meets(series).all(axis=0)
    if ceiling:
        return Reached(np.nan, kept, held=True)
    done = np.cumsum(series, axis=0)
    full = done >= years * value
    met = kept if len(series) == years else full[-1] & kept  # "about so much" of each year may add up to a little less
    return Reached(done[-1] / (years * value), met, full[:-1].any(axis=0) & kept)


def growth_reached(ratios: Numbers, rate: float, span: tuple[int, int], meets: Meets, *, ceiling: bool) -> Reached:
    """Ratios to the base against an average growth rate over a span (years passed, all years); `meets` judges a rate."""
    passed, years = span
    if ceiling:
        return Reached(np.nan, meets(ratios[-1] ** (1.0 / passed) - 1.0), held=True)
    met = meets(ratios ** (1.0 / years) - 1.0)  # what growth so far comes to over the whole span
    return Reached(growth_progress(ratios[-1], 1.0, rate, years), met[-1], met[:-1].any(axis=0))


def cut_reached(ratios: Numbers, cut: float, meets: Meets, *, ceiling: bool) -> Reached:
    """Ratios to the base against a cumulative cut; `meets` judges a cut."""
    met = meets(1.0 - ratios)
    if ceiling:
        return Reached(np.nan, met[-1], held=True)
    return Reached(cut_progress(ratios[-1], 1.0, cut), met[-1], met[:-1].any(axis=0))


def standing(reached: Reached, share: float, tolerance: float = TOLERANCE) -> NDArray[np.intp]:
    """The class, as its place in STANDINGS, after a share of the time.

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
