"""Figure: a heat map of indices, inputs by years: what matters, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.report import style
from sim.report.figures.frame import COLON, COMMA, Figure

_SCALE = LinearSegmentedColormap.from_list("indices", ["#ffffff", "#adc8e2", "#2f6fab", "#173a5c"])
_DARK = 0.45
_SHOWN = 0.005


@dataclass(frozen=True)
class IndexMap(Figure):
    """Indices between zero and one, a row for each input and a column for each year."""

    labels: tuple[Text, ...]
    years: tuple[int, ...]
    rows: tuple[tuple[float, ...], ...]
    axis: Text

    def draw(self, language: Language) -> Drawing:
        """A cell for each index; what is under half a per cent is left blank."""
        size = (max(7.0, 3.2 + 0.52 * len(self.years)), 1.9 + 0.34 * len(self.labels))
        figure, indices = style.new_figure(*self.frame.words(language), size), np.array(self.rows)
        axes = figure.add_subplot()
        picture = axes.imshow(indices, cmap=_SCALE, vmin=0.0, vmax=1.0, aspect="auto")
        for row, column in zip(*(indices >= _SHOWN).nonzero(), strict=True):
            value = float(indices[row, column])
            ink = "white" if value > _DARK else style.INK
            axes.text(column, row, f"{100.0 * value:.0f}", ha="center", va="center", fontsize=8, color=ink)
        axes.set_xticks(range(len(self.years)), [str(year) for year in self.years], fontsize=8.5)
        axes.set_yticks(range(len(self.labels)), [label.in_language(language) for label in self.labels])
        axes.grid(visible=False)
        axes.tick_params(length=0)
        bar = figure.colorbar(picture, ax=axes, fraction=0.025, pad=0.01, format=lambda share, _: f"{100.0 * share:.0f}%")
        bar.set_label(self.axis.in_language(language), fontsize=9)
        return figure

    def described(self) -> Text:
        """The largest index of each input."""
        said = [label + Text(*[f" {100.0 * max(row):.0f}%"] * 2) for label, row in zip(self.labels, self.rows, strict=True)]
        return self.frame.title + COLON + joined(said, COMMA)
