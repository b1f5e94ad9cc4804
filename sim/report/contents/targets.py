"""Figures of the plan: its targets beside the scenarios, which of them fight, what decides them, and its projects in time."""

from __future__ import annotations

from collections import Counter

import numpy as np
import xarray as xr

from sim.base.arrays import Truths, Values
from sim.base.text import Text
from sim.inputs.targets import PlanTarget
from sim.ledger.limits import LABELS
from sim.plan.feasibility import is_clear
from sim.plan.scorecard import PERCENT, Score
from sim.report.contents.trends import MODEL, STATISTICS
from sim.report.figures.conflicts import Conflicts
from sim.report.figures.frame import Frame
from sim.report.figures.progress import Dot, Progress
from sim.report.figures.progress import Row as ProgressRow
from sim.report.figures.rates import Rates
from sim.report.figures.rates import Row as RateRow
from sim.report.figures.schedule import Schedule
from sim.report.figures.tornado import Bar, Swing, Tornado
from sim.report.figures.verdicts import Cell, Verdicts
from sim.report.study_words import name_in
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


_MODEL = Text("本模型抽样", "draws of this model")
_MOST_BARS, _MOST_SWINGS, _LEAST = 5, 6, 0.02
_MOST_TARGETS, _SMALLEST = 14, 1e-3
"""Targets that a map of pairs can show on a page; lifts below the smallest count as it."""


def conflicts(study: xr.Dataset) -> Conflicts | None:
    """The lift of the pairs of targets, of many those that are most entangled; None with less than two."""
    count = study.sizes["target"]
    if count < 2:  # noqa: PLR2004  a pair takes two
        return None
    lift = study["lift"].to_numpy()
    clear = is_clear(lift, study["lift_error"].to_numpy())
    chosen = most_entangled(lift, clear)
    names = [name_in(study.isel(target=place)) for place in chosen]
    note = Text(
        "小于 1（橙）相互冲突，大于 1（紫）相互支持；灰字在抽样误差以内；空白：其中一项从未或总是实现",
        "below 1 (orange) in conflict, above 1 (purple) in support; grey: within the sampling error; blank: never or always",
    )
    if len(chosen) < count:
        note += Text(
            f"\n{count} 项中关系最明显的 {len(chosen)} 项",
            f"\nThe {len(chosen)} of {count} targets with the clearest relations",
        )
    return Conflicts(
        Frame(Text("目标之间的协同与冲突", "Which targets conflict, which support each other"), note, _MODEL),
        tuple(names),
        tuple(tuple(_finite(lift[row, column]) for column in chosen) for row in chosen),
        tuple(tuple(bool(clear[row, column]) for column in chosen) for row in chosen),
    )


def most_entangled(lift: Values, clear: Truths) -> list[int]:
    """The targets of the strongest clear relations, in the order of the plan; all where a map can show them."""
    if len(lift) <= _MOST_TARGETS:
        return list(range(len(lift)))
    strength = np.where(np.triu(clear, 1), np.abs(np.log(np.where(clear, np.maximum(lift, _SMALLEST), 1.0))), 0.0)
    chosen = dict[int, None]()
    for place in np.argsort(-strength, axis=None, kind="stable"):
        pair = [int(item) for item in np.unravel_index(place, strength.shape)]
        if strength[pair[0], pair[1]] <= 0.0 or len(chosen | dict.fromkeys(pair)) > _MOST_TARGETS:
            break
        chosen |= dict.fromkeys(pair)
    return sorted(chosen)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def tornado(study: xr.Dataset) -> Tornado | None:
    """For the targets whose chance is most open, the unknowns that explain most of its variance."""
    chances = study["probability"].to_numpy()
    open_first = [int(place) for place in np.argsort(np.abs(chances - 0.5)) if 0.0 < chances[place] < 1.0]
    swings = [swing for swing in (_swing(study, place) for place in open_first[:_MOST_SWINGS]) if swing.bars]
    if not swings:
        return None
    note = Text(
        "某个因素处于最低或最高三分之一时，目标实现的概率；竖线为全部抽样",
        "the probability of the target when an unknown lies in its lowest or highest third; upright line: all draws",
    )
    title = Text("影响目标实现的主要不确定因素", "Which unknowns decide the targets")
    return Tornado(Frame(title, note, _MODEL), tuple(swings))


def _swing(study: xr.Dataset, place: int) -> Swing:
    row = study.isel(target=place)
    explained = row["variance_explained"].to_numpy()
    best = [int(item) for item in np.argsort(-explained)[:_MOST_BARS] if explained[item] >= _LEAST]
    labels = [Text(str(study["input_zh"].to_numpy()[item]), str(study["input_en"].to_numpy()[item])) for item in best]
    ends = [(float(row["met_when_low"][item]), float(row["met_when_high"][item])) for item in best]
    bars = tuple(Bar(label, low, high) for label, (low, high) in zip(labels, ends, strict=True))
    return Swing(name_in(row), float(row["probability"]), bars)


_MOST_PROGRAMMES = 24


def schedule(view: View, result: Result) -> Schedule | None:
    """The largest programmes; None where the scenario does not use the ledger."""
    if result.ledger is None:
        return None
    waiting = tuple((LABELS[name], tuple(values)) for name, values in result.ledger.waiting.items())
    note = Text(
        "色条：开工至九成资金投用（中位数），白线为一半；细线：九成投用时间的 10%–90% 区间；三角：文件写明的最晚完工年",
        "bars: first work begun to nine tenths of the money in use (medians), tick: half; "
        "thin lines: 10-90 % of that date; triangles: latest end printed",
    )
    source = Text(
        "规划文件点名的项目；未写明的金额和工期按类别抽取",
        "projects named by the plan; what it does not print is drawn by class",
    )
    title = Text("项目台账：", "The project ledger: ") + result.name
    return Schedule(
        Frame(title, note, source), result.ledger.programmes[:_MOST_PROGRAMMES], waiting, view.base_year + 1, view.last_year
    )
