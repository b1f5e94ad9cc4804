"""Check the statistics of provinces and the nation: series by name, unit and years around, tables by ages cell by cell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar, get_args

from sim.base.errors import Fault, Faults, InputError, Place
from sim.base.text import Text
from sim.inputs.base_year import SERIES_COLUMNS
from sim.inputs.files import is_file
from sim.inputs.indicators import Indicators, TableEntry
from sim.inputs.knowledge import fail_if_not_yet
from sim.inputs.parameters import Evidence
from sim.inputs.plausible import Point, fail_if_unbelievable
from sim.inputs.tables import number, read_table, whole

Key = TypeVar("Key")
_AGES = re.compile(r"[0-9]{1,3}(-[0-9]{1,3}|\+)?")
_SEXES = ("female", "male")
_CENSUSES = range(1949, 2101)


def fail_if_reference_wrong(folders: Iterable[Path], indicators: Indicators) -> None:
    """Hold every table of the folders against the vocabulary and the limits of the model.

    Raises
    ------
    InputError
        with every faulty row, by file and line.
    """
    faults = Faults()
    for folder in folders:
        if is_file(folder / "series.csv"):
            _check_series(folder, indicators, faults)
        for name, rules in indicators.rules.tables.items():
            if is_file(folder / name):
                _check_table(folder / name, rules, indicators, faults)
    faults.raise_if_any()


def _check_series(folder: Path, indicators: Indicators, faults: Faults) -> None:
    points, seen = list[Point](), dict[tuple[str, int], Place]()
    for place, row in read_table(folder / "series.csv", SERIES_COLUMNS, faults):
        _check_origin(row, place, indicators, faults)
        if row["evidence"] not in get_args(Evidence):
            faults.add(Text(f"未知证据标记 {row['evidence']}", f"unknown evidence {row['evidence']}"), place)
        with faults.gathering():
            indicator, year = indicators.named(row["indicator"], place), whole(row["year"], place, "year")
            value = number(row["value"], place, "value")
            value = indicators.converted(value, row["unit"], indicator, place)
            _fail_if_seen((indicator.name, year), seen, place)
            points.append(Point(folder.name, indicator, year, value, 1, accepted=False, place=place))
    fail_if_unbelievable(points, indicators, faults)


def _check_origin(row: Mapping[str, str], place: Place, indicators: Indicators, faults: Faults) -> None:
    """Check what every table of the folder has: a source, and the year of publication."""
    if not row["source"].strip():
        faults.add(Text("没有来源", "no source"), place)
    if row["known_from"] != "any":
        with faults.gathering():
            fail_if_not_yet(whole(row["known_from"], place, "known_from"), indicators.rules.vintage, place)


@dataclass(frozen=True)
class _AgeCell:
    year: int
    sex: str
    first_age: int
    value: float
    place: Place


def _check_table(file: Path, rules: TableEntry, indicators: Indicators, faults: Faults) -> None:
    cells, seen = list[_AgeCell](), dict[tuple[int, str, int], Place]()
    by_sex: dict[tuple[int, str], list[_AgeCell]] = defaultdict(list)
    for place, row in read_table(file, ("year", "ages", rules.column, "known_from", "source"), faults):
        _check_origin(row, place, indicators, faults)
        with faults.gathering():
            cell = _cell(row, rules, place)
            _fail_if_seen((cell.year, cell.sex, cell.first_age), seen, place)
            cells.append(cell)
            by_sex[cell.year, cell.sex].append(cell)
    for group in by_sex.values():
        _check_group(sorted(group, key=lambda item: item.first_age), rules, faults)
    _check_sexes(cells, rules, faults)


def _cell(row: Mapping[str, str], rules: TableEntry, place: Place) -> _AgeCell:
    sex, ages = row.get("sex", ""), row["ages"]
    if ("sex" in row and sex not in _SEXES) or not _AGES.fullmatch(ages):
        message = Text(f"性别或年龄段有误：{sex} {ages}", f"no sex and ages that are known: {sex} {ages}")
        raise InputError(Fault(message, place, _FORMS))
    year, value = whole(row["year"], place, "year"), number(row[rules.column], place, rules.column)
    if not rules.lowest <= value <= rules.highest or year not in _CENSUSES:
        span = f"{rules.lowest:,g} – {rules.highest:,g}"
        message = Text(f"{year} 年的 {value:g} 应在 {span} 之间", f"{year}: {value:g} cannot be: values lie within {span}")
        raise InputError(Fault(message, place))
    return _AgeCell(year, sex, int(re.split(r"[-+]", ages)[0]), value, place)


_FORMS = Text("写作 female 或 male，15-19 或 100+", "write female or male, 15-19 or 100+")


def _check_group(group: list[_AgeCell], rules: TableEntry, faults: Faults) -> None:
    """A column of ages: no value far off those of the ages around it, and all of them make the sum that they should."""
    total = sum(cell.value for cell in group)
    if rules.total is not None and abs(total - rules.total) > _ROUNDING * rules.total:
        message = Text(f"合计 {total:g}，应为 {rules.total:g}", f"they sum to {total:g}, not {rules.total:g}")
        for cell in group:
            faults.add(message, cell.place)
    smooth = rules.smooth
    for index, cell in enumerate(group if smooth is not None and len(group) > 1 else ()):
        around = [abs(item.value) for item in (*group[max(index - 1, 0) : index], *group[index + 1 : index + 2])]
        value, most = abs(cell.value), smooth or 1.0
        if value > most * max(around) or (rules.lowest >= 0.0 and value * most < min(around)):
            message = Text(f"{cell.value:g} 与相邻年龄段相差过大", f"{cell.value:g} lies too far off the ages around it")
            faults.add(message, cell.place)


_ROUNDING = 0.01


def _check_sexes(cells: Iterable[_AgeCell], rules: TableEntry, faults: Faults) -> None:
    """Women and men of the same ages do not differ by many times."""
    pairs: dict[tuple[int, int], list[_AgeCell]] = defaultdict(list)
    for cell in cells:
        pairs[cell.year, cell.first_age].append(cell)
    for pair in (pair for pair in pairs.values() if len(pair) == len(_SEXES)):
        low, high = sorted(abs(cell.value) for cell in pair)
        if rules.alike is not None and high > rules.alike * low:
            message = Text(f"男女相差过大：{high:g} 与 {low:g}", f"women and men differ too much: {high:g} and {low:g}")
            for cell in pair:
                faults.add(message, cell.place)


def _fail_if_seen(key: Key, seen: dict[Key, Place], place: Place) -> None:
    first = seen.setdefault(key, place)
    if first is not place:
        message = Text(f"此行重复，已见于第 {first.line} 行", f"this row stands twice, first in line {first.line}")
        raise InputError(Fault(message, place))
