"""Figure: value added of the sectors at current prices."""

from __future__ import annotations

from matplotlib.figure import Figure

from sim.report import style
from sim.report.view import View, yearly

INDUSTRY = ["manufacturing", "other_industry"]


def draw(view: View) -> Figure:
    """Six panels: the three published sectors, and the parts of the secondary one."""
    figure = style.new_figure(
        view.word("分行业增加值", "Value added by sector"),
        view.word(
            "现价，亿元；黑点为统计数，含由占比推算的（制造业未单独公布）",
            "CNY 100m at current prices; manufacturing is not published itself",
        ),
        (9.6, 6.4),
    )
    panels = figure.subplots(2, 3, sharex=True)
    for axes, (title, published, sectors) in zip(panels.flat, _panels(view), strict=True):
        style.draw_published(axes, published, view.word("统计数", "statistics"))
        for index, case in enumerate(view.drawn):
            values = yearly(case, "value_added_nominal", view.region, sector=sectors)
            style.draw_projection(axes, values, view.say(case.name), index)
        axes.set_title(title)
        axes.set_ylim(bottom=0)
        style.mark_base_year(axes, view.base_year)
    style.one_legend(figure, panels.flat[0])
    return figure


def _panels(view: View) -> list[tuple[str, dict[int, float], list[str]]]:
    secondary = view.published("value_added_secondary")
    industry = view.published("industry_value_added")
    building = {year: secondary[year] - value for year, value in industry.items() if year in secondary}
    return [
        (view.word("第一产业", "primary"), view.published("value_added_primary"), ["agriculture"]),
        (view.word("第二产业", "secondary"), secondary, [*INDUSTRY, "construction"]),
        (view.word("第三产业", "tertiary"), view.published("value_added_tertiary"), ["services"]),
        (view.word("制造业", "manufacturing"), {}, ["manufacturing"]),
        (view.word("全部工业", "all industry"), industry, INDUSTRY),
        (view.word("建筑业", "construction"), building, ["construction"]),
    ]
