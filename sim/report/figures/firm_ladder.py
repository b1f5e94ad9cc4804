"""Figure: the enterprise ladder, from market entities to listed firms."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import style
from sim.report.view import View, yearly

PANELS: tuple[tuple[str, str | None, float], ...] = (
    ("market_entities", "market_entities", 1e-4),
    ("registered_enterprises", "enterprises_registered", 1e-4),
    ("four_above_firms", None, 1.0),
    ("hightech_firms", "hightech_firms", 1.0),
    ("joint_stock_firms", None, 1.0),
    ("listed_firms", None, 1.0),
)


def draw(view: View) -> Figure:
    """Six panels, one per rung; stars are the plan's targets."""
    figure = style.new_figure(
        view.word("企业梯队", "The enterprise ladder"),
        view.word(
            "前两格为万户，其余为户；黑点为统计数（含推算），星号为规划目标；上市公司为期望值",
            "first two panels in 10k, the others in firms; black: statistics, stars: targets; listed: an expectation",
        ),
        (9.6, 6.4),
    )
    panels = figure.subplots(2, 3, sharex=True)
    for axes, (name, indicator, scale) in zip(panels.flat, PANELS, strict=True):
        published = view.published(indicator) if indicator else {}
        style.draw_published(
            axes, {year: scale * value for year, value in published.items()}, view.word("统计数", "statistics")
        )
        for index, case in enumerate(view.drawn):
            values = {year: scale * value for year, value in yearly(case, name, view.region).items()}
            style.draw_projection(axes, values, view.say(case.name), index)
        _target(axes, view, name)
        axes.set_title(view.say(view.labels.variables[name]))
        axes.set_ylim(bottom=0)
        axes.set_xlim(2018, view.last_year + 0.5)
        style.mark_base_year(axes, view.base_year)
    style.one_legend(figure, panels.flat[0])
    return figure


def _target(axes: Axes, view: View, name: str) -> None:
    score = view.score_of(name)
    if score is not None and score.target.year is not None:
        axes.plot(score.target.year, score.target.value, "*", color=style.MISSED, ms=13, zorder=6)
