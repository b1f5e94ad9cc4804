"""Figures: each a record of arrays and words, a function that draws it, and one that says it for those who cannot see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from matplotlib.figure import Figure as Drawing
from pydantic import Field

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
from sim.text import Language, Text

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

DRAW: dict[str, Callable[[Any, Language], Drawing]] = {
    "conflicts": conflicts.draw,
    "lines": lines.draw,
    "loops": loops.draw,
    "moves": moves.draw,
    "progress": progress.draw,
    "pyramid": pyramid.draw,
    "rates": rates.draw,
    "schedule": schedule.draw,
    "tornado": tornado.draw,
    "verdicts": verdicts.draw,
    "waterfall": waterfall.draw,
}
_DESCRIBED: dict[str, Callable[[Any], Text]] = {
    "conflicts": conflicts.described,
    "lines": lines.described,
    "loops": loops.described,
    "moves": moves.described,
    "progress": progress.described,
    "pyramid": pyramid.described,
    "rates": rates.described,
    "schedule": schedule.described,
    "tornado": tornado.described,
    "verdicts": verdicts.described,
    "waterfall": waterfall.described,
}


def drawn(figure: Any, language: Language) -> Drawing:
    """Draw a figure in the style of the house; the caller is within `style.house_style`."""
    return DRAW[figure.kind](figure, language)


def described(figure: Any) -> Text:
    """What a figure shows, in words."""
    return _DESCRIBED[figure.kind](figure)
