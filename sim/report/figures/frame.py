"""What every figure of a report has in common: a title, and a note below that names units, method and sources."""

from __future__ import annotations

from dataclasses import dataclass

from sim.text import Language, Text

Points = tuple[tuple[float, float], ...]
"""Pairs of a year, or another place on the level axis, and a value."""
COLON, COMMA, SEMICOLON = Text("：", ": "), Text("、", ", "), Text("；", "; ")


@dataclass(frozen=True)
class Frame:
    """Title and note of a figure; `source` says where its numbers come from."""

    title: Text
    note: Text
    source: Text

    def words(self, language: Language) -> tuple[str, str]:
        """The title, and the note with the source."""
        return self.title.in_language(language), (self.note + _SOURCE + self.source).in_language(language)


_SOURCE = Text("\n来源：", "\nSource: ")


def points_of(values: dict[int, float]) -> Points:
    """Values by year as pairs."""
    return tuple((float(year), float(value)) for year, value in values.items())
