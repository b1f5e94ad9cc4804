"""Numbers and units as people read them: thousands separated, as many digits as mean something, units in both languages."""

from __future__ import annotations

import csv
import math
import re
from pathlib import Path

from sim.base.text import Language, Text

NONE = "—"
_MANY, _SOME = 1000.0, 20.0
_RARE = 0.001
_COUNTED = {"家", "户", "个", "列", "人", "件"}
GOALS = {
    ">": Text("超过 {}", "above {}"),
    ">=": Text("{}以上", "at least {}"),
    "=": Text("{}", "{}"),
    "<=": Text("{}以内", "at most {}"),
    "~": Text("{}左右", "about {}"),
}
"""The words in which plans put the value of a target, by its operator."""
OPERATORS = {">": ">", ">=": "≥", "=": "=", "<=": "≤", "~": "≈"}
"""The sign before the value of a target, by its operator."""

with Path(__file__).with_name("units.csv").open(encoding="utf-8", newline="") as _table:
    _ROWS = list(csv.DictReader(_table))
UNIT_NAMES = {row["unit"]: Text(row["zh"], row["en"]) for row in _ROWS if row["zh"]}
"""The names of units, in reports and in files that people write."""
_AS_WRITTEN = {row["zh"]: row["unit"] for row in reversed(_ROWS) if row["zh"] and row["definition"]}
UNIT_DEFINITIONS = {row["unit"]: row["definition"] for row in _ROWS if row["definition"]}
"""Multiples of other units, or in brackets a dimension of its own."""


def decimals_of(value: float, unit: str = "") -> int:
    """As many decimals as a computed number is printed with: fewer for larger ones, none for what is counted by the piece."""
    size = abs(value)
    if size >= _MANY or (size >= _SOME and unit in _COUNTED):
        return 0
    return 1 if size >= _SOME else 2


def undecided(is_so: bool) -> Text:  # noqa: FBT001  a word or none
    """A word for targets that count together, where published figures have decided others."""
    return Text("尚无公布数的", "undecided ") if is_so else Text("", "")


def plain(value: float | None, unit: str = "") -> str:
    """A number with a sensible number of decimals, or a dash for none."""
    return NONE if value is None else f"{value:,.{decimals_of(value, unit)}f}".replace("-", "−")


def fine(value: float) -> str:
    """A number that may be small, such as a value of a lever: below one it keeps three digits."""
    return f"{value:.3g}" if abs(value) < 1.0 else plain(value)


def signed(value: float | None, suffix: str = "", unit: str = "") -> str:
    """A number with its sign, for differences."""
    if value is None:
        return NONE
    text = plain(abs(value), unit)
    return f"{'−' if value < 0 else '+'}{text}{suffix}"


def rate(value: float | None, suffix: str) -> str:
    """A yearly rate with two decimals."""
    return NONE if value is None else f"{value:.2f}{suffix}".replace("-", "−")


def chance(probability: float | None) -> str:
    """A probability in per cent, nothing for none."""
    if probability is None:
        return ""
    if 0.0 < probability < _RARE:
        return "<0.1%"
    return f"{100.0 * probability:.1f}%"


def exact(value: float) -> str:
    """A plan's own number, as printed."""
    return f"{value:,.10g}".replace("-", "−")


def amount(value: str, unit: str, language: Language) -> str:
    """A number with its unit: a space between them, none before signs."""
    return f"{value}{unit}" if unit in ("%", "‰") else f"{value} {unit_text(unit, language)}"


def amounts(value: str, unit: str) -> Text:
    """The same in both languages."""
    return Text(amount(value, unit, "zh"), amount(value, unit, "en"))


def computed(value: float | None, unit: str) -> Text:
    """A computed number with its unit, in both languages."""
    return amounts(plain(value, unit), unit)


_DIGITS = 4
_YUAN = {"亿元": 1e8, "万元": 1e4, "元": 1.0}
_SCALES = ((1e9, " billion"), (1e6, " million"))


