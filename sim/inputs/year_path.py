"""Values of parameters by calendar year: how files write numbers and paths of years, and one path laid over another.

A path is a table of calendar years: the value of year Y holds from 1 January to 31 December of Y. Its shape says what happens
between and outside the years that are named:

- step: each named value holds until the next;
- ramp: a straight line between the named years;
- hold: as ramp, and the first value holds in the years before as well.

After the last named year the last value holds in all three. The years before the first named one keep what they had, unless
the path says `replace: true`: then its first value holds there, too.
"""

from __future__ import annotations

import datetime as dt
import operator
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import numpy as np

from sim.base.arrays import Dimension, Values
from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text, counted, unquoted
from sim.inputs.checked import fail_if_unknown
from sim.inputs.quantities import read_number

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


NO_PATH = YearPath(np.zeros(0))
"""Stands where no value is known yet."""


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


_SHAPE, _REPLACE = "shape", "replace"
OF_A_PATH = (_SHAPE, _REPLACE)
"""Keys of a path of years beside its years."""


@dataclass(frozen=True)
class ValueSpec:
    """The frame that a value is read for: its unit, dimensions, and the years that may be named."""

    unit: str
    dims: tuple[Dimension, ...]
    base_year: int
    last_year: int
    first_year: int | None = None

    @property
    def years(self) -> tuple[int, int]:
        """First and last year that a path may name; from the base year on when no other first year is given."""
        return self.base_year if self.first_year is None else self.first_year, self.last_year


def read_value(
    raw: Any, target: ValueSpec, faults: Faults, place: Place, earlier: YearPath | None = None, begins: int | None = None
) -> YearPath | None:
    """Read what a file gives for a parameter; years before the first named one and members not named keep the `earlier` value.

    A value without years replaces all of them, or those from the year `begins` on. Faults are added for wrong types, unknown
    members, units that do not fit, and years outside the run; None is returned then.
    """
    before = len(faults.found)
    if names_years(raw):
        path = _read_path(raw, target, faults, place)
    else:
        array = _read_array(raw, target, target.dims, faults, place)
        path = None if array is None else YearPath(array)
    if path is None or len(faults.found) > before:
        return None
    if earlier is not None:
        path = laid_over(path, earlier, begins, whole=replaces(raw))
    elif not path.is_constant:  # nothing lies below: the first value holds in the years before
        path = replace(completed(path), before=path.arrays[0])
    if any(np.isnan(array).any() for array in path.everything()):
        names = "、".join(dim.name for dim in target.dims)
        faults.add(Text(f"须给出 {names} 的每个成员", f"give a value for every member of {names}"), place)
        return None
    return path


def _read_path(raw: Mapping[Any, Any], target: ValueSpec, faults: Faults, place: Place) -> YearPath | None:
    shape = raw.get(_SHAPE, "step")
    if not isinstance(raw.get(_REPLACE, False), bool):
        faults.add(Text("replace 只能写 true 或 false", "replace is true or false"), place)
    if shape not in SHAPES:
        faults.add(Text(f"未知形状 {shape}", f"unknown shape {shape}"), place, nearest(str(shape), SHAPES))
    points: dict[int, Values] = {}
    for key, item in raw.items():
        if key in OF_A_PATH:
            continue
        for year in _years(key, raw, target, faults, place):
            if year in points:
                faults.add(Text(f"年份 {year} 写了两次", f"the year {year} stands twice"), place)
            array = _read_array(item, target, target.dims, faults, place)
            points |= {} if array is None else {year: array}
    years = tuple(sorted(points))
    if not years:
        return None
    unknown = np.full_like(points[years[0]], np.nan)
    return YearPath(unknown, years, tuple(points[year] for year in years), str(shape))


def _years(key: Any, raw: Mapping[Any, Any], target: ValueSpec, faults: Faults, place: Place) -> Iterable[int]:
    """The years that a key of a path means; none after adding a fault."""
    meant = years_of(key) if means_year(key) else None
    if not isinstance(meant, range):
        faults.add(Text(f"年份表中的键 {key} 不是年份", f"{key} is not a year"), place, meant)
        return ()
    outside = [year for year in (meant[0], meant[-1]) if not target.years[0] <= year <= target.years[1]]
    if outside:
        span = f"{target.years[0]}–{target.years[1]}"
        faults.add(Text(f"年份 {outside[0]} 超出期限 {span}", f"the year {outside[0]} lies outside {span}"), place)
        return ()
    named = [years_of(other) for other in raw if means_year(other)]
    goes_on = any(isinstance(years, range) and years[0] > meant[-1] for years in named)
    if len(meant) > 1 and meant[-1] < target.years[1] and not goes_on:
        first, last = meant[0], meant[-1]
        message = Text(f"{first}–{last} 年之后的值没有写明", f"the value after {first}–{last} is not said")
        zh = f"此后不变，写 {first}；只到 {last} 年，再写 {last + 1}: 原值"
        faults.add(message, place, Text(zh, f"write {first} if it stays; else add what holds from {last + 1} on"))
        return ()
    return meant


