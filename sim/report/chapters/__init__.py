"""The chapters of a report, in the bureau's skeleton: each a function of a result that gives its blocks and its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.base.errors import Fault, ModelError, nearest
from sim.base.text import Text
from sim.inputs.outline import PART
from sim.report.document import Block, Bullets, Chapter, Heading, Paragraph, Picture
from sim.report.figures import parts

MOST_ROWS = 20
"""Rows of a figure that fit on a page."""
NO_TARGETS = Paragraph(Text("本情景没有可评分的目标。", "This scenario has no target to score."))


@dataclass(frozen=True)
class Part:
    """A chapter, and the figures that stand in it."""

    chapter: Chapter
    figures: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Every figure of a chapter has a place in it: a picture that no page shows is a slip in its name."""
        shown = {block.key for block in self.chapter.blocks if isinstance(block, Picture)}
        faults = [_unlike(name, self.figures) for name in sorted(shown - set(self.figures))]
        faults += [_unlike(name, shown) for name in sorted(set(self.figures) - shown)]
        if faults:
            raise ModelError(faults)


def _unlike(name: str, known: Iterable[str]) -> Fault:
    message = Text(f"图 {name} 与本章列出的图不符", f"the figure {name} is not among those that the chapter shows")
    return Fault(message, advice=nearest(name, known))


def small(lines: Iterable[Text]) -> list[Block]:
    """Remarks, a small paragraph each."""
    return [Paragraph(line, "small") for line in lines]


def listed(title: Text, items: Iterable[Text]) -> list[Block]:
    """A list under a heading; nothing where it is empty."""
    found = tuple(items)
    return [Heading(title), Bullets(found)] if found else []


def pictured(figures: Mapping[str, Any], *names: str) -> list[Block]:
    """The places of those figures that there are, each with its further parts."""
    return [Picture(key) for name in names for key in figures if key.partition(PART)[0] == name]


def present(**figures: Any) -> dict[str, Any]:
    """Figures by name, without those that could not be made."""
    return {name: figure for name, figure in figures.items() if figure is not None}


def in_parts(name: str, figure: Any, rows: str, most: int) -> dict[str, Any]:
    """A figure of many rows as several, so that each fits on a page; nothing for one without rows."""
    found = list(parts(figure, rows, most))
    return {name if place == 1 else f"{name}{PART}{place}": part for place, part in enumerate(found, 1)}
