"""Figures of cells in rows and columns: targets against each other, inputs by years, and scenarios against targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, LogNorm
from matplotlib.figure import Figure as Drawing
from matplotlib.patches import Rectangle

from sim.base.text import Language, Text, joined, same
from sim.report import style
from sim.report.figures import COLON, COMMA, Figure

_MOST, _WIDTH, _TOLD, _COLUMN = 3.0, 22, 3, 18
_TICKS = [1 / 3, 1 / 2, 1, 2, 3]
_DARK, _DARK_SHARE = 0.6, 0.45
"""Parts of the scales of colours from which on letters are white."""
AXIS = Text("同时实现的概率 / 互不相关时的概率", "chance of both / chance if independent")
_SCALE = LinearSegmentedColormap.from_list("indices", ["#ffffff", "#adc8e2", "#2f6fab", "#173a5c"])
_SHOWN = 0.005
_COLOURS = {"met": "#cde7dc", "near": "#fbe7b2", "missed": "#f6d3c4"}
_SIGNS = {"met": "✓", "near": "≈", "missed": "×"}


def _name_cells(axes: Axes, columns: Sequence[str], rows: Sequence[str], column_size: float, row_size: float | None) -> None:
    axes.set_xticks(range(len(columns)), columns, fontsize=column_size)
    axes.set_yticks(range(len(rows)), rows, fontsize=row_size)
    axes.grid(visible=False)
    axes.tick_params(length=0)


@dataclass(frozen=True)
class Conflicts(Figure):
    """Targets in conflict and in support: the lift of a pair is how much more often both hold than if they were independent.

    `lift` [target, target], None where a target is always or never met; `clear` says which differ from one for certain.
    """

    targets: tuple[Text, ...]
    lift: tuple[tuple[float | None, ...], ...]
    clear: tuple[tuple[bool, ...], ...]

    def draw(self, language: Language) -> Drawing:
        """Orange where two targets fight, purple where they support each other; what is not clear is grey."""
        figure = self.canvas(language, 2.4 + 0.42 * len(self.targets))
        axes = figure.add_subplot()
        lift = np.array([[np.nan if value is None else value for value in row] for row in self.lift])
        np.fill_diagonal(lift, np.nan)
        shown = np.where(np.array(self.clear), lift, np.nan)
        picture = axes.imshow(shown, cmap="PuOr", norm=LogNorm(1.0 / _MOST, _MOST), aspect="auto")
        for row, column in zip(*np.nonzero(np.isfinite(lift)), strict=True):
            tint = _tint(lift[row, column]) if self.clear[row][column] else style.GREY
            axes.text(column, row, f"{lift[row, column]:.2f}", ha="center", va="center", fontsize=8.5, color=tint)
        names = [style.wrapped(name, language, _WIDTH) for name in self.targets]
        _name_cells(axes, names, names, 7.5, 8.5)
        for label in axes.get_xticklabels():
            label.set(rotation=40, ha="right", rotation_mode="anchor")
        bar = figure.colorbar(picture, ax=axes, fraction=0.03, pad=0.02, ticks=_TICKS, format=lambda x, _: f"{x:.2g}")
        bar.ax.minorticks_off()
        bar.set_label(AXIS.in_language(language), fontsize=9)
        return figure

    def said(self) -> list[Text]:
        """The pairs that fight most and support each other most."""
        found = sorted(
            (value, row, column)
            for row, values in enumerate(self.lift)
            for column, value in enumerate(values[:row])
            if value is not None and self.clear[row][column]
        )
        ends = [*found[:_TOLD], *[item for item in found[-_TOLD:] if item not in found[:_TOLD]]]
        return [
            self.targets[column] + Text("与", " and ") + self.targets[row] + same(f" {value:.2f}")
            for value, row, column in ends
        ] or [Text("没有明确的冲突或支持", "no clear conflict or support")]


def _tint(lift: float) -> str:
    """Letters that stand out from the colour of a lift."""
    return "white" if abs(np.log(lift) if lift > 0.0 else np.inf) > _DARK * np.log(_MOST) else style.INK


@dataclass(frozen=True)
class IndexMap(Figure):
    """Indices between zero and one, a row for each input and a column for each year."""

    labels: tuple[Text, ...]
    years: tuple[int, ...]
    rows: tuple[tuple[float, ...], ...]
    axis: Text
    between = COMMA

    def draw(self, language: Language) -> Drawing:
        """A cell for each index; what is under half a per cent is left blank."""
        figure = self.canvas(language, 1.9 + 0.34 * len(self.labels), max(7.0, 3.2 + 0.52 * len(self.years)))
        axes, indices = figure.add_subplot(), np.array(self.rows)
        picture = axes.imshow(indices, cmap=_SCALE, vmin=0.0, vmax=1.0, aspect="auto")
        for row, column in zip(*(indices >= _SHOWN).nonzero(), strict=True):
            value = float(indices[row, column])
            ink = "white" if value > _DARK_SHARE else style.INK
            axes.text(column, row, f"{100.0 * value:.0f}", ha="center", va="center", fontsize=8, color=ink)
        _name_cells(axes, [str(year) for year in self.years], [name.in_language(language) for name in self.labels], 8.5, None)
        bar = figure.colorbar(picture, ax=axes, fraction=0.025, pad=0.01, format=lambda share, _: f"{100.0 * share:.0f}%")
        bar.set_label(self.axis.in_language(language), fontsize=9)
        return figure

    def said(self) -> list[Text]:
        """The largest index of each input."""
        return [label + same(f" {100.0 * max(row):.0f}%") for label, row in zip(self.labels, self.rows, strict=True)]


@dataclass(frozen=True)
class VerdictCell:
    """The result of a scenario for a target: the verdict, per cent of its value, and the probability."""

    column: int
    verdict: Literal["met", "near", "missed"]
    percent: float
    probability: float | None


@dataclass(frozen=True)
class Verdicts(Figure):
    """A row per scenario, a column per target that most of them share; the colours are the verdicts."""

    targets: tuple[Text, ...]
    scenarios: tuple[Text, ...]
    rows: tuple[tuple[VerdictCell, ...], ...]

    def draw(self, language: Language) -> Drawing:
        """The table, with the names of targets above."""
        figure = self.canvas(language, 2.2 + 0.36 * len(self.scenarios))
        axes = figure.add_subplot()
        for place, cells in enumerate(self.rows):
            for cell in cells:
                _draw_cell(axes, place, cell)
        heads = [style.wrapped(name, language, _COLUMN) for name in self.targets]
        _name_cells(axes, heads, [name.in_language(language) for name in self.scenarios], 7.5, 9)
        axes.xaxis.tick_top()
        axes.set_xlim(-0.5, max(len(heads), 1) - 0.5)
        axes.set_ylim(len(self.scenarios) - 0.5, -0.5)
        return figure

    def said(self) -> list[Text]:
        """Each scenario with the targets that it meets."""
        return [name + COLON + self._met(cells) for name, cells in zip(self.scenarios, self.rows, strict=True)]

    def _met(self, cells: tuple[VerdictCell, ...]) -> Text:
        names = [self.targets[cell.column] for cell in cells if cell.verdict == "met"]
        count = Text(f"{len(cells)} 项中实现 {len(names)} 项", f"{len(names)} of {len(cells)} met")
        return count + Text("（", " (") + joined(names, COMMA) + Text("）", ")") if names else count


def _draw_cell(axes: Axes, place: int, cell: VerdictCell) -> None:
    axes.add_patch(Rectangle((cell.column - 0.48, place - 0.46), 0.96, 0.92, color=_COLOURS[cell.verdict], zorder=1))
    chance = "" if cell.probability is None else f"  P {100.0 * cell.probability:.0f}%"
    text = f"{_SIGNS[cell.verdict]} {cell.percent:.0f}%{chance}"
    axes.text(cell.column, place, text, ha="center", va="center", fontsize=8, zorder=2)
