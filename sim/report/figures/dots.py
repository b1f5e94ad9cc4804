"""Figures of marks on one scale, a row each: how far targets are reached, which growth they ask for, and how levers move."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined, same
from sim.base.words import fine
from sim.report import style
from sim.report.figures import COLON, COMMA, Figure
from sim.simulate.result import Move

_MANY, _ROOMY, _TIGHT = 10, 0.58, 0.46
_WRITTEN = 3
"""Scenarios whose numbers can stand below each other."""
_CEILING = {True: Text("（不高于）", " (at most)"), False: Text("", "")}
_MANY_RATES = 15
PAST, OUTCOME, REQUIRED = Text("过去五年", "past five years"), Text("实际", "outcome"), Text("目标要求", "required")
_MOVE_WIDTH = 34
NOW, THEN = Text("情景取值", "as the scenario has it"), Text("所需数值", "as required")


@dataclass(frozen=True)
class Dot:
    """The projection of a target by a scenario in per cent of its value; `low` and `high` hold four fifths of the draws."""

    scenario: int
    percent: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class TargetDots:
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
    rows: tuple[TargetDots, ...]
    own: int = 0

    def draw(self, language: Language) -> Drawing:
        """Dots on one scale in per cent of the plan's value; the upright line is the plan."""
        figure = self.canvas(language, 1.9 + (_ROOMY if len(self.rows) <= _MANY else _TIGHT) * max(len(self.rows), 2))
        axes, size = figure.add_subplot(), 9.0 if len(self.rows) <= _MANY else 8.0
        for place, row in enumerate(self.rows):
            self._draw_row(axes, place, row, language)
        axes.axvline(100, color=style.INK, lw=1.2, zorder=1)
        heads = [style.wrapped(row.name, language) + _CEILING[row.is_ceiling].in_language(language) for row in self.rows]
        style.name_rows(axes, [f"{head}\n{row.year}" for head, row in zip(heads, self.rows, strict=True)], size)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}%")
        style.one_legend(figure, axes)
        return figure

    def _draw_row(self, axes: Axes, place: int, row: TargetDots, language: Language) -> None:
        count = len(self.scenarios)
        for dot in row.dots:
            y, tint = place + (dot.scenario - (count - 1) / 2) * (0.6 / max(count, 1)), style.colour(dot.scenario)
            if dot.low is not None and dot.high is not None:
                axes.plot([dot.low, dot.high], [y, y], color=tint, lw=4.5, alpha=0.35, solid_capstyle="round", zorder=2)
            label = self.scenarios[dot.scenario].in_language(language)
            axes.plot(dot.percent, y, style.marker(dot.scenario), color=tint, ms=8, ls="none", label=label, zorder=4)
            if count <= _WRITTEN or dot.scenario == self.own:
                style.annotate(axes, f"{dot.percent:.0f}%", (max(dot.percent, dot.high or dot.percent), y), (7, 0))
        if row.outcome is not None:
            label = OUTCOME.in_language(language)
            axes.plot(row.outcome, place, "D", color=style.INK, ms=5.5, ls="none", zorder=5, label=label)

    def said(self) -> list[Text]:
        """Each target with the per cent that every scenario reaches."""
        return [row.name + COLON + joined([self._said(dot) for dot in row.dots], COMMA) for row in self.rows]

    def _said(self, dot: Dot) -> Text:
        return self.scenarios[dot.scenario] + Text(f" {dot.percent:.0f}%", f" {dot.percent:.0f} %")


