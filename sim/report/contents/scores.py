"""Figures of the scorecard: how far each target is reached, the growth it asks for, and every scenario against the targets."""

from __future__ import annotations

from collections import Counter

from sim.base.text import Text
from sim.inputs.targets import PlanTarget
from sim.plan.scorecard import PERCENT, Score
from sim.report.contents.series import MODEL, STATISTICS
from sim.report.figures.frame import Frame
from sim.report.figures.progress import Dot, Progress
from sim.report.figures.progress import Row as ProgressRow
from sim.report.figures.rates import Rates
from sim.report.figures.rates import Row as RateRow
from sim.report.figures.verdicts import Cell, Verdicts
from sim.report.view import View
from sim.simulate.result import Result

PAST_YEARS, _MOST = 5, 8


def progress(view: View, own: Result) -> Progress:
    """Projected over planned value in per cent of a scenario's own targets, with four fifths of the draws where they say it."""
    rows = tuple(_progress_row(view, score.target) for score in _judged(own))
    note = Text(
        "预测值（有抽样时为中位数）/ 目标值（%）；浅色粗线为 80% 的抽样，菱形为最近公布的实际值",
        "projected (median of the draws) / planned value (%); pale bars: 80 % of the draws, diamonds: latest published outcome",
    )
    frame = Frame(Text("规划目标实现程度", "How far the plan's targets are reached"), note, STATISTICS)
    place = next((index for index, result in enumerate(view.plotted) if result.scenario == own.scenario), 0)
    return Progress(frame, tuple(result.name for result in view.plotted), rows, place)


def _judged(result: Result) -> list[Score]:
    return [score for score in result.scorecard if score.projected is not None and score.target.value]


def _progress_row(view: View, target: PlanTarget) -> ProgressRow:
    dots, outcome, ceiling = [], None, False
    for index, result in enumerate(view.plotted):
        score = next((item for item in _judged(result) if item.target.id == target.id), None)
        if score is not None and score.projected is not None:
            low, high = (_in_percent(target, value) for value in score.band or (None, None))
            dots.append(Dot(index, 100.0 * score.projected / target.value, low, high))
            outcome = _in_percent(target, score.actual_value) if outcome is None else outcome
            ceiling = score.operator == "<="
    return ProgressRow(target.name, str(target.year), tuple(dots), outcome, ceiling)


def _in_percent(target: PlanTarget, value: float | None) -> float | None:
    return None if value is None else 100.0 * value / target.value


def rates(view: View, own: Result) -> Rates:
    """Yearly growth of a scenario's own targets: in the past five years, of each scenario, since published, and required."""
    rows = tuple(_rate_row(view, score) for score in own.scorecard if score.required_growth is not None)
    note = Text(
        f"%/年（占比类为百分点/年）；过去：基年前 {PAST_YEARS} 年，四上企业以规模以上工业代替；实际：已公布的后续年份",
        f"% a year (points for shares); past: {PAST_YEARS} years, above-scale firms: of industry; outcome: published since",
    )
    frame = Frame(Text("目标要求的年均增速", "Required yearly growth"), note, STATISTICS)
    return Rates(frame, tuple(result.name for result in view.plotted), rows)


def _rate_row(view: View, score: Score) -> RateRow:
    projected = []
    for index, result in enumerate(view.plotted):
        own = next((item for item in result.scorecard if item.target.id == score.target.id), None)
        if own is not None and own.projected_growth is not None:
            projected.append((index, own.projected_growth))
    return RateRow(score.target.name, score.required_growth or 0.0, tuple(projected), _past(view, score), score.actual_growth)


def _past(view: View, score: Score) -> float | None:
    """The yearly rate of the years before the base: points for shares, per cent for what is above nought."""
    first, last = view.base_year - PAST_YEARS, view.base_year
    region = score.plain_region or view.region
    series = view.published(score.past_indicator, first, region)
    if first not in series or last not in series:
        return None
    if score.target.unit == PERCENT:
        return (series[last] - series[first]) / PAST_YEARS
    if series[first] <= 0.0 or series[last] <= 0.0:
        return None
    return float(100.0 * ((series[last] / series[first]) ** (1.0 / PAST_YEARS) - 1.0))


def verdicts(view: View) -> Verdicts:
    """The targets that most scenarios are judged by, in the order of the plan."""
    judged = [score for result in view.scenarios for score in _judged(result)]
    often = {name for name, _ in Counter(score.target.id for score in judged).most_common(_MOST)}
    shared = {score.target.id: score.target.name for score in judged if score.target.id in often}
    columns = {name: place for place, name in enumerate(shared)}
    rows = tuple(
        tuple(_cell(columns, score) for score in _judged(result) if score.target.id in columns) for result in view.scenarios
    )
    note = Text(
        "预测值 / 目标值（%）与实现概率 P；判定（已公布的据公布数）：✓ 实现，≈ 接近，× 未实现",
        "projected / planned value (%) and probability P; verdict (published figures first): ✓ met, ≈ near, × missed",
    )
    frame = Frame(Text("各情景与主要目标", "Scenarios against the main targets"), note, MODEL)
    return Verdicts(frame, tuple(shared.values()), tuple(result.name for result in view.scenarios), rows)


def _cell(columns: dict[str, int], score: Score) -> Cell:
    if score.verdict == "not_judged":
        raise AssertionError("a number without a verdict")
    percent = 100.0 * (score.projected or 0.0) / score.target.value
    return Cell(columns[score.target.id], score.verdict, percent, score.probability)
