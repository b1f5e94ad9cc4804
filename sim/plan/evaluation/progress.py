"""How far a target has got, and in which class that puts it.

Progress is linear for levels, (X - X0)/(XT - X0), and logarithmic for growth and cumulative cuts: ln(X/X0)/(n·ln(1+g)) and
ln(X/X0)/ln(1-c). The time share is counted from the date of the data, not of the report: two of five years are 0.4. A target
that its base meets has no path: it is held or it is not. All functions take numbers or arrays of draws.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from sim.text import Text

Numbers = Any
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


def standing(
    progress: Numbers,
    share: float,
    *,
    met: Numbers,
    met_before: Numbers = False,
    held: Numbers = False,
    tolerance: float = TOLERANCE,
) -> NDArray[np.intp]:
    """The class, as its place in STANDINGS.

    `met`: the target is met now; `met_before`: it was met in an earlier year since the base; `held`: its base met it, so that
    it has no path. Before the end what is met is met ahead of time; at the end only what was met in an earlier year is.
    Progress that is not a number leaves what is met: broadly as expected, or behind.
    """
    progress, met, met_before, held = np.broadcast_arrays(np.asarray(progress, dtype=float), met, met_before, held)
    is_over = share >= 1.0
    early = met & ~held & (met_before if is_over else True)
    lead = np.where(np.isnan(progress) | held, np.where(met, 0.0, -np.inf), progress - share)
    enough = (lead >= -tolerance) | (met & is_over)  # about so much is met a little below the number
    places = [STANDINGS.index(name) for name in ("ahead", "fast", "on_track")]
    return np.select([early, lead > tolerance, enough], places, STANDINGS.index("behind")).astype(np.intp)
