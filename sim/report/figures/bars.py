"""Figure: what matters most for one indicator in one year, the longest bar above."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.base.words import plain
from sim.report import style
from sim.report.figures.frame import COLON, COMMA, Figure

_SOLID, _PALE = "#2f6fab", "#adc8e2"


@dataclass(frozen=True)
class Bar:
    """One input: its length, half the width of its 95 % interval, and a shorter bar inside, such as a first-order index."""

    label: Text
    length: float
    error: float | None = None
    inner: float | None = None


@dataclass(frozen=True)
class Bars(Figure):
    """Bars from the top down, in the order given; `axis` names the bars, `inner` the shorter ones."""

    rows: tuple[Bar, ...]
    axis: Text
    inner: Text | None = None

    def draw(self, language: Language) -> Drawing:
        """Bars with their intervals."""
        figure = style.new_figure(*self.frame.words(language), (9.6, 1.6 + 0.34 * len(self.rows)))
        axes, places = figure.add_subplot(), range(len(self.rows))
        errors = [bar.error or 0.0 for bar in self.rows]
        axes.barh(
            places,
            [bar.length for bar in self.rows],
            xerr=errors if any(errors) else None,
            color=_SOLID if self.inner is None else _PALE,
            error_kw={"ecolor": style.GREY, "elinewidth": 1.2, "capsize": 2.5},
            label=self.axis.in_language(language),
            height=0.72,
        )
        if self.inner is not None:
            label = self.inner.in_language(language)
            axes.barh(places, [bar.inner or 0.0 for bar in self.rows], color=_SOLID, height=0.36, label=label)
            style.one_legend(figure, axes)
        axes.set_yticks(places, [bar.label.in_language(language) for bar in self.rows])
        axes.invert_yaxis()
        axes.axvline(0.0, color=style.GREY, lw=0.8)
        axes.set_xlabel(self.axis.in_language(language), fontsize=9)
        axes.grid(visible=False, axis="y")
        return figure

    def described(self) -> Text:
        """Every bar with its length."""
        said = [bar.label + Text(*[f" {plain(bar.length)}"] * 2) for bar in self.rows]
        return self.frame.title + COLON + joined(said, COMMA)
