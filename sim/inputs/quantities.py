"""A number as people write it, with or without its unit; where it may mean two things, a fault says what to type."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from numbers import Real
from typing import Any

from sim.base.errors import Fault, Faults, InputError, Place
from sim.base.text import Text, counted, cut, plain, unquoted, without_hidden
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
    with faults.gathering():
        return _NumberReader(unit, place).number(raw)
    return None


@dataclass(frozen=True)
class _NumberReader:
    """Reads numbers in one unit that stand at one place; what is none raises an InputError."""

    unit: str
    place: Place

    def number(self, raw: Any) -> float:
        """A number, or text with a number and a unit, in the reader's unit."""
        if isinstance(raw, str):
            return self._quantity(raw)
        if isinstance(raw, bool) or not isinstance(raw, Real):
            shown = type(raw).__name__ if raw is None or isinstance(raw, list) else cut(repr(raw), _SHOWN)
            raise self._error(Text(f"应为数，得到 {shown}", f"a number is wanted, got {shown}"))
        return self._finite(raw)

    def _error(self, message: Text, advice: Text | None = None) -> InputError:
        return InputError(Fault(message, self.place, advice))

    def _no_number(self, raw: str) -> InputError:
        shown = cut(raw, _SHOWN)
        return self._error(Text(f"应为数，得到“{shown}”", f"a number is wanted, got '{shown}'"))

    def _finite(self, raw: Any) -> float:
        try:
            number = float(raw)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._error(Text("必须是有限的数", "must be a finite number"))
        return number

    def _quantity(self, raw: str) -> float:
        text = _within_quotes(raw)
        parts, head, words = _PARTS.fullmatch(text), _HEAD.fullmatch(plain(text)), _WORDS.fullmatch(text)
        if parts is not None:
            return self._part(raw, parts)
        if head is not None:
            # plain characters stand one for one, so the unit as it is written is as long as its plain form
            return self._with_unit(raw, self._digits(raw, head), text[len(text) - len(head[4]) :].strip())
        value = None if words is None else counted(words[2])
        if words is None or value is None:
            raise self._no_number(raw)
        return self._with_unit(raw, -value if words[1] else value, words[3])

    def _digits(self, raw: str, head: re.Match[str]) -> float:
        sign, digits, exponent, rest = head.groups()
        if "," in digits and not _GROUPED.fullmatch(digits):
            raise InputError(two_readings(sign + digits, exponent + (f" {rest}" if rest else ""), self.place))
        if not _DIGITS.fullmatch(digits.replace(",", "")):
            raise self._no_number(raw)
        return self._finite(sign + digits.replace(",", "").replace("_", "") + exponent)

    def _part(self, raw: str, parts: re.Match[str]) -> float:
        inner = plain(parts[3])
        value = counted(inner)
        if value is None and not inner[:1].isdigit():
            raise self._no_number(raw)
        value = _NumberReader("ratio", self.place).number(inner) if value is None else value
        return self._converted((-value if parts[1] else value) * _OF[parts[2]], "ratio")

    def _with_unit(self, raw: str, number: float, given: str) -> float:
        if not given:
            return number
        if given == _TENTH:
            return self._converted(10.0 * number, "%")
        if plain(given) in _LARGE:  # of things that are counted; of money they may be either of two units
            if self.unit.removesuffix("/a") in _COUNTS:
                return number * _LARGE[plain(given)]
            example = Text(f"写全单位，例如“{raw}元”", f"write the whole unit, such as '{raw}元'")
            raise self._error(Text(f"“{raw}”没有写全单位", f"'{raw}' has no whole unit"), example + self._unit_here())
        self._fail_if_no_unit(raw, number, plain(given))
        return self._converted(number, given)

    def _fail_if_no_unit(self, raw: str, number: float, given: str) -> None:
        """Something that stands in the place of a unit but is something else."""
        if given.endswith("百分点") or given.lower() in {"pp", "percentage points"}:
            message = Text("百分点说的是变化，这里要的是数值本身", "percentage points are a change; a value is wanted here")
            zh, en = f"若数值就是 {number:g}%，写“{number:g} %”", f"if the value is {number:g} per cent, write '{number:g} %'"
            raise self._error(message, Text(zh, en) + self._unit_here())
        if given[:1].isdigit():
            joined = "".join(plain(raw).split())
            message = Text(f"“{raw}”的数字中间有空格", f"there is a blank within the digits of '{raw}'")
            raise self._error(message, Text(f"是否想写“{joined}”？", f"did you mean '{joined}'?"))
        if _RANGE.fullmatch(given):
            message = Text(f"“{raw}”是一个范围，这里只能写一个数", f"'{raw}' is a range; a single number is wanted here")
            raise self._error(message, Text("范围写在 sweep 一节", "ranges belong in the section sweep"))

    def _unit_here(self) -> Text:
        return Text(f"；本项单位为 {self.unit}", f"; the unit is {self.unit}")

    def _converted(self, number: float, given: str) -> float:
        known = given if given in SPELLINGS else plain(given)
        try:
            per_year = self.unit.endswith("/a") and (known in SPELLINGS or known == "ratio")
            return number * conversion(f"{SPELLINGS.get(known, known)}/a" if per_year else known, self.unit)
        except ValueError as error:
            shown, advice = cut(given, _SHOWN), Text(f"本项单位为 {self.unit}", f"the unit is {self.unit}")
            message = Text(f"单位 {shown} 不适用", f"the unit {shown} does not fit")
            if isinstance(error, UnknownUnitError):
                message = Text(f"未知单位 {shown}", f"unknown unit {shown}")
            raise self._error(message, advice) from error


def _within_quotes(raw: str) -> str:
    """The text without quotation marks around it and without what cannot be seen; its unit keeps its own characters."""
    text = without_hidden(raw).strip()
    inner = unquoted(text)
    return inner if inner != plain(text) else text


def two_readings(digits: str, tail: str, place: Place) -> Fault:
    """The fault of a comma that groups no three digits: it may be a decimal point or a slip."""
    joined, point = digits.replace(",", "") + tail, digits.replace(",", ".") + tail
    message = Text(f"“{digits}{tail}”中的逗号不是三位一组", f"the comma in '{digits}{tail}' groups no three digits")
    advice = Text(f"是“{point}”还是“{joined}”？小数点用“.”", f"'{point}' or '{joined}'? a decimal point is '.'")
    if digits.count(",") > 1 or "." in digits:
        advice = Text(f"是否想写“{joined}”？小数点用“.”", f"did you mean '{joined}'? a decimal point is '.'")
    return Fault(message, place, advice)


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
        raise InputError(two_readings(sign + digits, "", place))
    return sign + (digits.replace(",", "") if _GROUPED.fullmatch(digits) else digits)
