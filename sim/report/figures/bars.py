"""Figures of bars that lie: influences on an indicator, chances of targets, what decides these, steps between numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Drawing

from sim.base.text import Language, Text, joined, same
from sim.base.words import chance, plain, signed
from sim.report import style
from sim.report.figures import COLON, COMMA, Figure, with_unit_of

_SOLID, _PALE = "#2f6fab", "#adc8e2"
_COLOURS = (style.LOSS, style.OPEN, style.GAIN)
_UNLIKELY, _LIKELY = 1.0 / 3.0, 2.0 / 3.0
_WHISKER: dict[str, Any] = {"ecolor": style.GREY, "elinewidth": 1.2, "capsize": 2.5}
_SWING_WIDTH, _FALL_WIDTH = 34, 30
"""Letters of a name beside a swing and beside a fall, on one line."""
LOW, HIGH = Text("该数处于最低三分之一时", "in its lowest third"), Text("最高三分之一时", "in its highest third")
_SEEN, _ROOM = 0.4, 0.14
"""Part of the axis that the steps must take for it to start at zero, and room for the numbers on its right."""
BREAK = "_break"
"""Mark of the strokes that say that an axis does not start at zero."""


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
    between = COMMA

    def draw(self, language: Language) -> Drawing:
        """Bars with their intervals."""
        figure, axis = self.canvas(language, 1.6 + 0.34 * len(self.rows), 9.6), self.axis.in_language(language)
        axes, places = figure.add_subplot(), range(len(self.rows))
        errors, colour = [bar.error or 0.0 for bar in self.rows], _SOLID if self.inner is None else _PALE
        lengths, shown = [bar.length for bar in self.rows], errors if any(errors) else None
        axes.barh(places, lengths, xerr=shown, color=colour, error_kw=_WHISKER, label=axis, height=0.72)
        if self.inner is not None:
            label = self.inner.in_language(language)
            axes.barh(places, [bar.inner or 0.0 for bar in self.rows], color=_SOLID, height=0.36, label=label)
            style.one_legend(figure, axes)
        axes.set_yticks(places, [bar.label.in_language(language) for bar in self.rows])
        axes.invert_yaxis()
        axes.axvline(0.0, color=style.GREY, lw=0.8)
        axes.set_xlabel(axis, fontsize=9)
        axes.grid(visible=False, axis="y")
        return figure

    def said(self) -> list[Text]:
        """Every bar with its length."""
        return [bar.label + same(f" {plain(bar.length)}") for bar in self.rows]


@dataclass(frozen=True)
class Chances(Figure):
    """A bar for each probability, whose error is one standard error."""

    rows: tuple[Bar, ...]

    def draw(self, language: Language) -> Drawing:
        """Orange below a third, blue above two thirds."""
        figure = self.canvas(language, 1.5 + 0.42 * len(self.rows), 9.6)
        axes = figure.add_subplot()
        for place, item in enumerate(self.rows):
            colour = _COLOURS[(item.length >= _UNLIKELY) + (item.length >= _LIKELY)]
            axes.barh(place, 100.0 * item.length, color=colour, height=0.66)
            half = 196.0 * (item.error or 0.0)
            axes.errorbar(100.0 * item.length, place, xerr=half, **_WHISKER)
            right = min(100.0 * item.length + half, 100.0) + 1.2
            axes.text(right, place, chance(item.length) or "0", va="center", fontsize=9.5)
        axes.set_yticks(range(len(self.rows)), [style.wrapped(item.label, language) for item in self.rows])
        axes.invert_yaxis()
        axes.set_xlim(0.0, 112.0)
        axes.set_xticks(range(0, 101, 20), [f"{share}%" for share in range(0, 101, 20)])
        axes.grid(visible=False, axis="y")
        return figure

    def said(self) -> list[Text]:
        """Every probability."""
        return [row.label + same(f" {chance(row.length) or '0'}") for row in self.rows]


@dataclass(frozen=True)
class Thirds:
    """One unknown: the chance of the target when it is in its lowest third, and when it is in its highest."""

    label: Text
    low: float
    high: float


@dataclass(frozen=True)
class Swing:
    """One target with its chance, and its unknowns, the widest first."""

    title: Text
    chance: float
    bars: tuple[Thirds, ...]


@dataclass(frozen=True)
class Tornado(Figure):
    """A panel for every target: how far its chance goes from the lowest to the highest third of each unknown."""

    swings: tuple[Swing, ...]

    def draw(self, language: Language) -> Drawing:
        """Bars around the chance of each target."""
        counts = [len(swing.bars) for swing in self.swings]
        figure = self.canvas(language, 1.6 + 0.75 * len(counts) + 0.34 * sum(counts))
        heights = [max(count, 1) for count in counts]
        grid = figure.subplots(len(counts), 1, height_ratios=heights, squeeze=False, sharex=True).ravel()
        for axes, swing in zip(grid, self.swings, strict=True):
            _draw_swing(axes, swing, language)
        style.one_legend(figure, *grid)
        return figure

    def said(self) -> list[Text]:
        """The unknowns of each target."""
        return [swing.title + COLON + joined([_reach(bar) for bar in swing.bars], COMMA) for swing in self.swings]


def _reach(bar: Thirds) -> Text:
    low, high = f"{100.0 * bar.low:.0f}", f"{100.0 * bar.high:.0f}"
    return bar.label + Text(f" {low}%–{high}%", f" {low} to {high} %")


def _draw_swing(axes: Axes, swing: Swing, language: Language) -> None:
    middle = 100.0 * swing.chance
    for place, bar in enumerate(swing.bars):
        for value, tint, label in ((bar.low, style.colour(4), LOW), (bar.high, style.colour(0), HIGH)):
            end = 100.0 * value
            axes.barh(place, end - middle, left=middle, height=0.66, color=tint, label=label.in_language(language), zorder=2)
        left, right = sorted((100.0 * bar.low, 100.0 * bar.high))
        style.annotate(axes, f"{left:.0f}%", (left, place), (-4, 0), ha="right", fontsize=8)
        style.annotate(axes, f"{right:.0f}%", (right, place), (4, 0), ha="left", fontsize=8)
    axes.axvline(middle, color=style.INK, lw=1.2, zorder=3)
    style.name_rows(axes, [style.wrapped(bar.label, language, _SWING_WIDTH) for bar in swing.bars])
    axes.set_xlim(-6.0, 106.0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f}%")
    axes.set_title(style.folded(f"{swing.title.in_language(language)}  {middle:.0f}%", language))


@dataclass(frozen=True)
class Step:
    """A part of the way; a whole stands on the ground."""

    label: Text
    value: float
    is_whole: bool = False

    @property
    def shown(self) -> str:
        """Its number, with a sign where it is a part."""
        return plain(self.value) if self.is_whole else signed(self.value)


@dataclass(frozen=True)
class Fall:
    """One target: where the way starts, its parts, where it ends, and the target."""

    title: Text
    unit: Text
    steps: tuple[Step, ...]
    target: float | None


@dataclass(frozen=True)
class Waterfall(Figure):
    """A panel for every target: from one number to another, what each measure adds, and what is still missing to the target."""

    falls: tuple[Fall, ...]

    def draw(self, language: Language) -> Drawing:
        """Panels below each other; the bars lie, so that long names can be read."""
        heights = [len(fall.steps) for fall in self.falls]
        figure = self.canvas(language, 1.4 + 0.7 * len(heights) + 0.26 * sum(heights))
        grid = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False).ravel()
        for axes, fall in zip(grid, self.falls, strict=True):
            _draw_fall(axes, fall, language)
        return figure

    def said(self) -> list[Text]:
        """The parts of each way."""
        return [
            fall.title + COLON + joined([step.label + same(f" {step.shown}") for step in fall.steps], COMMA)
            for fall in self.falls
        ]


def _draw_fall(axes: Axes, fall: Fall, language: Language) -> None:
    level, ends = 0.0, list[float]()
    for place, step in enumerate(fall.steps):
        start = 0.0 if step.is_whole else level
        level = start + step.value
        tint = style.SCENARIO_COLOURS[0] if step.is_whole else style.GAIN if step.value >= 0.0 else style.LOSS
        axes.barh(place, step.value, left=start, height=0.66, color=tint, zorder=2)
        style.annotate(axes, step.shown, (max(start, level), place), (4, 0))
        ends += [start, level] if not step.is_whole else [level]
    if fall.target is not None:
        axes.axvline(fall.target, color=style.MISSED, lw=1.6, ls="--", zorder=3)
        ends.append(fall.target)
    axes.set_xlim(*_limits(ends))
    if axes.get_xlim()[0] > 0.0:
        _mark_break(axes, [place for place, step in enumerate(fall.steps) if step.is_whole])
    style.name_rows(axes, [style.wrapped(step.label, language, _FALL_WIDTH) for step in fall.steps])
    axes.set_title(style.wrapped(with_unit_of(fall.title, fall.unit), language, style.TITLE))
    style.thousands(axes, upright=False)


def _limits(ends: list[float]) -> tuple[float, float]:
    """Start the axis at zero, unless the steps could then not be seen: it starts near them, and its break is marked."""
    low, high = min(ends), max(ends)
    if low >= 0.0 and high - low > _SEEN * high:
        return 0.0, high + _ROOM * high
    room = 0.12 * (high - low or 1.0)
    return (0.0 if low - room < 0.0 <= low else low - room), high + 1.4 * room


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
