"""A chapter with the figures that stand in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.report.document import Block, Bullets, Chapter, Heading, Paragraph, Picture
from sim.text import Text


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
    """The places of those figures that there are."""
    return [Picture(name) for name in names if name in figures]


def present(**figures: Any) -> dict[str, Any]:
    """Figures by name, without those that could not be made."""
    return {name: figure for name, figure in figures.items() if figure is not None}
