"""Figure: causal loop diagrams. Each named feedback loop as a ring, with the sign of every link."""

from __future__ import annotations

import math
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from sim.base.text import Language, Text, joined, same
from sim.report import style
from sim.report.figures import COLON, Figure
from sim.simulate.result import Ring

_COLUMNS, _HEIGHT, _LABEL, _PIECES = 2, 3.6, 13, 24
_SIGNS = {1: "+", -1: "−", 0: "0"}
_GAP, _WIDEST_GAP = 0.14, 0.02
"""Part of the way between two places that the arrow leaves free at either end, at most so much of the whole ring."""
_OUTSIDE, _INSIDE, _UPRIGHT = 1.09, 0.85, 0.2
"""Places of names and signs, in radii; a name this near to the axis stands above or below its place, others beside it."""


@dataclass(frozen=True)
class Loops(Figure):
    """Rings side by side."""

    rings: tuple[Ring, ...]

    def draw(self, language: Language) -> Drawing:
        """Clockwise, from the top; blue links have equal direction, orange ones the opposite."""
        columns = min(_COLUMNS, max(len(self.rings), 1))
        rows = math.ceil(len(self.rings) / columns)
        figure = self.canvas(language, _HEIGHT * rows + 1.0)
        grid = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes in grid:
            axes.set_axis_off()
        for axes, ring in zip(grid, self.rings, strict=False):
            _draw_ring(axes, ring, language)
        return figure

    def said(self) -> list[Text]:
        """Each loop with its links."""
        return [
            same(f"{ring.key} ")
            + ring.label
            + Text("，", ", ")
            + ring.polarity
            + COLON
            + joined([*ring.nodes, ring.nodes[0]], same(" → "))
            for ring in self.rings
        ]


def _draw_ring(axes: Axes, ring: Ring, language: Language) -> None:
    count = len(ring.nodes)
    for place, (name, sign) in enumerate(zip(ring.nodes, ring.signs, strict=True)):
        axes.plot(*_spot(place, count), "o", color=style.INK, ms=3.5, zorder=3)
        _name(axes, style.wrapped(name, language, _LABEL), *_spot(place, count))
        _link(axes, place, count, sign)
    inside = f"{ring.key}\n{ring.polarity.in_language(language)}"
    axes.text(0, 0, inside, ha="center", va="center", fontsize=9, color=style.GREY)
    axes.set_title(style.wrapped(ring.label, language, 40), fontsize=9.5)
    axes.set_xlim(-1.75, 1.75)
    axes.set_ylim(-1.45, 1.45)
    axes.set_aspect("equal")


def _name(axes: Axes, name: str, x: float, y: float) -> None:
    """A name outside the ring, away from its place."""
    aside, above = ("left" if x > 0.0 else "right"), ("bottom" if y > 0.0 else "top")
    across, up = ("center", above) if abs(x) < _UPRIGHT else (aside, "center")
    axes.text(_OUTSIDE * x, _OUTSIDE * y, name, ha=across, va=up, fontsize=7.5, linespacing=1.1, zorder=3)


def _spot(place: float, count: int) -> tuple[float, float]:
    """A place on the ring, clockwise from the top."""
    turn = 2.0 * math.pi * place / count
    return math.sin(turn), math.cos(turn)


def _link(axes: Axes, place: int, count: int, sign: int) -> None:
    """An arc to the next place, its sign beside the head."""
    tint = style.GAIN if sign >= 0 else style.LOSS
    gap = min(_GAP, _WIDEST_GAP * count)
    way = Path([_spot(place + gap + (1.0 - 2.0 * gap) * part / _PIECES, count) for part in range(_PIECES + 1)])
    axes.add_patch(FancyArrowPatch(path=way, arrowstyle="-|>", mutation_scale=9, lw=1.4, color=tint))
    x, y = _spot(place + 1 - gap - 0.04, count)
    axes.text(_INSIDE * x, _INSIDE * y, _SIGNS[sign], ha="center", va="center", fontsize=11, color=tint)
