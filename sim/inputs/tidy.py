"""A tidy long table of statistics as people have it: many cities, names and units of their own, UTF-8 or GBK.

Columns: city, year, indicator, value, unit, source; optionally city_zh, indicator_zh, vintage, known_from, note, accepted;
others are kept. Every fault of the table is found at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.base.errors import Fault, Faults, InputError, Place, nearest
from sim.base.text import Text
from sim.inputs.files import read_any_text
from sim.inputs.indicators import Indicator, Indicators
from sim.inputs.tables import MAX_BYTES, number, rows_of, whole

COLUMNS = ("city", "year", "indicator", "value", "unit", "source")
OPTIONAL = ("city_zh", "indicator_zh", "vintage", "known_from", "note", "accepted")


@dataclass(frozen=True)
class TidyRow:
    """A row of the city, its value in the indicator's own unit; no value where only a gap is accepted."""

    indicator: str
    year: int
    value: float | None
    source: str
    known_from: int
    note: str
    accepted: str
    extra: Mapping[str, str]
    place: Place


@dataclass(frozen=True)
class Tidy:
    """What a table holds of a city: rows, names in two languages, the encoding, and indicators that the model does not know."""

    rows: tuple[TidyRow, ...]
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
    rows, unknown = list[TidyRow](), set[str]()
    for place, row in ours:
        indicator = _indicator(row, indicators)
        if indicator is None:
            unknown.add(row["indicator"])
            continue
        with faults.gathering():
            rows.append(_row(row, indicator, indicators, place))
    first = ours[0][1]
    name = Text(first.get("city_zh") or first["city"], first["city"])
    units = {key: item.unit for key, item in indicators.by_name.items()}
    return Tidy(tuple(rows), name, encoding, tuple(sorted(unknown)), units)


def _indicator(row: Mapping[str, str], indicators: Indicators) -> Indicator | None:
    return indicators.find(row["indicator"]) or indicators.find(row.get("indicator_zh", ""))


def _row(row: Mapping[str, str], indicator: Indicator, indicators: Indicators, place: Place) -> TidyRow:
    year = whole(row["year"].strip(), place, "year")
    accepted = row.get("accepted", "").strip()
    value = None
    if row["value"].strip() or not accepted:
        value = number(row["value"].strip(), place, "value")
        value = indicators.converted(value, row["unit"], indicator, place)
    known = row.get("known_from", "").strip()
    if not row["source"].strip():
        raise InputError(Fault(Text("没有来源", "no source"), place))
    return TidyRow(
        indicator=indicator.name,
        year=year,
        value=value,
        source=row["source"].strip(),
        known_from=whole(known, place, "known_from") if known else year + 1,
        note=row.get("note", ""),
        accepted=accepted,
        extra={name: text for name, text in row.items() if name not in (*COLUMNS, *OPTIONAL)},
        place=place,
    )
