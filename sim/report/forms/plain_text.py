"""A report in one language, as plain values that a form writes down: numbered chapters, tables and figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from sim.base.text import Language, Text
from sim.report.cells import Cell, Words
from sim.report.document import Block, Bullets, Heading, Paragraph, Picture, Report, Table
from sim.report.forms import PAGE, file_name
from sim.report.forms import TABLE as TABLE_FILE
from sim.report.lettering import content, shares, size_of

TABLE, FIGURE = Text("表", "Table"), Text("图", "Figure")
_ON_SCREEN = 24
"""Letters that a column of texts keeps on a screen, however narrow: the table is moved sideways then."""
_NUMERALS = "一二三四五六七八九十"


Numbers = dict[type[Block], dict[str, int]]


def numbering(report: Report) -> Numbers:
    """The numbers of tables and of figures by their keys, in the order of the report, each counted from one."""
    keys = {kind: [block.key for block in report.blocks() if isinstance(block, kind)] for kind in (Table, Picture)}
    return {kind: {key: place for place, key in enumerate(found, 1)} for kind, found in keys.items()}


def caption(word: Text, number: int, title: Text, language: Language) -> str:
    """Such as 表 3　情景设定, or Table 3. Settings."""
    gap = "　" if language == "zh" else ". "
    return f"{word.in_language(language)} {number}{gap}{title.in_language(language)}"


def plain_text(report: Report, language: Language) -> dict[str, Any]:
    """The whole report."""
    numbers = numbering(report)
    return {
        "language": language,
        "title": report.title.in_language(language),
        "subtitle": report.subtitle.in_language(language),
        "contents": Text("目录", "Contents").in_language(language),
        "chapters": [
            {
                "key": chapter.key,
                "title": chapter_title(chapter.title, place, language),
                "blocks": [
                    _block(block, report, numbers, language) | {"floats": floats, "opens": _opens(block, after)}
                    for block, after, floats in zip_longest(chapter.blocks, chapter.blocks[1:], _floating(chapter.blocks))
                ],
            }
            for place, chapter in enumerate(report.chapters)
        ],
    }


def _floating(blocks: Sequence[Block]) -> Iterator[bool]:
    """True for each picture that may leave its place, for paper to be filled.

    One that opens a part stays, since the part may hold nothing else; one that follows another does as that one does.
    """
    floats, before = False, None
    for block in blocks:
        if not isinstance(before, Picture):
            floats = not (before is None or isinstance(before, Heading))
        yield isinstance(block, Picture) and floats
        before = block


def _opens(block: Block, after: Block | None) -> bool:
    """True where a picture comes straight below: those before it that may leave their place must stand by then."""
    return isinstance(block, Heading) and isinstance(after, Picture)


def chapter_title(title: Text, place: int, language: Language) -> str:
    """一、总体评估结论, or 1. Overall conclusion; an appendix bears no number."""
    text = title.in_language(language)
    if text.startswith(("附", "Appendix")):
        return text
    return f"{_NUMERALS[place]}、{text}" if language == "zh" else f"{place + 1}. {text}"


def _block(block: Block, report: Report, numbers: Numbers, language: Language) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "style": block.style, "text": block.text.in_language(language)}
    if isinstance(block, Bullets):
        return {"kind": "bullets", "items": [item.in_language(language) for item in block.items]}
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text.in_language(language)}
    if isinstance(block, Table):
        return _table(block, numbers, language)
    figure = report.figures[block.key]
    return {
        "kind": "picture",
        "key": block.key,
        "caption": caption(FIGURE, numbers[Picture][block.key], figure.frame.title, language),
        "described": figure.described().in_language(language),
    }


def _table(table: Table, numbers: Numbers, language: Language) -> dict[str, Any]:
    rows = [[_cell(cell, language) for cell in row] for row in table.rows]
    return {
        "kind": "table",
        "key": table.key,
        "caption": caption(TABLE, numbers[Table][table.key], table.caption, language),
        "note": table.note.in_language(language),
        "is_long": table.is_long,
        "elsewhere": _elsewhere(len(table.rows), language) if table.is_long else "",
        "columns": _columns(table, rows, language),
        "size": size_of(len(table.columns)),
        "rows": rows,
    }


def _columns(table: Table, rows: list[list[dict[str, Any]]], language: Language) -> list[dict[str, Any]]:
    """Heads, with the part of a paper page that each column takes, and the letters that it keeps on a narrow screen."""
    found = [
        content(
            column.title.in_language(language),
            [row[place]["text"] for row in rows],
            [line for row in rows for line in row[place]["below"]],
            is_number=column.is_number,
        )
        for place, column in enumerate(table.columns)
    ]
    return [
        {
            "title": column.title.in_language(language),
            "is_number": column.is_number,
            "share": share,
            "letters": min(item.whole, max(item.least, _ON_SCREEN)),
        }
        for column, item, share in zip(table.columns, found, shares(found), strict=True)
    ]


def _elsewhere(rows: int, language: Language) -> str:
    """The files in which a long table stands."""
    book, page = file_name(TABLE_FILE, language), file_name(PAGE, language)
    return Text(f"共 {rows} 行，见 {book} 与 {page}。", f"{rows} rows: see {book} and {page}.").in_language(language)


def _cell(cell: Cell, language: Language) -> dict[str, Any]:
    if isinstance(cell, Words):
        below = [line.in_language(language) for line in cell.below]
        return {"text": cell.text.in_language(language), "below": below, "tone": cell.tone, "link": cell.link}
    return {"text": cell.shown(language), "below": [], "tone": "quiet" if cell.value is None else "plain", "link": ""}


def cell_text(cell: Cell, language: Language) -> str:
    """A cell as one text, its small lines below it."""
    if isinstance(cell, Words):
        lines = [cell.text, *cell.below]
        return "\n".join(line.in_language(language) for line in lines)
    return cell.shown(language)