def digits(value: float) -> str:
    """A number with four digits, more where it is whole, as documents print it: nothing after the point that says nothing."""
    places = max(_DIGITS - 1 - math.floor(math.log10(abs(value))), 0) if value else 0
    return f"{round(value, places) + 0.0:,.15g}"  # zero is added so that none is negative


def percent(ratio: float) -> str:
    """A ratio in per cent, with two decimals at most."""
    return f"{digits(round(100.0 * ratio, 2))}%"


def amount_text(value: float, unit: str) -> Text:
    """A number of a document with its unit; money in English in millions and billions."""
    said, (currency, _, prices) = amounts(digits(value), unit), unit.partition("_")
    if currency in _YUAN:
        yuan = value * _YUAN[currency]
        size, name = next((scale for scale in _SCALES if abs(yuan) >= scale[0]), (1.0, ""))
        return Text(said.zh, f"CNY {digits(yuan / size)}{name}{f' at prices of {prices}' if prices else ''}")
    english = {"%": f"{digits(value)} %", "个": digits(value)}  # what is only counted has no unit in English
    return Text(said.zh, english.get(unit, said.en))


def years_text(first: int, last: int) -> Text:
    """A year, or the first and last of several."""
    return Text(f"{last} 年", str(last)) if first == last else Text(f"{first}–{last} 年", f"{first}–{last}")


def goal_words(operator: str, value: float, unit: str) -> Text:
    """The value of a target as plans put it, such as 5,500 亿元左右."""
    words, number = GOALS[operator], amounts(exact(value), unit)
    return Text(words.zh.format(number.zh), words.en.format(number.en))


def unit_text(unit: str, language: Language) -> str:
    """A unit as people write it: 亿元/a is 亿元/年, or CNY 100m/year."""
    parts = (UNIT_NAMES.get(_AS_WRITTEN.get(part, part)) or Text(part, part) for part in unit.split("/"))
    return "/".join(part.in_language(language) for part in parts)


def unit_words(unit: str) -> Text:
    """The same in both languages."""
    return Text(unit_text(unit, "zh"), unit_text(unit, "en"))


def with_unit_text(label: str, unit: str, language: Language) -> str:
    """A name with its unit in brackets; brackets that are there already take it in, and nothing is said twice."""
    if not unit:
        return label
    opening, closing, comma = ("（", "）", "，") if language == "zh" else (" (", ")", ", ")
    head, bracket, inside = label.removesuffix(closing).rpartition(opening)
    if not (bracket and label.endswith(closing)):
        return f"{label}{opening}{unit}{closing}"
    return f"{head}{opening}{inside}{comma}{unit.replace(f'{opening}{inside}{closing}', '')}{closing}"


def several(count: int, noun: str) -> str:
    """A number of things in English: 1 target, 2 targets."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def all_of(count: int, which: str = "") -> str:
    """All of some targets in English, or the only one: `all 3 undecided targets`, `the one target`."""
    return f"the one {which}target" if count == 1 else f"all {count:,} {which}targets"


def capital(text: str) -> str:
    """With a capital at the head, as sentences and headings have it."""
    return text[:1].upper() + text[1:]


_HAN = "\u4e00-\u9fff"
_BETWEEN = re.compile(rf"(?<=[{_HAN}（），。；：”]) (?=[{_HAN}（）“])")
_BEFORE_NUMBER = re.compile(rf"(?<=[{_HAN}])(?=[0-9])")
_AFTER_NUMBER = re.compile(rf"(?<=[0-9])(?=[{_HAN}])")


def spaced_text(text: Text) -> Text:
    """A sentence in both languages, its Chinese as reports have it."""
    return Text(spaced(text.zh), text.en)


def spaced(text: str) -> str:
    """Chinese as reports have it: a space between a number and the words beside it, none between words."""
    return _AFTER_NUMBER.sub(" ", _BEFORE_NUMBER.sub(" ", _BETWEEN.sub("", text)))
