"""Figure: response curves. An indicator or a probability as one input goes from value to value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import FixedLocator, MaxNLocator

from sim.base.text import LANGUAGES, Language, Text, joined
from sim.base.words import plain, with_unit_text
from sim.report import style
from sim.report.figures.frame import COLON, SEMICOLON, Figure

_BAND, _TITLE_WIDTH, _MOST_TICKS = "#d6e3f0", 40, 6
_DARKEST, _LIGHTEST = 0.05, 0.8


@dataclass(frozen=True)
class ResponseCurve:
    """Values at places across; `low` and `high` bound a band where there is one."""

    across: tuple[float, ...]
    values: tuple[float, ...]
    label: Text | None = None
    low: tuple[float, ...] | None = None
    high: tuple[float, ...] | None = None


@dataclass(frozen=True)
class ResponsePanel:
    """One indicator: its curves, and what the plan asks of it."""

    title: Text
    unit: Text
    curves: tuple[ResponseCurve, ...]
    target: float | None = None
    limits: tuple[float, float] | None = None
    """Ends of the axis, where they are given: so that probabilities of all panels can be compared."""


@dataclass(frozen=True)
class Response(Figure):
    """One panel for each indicator, all over the same input `across`."""

    panels: tuple[ResponsePanel, ...]
    across: Text
    is_whole: bool = False
    """Whether places across are numbers of points, which are whole."""

    def draw(self, language: Language) -> Drawing:
        """Curves in panels."""
        figure, grid = style.panels(len(self.panels), *self.frame.words(language))
        for axes, panel in zip(grid, self.panels, strict=True):
            _draw_panel(axes, panel, language)
            self._mark_places(axes, panel, language)
        fullest = max(range(len(self.panels)), key=lambda place: self.panels[place].target is not None)
        if grid[fullest].get_legend_handles_labels()[1]:
            style.one_legend(figure, grid[fullest])
        return figure

    def _mark_places(self, axes: Axes, panel: ResponsePanel, language: Language) -> None:
        axes.set_xlabel(self.across.in_language(language))
        places = sorted({place for curve in panel.curves for place in curve.across})
        evenly = MaxNLocator(_MOST_TICKS, integer=self.is_whole)
        axes.xaxis.set_major_locator(FixedLocator(places) if len(places) <= _MOST_TICKS else evenly)

    def described(self) -> Text:
        """The span of each indicator."""
        said = []
        for panel in self.panels:
            values = [value for curve in panel.curves for value in curve.values]
            span = f" {plain(float(np.nanmin(values)))}–{plain(float(np.nanmax(values)))}"
            said.append(panel.title + Text(span, span.replace("–", " to ")))
        return self.frame.title + COLON + joined(said, SEMICOLON)


def _draw_panel(axes: Axes, panel: ResponsePanel, language: Language) -> None:
    for curve, colour in zip(panel.curves, _colours(len(panel.curves)), strict=True):
        label = curve.label.in_language(language) if curve.label else None
        if curve.low is not None and curve.high is not None:
            band = Text("80% 区间", "80 % band").in_language(language)
            axes.fill_between(curve.across, curve.low, curve.high, color=_BAND, lw=0, label=band, zorder=1)
        axes.plot(curve.across, curve.values, "o-", ms=4, lw=1.8, color=colour, label=label, zorder=3)
    if panel.target is not None:
        asked = Text("规划目标", "target of the plan").in_language(language)
        axes.axhline(panel.target, color=style.MISSED, lw=1.4, ls="--", label=asked, zorder=2)
    titles = (with_unit_text(panel.title.in_language(spoken), panel.unit.in_language(spoken), spoken) for spoken in LANGUAGES)
    axes.set_title(style.wrapped(Text(*titles), language, _TITLE_WIDTH))
    if panel.limits is not None:
        axes.set_ylim(*panel.limits)
    style.thousands(axes)


def _colours(count: int) -> list[Any]:
    """Dark to light, since the curves have an order; the house's blue for a single one."""
    if count == 1:
        return [style.colour(0)]
    shades = mpl.colormaps["viridis"]
    return [shades(_DARKEST + (_LIGHTEST - _DARKEST) * place / (count - 1)) for place in range(count)]
