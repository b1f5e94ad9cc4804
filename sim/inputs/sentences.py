"""The numbers that a Chinese sentence states: value, unit, the words that bound it, and the years it speaks of.

Digits and Chinese numerals are read, and both mixed: 3000亿, 三成, 百分之三十, 翻一番, 前十 and 千亿级 among them. A
numeral without a unit of its own, such as the one of 一体化 or 三品一标, is no number, and neither are digits inside a name,
such as those of PM2.5. A unit is known by what it measures and how large it is: 亿元 is money of 1e8, 万户 households of 1e4.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from math import prod
from pathlib import Path

from sim.base.text import NUMERALS, SCALES, spelled

ARABIC = r"\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d+)?"
NUMERAL = rf"(?:(?:{ARABIC})[十百千万亿]*|[零〇一二两三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?)"
"""A number of either kind; a regular expression."""


def scale_of(signs: str) -> float:
    """Return what the signs behind a number multiply it by: 千万 is ten million."""
    return float(prod(SCALES[sign] for sign in signs))


def value_of(text: str) -> float:
    """The value of a numeral: 1,200, 一千二百, 三点五 and 3000亿 alike."""
    arabic = re.match(ARABIC, text)
    if arabic:
        return float(arabic.group().replace(",", "")) * scale_of(text[arabic.end() :])
    whole, _, decimals = text.partition("点")
    return spelled(whole) + (float("0." + "".join(str(NUMERALS[sign]) for sign in decimals)) if decimals else 0.0)


UNKNOWN = "unknown"
"""The kind of a unit that is not known: it may be anything."""
THINGS, DATE, MULTIPLE, PERCENT, RANK = "things", "date", "multiple", "percent", "rank"
with Path(__file__).with_name("unit_words.csv").open(encoding="utf-8", newline="") as _table:
    _SIZES = {row["word"]: (row["kind"], float(row["size"])) for row in csv.DictReader(_table)}
WORD = "|".join(re.escape(word) for word in sorted(_SIZES, key=len, reverse=True))
"""A unit without what is above or below it; a regular expression."""
_UNIT = re.compile(rf"(?P<scale>[十百千万亿]*)(?P<word>{WORD})")


@dataclass(frozen=True)
class Measured:
    """The kind and the size of a unit, and the unit below the line where there is one."""

    kind: str
    scale: float = 1.0
    per: Measured | None = None

    @property
    def size(self) -> float:
        """Return how large it is, with what is below the line."""
        return self.scale / (self.per.scale if self.per else 1.0)

    def fits(self, other: Measured) -> bool:
        """Return whether a number in the other unit can be one in this: what is counted may be persons or households."""
        kinds = {self.kind, other.kind}
        return len(kinds) == 1 or UNKNOWN in kinds or (self.kind == THINGS and other.kind in ("persons", "households"))


def unit_of(label: str) -> Measured:
    """A unit as tables and texts write it: 亿元, 万户, km2, 件/万人, 吨标准煤/万元; flows a year are like their amounts."""
    above, _, below = label.partition("_" if label == "grade_A" else "/")
    match = _UNIT.fullmatch(label if label == "grade_A" else above)
    if match is None:
        return Measured(UNKNOWN)
    kind, size = _SIZES[match["word"]]
    per = unit_of(below.partition("_")[0]) if below and label != "grade_A" and below not in ("a", "年") else None
    return Measured(kind, scale_of(match["scale"]) * size, per)


Bounds = frozenset[str]
EXACT, AT_LEAST, ABOVE, AT_MOST, ABOUT = (frozenset({sign}) for sign in ("=", ">=", ">", "<=", "~"))


@dataclass(frozen=True)
class Stated:
    """A number of a sentence. `operators` are those that the words beside it allow, `text` is what is printed of it."""

    value: float
    unit: Measured
    operators: Bounds
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Sentence:
    """The numbers and years of a sentence. `per` are the units that its numbers may be counted by, such as those of 每万人."""

    numbers: tuple[Stated, ...]
    dated: frozenset[int]
    """Years that it is dated by, without those that it only compares with: 从 2015 年, 较 2016 年."""
    per: tuple[Measured, ...]


_NUMBER = re.compile(
    rf"(?P<share>百分之|千分之)?(?P<place>第|前)?(?P<first>{NUMERAL})(?:[-—–~至](?P<second>{NUMERAL}))?"
    rf"(?P<odd>余|多|几)?(?P<scale>[十百千万亿]*)(?P<unit>(?:{WORD})(?:/[万亿]?(?:{WORD}))?)?"
)
_PLAN = re.compile("十[一二三四五六七]五")
_DATE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?:年|(?=[-—–至]\d{4}年)|(?=\d{1,2}月))")
_DOUBLED = re.compile("翻(?P<times>[一二两三四])?番")
_TENTHS = re.compile(rf"(?P<tenths>{NUMERAL})成(?P<half>半)?(?![立功为都员果长熟品本绩])")
_CLEARED = re.compile("清零|[“‘\"']清零[”’\"']")
_PER = re.compile(
    "(?:每|(?<![0-9零一二两三四五六七八九十百千万亿余多]))(?P<unit>[百千万亿](?:平方公里|人|名|元|户))|每(?P<one>人|户|平方公里)"
)
_COMPARED = re.compile("(?:从|自|由|较|比|是|以)$")
_BEFORE: tuple[tuple[str, Bounds], ...] = (
    ("(?:不低于|不少于|不小于)$", AT_LEAST),
    ("(?:不超过|不高于|不多于|不大于)$", AT_MOST),
    ("(?:突破|超过?|高于|大于|多于|过|逾)了?$", ABOVE),
    ("(?:大约|约|接近|将近|近)$", ABOUT),
    ("(?:压缩[到至为]|下?降[到至低为]+|控制[在到]|减少?[到至]|低于|少于|小于)$", AT_MOST | EXACT),
    (r"标准\($", AT_MOST | EXACT | AT_LEAST),
    ("(?:至少|最少).{0,8}$", AT_LEAST),
    ("(?:至多|最多).{0,8}$", AT_MOST),
)
_AFTER: tuple[tuple[str, Bounds], ...] = (("以上", AT_LEAST), ("以[内下]", AT_MOST), ("左右|上下", ABOUT), ("级", ABOUT))
_CLAUSE = re.compile("[，,。；;：:、!?]")


@lru_cache(maxsize=1024)
def sentence_of(text: str) -> Sentence:
    """Everything that a sentence states.

    Examples
    --------
    >>> [(item.value, item.unit.kind, sorted(item.operators)) for item in sentence_of("占比达三成以上").numbers]
    [(30.0, 'percent', ['>='])]
    """
    plain = _cleaned(text)
    dates = [date for date in _DATE.finditer(plain) if not _COMPARED.search(plain[: date.start()])]
    return Sentence(
        tuple(_listed(plain, sorted(_numbers(plain), key=lambda item: item.start))),
        frozenset(int(date["year"]) for date in dates),
        tuple(unit_of(match["unit"] or match["one"]) for match in _PER.finditer(plain)),
    )


def _cleaned(text: str) -> str:
    """Half-width digits and signs; no blanks but those that part two numbers; no names of plans, which count nothing."""
    half = unicodedata.normalize("NFKC", text.replace("，", "\n")).replace("\n", "，").replace("μ", "u")
    tight = re.sub(r"(?<![0-9])\s+|\s+(?![0-9])", "", half)
    return _PLAN.sub("—", tight)


def _numbers(text: str) -> Iterator[Stated]:
    taken = list(_in_words(text))
    yield from taken
    for match in _NUMBER.finditer(text):
        if not any(item.start < match.end() and match.start() < item.end for item in taken):
            yield from _read(text, match)


def _in_words(text: str) -> Iterator[Stated]:
    """Calendar years, doublings, tenths, and what is cleared."""
    for match in _DATE.finditer(text):
        yield Stated(float(match["year"]), Measured(DATE), EXACT, match.group(), *match.span())
    for match in _DOUBLED.finditer(text):
        yield _stated(text, match, 2.0 ** value_of(match["times"] or "一"), MULTIPLE)
    for match in _TENTHS.finditer(text):
        yield _stated(text, match, 10.0 * value_of(match["tenths"]) + (5.0 if match["half"] else 0.0), PERCENT)
    for match in _CLEARED.finditer(text):
        yield Stated(0.0, Measured(THINGS), EXACT, match.group(), *match.span())


def _stated(text: str, match: re.Match[str], value: float, kind: str) -> Stated:
    return Stated(value, Measured(kind), _bounds(text, *match.span()), match.group(), *match.span())


def _read(text: str, match: re.Match[str]) -> Iterator[Stated]:
    """Return what one match states; nothing where the digits belong to a name or the numeral to a word."""
    first, word = match["first"], match["unit"] or ""
    before, behind = text[: match.start()][-1:], text[match.end() : match.end() + 1]
    in_name = before.isascii() and before.isalpha()
    in_name |= not word and behind.isascii() and behind.isalpha()
    is_class = not first[0].isdigit() and set(first) <= set("十百千万亿") and first[-1] in "万亿"
    is_word = not first[0].isdigit() and not (word or match["share"] or match["place"] or is_class)
    if in_name or is_word or first in ("万", "亿"):  # 一体化; 亿元项目
        return
    unit = unit_of(word) if word else Measured(UNKNOWN)
    if match["share"]:
        unit = Measured(PERCENT, 1.0 if match["share"] == "百分之" else 0.1)
    elif match["place"]:
        unit = Measured(RANK)
    bounds = _bounds(text, *match.span(), is_class=is_class)
    if unit.kind == RANK:
        bounds = EXACT if match["place"] == "第" else AT_MOST
    elif match["odd"]:
        bounds = ABOUT
    last = match["second"] or first
    behind_last = scale_of(re.sub("[^十百千万亿]", "", last)) if last[0].isdigit() else 1.0  # 3—5 万人: both are 万
    for numeral, ends in ((first, AT_LEAST), (last, AT_MOST)) if match["second"] else ((first, bounds),):
        missing = behind_last if numeral is first and match["second"] and numeral[-1].isdigit() else 1.0
        value = value_of(numeral) * missing * scale_of(match["scale"])
        yield Stated(value, unit, ends, match.group(), *match.span())


def _bounds(text: str, start: int, end: int, *, is_class: bool = False) -> Bounds:
    """The operators that the words before and behind a number allow."""
    clause = _CLAUSE.split(text[:start])[-1]
    before = next((bounds for words, bounds in _BEFORE if re.search(words, clause)), None)
    after = next((bounds for words, bounds in _AFTER if re.match(words, text[end:])), None)
    if before and after:
        return before & after or before | after
    return before or after or (ABOUT if is_class else EXACT)


def _listed(text: str, numbers: list[Stated]) -> Iterator[Stated]:
    """Numbers in a row (12%、13%以上) share the words that stand at its end."""
    bounds: Bounds | None = None
    found: list[Stated] = []
    for item, following in zip(reversed(numbers), [None, *reversed(numbers)], strict=False):
        in_row = following is not None and text[item.end : following.start] in ("、", "和", "及")
        bounds = bounds if in_row and item.operators == EXACT and bounds is not None else item.operators
        found.append(replace(item, operators=bounds))
    yield from reversed(found)
