"""Figure: how far each target is reached, in per cent of the plan's value."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plan.scorecard import Score
from sim.report import style
from sim.report.view import View


def draw(view: View) -> Figure:
    """Bars of projected over planned value, one per scenario and target; diamonds where the outcome is published."""
    targets = list({score.target.id: score.target for case in view.drawn for score in _judged(case.scores)}.values())
    figure = style.new_figure(
        view.word("规划目标实现程度", "How far the plan's targets are reached"),
        view.word(
            "预测值 / 目标值（%）；菱形为最近公布的实际值", "projected / planned value (%); diamonds: latest published outcome"
        ),
        (9.6, 1.6 + _row_height(len(targets)) * max(len(targets), 2)),
    )
    axes = figure.add_subplot()
    height = 0.8 / max(len(view.drawn), 1)
    for index, case in enumerate(view.drawn):
        scores = {score.target.id: score for score in _judged(case.scores)}
        for row, target in enumerate(targets):
            if target.id in scores:
                _bar(axes, row + (index - (len(view.drawn) - 1) / 2) * height, height, scores[target.id], index)
    _outcomes(axes, view, [target.id for target in targets])
    axes.axvline(100, color=style.INK, lw=1.2)
    axes.set_yticks(
        range(len(targets)),
        [f"{view.wrapped(target.name)}\n{target.year}" for target in targets],
        fontsize=9 if len(targets) <= _MANY else 7,
    )
    axes.set_ylim(len(targets) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    for index, case in enumerate(view.drawn):
        axes.barh([-5], [0], color=style.colour(index), label=view.say(case.name))
    style.one_legend(figure, axes)
    return figure


_MANY, _ROOMY, _TIGHT = 15, 0.75, 0.42


def _row_height(targets: int) -> float:
    """Inches a target takes: less where there are many."""
    return _ROOMY if targets <= _MANY else _TIGHT


def _judged(scores: tuple[Score, ...]) -> list[Score]:
    return [score for score in scores if score.projected is not None and score.target.value]


def _bar(axes: Axes, y: float, height: float, score: Score, index: int) -> None:
    percent = 100.0 * (score.projected or 0.0) / score.target.value
    axes.barh(y, percent, height * 0.9, color=style.colour(index))
    axes.annotate(f"{percent:.0f}%", (percent, y), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8.5)


def _outcomes(axes: Axes, view: View, order: list[str]) -> None:
    shown: set[str] = set()
    for case in view.drawn:
        for score in case.scores:
            if score.actual_value is not None and score.target.id in order and score.target.id not in shown:
                shown.add(score.target.id)
                percent = 100.0 * score.actual_value / score.target.value
                label = view.word("实际", "outcome") if len(shown) == 1 else None
                axes.plot(percent, order.index(score.target.id), "D", color=style.INK, ms=6, zorder=5, label=label)
