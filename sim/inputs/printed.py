"""Numbers that a document prints, each with its exact sentence: the targets of a plan, and the facts that stand beside them.

A row is read whole before it is refused: every wrong cell is a fault of its own, with its line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from math import isclose
from pathlib import Path
from typing import TypeVar

from sim.base.errors import Faults, Place
from sim.base.text import Text, listing
from sim.inputs.checked import fail_if_unknown
from sim.inputs.files import is_file, number, read_table, whole
from sim.inputs.sentences import UNKNOWN, Measured, Sentence, Stated, sentence_of, unit_of, value_of

_HEAD = "id,region,seed,indicator_zh,indicator_en,kind,operator,value,unit,start_year,target_year,section,quote,notes"
COLUMNS = tuple(_HEAD.split(","))
OPERATORS = (">", ">=", "=", "<=", "~")
ELSEWHERE = "other:"
"""The beginning of the name of a region that is no part of the model, such as each county."""
BY_HAND = Text("人工录入：原句没有这个数", "entered by hand: the sentence states no such number")
with Path(__file__).with_name("unit_codes.csv").open(encoding="utf-8", newline="") as _table:
    _UNITS = {row["written"]: row["unit"] for row in csv.DictReader(_table)}
"""The units of results, by the codes that tables of plans write."""


@dataclass(frozen=True)
class Printed:
    """A number as a document prints it. `year` is the last year that it speaks of, `start_year` the first of several."""

    value: float
    unit: str
    operator: str
    start_year: int | None
    year: int | None
    id: str
    region: str
    document: str
    name: Text
    kind: str
    section: str
    quote: str
    notes: str
    place: Place = Place()
    by_hand: bool = False
    """True where the sentence states no such number, so that a person entered it."""


@dataclass(frozen=True)
class PlanDocument:
    """A document of the plan. `recorded` is the fingerprint of the text that was read for targets, `found` that of the file."""

    file: Path
    title: Text
    year: int
    recorded: str
    found: str
    text: str

    @property
    def is_changed(self) -> bool:
        """Return whether the file is another text than the one that targets were taken from."""
        return self.found != self.recorded


PrintedRow = TypeVar("PrintedRow", bound=Printed)


@dataclass(frozen=True)
class Surroundings:
    """The documents with their texts, and the regions that the city knows, against which the rows of a table are held."""

    documents: Mapping[str, PlanDocument]
    regions: Collection[str]


def read_printed(
    file: Path, record: type[PrintedRow], kinds: Collection[str], around: Surroundings, faults: Faults
) -> dict[str, PrintedRow]:
    """Read the rows of targets.csv or facts.csv by id; none where there is no file.

    Faults are added; a row that has one is still there where it can be.
    """
    rows: dict[str, PrintedRow] = {}
    seen: dict[tuple[object, ...], PrintedRow] = {}
    for place, cells in read_table(file, COLUMNS, faults) if is_file(file) else ():
        found = len(faults.found)
        row = _row(cells, record, place, faults)
        _check(row, cells, kinds, around, faults)
        if len(faults.found) == found:
            row = _held_against_sentence(row, cells.get("period", ""), around, faults)
        if row.id in rows:
            line = rows[row.id].place.line
            message = Text(f"编号 {row.id} 重复，已见于第 {line} 行", f"the id {row.id} stands twice, first in line {line}")
            faults.add(message, place)
        said = (row.region, row.document, row.name, row.kind, row.value, row.unit, row.start_year, row.year, row.quote)
        first = seen.setdefault(said, row)
        if first is not row and first.id != row.id:
            message = Text(f"{row.id} 与 {first.id} 是同一项", f"{row.id} says the same as {first.id}")
            faults.add(message, place, Text("删去一个", "delete one"))
        rows.setdefault(row.id, row)
    return rows


def _check(row: Printed, cells: Mapping[str, str], kinds: Collection[str], around: Surroundings, faults: Faults) -> None:
    place = row.place
    for column in ("id", "unit", "indicator_zh", "indicator_en"):
        if not cells[column].strip():
            faults.add(Text(f"{row.id}：缺少 {column}", f"{row.id}: {column} is missing"), place)
    fail_if_unknown([row.operator], OPERATORS, Text("未知关系 {}", "unknown operator {}"), place, faults)
    fail_if_unknown([row.kind], kinds, Text("未知种类 {}", "unknown kind {}"), place, faults)
    if not row.region.startswith(ELSEWHERE):
        message = Text(f"{row.id}：没有地区 {{}}", f"{row.id}: no region {{}}")
        fail_if_unknown([row.region], around.regions, message, place, faults)
    message = Text(f"{row.id}：没有文件 {{}}", f"{row.id}: no document {{}}")
    fail_if_unknown([row.document], around.documents, message, place, faults)
    if row.document in around.documents and (not row.quote or row.quote not in around.documents[row.document].text):
        message = Text(f"{row.id} 的引文不见于 {row.document}", f"{row.id}: quote not in {row.document}")
        faults.add(message, place, _COPY)
    _check_size(row, around, faults)
    if row.start_year is not None and row.year is not None and row.year < row.start_year:
        message = Text(
            f"{row.id}：目标年 {row.year} 早于起始年 {row.start_year}",
            f"{row.id}: the year {row.year} lies before its start, {row.start_year}",
        )
        faults.add(message, place)


_LARGEST = {"%": 1e4, "亿元": 1e7, "万元": 1e11, "人": 1e10, "万人": 1e6}
_ANYTHING = 1e12
"""No plan prints more of anything; a share of a whole is at most 100 %."""
_AHEAD, _BEFORE = 40, 40


def _check_size(row: Printed, around: Surroundings, faults: Faults) -> None:
    """Plans print amounts above zero and years near their own; what falls is printed as a reduction."""
    most = 100.0 if row.kind in ("share_at_year", "share") else _LARGEST.get(row.unit, _ANYTHING)
    if not 0.0 <= row.value <= most:
        message = Text(
            f"{row.id}：{row.value:g} {row.unit} 不可能，应在 0 与 {most:g} 之间",
            f"{row.id}: {row.value:g} {row.unit} cannot be, values lie within 0 and {most:g}",
        )
        faults.add(message, row.place, Text("核对数值和单位", "check value and unit"))
    document = around.documents.get(row.document)
    written = None if document is None else document.year
    for year in (row.start_year, row.year):
        if year is not None and written and not written - _BEFORE <= year <= written + _AHEAD:
            message = Text(
                f"{row.id}：年份 {year} 与文件的年份 {written} 相差太远",
                f"{row.id}: the year {year} lies too far from that of its document, {written}",
            )
            faults.add(message, row.place)


def _held_against_sentence(row: PrintedRow, period: str, around: Surroundings, faults: Faults) -> PrintedRow:
    """A row with the mark of what is entered by hand; what it has other than its sentence is a fault each."""
    document = around.documents[row.document]
    is_stated, wrong = compare(row, row.quote)
    wrong = [] if INFERRED in row.notes else wrong
    if document.year:  # else its entry is faulty, which is said already
        wrong += compare_years(row, document)
    first, _, last = period.partition("-")
    if period and (last or first, first) != (str(row.year), str(row.start_year or row.year)):
        wrong.append(Discrepancy("period", period, Text(f"{row.start_year or row.year}–{row.year}", "")))
    for item in wrong:
        faults.add(
            Text(
                f"{row.id} 的 {item.column} 录为“{item.entered}”，而所引原句写的是“{item.said.zh}”：{row.quote}",
                f"{row.id}: {item.column} is '{item.entered}', but the quoted sentence says '{item.said.en}': {row.quote}",
            ),
            replace(row.place, key=item.column),
            _MEND,
        )
    return replace(row, by_hand=not is_stated or INFERRED in row.notes)


_COPY = Text("引文须与文件逐字相同", "copy the sentence exactly as the document has it")


def _row(cells: Mapping[str, str], record: type[PrintedRow], place: Place, faults: Faults) -> PrintedRow:
    value, years = 0.0, dict[str, int | None]()
    with faults.gathering():
        value = number(cells["value"], place, "value")
    for column in ("start_year", "target_year"):
        with faults.gathering():
            years[column] = whole(cells[column], place, column) if cells[column] else None
    unit = _UNITS.get(cells["unit"], cells["unit"])
    return record(
        **{name: cells[name] for name in ("region", "kind", "operator", "section", "quote", "notes")},
        id=cells["id"].strip(),
        document=cells["seed"],
        name=Text(cells["indicator_zh"], cells["indicator_en"]),
        value=value,
        unit="个" if unit == "家" and "企业" not in cells["indicator_zh"] else unit,  # firms alone are counted in 家
        start_year=years.get("start_year"),
        year=years.get("target_year"),
        place=place,
        by_hand=False,
    )


INFERRED = "[value:inferred]"
"""The mark in the notes of a row whose number cannot be read from its sentence, though it states others."""
_MEND = Text(
    f"按原句改正；原句写的是别的数、本数由人推得的，在 notes 写 {INFERRED}，年份推得的写 [year:inferred 年份]",
    f"enter what the sentence says; where the number follows from elsewhere write {INFERRED} into notes, for a year "
    "[year:inferred YEAR]",
)
_CLOSE = 1e-9
_PLAN = re.compile("十(?P<unit>[一二三四五六七八九])?五 ?(?:规划|期间|时期|末|发展|”)")
_SPAN = re.compile("(?P<count>[一二两三四五]|[0-9]{1,2}) ?年(?:内|行动|计划|“|‘)")
_YEAR = re.compile("(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_INFERRED_YEARS = re.compile("\\[(?:year|period):inferred (?P<first>[0-9]{4})(?:[-–](?P<last>[0-9]{4}))?")
_TENTH_PLAN, _YEARS_OF_PLAN = 2001, 5


@dataclass(frozen=True)
class Discrepancy:
    """A column of a row that is not what its sentence says, and what stands there."""

    column: str
    entered: str
    said: Text


def compare(row: Printed, quote: str) -> tuple[bool, list[Discrepancy]]:
    """Return whether the sentence states the row's number, and where the two differ."""
    sentence, unit = sentence_of(quote), unit_of(row.unit)
    fitting = [item for item in sentence.numbers if unit.fits(item.unit)]
    equal = [
        item for item in fitting if any(isclose(value, row.value, rel_tol=_CLOSE) for value in _values(item, unit, sentence))
    ]
    if equal:
        allowed = frozenset().union(*(item.operators for item in equal))
        wrong = [] if row.operator in allowed else [Discrepancy("operator", row.operator, _operators(equal))]
        return True, wrong
    if fitting:
        return False, [Discrepancy("value", f"{row.value:g} {row.unit}", _numbers(fitting))]
    same_digits = [item for item in sentence.numbers if _has_digits(item, row.value)]
    return False, [Discrepancy("unit", row.unit, _numbers(same_digits))] if same_digits else []


