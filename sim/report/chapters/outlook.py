"""Chapter five: where the indicators may go, how likely each target is, and what was foreseen in earlier years."""

from __future__ import annotations

from collections import Counter

import numpy as np
import xarray as xr

from sim.base.arrays import Truths, Values
from sim.base.text import Text
from sim.base.words import spaced_text, unit_words
from sim.plan.feasibility import is_clear
from sim.plan.scorecard import Score
from sim.report import study_words as words
from sim.report.cells import NOTES, NOTHING, Column, Words, a_year, measured, probability, stated
from sim.report.chapters import Part, listed, pictured, present
from sim.report.document import Block, Chapter, Heading, Paragraph, Table, table_of
from sim.report.figures import Frame
from sim.report.figures.bars import Swing, Thirds, Tornado
from sim.report.figures.grids import Conflicts, VerdictCell, Verdicts
from sim.report.score_words import PLAN, UNIT, year_cell
from sim.report.trends import fans, trends
from sim.report.view import MODEL, View, projected_scores
from sim.simulate.result import Foresight, Result

TITLE = Text("形势研判与概率", "Outlook and probabilities")


def outlook(view: View, result: Result) -> Part:
    """Chances first, then where the indicators go, then what the draws say beyond them."""
    study = result.studies.feasibility
    figures = present(
        fans=fans(view, result),
        conflicts=None if study is None else conflicts(study),
        tornado=None if study is None else tornado(study),
        **trends(view),
        scenarios=verdicts(view) if len(view.scenarios) > 1 and any(result.scorecard for result in view.scenarios) else None,
    )
    drawn = [score for score in result.scorecard if score.probability is not None]
    blocks: list[Block] = [chances_table(drawn, is_published=bool(result.published))] if drawn else []
    blocks += [*pictured(figures, "fans"), *([] if study is None else _beyond(study))]
    blocks += [*pictured(figures, "conflicts", "tornado"), *_foreseen(result)]
    blocks += [Heading(Text("主要领域走势", "Main trends")), *pictured(figures, *result.outline.figures, "scenarios")]
    return Part(Chapter("outlook", TITLE, tuple(blocks)), figures)


def _beyond(study: xr.Dataset) -> list[Block]:
    """The study beyond the probabilities; pairs of targets stand among the problems, reasons for no verdict in the appendix."""
    targets, (together, _), (relaxing, _), unknowns = words.sentences(study)
    rows = [study.isel(target=place) for place in words.relaxed_places(study)]
    title = Text("放宽目标的一种办法", "One way to relax the targets")
    return [
        *listed(*targets),
        *listed(together, map(spaced_text, [words.joint_sentence(study), *words.left_out_sentence(study)])),
        Heading(relaxing),
        Paragraph(spaced_text(words.relaxation_head(study))),
        *([table_of("relaxed", title, _RELAXED, rows)] if rows else []),
        *(Paragraph(spaced_text(line)) for line in words.relaxation_end(study)),
        *listed(*unknowns),
    ]


_RELAXED: tuple[Column[xr.Dataset], ...] = (
    Column(Text("目标", "Target"), words.name_in),
    Column(Text("单位", "Unit"), lambda row: unit_words(str(row["unit"].item()))),
    Column(Text("规划目标", "Plan"), lambda row: stated(float(row["goal"])), is_number=True),
    Column(Text("放宽到", "Relaxed to"), lambda row: stated(float(row["relaxed_goal"])), is_number=True),
)


def chances_table(scores: list[Score], *, is_published: bool) -> Table:
    """The probability of each target, its error, and where four fifths of the draws lie."""
    caption = Text("各目标实现的概率", "How likely each target is")
    return table_of("chances", caption, _CHANCES, scores, NOTES["chances"] if is_published else NOTHING)


_DECIDED = Text("已由公布数判定", "decided by published figures")
_CHANCES: tuple[Column[Score], ...] = (
    Column(Text("目标", "Target"), lambda score: score.target.name),
    UNIT,
    Column(Text("年份", "Year"), year_cell, is_number=True),
    PLAN,
    Column(Text("中位数", "Median"), lambda score: measured(score.projected, unit=score.target.unit), is_number=True),
    Column(Text("概率", "Probability"), lambda score: probability(score.probability), is_number=True),
    Column(
        Text("抽样误差", "Sampling error"),
        lambda score: measured(score.probability_error and 100.0 * score.probability_error, Text(" 个百分点", " pt")),
        is_number=True,
    ),
    Column(Text("低（10%）", "Low (10 %)"), lambda score: measured(score.band and score.band[0]), is_number=True),
    Column(Text("高（90%）", "High (90 %)"), lambda score: measured(score.band and score.band[1]), is_number=True),
    Column(
        Text("研判", "In words"),
        lambda score: _DECIDED if score.judged_by == "data" else words.verdict(score.probability or 0.0),
    ),
)


