"""Figure: a heat map of indices, inputs by years: what matters, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.base.text import Language, Text
from sim.report import style

Values = NDArray[Any]
_SCALE = LinearSegmentedColormap.from_list("indices", ["#ffffff", "#adc8e2", "#2f6fab", "#173a5c"])
_DARK = 0.45
_SHOWN = 0.005


def draw(
    labels: Sequence[Text], years: Sequence[int], indices: Values, title: Text, note: Text, axis: Text, language: Language
) -> Figure:
    """Indices [input, year] between nought and one; what is under half a per cent is left blank."""
    size = (max(7.0, 3.2 + 0.52 * len(years)), 1.9 + 0.34 * len(labels))
    figure = style.new_figure(title.in_language(language), note.in_language(language), size)
    axes = figure.add_subplot()
    picture = axes.imshow(indices, cmap=_SCALE, vmin=0.0, vmax=1.0, aspect="auto")
    for row, column in zip(*(indices >= _SHOWN).nonzero(), strict=True):
        value = float(indices[row, column])
        ink = "white" if value > _DARK else style.INK
        axes.text(column, row, f"{100.0 * value:.0f}", ha="center", va="center", fontsize=8, color=ink)
    axes.set_xticks(range(len(years)), [str(year) for year in years], fontsize=8.5)
    axes.set_yticks(range(len(labels)), [label.in_language(language) for label in labels])
    axes.grid(visible=False)
    axes.tick_params(length=0)
    bar = figure.colorbar(picture, ax=axes, fraction=0.025, pad=0.01, format=lambda share, _: f"{100.0 * share:.0f}%")
    bar.set_label(axis.in_language(language), fontsize=9)
    return figure