def compare_years(row: Printed, document: PlanDocument) -> list[Discrepancy]:
    """List the years of a row that are none that its sentence, its notes, or the document around it speak of.

    A sentence that is dated decides by itself; of one that is not, the notes may say which year is inferred; else the years
    that the document prints, those of the five-year plans that it names, and the end of a stated span (三年内) are possible.
    """
    dated, inferred = sentence_of(row.quote).dated, _INFERRED_YEARS.search(row.notes)
    spans = {document.year + int(value_of(match["count"])) for match in _SPAN.finditer(row.quote)}
    known: set[int | None] = {*_spoken_of(document.text), *_spoken_of(row.section), *spans, document.year}
    ends, starts = known | {None}, known
    if dated:
        ends = set(dated)
    elif inferred:
        last = int(inferred["last"] or inferred["first"])
        ends, starts = {last}, {int(inferred["first"])} if inferred["last"] else known | {last}
    wrong = [] if row.year in ends else [Discrepancy("target_year", str(row.year or ""), _joined(ends))]
    if row.start_year not in starts | {None}:
        wrong.append(Discrepancy("start_year", str(row.start_year), _joined(starts)))
    return wrong


@lru_cache(maxsize=256)
def _spoken_of(text: str) -> frozenset[int]:
    """Return the years that a text names, the first and last years of five-year plans among them: 十四五 is 2021 to 2025.

    A document is asked for each of its targets.
    """
    firsts = {_TENTH_PLAN + _YEARS_OF_PLAN * int(value_of(match["unit"] or "零")) for match in _PLAN.finditer(text)}
    years = {int(year) for year in _YEAR.findall(text)}
    return frozenset(years | firsts | {first + _YEARS_OF_PLAN - 1 for first in firsts})


