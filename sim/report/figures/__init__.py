"""Figures: each a record of arrays and words that draws itself, and says what it shows for those who cannot see it.

All have a title, and a note below that names units, method and sources. A kind of figure is a subclass of `Figure`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from matplotlib.figure import Figure as Drawing

from sim.base.text import LANGUAGES, Language, Text, joined
from sim.base.words import with_unit_text
from sim.report import style

Points = tuple[tuple[float, float], ...]
"""Pairs of a year, or another place on the level axis, and a value."""
COLON, COMMA, SEMICOLON = Text("：", ": "), Text("、", ", "), Text("；", "; ")
_SOURCE = Text("\n来源：", "\nSource: ")


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


@dataclass(frozen=True)
class Figure(ABC):
    """Arrays and words of a figure."""

    frame: Frame
    between: ClassVar[Text] = SEMICOLON
    """The sign between its parts in words."""

    @abstractmethod
    def draw(self, language: Language) -> Drawing:
        """Draw it in the style of the house; the caller is within `style.house_style`."""

    @abstractmethod
    def said(self) -> list[Text]:
        """Its parts, in words."""

    def described(self) -> Text:
        """The figure in words, for those who cannot see it."""
        return self.frame.title + COLON + joined(self.said(), self.between)

    def canvas(self, language: Language, height: float, width: float = style.WIDTH) -> Drawing:
        """An empty figure with title and note."""
        return style.new_figure(*self.frame.words(language), (width, height))

    @property
    def weight(self) -> int:
        """About how long it takes to draw: its panels, or else its rows."""
        return max((len(value) for value in vars(self).values() if isinstance(value, tuple)), default=1)


def parts(figure: Any, rows: str, most: int) -> Iterator[Any]:
    """The figure, or several of at most so many of its `rows` each, as even as may be; none without rows."""
    every, frame = getattr(figure, rows), figure.frame
    count = math.ceil(len(every) / most)
    if count <= 1:
        yield from [figure][:count]
        return
    ends = [len(every) * place // count for place in range(count + 1)]
    for place in range(count):
        title = frame.title + Text(f"（{place + 1}/{count}）", f" ({place + 1} of {count})")
        yield replace(figure, frame=replace(frame, title=title), **{rows: every[ends[place] : ends[place + 1]]})


def points_of(values: Mapping[int, float]) -> Points:
    """Values by year as pairs."""
    return tuple((float(year), float(value)) for year, value in values.items())


def with_unit_of(title: Text, unit: Text) -> Text:
    """The title of a panel with its unit."""
    return Text(*(with_unit_text(title.in_language(spoken), unit.in_language(spoken), spoken) for spoken in LANGUAGES))
