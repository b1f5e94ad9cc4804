"""Figure: fan charts. Bands of the draws by year, beside what was published and what the plan asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.report import style
from sim.text import Language, Text
from sim.words import with_unit_text

Values = NDArray[Any]
_SHADES = ("#d6e3f0", "#adc8e2", "#7ba6cf")
_MEDIAN = 0.5
_FIRST_PUBLISHED = 2010


@dataclass(frozen=True)
class Fan:
    """One panel: `quantiles` [level, year] of an indicator, published values, and targets as (year, value, operator)."""

    title: Text
    unit: str
    years: Sequence[int]
    levels: Sequence[float]
    quantiles: Values
    published: Mapping[int, float] = field(default_factory=dict)
    targets: Sequence[tuple[int, float]] = ()


def draw(fans: Sequence[Fan], title: Text, note: Text, language: Language) -> Figure:
    """One panel for each fan."""
    figure, panels = style.panels(len(fans), title.in_language(language), note.in_language(language))
    for axes, fan in zip(panels, fans, strict=True):
        _draw_fan(axes, fan, language, alone=len(fans) == 1)
    style.one_legend(figure, panels[_fullest(fans)])
    return figure


def _fullest(fans: Sequence[Fan]) -> int:
    """The panel that shows most kinds of things."""
    return max(range(len(fans)), key=lambda place: (bool(fans[place].targets), bool(fans[place].published)))


def _draw_fan(axes: Axes, fan: Fan, language: Language, *, alone: bool) -> None:
    pairs = [(place, len(fan.levels) - 1 - place) for place in range(len(fan.levels) // 2)]
    for shade, (low, high) in zip(_SHADES, pairs, strict=False):
        share = f"{100.0 * (fan.levels[high] - fan.levels[low]):.0f}%"
        label = Text(f"{share} 区间", f"{share} band").in_language(language)
        axes.fill_between(fan.years, fan.quantiles[low], fan.quantiles[high], color=shade, lw=0, label=label, zorder=2)
    if _MEDIAN in fan.levels:
        middle = fan.quantiles[list(fan.levels).index(_MEDIAN)]
        median = Text("中位数", "median").in_language(language)
        axes.plot(fan.years, middle, color=style.colour(0), lw=2.0, label=median, zorder=3)
    shown = {year: value for year, value in fan.published.items() if year >= _FIRST_PUBLISHED}
    style.draw_published(axes, shown, Text("统计数", "statistics").in_language(language))
    for year, value in fan.targets:
        target = Text("规划目标", "target of the plan").in_language(language)
        axes.plot(year, value, "*", color=style.MISSED, ms=13 if alone else 10, zorder=6, label=target)
    axes.set_title(with_unit_text(fan.title.in_language(language), fan.unit, language))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    style.thousands(axes)
    style.mark_base_year(axes, fan.years[0])
