"""Cells of tables: words and numbers that know how they are printed, and columns that read them from an item."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Literal, TypeVar

from sim.base.text import Language, Text, same, texts_of
from sim.base.words import NONE, decimals_of

Tone = Literal["plain", "quiet", "strong", "good", "fair", "bad"]
NOTHING = Text("", "")
NOTES = texts_of(Path(__file__).with_name("notes.toml"))
"""Longer notes and remarks of reports, by what they are about."""
Item = TypeVar("Item")


@dataclass(frozen=True)
class Words:
    """A cell of text, with small lines below it; `link` is where a page leads from it, below its own folder."""

    text: Text
    below: tuple[Text, ...] = ()
    tone: Tone = "plain"
    link: str = ""


@dataclass(frozen=True)
class Number:
    """A cell with a number, and how it is printed: so many decimals, a sign for differences, what stands before and after.

    A value above nought but below `rare` is printed as being below it; None is printed as a dash; years are not grouped.
    """

    value: float | None
    decimals: int = 0
    prefix: str = ""
    suffix: Text = NOTHING
    is_difference: bool = False
    rare: float | None = None
    is_grouped: bool = True

    def shown(self, language: Language) -> str:
        """The number as it is printed."""
        if self.value is None:
            return NONE
        after = self.suffix.in_language(language)
        if self.rare is not None and 0.0 < self.value < self.rare:
            return f"{self.prefix}<{self.rare:.{self.decimals}f}{after}"
        sign = "−" if self.value < 0.0 else "+" if self.is_difference else ""
        return f"{self.prefix}{sign}{abs(self.value):{',' if self.is_grouped else ''}.{self.decimals}f}{after}"


Cell = Words | Number


@dataclass(frozen=True)
class Column(Generic[Item]):
    """A column of a table: its head, and the cell that it has for an item; a string reads alike in both languages."""

    title: Text
    read: Callable[[Item], Cell | Text | str]
    is_number: bool = False

    def cell(self, item: Item) -> Cell:
        """The cell of an item."""
        found = self.read(item)
        return found if isinstance(found, Words | Number) else Words(same(found) if isinstance(found, str) else found)


def measured(value: float | None, suffix: Text = NOTHING, *, unit: str = "", is_difference: bool = False) -> Number:
    """A number that was computed, with as many decimals as mean something in its unit; what is not finite is none."""
    if value is None or not math.isfinite(value):
        return Number(None)
    return Number(float(value), decimals_of(value, unit), suffix=suffix, is_difference=is_difference)


def stated(value: float, prefix: str = "") -> Number:
    """A number that a document prints, with its own decimals."""
    after = f"{value:.10g}".partition(".")[2]
    return Number(float(value), len(after) if "e" not in after else 0, prefix)


def percent(part: float | None, decimals: int = 1, *, is_difference: bool = False) -> Number:
    """A part of one in per cent."""
    value = None if part is None or not math.isfinite(part) else 100.0 * float(part)
    return Number(value, decimals, suffix=Text("%", "%"), is_difference=is_difference)


def probability(part: float | None) -> Number:
    """A probability in per cent; one too small to print is printed as being below a tenth."""
    value = None if part is None else 100.0 * float(part)
    return Number(value, 1, suffix=Text("%", "%"), rare=0.1)


def a_year(year: int | str | None) -> Cell:
    """A year, or a span of years as it is written."""
    if year is None or str(year).isdigit():
        return Number(None if year is None else float(year), is_grouped=False)
    return Words(same(str(year)))
