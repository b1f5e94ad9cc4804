"""How findings write numbers, years, names and bases."""

from __future__ import annotations

import math

from sim.base.text import Text
from sim.base.words import GOALS, unit_text
from sim.plan.lint.claims import Claim, Measure

_WHOLE, _DIGITS = 1e-9, 4


def plain(value: float) -> str:
    """A number with four digits, more where it is whole; nothing after the point that says nothing."""
    if value == 0.0 or abs(value - round(value)) <= _WHOLE * abs(value):
        return f"{round(value):,}"
    places = max(_DIGITS - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(ratio: float) -> str:
    """A rate in per cent."""
    return f"{plain(round(100.0 * ratio, 2))}%"


def amount(value: float, unit: str) -> Text:
    """A number with its unit; money in English is in millions and billions, per cent follows without a space in Chinese."""
    number = plain(value)
    if unit == "%":
        return Text(f"{number}%", f"{number} %")
    zh, money = Text(f"{number} {unit_text(unit, 'zh')}", ""), unit.partition("_")
    if money[0] not in _YUAN:
        return zh + Text("", number if unit == _COUNT else f"{number} {unit_text(unit, 'en')}")
    prices = f" at prices of {money[2]}" if money[2] else ""
    return zh + Text("", f"CNY {_in_words(value * _YUAN[money[0]])}{prices}")


_COUNT = "个"
"""The unit of what is only counted, which English does not name."""
_YUAN = {"亿元": 1e8, "万元": 1e4, "元": 1.0}
_BILLION, _MILLION = 1e9, 1e6


def _in_words(yuan: float) -> str:
    if abs(yuan) >= _BILLION:
        return f"{plain(yuan / _BILLION)} billion"
    return f"{plain(yuan / _MILLION)} million" if abs(yuan) >= _MILLION else plain(yuan)


def of_measure(value: float, measure: Measure) -> Text:
    """A number in the unit of a measure."""
    return amount(value, measure.entry.unit)


def as_printed(claim: Claim) -> Text:
    """The number of a claim with the word that its operator stands for."""
    value = amount(100.0 * claim.value, "%") if claim.aspect in ("growth", "cut") else of_measure(claim.value, claim.measure)
    frame = GOALS[claim.printed.operator]
    return Text(frame.zh.format(value.zh), frame.en.format(value.en))


def years_of(claim: Claim) -> Text:
    """The years of a claim."""
    return span(claim.first, claim.last)


def span(first: int, last: int) -> Text:
    """A year, or the first and last of several."""
    return Text(f"{last} 年", str(last)) if first == last else Text(f"{first}–{last} 年", f"{first}–{last}")


def points(value: float) -> Text:
    """A difference of two shares."""
    number = plain(round(value, 2))
    return Text(f"{number} 个百分点", f"{number} points")


def in_brackets(text: Text) -> Text:
    """A remark in brackets; nothing for nothing."""
    return Text(f"（{text.zh}）", f" ({text.en})") if text.zh else text
