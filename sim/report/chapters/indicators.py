"""Chapter two: the main indicators, each with base, target, actual or projected value, progress, verdict, nature and source."""

from __future__ import annotations

from operator import itemgetter

from sim.base.text import Text, same
from sim.base.words import NONE, capital
from sim.plan.evaluation import Evaluated
from sim.plan.progress import Standing
from sim.plan.rule import about_sentence
from sim.plan.scorecard import PERCENT, Score
from sim.report import score_words as words
from sim.report.cells import NOTES, NOTHING, Cell, Column, Number, Tone, Words, measured, percent, probability
from sim.report.chapters import MOST_ROWS, NO_TARGETS, Part, in_parts, pictured, small
from sim.report.document import Block, Chapter, Heading, Table, table_of
from sim.report.figures import Frame
from sim.report.figures.dots import Rates, TargetRates
from sim.report.score_words import PLAN, UNIT, VERDICT_TONES, bracketed, outcome_cell, running, verdict_cell, year_cell
from sim.report.view import View
from sim.simulate.result import Result

_PAST_YEARS = 5
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
    blocks: list[Block] = [main_table(result), Heading(Text("情景评分", "The scenario's scorecard")), score_table(result)]
    blocks += [
        *small(line for item in scores if item.value is not None for line in words.remark(item, item.reason, running(item)))
    ]
    blocks += [*pictured(figures, "rates"), *small(result.draw_sentences)]
    return Part(Chapter("indicators", TITLE, tuple(blocks)), figures)


def main_table(result: Result) -> Table:
    """A row for every target that data or the scenario say something of; how many are left and why stands below."""
    by_target = {row.target.id: row for row in result.evaluation}
    pairs = [(score, by_target.get(score.target.id)) for score in result.scorecard]
    told = [(score, row) for score, row in pairs if score.value is not None or _has_data(row)]
    note = NOTES["indicators"]
    if result.published:
        note += Text(
            f"目标年已有公布数的（截至 {result.known_to} 年）据此判定是否实现；"
            "目标年未到的比较已公布的进度与时序；没有录入数据的按情景预测。",
            f" Where the target's own year is published (data up to {result.known_to}), that "
            f"figure decides; before it, published progress is held against time; without data, the projection decides.",
        )
    left = len(pairs) - len(told)
    if left:
        note += Text(f"另有 {left} 项既无数据也不由模型判断，见附录。", f" {left} more have neither; see the appendix.")
    rows = (_by_data(score, row) if row is not None and _has_data(row) else _by_scenario(score, row) for score, row in told)
    columns = [Column(head, itemgetter(place), is_number) for place, (head, is_number) in enumerate(_MAIN)]
    return table_of("indicators", TITLE_OF_TABLE, columns, rows, note)


TITLE_OF_TABLE = Text("主要指标实现情况", "Main indicators")
_MAIN = (
    (Text("指标", "Indicator"), False),
    (UNIT.title, False),
    (Text("基期", "Base"), True),
    (Text("目标", "Target"), True),
    (Text("目标年", "Year"), True),
    (Text("实际或预测", "Actual or projected"), True),
    (Text("进度", "Progress"), True),
    (Text("时序进度", "Time share"), True),
    (Text("判定", "Verdict"), False),
    (Text("属性", "Nature"), False),
    (Text("数据来源", "Source"), False),
)
Judged = tuple[Cell | Text | str, ...]
"""A row of the bureau's table."""


def _has_data(row: Evaluated | None) -> bool:
    return row is not None and row.standing != "unknown"


def _by_data(score: Score, row: Evaluated) -> Judged:
    """Base, actual, progress, time share, standing and source, by published figures."""
    actual = measured(row.actual, bracketed(row.actual_year), unit=row.target.unit)
    standing = Words(row.standing_name, tone=_TONES[row.standing])
    source = Words(row.origin if row.origin.zh else PUBLISHED, (row.reason,) if row.reason.zh else ())
    base, shares = measured(row.base, unit=row.target.unit), (percent(row.progress, 0), percent(row.share, 0))
    return (*_start(score, base), actual, *shares, standing, row.binding_name, source)


def _start(score: Score, base: Number) -> Judged:
    return score.target.name, UNIT.read(score), base, PLAN.read(score), year_cell(score)


def _by_scenario(score: Score, row: Evaluated | None) -> Judged:
    """The same where no datum speaks for the plan's own classes: by the scenario, or by what was published of a past year."""
    unit, nature, nothing = score.target.unit, same(NONE) if row is None else row.binding_name, Number(None)
    if score.judged_by == "data":
        actual = measured(score.value, bracketed(score.target.year), unit=unit)
        return (*_start(score, nothing), actual, nothing, nothing, verdict_cell(score), nature, Words(PUBLISHED))
    year = Text(f"（预测 {score.target.year}）", f" (projected {score.target.year})")
    verdict = Words(_FORESEEN[score.verdict], tone=VERDICT_TONES[score.verdict])
    base, value = measured(score.base, unit=unit), measured(score.projected, year, unit=unit)
    return (*_start(score, base), value, percent(_way_done(score), 0), nothing, verdict, nature, _SCENARIO)


