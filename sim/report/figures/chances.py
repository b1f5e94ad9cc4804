"""Figure: how likely each target is, and all of them together, with the Monte-Carlo error."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.base.words import chance
from sim.report import style
from sim.report.figures.frame import COLON, SEMICOLON, Figure

_COLOURS = (style.LOSS, style.OPEN, style.GAIN)
_UNLIKELY, _LIKELY = 1.0 / 3.0, 2.0 / 3.0


@dataclass(frozen=True)
class Chance:
    """A probability with its standard error."""

    label: Text
    probability: float
    error: float


@dataclass(frozen=True)
class Chances(Figure):
    """A bar for each probability."""

    rows: tuple[Chance, ...]

    def draw(self, language: Language) -> Drawing:
        """Orange below a third, blue above two thirds."""
        figure = style.new_figure(*self.frame.words(language), (9.6, 1.5 + 0.42 * len(self.rows)))
        axes = figure.add_subplot()
        for place, item in enumerate(self.rows):
            colour = _COLOURS[(item.probability >= _UNLIKELY) + (item.probability >= _LIKELY)]
            axes.barh(place, 100.0 * item.probability, color=colour, height=0.66)
            half = 196.0 * item.error
            axes.errorbar(100.0 * item.probability, place, xerr=half, ecolor=style.GREY, elinewidth=1.2, capsize=2.5)
            right = min(100.0 * item.probability + half, 100.0) + 1.2
            axes.text(right, place, chance(item.probability) or "0", va="center", fontsize=9.5)
        axes.set_yticks(range(len(self.rows)), [style.wrapped(item.label, language) for item in self.rows])
        axes.invert_yaxis()
        axes.set_xlim(0.0, 112.0)
        axes.set_xticks(range(0, 101, 20), [f"{share}%" for share in range(0, 101, 20)])
        axes.grid(visible=False, axis="y")
        return figure

    def described(self) -> Text:
        """Every probability."""
        said = [row.label + Text(*[f" {chance(row.probability) or '0'}"] * 2) for row in self.rows]
        return self.frame.title + COLON + joined(said, SEMICOLON)
