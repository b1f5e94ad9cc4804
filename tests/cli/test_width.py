"""Scorecards on terminals of 60, 80 and 120 cells, in both languages: every target keeps its name and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from itertools import count
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from sim.base.text import LANGUAGES, Language
from sim.cli.console import Speaker, print_table
from sim.cli.run import print_scorecard
from sim.report.score_words import score_cells
from sim.simulate import pipeline


def printed(scores: Sequence[Any], language: Language, width: int) -> str:
    stream = StringIO()
    print_scorecard(scores, Speaker(language, out=Console(file=stream, width=width, force_terminal=False)))
    return stream.getvalue()


def squeezed(text: str) -> str:
    return "".join(text.split())


def first_column(text: str) -> str:
    """The first column of a table: what stands before the first two blanks that all its lines share."""
    lines = [in_cells(line) for line in text.rstrip("\n").split("\n")]
    end = next(place for place in count(1) if all(line[place : place + 2].strip() == "" for line in lines))
    return squeezed("".join(line[:end] for line in lines).replace(WIDE, ""))


def in_cells(line: str) -> str:
    """A letter for each cell: a wide one is followed by a mark."""
    return "".join(letter if cell_len(letter) == 1 else letter + WIDE for letter in line)


WIDE = "\0"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_scorecard_keeps_names_and_numbers(outcomes: Sequence[pipeline.Outcome], language: Language, width: int) -> None:
    for outcome in outcomes:
        text = printed(outcome.scores, language, width)
        assert max(cell_len(line) for line in text.split("\n")) <= width
        assert "…" not in text
        is_table = "\n" in text and text.split("\n")[0].count("  ") > 3
        names = first_column(text) if is_table else squeezed(text)
        for score in outcome.scores:
            cells = score_cells(score, language)
            assert squeezed(cells["name"]) in names
            for key in ("unit", "year", "projected", "gap", "actual"):
                assert squeezed(cells[key]) in squeezed(text)
        assert is_table == (width == 120)


def test_a_table_that_fits_stays_a_table_and_one_that_does_not_loses_nothing() -> None:
    table = Table(box=None, pad_edge=False)
    for head in ("名称", "数值", "说明"):
        table.add_column(head, no_wrap=True)
    table.add_row("全社会研发投入强度", "[red]未实现[/]", "字" * 40)
    for width in (110, 50, 30):
        stream = StringIO()
        print_table(table, Console(file=stream, width=width))
        lines = stream.getvalue().rstrip("\n").split("\n")
        assert max(cell_len(line.rstrip()) for line in lines) <= width
        assert squeezed(stream.getvalue()).count("字") == 40
        assert ("名称" in lines[0]) == (width == 110)
        assert "[red]" not in stream.getvalue()
