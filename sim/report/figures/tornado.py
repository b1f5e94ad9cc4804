"""Figure: which unknowns decide a target. A tornado: how far its chance goes from the lowest to the highest third of each."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.report import style
from sim.report.figures.frame import COLON, SEMICOLON, Figure

_WIDTH = 34
LOW, HIGH = Text("该数处于最低三分之一时", "in its lowest third"), Text("最高三分之一时", "in its highest third")


@dataclass(frozen=True)
class Bar:
    """One unknown: the chance of the target when it is low and when it is high."""

    label: Text
    low: float
    high: float


@dataclass(frozen=True)
class Swing:
    """One target with its chance, and its unknowns, the widest first."""

    title: Text
    chance: float
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Tornado(Figure):
    """A panel for every target."""

    swings: tuple[Swing, ...]

    def draw(self, language: Language) -> Drawing:
        """Bars around the chance of each target."""
        rows = sum(len(swing.bars) for swing in self.swings)
        figure = style.new_figure(*self.frame.words(language), (style.WIDTH, 1.6 + 0.75 * len(self.swings) + 0.34 * rows))
        heights = [max(len(swing.bars), 1) for swing in self.swings]
        grid = figure.subplots(len(self.swings), 1, height_ratios=heights, squeeze=False, sharex=True).ravel()
        for axes, swing in zip(grid, self.swings, strict=True):
            _draw_swing(axes, swing, language)
        style.one_legend(figure, *grid)
        return figure

    def described(self) -> Text:
        """The widest unknown of each target."""
        swings = [swing.title + COLON + joined([_said(bar) for bar in swing.bars], Text("、", ", ")) for swing in self.swings]
        return self.frame.title + COLON + joined(swings, SEMICOLON)


def _draw_swing(axes: Axes, swing: Swing, language: Language) -> None:
    middle = 100.0 * swing.chance
    for place, bar in enumerate(swing.bars):
        for value, tint, label in ((bar.low, style.colour(4), LOW), (bar.high, style.colour(0), HIGH)):
            end = 100.0 * value
            axes.barh(place, end - middle, left=middle, height=0.66, color=tint, label=label.in_language(language), zorder=2)
        left, right = sorted((100.0 * bar.low, 100.0 * bar.high))
        for x, side, shift in ((left, "right", -4), (right, "left", 4)):
            text = f"{x:.0f}%"
            axes.annotate(text, (x, place), xytext=(shift, 0), textcoords="offset points", ha=side, va="center", fontsize=8)
    axes.axvline(middle, color=style.INK, lw=1.2, zorder=3)
    axes.set_yticks(range(len(swing.bars)), [style.wrapped(bar.label, language, _WIDTH) for bar in swing.bars], fontsize=8.5)
    axes.set_ylim(len(swing.bars) - 0.4, -0.6)
    axes.set_xlim(-6.0, 106.0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}%")
    axes.grid(visible=False, axis="y")
    axes.set_title(style.folded(f"{swing.title.in_language(language)}  {middle:.0f}%", language))


def _said(bar: Bar) -> Text:
    low, high = f"{100.0 * bar.low:.0f}", f"{100.0 * bar.high:.0f}"
    return bar.label + Text(f" {low}%–{high}%", f" {low} to {high} %")
