"""Figure: GDP at current prices, and its real growth."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import style
from sim.report.view import CaseView, View, yearly


def draw(view: View) -> Figure:
    """GDP level against the plan's target above, yearly real growth below."""
    figure = style.new_figure(
        view.word(f"{view.say(view.city)}地区生产总值", f"GDP of {view.say(view.city)}"),
        view.word("上：现价，亿元；下：实际增速，%", "above: CNY 100m at current prices; below: real growth, %"),
        (9.6, 6.2),
    )
    level, rate = figure.subplots(2, 1, sharex=True, height_ratios=(2, 1))
    published = view.word("统计数", "statistics")
    style.draw_published(level, view.published("gdp_nominal"), published)
    style.draw_published(rate, view.published("gdp_growth_real"), published)
    for index, case in enumerate(view.drawn):
        style.draw_projection(level, yearly(case, "gdp_nominal", view.region), view.say(case.name), index)
        style.draw_projection(rate, _growth(case, view.region), view.say(case.name), index)
    _target(level, view)
    for axes in (level, rate):
        style.mark_base_year(axes, view.base_year)
    level.set_ylim(bottom=0)
    rate.axhline(0, color=style.GREY, lw=0.8)
    style.one_legend(figure, level)
    return figure


def _growth(case: CaseView, region: str) -> dict[int, float]:
    real = yearly(case, "gdp_real", region)
    return {year: 100.0 * (value / real[year - 1] - 1.0) for year, value in real.items() if year - 1 in real}


def _target(axes: Axes, view: View) -> None:
    score = view.score_of("gdp_nominal")
    if score is None or score.target.year is None:
        return
    text = view.word(f"目标 {score.target.value:,.0f}", f"target {score.target.value:,.0f}")
    axes.plot(score.target.year, score.target.value, "*", color=style.MISSED, ms=14, zorder=6, label=text)
