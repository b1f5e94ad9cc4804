"""Figure: the age pyramid of the base year and of the last year."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.report import style
from sim.report.view import View

SEXES = ("male", "female")


def draw(view: View) -> Figure:
    """Filled: the base year; lines: every scenario in its last year; men on the left, women on the right."""
    last = max(int(case.results["year"].values[-1]) for case in view.drawn)
    figure = style.new_figure(
        view.word(f"人口年龄结构：{view.base_year} 年与 {last} 年", f"Age structure: {view.base_year} and {last}"),
        view.word(
            "万人（单岁）；基年由全省普查年龄结构按本市三大年龄段占比估计",
            "10k persons per single age; base year estimated from the province's census",
        ),
        (9.6, 6.4),
    )
    axes = figure.add_subplot()
    _base(axes, view)
    for index, case in enumerate(view.drawn):
        year = int(case.results["year"].values[-1])
        people = case.results["population"].sel(region=view.region, year=year)
        label = f"{view.say(case.name)} {year}"
        for sex, sign in zip(SEXES, (-1, 1), strict=True):
            values = sign * people.sel(sex=sex).values
            line = "-" if index == 0 else "--"
            axes.plot(values, np.arange(len(values)), color=style.colour(index), lw=1.8, ls=line, label=label)
    axes.axvline(0, color="white", lw=1.2)
    axes.set_ylabel(view.word("年龄", "age"))
    axes.set_ylim(0, 100)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{abs(value):g}"))
    for text, x in ((view.word("男", "men"), 0.04), (view.word("女", "women"), 0.93)):
        axes.text(x, 0.94, text, transform=axes.transAxes, fontsize=12)
    style.one_legend(figure, axes)
    return figure


def _base(axes: Axes, view: View) -> None:
    people = view.drawn[0].results["population"].sel(region=view.region, year=view.base_year)
    for sex, sign in zip(SEXES, (-1, 1), strict=True):
        values = sign * people.sel(sex=sex).values
        label = view.word(f"{view.base_year} 年（基年）", f"{view.base_year} (base year)")
        axes.barh(np.arange(len(values)), values, height=1.0, color="#cbd2d9", label=label)
