"""The city's own figure for the base year: of the year, else of near years, carried or interpolated, and said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from sim.inputs.base_year import BaseYear, ReferenceFigure
from sim.inputs.history import Datum

from .rows import Origin, from_data, from_setting, newest, origin_of, own_setting

NEAR = 5
"""How many years away a figure may lie to stand in for that of the base year."""


@dataclass(frozen=True)
class Figure:
    """A value in the unit of its series, and where it comes from."""

    value: float
    origin: Origin


Scale = Callable[[int], float]
"""What a level is carried in proportion to, by year."""


def own_figure(base: BaseYear, indicator: str, along: Scale | None = None) -> Figure | None:
    """The city's figure: published for the base year, stated by the city, or of near years; None where it has none."""
    return figure_of_year(base, indicator) or _stated(base, indicator) or near_figure(base, base.series(indicator), along)


def own_share(base: BaseYear, indicator: str, along: Scale | None = None) -> Figure | None:
    """The same of a share, as a part of one: statistics print per cent, the city states parts."""
    stated, published = _stated(base, indicator), figure_of_year(base, indicator)
    if published is None and stated is not None:
        return stated
    figure = published or near_figure(base, base.series(indicator), along)
    return None if figure is None else replace(figure, value=figure.value / PERCENT)


def _stated(base: BaseYear, name: str) -> Figure | None:
    found = own_setting(base, name)
    return None if found is None else Figure(float(found.value), from_setting(base, name))


PERCENT = 100.0


def figure_of_year(base: BaseYear, indicator: str) -> Figure | None:
    """The figure that is published for the base year."""
    item = base.series(indicator).get(base.year)
    return None if item is None else Figure(item.value, from_data(base, item))


def near_figure(base: BaseYear, series: Mapping[int, Datum], along: Scale | None = None) -> Figure | None:
    """A figure from near years: on a straight line between two, else carried from the nearest in proportion to `along`.

    Years beyond a declared break of the series do not count; nor do those too far away, unless `along` says how they change.
    """
    usable = {year: item for year, item in series.items() if not _is_broken(base, item)}
    before = max((year for year in usable if year < base.year), default=None)
    after = min((year for year in usable if year > base.year), default=None)
    nearest = min((year for year in (before, after) if year is not None), key=lambda year: abs(year - base.year), default=None)
    if nearest is None or (along is None and abs(nearest - base.year) > NEAR):
        return None
    if before is not None and after is not None:
        return _between(base, usable[before], usable[after], along)
    item, factor = usable[nearest], 1.0 if along is None else along(base.year) / along(nearest)
    method = f"取本市 {nearest} 年数" + ("" if along is None else "，按相关指标的变化推到基年")
    return Figure(item.value * factor, from_data(base, item, method))


def _is_broken(base: BaseYear, item: Datum) -> bool:
    first, last = sorted((item.year, base.year))
    return bool(base.history.breaks_in(item.indicator, last, first))


def _between(base: BaseYear, one: Datum, two: Datum, along: Scale | None) -> Figure:
    """On a straight line; of what changes along something else, the ratio to it is."""
    scale = along or (lambda _: 1.0)
    first, last = one.value / scale(one.year), two.value / scale(two.year)
    value = (first + (last - first) * (base.year - one.year) / (two.year - one.year)) * scale(base.year)
    known = max(one.known_from, two.known_from)
    source = f"history.csv：{one.indicator} {one.year}、{two.year} 年"
    return Figure(value, Origin("D", known, source, "直线插值", origin_of(base, (one.year, two.year))))


def quotient(base: BaseYear, above: str, below: str, indicator: str) -> dict[int, Datum]:
    """A series derived from two others of the city, in per cent, under the name of an indicator."""
    first, second = base.series(above), base.series(below)
    return {
        year: replace(
            item,
            indicator=indicator,
            value=PERCENT * item.value / second[year].value,
            unit="%",
            source="derived",
            known_from=max(item.known_from, second[year].known_from),
        )
        for year, item in first.items()
        if year in second
    }


def path_of(series: Mapping[int, ReferenceFigure]) -> Scale | None:
    """A reference series as what a figure is carried along: straight lines between its points, level beyond them."""
    return (lambda year: at(series, year)[0]) if series else None


def at(series: Mapping[int, ReferenceFigure], year: int) -> tuple[float, ReferenceFigure]:
    """A reference series in a year, on straight lines between its points and level beyond them."""
    point = newest(series, year) or series[min(series)]
    later = next((series[known] for known in series if known > year), None)
    if later is None or point.year >= year:
        return point.value, point
    weight = (year - point.year) / (later.year - point.year)
    return point.value + weight * (later.value - point.value), later
