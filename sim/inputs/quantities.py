"""A number as people write it, with or without its unit; where it may mean two things, a fault says what to type."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Real
from typing import Any

from sim.base.characters import counted, cut, plain, unquoted, without_hidden
from sim.base.errors import Fault, Faults, InputError, Place
from sim.base.text import Text
from sim.base.units import SPELLINGS, UnknownUnitError, conversion

_SHOWN = 60
_HEAD = re.compile(r"\s*([-+]?)\s*([0-9.,_]*[0-9][0-9.,_]*)((?:[eE][-+]?[0-9]+)?)\s*(.*)", re.DOTALL)
_DIGITS = re.compile(r"[0-9]+(_[0-9]+)*\.?[0-9]*|\.[0-9]+")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?")
_WORDS = re.compile(r"([负-]?)([零〇○一二三四五六七八九两十百千]+(?:点[零〇○一二三四五六七八九]+)?)\s*(.*)", re.DOTALL)
_PARTS = re.compile(r"([负-]?)\s*(百分之|千分之|万分之)\s*(.+)")
_OF = {"百分之": 0.01, "千分之": 0.001, "万分之": 0.0001}
_RANGE = re.compile(r"(-|~|至|到|to)\s*[0-9].*", re.DOTALL)
_TENTH = "成"
_LARGE = {"万": 1e4, "亿": 1e8, "万亿": 1e12}
_COUNTS = frozenset({"人", "户", "家", "个", "件", "列"})


def read_number(raw: Any, unit: str, faults: Faults, place: Place) -> float | None:
    """Read a number, or text with a number and a unit; in `unit`. None after adding a fault."""
    return _NumberReader(unit, faults, place).number(raw)


@dataclass(frozen=True)
class _NumberReader:
    """Reads numbers in one unit, and adds what is wrong at one place."""

    unit: str
    faults: Faults
    place: Place

    def number(self, raw: Any) -> float | None:
        """A number, or text with a number and a unit, in the reader's unit. None after adding a fault."""
        if isinstance(raw, str):
            return self._quantity(raw)
        if isinstance(raw, bool) or not isinstance(raw, Real):
            shown = type(raw).__name__ if raw is None or isinstance(raw, list) else cut(repr(raw), _SHOWN)
            self.faults.add(Text(f"应为数，得到 {shown}", f"a number is wanted, got {shown}"), self.place)
            return None
        return self._finite(raw)

    def _finite(self, raw: Any) -> float | None:
        try:
            number = float(raw)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
        self.faults.add(Text("必须是有限的数", "must be a finite number"), self.place)
        return None

    def _quantity(self, raw: str) -> float | None:
        text = _within_quotes(raw)
        parts = _PARTS.fullmatch(text)
        if parts is not None:
            return self._part(raw, parts)
        head = _HEAD.fullmatch(plain(text))
        if head is None:
            return self._in_words(raw, text)
        number = self._digits(raw, head[1], head[2], head[3], head[4])
        # plain characters stand one for one, so the unit as it is written is as long as its plain form
        return None if number is None else self._with_unit(raw, number, text[len(text) - len(head[4]) :].strip())

    def _digits(self, raw: str, sign: str, digits: str, exponent: str, rest: str) -> float | None:
        if "," in digits and not _GROUPED.fullmatch(digits):
            self.faults.add(*two_readings(sign + digits, exponent + (f" {rest}" if rest else ""), self.place))
            return None
        if not _DIGITS.fullmatch(digits.replace(",", "")):
            self._fail_as_no_number(raw)
            return None
        return self._finite(sign + digits.replace(",", "").replace("_", "") + exponent)

    def _in_words(self, raw: str, text: str) -> float | None:
        words = _WORDS.fullmatch(text)
        value = None if words is None else counted(words[2])
        if words is None or value is None:
            self._fail_as_no_number(raw)
            return None
        return self._with_unit(raw, -value if words[1] else value, words[3])

    def _part(self, raw: str, parts: re.Match[str]) -> float | None:
        inner = plain(parts[3])
        value = counted(inner)
        if value is None:
            value = read_number(inner, "ratio", self.faults, self.place) if inner[:1].isdigit() else None
        if value is None:
            self._fail_as_no_number(raw)
            return None
        return self._converted((-value if parts[1] else value) * _OF[parts[2]], "ratio")

    def _fail_as_no_number(self, raw: str) -> None:
        shown = cut(raw, _SHOWN)
        self.faults.add(Text(f"应为数，得到“{shown}”", f"a number is wanted, got '{shown}'"), self.place)

    def _with_unit(self, raw: str, number: float, given: str) -> float | None:
        if not given:
            return number
        if given == _TENTH:
            return self._converted(10.0 * number, "%")
        if plain(given) in _LARGE:
            return self._large(raw, number, plain(given))
        if self._fails_as_no_unit(raw, number, plain(given)):
            return None
        return self._converted(number, given)

    def _fails_as_no_unit(self, raw: str, number: float, given: str) -> bool:
        """Add what stands in the place of a unit but is something else; False where it may be a unit."""
        if given.endswith("百分点") or given.lower() in {"pp", "percentage points"}:
            message = Text("百分点说的是变化，这里要的是数值本身", "percentage points are a change; a value is wanted here")
            zh, en = f"若数值就是 {number:g}%，写“{number:g} %”", f"if the value is {number:g} per cent, write '{number:g} %'"
            advice = Text(zh, en) + self._unit_here()
        elif given[:1].isdigit():
            joined = "".join(plain(raw).split())
            message = Text(f"“{raw}”的数字中间有空格", f"there is a blank within the digits of '{raw}'")
            advice = Text(f"是否想写“{joined}”？", f"did you mean '{joined}'?")
        elif _RANGE.fullmatch(given):
            message = Text(f"“{raw}”是一个范围，这里只能写一个数", f"'{raw}' is a range; a single number is wanted here")
            advice = Text("范围写在 sweep 一节", "ranges belong in the section sweep")
        else:
            return False
        self.faults.add(message, self.place, advice)
        return True

    def _large(self, raw: str, number: float, given: str) -> float | None:
        """Ten thousands and hundred millions of things that are counted; of money they may be either of two units."""
        if self.unit.removesuffix("/a") in _COUNTS:
            return number * _LARGE[given]
        example = Text(f"写全单位，例如“{raw}元”", f"write the whole unit, such as '{raw}元'")
        self.faults.add(Text(f"“{raw}”没有写全单位", f"'{raw}' has no whole unit"), self.place, example + self._unit_here())
        return None

    def _unit_here(self) -> Text:
        return Text(f"；本项单位为 {self.unit}", f"; the unit is {self.unit}")

    def _converted(self, number: float, given: str) -> float | None:
        known = given if given in SPELLINGS else plain(given)
        shown, advice = cut(given, _SHOWN), Text(f"本项单位为 {self.unit}", f"the unit is {self.unit}")
        try:
            per_year = self.unit.endswith("/a") and (known in SPELLINGS or known == "ratio")
            return number * conversion(f"{SPELLINGS.get(known, known)}/a" if per_year else known, self.unit)
        except UnknownUnitError:
            self.faults.add(Text(f"未知单位 {shown}", f"unknown unit {shown}"), self.place, advice)
        except ValueError:
            self.faults.add(Text(f"单位 {shown} 不适用", f"the unit {shown} does not fit"), self.place, advice)
        return None


