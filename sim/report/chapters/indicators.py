"""Chapter two: the main indicators, each with base, target, actual or projected value, progress, verdict, nature and source."""

from __future__ import annotations

from sim.base.text import Text, joined
from sim.base.words import OPERATORS, capital, unit_words
from sim.plan.evaluation import Evaluated
from sim.plan.progress import Standing
from sim.plan.rule import VERDICTS, about_sentence
from sim.plan.scorecard import Score
from sim.report.chapters.part import MOST_ROWS, NO_TARGETS, Part, in_parts, pictured, small
from sim.report.contents.targets import rates
from sim.report.document import (
    Block,
    Cell,
    Chapter,
    Column,
    Heading,
    Number,
    Table,
    Tone,
    Words,
    a_year,
    measured,
    percent,
    probability,
    stated,
)
from sim.report.score_words import (
    VERDICT_TONES,
    base_words,
    bases_sentence,
    bracketed,
    rate_unit,
    rest_words,
    running,
    years_of,
)
from sim.report.view import View
from sim.simulate.result import Result

TITLE = Text("主要指标实现情况", "The main indicators")
_TONES: dict[Standing, Tone] = {"ahead": "good", "fast": "good", "on_track": "fair", "behind": "bad", "unknown": "quiet"}
_FORESEEN = {
    "met": Text("预计实现", "will be met"),
    "near": Text("预计接近实现", "will be near"),
    "missed": Text("预计未实现", "will be missed"),
    "not_judged": Text("无法评估", "cannot be judged"),
}


def indicators(view: View, result: Result) -> Part:
    """The bureau's table, then the scorecard of the scenario in full."""
    scores = result.scorecard
    if not scores:
        return Part(Chapter("indicators", TITLE, (NO_TARGETS,)))
    figures = in_parts("rates", rates(view, result), "rows", MOST_ROWS)
    blocks: list[Block] = [main_table(result), Heading(Text("情景评分", "The scenario's scorecard")), score_table(scores)]
    blocks += [*small(_remarks(scores)), *pictured(figures, "rates"), *small(result.draw_sentences)]
    return Part(Chapter("indicators", TITLE, tuple(blocks)), figures)


def main_table(result: Result) -> Table:
    """A row for every target that data or the scenario say something of; how many are left and why stands below."""
    by_target = {row.target.id: row for row in result.evaluation}
    pairs = [(score, by_target.get(score.target.id)) for score in result.scorecard]
    told = [pair for pair in pairs if _is_told(*pair)]
    left = len(pairs) - len(told)
    note = Text(
        f"进度：由基期到目标值已完成的部分，预测的为到目标年末预计完成的部分，基期已达到的不计；时序进度：到数据年末时间已过去的部分，"
        f"预测的不列。括号内为数据所属年份，“预测”取自本情景。"
        f"目标年已有公布数的（截至 {result.known_to} 年）据此判定是否实现；"
        "目标年未到的比较已公布的进度与时序；没有录入数据的按情景预测。",
        f"Progress: the part of the way from base to target, of projections by the end of the target's year, none where the "
        f"base is there already; time share: the part of the time by the datum, none for projections. In brackets the year; "
        f"'projected' is this scenario. Where the target's own year is published (data up to {result.known_to}), that "
        f"figure decides; before it, published progress is held against time; without data, the projection decides.",
    )
    if left:
        note += Text(f"另有 {left} 项既无数据也不由模型判断，见附录。", f" {left} more have neither; see the appendix.")
    return Table(
        "indicators", Text("主要指标实现情况", "Main indicators"), _COLUMNS, tuple(_main_row(*pair) for pair in told), note
    )


def _is_told(score: Score, row: Evaluated | None) -> bool:
    return score.value is not None or (row is not None and row.standing != "unknown")


_COLUMNS = (
    Column(Text("指标", "Indicator")),
    Column(Text("单位", "Unit")),
    Column(Text("基期", "Base"), is_number=True),
    Column(Text("目标", "Target"), is_number=True),
    Column(Text("目标年", "Year"), is_number=True),
    Column(Text("实际或预测", "Actual or projected"), is_number=True),
    Column(Text("进度", "Progress"), is_number=True),
    Column(Text("时序进度", "Time share"), is_number=True),
    Column(Text("判定", "Verdict")),
    Column(Text("属性", "Nature")),
    Column(Text("数据来源", "Source")),
)


def _main_row(score: Score, row: Evaluated | None) -> tuple[Cell, ...]:
    target = score.target
    has_data = row is not None and row.standing != "unknown"
    judged = _by_data(row) if row is not None and has_data else _by_scenario(score)
    binding = Text("—", "—") if row is None else row.binding_name
    return (
        Words(target.name),
        Words(unit_words(target.unit)),
        judged[0],
        stated(target.value, f"{OPERATORS[score.operator]} "),
        a_year(years_of(score)),
        *judged[1:5],
        Words(binding),
        judged[5],
    )


_Judged = tuple[Number, Number, Number, Number, Words, Words]


