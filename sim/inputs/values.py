"""Values of parameters: one number, one per member of a dimension, or a path of calendar years; units are converted.

A path is a table of calendar years: the value of year Y holds from 1 January to 31 December of Y. Its shape says what happens
between and outside the years that are named:

- step: each named value holds until the next;
- ramp: a straight line between the named years;
- hold: as ramp, and the first value holds in the years before as well.

After the last named year the last value holds in all three. The years before the first named one keep what they had, unless
the path says `replace: true`: then its first value holds there, too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.dimensions import Dimension
from sim.errors import Faults, Place, nearest
from sim.inputs.year_path import SHAPES, Floats, YearPath, completed, laid_over
from sim.text import Text
from sim.units import SPELLINGS, UnknownUnitError, conversion

_QUANTITY = re.compile(r"\s*([-+]?[0-9][0-9_.,]*(?:[eE][-+]?\d+)?)\s*(\S.*)?")
_YEARS = range(1900, 2201)
_SHAPE, _REPLACE = "shape", "replace"
OF_A_PATH = (_SHAPE, _REPLACE)
"""What a path of years says beside its years."""


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


def read_value(
    raw: Any, target: Target, faults: Faults, place: Place, earlier: YearPath | None = None, begins: int | None = None
) -> YearPath | None:
    """Read what a file gives for a parameter; years before the first named one and members not named keep the `earlier` value.

    A value without years replaces all of them, or those from the year `begins` on. Faults are added for wrong types, unknown
    members, units that do not fit, and years outside the run; None is returned then.
    """
    before = len(faults.found)
    path = _read(raw, target, faults, place)
    if path is None or len(faults.found) > before:
        return None
    filled = _alone(path) if earlier is None else laid_over(path, earlier, begins, whole=replaces(raw))
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
    shape = raw.get(_SHAPE, "step")
    if not isinstance(raw.get(_REPLACE, False), bool):
        faults.add(Text("replace 只能写 true 或 false", "replace is true or false"), place)
    if shape not in SHAPES:
        faults.add(Text(f"未知形状 {shape}", f"unknown shape {shape}"), place, nearest(str(shape), SHAPES))
    points: dict[int, Floats] = {}
    for key, item in raw.items():
        if key in OF_A_PATH:
            continue
        if not _is_year(key):
            faults.add(Text(f"年份表中的键 {key} 不是年份", f"{key} is not a year"), place)
        elif not target.years[0] <= key <= target.years[1]:
            span = f"{target.years[0]}–{target.years[1]}"
            faults.add(Text(f"年份 {key} 超出期限 {span}", f"the year {key} lies outside {span}"), place)
        else:
            array = _read_array(item, target, target.dims, faults, place)
            points |= {} if array is None else {key: array}
    years = tuple(sorted(points))
    if not years:
        return None
    unknown = np.full_like(points[years[0]], np.nan)
    return YearPath(unknown, years, tuple(points[year] for year in years), str(shape))


def _is_year(key: Any) -> bool:
    return isinstance(key, int) and not isinstance(key, bool) and key in _YEARS


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
    if isinstance(raw, str):
        return _read_quantity(raw, unit, faults, place)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        shown = type(raw).__name__ if raw is None or isinstance(raw, list) else repr(raw)
        faults.add(Text(f"应为数，得到 {shown}", f"a number is wanted, got {shown}"), place)
        return None
    return _finite(raw, faults, place)


def _finite(raw: float, faults: Faults, place: Place) -> float | None:
    try:
        number = float(raw)
    except OverflowError:
        number = math.inf
    if math.isfinite(number):
        return number
    faults.add(Text("必须是有限的数", "must be a finite number"), place)
    return None


def _read_quantity(raw: str, unit: str, faults: Faults, place: Place) -> float | None:
    match = _QUANTITY.fullmatch(raw)
    try:
        number = float(match[1].replace(",", "").replace("_", "")) if match else None
    except ValueError:
        number = None
    if number is not None and not math.isfinite(number):
        return _finite(number, faults, place)
    if match is None or number is None:
        faults.add(Text(f"应为数，得到“{raw}”", f"a number is wanted, got '{raw}'"), place)
        return None
    if not match[2]:
        return number
    return _converted(number, match[2], unit, faults, place)


def _converted(number: float, given: str, unit: str, faults: Faults, place: Place) -> float | None:
    try:
        per_year = unit.endswith("/a") and given in SPELLINGS
        return number * conversion(f"{SPELLINGS[given]}/a" if per_year else given, unit)
    except UnknownUnitError:
        faults.add(Text(f"未知单位 {given}", f"unknown unit {given}"), place, Text(f"本项单位为 {unit}", f"the unit is {unit}"))
    except ValueError:
        advice = Text(f"本项单位为 {unit}", f"the unit is {unit}")
        faults.add(Text(f"单位 {given} 不适用", f"the unit {given} does not fit"), place, advice)
    return None


def names_years(raw: Any) -> bool:
    """Whether what a file gives is a path of calendar years."""
    return isinstance(raw, Mapping) and any(_is_year(key) for key in raw)


def replaces(raw: Any) -> bool:
    """Whether what a file gives is a path that takes the place of all that was inherited."""
    return names_years(raw) and raw.get(_REPLACE) is True


def _alone(path: YearPath) -> YearPath:
    """A path under which nothing lies: its first value holds in the years before."""
    return path if path.is_constant else replace(completed(path), before=path.arrays[0])
