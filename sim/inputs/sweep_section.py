"""The section `sweep` of scenario files: which inputs are swept over which values or distributions, and by which design.

    sweep:
      method: grid
      over:
        external_demand_lead: [-2 %, 0, 2 %]
        rd_policy: {from: 0, to: 2 %, points: 5}
        saving_rate: {triangular: [0.30, 0.35, 0.40]}
        capital_exponent.manufacturing: {uniform: [0.8, 1.2], relative: true}

Numbers are in the parameter's unit unless another is written; `relative` ones multiply what the scenario says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
from pydantic import Field

from sim.base.errors import Fault, Faults, InputError, Place, UsageError, all_faults, nearest
from sim.base.processes import MOST_DRAWS
from sim.base.text import Text
from sim.inputs.checked import Record, fail_if_unknown
from sim.inputs.quantities import read_number
from sim.inputs.yaml_file import parse_yaml

Method = Literal["ensemble", "random", "latin_hypercube", "sobol", "grid", "list"]
METHODS: tuple[Method, ...] = ("ensemble", "random", "latin_hypercube", "sobol", "grid", "list")
Rest = Literal["ensemble", "central"]


class SweepSection(Record):
    """The sweep of a scenario."""

    method: Method | None = None
    """Design. Left out: the city's calibrated ensemble where nothing is swept, a grid where only values are listed, else
    random."""
    draws: int | None = Field(default=None, ge=1, le=MOST_DRAWS)
    """Number of draws; of a grid or list, the draws at each point."""
    over: dict[str, Any] = {}
    """Values or distributions by the name of a parameter, or parameter.member."""
    rest: Rest | None = None
    """Inputs that are not swept: drawn from the ensemble, or held at the central values (for a grid or list without draws)."""
    outputs: list[str] = []
    """Variables that are kept besides those of targets and published indicators."""


@dataclass(frozen=True)
class Over:
    """The range of one swept input, as it is written."""

    key: str
    raw: Any
    place: Place


def overs_of(section: SweepSection | None) -> list[Over]:
    """Return what a scenario's section sweeps."""
    return [] if section is None else [Over(key, raw, section.place("over", key)) for key, raw in section.over.items()]


def overs_of_call(pairs: Iterable[tuple[str, str]]) -> list[Over]:
    """Read what is swept on the command line: NAME=a,b,c or NAME={uniform: [a, b]}.

    Raises
    ------
    UsageError
        with every value that cannot be read.
    """
    faults, found = Faults(), list[Over]()
    for key, text in pairs:
        place = Place(key=f"--over {key}")
        if any(item.key == key for item in found):
            message = Text(f"--over {key} 写了两次", f"--over {key} is written twice")
            faults.add(message, place, Text("只写一次", "write it once"))
        with faults.gathering():
            found.append(Over(key, _parsed(text, place), place))
    faults.raise_if_any(UsageError)
    return found


def _parsed(text: str, place: Place) -> Any:
    try:
        raw = parse_yaml(f"over: {text}", Path("--over")).data["over"]
    except InputError as error:
        advice = Text("写法：名称=1,2,3 或 '名称={uniform: [1, 3]}'", "write NAME=1,2,3 or 'NAME={uniform: [1, 3]}'")
        raise InputError(Fault(Text(f"无法读取“{text}”", f"cannot read '{text}'"), place, advice)) from error
    if isinstance(raw, str) and ("," in raw or "，" in raw):
        return [item.strip() for item in raw.replace("，", ",").split(",")]
    return raw


RangeKind = Literal["values", "uniform", "triangular", "normal", "lognormal"]
MOST_LEVELS = 1_000_000
DISTRIBUTIONS: Mapping[str, tuple[str, ...]] = {
    "uniform": ("low", "high"),
    "triangular": ("low", "mode", "high"),
    "normal": ("mean", "standard deviation"),
    "lognormal": ("median", "factor"),
}
"""The numbers of each distribution. The factor of a lognormal one is exp(sigma): two thirds lie within it."""


@dataclass(frozen=True)
class Range:
    """The range of one swept input: `values` that are listed, or the numbers of a distribution of the given kind."""

    kind: RangeKind
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
    with faults.gathering():
        kind, numbers = _RangeReader("ratio" if relative else unit, over.place).read(raw)
        return None if len(faults.found) > before else Range(kind, numbers, bool(relative))
    return None