def _joined(years: Iterable[int | None]) -> Text:
    return listing([str(year) for year in sorted(year for year in years if year is not None)])


def _values(item: Stated, unit: Measured, sentence: Sentence) -> Iterator[float]:
    """A number in the unit of the row; one that is counted by something may have that before it: 每万人……15 件."""
    base = item.value * item.unit.size
    if unit.kind == UNKNOWN or (item.unit.kind == UNKNOWN and unit.per is None):
        yield base if unit.kind == UNKNOWN else base / unit.scale
        yield item.value
    elif unit.per is None or item.unit.per is not None:
        yield base / unit.size
    else:
        counted = [per for per in sentence.per if per.kind == unit.per.kind]
        yield from (base / per.scale / unit.size for per in counted or (unit.per,))


def _has_digits(item: Stated, value: float) -> bool:
    """Return whether a number is written with the digits of a value, whatever its unit."""
    return any(isclose(item.value / scale, value, rel_tol=_CLOSE) for scale in (1.0, 1e4, 1e8))


def _numbers(items: Iterable[Stated]) -> Text:
    return listing(list(dict.fromkeys(item.text for item in items)))


def _operators(items: Iterable[Stated]) -> Text:
    signs = sorted(frozenset().union(*(item.operators for item in items)))
    return Text(" 或 ".join(signs), " or ".join(signs)) + Text("（", " (") + _numbers(items) + Text("）", ")")
