"""Figure: lines by year in panels. What was published, what scenarios project, the bands of draws, and the plan's targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import MaxNLocator

from sim.base.text import Language, Text, joined
from sim.base.words import plain, with_unit_text
from sim.report import style
from sim.report.figures.frame import COLON, COMMA, SEMICOLON, Figure, Points

PUBLISHED, TARGET = Text("统计数", "statistics"), Text("规划目标", "target of the plan")
_SHADES = ("#dbe7f2", "#b4cfe6", "#86b1d6")
_STARS = {True: 14, False: 11}


@dataclass(frozen=True)
class Band:
    """Where a stated share of the draws lies, by year."""

    share: float
    years: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Series:
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
    series: tuple[Series, ...]
    bands: tuple[Band, ...] = ()
    targets: Points = ()
    from_zero: bool = True


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
            _draw_panel(axes, panel, self, language)
        style.one_legend(figure, *grid)
        return figure

    def described(self) -> Text:
        """For each panel: where every scenario goes, and what the plan asks."""
        panels = [_described(panel) for panel in self.panels]
        return self.frame.title + COLON + joined(panels, SEMICOLON)


def _draw_panel(axes: Axes, panel: Panel, data: Lines, language: Language) -> None:
    for shade, band in zip(_SHADES, panel.bands, strict=False):
        share = f"{100.0 * band.share:.0f}%"
        label = Text(f"{share} 区间", f"{share} band").in_language(language)
        axes.fill_between(band.years, band.low, band.high, color=shade, lw=0, label=label, zorder=1)
    for series in panel.series:
        _draw_series(axes, series, data.first_year, language)
    size = _STARS[len(data.panels) == 1]
    for year, value in panel.targets:
        axes.plot(year, value, "*", color=style.MISSED, ms=size, zorder=6, label=TARGET.in_language(language))
    axes.set_title(with_unit_text(panel.title.in_language(language), panel.unit.in_language(language), language))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    if any(value < 0.0 for series in panel.series for _, value in series.points):
        axes.axhline(0.0, color=style.GREY, lw=0.8)
    elif panel.from_zero:
        axes.set_ylim(0.0, 1.04 * axes.get_ylim()[1])
    style.thousands(axes)
    style.mark_base_year(axes, data.base_year)


def _draw_series(axes: Axes, series: Series, first: int, language: Language) -> None:
    points = {int(year): value for year, value in series.points if year >= first}
    label = series.label.in_language(language)
    if series.role == "published":
        style.draw_published(axes, points, label)
    elif series.role == "superseded":
        axes.plot(list(points), list(points.values()), color=style.OPEN, lw=1.2, marker="o", ms=3, label=label)
    else:
        style.draw_projection(axes, points, label, series.index)


def _described(panel: Panel) -> Text:
    parts = [_end(series) for series in panel.series if series.points and series.role != "superseded"]
    parts += [
        TARGET + Text(f" {int(year)} 年 {plain(value)}", f" {plain(value)} in {int(year)}") for year, value in panel.targets
    ]
    name = Text(*(with_unit_text(panel.title.in_language(to), panel.unit.in_language(to), to) for to in ("zh", "en")))
    return name + Text("，", ", ") + joined(parts, COMMA)


def _end(series: Series) -> Text:
    year, value = series.points[-1]
    return series.label + Text(f" {int(year)} 年 {plain(value)}", f" {plain(value)} in {int(year)}")
