"""Figure: when the programmes of the ledger are built and put to use, and which resource makes projects wait when."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text
from sim.ledger.summary import ProgrammeTimes
from sim.report import style
from sim.report.figures import Figure

_DARK, _SHOWN = 0.6, 0.05
PROGRAMMES = Text("计划（项目数；总投资，亿元）", "programmes (projects; whole investment, CNY 100m)")
WAITING = Text("平均每年排队等待的项目数", "projects that wait, mean over the year")


@dataclass(frozen=True)
class Schedule(Figure):
    """Bars by programme, and below them who waits for what, by year from `first_year`."""

    programmes: tuple[ProgrammeTimes, ...]
    waiting: tuple[tuple[Text, tuple[float, ...]], ...]
    first_year: int
    last_year: int

    def draw(self, language: Language) -> Drawing:
        """Bars from the start of building to nearly all in use, with the spread of that date."""
        figure = self.canvas(language, 2.6 + 0.3 * len(self.programmes))
        bars, waits = figure.subplots(2, 1, height_ratios=(max(0.24 * len(self.programmes), 0.6), 1.0))
        _programmes(bars, self, language)
        _waiting(waits, self, language)
        return figure

    def said(self) -> list[Text]:
        """For each programme, when nine tenths of it are in use."""
        years = [(row.name, f"{row.start:.0f}", f"{row.nearly_all:.0f}") for row in self.programmes]
        return [
            name + Text(f" {begun} 年开工、{used} 年九成投用", f" begun {begun}, in use {used}") for name, begun, used in years
        ]


def _programmes(axes: Axes, data: Schedule, language: Language) -> None:
    for place, row in enumerate(data.programmes):
        tint = style.colour(0)
        axes.barh(place, row.nearly_all - row.start, left=row.start, height=0.56, color=tint, alpha=0.75, zorder=2)
        axes.plot([row.half, row.half], [place - 0.28, place + 0.28], color="white", lw=2.0, zorder=3)
        axes.plot([row.low, row.high], [place, place], color=style.INK, lw=1.3, zorder=4)
        if row.planned is not None:
            axes.plot(row.planned + 1.0, place - 0.42, "v", color=style.INK, ms=6, zorder=5)
    names = [f"{row.name.in_language(language)} ({row.works}; {row.money:,.0f})" for row in data.programmes]
    axes.set_yticks(range(len(names)), names, fontsize=8.5)
    axes.set_ylim(len(names) - 0.4, -0.8)
    axes.grid(visible=False, axis="y")
    axes.set_xlim(data.first_year - 1, data.last_year + 1)
    axes.set_title(PROGRAMMES.in_language(language))


def _waiting(axes: Axes, data: Schedule, language: Language) -> None:
    table = np.array([values for _, values in data.waiting])
    top = max(math.ceil(table.max(initial=0.0)), 1)
    edges = np.arange(data.first_year, data.first_year + table.shape[1] + 1.0)
    axes.pcolormesh(edges, np.arange(len(table) + 1.0), table, cmap="Oranges", vmin=0.0, vmax=top)
    for row, column in zip(*np.nonzero(table >= _SHOWN), strict=True):  # what would print as zero is left out
        value = float(table[row, column])
        tint = "white" if value > _DARK * top else style.INK
        axes.text(edges[column] + 0.5, row + 0.5, f"{value:.1f}", ha="center", va="center", fontsize=7.5, color=tint)
    names = [name.in_language(language) for name, _ in data.waiting]
    axes.set_yticks(np.arange(len(names)) + 0.5, names, fontsize=8.5)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.set_xlim(data.first_year - 1, data.last_year + 1)
    axes.set_title(WAITING.in_language(language))
