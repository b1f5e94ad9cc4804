"""Figure: response curves. What an indicator or a probability becomes as one input goes from value to value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, MaxNLocator
from numpy.typing import NDArray

from sim.base.text import LANGUAGES, Language, Text
from sim.base.words import with_unit_text
from sim.report import style

Values = NDArray[Any]
_BAND, _TITLE_WIDTH, _MOST_TICKS = "#d6e3f0", 40, 6
_DARKEST, _LIGHTEST = 0.05, 0.8


@dataclass(frozen=True)
class Line:
    """Values [point] at places across; `low` and `high` bound a band where there is one."""

    across: Values
    values: Values
    label: Text | None = None
    low: Values | None = None
    high: Values | None = None


@dataclass(frozen=True)
class Panel:
    """One indicator: its lines, and what the plan asks of it."""

    title: Text
    unit: str
    lines: Sequence[Line]
    target: float | None = None
    limits: tuple[float, float] | None = None
    """Ends of the axis, where they are given: so that probabilities of all panels can be compared."""


def draw(panels: Sequence[Panel], title: Text, across: str, note: Text, language: Language) -> Figure:
    """One panel for each indicator, all over the same input `across`."""
    figure, grid = style.panels(len(panels), title.in_language(language), note.in_language(language))
    for axes, panel in zip(grid, panels, strict=True):
        _draw_panel(axes, panel, across, language)
    fullest = max(range(len(panels)), key=lambda place: panels[place].target is not None)
    if grid[fullest].get_legend_handles_labels()[1]:
        style.one_legend(figure, grid[fullest])
    return figure


def _draw_panel(axes: Axes, panel: Panel, across: str, language: Language) -> None:
    for line, colour in zip(panel.lines, _colours(len(panel.lines)), strict=True):
        label = line.label.in_language(language) if line.label else None
        if line.low is not None and line.high is not None:
            band = Text("80% 区间", "80 % band").in_language(language)
            axes.fill_between(line.across, line.low, line.high, color=_BAND, lw=0, label=band, zorder=1)
        axes.plot(line.across, line.values, "o-", ms=4, lw=1.8, color=colour, label=label, zorder=3)
    if panel.target is not None:
        asked = Text("规划目标", "target of the plan").in_language(language)
        axes.axhline(panel.target, color=style.MISSED, lw=1.4, ls="--", label=asked, zorder=2)
    zh, en = (with_unit_text(panel.title.in_language(spoken), panel.unit, spoken) for spoken in LANGUAGES)
    axes.set_title(style.wrapped(Text(zh, en), language, _TITLE_WIDTH))
    axes.set_xlabel(across)
    places = np.unique(np.concatenate([line.across for line in panel.lines]))
    evenly = MaxNLocator(_MOST_TICKS, integer=places.dtype.kind == "i")  # numbers of points are whole
    axes.xaxis.set_major_locator(FixedLocator(places.tolist()) if len(places) <= _MOST_TICKS else evenly)
    if panel.limits is not None:
        axes.set_ylim(*panel.limits)
    style.thousands(axes)


def _colours(count: int) -> list[Any]:
    """Dark to light, since the curves have an order; the house's blue for a single one."""
    if count == 1:
        return [style.colour(0)]
    shades = mpl.colormaps["viridis"]
    return [shades(_DARKEST + (_LIGHTEST - _DARKEST) * place / (count - 1)) for place in range(count)]
