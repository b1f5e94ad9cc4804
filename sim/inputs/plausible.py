"""Unbelievable values among statistics: beyond what can be, far off the years around, sources and sums apart, tables by ages.

The limits are data of the model (indicators.yaml). A row whose `accepted` column gives a reason is left alone, except by the
bounds of what can be at all.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import TypeVar, get_args

from sim.base.errors import Fault, Faults, InputError, Place, all_faults
from sim.base.text import Text
from sim.base.units import quotient_conversion
from sim.inputs.files import number, read_table, whole
from sim.inputs.indicators import Indicator, Indicators, RatioEntry, SumEntry, TableEntry
from sim.inputs.parameters import Evidence
from sim.inputs.provenance import fail_if_not_yet

SERIES_COLUMNS = ("indicator", "year", "value", "unit", "evidence", "known_from", "source")
"""Of series.csv of the province and of the nation."""
NEAR_YEARS = 5
"""As far off a year stands in for another where one indicator is held against another."""
_AROUND = 4


@dataclass(frozen=True)
class Point:
    """One value of one source in the indicator's own unit, and where it stands."""

    region: str
    indicator: Indicator
    year: int
    value: float
    rank: int
    accepted: bool
    place: Place

    @property
    def said(self) -> Text:
        """Name, year and value as a fault says them."""
        name, year, value = self.indicator.name, self.year, f"{self.value:g} {self.indicator.unit}"
        return Text(f"{self.indicator.zh}（{name}）{year} 年的 {value}", f"{name} {year}: {value}")


Series = dict[int, Point]


