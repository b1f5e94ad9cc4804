"""Figure: a tornado. What matters most for one indicator in one year, the longest bar above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from sim.base.text import Language, Text
from sim.report import style

_SOLID, _PALE = "#2f6fab", "#adc8e2"


@dataclass(frozen=True)
class Bar:
    """One input: its length, half the width of its 95 % interval, and a shorter bar inside, such as a first-order index."""

    label: Text
    length: float
    error: float | None = None
    inner: float | None = None


def draw(bars: Sequence[Bar], title: Text, note: Text, axis: Text, inner: Text | None, language: Language) -> Figure:
    """Bars from the top down, in the order given; `inner` names the shorter ones."""
    height = 1.6 + 0.34 * len(bars)
    figure = style.new_figure(title.in_language(language), note.in_language(language), (9.6, height))
    axes = figure.add_subplot()
    places = range(len(bars))
    errors = [bar.error or 0.0 for bar in bars]
    with_errors = any(errors)
    axes.barh(
        places,
        [bar.length for bar in bars],
        xerr=errors if with_errors else None,
        color=_SOLID if inner is None else _PALE,
        error_kw={"ecolor": style.GREY, "elinewidth": 1.2, "capsize": 2.5},
        label=axis.in_language(language),
        height=0.72,
    )
    if inner is not None:
        axes.barh(places, [bar.inner or 0.0 for bar in bars], color=_SOLID, height=0.36, label=inner.in_language(language))
        style.one_legend(figure, axes)
    axes.set_yticks(places, [bar.label.in_language(language) for bar in bars])
    axes.invert_yaxis()
    axes.axvline(0.0, color=style.GREY, lw=0.8)
    axes.set_xlabel(axis.in_language(language), fontsize=9)
    axes.grid(visible=False, axis="y")
    return figure
