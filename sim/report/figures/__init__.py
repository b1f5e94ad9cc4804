"""Figures: each a record of arrays and words, a function that draws it, and one that says it for those who cannot see it."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Annotated, Any

from matplotlib.figure import Figure as Drawing
from pydantic import Field

from sim.base.text import Language, Text
from sim.report.figures import (
    conflicts,
    lines,
    loops,
    moves,
    progress,
    pyramid,
    rates,
    schedule,
    tornado,
    verdicts,
    waterfall,
)

Figure = Annotated[
    conflicts.Conflicts
    | lines.Lines
    | loops.Loops
    | moves.Moves
    | progress.Progress
    | pyramid.Pyramid
    | rates.Rates
    | schedule.Schedule
    | tornado.Tornado
    | verdicts.Verdicts
    | waterfall.Waterfall,
    Field(discriminator="kind"),
]


def _name(kind: ModuleType) -> str:
    return kind.__name__.rpartition(".")[2]


_KINDS = (conflicts, lines, loops, moves, progress, pyramid, rates, schedule, tornado, verdicts, waterfall)
"""The kinds of figures; each is called as its module."""
DRAW: dict[str, Callable[[Any, Language], Drawing]] = {_name(kind): kind.draw for kind in _KINDS}
_DESCRIBED: dict[str, Callable[[Any], Text]] = {_name(kind): kind.described for kind in _KINDS}


def drawn(figure: Any, language: Language) -> Drawing:
    """Draw a figure in the style of the house; the caller is within `style.house_style`."""
    return DRAW[figure.kind](figure, language)


def described(figure: Any) -> Text:
    """What a figure shows, in words."""
    return _DESCRIBED[figure.kind](figure)
