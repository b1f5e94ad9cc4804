"""A report as data: chapters of paragraphs, tables and figures; every text in two languages, every number once.

What is printed in Word, Excel, PDF and on the page is this record and nothing else, so that all of them say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from sim.base.text import Text
from sim.report.cells import NOTHING, Cell, Column, Item
from sim.report.figures import Figure


@dataclass(frozen=True)
class Table:
    """Rows of cells under their heads. A long table stands in Excel and, folded, on the page; paper says where it stands."""

    key: str
    caption: Text
    columns: tuple[Column[Any], ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Text = NOTHING
    is_long: bool = False


def table_of(
    key: str,
    caption: Text,
    columns: Iterable[Column[Item]],
    items: Iterable[Item],
    note: Text = NOTHING,
    *,
    is_long: bool = False,
) -> Table:
    """A table with a row for each item."""
    heads = tuple(columns)
    return Table(key, caption, heads, tuple(tuple(head.cell(item) for head in heads) for item in items), note, is_long)


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; `lead` is the sentence that a reader must see, `small` is for remarks."""

    text: Text
    style: Literal["lead", "normal", "strong", "small"] = "normal"


@dataclass(frozen=True)
class Bullets:
    """A list of sentences."""

    items: tuple[Text, ...]


@dataclass(frozen=True)
class Heading:
    """The head of a part of a chapter."""

    text: Text


@dataclass(frozen=True)
class Picture:
    """The place of a figure, by its key."""

    key: str


Block = Paragraph | Bullets | Heading | Table | Picture


@dataclass(frozen=True)
class Chapter:
    """A chapter of the bureau's skeleton."""

    key: str
    title: Text
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """The record of a report: what it is of, its chapters, and its figures by key."""

    title: Text
    subtitle: Text
    scenario: str
    scenario_name: Text
    run: str
    engine: str
    chapters: tuple[Chapter, ...]
    figures: dict[str, Figure]
    members: dict[str, dict[str, Text]]
    """Names of the members of dimensions, for the table of all indicators."""
    left_out: frozenset[str] = frozenset()
    """Dimensions with too many members for that table."""
    as_of: int | None = None
    """The last year whose data judge the targets, where somebody asked for one."""
    troubles: tuple[Text, ...] = ()
    """The figures that could not be made, and why."""

    def tables(self) -> Iterator[Table]:
        """Every table, in order."""
        for block in self.blocks():
            if isinstance(block, Table):
                yield block

    def blocks(self) -> Iterator[Block]:
        """Every block, in order."""
        for chapter in self.chapters:
            yield from chapter.blocks

    def without(self, lost: Mapping[str, Text]) -> Report:
        """The report without some figures, of each of which it is said why."""

        def kept(block: Block) -> bool:
            return not isinstance(block, Picture) or block.key not in lost

        chapters = tuple(replace(item, blocks=tuple(filter(kept, item.blocks))) for item in self.chapters)
        figures = {name: figure for name, figure in self.figures.items() if name not in lost}
        return replace(self, chapters=chapters, figures=figures, troubles=(*self.troubles, *lost.values()))


def not_drawn(name: str, error: Exception) -> Text:
    """A sentence on a figure that could not be made."""
    reason = f"{type(error).__name__}: {error}"
    return Text(f"图 {name} 没有画出：{reason}", f"the figure {name} was not drawn: {reason}")
