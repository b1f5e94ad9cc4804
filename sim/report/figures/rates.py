"""Figure: the growth that each target asks for, beside what was reached before and what is projected."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.report import style
from sim.report.figures.frame import COLON, SEMICOLON, Figure

_MANY = 15
PAST, OUTCOME, REQUIRED = Text("过去五年", "past five years"), Text("实际", "outcome"), Text("目标要求", "required")


@dataclass(frozen=True)
class Row:
    """Yearly rates of one target: required, of each scenario, of the past and of what was published since."""

    name: Text
    required: float
    projected: tuple[tuple[int, float], ...]
    past: float | None = None
    outcome: float | None = None


@dataclass(frozen=True)
class Rates(Figure):
    """A row for every target with a rate."""

    scenarios: tuple[Text, ...]
    rows: tuple[Row, ...]

    def draw(self, language: Language) -> Drawing:
        """Marks on one scale of yearly growth."""
        height = 1.9 + (0.56 if len(self.rows) <= _MANY else 0.44) * max(len(self.rows), 2)
        figure = style.new_figure(*self.frame.words(language), (style.WIDTH, height))
        axes = figure.add_subplot()
        for place, row in enumerate(self.rows):
            _draw_row(axes, place, row, self.scenarios, language)
        axes.set_yticks(range(len(self.rows)), [style.wrapped(row.name, language) for row in self.rows], fontsize=9)
        axes.set_ylim(len(self.rows) - 0.4, -0.6)
        axes.axvline(0, color=style.GREY, lw=0.8)
        style.one_legend(figure, axes)
        return figure

    def described(self) -> Text:
        """What each target asks for a year, and what the scenarios project."""
        return self.frame.title + COLON + joined([_said(row, self.scenarios) for row in self.rows], SEMICOLON)


def _draw_row(axes: Axes, place: int, row: Row, scenarios: tuple[Text, ...], language: Language) -> None:
    marks = [(rate, style.marker(index), style.colour(index), scenarios[index]) for index, rate in row.projected]
    marks += [] if row.past is None else [(row.past, "|", style.GREY, PAST)]
    marks += [] if row.outcome is None else [(row.outcome, "D", style.INK, OUTCOME)]
    marks.append((row.required, "*", style.MISSED, REQUIRED))
    rates = [rate for rate, *_ in marks]
    axes.plot([min(rates), max(rates)], [place, place], color=style.FAINT, lw=5, zorder=1, solid_capstyle="round")
    for rate, marker, tint, label in marks:
        size = {"*": 14, "|": 16}.get(marker, 8)
        axes.plot(
            rate, place, marker, color=tint, ms=size, mew=3 if marker == "|" else 1, ls="none", zorder=4,
            label=label.in_language(language),
        )  # fmt: skip
    axes.annotate(
        f"{row.required:.1f}", (row.required, place), xytext=(0, 9), textcoords="offset points", ha="center", fontsize=8.5
    )


def _said(row: Row, scenarios: tuple[Text, ...]) -> Text:
    said = row.name + Text(f" 需 {row.required:.1f}", f" needs {row.required:.1f}")
    for index, rate in row.projected:
        said += Text("，", ", ") + scenarios[index] + Text(f" {rate:.1f}", f" {rate:.1f}")
    return said