def _way_done(score: Score) -> float | None:
    """The part of the way from base to target that the projection goes; none where the base is there already."""
    if score.base is None or score.projected is None or score.plain_region is None or score.is_held:
        return None
    way = score.target.value - score.base
    return (score.projected - score.base) / way if way else None


PUBLISHED = Text("公布数据", "published")
_UNUSED = Text("预测未用公布数", "projected without the published figures")
_SCENARIO = Words(Text("情景预测", "scenario"))


def score_table(result: Result) -> Table:
    """Gap, growth, verdict and probability of every target that is judged."""
    scores = result.scorecard
    about = about_sentence(next((score.rule.about for score in scores), 0.0))
    note = (
        NOTES["scorecard"]
        + (NOTES["gap_by_data"] if result.published else _BY_PROJECTION)
        + Text(
            f"{about.zh}；距目标 3% 以内为接近。金额按现价评判，旁列 2020 年价。",
            f"{capital(about.en)}; near: within 3 %. Money is judged at current prices. ",
        )
    )
    note += words.bases_sentence(scores) or NOTHING
    return table_of(
        "scorecard", Text("情景评分", "Scorecard"), _SCORES, (item for item in scores if item.value is not None), note
    )


_BY_PROJECTION = Text("差距 = 预测 − 目标。", "Gap = projected - plan. ")
_PER_CENT = same("%")
_SCORES: tuple[Column[Score], ...] = (
    Column(Text("目标", "Target"), lambda score: Words(score.target.name, _below(score))),
    UNIT,
    Column(Text("目标年", "Year"), year_cell, is_number=True),
    PLAN,
    Column(Text("预测", "Projected"), lambda score: measured(score.projected, unit=score.target.unit), is_number=True),
    Column(Text("2020 年价", "2020 prices"), lambda score: measured(score.projected_real), is_number=True),
    Column(Text("差距", "Gap"), lambda score: measured(score.gap, unit=score.target.unit, is_difference=True), is_number=True),
    Column(
        Text("差距（%）", "Gap (%)"), lambda score: measured(score.gap_percent, _PER_CENT, is_difference=True), is_number=True
    ),
    Column(Text("需年均增长", "Required a year"), lambda score: _rate(score, score.required_growth), is_number=True),
    Column(Text("预测年均", "Projected a year"), lambda score: _rate(score, score.projected_growth), is_number=True),
    Column(Text("判定", "Verdict"), lambda score: verdict_cell(score, *((PUBLISHED,) if score.judged_by == "data" else ()))),
    Column(Text("概率", "Chance"), lambda score: probability(score.probability), is_number=True),
    Column(Text("实际（年份）", "Outcome (year)"), outcome_cell, is_number=True),
)


def _below(score: Score) -> tuple[Text, ...]:
    """Further remarks on a target, in small lines."""
    unused = _UNUSED if running(score).zh else NOTHING
    return tuple(line for line in (words.rest_words(score.rest_growth), unused, words.base_words(score)) if line.zh)


def _rate(score: Score, growth: float | None) -> Number:
    return Number(growth, 2, suffix=words.rate_unit(score))


def rates(view: View, own: Result) -> Rates:
    """Yearly growth of a scenario's own targets: in the past five years, of each scenario, since published, and required."""
    rows = tuple(_rate_row(view, score) for score in own.scorecard if score.required_growth is not None)
    note = Text("%/年（占比类为百分点/年）", "% a year (points for shares)")
    if view.is_published:
        note += Text(
            f"；过去：基年前 {_PAST_YEARS} 年，四上企业以规模以上工业代替；实际：已公布的后续年份",
            f"; past: {_PAST_YEARS} years, above-scale firms: of industry; outcome: published since",
        )
    frame = Frame(Text("目标要求的年均增速", "Required yearly growth"), note, view.source)
    return Rates(frame, tuple(result.name for result in view.plotted), rows)


def _rate_row(view: View, score: Score) -> TargetRates:
    found = [(place, own.projected_growth) for place, own in view.plotted_scores(score.target.id)]
    projected = tuple((place, growth) for place, growth in found if growth is not None)
    return TargetRates(score.target.name, score.required_growth or 0.0, projected, _past(view, score), score.actual_growth)


def _past(view: View, score: Score) -> float | None:
    """The yearly rate of the years before the base: points for shares, per cent for what is above nought."""
    first, last = view.base_year - _PAST_YEARS, view.base_year
    region = score.plain_region or view.region
    series = view.published(score.past_indicator, first, region)
    if first not in series or last not in series:
        return None
    if score.target.unit == PERCENT:
        return (series[last] - series[first]) / _PAST_YEARS
    if series[first] <= 0.0 or series[last] <= 0.0:
        return None
    return float(100.0 * ((series[last] / series[first]) ** (1.0 / _PAST_YEARS) - 1.0))
