"""Rows of base-year tables: where they come from, and the few ways in which they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sim.inputs.base_year import BaseYear, Known, Row, Setting
from sim.inputs.history import Datum

Item = TypeVar("Item", Datum, Known)


@dataclass(frozen=True)
class Origin:
    """Where a table comes from: evidence tag, year of publication, source and method."""

    evidence: str
    known_from: int
    source: str
    method: str
    spread: tuple[float, float] | None = None
    """How far a stand-in may be off: the lowest and highest factor on it."""

    def with_method(self, method: str) -> Origin:
        """The same source, used in another way."""
        return replace(self, method=method)


def cells(parameter: str, unit: str, values: Mapping[str, float], origin: Origin) -> list[Row]:
    """Rows of one parameter: `values` by members (such as `sex=female age=23`; "" where there are none)."""
    return [_row(parameter, members, None, value, unit, origin) for members, value in values.items()]


def cell(parameter: str, unit: str, value: float, origin: Origin) -> list[Row]:
    """The row of a parameter that is one number in every region."""
    return cells(parameter, unit, {"": value}, origin)


def path_cells(parameter: str, unit: str, values: Mapping[int, float], origin: Origin) -> list[Row]:
    """Rows of a path of years."""
    return [_row(parameter, "", year, value, unit, origin) for year, value in values.items()]


def _row(parameter: str, members: str, year: int | None, value: float, unit: str, origin: Origin) -> Row:
    known, spread = origin.known_from, origin.spread
    return Row(parameter, members, year, value, unit, origin.evidence, known, origin.source, origin.method, spread)


def from_setting(base: BaseYear, name: str, method: str = "直接引用") -> Origin:
    """The origin of something that rests on one setting."""
    setting = base.settings[name]
    return Origin(setting.evidence, setting.known_from, setting.source, method)


def setting(base: BaseYear, name: str) -> Setting:
    """A setting, or what stood in its place before it was known (`name` with `_earlier`)."""
    return base.settings[name] if name in base.settings else base.settings[f"{name}_earlier"]


def number(base: BaseYear, name: str) -> float:
    """The value of a setting that is one number."""
    return float(setting(base, name).value)


def from_data(item: Datum, method: str = "已公布数据") -> Origin:
    """The origin of a published datum of the city."""
    evidence = "D" if item.source == "derived" else "V"
    return Origin(evidence, item.known_from, f"history.csv：{item.indicator} {item.year} 年", method)


def from_reference(item: Known, name: str, method: str) -> Origin:
    """The origin of a datum of the province or the nation."""
    return Origin(item.evidence, item.known_from, f"{name} {item.year} 年：{item.source}", method)


def newest(series: Mapping[int, Item], year: int) -> Item | None:
    """The datum of the year, or of the last year before it that has one."""
    return next((series[known] for known in sorted(series, reverse=True) if known <= year), None)


def nearest_known(series: Mapping[int, Item], year: int) -> Item | None:
    """The datum of the year or before it; where there is none, the first one after it."""
    return newest(series, year) or (series[min(series)] if series else None)
