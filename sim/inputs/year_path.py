"""Paths of calendar years, and one laid over another: from the first year that the later one names, and nothing before it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from sim.base.arrays import Values

SHAPES = ("step", "ramp", "hold")


@dataclass(frozen=True)
class YearPath:
    """Values by calendar year. `before` holds in the years before the first that is named; without any it holds always."""

    before: Values
    years: tuple[int, ...] = ()
    arrays: tuple[Values, ...] = ()
    shape: str = "step"

    def at(self, year: int) -> Values:
        """The value that holds in a calendar year, with one axis per dimension."""
        if not self.years or year < self.years[0]:
            return self.before
        right = bisect_left(self.years, year)
        if right == len(self.years):
            return self.arrays[-1]
        if self.years[right] == year:
            return self.arrays[right]
        if self.shape == "step":
            return self.arrays[right - 1]
        weight = (year - self.years[right - 1]) / (self.years[right] - self.years[right - 1])
        return self.arrays[right - 1] + weight * (self.arrays[right] - self.arrays[right - 1])

    @property
    def is_constant(self) -> bool:
        """No calendar year is named."""
        return not self.years

    def everything(self) -> list[Values]:
        """All arrays that the path can return at its named years."""
        return [*self.arrays] if self.years else [self.before]

    def equals(self, other: YearPath, years: range) -> bool:
        """Return whether both say the same in each of some years."""
        return self is other or all(np.array_equal(self.at(year), other.at(year), equal_nan=True) for year in years)


def from_year(path: YearPath, year: int) -> YearPath:
    """A constant as a path that may change from a year on; a path as it is."""
    return YearPath(path.before, (year,), (path.before,)) if path.is_constant else path


def completed(path: YearPath) -> YearPath:
    """A path in which each member that is named holds on: on its own line between its named years, and after the last."""
    arrays = list(path.arrays)
    for place in range(1, len(arrays)):
        missing = np.isnan(arrays[place])
        if missing.any():
            arrays[place] = np.where(missing, _on_the_way(path, arrays[place - 1], place), arrays[place])
    return replace(path, arrays=tuple(arrays))


def _on_the_way(path: YearPath, last: Values, place: int) -> Values:
    """The value of each member at a year that names others only."""
    if path.shape == "step":
        return last
    value, since = last, path.years[place - 1]
    reached = np.isnan(last)
    for year, array in zip(path.years[place + 1 :], path.arrays[place + 1 :], strict=True):
        weight = (path.years[place] - since) / (year - since)
        value = np.where(reached | np.isnan(array), value, last + weight * (array - last))
        reached = reached | ~np.isnan(array)
    return value


def laid_over(path: YearPath, earlier: YearPath, begins: int | None = None, *, whole: bool = False) -> YearPath:
    """A path, not a number where it says nothing of a member, over what held before.

    It holds from the first year that it names, for each member by itself; the years before keep what they had, to the last
    digit. A constant, a path that replaces the `whole`, and one of the shape hold have their first value in the years before as
    well: in all of them, or from the year `begins` on.
    """
    if path.is_constant:
        if begins is None:
            before = over(path.before, earlier.before)
            if earlier.is_constant or not np.isnan(path.before).any():
                return YearPath(before)
            return replace(earlier, before=before, arrays=tuple(over(path.before, array) for array in earlier.arrays))
        path = replace(path, years=(begins,), arrays=(path.before,))
    path = completed(path)
    if not (whole or path.shape == "hold"):
        return _joined(path, earlier)
    first = reduce(over, path.arrays)
    arrays = tuple(over(array, first) for array in path.arrays)
    path = replace(path, arrays=arrays, shape="step" if path.shape == "step" else "ramp")
    start = min((path.years[0], *earlier.years[:1])) if begins is None else begins
    if start < path.years[0]:
        path = replace(path, years=(start, *path.years), arrays=(first, *path.arrays))
    joined = _joined(path, earlier)
    return joined if begins is not None else replace(joined, before=over(first, earlier.before))


def _joined(path: YearPath, earlier: YearPath) -> YearPath:
    """Return the earlier path until the first named year, then the path, and the earlier one for members that it leaves."""
    start = path.years[0]
    unnamed = [np.isnan(array) for array in path.arrays]
    is_settled = earlier.is_constant or earlier.years[-1] <= start
    if not any(part.any() for part in unnamed) or (is_settled and all(np.array_equal(part, unnamed[0]) for part in unnamed)):
        tail = replace(path, arrays=tuple(over(array, earlier.at(start)) for array in path.arrays))
    else:
        last = max((path.years[-1], *earlier.years[-1:]))
        stepped = {*path.years, *(year for year in earlier.years if year > start)}
        years = sorted(stepped) if path.shape == earlier.shape == "step" else range(start, last + 1)
        tail = YearPath(path.before, tuple(years), tuple(over(path.at(year), earlier.at(year)) for year in years))
    head = _until(earlier, start, as_step=tail.shape == "step")
    return YearPath(earlier.before, (*head, *tail.years), (*map(earlier.at, head), *tail.arrays), tail.shape)


def _until(path: YearPath, end: int, *, as_step: bool) -> tuple[int, ...]:
    """The years before another that say all that a path says until then: each of them, where a line cannot be cut off."""
    if path.is_constant or path.years[0] >= end:
        return ()
    if path.shape == "step" and as_step:
        return tuple(year for year in path.years if year < end)
    return tuple(range(path.years[0], end))


def over(new: Values, old: Values) -> Values:
    """The new numbers, and the old ones where there is none."""
    return np.where(np.isnan(new), old, new)


@dataclass(frozen=True)
class Span:
    """Years in a row in which a value stood at one number, and now stands at another."""

    first: int
    last: int
    before: Values
    after: Values

    @property
    def is_changed(self) -> bool:
        """Return whether anything differs."""
        return not np.array_equal(self.before, self.after, equal_nan=True)


def spans(before: YearPath, after: YearPath, years: range) -> list[Span]:
    """Two paths side by side: years in which neither changes are one span."""
    found: list[Span] = []
    for year in years:
        then, now = before.at(year), after.at(year)
        last = found[-1] if found else None
        if last and np.array_equal(last.before, then, equal_nan=True) and np.array_equal(last.after, now, equal_nan=True):
            found[-1] = replace(last, last=year)
        else:
            found.append(Span(year, year, then, now))
    return found
