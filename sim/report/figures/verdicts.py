"""Figure: every scenario against the targets that most of them share, as a table whose colours are the verdicts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle

from sim.base.text import Language, Text, joined
from sim.report import style
from sim.report.figures.frame import COLON, COMMA, SEMICOLON, Figure

_COLUMN = 18
_COLOURS = {"met": "#cde7dc", "near": "#fbe7b2", "missed": "#f6d3c4"}
_SIGNS = {"met": "✓", "near": "≈", "missed": "×"}


@dataclass(frozen=True)
class Cell:
    """What a scenario makes of a target: the verdict, per cent of its value, and the probability."""

    column: int
    verdict: Literal["met", "near", "missed"]
    percent: float
    probability: float | None


@dataclass(frozen=True)
class Verdicts(Figure):
    """A row per scenario, a column per target."""

    targets: tuple[Text, ...]
    scenarios: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def draw(self, language: Language) -> Drawing:
        """The table, with the names of targets above."""
        figure = style.new_figure(*self.frame.words(language), (style.WIDTH, 2.2 + 0.36 * len(self.scenarios)))
        axes = figure.add_subplot()
        for place, cells in enumerate(self.rows):
            for cell in cells:
                _draw_cell(axes, place, cell)
        heads = [style.wrapped(name, language, _COLUMN) for name in self.targets]
        axes.set_xticks(range(len(heads)), heads, fontsize=7.5)
        axes.set_yticks(range(len(self.scenarios)), [name.in_language(language) for name in self.scenarios], fontsize=9)
        axes.xaxis.tick_top()
        axes.set_xlim(-0.5, max(len(heads), 1) - 0.5)
        axes.set_ylim(len(self.scenarios) - 0.5, -0.5)
        axes.grid(visible=False)
        axes.tick_params(length=0)
        return figure

    def described(self) -> Text:
        """Each scenario with the targets that it meets."""
        rows = [name + COLON + _met(self, cells) for name, cells in zip(self.scenarios, self.rows, strict=True)]
        return self.frame.title + COLON + joined(rows, SEMICOLON)


def _draw_cell(axes: Axes, place: int, cell: Cell) -> None:
    axes.add_patch(Rectangle((cell.column - 0.48, place - 0.46), 0.96, 0.92, color=_COLOURS[cell.verdict], zorder=1))
    chance = "" if cell.probability is None else f"  P {100.0 * cell.probability:.0f}%"
    text = f"{_SIGNS[cell.verdict]} {cell.percent:.0f}%{chance}"
    axes.text(cell.column, place, text, ha="center", va="center", fontsize=8, zorder=2)


def _met(data: Verdicts, cells: tuple[Cell, ...]) -> Text:
    names = [data.targets[cell.column] for cell in cells if cell.verdict == "met"]
    count = Text(f"{len(cells)} 项中实现 {len(names)} 项", f"{len(names)} of {len(cells)} met")
    return count + Text("（", " (") + joined(names, COMMA) + Text("）", ")") if names else count
