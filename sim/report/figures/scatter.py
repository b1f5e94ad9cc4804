"""Figure: one input against one indicator, draw by draw, with the median of each tenth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text
from sim.report import style
from sim.report.figures.frame import COLON, Figure, Points

_MOST_PLOTTED, _TENTHS = 5000, 10


@dataclass(frozen=True)
class Scatter(Figure):
    """Pairs of the input and the indicator, of which the first few thousand are plotted."""

    points: Points
    across: Text
    up: Text

    def draw(self, language: Language) -> Drawing:
        """A dot for each draw, and a line through the medians of tenths."""
        figure = style.new_figure(*self.frame.words(language), (7.2, 5.0))
        axes, points = figure.add_subplot(), np.array(self.points).reshape(-1, 2)
        axes.plot(*points[:_MOST_PLOTTED].T, ".", ms=3, alpha=0.35, color=style.colour(0), zorder=2)
        order = np.argsort(points[:, 0], kind="stable")
        middles = [np.median(points[part], axis=0) for part in np.array_split(order, _TENTHS) if len(part)]
        if len(middles) > 1:
            axes.plot(*np.array(middles).T, "o-", color=style.colour(1), lw=2.0, ms=5, zorder=4)
        axes.set_xlabel(self.across.in_language(language))
        axes.set_ylabel(self.up.in_language(language))
        return figure

    def described(self) -> Text:
        """Both axes; the note holds the correlation."""
        return self.frame.title + COLON + self.across + Text("，", ", ") + self.up + Text("。", ". ") + self.frame.note
