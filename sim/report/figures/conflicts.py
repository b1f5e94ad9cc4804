"""Figure: which targets fight and which support each other. The lift of each pair: how much more often both hold than apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.report import style
from sim.report.figures.frame import COLON, SEMICOLON, Figure

_MOST, _WIDTH, _TOLD = 3.0, 22, 3
_DARK = 0.6
"""Part of the scale of colours from which on letters are white."""
AXIS = Text("同时实现的概率 / 互不相关时的概率", "chance of both / chance if independent")


@dataclass(frozen=True)
class Conflicts(Figure):
    """`lift` [target, target], None where a target is always or never met; `clear` says which differ from one for certain."""

    targets: tuple[Text, ...]
    lift: tuple[tuple[float | None, ...], ...]
    clear: tuple[tuple[bool, ...], ...]

    def draw(self, language: Language) -> Drawing:
        """Orange where two targets fight, purple where they support each other; what is not clear is grey."""
        count = len(self.targets)
        figure = style.new_figure(*self.frame.words(language), (style.WIDTH, 2.4 + 0.42 * count))
        axes = figure.add_subplot()
        lift = np.array([[np.nan if value is None else value for value in row] for row in self.lift])
        np.fill_diagonal(lift, np.nan)
        shown = np.where(np.array(self.clear), lift, np.nan)
        picture = axes.imshow(shown, cmap="PuOr", norm=LogNorm(1.0 / _MOST, _MOST), aspect="auto")
        for row, column in zip(*np.nonzero(np.isfinite(lift)), strict=True):
            tint = _tint(lift[row, column]) if self.clear[row][column] else style.GREY
            axes.text(column, row, f"{lift[row, column]:.2f}", ha="center", va="center", fontsize=8.5, color=tint)
        names = [style.wrapped(name, language, _WIDTH) for name in self.targets]
        axes.set_xticks(range(count), names, fontsize=7.5, rotation=40, ha="right", rotation_mode="anchor")
        axes.set_yticks(range(count), names, fontsize=8.5)
        axes.grid(visible=False)
        axes.tick_params(length=0)
        bar = figure.colorbar(
            picture, ax=axes, fraction=0.03, pad=0.02, ticks=[1 / 3, 1 / 2, 1, 2, 3], format=lambda x, _: f"{x:.2g}"
        )
        bar.ax.minorticks_off()
        bar.set_label(AXIS.in_language(language), fontsize=9)
        return figure

    def described(self) -> Text:
        """The pairs that fight most and support each other most."""
        return (
            self.frame.title
            + COLON
            + joined(_pairs(self) or [Text("没有明确的冲突或支持", "no clear conflict or support")], SEMICOLON)
        )


def _tint(lift: float) -> str:
    """Letters that stand out from the colour of a lift."""
    return "white" if abs(np.log(lift) if lift > 0.0 else np.inf) > _DARK * np.log(_MOST) else style.INK


def _pairs(data: Conflicts) -> list[Text]:
    found = sorted(
        (value, row, column)
        for row, values in enumerate(data.lift)
        for column, value in enumerate(values[:row])
        if value is not None and data.clear[row][column]
    )
    ends = [*found[:_TOLD], *[item for item in found[-_TOLD:] if item not in found[:_TOLD]]]
    return [
        data.targets[column] + Text("与", " and ") + data.targets[row] + Text(f" {value:.2f}", f" {value:.2f}")
        for value, row, column in ends
    ]
