"""A tidy long table of statistics as people have it: many cities, names and units of their own, UTF-8 or GBK.

Columns: city, year, indicator, value, unit, source; optionally city_zh, indicator_zh, vintage, known_from, note, accepted;
others are kept. Every fault of the table is found at once.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sim.base.errors import Fault, Faults, InputError, Place, nearest
from sim.base.text import Text
from sim.inputs.files import MAX_BYTES, number, read_any_text, rows_of, whole
from sim.inputs.indicators import Indicator, Indicators

COLUMNS = ("city", "year", "indicator", "value", "unit", "source")
OPTIONAL = ("city_zh", "indicator_zh", "vintage", "known_from", "note", "accepted")


@dataclass(frozen=True)
class SourceValue:
    """One value of one source in the indicator's own unit, with its place; no value where a gap is accepted."""

    indicator: str
    year: int
    value: float | None
    source: str
    accepted: str
    place: Place
    rank: int = 1
    """Of the source: lower numbers are trusted more."""
    known_from: int = 0
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Cells of further columns."""


@dataclass(frozen=True)
class Tidy:
    """A city's part of a table: rows, names in two languages, the encoding, and indicators that the model does not know."""

    rows: tuple[SourceValue, ...]
    name: Text
    encoding: str
    unknown: tuple[str, ...]
    units: Mapping[str, str]


def read_tidy(file: Path, city: str, indicators: Indicators, faults: Faults) -> Tidy:
    """The rows of a city, by its name in either language. Faults are added; what is sound is returned.

    A row without known_from counts as published in the year after its own.

    Raises
    ------
    InputError
        when the file cannot be read at all, or holds no such city.
    """
    text, encoding = read_any_text(file, MAX_BYTES)
    table = list(rows_of(text, file, COLUMNS))
    ours = [(place, row) for place, row in table if city.casefold() in (row["city"].strip().casefold(), row.get("city_zh", ""))]
    if not ours:
        known = sorted({row["city"] for _, row in table})
        message = Text(f"表中没有城市 {city}", f"the table holds no city {city}")
        raise InputError(Fault(message, Place(file), nearest(city, known)))
    rows, unknown = list[SourceValue](), set[str]()
    for place, row in ours:
        indicator = indicators.find(row["indicator"]) or indicators.find(row.get("indicator_zh", ""))
        if indicator is None:
            unknown.add(row["indicator"])
            continue
        with faults.gathering():
            rows.append(_row(row, indicator, indicators, place))
    first = ours[0][1]
    name = Text(first.get("city_zh") or first["city"], first["city"])
    units = {key: item.unit for key, item in indicators.by_name.items()}
    return Tidy(tuple(rows), name, encoding, tuple(sorted(unknown)), units)


def _row(row: Mapping[str, str], indicator: Indicator, indicators: Indicators, place: Place) -> SourceValue:
    cells = {name: row.get(name, "").strip() for name in (*COLUMNS, *OPTIONAL)}
    year, value = whole(cells["year"], place, "year"), None
    if cells["value"] or not cells["accepted"]:
        value = indicators.converted(number(cells["value"], place, "value"), row["unit"], indicator, place)
    if not cells["source"]:
        raise InputError(Fault(Text("没有来源", "no source"), place))
    return SourceValue(
        indicator=indicator.name,
        year=year,
        value=value,
        source=cells["source"],
        known_from=whole(cells["known_from"], place, "known_from") if cells["known_from"] else year + 1,
        note=row.get("note", ""),
        accepted=cells["accepted"],
        extra={name: text for name, text in row.items() if name not in cells},
        place=place,
    )


DISAGREEMENT = 0.01


@dataclass(frozen=True)
class SourceChoice:
    """Several sources of one year: the one that is used, and the one that differs most from it."""

    used: SourceValue
    other: SourceValue

    @property
    def difference(self) -> float:
        """Relative difference of the other value."""
        used, other = self.used.value or 0.0, self.other.value or 0.0
        return abs(other - used) / max(abs(used), 1e-300)

    @property
    def disagrees(self) -> bool:
        """Return whether they differ by more than one per cent."""
        return self.difference > DISAGREEMENT


Series = dict[int, SourceValue]


def choose(cells: Iterable[SourceValue], faults: Faults) -> tuple[dict[str, Series], list[SourceChoice]]:
    """The best-ranked value of each indicator and year, and where several sources had one.

    Two values of one source for a year are a fault; the same value twice is not.
    """
    offered: dict[tuple[str, int], list[SourceValue]] = defaultdict(list)
    for cell in cells:
        offered[cell.indicator, cell.year].append(cell)
    chosen: dict[str, Series] = defaultdict(dict)
    choices = list[SourceChoice]()
    for (indicator, year), found in sorted(offered.items()):
        _fail_if_source_says_two_things(found, faults)
        ranked = sorted((cell for cell in found if cell.value is not None), key=lambda cell: cell.rank)
        chosen[indicator][year] = ranked[0] if ranked else found[0]
        if len(ranked) > 1:
            choices.append(max((SourceChoice(ranked[0], other) for other in ranked[1:]), key=lambda item: item.difference))
    return dict(chosen), choices