_KEYS = ("from", "to", "points")


@dataclass(frozen=True)
class _RangeReader:
    """Reads kind and numbers; what is none raises an InputError."""

    unit: str
    place: Place

    def read(self, raw: Any) -> tuple[RangeKind, tuple[float, ...]]:
        if not isinstance(raw, Mapping):
            listed = raw if isinstance(raw, list) else [raw]
            return "values", self._numbers([(item, self.unit) for item in listed] or self._empty())
        if set(raw) & set(_KEYS):
            return "values", self._steps(raw)
        kinds: list[RangeKind] = [key for key in raw if key in DISTRIBUTIONS]
        if len(kinds) != 1 or len(raw) != 1:
            raise self._unknown(raw)
        return kinds[0], self._distribution(kinds[0], raw[kinds[0]])

    def _error(self, message: Text, advice: Text | None = None) -> InputError:
        return InputError(Fault(message, self.place, advice))

    def _unknown(self, raw: Mapping[Any, Any]) -> InputError:
        known = [*DISTRIBUTIONS, *_KEYS, "values", "relative"]
        strange = next((str(key) for key in raw if key not in known), "")
        if strange:
            return self._error(Text(f"未知的取值方式 {strange}", f"unknown kind of range {strange}"), nearest(strange, known))
        example = Text("写法：[1, 2, 3]、{from: 1, to: 3, points: 5}、", "write [1, 2, 3], {from: 1, to: 3, points: 5}, ")
        example += Text("{uniform: [1, 3]}、{triangular: [1, 2, 3]}、", "{uniform: [1, 3]}, {triangular: [1, 2, 3]}, ")
        example += Text("{normal: [2, 0.5]} 或 {lognormal: [2, 1.3]}", "{normal: [2, 0.5]} or {lognormal: [2, 1.3]}")
        return self._error(Text("取值方式须恰有一种", "exactly one kind of range is wanted"), example)

    def _empty(self) -> NoReturn:
        raise self._error(Text("取值范围是空的", "the range is empty"), Text("至少写一个值", "give at least one value"))

    def _numbers(self, written: Iterable[tuple[Any, str]]) -> tuple[float, ...]:
        with all_faults() as faults:
            found = [read_number(raw, unit, faults, self.place) for raw, unit in written]
        return tuple(number for number in found if number is not None)

    def _steps(self, raw: Mapping[Any, Any]) -> tuple[float, ...]:
        with all_faults() as faults:
            for key in (key for key in _KEYS if key not in raw):
                faults.add(Text(f"缺少 {key}", f"{key} is missing"), self.place)
            fail_if_unknown(raw, _KEYS, Text("未知键 {}", "unknown key {}"), self.place, faults)
        points = raw["points"]
        low, high = self._numbers((raw[key], self.unit) for key in ("from", "to"))
        if isinstance(points, bool) or not isinstance(points, int) or not 1 <= points <= MOST_LEVELS:
            limit = Text(f"points 应为 1–{MOST_LEVELS:,} 的整数", f"points is a whole number from 1 to {MOST_LEVELS:,}")
            raise self._error(limit)
        if low == high and points > 1:
            self._empty()
        return tuple(np.linspace(low, high, points).tolist())

    def _distribution(self, kind: RangeKind, raw: Any) -> tuple[float, ...]:
        wanted = DISTRIBUTIONS[kind]
        if not isinstance(raw, list) or len(raw) != len(wanted):
            shape = ", ".join(wanted)
            raise self._error(Text(f"{kind} 应写 [{shape}]", f"{kind} takes [{shape}]"))
        units = (self.unit, "ratio") if kind == "lognormal" else (self.unit,) * len(raw)  # a factor is one in every unit
        numbers = self._numbers(zip(raw, units, strict=True))
        wrong = _impossible(kind, numbers)
        if wrong is not None:
            raise self._error(wrong)
        return numbers


def _impossible(kind: str, numbers: tuple[float, ...]) -> Text | None:
    """Return what is wrong with the numbers of a distribution; None when they are possible."""
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
