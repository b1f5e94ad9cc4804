"""Chapter five: where the indicators may go, how likely each target is, and what was foreseen in earlier years."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import xarray as xr

from sim.plan.feasibility import is_clear
from sim.plan.scorecard import Score
from sim.report.chapters.part import Part, listed, pictured, present
from sim.report.contents import economy, people
from sim.report.contents.fans import fans
from sim.report.contents.firms import ladder
from sim.report.contents.scores import spread, verdicts
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
from sim.report.feasibility_words import name_in, pair_sentences, sentences, verdict
from sim.report.figures.conflicts import Conflicts
from sim.report.figures.frame import Frame
from sim.report.figures.tornado import Bar, Swing, Tornado
from sim.report.material import Foresight, Material
from sim.report.score_words import OPERATORS, years_of
from sim.text import Text
from sim.words import unit_words

TITLE = Text("形势研判与概率", "Outlook and probabilities")
_MODEL = Text("本模型抽样", "draws of this model")
_MOST_BARS, _MOST_SWINGS, _LEAST = 5, 6, 0.02


def outlook(material: Material) -> Part:
    """Chances first, then where the indicators go, then what the draws say beyond them."""
    view, study = material.view, None if material.studies is None else material.studies.feasibility
    figures = present(
        fans=fans(view, material.case),
        conflicts=None if study is None else conflicts(study),
        tornado=None if study is None else tornado(study),
        gdp=economy.gdp(view),
        sectors=economy.sectors(view),
        manufacturing_share=economy.manufacturing_share(view),
        population=people.population(view),
        pyramid=people.pyramid(view),
        firm_ladder=ladder(view),
        scenarios=verdicts(view) if len(view.cases) > 1 and any(case.scores for case in view.cases) else None,
    )
    drawn = [score for score in material.case.scores if score.probability is not None]
    blocks: list[Block] = [chances_table(material, drawn)] if drawn else []
    blocks += pictured(figures, "fans")
    if study is not None:
        blocks += [block for title, lines in _sentences(study) for block in listed(title, lines)]
    blocks += pictured(figures, "conflicts", "tornado")
    blocks += _foreseen(material)
    blocks.append(Heading(Text("主要方面的走势", "Where the city goes")))
    blocks += pictured(figures, "gdp", "sectors", "manufacturing_share", "population", "pyramid", "firm_ladder", "scenarios")
    return Part(Chapter("outlook", TITLE, tuple(blocks)), figures)


def _sentences(study: xr.Dataset) -> Iterator[tuple[Text, list[Text]]]:
    """What the study says, but for the pairs of targets, which stand among the problems."""
    told = {line.en for line in pair_sentences(study)}
    for title, lines in sentences(study):
        yield title, [line for line in lines if line.en not in told]


def chances_table(material: Material, scores: list[Score]) -> Table:
    """The probability of each target, its error, and where four fifths of the draws lie."""
    columns = (
        Column(Text("目标", "Target"), 3.0),
        Column(Text("单位", "Unit"), 1.0),
        Column(Text("年份", "Year"), 1.0, is_number=True),
        Column(Text("目标值", "Plan"), 1.2, is_number=True),
        Column(Text("概率", "Probability"), 1.1, is_number=True),
        Column(Text("抽样误差", "Sampling error"), 1.3, is_number=True),
        Column(Text("低（10%）", "Low (10 %)"), 1.2, is_number=True),
        Column(Text("高（90%）", "High (90 %)"), 1.2, is_number=True),
        Column(Text("研判", "In words"), 1.6),
    )
    note = Text("区间只列抽样时逐年汇总了的指标。", "Bands stand for indicators that the draws were summed up for.")
    rows = tuple(_chance_row(material, score) for score in scores)
    return Table("chances", Text("各目标实现的概率", "How likely each target is"), columns, rows, note)


def _chance_row(material: Material, score: Score) -> tuple[Cell, ...]:
    target = score.target
    error = None if score.probability_error is None else 100.0 * score.probability_error
    return (
        Words(target.name),
        Words(unit_words(target.unit)),
        a_year(years_of(score)),
        stated(target.value, f"{OPERATORS[score.operator]} "),
        probability(score.probability),
        measured(error, Text(" 个百分点", " pt")),
        *(measured(value) for value in spread(material.case, score)),
        Words(verdict(score.probability or 0.0)),
    )


def _foreseen(material: Material) -> list[Block]:
    """What could be known at the time; nothing where no ensemble says it."""
    if not material.text.foreseen:
        return []
    head = Heading(Text("如果站在当年：只用当时已公布的数据", "What could be known at the time"))
    words = Paragraph(
        Text(
            "把模型退回到当年，参数、基年和先验都只用那时已经公布的资料，不加规划的新增措施，预测目标年份并与后来的实际结果对照。"
            "这是对模型预测能力的检验，无论结果如何都列在这里。",
            "The model is taken back to an earlier year: parameters, base year and priors rest on what was published by then, "
            "and no measure of the plan is added. Its forecast stands beside what happened, whatever it shows.",
        )
    )
    columns = (
        Column(Text("目标", "Target"), 3.0),
        Column(Text("单位", "Unit"), 1.0),
        Column(Text("目标年", "Year"), 1.0, is_number=True),
        Column(Text("目标值", "Value"), 1.1, is_number=True),
        Column(Text("资料截至", "Known up to"), 1.1, is_number=True),
        Column(Text("达到的概率", "Probability"), 1.2, is_number=True),
        Column(Text("中位数", "Median"), 1.1, is_number=True),
        Column(Text("低（10%）", "Low (10 %)"), 1.1, is_number=True),
        Column(Text("高（90%）", "High (90 %)"), 1.1, is_number=True),
        Column(Text("实际", "Outcome"), 1.1, is_number=True),
    )
    rows = tuple(_foresight_row(item) for item in material.text.foreseen)
    return [head, words, Table("foreseen", Text("站在当年的预测与实际", "Forecasts made then, and outcomes"), columns, rows)]


def _foresight_row(item: Foresight) -> tuple[Cell, ...]:
    start = Text(f"起点没有公布数，取自：{item.stand_in}", f"its start was not published; it comes from: {item.stand_in}")
    return (
        Words(item.name, (start,) if item.stand_in else ()),
        Words(unit_words(item.unit)),
        a_year(item.year),
        stated(item.value),
        a_year(item.as_of),
        probability(item.probability),
        *(measured(value) for value in (item.median, item.low, item.high, item.outcome)),
    )


def conflicts(study: xr.Dataset) -> Conflicts | None:
    """The lift of every pair of targets; None with less than two."""
    names = tuple(Text(*pair) for pair in zip(study["name_zh"].to_numpy(), study["name_en"].to_numpy(), strict=True))
    if len(names) < 2:  # noqa: PLR2004  a pair takes two
        return None
    lift = study["lift"].to_numpy()
    clear = is_clear(lift, study["lift_error"].to_numpy())
    note = Text(
        "小于 1（橙）相互冲突，大于 1（紫）相互支持；灰字在抽样误差以内；空白：其中一项从未或总是实现",
        "below 1 (orange) in conflict, above 1 (purple) in support; grey: within the sampling error; blank: never or always",
    )
    return Conflicts(
        Frame(Text("目标之间的冲突与支持", "Which targets fight, which support each other"), note, _MODEL),
        names,
        tuple(tuple(float(value) if np.isfinite(value) else None for value in row) for row in lift),
        tuple(tuple(bool(value) for value in row) for row in clear),
    )


def tornado(study: xr.Dataset) -> Tornado | None:
    """For the targets whose chance is most open, the unknowns that explain most of it."""
    chances = study["probability"].to_numpy()
    open_first = [int(place) for place in np.argsort(np.abs(chances - 0.5)) if 0.0 < chances[place] < 1.0]
    swings = [swing for swing in (_swing(study, place) for place in open_first[:_MOST_SWINGS]) if swing.bars]
    if not swings:
        return None
    note = Text(
        "某个未知数处于最低或最高三分之一时，目标实现的概率；竖线为全部抽样",
        "the probability of the target when an unknown lies in its lowest or highest third; upright line: all draws",
    )
    title = Text("哪些未知数左右目标", "Which unknowns decide the targets")
    return Tornado(Frame(title, note, _MODEL), tuple(swings))


def _swing(study: xr.Dataset, place: int) -> Swing:
    row = study.isel(target=place)
    explained = row["explained"].to_numpy()
    best = [int(item) for item in np.argsort(-explained)[:_MOST_BARS] if explained[item] >= _LEAST]
    labels = [Text(str(study["input_zh"].to_numpy()[item]), str(study["input_en"].to_numpy()[item])) for item in best]
    ends = [(float(row["met_when_low"][item]), float(row["met_when_high"][item])) for item in best]
    bars = tuple(Bar(label, low, high) for label, (low, high) in zip(labels, ends, strict=True))
    return Swing(name_in(row), float(row["probability"]), bars)
