"""Figure: how far each target is reached, in per cent of the plan's value, with the range of the draws."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.report import style
from sim.report.figures.frame import COLON, COMMA, SEMICOLON, Figure

_MANY, _ROOMY, _TIGHT = 10, 0.58, 0.46
_WRITTEN = 3
"""Scenarios whose numbers can stand below each other."""
OUTCOME = Text("实际", "outcome")


@dataclass(frozen=True)
class Dot:
    """What a scenario projects of a target in per cent of its value; `low` and `high` hold four fifths of the draws."""

    scenario: int
    percent: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """One target: its dots, and the latest published outcome in per cent of its value."""

    name: Text
    year: str
    dots: tuple[Dot, ...]
    outcome: float | None = None
    is_ceiling: bool = False


@dataclass(frozen=True)
class Progress(Figure):
    """A row for every target, a colour for every scenario; among many, only the numbers of `own` are written out."""

    scenarios: tuple[Text, ...]
    rows: tuple[Row, ...]
    own: int = 0

    def draw(self, language: Language) -> Drawing:
        """Dots on one scale; the upright line is the plan."""
        height = 1.9 + (_ROOMY if len(self.rows) <= _MANY else _TIGHT) * max(len(self.rows), 2)
        figure = style.new_figure(*self.frame.words(language), (style.WIDTH, height))
        axes = figure.add_subplot()
        for place, row in enumerate(self.rows):
            _draw_row(axes, place, row, self, language)
        axes.axvline(100, color=style.INK, lw=1.2, zorder=1)
        names = [
            f"{style.wrapped(row.name, language)}{_CEILING[row.is_ceiling].in_language(language)}\n{row.year}"
            for row in self.rows
        ]
        axes.set_yticks(range(len(self.rows)), names, fontsize=9 if len(self.rows) <= _MANY else 8)
        axes.set_ylim(len(self.rows) - 0.4, -0.6)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}%")
        axes.grid(visible=False, axis="y")
        style.one_legend(figure, axes)
        return figure

    def described(self) -> Text:
        """Each target with the per cent that every scenario reaches."""
        rows = [row.name + COLON + joined([_said(self, dot) for dot in row.dots], COMMA) for row in self.rows]
        return self.frame.title + COLON + joined(rows, SEMICOLON)


_CEILING = {True: Text("（不高于）", " (at most)"), False: Text("", "")}


def _draw_row(axes: Axes, place: int, row: Row, data: Progress, language: Language) -> None:
    scenarios, step = data.scenarios, 0.6 / max(len(data.scenarios), 1)
    for dot in row.dots:
        y, tint = place + (dot.scenario - (len(scenarios) - 1) / 2) * step, style.colour(dot.scenario)
        if dot.low is not None and dot.high is not None:
            axes.plot([dot.low, dot.high], [y, y], color=tint, lw=4.5, alpha=0.35, solid_capstyle="round", zorder=2)
        label = scenarios[dot.scenario].in_language(language)
        axes.plot(dot.percent, y, style.marker(dot.scenario), color=tint, ms=8, ls="none", label=label, zorder=4)
        if len(scenarios) <= _WRITTEN or dot.scenario == data.own:
            _write(axes, dot, y)
    if row.outcome is not None:
        axes.plot(row.outcome, place, "D", color=style.INK, ms=5.5, ls="none", zorder=5, label=OUTCOME.in_language(language))


def _write(axes: Axes, dot: Dot, y: float) -> None:
    """The number of a dot, at the right of its bar."""
    right = max(dot.percent, dot.high or dot.percent)
    axes.annotate(f"{dot.percent:.0f}%", (right, y), xytext=(7, 0), textcoords="offset points", va="center", fontsize=8.5)


def _said(data: Progress, dot: Dot) -> Text:
    return data.scenarios[dot.scenario] + Text(f" {dot.percent:.0f}%", f" {dot.percent:.0f} %")
