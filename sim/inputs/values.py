"""Values of parameters: one number, one per member of a dimension, or a path of calendar years; units are converted.

A path is a table of calendar years: the value of year Y holds from 1 January to 31 December of Y. Its shape says what happens
between and outside the years that are named:

- step: the earlier value holds until the first named year, and each named value until the next;
- ramp: a straight line from the earlier value in the base year through the named years;
- hold: a straight line between the named years, the first value also before them.

After the last named year the last value holds in all three.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.dimensions import Dimension
from sim.errors import Faults, Place, nearest
from sim.inputs.quantities import Reader
from sim.inputs.years import means_year, years_of
from sim.text import Text

Floats = NDArray[np.float64]
SHAPES = ("step", "ramp", "hold")


@dataclass(frozen=True)
class YearPath:
    """Values by calendar year. A constant is a path without named years: `before` holds always."""

    before: Floats
    years: tuple[int, ...] = ()
    arrays: tuple[Floats, ...] = ()
    shape: str = "step"
    base_year: int = 0

    def at(self, year: int) -> Floats:
        """The value that holds in a calendar year, with one axis per dimension."""
        if not self.years:
            return self.before
        if self.shape == "step":
            passed = [array for named, array in zip(self.years, self.arrays, strict=True) if named <= year]
            return passed[-1] if passed else self.before
        named, arrays = self.years, self.arrays
        if self.shape == "ramp" and self.base_year < named[0]:
            named, arrays = (self.base_year, *named), (self.before, *arrays)
        return _interpolated(named, arrays, year)

    @property
    def is_constant(self) -> bool:
        """No calendar year is named."""
        return not self.years

    def everything(self) -> list[Floats]:
        """All arrays that the path can return at its named years."""
        return [*self.arrays] if self.years else [self.before]


def _interpolated(years: tuple[int, ...], arrays: tuple[Floats, ...], year: int) -> Floats:
    if year <= years[0]:
        return arrays[0]
    if year >= years[-1]:
        return arrays[-1]
    if year in years:
        return arrays[years.index(year)]
    right = next(index for index, named in enumerate(years) if named >= year)
    weight = (year - years[right - 1]) / (years[right] - years[right - 1])
    return arrays[right - 1] + weight * (arrays[right] - arrays[right - 1])


@dataclass(frozen=True)
class Target:
    """What a value is read for: its unit, dimensions, and the years that may be named."""

    unit: str
    dims: tuple[Dimension, ...]
    base_year: int
    last_year: int
    first_year: int | None = None

    @property
    def years(self) -> tuple[int, int]:
        """First and last year that a path may name; from the base year on when no other first year is given."""
        return self.base_year if self.first_year is None else self.first_year, self.last_year


def read_value(raw: Any, target: Target, faults: Faults, place: Place, earlier: YearPath | None = None) -> YearPath | None:
    """Read what a file gives for a parameter. Members that are not named keep the `earlier` value.

    Faults are added for wrong types, unknown members, units that do not fit, and years outside the run; None is returned then.
    """
    before = len(faults.found)
    path = _read(raw, target, faults, place)
    if path is None or len(faults.found) > before:
        return None
    filled = _filled(path, earlier)
    if any(np.isnan(array).any() for array in filled.everything()):
        names = "、".join(dim.name for dim in target.dims)
        faults.add(Text(f"须给出 {names} 的每个成员", f"give a value for every member of {names}"), place)
        return None
    return filled


def _read(raw: Any, target: Target, faults: Faults, place: Place) -> YearPath | None:
    if names_years(raw):
        return _read_path(raw, target, faults, place)
    array = _read_array(raw, target, target.dims, faults, place)
    return None if array is None else YearPath(array)


def _read_path(raw: Mapping[Any, Any], target: Target, faults: Faults, place: Place) -> YearPath | None:
    shape = raw.get("shape", "step")
    if shape not in SHAPES:
        faults.add(Text(f"未知形状 {shape}", f"unknown shape {shape}"), place, nearest(str(shape), SHAPES))
    points: dict[int, Floats] = {}
    for key, item in raw.items():
        if key == "shape":
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
    return YearPath(unknown, years, tuple(points[year] for year in years), str(shape), target.base_year)


def _years(key: Any, raw: Mapping[Any, Any], target: Target, faults: Faults, place: Place) -> Iterable[int]:
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
    if len(meant) > 1 and meant[-1] < target.years[1] and not _goes_on(raw, meant[-1]):
        first, last = meant[0], meant[-1]
        message = Text(f"{first}–{last} 年之后的值没有写明", f"the value after {first}–{last} is not said")
        zh = f"此后不变，写 {first}；只到 {last} 年，再写 {last + 1}: 原值"
        faults.add(message, place, Text(zh, f"write {first} if it stays; else add what holds from {last + 1} on"))
        return ()
    return meant


def _goes_on(raw: Mapping[Any, Any], last: int) -> bool:
    """Whether a path names a year after the last one of a span."""
    named = [years_of(key) for key in raw if means_year(key)]
    return any(isinstance(years, range) and years[0] > last for years in named)


def _read_array(raw: Any, target: Target, dims: Sequence[Dimension], faults: Faults, place: Place) -> Floats | None:
    shape = tuple(len(dim.members) for dim in dims)
    if not isinstance(raw, Mapping):
        number = read_number(raw, target.unit, faults, place)
        return None if number is None else np.full(shape, number)
    if not dims:
        faults.add(Text("应为一个数", "a single number is wanted"), place)
        return None
    if set(raw) <= set(dims[0].members):
        return _read_members(raw, target, dims, faults, place)
    if len(dims) > 1:
        inner = _read_array(raw, target, dims[1:], faults, place)
        return None if inner is None else np.array(np.broadcast_to(inner, shape))
    for name in sorted(str(key) for key in raw if key not in dims[0].members):
        faults.add(
            Text(f"{dims[0].name} 没有成员 {name}", f"{dims[0].name} has no member {name}"),
            place,
            nearest(name, dims[0].members),
        )
    return None


def _read_members(
    raw: Mapping[Any, Any], target: Target, dims: Sequence[Dimension], faults: Faults, place: Place
) -> Floats | None:
    result = np.full(tuple(len(dim.members) for dim in dims), np.nan)
    for member, item in raw.items():
        part = _read_array(item, target, dims[1:], faults, place)
        if part is not None:
            result[dims[0].index(member)] = part
    return result


def read_number(raw: Any, unit: str, faults: Faults, place: Place) -> float | None:
    """A number, or text with a number and a unit; in `unit`. None after adding a fault."""
    return Reader(unit, faults, place).number(raw)


def from_the_first_year(path: YearPath, earlier: YearPath, base_year: int) -> YearPath:
    """A value for the years of the run: in the base year there stands what stood there before, as the past has it."""
    first = base_year + 1
    years = (first, *(year for year in path.years if year > first))
    shape = "step" if path.shape == "step" else "ramp"
    return YearPath(earlier.at(base_year), years, tuple(path.at(year) for year in years), shape, base_year)


def names_years(raw: Any) -> bool:
    """Whether what a file gives is a path of calendar years."""
    return isinstance(raw, Mapping) and any(means_year(key) for key in raw)


def _filled(path: YearPath, earlier: YearPath | None) -> YearPath:
    if earlier is None:
        if path.is_constant:
            return path
        return replace(path, before=path.arrays[0])
    if path.is_constant:
        if earlier.is_constant or not np.isnan(path.before).any():
            return YearPath(_over(path.before, earlier.before))
        arrays = tuple(_over(path.before, array) for array in earlier.arrays)
        return replace(earlier, before=_over(path.before, earlier.before), arrays=arrays)
    before = earlier.at(path.base_year)
    arrays = tuple(_over(array, earlier.at(year)) for year, array in zip(path.years, path.arrays, strict=True))
    return replace(path, before=before, arrays=arrays)


def _over(new: Floats, old: Floats) -> Floats:
    return np.where(np.isnan(new), old, new)
