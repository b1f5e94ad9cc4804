"""Figure: causal loop diagrams. Each named feedback loop as a ring, with the sign of every link."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch

from sim.report import style
from sim.report.figures.frame import COLON, SEMICOLON, Frame
from sim.text import Language, Text, joined

_COLUMNS, _SIDE, _LABEL = 2, 4.2, 13
_SIGNS = {1: "+", -1: "−", 0: "0"}
_GAP = 0.30
"""Part of the way between two places that the arrow leaves free at either end, for the names."""


@dataclass(frozen=True)
class Ring:
    """A loop: its name, whether it reinforces or balances, its variables in order of influence, the sign of each link."""

    key: str
    label: Text
    polarity: Text
    nodes: tuple[Text, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True)
class Loops:
    """Rings side by side."""

    frame: Frame
    rings: tuple[Ring, ...]
    kind: Literal["loops"] = "loops"


def draw(data: Loops, language: Language) -> Figure:
    """Clockwise, from the top; blue links have equal direction, orange ones the opposite."""
    columns = min(_COLUMNS, max(len(data.rings), 1))
    rows = math.ceil(len(data.rings) / columns)
    figure = style.new_figure(*data.frame.words(language), (_SIDE * columns, _SIDE * rows + 1.0))
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    for axes, ring in zip(grid, data.rings, strict=False):
        _draw_ring(axes, ring, language)
    return figure


def _draw_ring(axes: Axes, ring: Ring, language: Language) -> None:
    count = len(ring.nodes)
    for place, (name, sign) in enumerate(zip(ring.nodes, ring.signs, strict=True)):
        x, y = _spot(place, count)
        axes.text(
            x, y, style.wrapped(name, language, _LABEL), ha="center", va="center", fontsize=7.5, linespacing=1.15, zorder=3
        )
        _link(axes, place, count, sign)
    axes.text(
        0, 0, f"{ring.key}\n{ring.polarity.in_language(language)}", ha="center", va="center", fontsize=9, color=style.GREY
    )
    axes.set_title(style.wrapped(ring.label, language, 40), fontsize=9.5)
    axes.set_xlim(-1.35, 1.35)
    axes.set_ylim(-1.25, 1.25)
    axes.set_aspect("equal")


def _spot(place: float, count: int) -> tuple[float, float]:
    """A place on the ring, clockwise from the top."""
    turn = 2.0 * math.pi * place / count
    return math.sin(turn), math.cos(turn)


def _link(axes: Axes, place: int, count: int, sign: int) -> None:
    """An arc to the next place, its sign beside the head."""
    tint = style.GAIN if sign >= 0 else style.LOSS
    start, end = _spot(place + _GAP, count), _spot(place + 1 - _GAP, count)
    bend = -math.tan(math.pi * (1.0 - 2.0 * _GAP) / count / 2.0)
    way = f"arc3,rad={bend:.3f}"
    axes.add_patch(FancyArrowPatch(start, end, connectionstyle=way, arrowstyle="-|>", mutation_scale=9, lw=1.4, color=tint))
    x, y = _spot(place + 1 - _GAP - 0.04, count)
    axes.text(0.8 * x, 0.8 * y, _SIGNS[sign], ha="center", va="center", fontsize=11, color=tint)


def described(data: Loops) -> Text:
    """Each loop with its links."""
    return data.frame.title + COLON + joined([_said(ring) for ring in data.rings], SEMICOLON)


def _said(ring: Ring) -> Text:
    head = Text(f"{ring.key} ", f"{ring.key} ") + ring.label + Text("，", ", ") + ring.polarity
    return head + COLON + joined([*ring.nodes, ring.nodes[0]], Text(" → ", " → "))
