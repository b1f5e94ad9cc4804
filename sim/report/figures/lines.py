"""Figures of lines in panels: by year, over one input that goes from value to value, and draw by draw.

By year there are published figures, the projections of scenarios, the bands of draws, and the targets of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import FixedLocator, MaxNLocator

from sim.base.text import Language, Text, joined
from sim.base.words import plain
from sim.report import style
from sim.report.figures import COMMA, Figure, Points, with_unit_of

PUBLISHED, TARGET = Text("统计数", "statistics"), Text("规划目标", "target of the plan")
_SHADES = ("#dbe7f2", "#b4cfe6", "#86b1d6")
_STARS = {True: 14, False: 11}
_BAND, _TITLE_WIDTH, _MOST_TICKS = "#d6e3f0", 40, 6
_DARKEST, _LIGHTEST = 0.05, 0.8
_MOST_PLOTTED, _TENTHS = 5000, 10


@dataclass(frozen=True)
class Band:
    """The span of a stated share of the draws, by year or another place across."""

    share: float
    years: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Line:
    """One line. `role` says how it is drawn: published figures, figures published before a revision, or the n-th scenario."""

    label: Text
    points: Points
    role: Literal["published", "superseded", "scenario"] = "scenario"
    index: int = 0


@dataclass(frozen=True)
class Panel:
    """One indicator: its lines, its bands from the widest inwards, and the targets that the plan states, as (year, value)."""

    title: Text
    unit: Text
    series: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    targets: Points = ()
    from_zero: bool = True

    @property
    def named(self) -> Text:
        """Its title with its unit."""
        return with_unit_of(self.title, self.unit)


@dataclass(frozen=True)
class Lines(Figure):
    """Panels side by side over the same years. `base_year` is the last that is not projected."""

    panels: tuple[Panel, ...]
    base_year: int
    first_year: int = 0

    def draw(self, language: Language) -> Drawing:
        """Every panel with its own upright axis; one legend for all."""
        figure, grid = style.panels(len(self.panels), *self.frame.words(language))
        for axes, panel in zip(grid, self.panels, strict=True):
            self._draw_panel(axes, panel, language)
        style.one_legend(figure, *grid)
        return figure

    def _draw_panel(self, axes: Axes, panel: Panel, language: Language) -> None:
        for shade, band in zip(_SHADES, panel.bands, strict=False):
            share = f"{100.0 * band.share:.0f}%"
            label = Text(f"{share} 区间", f"{share} band").in_language(language)
            axes.fill_between(band.years, band.low, band.high, color=shade, lw=0, label=label, zorder=1)
        for line in panel.series:
            _draw_line(axes, line, self.first_year, language)
        size = _STARS[len(self.panels) == 1]
        for year, value in panel.targets:
            axes.plot(year, value, "*", color=style.MISSED, ms=size, zorder=6, label=TARGET.in_language(language))
        axes.set_title(panel.named.in_language(language))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        if any(value < 0.0 for line in panel.series for _, value in line.points):
            axes.axhline(0.0, color=style.GREY, lw=0.8)
        elif panel.from_zero:
            axes.set_ylim(0.0, 1.04 * axes.get_ylim()[1])
        style.thousands(axes)
        style.mark_base_year(axes, self.base_year)

    def said(self) -> list[Text]:
        """For each panel: where every scenario goes, and what the plan asks."""
        return [panel.named + Text("，", ", ") + joined(_ends(panel), COMMA) for panel in self.panels]


def _draw_line(axes: Axes, line: Line, first: int, language: Language) -> None:
    points = {int(year): value for year, value in line.points if year >= first}
    label = line.label.in_language(language)
    if line.role == "published":
        style.draw_published(axes, points, label)
    elif line.role == "superseded":
        axes.plot(list(points), list(points.values()), color=style.OPEN, lw=1.2, marker="o", ms=3, label=label)
    else:
        style.draw_projection(axes, points, label, line.index)


def _ends(panel: Panel) -> list[Text]:
    ends = [(line.label, *line.points[-1]) for line in panel.series if line.points and line.role != "superseded"]
    ends += [(TARGET, year, value) for year, value in panel.targets]
    return [label + Text(f" {int(year)} 年 {plain(value)}", f" {plain(value)} in {int(year)}") for label, year, value in ends]


@dataclass(frozen=True)
class ResponsePanel(Panel):
    """One indicator over an input: a line for each value of a second input, and what the plan asks of it."""

    level: float | None = None
    limits: tuple[float, float] | None = None
    """Ends of the axis, where they are given: so that probabilities of all panels can be compared."""


@dataclass(frozen=True)
class Response(Figure):
    """One panel for each indicator, all over the same input `across`."""

    panels: tuple[ResponsePanel, ...]
    across: Text
    is_whole: bool = False
    """True where places across are numbers of points, which are whole."""

    def draw(self, language: Language) -> Drawing:
        """Curves in panels."""
        figure, grid = style.panels(len(self.panels), *self.frame.words(language))
        for axes, panel in zip(grid, self.panels, strict=True):
            _draw_response(axes, panel, language)
            axes.set_xlabel(self.across.in_language(language))
            places = sorted({place for line in panel.series for place, _ in line.points})
            evenly = MaxNLocator(_MOST_TICKS, integer=self.is_whole)
            axes.xaxis.set_major_locator(FixedLocator(places) if len(places) <= _MOST_TICKS else evenly)
        fullest = max(range(len(self.panels)), key=lambda place: self.panels[place].level is not None)
        style.one_legend(figure, grid[fullest])
        return figure

    def said(self) -> list[Text]:
        """The span of each indicator."""
        found = []
        for panel in self.panels:
            values = [value for line in panel.series for _, value in line.points]
            span = f" {plain(float(np.nanmin(values)))}–{plain(float(np.nanmax(values)))}"
            found.append(panel.title + Text(span, span.replace("–", " to ")))
        return found


def _draw_response(axes: Axes, panel: ResponsePanel, language: Language) -> None:
    for band in panel.bands:
        label = Text("80% 区间", "80 % band").in_language(language)
        axes.fill_between(band.years, band.low, band.high, color=_BAND, lw=0, label=label, zorder=1)
    for line, colour in zip(panel.series, _colours(len(panel.series)), strict=True):
        axes.plot(
            *zip(*line.points, strict=True), "o-", ms=4, lw=1.8, color=colour, label=line.label.in_language(language), zorder=3
        )
    if panel.level is not None:
        axes.axhline(panel.level, color=style.MISSED, lw=1.4, ls="--", label=TARGET.in_language(language), zorder=2)
    axes.set_title(style.wrapped(panel.named, language, _TITLE_WIDTH))
    if panel.limits is not None:
        axes.set_ylim(*panel.limits)
    style.thousands(axes)


def _colours(count: int) -> list[Any]:
    """Dark to light, since the curves have an order; the house's blue for a single one."""
    if count == 1:
        return [style.colour(0)]
    shades = mpl.colormaps["viridis"]
    return [shades(_DARKEST + (_LIGHTEST - _DARKEST) * place / (count - 1)) for place in range(count)]


@dataclass(frozen=True)
class Scatter(Figure):
    """Pairs of an input and an indicator draw by draw, of which the first few thousand are plotted."""

    points: Points
    across: Text
    up: Text

    def draw(self, language: Language) -> Drawing:
        """A dot for each draw, and a line through the medians of tenths."""
        figure = self.canvas(language, 5.0, 7.2)
        axes, points = figure.add_subplot(), np.array(self.points).reshape(-1, 2)
        axes.plot(*points[:_MOST_PLOTTED].T, ".", ms=3, alpha=0.35, color=style.colour(0), zorder=2)
        order = np.argsort(points[:, 0], kind="stable")
        middles = [np.median(points[part], axis=0) for part in np.array_split(order, _TENTHS) if len(part)]
        if len(middles) > 1:
            axes.plot(*np.array(middles).T, "o-", color=style.colour(1), lw=2.0, ms=5, zorder=4)
        axes.set_xlabel(self.across.in_language(language))
        axes.set_ylabel(self.up.in_language(language))
        return figure

    def said(self) -> list[Text]:
        """Both axes; the note holds the correlation."""
        return [self.across + Text("，", ", ") + self.up + Text("。", ". ") + self.frame.note]