def _within_quotes(raw: str) -> str:
    """The text without quotation marks around it and without what cannot be seen; its unit keeps its own characters."""
    text = without_hidden(raw).strip()
    inner = unquoted(text)
    return inner if inner != plain(text) else text


def two_readings(digits: str, tail: str, place: Place) -> tuple[Text, Place, Text]:
    """The fault of a comma that groups no three digits: it may be a decimal point or a slip."""
    joined = digits.replace(",", "") + tail
    message = Text(f"“{digits}{tail}”中的逗号不是三位一组", f"the comma in '{digits}{tail}' groups no three digits")
    if digits.count(",") > 1 or "." in digits:
        return message, place, Text(f"是否想写“{joined}”？小数点用“.”", f"did you mean '{joined}'? a decimal point is '.'")
    point = digits.replace(",", ".") + tail
    return message, place, Text(f"是“{point}”还是“{joined}”？小数点用“.”", f"'{point}' or '{joined}'? a decimal point is '.'")


def without_groups(text: str, place: Place) -> str:
    """A number in plain characters, without commas that group three digits.

    Raises
    ------
    InputError
        when a comma groups no three digits.
    """
    written = plain(text)
    sign, digits = (written[0], written[1:].strip()) if written[:1] in ("-", "+") else ("", written)
    if "," in digits and _DIGITS.fullmatch(digits.replace(",", "")) and not _GROUPED.fullmatch(digits):
        raise InputError(Fault(*two_readings(sign + digits, "", place)))
    return sign + (digits.replace(",", "") if _GROUPED.fullmatch(digits) else digits)
