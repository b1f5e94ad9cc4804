"""Figure: from one number to another, step by step: what each measure adds, and what is still missing to the target."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined
from sim.base.words import plain, signed, with_unit_text
from sim.report import style
from sim.report.figures.frame import COLON, COMMA, SEMICOLON, Figure

_WIDTH = 30
_SEEN, _ROOM = 0.4, 0.14
"""Part of the axis that the steps must take for it to start at zero, and room for the numbers on its right."""
BREAK = "_break"
"""Mark of the strokes that say that an axis does not start at zero."""


@dataclass(frozen=True)
class Step:
    """A part of the way; a whole stands on the ground."""

    label: Text
    value: float
    is_whole: bool = False


@dataclass(frozen=True)
class Fall:
    """One target: where the way starts, its parts, where it ends, and the target."""

    title: Text
    unit: Text
    steps: tuple[Step, ...]
    target: float | None


@dataclass(frozen=True)
class Waterfall(Figure):
    """A panel for every target."""

    falls: tuple[Fall, ...]

    def draw(self, language: Language) -> Drawing:
        """Panels below each other; the bars lie, so that long names can be read."""
        rows = sum(len(fall.steps) for fall in self.falls)
        figure = style.new_figure(*self.frame.words(language), (style.WIDTH, 1.4 + 0.7 * len(self.falls) + 0.26 * rows))
        heights = [len(fall.steps) for fall in self.falls]
        grid = figure.subplots(len(self.falls), 1, height_ratios=heights, squeeze=False).ravel()
        for axes, fall in zip(grid, self.falls, strict=True):
            _draw_fall(axes, fall, language)
        return figure

    def described(self) -> Text:
        """The parts of each way."""
        falls = [fall.title + COLON + joined([_said(step) for step in fall.steps], COMMA) for fall in self.falls]
        return self.frame.title + COLON + joined(falls, SEMICOLON)


def _draw_fall(axes: Axes, fall: Fall, language: Language) -> None:
    level, ends = 0.0, list[float]()
    for place, step in enumerate(fall.steps):
        start = 0.0 if step.is_whole else level
        level = start + step.value
        tint = style.SCENARIO_COLOURS[0] if step.is_whole else style.GAIN if step.value >= 0.0 else style.LOSS
        axes.barh(place, step.value, left=start, height=0.66, color=tint, zorder=2)
        text = plain(step.value) if step.is_whole else signed(step.value)
        right = max(start, level)
        axes.annotate(text, (right, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8.5)
        ends += [start, level] if not step.is_whole else [level]
    if fall.target is not None:
        axes.axvline(fall.target, color=style.MISSED, lw=1.6, ls="--", zorder=3)
        ends.append(fall.target)
    axes.set_xlim(*_limits(ends))
    if axes.get_xlim()[0] > 0.0:
        _mark_break(axes, [place for place, step in enumerate(fall.steps) if step.is_whole])
    axes.set_yticks(range(len(fall.steps)), [style.wrapped(step.label, language, _WIDTH) for step in fall.steps], fontsize=8.5)
    axes.set_ylim(len(fall.steps) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    title = with_unit_text(fall.title.in_language(language), fall.unit.in_language(language), language)
    axes.set_title(style.folded(title, language))
    style.thousands(axes, upright=False)


def _limits(ends: list[float]) -> tuple[float, float]:
    """Start the axis at zero, unless the steps could then not be seen: it starts near them, and its break is marked."""
    low, high = min(ends), max(ends)
    if low >= 0.0 and high - low > _SEEN * high:
        low = 0.0
        return low, high + _ROOM * high
    room = 0.12 * (high - low or 1.0)
    left = low - room
    return (0.0 if left < 0.0 <= low else left), high + 1.4 * room


def _mark_break(axes: Axes, wholes: list[int]) -> None:
    """Two slanted strokes across the axis and across every bar that it cuts, with a word on them."""
    left, right = axes.get_xlim()
    step, lean = 0.012 * (right - left), 0.008 * (right - left)
    for place in wholes:
        for shift in (1.0, 1.8):
            x = left + shift * step
            axes.plot([x - lean / 2, x + lean / 2], [place + 0.42, place - 0.42], color="white", lw=1.6, zorder=4, label=BREAK)
    for shift in (0.010, 0.018):
        ends = [shift - 0.004, shift + 0.004], [-0.02, 0.02]
        axes.plot(*ends, color=style.INK, lw=1.0, transform=axes.transAxes, clip_on=False, zorder=5, label=BREAK)


def _said(step: Step) -> Text:
    text = plain(step.value) if step.is_whole else signed(step.value)
    return step.label + Text(f" {text}", f" {text}")
