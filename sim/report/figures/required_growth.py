"""Figure: the growth that each target asks for, beside what was reached before and what is projected."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.plan.scorecard import Score
from sim.report import style
from sim.report.view import View

PAST_YEARS = 5
_MANY = 15


def draw(view: View) -> Figure:
    """Dots on one scale of yearly growth: past five years, each scenario, and what is required."""
    scores = list({score.target.id: score for case in view.drawn for score in case.scores if _has_rate(score)}.values())
    figure = style.new_figure(
        view.word("目标要求的年均增速", "Required yearly growth"),
        view.word(
            f"%/年（占比类为百分点/年）；过去：基年前 {PAST_YEARS} 年，四上企业以规模以上工业代替；实际：已公布的后续年份",
            f"% a year (points for shares); past: {PAST_YEARS} years; above-scale firms: industry; outcome: published",
        ),
        (9.6, 1.8 + (0.75 if len(scores) <= _MANY else 0.42) * max(len(scores), 2)),
    )
    axes = figure.add_subplot()
    for row, score in enumerate(scores):
        _row(axes, view, row, score)
    axes.set_yticks(range(len(scores)), [view.wrapped(score.target.name) for score in scores], fontsize=9)
    axes.set_ylim(len(scores) - 0.4, -0.6)
    axes.axvline(0, color=style.GREY, lw=0.8)
    style.one_legend(figure, axes)
    return figure


def _has_rate(score: Score) -> bool:
    return score.required_growth is not None


def _row(axes: Axes, view: View, row: int, score: Score) -> None:
    points: list[tuple[float, str, str, str]] = []
    past = _past(view, score)
    if past is not None:
        points.append((past, "s", style.GREY, view.word("过去五年", "past five years")))
    for index, case in enumerate(view.drawn):
        own = next((item for item in case.scores if item.target.id == score.target.id), None)
        if own is not None and own.projected_growth is not None:
            points.append((own.projected_growth, "o", style.colour(index), view.say(case.name)))
    if score.actual_growth is not None:
        points.append((score.actual_growth, "D", style.INK, view.word("实际", "outcome")))
    required = score.required_growth or 0.0
    points.append((required, "*", style.MISSED, view.word("目标要求", "required")))
    xs = [x for x, *_ in points]
    axes.plot([min(xs), max(xs)], [row, row], color=style.FAINT, lw=5, zorder=1, solid_capstyle="round")
    for x, marker, tint, label in points:
        size = 14 if marker == "*" else 8
        axes.plot(x, row, marker, color=tint, ms=size, label=label, ls="none", zorder=4)
    axes.annotate(f"{required:.1f}", (required, row), xytext=(0, 9), textcoords="offset points", ha="center", fontsize=8.5)


def _past(view: View, score: Score) -> float | None:
    series = view.published(score.past_indicator, view.base_year - PAST_YEARS)
    first, last = view.base_year - PAST_YEARS, view.base_year
    if first not in series or last not in series:
        return None
    rate: float = (series[last] / series[first]) ** (1.0 / PAST_YEARS) - 1.0
    return 100.0 * rate
