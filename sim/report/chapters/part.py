"""A chapter with the figures that stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.report.document import Block, Bullets, Chapter, Heading, Paragraph, Picture
from sim.report.figures.frame import parts
from sim.text import Text

MOST_ROWS = 20
"""Rows of a figure that fit on a page."""
_PART = "_part"
"""What stands between the key of a figure and the number of its further parts."""
NO_TARGETS = Paragraph(Text("本情景没有可评分的目标。", "This scenario has no target to score."))


@dataclass(frozen=True)
class Part:
    """What a chapter gives to the report."""

    chapter: Chapter
    figures: Mapping[str, Any] = field(default_factory=dict)


def small(lines: Iterable[Text]) -> list[Block]:
    """Remarks, a small paragraph each."""
    return [Paragraph(line, "small") for line in lines]


def listed(title: Text, items: Iterable[Text]) -> list[Block]:
    """A list under a heading; nothing where it is empty."""
    found = tuple(items)
    return [Heading(title), Bullets(found)] if found else []


def pictured(figures: Mapping[str, Any], *names: str) -> list[Block]:
    """The places of those figures that there are, each with its further parts."""
    return [Picture(key) for name in names for key in figures if key.partition(_PART)[0] == name]


def present(**figures: Any) -> dict[str, Any]:
    """Figures by name, without those that could not be made."""
    return {name: figure for name, figure in figures.items() if figure is not None}


def in_parts(name: str, figure: Any, rows: str, most: int) -> dict[str, Any]:
    """A figure of many rows as several, so that each fits on a page; nothing for one without rows."""
    found = list(parts(figure, rows, most))
    return {name if place == 1 else f"{name}{_PART}{place}": part for place, part in enumerate(found, 1)}