def _fail_if_source_says_two_things(found: Sequence[SourceValue], faults: Faults) -> None:
    first: dict[str, SourceValue] = {}
    for cell in found:
        before = first.setdefault(cell.source, cell)
        if before.value != cell.value and not cell.accepted:
            line, year, name = before.place.line, cell.year, cell.indicator
            message = Text(
                f"同一来源 {cell.source} 对 {year} 年 {name} 给出两个数（另一个在第 {line} 行）",
                f"source {cell.source} gives two values for {name} {year} (the other one in line {line})",
            )
            faults.add(message, cell.place, Text("删去一个，或分作两个来源", "delete one, or call them two sources"))


def check_series(chosen: Mapping[str, Series], indicators: Indicators, faults: Faults) -> None:
    """Add a fault for every value and gap of the chosen series that nobody would believe unasked."""
    for name, series in chosen.items():
        indicator = indicators.by_name[name]
        values = {year: cell for year, cell in series.items() if cell.value is not None}
        if indicator.whole:
            _check_gaps(indicator, series, values, faults)
        for year in values:
            _check_value(indicator, values, year, faults)


def _check_gaps(indicator: Indicator, series: Series, values: Series, faults: Faults) -> None:
    years, label = sorted(values), indicator.label
    missing = [year for year in range(years[0], years[-1] + 1) if year not in values] if years else []
    for year in (year for year in missing if year not in series or not series[year].accepted):
        before = values[max(known for known in years if known < year)]
        message = Text(f"{label.zh}（{indicator.name}）缺 {year} 年", f"{label.en} ({indicator.name}) lacks {year}")
        advice = Text(
            f"补上，或加一行 {year} 年、数值留空、accepted 写明原因",
            f"add it, or add a row of {year} without a value and with the reason under accepted",
        )
        faults.add(message, before.place, advice)


def _check_value(indicator: Indicator, values: Series, year: int, faults: Faults) -> None:
    cell, label = values[year], indicator.label
    if cell.accepted or cell.value is None:
        return
    if indicator.lowest is not None and cell.value < indicator.lowest:
        message = Text(
            f"{label.zh} {year} 年：{cell.value:g} 低于可能的最小值 {indicator.lowest:g}",
            f"{label.en} {year}: {cell.value:g} lies below {indicator.lowest:g}",
        )
        faults.add(message, cell.place, _ACCEPT)
        return
    distance = _distance(indicator, values, year)
    if distance is not None and indicator.step is not None and distance > indicator.step:
        apart = Text(f" {distance:.1f} 个百分点", f"{distance:.1f} points")
        if not indicator.is_rate:
            apart = Text(f" {math.exp(distance):.1f} 倍", f"a factor of {math.exp(distance):.1f}")
        message = Text(
            f"{label.zh} {year} 年的 {cell.value:g}（{indicator.unit}）与前后年份相差{apart.zh}",
            f"{label.en} {year}: {cell.value:g} ({indicator.unit}) is off its neighbours by {apart.en}",
        )
        faults.add(message, cell.place, _ACCEPT)


_ACCEPT = Text(
    "核对单位和数值；若属实，在 accepted 列写明原因",
    "check unit and value; if it is right, give the reason under accepted",
)


def _distance(indicator: Indicator, values: Series, year: int) -> float | None:
    """Return how far a value is from the nearer of its neighbours, infinity beside zero; none where it has no neighbour.

    Where it has one neighbour only, half the distance counts: an end may be a step, not an error. A neighbour that itself lies
    off both of its own says nothing about the end beside it.
    """
    around = [other for other in (year - 1, year + 1) if other in values and not values[other].accepted]
    apart = [_apart(indicator, values[year], values[other]) for other in around]
    if len(apart) == _BOTH_SIDES or not apart:
        return min(apart, default=None)
    beyond = 2 * around[0] - year
    if indicator.step is not None and beyond in values:
        other = min(apart[0], _apart(indicator, values[around[0]], values[beyond]))
        return None if other > indicator.step else apart[0] / 2.0
    return apart[0] / 2.0


_BOTH_SIDES = 2


def _apart(indicator: Indicator, one: SourceValue, other: SourceValue) -> float:
    first, second = one.value or 0.0, other.value or 0.0
    if indicator.is_rate:
        return abs(first - second)
    return abs(math.log(first / second)) if first > 0.0 and second > 0.0 else math.inf
