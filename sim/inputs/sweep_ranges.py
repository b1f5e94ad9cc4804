"""What one input is swept over: single values, evenly spaced ones, or a distribution; every fault of how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.sweep_section import Over
from sim.inputs.values import read_number
from sim.inputs.year_path import Floats

Kind = Literal["values", "uniform", "triangular", "normal", "lognormal"]
MOST_LEVELS = 1_000_000
DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "standard deviation"),
    "lognormal": ("median", "factor"),
}
"""What is said of each distribution. The factor of a lognormal one is exp(sigma): two thirds lie within it."""


@dataclass(frozen=True)
class Range:
    """What one input is swept over: `values` that are listed, or the numbers of a distribution of the given kind."""

    kind: Kind
    numbers: tuple[float, ...]
    relative: bool = False

    @property
    def is_listed(self) -> bool:
        """Single values, as a grid needs them."""
        return self.kind == "values"


def read_range(over: Over, unit: str, faults: Faults) -> Range | None:
    """Read what an input is swept over; None after adding the faults."""
    before, raw, relative = len(faults.found), over.raw, False
    if isinstance(raw, Mapping) and "relative" in raw:
        relative, raw = raw["relative"], {key: item for key, item in raw.items() if key != "relative"}
        if not isinstance(relative, bool):
            faults.add(Text("relative 应为 true 或 false", "relative is true or false"), over.place)
    if isinstance(raw, Mapping) and set(raw) == {"values"}:
        raw = raw["values"]
    reader = _Reader("ratio" if relative else unit, over.place, faults)
    found = reader.read(raw)
    if found is None or len(faults.found) > before:
        return None
    return Range(found[0], found[1], bool(relative))


@dataclass(frozen=True)
class _Reader:
    unit: str
    place: Place
    faults: Faults

    def read(self, raw: Any) -> tuple[Kind, tuple[float, ...]] | None:
        """Kind and numbers."""
        if isinstance(raw, list):
            return self._listed(raw)
        if not isinstance(raw, Mapping):
            number = self._number(raw)
            return None if number is None else ("values", (number,))
        if set(raw) & {"from", "to", "points"}:
            return self._steps(raw)
        kinds: list[Kind] = [key for key in raw if key in DISTRIBUTIONS]
        if len(kinds) != 1 or len(raw) != 1:
            self._unknown(raw)
            return None
        return self._distribution(kinds[0], raw[kinds[0]])

    def _unknown(self, raw: Mapping[Any, Any]) -> None:
        known = [*DISTRIBUTIONS, "from", "to", "points", "values", "relative"]
        strange = next((str(key) for key in raw if key not in known), "")
        example = Text("写法：[1, 2, 3]、{from: 1, to: 3, points: 5}、", "write [1, 2, 3], {from: 1, to: 3, points: 5}, ")
        example += Text("{uniform: [1, 3]}、{triangular: [1, 2, 3]}、", "{uniform: [1, 3]}, {triangular: [1, 2, 3]}, ")
        example += Text("{normal: [2, 0.5]} 或 {lognormal: [2, 1.3]}", "{normal: [2, 0.5]} or {lognormal: [2, 1.3]}")
        message = Text(f"未知的取值方式 {strange}", f"unknown kind of range {strange}") if strange else None
        both = Text("取值方式须恰有一种", "exactly one kind of range is wanted")
        self.faults.add(message or both, self.place, nearest(strange, known) if strange else example)

    def _number(self, raw: Any) -> float | None:
        return read_number(raw, self.unit, self.faults, self.place)

    def _numbers(self, raw: list[Any]) -> tuple[float, ...]:
        numbers = [self._number(item) for item in raw]
        return tuple(number for number in numbers if number is not None)

    def _listed(self, raw: list[Any]) -> tuple[Kind, tuple[float, ...]] | None:
        if not raw:
            self._empty()
            return None
        return "values", self._numbers(raw)

    def _empty(self) -> None:
        self.faults.add(
            Text("取值范围是空的", "the range is empty"), self.place, Text("至少写一个值", "give at least one value")
        )

    def _steps(self, raw: Mapping[Any, Any]) -> tuple[Kind, tuple[float, ...]] | None:
        missing = [key for key in ("from", "to", "points") if key not in raw]
        strange = [str(key) for key in raw if key not in {"from", "to", "points"}]
        for key in missing:
            self.faults.add(Text(f"缺少 {key}", f"{key} is missing"), self.place)
        for key in strange:
            self.faults.add(Text(f"未知键 {key}", f"unknown key {key}"), self.place, nearest(key, ("from", "to", "points")))
        if missing or strange:
            return None
        low, high, points = self._number(raw["from"]), self._number(raw["to"]), raw["points"]
        if isinstance(points, bool) or not isinstance(points, int) or not 1 <= points <= MOST_LEVELS:
            limit = Text(f"points 应为 1–{MOST_LEVELS:,} 的整数", f"points is a whole number from 1 to {MOST_LEVELS:,}")
            self.faults.add(limit, self.place)
            return None
        if low is None or high is None:
            return None
        if low == high and points > 1:
            self._empty()
            return None
        return "values", tuple(steps(low, high, points).tolist())

    def _distribution(self, kind: Kind, raw: Any) -> tuple[Kind, tuple[float, ...]] | None:
        wanted = DISTRIBUTIONS[kind]
        if not isinstance(raw, list) or len(raw) != len(wanted):
            shape = ", ".join(wanted)
            self.faults.add(Text(f"{kind} 应写 [{shape}]", f"{kind} takes [{shape}]"), self.place)
            return None
        factor = kind == "lognormal"  # its second number is a factor, whatever the unit
        numbers = self._numbers(raw[:1] if factor else raw)
        if factor:
            second = read_number(raw[1], "ratio", self.faults, self.place)
            numbers = (*numbers, *(() if second is None else (second,)))
        if len(numbers) < len(wanted):
            return None
        wrong = impossible(kind, numbers)
        if wrong is not None:
            self.faults.add(wrong, self.place)
            return None
        return kind, numbers


def steps(low: float, high: float, points: int) -> Floats:
    """Evenly spaced values with both ends; one point is the lower end."""
    return np.linspace(low, high, points)


def impossible(kind: str, numbers: tuple[float, ...]) -> Text | None:
    """What is wrong with the numbers of a distribution; None when they are possible."""
    first, last = numbers[0], numbers[-1]
    if kind in {"uniform", "triangular"} and first == last:
        return Text(f"取值范围是空的：{first:g}–{last:g}", f"the range is empty: {first:g} to {last:g}")
    if kind in {"uniform", "triangular"} and first > last:
        return Text(f"下限 {first:g} 高于上限 {last:g}", f"the lower end {first:g} lies above the upper end {last:g}")
    if kind == "triangular" and not first <= numbers[1] <= last:
        return Text(
            f"众数 {numbers[1]:g} 不在 {first:g}–{last:g} 内", f"the mode {numbers[1]:g} lies outside {first:g} to {last:g}"
        )
    if kind == "normal" and last <= 0.0:
        return Text(f"标准差 {last:g} 须大于零", f"the standard deviation {last:g} must be above zero")
    if kind == "lognormal" and (first <= 0.0 or last <= 1.0):
        return Text("lognormal 的中位数须大于 0，倍数须大于 1", "a lognormal needs a median above 0 and a factor above 1")
    return None
