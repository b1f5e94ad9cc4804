"""What a row of targets.csv or facts.csv says, held against the sentence that it quotes.

Value, unit, operator and years of the row must be among those that the sentence states. A row whose sentence states no such
number is one that a person read out of the words; it is marked as entered by hand, and so is one whose notes say
`[value:inferred]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import isclose

from sim.base.text import Text, listing
from sim.inputs.sentences import Sentence, Stated, sentence_of
from sim.inputs.units_in_words import UNKNOWN, Measured, unit_of, value_of

INFERRED = "[value:inferred]"
"""What the notes of a row say whose number cannot be read from its sentence, though it states others."""
_CLOSE = 1e-9
_PLAN = re.compile("十(?P<unit>[一二三四五六七八九])?五 ?(?:规划|期间|时期|末|发展|”)")
_SPAN = re.compile("(?P<count>[一二两三四五]|[0-9]{1,2}) ?年(?:内|行动|计划|“|‘)")
_YEAR = re.compile("(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_INFERRED_YEARS = re.compile("\\[(?:year|period):inferred (?P<first>[0-9]{4})(?:[-–](?P<last>[0-9]{4}))?")
_TENTH_PLAN, _YEARS_OF_PLAN = 2001, 5


@dataclass(frozen=True)
class EnteredNumber:
    """What a row says."""

    value: float
    unit: str
    operator: str
    start_year: int | None
    year: int | None


@dataclass(frozen=True)
class Around:
    """What stands around a sentence: its document with the year of publication, its section, and the notes of the row."""

    document: str
    published: int
    section: str
    notes: str


@dataclass(frozen=True)
class Difference:
    """A column of a row that is not what its sentence says, and what stands there."""

    column: str
    entered: str
    said: Text


def compare(row: EnteredNumber, quote: str) -> tuple[bool, list[Difference]]:
    """Whether the sentence states the row's number, and where the two differ."""
    sentence, unit = sentence_of(quote), unit_of(row.unit)
    fitting = [item for item in sentence.numbers if unit.fits(item.unit)]
    equal = [
        item for item in fitting if any(isclose(value, row.value, rel_tol=_CLOSE) for value in _values(item, unit, sentence))
    ]
    if equal:
        allowed = frozenset().union(*(item.operators for item in equal))
        wrong = [] if row.operator in allowed else [Difference("operator", row.operator, _operators(equal))]
        return True, wrong
    if fitting:
        return False, [Difference("value", f"{row.value:g} {row.unit}", _numbers(fitting))]
    same_digits = [item for item in sentence.numbers if _has_digits(item, row.value)]
    return False, [Difference("unit", row.unit, _numbers(same_digits))] if same_digits else []


def compare_years(row: EnteredNumber, quote: str, around: Around) -> list[Difference]:
    """Where the years of a row are none that its sentence, its notes, or the document around it speak of.

    A sentence that is dated decides by itself; of one that is not, the notes may say which year is inferred; else the years
    that the document prints, those of the five-year plans that it names, and the end of a stated span (三年内) are possible.
    """
    dated, inferred = sentence_of(quote).dated, _INFERRED_YEARS.search(around.notes)
    spans = {around.published + int(value_of(match["count"])) for match in _SPAN.finditer(quote)}
    known: set[int | None] = {*_spoken_of(around.document), *_spoken_of(around.section), *spans, around.published}
    ends, starts = known | {None}, known
    if dated:
        ends = set(dated)
    elif inferred:
        last = int(inferred["last"] or inferred["first"])
        ends, starts = {last}, {int(inferred["first"])} if inferred["last"] else known | {last}
    wrong = [] if row.year in ends else [Difference("target_year", str(row.year or ""), _joined(ends))]
    if row.start_year not in starts | {None}:
        wrong.append(Difference("start_year", str(row.start_year), _joined(starts)))
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
    """Whether a number is written with the digits of a value, whatever its unit."""
    return any(isclose(item.value / scale, value, rel_tol=_CLOSE) for scale in (1.0, 1e4, 1e8))


def _numbers(items: Iterable[Stated]) -> Text:
    return listing(list(dict.fromkeys(item.text for item in items)))


def _operators(items: Iterable[Stated]) -> Text:
    signs = sorted(frozenset().union(*(item.operators for item in items)))
    return Text(" 或 ".join(signs), " or ".join(signs)) + Text("（", " (") + _numbers(items) + Text("）", ")")
