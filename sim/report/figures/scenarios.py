"""Figure: every scenario against the targets that most of them share, in per cent of the plan's value."""

from __future__ import annotations

from collections import Counter

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.plan.scorecard import Score
from sim.report import style
from sim.report.view import View

_MOST, _COLUMN = 8, 18
_COLOURS = {"met": "#cfe8d5", "near": "#fbe7b2", "missed": "#f3cfc6"}


def draw(view: View) -> Figure:
    """A table: a row per scenario, a column per target; the colour is the verdict."""
    targets = _shared(view)
    figure = style.new_figure(
        view.word("各情景与主要目标", "Scenarios against the main targets"),
        view.word(
            "预测值 / 目标值（%）与实现概率；绿：实现，黄：接近，红：未实现",
            "projected / planned value (%) and probability; green: met, yellow: near, red: missed",
        ),
        (9.6, 1.9 + 0.36 * len(view.cases)),
    )
    axes = figure.add_subplot()
    for row, case in enumerate(view.cases):
        scores = {score.target.id: score for score in case.scores}
        for column, target in enumerate(targets):
            score = scores.get(target)
            if score is not None and score.projected is not None:
                _cell(axes, column, row, score)
    names = {score.target.id: score.target.name for case in view.cases for score in case.scores}
    axes.set_xticks(range(len(targets)), [view.wrapped(names[target], _COLUMN) for target in targets], fontsize=7.5)
    axes.set_yticks(range(len(view.cases)), [view.say(case.name) for case in view.cases], fontsize=9)
    axes.xaxis.tick_top()
    axes.set_xlim(-0.5, max(len(targets), 1) - 0.5)
    axes.set_ylim(len(view.cases) - 0.5, -0.5)
    axes.grid(visible=False)
    axes.tick_params(length=0)
    return figure


def _shared(view: View) -> list[str]:
    """The targets that most scenarios are judged by, in the order of the plan."""
    judged = [score.target.id for case in view.cases for score in case.scores if score.projected is not None]
    counts = Counter(judged)
    often = {name for name, _ in counts.most_common(_MOST)}
    return [name for name in dict.fromkeys(judged) if name in often]


def _cell(axes: Axes, column: int, row: int, score: Score) -> None:
    axes.add_patch(Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, color=_COLOURS.get(score.verdict, "white"), zorder=1))
    percent = 100.0 * (score.projected or 0.0) / score.target.value if score.target.value else 0.0
    chance = "" if score.probability is None else f"  P {100.0 * score.probability:.0f}%"
    axes.text(column, row, f"{percent:.0f}%{chance}", ha="center", va="center", fontsize=8, zorder=2)
