"""Chapter five: where the indicators may go, how likely each target is, and what was foreseen in earlier years."""

from __future__ import annotations

import xarray as xr

from sim.base.text import Text
from sim.base.words import OPERATORS, spaced_text, unit_words
from sim.plan.scorecard import Score
from sim.report.chapters.part import Part, listed, pictured, present
from sim.report.contents.targets import conflicts, tornado, verdicts
from sim.report.contents.trends import fans, trends
from sim.report.document import (
    Block,
    Cell,
    Chapter,
    Column,
    Heading,
    Paragraph,
    Table,
    Words,
    a_year,
    measured,
    probability,
    stated,
)
from sim.report.score_words import years_of
from sim.report.study_words import (
    VARIANCE_EXPLAINED,
    joint_sentence,
    left_out_sentence,
    name_in,
    relaxation_end,
    relaxation_head,
    relaxed_places,
    target_sentence,
    unknown_sentences,
    verdict,
)
from sim.report.view import View
from sim.simulate.records import Foresight
from sim.simulate.result import Result

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
    blocks: list[Block] = [chances_table(drawn)] if drawn else []
    blocks += pictured(figures, "fans")
    blocks += [] if study is None else _beyond(study)
    blocks += pictured(figures, "conflicts", "tornado")
    blocks += _foreseen(result)
    blocks.append(Heading(Text("主要领域走势", "Main trends")))
    blocks += pictured(figures, *result.outline.figures, "scenarios")
    return Part(Chapter("outlook", TITLE, tuple(blocks)), figures)


def _beyond(study: xr.Dataset) -> list[Block]:
    """What the study says beyond the probabilities; pairs of targets stand among the problems."""
    targets = [target_sentence(study, str(name)) for name in study["target"].to_numpy()]
    together = [joint_sentence(study), *left_out_sentence(study)]
    return [
        *_spaced(Text("各目标", "Each target"), targets),
        *_spaced(Text("同时实现", "All together"), together),
        *_relaxed(study),
        *_spaced(VARIANCE_EXPLAINED, unknown_sentences(study)),
    ]


def _spaced(title: Text, lines: list[Text]) -> list[Block]:
    return listed(title, [spaced_text(line) for line in lines])


def _relaxed(study: xr.Dataset) -> list[Block]:
    """Which targets must give for the rest to be likely, from what to what."""
    columns = (
        Column(Text("目标", "Target")),
        Column(Text("单位", "Unit")),
        Column(Text("规划目标", "Plan"), is_number=True),
        Column(Text("放宽到", "Relaxed to"), is_number=True),
    )
    rows = [_relaxed_row(study.isel(target=place)) for place in relaxed_places(study)]
    found: list[Block] = [Heading(Text("目标调整空间", "Relaxing targets")), Paragraph(spaced_text(relaxation_head(study)))]
    title = Text("放宽目标的一种办法", "One way to relax the targets")
    found += [Table("relaxed", title, columns, tuple(rows))] if rows else []
    return [*found, *(Paragraph(spaced_text(line)) for line in relaxation_end(study))]


def _relaxed_row(row: xr.Dataset) -> tuple[Cell, ...]:
    unit, goal, relaxed = unit_words(str(row["unit"].item())), float(row["goal"]), float(row["relaxed_goal"])
    return Words(name_in(row)), Words(unit), stated(goal), stated(relaxed)


def chances_table(scores: list[Score]) -> Table:
    """The probability of each target, its error, and where four fifths of the draws lie."""
    columns = (
        Column(Text("目标", "Target")),
        Column(Text("单位", "Unit")),
        Column(Text("年份", "Year"), is_number=True),
        Column(Text("目标值", "Plan"), is_number=True),
        Column(Text("中位数", "Median"), is_number=True),
        Column(Text("概率", "Probability"), is_number=True),
        Column(Text("抽样误差", "Sampling error"), is_number=True),
        Column(Text("低（10%）", "Low (10 %)"), is_number=True),
        Column(Text("高（90%）", "High (90 %)"), is_number=True),
        Column(Text("研判", "In words")),
    )
    note = Text(
        "模型自基年起自行推演，不用其后的公布数；目标年已有公布数的由公布数判定，概率只用来检验模型。",
        "The model runs on its own from the base year and uses no later figure; where the target's year is published, the "
        "published figure decides, and the probability only tests the model.",
    )
    rows = tuple(_chance_row(score) for score in scores)
    return Table("chances", Text("各目标实现的概率", "How likely each target is"), columns, rows, note)


_PUBLISHED = Words(Text("已由公布数判定", "decided by published figures"))


def _chance_row(score: Score) -> tuple[Cell, ...]:
    target = score.target
    error = None if score.probability_error is None else 100.0 * score.probability_error
    return (
        Words(target.name),
        Words(unit_words(target.unit)),
        a_year(years_of(score)),
        stated(target.value, f"{OPERATORS[score.operator]} "),
        measured(score.projected, unit=target.unit),
        probability(score.probability),
        measured(error, Text(" 个百分点", " pt")),
        *(measured(value) for value in score.band or (None, None)),
        _PUBLISHED if score.judged_by == "data" else Words(verdict(score.probability or 0.0)),
    )


def _foreseen(result: Result) -> list[Block]:
    """What could be known at the time; nothing where no ensemble says it."""
    if not result.foresight:
        return []
    head = Heading(Text("回溯检验：仅用当时已公布的数据", "What could be known at the time"))
    words = Paragraph(
        Text(
            "把模型退回到当年，参数、基年和先验都只用那时已经公布的资料，不加规划的新增措施，预测目标年份并与后来的实际结果对照。"
            "这是对模型预测能力的检验，无论结果如何都列在这里；参数和基年与本情景不同，数值不可与上表直接相比。",
            "The model is taken back to an earlier year: parameters, base year and priors rest on what was published by then, "
            "and no measure of the plan is added. Its forecast stands beside what happened, whatever it shows; its parameters "
            "and base year are others, so that its numbers are not to be compared with those above.",
        )
    )
    columns = (
        Column(Text("目标", "Target")),
        Column(Text("单位", "Unit")),
        Column(Text("目标年", "Year"), is_number=True),
        Column(Text("目标值", "Value"), is_number=True),
        Column(Text("资料截至", "Known up to"), is_number=True),
        Column(Text("达到的概率", "Probability"), is_number=True),
        Column(Text("中位数", "Median"), is_number=True),
        Column(Text("低（10%）", "Low (10 %)"), is_number=True),
        Column(Text("高（90%）", "High (90 %)"), is_number=True),
        Column(Text("实际", "Outcome"), is_number=True),
    )
    rows = tuple(_foresight_row(item) for item in result.foresight)
    return [head, words, Table("foreseen", Text("当时的预测与后来的实际", "Forecasts made then, and outcomes"), columns, rows)]


def _foresight_row(item: Foresight) -> tuple[Cell, ...]:
    start = Text(f"起点没有录入统计，取自：{item.stand_in}", f"its start is not entered; it comes from: {item.stand_in}")
    return (
        Words(item.name, (start,) if item.stand_in else ()),
        Words(unit_words(item.unit)),
        a_year(item.year),
        stated(item.value),
        a_year(item.as_of),
        probability(item.probability),
        *(measured(value) for value in (item.median, item.low, item.high, item.outcome)),
    )