def fail_if_unbelievable(points: Iterable[Point], indicators: Indicators, faults: Faults) -> None:
    """Add a fault, with its line, for every value that cannot be right beside the others of its region."""
    sound = [point for point in points if _is_possible(point, faults)]
    offered: dict[tuple[str, str], dict[int, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for point in sound:
        offered[point.region, point.indicator.name][point.year].append(point)
    regions: dict[str, dict[str, Series]] = defaultdict(dict)
    for (region, name), by_year in offered.items():
        regions[region][name] = {year: min(found, key=lambda item: item.rank) for year, found in sorted(by_year.items())}
    found = _Findings(indicators, regions, faults)
    for points_of_year in (same for by_year in offered.values() for same in by_year.values()):
        found.sources(points_of_year)
    for point in (point for by_name in regions.values() for series in by_name.values() for point in series.values()):
        found.leap(point)
    for by_name in regions.values():
        for rule in indicators.rules.sums:
            found.sum(by_name, rule)
        for ratio in indicators.rules.ratios:
            found.ratio(by_name, ratio)


def _is_possible(point: Point, faults: Faults) -> bool:
    low, high = point.indicator.lowest, point.indicator.highest
    if (low is None or point.value >= low) and (high is None or point.value <= high):
        return True
    span = f"{'…' if low is None else f'{low:,g}'} – {'…' if high is None else f'{high:,g}'}"
    message = Text(f"{point.said.zh}不可能：应在 {span} 之间", f"{point.said.en} cannot be: values lie within {span}")
    faults.add(message, point.place, _CHECK)
    return False


_CHECK = Text("核对数值、小数点和单位", "check the value, its decimal point and its unit")
_ACCEPT = Text(
    "核对数值和单位；若属实，在 accepted 列写明原因",
    "check value and unit; if it is right, give the reason in the column accepted",
)


@dataclass(frozen=True)
class _Findings:
    """Adds the faults of values held against each other; each row is named once."""

    indicators: Indicators
    regions: Mapping[str, Mapping[str, Series]]
    faults: Faults

    def leap(self, point: Point) -> None:
        """A value far off the years around it."""
        if self._excess(point) > 0.0 and not point.accepted:
            message = Text(f"{point.said.zh}与前后年份相差过大", f"{point.said.en} lies too far off the years around it")
            self._add(message, point)

    def sources(self, points: list[Point]) -> None:
        """Two sources of one year that cannot both be right."""
        best, rules = min(points, key=lambda item: item.rank), self.indicators.rules.leap
        for other in (item for item in points if item is not best and not (item.accepted or best.accepted)):
            if best.indicator.is_rate:
                are_apart = abs(best.value - other.value) > rules.points
            else:
                are_apart = _log_apart(best.value, other.value) > math.log(rules.agreement)
            if are_apart:
                self._blame([other, best], Text("与另一来源相差过大", "far off another source"))

    def sum(self, by_name: Mapping[str, Series], rule: SumEntry) -> None:
        """Parts that do not make up their whole."""
        parts = [by_name.get(name, {}) for name in rule.parts]
        whole = by_name.get(rule.whole, {}) if isinstance(rule.whole, str) else None
        for year in sorted(set.intersection(*(set(part) for part in parts))):
            points = [part[year] for part in parts]
            total = float(rule.whole) if not isinstance(rule.whole, str) else None
            if whole is not None and year in whole:
                total = whole[year].value
                points.append(whole[year])
            summed = sum(part[year].value for part in parts)
            if total is None or abs(summed - total) <= rule.within * total or any(item.accepted for item in points):
                continue
            said = f"parts and whole disagree, {summed:g} against {total:g}"
            self._blame(points, Text(f"与合计不符：各部分之和 {summed:g}，总数 {total:g}", said))

    def ratio(self, by_name: Mapping[str, Series], rule: RatioEntry) -> None:
        """An indicator that cannot stand beside another."""
        above, below = by_name.get(rule.of, {}), by_name.get(rule.to, {})
        for year, point in above.items():
            near = min(below, key=lambda other: (abs(other - year), other), default=None)
            if near is None or abs(near - year) > NEAR_YEARS or point.accepted or below[near].accepted:
                continue
            factor = quotient_conversion(point.indicator.unit, below[near].indicator.unit, rule.unit)
            value = math.inf if below[near].value == 0.0 else point.value / below[near].value * factor
            if rule.lowest <= value <= rule.highest or point.value == 0.0:
                continue
            names, span = f"{rule.of} / {rule.to} = {value:.4g} {rule.unit}", f"{rule.lowest:g} – {rule.highest:g}"
            message = Text(f"不合常理：{names}，应为 {span}", f"cannot be right: {names}, believed are {span}")
            self._blame([point, below[near]], message)

    def _blame(self, points: list[Point], message: Text) -> None:
        """The row that lies farthest off the years around it; each of several of which nothing tells them apart."""
        excess = [self._excess(point) for point in points]
        for blamed in (point for point, found in zip(points, excess, strict=True) if found == max(excess)):
            listed = [(point.indicator.name, point.place.line) for point in points if point is not blamed]
            zh = "、".join(f"{name} 见第 {line} 行" for name, line in listed)
            en = ", ".join(f"{name} in line {line}" for name, line in listed)
            said = Text(f"{blamed.said.zh}{message.zh}（{zh}）", f"{blamed.said.en}: {message.en} ({en})")
            self._add(said, blamed)

    def _excess(self, point: Point) -> float:
        """Return how far a value lies beyond its limit of distance from the years around it.

        It is below zero where they confirm the value, and zero where there are none.
        """
        series = self.regions[point.region][point.indicator.name]
        others = [item for year, item in series.items() if year != point.year and not item.accepted]
        around = sorted(others, key=lambda item: abs(item.year - point.year))[:_AROUND]
        rules, early = self.indicators.rules.leap, point.year < self.indicators.rules.leap.start
        if not around:
            return 0.0
        if point.indicator.is_rate:
            limit = point.indicator.leap or rules.points
            distance = abs(point.value - median(item.value for item in around))
            drifted = rules.drift * fmean(abs(item.year - point.year) for item in around)
            return distance - limit * (rules.early_points / rules.points if early else 1.0) - drifted
        if point.value <= 0.0 or any(item.value <= 0.0 for item in around):
            return 0.0
        distance = math.log(point.value) - median(math.log(item.value) for item in around)
        limit = math.log(max(point.indicator.leap or rules.factor, rules.early_factor if early else 1.0))
        # growth carries later values above a small one, and earlier ones below a large one: by the years between them
        later = fmean(item.year - point.year for item in around)
        return abs(distance) - limit - rules.growth * max(later if distance < 0.0 else -later, 0.0)

    def _add(self, message: Text, point: Point) -> None:
        if all(fault.place != point.place for fault in self.faults.found):
            self.faults.add(message, point.place, _ACCEPT)


def _log_apart(one: float, other: float) -> float:
    if one <= 0.0 or other <= 0.0:
        return 0.0 if one == other else math.inf
    return abs(math.log(one / other))


Key = TypeVar("Key")
_AGES = re.compile(r"[0-9]{1,3}(-[0-9]{1,3}|\+)?")
_CENSUSES = range(1949, 2101)


def fail_if_reference_wrong(folders: Iterable[Path], indicators: Indicators) -> None:
    """Hold every table of the folders against the vocabulary and the limits of the model.

    Raises
    ------
    InputError
        with every faulty row, by file and line.
    """
    with all_faults() as faults:
        for file in (file for folder in folders for file in sorted(folder.glob("*.csv"))):
            rules = indicators.rules.tables.get(file.name)
            if rules is None:
                _check_series(file, indicators, faults)
            else:
                _check_table(file, rules, indicators, faults)


def _check_series(file: Path, indicators: Indicators, faults: Faults) -> None:
    """Check a table of yearly figures; where it holds vintages of forecasts, each is a series of its own."""
    points, seen = list[Point](), dict[tuple[str, str, int], Place]()
    for place, row in read_table(file, SERIES_COLUMNS, faults):
        _check_origin(row, place, indicators, faults)
        if row["evidence"] not in get_args(Evidence):
            faults.add(Text(f"未知证据标记 {row['evidence']}", f"unknown evidence {row['evidence']}"), place)
        with faults.gathering():
            indicator, year = indicators.named(row["indicator"], place), whole(row["year"], place, "year")
            value = number(row["value"], place, "value")
            value = indicators.converted(value, row["unit"], indicator, place)
            vintage = row.get("vintage", "")
            fail_if_seen((vintage, indicator.name, year), seen, place)
            points.append(Point(f"{file.parent.name} {vintage}", indicator, year, value, 1, accepted=False, place=place))
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
            fail_if_seen((cell.year, cell.sex, cell.first_age), seen, place)
            cells.append(cell)
            by_sex[cell.year, cell.sex].append(cell)
    for group in by_sex.values():
        _check_group(sorted(group, key=lambda item: item.first_age), rules, faults)
    _check_sexes(cells, rules, faults)


def _cell(row: Mapping[str, str], rules: TableEntry, place: Place) -> _AgeCell:
    column, groups = next(iter(rules.by.items()), ("", []))
    sex, ages = row.get(column, ""), row["ages"]
    if (column in row and sex not in groups) or not _AGES.fullmatch(ages):
        message = Text(f"性别或年龄段有误：{sex} {ages}", f"no sex and ages that are known: {sex} {ages}")
        forms = Text(f"写作 {' 或 '.join(groups)}，15-19 或 100+", f"write {' or '.join(groups)}, 15-19 or 100+")
        raise InputError(Fault(message, place, forms))
    year, value = whole(row["year"], place, "year"), number(row[rules.column], place, rules.column)
    if not rules.lowest <= value <= rules.highest or year not in _CENSUSES:
        span = f"{rules.lowest:,g} – {rules.highest:,g}"
        message = Text(f"{year} 年的 {value:g} 应在 {span} 之间", f"{year}: {value:g} cannot be: values lie within {span}")
        raise InputError(Fault(message, place))
    return _AgeCell(year, sex, int(re.split(r"[-+]", ages)[0]), value, place)


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
    for pair in (pair for pair in pairs.values() if len(pair) > 1):
        low, *_, high = sorted(abs(cell.value) for cell in pair)
        if rules.alike is not None and high > rules.alike * low:
            message = Text(f"男女相差过大：{high:g} 与 {low:g}", f"women and men differ too much: {high:g} and {low:g}")
            for cell in pair:
                faults.add(message, cell.place)


def fail_if_seen(key: Key, seen: dict[Key, Place], place: Place) -> None:
    """A row that says what another has said is a fault, which names the line of the other.

    Raises
    ------
    InputError
        when the key was `seen` at another place; else it is noted there.
    """
    first = seen.setdefault(key, place)
    if first is not place:
        message = Text(f"此行重复，已见于第 {first.line} 行", f"this row stands twice, first in line {first.line}")
        raise InputError(Fault(message, place))
