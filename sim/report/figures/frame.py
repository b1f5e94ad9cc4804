"""What every figure has in common: a title, and a note below that names units, method and sources."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text

Points = tuple[tuple[float, float], ...]
"""Pairs of a year, or another place on the level axis, and a value."""
COLON, COMMA, SEMICOLON = Text("：", ": "), Text("、", ", "), Text("；", "; ")


@dataclass(frozen=True)
class Frame:
    """Title and note of a figure; `source` says where its numbers come from, if not from the run itself."""

    title: Text
    note: Text
    source: Text = Text("", "")

    def words(self, language: Language) -> tuple[str, str]:
        """The title, and the note with the source."""
        below = self.note + _SOURCE + self.source if self.source.zh else self.note
        return self.title.in_language(language), below.in_language(language)

    def part(self, number: int, count: int) -> Frame:
        """The frame of one of several figures that share a title."""
        return replace(self, title=self.title + Text(f"（{number}/{count}）", f" ({number} of {count})"))


@dataclass(frozen=True)
class Figure(ABC):
    """Arrays and words of a figure; a kind of figure is a subclass in a file of its own."""

    frame: Frame

    @abstractmethod
    def draw(self, language: Language) -> Drawing:
        """Draw it in the style of the house; the caller is within `style.house_style`."""

    @abstractmethod
    def described(self) -> Text:
        """What it shows, in words, for those who cannot see it."""

    @property
    def weight(self) -> int:
        """About how long it takes to draw: its panels, or else its rows."""
        return max((len(value) for value in vars(self).values() if isinstance(value, tuple)), default=1)


def parts(figure: Any, rows: str, most: int) -> Iterator[Any]:
    """The figure, or several of at most so many of its `rows` each, as even as may be; none without rows."""
    every = getattr(figure, rows)
    count = math.ceil(len(every) / most)
    if count <= 1:
        yield from [figure][:count]
        return
    ends = [len(every) * place // count for place in range(count + 1)]
    for place in range(count):
        own = {rows: every[ends[place] : ends[place + 1]]}
        yield replace(figure, frame=figure.frame.part(place + 1, count), **own)


_SOURCE = Text("\n来源：", "\nSource: ")


def points_of(values: dict[int, float]) -> Points:
    """Values by year as pairs."""
    return tuple((float(year), float(value)) for year, value in values.items())
