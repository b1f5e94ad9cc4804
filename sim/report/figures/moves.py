"""Figure: the required path. Each lever between its bounds: where the scenario has it, and where the path takes it."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.base.words import fine
from sim.report import style
from sim.report.figures.frame import COLON, SEMICOLON, Figure
from sim.simulate.records import Move

_WIDTH = 34
NOW, THEN = Text("情景取值", "as the scenario has it"), Text("所需数值", "as required")


@dataclass(frozen=True)
class Moves(Figure):
    """The levers of a path, those that move most first."""

    moves: tuple[Move, ...]

    def draw(self, language: Language) -> Drawing:
        """Every lever on a track from its lower to its upper bound."""
        figure = style.new_figure(*self.frame.words(language), (style.WIDTH, 1.9 + 0.52 * max(len(self.moves), 1)))
        axes = figure.add_subplot()
        for place, move in enumerate(self.moves):
            now, then = (_part(move, value) for value in (move.now, move.then))
            axes.plot([0.0, 1.0], [place, place], color=style.FAINT, lw=6, solid_capstyle="round", zorder=1)
            axes.annotate(
                "", (then, place), (now, place), arrowprops={"arrowstyle": "-|>", "color": style.colour(0), "lw": 2.0}
            )
            axes.plot(now, place, "o", color="white", mec=style.INK, ms=8, ls="none", label=NOW.in_language(language), zorder=4)
            axes.plot(then, place, "o", color=style.colour(0), ms=9, ls="none", label=THEN.in_language(language), zorder=5)
            for x, value, side in ((-0.02, move.low, "right"), (1.02, move.high, "left")):
                axes.text(x, place, fine(value), ha=side, va="center", fontsize=8, color=style.GREY)
            axes.text(now, place - 0.26, fine(move.now), ha="center", va="bottom", fontsize=8, color=style.GREY)
            axes.text(then, place + 0.26, fine(move.then), ha="center", va="top", fontsize=8.5, color=style.colour(0))
        names = [f"{style.wrapped(move.label, language, _WIDTH)}\n{move.unit.in_language(language)}" for move in self.moves]
        axes.set_yticks(range(len(names)), names, fontsize=8.5)
        axes.set_ylim(len(self.moves) - 0.3, -0.7)
        axes.set_xlim(-0.14, 1.14)
        axes.set_xticks([])
        axes.grid(visible=False)
        if self.moves:
            style.one_legend(figure, axes)
        return figure

    def described(self) -> Text:
        """From what to what each lever goes."""
        moves = [
            move.label
            + Text(
                f" {fine(move.now)} → {fine(move.then)} {move.unit.zh}",
                f" {fine(move.now)} to {fine(move.then)} {move.unit.en}",
            )
            for move in self.moves
        ]
        return self.frame.title + COLON + joined(moves, SEMICOLON)


def _part(move: Move, value: float) -> float:
    """Where a value lies between the bounds; a scenario may stand outside of them."""
    return min(max((value - move.low) / (move.high - move.low or 1.0), -0.1), 1.1)
