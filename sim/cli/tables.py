"""Tables on a terminal of any width: where the columns do not fit beside each other, each row is a small block of its own."""

from __future__ import annotations

from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text as Styled

_BETWEEN = 2
"""Blanks between two columns, and before the lines of a block."""
_NARROWEST = 12
"""Cells in which a column that may wrap can still be read."""


def print_table(table: Table, console: Console) -> None:
    """Print a table, or its rows as blocks where the terminal is narrower than its columns; nothing is ever cut off."""
    if _least_width(table) <= console.width:
        console.print(table)
        return
    for line in _blocks(table, console.width):
        console.print(line, soft_wrap=True)


def _least_width(table: Table) -> int:
    """Cells that the columns take at least."""
    return sum(_least(column) for column in table.columns) + _BETWEEN * (len(table.columns) - 1)


def _least(column: Column) -> int:
    longest = max(_wide(str(cell)) for cell in (column.header, *column.cells))
    return longest if column.no_wrap else min(longest, column.min_width or _NARROWEST)


def _wide(markup: str) -> int:
    return cell_len(Styled.from_markup(markup).plain)


def _blocks(table: Table, width: int) -> Iterator[Styled]:
    """Lines of all rows: what the row is about, and below it what each column says, as many abreast as fit."""
    heads = [str(column.header) for column in table.columns]
    for row in zip(*(column.cells for column in table.columns), strict=True):
        first, *rest = (Styled.from_markup(str(cell)) for cell in row)
        yield from _wrapped(Styled(first.plain, style="bold"), width)
        said = [Styled(f"{head} ") + cell for head, cell in zip(heads[1:], rest, strict=True) if cell.plain.strip()]
        yield from _filled(said, width)


def _filled(parts: list[Styled], width: int) -> Iterator[Styled]:
    """The parts in lines of at most `width` cells, set in from the left; a part that is longer is wrapped."""
    line = Styled()
    for part in parts:
        if line.plain and cell_len(line.plain) + _BETWEEN + cell_len(part.plain) > width:
            yield line
            line = Styled()
        line += Styled(" " * _BETWEEN) + part
        if cell_len(line.plain) > width:
            yield from _wrapped(line, width)
            line = Styled()
    if line.plain:
        yield line


def _wrapped(text: Styled, width: int) -> Iterator[Styled]:
    for line in text.wrap(Console(width=width), width, overflow="fold"):
        line.rstrip()
        yield line
