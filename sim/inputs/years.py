"""Keys of a path that mean calendar years: numbers, in quotes, with 年, full width, the first day of a year, a span."""

from __future__ import annotations

import datetime as dt
import operator
import re
from typing import Any

from sim.base.characters import counted, unquoted
from sim.base.text import Text

YEARS = range(1900, 2201)
_ONE = r"([0-9]{4})(?:\s*年度?)?"
_YEAR = re.compile(_ONE)
_SPAN = re.compile(rf"{_ONE}\s*(?:-+|~+|至|到|\.\.+|to)\s*{_ONE}")
_DAY = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*(?:日|[T ]0?0:00(?::00(?:\.0*)?)?Z?)?")
_MEANT = re.compile(r"(?:19|2[0-2])[0-9]{2}(?![0-9A-Za-z_]).*|(?:19|2[0-2])[0-9]{2}[QHqhAaEe][0-9]?|.*[0-9]\s*年.*")
_FIRST_OF_FOUR_DIGITS = 1000


def means_year(key: Any) -> bool:
    """Whether a key is meant as a year or several, readable or not."""
    number = _number(key)
    if number is not None:
        return number >= _FIRST_OF_FOUR_DIGITS
    if isinstance(key, dt.date):
        return True
    return isinstance(key, str) and (_in_words(key) is not None or _MEANT.fullmatch(unquoted(key)) is not None)


def years_of(key: Any) -> range | Text:
    """The years that a key means; for one that cannot be meant as whole years, what to write instead."""
    number = _number(key)
    if number is not None:
        return range(number, number + 1)
    text = key.isoformat() if isinstance(key, dt.date) else unquoted(str(key))
    words = _in_words(text)
    if words is not None:
        return range(words, words + 1)
    one, several, day = _YEAR.fullmatch(text), _SPAN.fullmatch(text), _DAY.fullmatch(text)
    if one:
        return range(int(one[1]), int(one[1]) + 1)
    if several and int(several[1]) <= int(several[2]):
        return range(int(several[1]), int(several[2]) + 1)
    if day and int(day[2]) == int(day[3]) == 1:  # the value of a year holds from its first day
        return range(int(day[1]), int(day[1]) + 1)
    return _WHOLE_YEARS


_WHOLE_YEARS = Text("一个数管一整年：写四位年份，例如 2025", "a value holds for a whole year: write four digits, such as 2025")


def _number(key: Any) -> int | None:
    """A whole number, also as numpy has it and as YAML reads 2022.0."""
    if isinstance(key, bool):
        return None
    if isinstance(key, float):
        return int(key) if key.is_integer() else None
    try:
        return operator.index(key)
    except TypeError:
        return None


def _in_words(text: str) -> int | None:
    """A year written out, such as 二〇二五年."""
    written = unquoted(text).removesuffix("度").removesuffix("年").strip()
    value = counted(written) if len(written) == len("二〇二五") else None
    return int(value) if value is not None and int(value) in YEARS else None