def _read_array(raw: Any, target: ValueSpec, dims: Sequence[Dimension], faults: Faults, place: Place) -> Values | None:
    shape = tuple(len(dim.members) for dim in dims)
    if not isinstance(raw, Mapping):
        number = read_number(raw, target.unit, faults, place)
        return None if number is None else np.full(shape, number)
    if not dims:
        faults.add(Text("应为一个数", "a single number is wanted"), place)
        return None
    if set(raw) <= set(dims[0].members):
        result = np.full(shape, np.nan)
        for member, item in raw.items():
            part = _read_array(item, target, dims[1:], faults, place)
            if part is not None:
                result[dims[0].index(member)] = part
        return result
    if len(dims) > 1:
        inner = _read_array(raw, target, dims[1:], faults, place)
        return None if inner is None else np.array(np.broadcast_to(inner, shape))
    strange = sorted(str(key) for key in raw if key not in dims[0].members)
    message = Text(f"{dims[0].name} 没有成员 {{}}", f"{dims[0].name} has no member {{}}")
    fail_if_unknown(strange, dims[0].members, message, place, faults)
    return None


def names_years(raw: Any) -> bool:
    """Return whether what a file gives is a path of calendar years."""
    return isinstance(raw, Mapping) and any(means_year(key) for key in raw)


def replaces(raw: Any) -> bool:
    """Return whether what a file gives is a path that takes the place of all that was inherited."""
    return names_years(raw) and raw.get(_REPLACE) is True


YEARS = range(1900, 2201)
_ONE = r"([0-9]{4})(?:\s*年度?)?"
_YEAR = re.compile(_ONE)
_SPAN = re.compile(rf"{_ONE}\s*(?:-+|~+|至|到|\.\.+|to)\s*{_ONE}")
_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*(?:日|[T ]0?0:00(?::00(?:\.0*)?)?Z?)?")
_MEANT = re.compile(r"(?:19|2[0-2])[0-9]{2}(?![0-9A-Za-z_]).*|(?:19|2[0-2])[0-9]{2}[QHqhAaEe][0-9]?|.*[0-9]\s*年.*")
_FIRST_OF_FOUR_DIGITS = 1000


def means_year(key: Any) -> bool:
    """Return whether a key is meant as a year or several, readable or not."""
    number = _number(key)
    if number is not None:
        return number >= _FIRST_OF_FOUR_DIGITS
    if isinstance(key, dt.date):
        return True
    return isinstance(key, str) and (_in_words(key) is not None or _MEANT.fullmatch(unquoted(key)) is not None)


def years_of(key: Any) -> range | Text:
    """The years that a key means; for one that cannot be meant as whole years, what to write instead."""
    number = _number(key)
    if number is not None:
        return range(number, number + 1)
    text = key.isoformat() if isinstance(key, dt.date) else unquoted(str(key))
    words, one, several, day = _in_words(text), _YEAR.fullmatch(text), _SPAN.fullmatch(text), _DAY.fullmatch(text)
    if words is not None or one:
        year = words if words is not None else int(text[:4])
        return range(year, year + 1)
    if several and int(several[1]) <= int(several[2]):
        return range(int(several[1]), int(several[2]) + 1)
    if day and int(day[2]) == int(day[3]) == 1:  # the value of a year holds from its first day
        return range(int(day[1]), int(day[1]) + 1)
    return _WHOLE_YEARS


_WHOLE_YEARS = Text("一个数管一整年：写四位年份，例如 2025", "a value holds for a whole year: write four digits, such as 2025")


def _number(key: Any) -> int | None:
    """A whole number, also as numpy has it and as YAML reads 2022.0."""
    if isinstance(key, bool):
        return None
    if isinstance(key, float):
        return int(key) if key.is_integer() else None
    try:
        return operator.index(key)
    except TypeError:
        return None


def _in_words(text: str) -> int | None:
    """A year written out, such as 二〇二五年."""
    written = unquoted(text).removesuffix("度").removesuffix("年").strip()
    value = counted(written) if len(written) == len("二〇二五") else None
    return int(value) if value is not None and int(value) in YEARS else None
