"""Figure: resident population and what moves it."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report import style
from sim.report.view import View, yearly


def draw(view: View) -> Figure:
    """Residents above with both published bases; births, deaths and net migration below."""
    figure = style.new_figure(
        view.word("常住人口及其变动", "Resident population and what moves it"),
        view.word(
            "万人；两次普查之间为插值，灰线为普查修订前公布数；下图为每年出生、死亡、净迁移",
            "10k persons; interpolated between censuses, grey: published before the census; below: yearly flows",
        ),
        (9.6, 6.4),
    )
    level, flows = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    before = view.published("population_resident_published")
    level.plot(list(before), list(before.values()), color=style.OPEN, lw=1.2, marker="o", ms=3)
    style.draw_published(level, view.published("population_resident"), view.word("统计数", "statistics"))
    for index, case in enumerate(view.drawn):
        style.draw_projection(level, yearly(case, "residents", view.region), view.say(case.name), index)
        _flows(flows, view, index)
    style.mark_base_year(level, view.base_year)
    style.mark_base_year(flows, view.base_year)
    flows.axhline(0, color=style.GREY, lw=0.8)
    style.one_legend(figure, level)
    return figure


_FLOWS = (("births", 1, "#3f8f5f"), ("deaths", -1, "#7b8794"), ("net_migration", 1, "#c0453b"))


def _flows(axes: Axes, view: View, index: int) -> None:
    case, width = view.drawn[index], 0.8 / len(view.drawn)
    for name, sign, tint in _FLOWS:
        values = {year: sign * value for year, value in yearly(case, name, view.region).items() if year > view.base_year}
        years = np.array(list(values)) + (index - (len(view.drawn) - 1) / 2) * width
        label = view.say(view.labels.variables[name]) if index == 0 else None
        heights = list(values.values())
        bottom = [-yearly(case, "deaths", view.region)[year] for year in values] if name == "net_migration" else 0
        axes.bar(years, heights, width * 0.9, bottom=bottom, color=tint, alpha=1.0 if index == 0 else 0.6, label=label)
    if index == 0:
        axes.legend(loc="lower left", ncols=3, fontsize=9)