def _by_data(row: Evaluated) -> _Judged:
    """Base, actual, progress, time share, standing and source, by published figures."""
    year = bracketed(row.actual_year)
    standing = Words(row.standing_name, tone=_TONES[row.standing])
    origin = row.origin if row.origin.zh else PUBLISHED
    source = Words(origin, (row.reason,) if row.reason.zh else ())
    shares = percent(row.progress, 0), percent(row.share, 0)
    unit = row.target.unit
    return measured(row.base, unit=unit), measured(row.actual, year, unit=unit), *shares, standing, source


def _by_scenario(score: Score) -> _Judged:
    """The same where no datum speaks for the plan's own classes: by the scenario, or by what was published of a past year."""
    unit = score.target.unit
    if score.judged_by == "data":
        year = bracketed(score.target.year)
        verdict = Words(VERDICTS[score.verdict], tone=VERDICT_TONES[score.verdict])
        return Number(None), measured(score.value, year, unit=unit), Number(None), Number(None), verdict, Words(PUBLISHED)
    year = Text(f"（预测 {score.target.year}）", f" (projected {score.target.year})")
    verdict = Words(_FORESEEN[score.verdict], tone=VERDICT_TONES[score.verdict])
    value = measured(score.projected, year, unit=unit)
    return measured(score.base, unit=unit), value, percent(_way_done(score), 0), Number(None), verdict, _SCENARIO


def _way_done(score: Score) -> float | None:
    """The part of the way from base to target that the projection goes; none where the base is there already."""
    if score.base is None or score.projected is None or score.plain_region is None or score.is_held:
        return None
    way = score.target.value - score.base
    return (score.projected - score.base) / way if way else None


PUBLISHED = Text("公布数据", "published")
_UNUSED = Text("预测未用公布数", "projected without the published figures")
_SCENARIO = Words(Text("情景预测", "scenario"))


def score_table(scores: tuple[Score, ...]) -> Table:
    """Gap, growth, verdict and probability of every target that is judged."""
    about = about_sentence(next((score.rule.about for score in scores), 0.0))
    note = Text(
        "需年均增长：由基年水平到目标值所需的年均增速；占比类为每年百分点，流量类为空。有抽样时预测为中位数，否则为中心情景。"
        "目标年已有公布数的由公布数判定，差距 = 公布数 − 目标，预测和概率只作检验；其余差距 = 预测 − 目标。"
        f"{about.zh}；距目标 3% 以内为接近。金额按现价评判，旁列 2020 年价。",
        "Required a year: growth from the base year to the target, points a year for shares, none for yearly flows. "
        "Projected: the median of the draws where there are any, else the central run. Where the target's year is published, "
        "that figure decides and gap = published - plan, projection and chance being a test; else gap = projected - plan. "
        f"{capital(about.en)}; near: within 3 %. Money is judged at current prices. ",
    )
    note += bases_sentence(scores) or Text("", "")
    rows = tuple(_score_row(score) for score in scores if score.value is not None)
    return Table("scorecard", Text("情景评分", "Scorecard"), _SCORE_COLUMNS, rows, note)


_SCORE_COLUMNS = (
    Column(Text("目标", "Target")),
    Column(Text("单位", "Unit")),
    Column(Text("目标年", "Year"), is_number=True),
    Column(Text("目标值", "Plan"), is_number=True),
    Column(Text("预测", "Projected"), is_number=True),
    Column(Text("2020 年价", "2020 prices"), is_number=True),
    Column(Text("差距", "Gap"), is_number=True),
    Column(Text("差距（%）", "Gap (%)"), is_number=True),
    Column(Text("需年均增长", "Required a year"), is_number=True),
    Column(Text("预测年均", "Projected a year"), is_number=True),
    Column(Text("判定", "Verdict")),
    Column(Text("概率", "Chance"), is_number=True),
    Column(Text("实际（年份）", "Outcome (year)"), is_number=True),
)


def _remarks(scores: tuple[Score, ...]) -> list[Text]:
    """What the rows of the scorecard have no room for: why published figures decide, and how far those of earlier years are."""
    found = []
    for score in (score for score in scores if score.value is not None):
        said = [line for line in (score.reason, running(score)) if line.zh]
        found += [score.target.name + Text("：", ": ") + joined(said, Text("；", "; ")) + Text("。", ".")] if said else []
    return found


def _score_row(score: Score) -> tuple[Cell, ...]:
    target, pace, unit = score.target, rate_unit(score), score.target.unit
    unused = _UNUSED if running(score).zh else Text("", "")
    below = tuple(line for line in (rest_words(score.rest_growth), unused, base_words(score)) if line.zh)
    decided = (PUBLISHED,) if score.judged_by == "data" else ()
    year = bracketed(score.actual_year)
    return (
        Words(target.name, below),
        Words(unit_words(target.unit)),
        a_year(years_of(score)),
        stated(target.value, f"{OPERATORS[score.operator]} "),
        measured(score.projected, unit=unit),
        measured(score.projected_real),
        measured(score.gap, unit=unit, is_difference=True),
        measured(score.gap_percent, Text("%", "%"), is_difference=True),
        Number(score.required_growth, 2, suffix=pace),
        Number(score.projected_growth, 2, suffix=pace),
        Words(VERDICTS[score.verdict], decided, tone=VERDICT_TONES[score.verdict]),
        probability(score.probability),
        measured(score.actual_value, year, unit=unit),
    )
