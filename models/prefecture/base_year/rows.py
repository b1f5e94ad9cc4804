"""Rows of base-year tables: how they are made of values, units and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sim.base.text import Text
from sim.inputs.base_year import BaseCell, BaseSetting, BaseYear, ReferenceFigure
from sim.inputs.history import Datum
from sim.inputs.provenance import DERIVED, OWN, BaseOrigin, borrowed, weakest

Item = TypeVar("Item", Datum, ReferenceFigure)
PUBLISHED = "已公布数据"
ASSUMPTION = borrowed(Text("假设", "an assumption"))


@dataclass(frozen=True)
class Origin:
    """Where a table comes from: evidence tag, year of publication, source and method, and whose figure it is."""

    evidence: str
    known_from: int
    source: str
    method: str
    base: BaseOrigin
    spread: tuple[float, float] | None = None
    """How far a stand-in may be off: the lowest and highest factor on it."""

    def with_method(self, method: str) -> Origin:
        """The same source, used in another way."""
        return replace(self, method=method)

    def with_base(self, *others: BaseOrigin) -> Origin:
        """The same source beside others that the number rests on: it is no better than the weakest of them."""
        return replace(self, base=weakest((self.base, *others)))


def cells(
    parameter: str, unit: str, values: Mapping[str, float], origin: Origin, whole: BaseOrigin | None = None
) -> list[BaseCell]:
    """Rows of one parameter: `values` by members (such as `sex=female age=23`; "" where there are none).

    `whole` is the origin of their sum, where only the split rests on `origin`.
    """
    return [_row(parameter, members, None, value, unit, origin, whole) for members, value in values.items()]


def cell(parameter: str, unit: str, value: float, origin: Origin) -> list[BaseCell]:
    """The row of a parameter that is one number in every region."""
    return cells(parameter, unit, {"": value}, origin)


def path_cells(parameter: str, unit: str, values: Mapping[int, float], origin: Origin) -> list[BaseCell]:
    """Rows of a path of years."""
    return [_row(parameter, "", year, value, unit, origin, None) for year, value in values.items()]


def _row(
    parameter: str, members: str, year: int | None, value: float, unit: str, origin: Origin, whole: BaseOrigin | None
) -> BaseCell:
    known, spread = origin.known_from, origin.spread
    return BaseCell(
        parameter, members, year, value, unit, origin.evidence, known, origin.source, origin.method, origin.base, whole, spread
    )


def from_setting(base: BaseYear, name: str, method: str = "直接引用") -> Origin:
    """The origin of something that rests on one setting."""
    found = setting(base, name)
    return Origin(found.evidence, found.known_from, found.source, method, found.origin)


def setting(base: BaseYear, name: str) -> BaseSetting:
    """A setting, or what stood in its place before it was known (`name` with `_earlier`)."""
    return base.settings[name] if name in base.settings else base.settings[f"{name}_earlier"]


def own_setting(base: BaseYear, name: str) -> BaseSetting | None:
    """What the city itself states, where it does."""
    found = base.settings.get(name)
    return found if found is not None and found.is_own else None


def number(base: BaseYear, name: str) -> float:
    """The value of a setting that is one number."""
    return float(setting(base, name).value)


def from_data(base: BaseYear, item: Datum, method: str = PUBLISHED, *, derived: bool = False) -> Origin:
    """The origin of a datum of the city: its own, of a near year where it is not of the base year, or derived from it."""
    computed = item.source == "derived"
    return Origin(
        "D" if computed or derived or item.year != base.year else "V",
        item.known_from,
        f"history.csv：{item.indicator} {item.year} 年",
        method,
        origin_of(base, (item.year,), derived=derived or computed),
    )


def origin_of(base: BaseYear, years: Iterable[int], *, derived: bool = False) -> BaseOrigin:
    """The origin of what rests on the city's figures of some years."""
    others = tuple(sorted({year for year in years if year != base.year}))
    if derived:
        return replace(DERIVED, years=others)
    return BaseOrigin("near", others) if others else OWN


def from_reference(item: ReferenceFigure, name: str, method: str) -> Origin:
    """The origin of a datum of the province or the nation that stands in for one of the city."""
    source = f"{name} {item.year} 年：{item.source}"
    return Origin(item.evidence, item.known_from, source, method, borrowed(item.place))


def newest(series: Mapping[int, Item], year: int) -> Item | None:
    """The datum of the year, or of the last year before it that has one."""
    return next((series[known] for known in sorted(series, reverse=True) if known <= year), None)


def nearest_known(series: Mapping[int, Item], year: int) -> Item | None:
    """The datum of the year or before it; where there is none, the first one after it."""
    return newest(series, year) or (series[min(series)] if series else None)
