"""Figure: when the programmes of the ledger are built and put to use, and which resource makes projects wait when."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ledger.limits import LABELS
from sim.ledger.summary import ProgrammeTimes
from sim.report import style
from sim.report.view import LedgerView, View

_MOST = 18
_DARK = 0.6
"""Part of the deepest shade from which on black cannot be read."""


def draw(view: View) -> Figure:
    """Bars from the start of building to nearly all in use, with the spread of that date; below them who waits for what."""
    found = next(((case, case.ledger) for case in view.cases if case.ledger is not None), None)
    if found is None:
        return _nothing(view)
    case, ledger = found
    figure = style.new_figure(
        view.word(f"项目台账：{view.say(case.name)}", f"The project ledger: {view.say(case.name)}"),
        view.word(
            "色条：开工至九成资金投用（中位数），白线为一半；细线：九成投用时间的 10%–90% 区间；三角：文件写明的最晚完工年",
            "bars: first work begun to nine tenths of the money in use (medians), tick: half; "
            "thin lines: 10-90 % of that date; triangles: latest end printed",
        ),
        (9.6, 7.6),
    )
    bars, waits = figure.subplots(2, 1, height_ratios=(4.2, 1.0))
    _programmes(bars, view, ledger.programmes[:_MOST])
    _waiting(waits, view, ledger)
    return figure


def _nothing(view: View) -> Figure:
    title = view.word("项目台账", "The project ledger")
    figure = style.new_figure(title, view.word("没有情景启用台账", "no scenario uses the ledger"), (9.6, 1.6))
    figure.subplots().set_axis_off()
    return figure


def _programmes(axes: Axes, view: View, rows: tuple[ProgrammeTimes, ...]) -> None:
    for place, row in enumerate(rows):
        colour = style.colour(0)
        axes.barh(place, row.nearly_all - row.start, left=row.start, height=0.56, color=colour, alpha=0.75, zorder=2)
        axes.plot([row.half, row.half], [place - 0.28, place + 0.28], color="white", lw=2.0, zorder=3)
        axes.plot([row.low, row.high], [place, place], color=style.INK, lw=1.3, zorder=4)
        if row.planned is not None:
            axes.plot(row.planned + 1.0, place - 0.42, "v", color=style.INK, ms=6, zorder=5)
    unit = view.word("亿元", "CNY 100m")
    names = [f"{view.say(row.name)} ({row.works}; {row.money:,.0f} {unit})" for row in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=8.5)
    axes.set_ylim(len(rows) - 0.4, -0.8)
    axes.grid(visible=False, axis="y")
    axes.set_xlim(view.base_year, view.last_year + 1)
    axes.set_title(view.word("计划（项目数，平均投资）", "programmes (projects, mean investment)"))


def _waiting(axes: Axes, view: View, ledger: LedgerView) -> None:
    names = list(ledger.waiting)
    table = np.array([ledger.waiting[name] for name in names])
    top = max(math.ceil(table.max(initial=0.0)), 1)
    years = range(view.base_year + 1, view.base_year + 1 + table.shape[1])
    edges = np.array([*years, years[-1] + 1], dtype=float)
    axes.pcolormesh(edges, np.arange(len(names) + 1.0), table, cmap="Oranges", vmin=0.0, vmax=top)
    for row, values in enumerate(table):
        for year, value in zip(years, values, strict=True):
            if value >= 0.05:  # noqa: PLR2004  what would print as zero is left out
                colour = "white" if value > _DARK * top else style.INK
                axes.text(year + 0.5, row + 0.5, f"{value:.1f}", ha="center", va="center", fontsize=7.5, color=colour)
    axes.set_yticks(np.arange(len(names)) + 0.5, [view.say(LABELS[name]) for name in names], fontsize=8.5)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.set_xlim(view.base_year, view.last_year + 1)
    axes.set_title(view.word("平均每年排队等待的项目数", "projects that wait, mean over the year"))