def _foreseen(result: Result) -> list[Block]:
    """Forecasts by what could be known at the time; nothing where no ensemble says it."""
    if not result.foresight:
        return []
    caption = Text("当时的预测与后来的实际", "Forecasts made then, and outcomes")
    return [
        Heading(Text("回溯检验：仅用当时已公布的数据", "What could be known at the time")),
        Paragraph(NOTES["foreseen"]),
        table_of("foreseen", caption, _FORESEEN, result.foresight),
    ]


def _foreseen_name(item: Foresight) -> Words:
    start = Text(
        f"起点没有录入统计，取自：{item.seen.stand_in}", f"its start is not entered; it comes from: {item.seen.stand_in}"
    )
    return Words(item.name, (start,) if item.seen.stand_in else ())


_FORESEEN: tuple[Column[Foresight], ...] = (
    Column(Text("目标", "Target"), _foreseen_name),
    Column(Text("单位", "Unit"), lambda item: unit_words(item.unit)),
    Column(Text("目标年", "Year"), lambda item: a_year(item.year), is_number=True),
    Column(Text("目标值", "Value"), lambda item: stated(item.seen.value), is_number=True),
    Column(Text("资料截至", "Known up to"), lambda item: a_year(item.seen.as_of), is_number=True),
    Column(Text("达到的概率", "Probability"), lambda item: probability(item.seen.probability), is_number=True),
    Column(Text("中位数", "Median"), lambda item: measured(item.seen.median), is_number=True),
    Column(Text("低（10%）", "Low (10 %)"), lambda item: measured(item.seen.low), is_number=True),
    Column(Text("高（90%）", "High (90 %)"), lambda item: measured(item.seen.high), is_number=True),
    Column(Text("实际", "Outcome"), lambda item: measured(item.outcome), is_number=True),
)


def verdicts(view: View) -> Verdicts:
    """The targets that most scenarios are judged by, in the order of the plan."""
    judged = [score for result in view.scenarios for score in projected_scores(result)]
    often = {name for name, _ in Counter(score.target.id for score in judged).most_common(_MOST_SHARED)}
    shared = {score.target.id: score.target.name for score in judged if score.target.id in often}
    columns = {name: place for place, name in enumerate(shared)}
    rows = tuple(
        tuple(_cell(columns, score) for score in projected_scores(result) if score.target.id in columns)
        for result in view.scenarios
    )
    first = Text("（已公布的据公布数）", " (published figures first)") if view.is_published else NOTHING
    note = Text(
        f"预测值 / 目标值（%）与实现概率 P；判定{first.zh}：✓ 实现，≈ 接近，× 未实现",
        f"projected / planned value (%) and probability P; verdict{first.en}: ✓ met, ≈ near, × missed",
    )
    frame = Frame(Text("各情景与主要目标", "Scenarios against the main targets"), note, MODEL)
    return Verdicts(frame, tuple(shared.values()), tuple(result.name for result in view.scenarios), rows)


def _cell(columns: dict[str, int], score: Score) -> VerdictCell:
    if score.verdict == "not_judged":
        raise AssertionError("a number without a verdict")
    percent = 100.0 * (score.projected or 0.0) / score.target.value
    return VerdictCell(columns[score.target.id], score.verdict, percent, score.probability)


_DRAWS = Text("本模型抽样", "draws of this model")
_MOST_SHARED, _MOST_BARS, _MOST_SWINGS, _LEAST = 8, 5, 6, 0.02
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
    names = [words.name_in(study.isel(target=place)) for place in chosen]
    note = NOTES["conflicts"]
    if len(chosen) < count:
        note += Text(
            f"\n{count} 项中关系最明显的 {len(chosen)} 项",
            f"\nThe {len(chosen)} of {count} targets with the clearest relations",
        )
    return Conflicts(
        Frame(Text("目标之间的协同与冲突", "Which targets conflict, which support each other"), note, _DRAWS),
        tuple(names),
        tuple(
            tuple(float(lift[row, column]) if np.isfinite(lift[row, column]) else None for column in chosen) for row in chosen
        ),
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


def tornado(study: xr.Dataset) -> Tornado | None:
    """For the targets whose chance is most open, the unknowns that explain most of its variance."""
    chances = study["probability"].to_numpy()
    open_first = [int(place) for place in np.argsort(np.abs(chances - 0.5)) if 0.0 < chances[place] < 1.0]
    swings = [swing for swing in (_swing(study, place) for place in open_first[:_MOST_SWINGS]) if swing.bars]
    if not swings:
        return None
    title = Text("影响目标实现的主要不确定因素", "Which unknowns decide the targets")
    return Tornado(Frame(title, NOTES["tornado"], _DRAWS), tuple(swings))


def _swing(study: xr.Dataset, place: int) -> Swing:
    row = study.isel(target=place)
    explained = row["variance_explained"].to_numpy()
    best = [int(item) for item in np.argsort(-explained)[:_MOST_BARS] if explained[item] >= _LEAST]
    bars = tuple(
        Thirds(
            words.text_in(study.isel(input=item), "input"),
            *(float(row[end][item]) for end in ("met_when_low", "met_when_high")),
        )
        for item in best
    )
    return Swing(words.name_in(row), float(row["probability"]), bars)
