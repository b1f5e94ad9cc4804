"""The code blocks of a page: what each is, and what a comment before it says is to be done with it.

`<!-- file: NAME -->` the block is written there, `<!-- append: NAME -->` added there, `<!-- edit: NAME -->` is a
difference that is made to it, `<!-- not run: why -->` is left alone,
`<!-- output -->` shows what a program prints, `<!-- output of: COMMAND -->` is held against it, `<!-- served ... -->` goes on
until Ctrl-C. Without a comment, lines that begin with `python` are run, YAML is a scenario or a part of one, Python is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMMENT = re.compile(r"<!-- (.*) -->")


@dataclass(frozen=True)
class CodeBlock:
    """A block with its language (none for an indented one), and the comment before it."""

    language: str
    text: str
    comment: str
    line: int


def blocks_of(page: Path) -> Iterator[CodeBlock]:
    """Fenced and indented blocks in order."""
    lines, comment, place = page.read_text(encoding="utf-8").splitlines(), "", 0
    while place < len(lines):
        line = lines[place]
        found = _COMMENT.fullmatch(line.strip())
        if found:
            comment = found[1]
        elif line.startswith("```"):
            end = next(at for at in range(place + 1, len(lines)) if lines[at].startswith("```"))
            yield CodeBlock(line.strip("`").strip(), "\n".join(lines[place + 1 : end]) + "\n", comment, place + 1)
            comment, place = "", end
        elif line.startswith("    ") and place and not lines[place - 1].strip() and not _is_in_a_directive(lines, place):
            end = next((at for at in range(place, len(lines)) if not lines[at].startswith("    ")), len(lines))
            yield CodeBlock("", "\n".join(item[4:] for item in lines[place:end]) + "\n", comment, place + 1)
            comment, place = "", end - 1
        elif line.strip():
            comment = ""
        place += 1


def _is_in_a_directive(lines: list[str], place: int) -> bool:
    """Options below `::: module` belong to the documentation builder."""
    before = [line for line in lines[:place] if line.strip()]
    return bool(before) and before[-1].startswith(":::")