@dataclass(frozen=True)
class TargetRates:
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
    rows: tuple[TargetRates, ...]

    def draw(self, language: Language) -> Drawing:
        """Marks on one scale of yearly growth."""
        figure = self.canvas(language, 1.9 + (0.56 if len(self.rows) <= _MANY_RATES else 0.44) * max(len(self.rows), 2))
        axes = figure.add_subplot()
        for place, row in enumerate(self.rows):
            self._draw_row(axes, place, row, language)
        style.name_rows(axes, [style.wrapped(row.name, language) for row in self.rows], 9.0, grid=True)
        axes.axvline(0, color=style.GREY, lw=0.8)
        style.one_legend(figure, axes)
        return figure

    def _draw_row(self, axes: Axes, place: int, row: TargetRates, language: Language) -> None:
        marks = [(rate, style.marker(index), style.colour(index), self.scenarios[index]) for index, rate in row.projected]
        marks += [] if row.past is None else [(row.past, "|", style.GREY, PAST)]
        marks += [] if row.outcome is None else [(row.outcome, "D", style.INK, OUTCOME)]
        marks.append((row.required, "*", style.MISSED, REQUIRED))
        rates = [rate for rate, *_ in marks]
        axes.plot([min(rates), max(rates)], [place, place], color=style.FAINT, lw=5, zorder=1, solid_capstyle="round")
        for rate, marker, tint, name in marks:
            size, edge, label = {"*": 14, "|": 16}.get(marker, 8), 3 if marker == "|" else 1, name.in_language(language)
            axes.plot(rate, place, marker, color=tint, ms=size, mew=edge, ls="none", zorder=4, label=label)
        style.annotate(axes, f"{row.required:.1f}", (row.required, place), (0, 9), ha="center", va=None)

    def said(self) -> list[Text]:
        """The growth that each target asks for a year, and what the scenarios project."""
        found = []
        for row in self.rows:
            rates = [self.scenarios[index] + same(f" {rate:.1f}") for index, rate in row.projected]
            needed = row.name + Text(f" 需 {row.required:.1f}", f" needs {row.required:.1f}")
            found.append(joined([needed, *rates], Text("，", ", ")))
        return found


@dataclass(frozen=True)
class Moves(Figure):
    """The levers of a path between their bounds, those that move most first: from the scenario's value to the path's."""

    moves: tuple[Move, ...]

    def draw(self, language: Language) -> Drawing:
        """Every lever on a track from its lower to its upper bound."""
        figure = self.canvas(language, 1.9 + 0.52 * len(self.moves))
        axes = figure.add_subplot()
        for place, move in enumerate(self.moves):
            _draw_track(axes, place, move, language)
        names = [
            f"{style.wrapped(move.label, language, _MOVE_WIDTH)}\n{move.unit.in_language(language)}" for move in self.moves
        ]
        axes.set_yticks(range(len(names)), names, fontsize=8.5)
        axes.set_ylim(len(self.moves) - 0.3, -0.7)
        axes.set_xlim(-0.14, 1.14)
        axes.set_xticks([])
        axes.grid(visible=False)
        style.one_legend(figure, axes)
        return figure

    def said(self) -> list[Text]:
        """From what to what each lever goes."""
        ways = [(move, fine(move.now), fine(move.then)) for move in self.moves]
        return [
            move.label + Text(f" {now} → {then} {move.unit.zh}", f" {now} to {then} {move.unit.en}") for move, now, then in ways
        ]


def _draw_track(axes: Axes, place: int, move: Move, language: Language) -> None:
    now, then = (_part(move, value) for value in (move.now, move.then))
    axes.plot([0.0, 1.0], [place, place], color=style.FAINT, lw=6, solid_capstyle="round", zorder=1)
    axes.annotate("", (then, place), (now, place), arrowprops={"arrowstyle": "-|>", "color": style.colour(0), "lw": 2.0})
    axes.plot(now, place, "o", color="white", mec=style.INK, ms=8, ls="none", label=NOW.in_language(language), zorder=4)
    axes.plot(then, place, "o", color=style.colour(0), ms=9, ls="none", label=THEN.in_language(language), zorder=5)
    for x, value, side in ((-0.02, move.low, "right"), (1.02, move.high, "left")):
        axes.text(x, place, fine(value), ha=side, va="center", fontsize=8, color=style.GREY)
    axes.text(now, place - 0.26, fine(move.now), ha="center", va="bottom", fontsize=8, color=style.GREY)
    axes.text(then, place + 0.26, fine(move.then), ha="center", va="top", fontsize=8.5, color=style.colour(0))


def _part(move: Move, value: float) -> float:
    """The place of a value between the bounds; a scenario may stand outside of them."""
    return min(max((value - move.low) / (move.high - move.low or 1.0), -0.1), 1.1)
