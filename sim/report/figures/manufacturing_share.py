"""Figure: manufacturing and industry as shares of GDP."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import style
from sim.report.view import CaseView, View, yearly


def draw(view: View) -> Figure:
    """Manufacturing share on the left with the plan's target; the published industry share on the right."""
    figure = style.new_figure(
        view.word("制造业增加值占地区生产总值比重", "Manufacturing share of GDP"),
        view.word(
            "现价，%；制造业占比未公布，基年由工业占比与规模工业中制造业占比推得；右图为有公布数的工业占比",
            "current prices, %; manufacturing is not published itself, its base is derived; right: industry, which is",
        ),
    )
    left, right = figure.subplots(1, 2, sharey=True)
    for index, case in enumerate(view.drawn):
        style.draw_projection(left, _percent(yearly(case, "manufacturing_share", view.region)), view.say(case.name), index)
        style.draw_projection(right, _industry(case, view.region), view.say(case.name), index)
    _target(left, view)
    style.draw_published(right, view.published("industry_share_gdp", 2018), view.word("统计数", "statistics"))
    left.set_title(view.word("制造业", "manufacturing"))
    right.set_title(view.word("全部工业", "all industry"))
    for axes in (left, right):
        style.mark_base_year(axes, view.base_year)
    left.set_ylim(0, 1.1 * left.get_ylim()[1])  # room for the star of the target
    style.one_legend(figure, right)
    return figure


def _percent(values: dict[int, float]) -> dict[int, float]:
    return {year: 100.0 * value for year, value in values.items()}


def _industry(case: CaseView, region: str) -> dict[int, float]:
    return _percent(yearly(case, "sector_share", region, sector=["manufacturing", "other_industry"]))


def _target(axes: Axes, view: View) -> None:
    score = view.score_of("manufacturing_share")
    if score is not None and score.target.year is not None:
        text = view.word(f"目标 {score.target.value:g}%", f"target {score.target.value:g} %")
        axes.plot(score.target.year, score.target.value, "*", color=style.MISSED, ms=14, zorder=6)
        axes.annotate(text, (score.target.year, score.target.value), xytext=(8, 4), textcoords="offset points", fontsize=9.5)
