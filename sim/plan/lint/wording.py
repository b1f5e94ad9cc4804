"""Numbers, years and remarks as findings write them: four digits, money in English in millions and billions.

`sim.base.words` writes what a run computed, by decimals that fit its size; a finding repeats the digits of documents.
"""

from __future__ import annotations

import math

from sim.base.text import Text
from sim.base.words import GOALS, amounts
from sim.plan.lint.plan import Measure, PlanClaim

_DIGITS = 4
_COUNT = "个"
"""The unit of what is only counted, which English does not name."""
_YUAN = {"亿元": 1e8, "万元": 1e4, "元": 1.0}
_SCALES = ((1e9, " billion"), (1e6, " million"))


def number(value: float) -> str:
    """Return a number with four digits, more where it is whole; nothing after the point that says nothing."""
    places = max(_DIGITS - 1 - math.floor(math.log10(abs(value))), 0) if value else 0
    return f"{round(value, places) + 0.0:,.15g}"  # nought is added so that none is negative


def percent(ratio: float) -> str:
    """Return a rate in per cent."""
    return f"{number(round(100.0 * ratio, 2))}%"


def both_percent(ratio: float) -> Text:
    """Return the same as a text of both languages."""
    return Text(percent(ratio), percent(ratio))


def points(value: float) -> Text:
    """Return a difference of two shares."""
    shown = number(round(value, 2))
    return Text(f"{shown} 个百分点", f"{shown} points")


def amount(value: float, unit: str) -> Text:
    """Return a number with its unit; per cent follows without a space in Chinese."""
    shown = amounts(number(value), unit)
    currency, _, prices = unit.partition("_")
    if currency in _YUAN:
        return Text(shown.zh, f"CNY {_in_words(value * _YUAN[currency])}{f' at prices of {prices}' if prices else ''}")
    english = {"%": f"{number(value)} %", _COUNT: number(value)}
    return Text(shown.zh, english.get(unit, shown.en))


def _in_words(yuan: float) -> str:
    size, name = next((scale for scale in _SCALES if abs(yuan) >= scale[0]), (1.0, ""))
    return f"{number(yuan / size)}{name}"


def of_measure(value: float, measure: Measure) -> Text:
    """Return a number in the unit of a measure."""
    return amount(value, measure.entry.unit)


def as_printed(claim: PlanClaim) -> Text:
    """Return the number of a claim with the word that its operator stands for."""
    value = amount(100.0 * claim.value, "%") if claim.aspect in ("growth", "cut") else of_measure(claim.value, claim.measure)
    frame = GOALS[claim.operator]
    return Text(frame.zh.format(value.zh), frame.en.format(value.en))


def years_of(claim: PlanClaim) -> Text:
    """Return the years of a claim."""
    return span(claim.first, claim.last)


def span(first: int, last: int) -> Text:
    """Return a year, or the first and last of several."""
    return Text(f"{last} 年", str(last)) if first == last else Text(f"{first}–{last} 年", f"{first}–{last}")


def in_brackets(text: Text) -> Text:
    """Return a remark in brackets; nothing for nothing."""
    return Text(f"（{text.zh}）", f" ({text.en})") if text.zh else text
