"""The scorecard in words: its rows as cells for terminals, and its answer in one sentence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sim.base.text import Language, Text, joined, listing
from sim.base.words import NONE, OPERATORS, chance, computed, exact, plain, rate, several, signed, unit_text, unit_words
from sim.inputs.provenance import KINDS
from sim.plan.progress import STANDING_NAMES
from sim.plan.reading import MORE_THAN_ALL
from sim.plan.reasons import borrowed_reason
from sim.plan.rule import VERDICTS, Verdict
from sim.plan.scorecard import PERCENT, Score
from sim.report.cells import NOTHING, Cell, Column, Number, Tone, Words, a_year, measured, stated

VERDICT_TONES: dict[Verdict, Tone] = {"met": "good", "near": "fair", "missed": "bad", "not_judged": "quiet"}
"""The look of each verdict."""


def headline(scores: Sequence[Score]) -> Text:
    """The answer in one sentence: how many targets are reached, and which are not."""
    judged = [score for score in scores if score.verdict != "not_judged"]
    if not judged:
        return Text("没有可判定的目标。", "No target can be judged.")
    met = [score for score in judged if score.verdict == "met"]
    open_targets = [score for score in judged if score.verdict != "met"]
    zh = f"{len(judged)} 项可判定的目标中，{len(met)} 项实现"
    en = f"Of {several(len(judged), 'target')} that can be judged, {len(met)} {'is' if len(met) == 1 else 'are'} met"
    basis = _basis(judged)
    if not open_targets:
        return Text(f"{zh}{basis.zh}。", f"{en}{basis.en}.")
    worst = max(open_targets, key=lambda score: abs(score.gap_percent or 0.0))
    gap, side = plain(abs(worst.gap_percent or 0.0)), "少" if (worst.gap or 0.0) < 0.0 else "多"
    return Text(
        f"{zh}，{len(open_targets)} 项未实现{basis.zh}；差距最大的是“{worst.target.name.zh}”，比目标值{side} {gap}%。",
        f"{en} and {len(open_targets)} not{basis.en}; the widest gap, {gap}% of the planned value, is that of "
        f"'{worst.target.name.en}'.",
    )


def _basis(judged: Sequence[Score]) -> Text:
    """Counts of the judged targets: those that published figures decide, and those that the projection does."""
    published = sum(score.judged_by == "data" for score in judged)
    if not published:
        return NOTHING
    rest = len(judged) - published
    if not rest:
        return Text("（均据公布数判定）", " (all decided by published figures)")
    return Text(
        f"（{published} 项据公布数判定，{rest} 项据预测判定）",
        f" ({published} decided by published figures, {rest} by the projection)",
    )


def score_cells(score: Score, language: Language) -> dict[str, str]:
    """A scorecard row as text."""
    target, points = score.target, rate_unit(score).in_language(language)
    actual = NONE
    if score.actual_value is not None:
        actual = plain(score.actual_value, target.unit) + bracketed(score.actual_year).in_language(language)
    return {
        "name": target.name.in_language(language),
        "unit": unit_text(target.unit, language),
        "year": years_of(score),
        "operator": OPERATORS[score.operator],
        "plan": exact(target.value),
        "projected": plain(score.projected, target.unit),
        "gap": signed(score.gap, unit=target.unit),
        "required": rate(score.required_growth, points),
        "verdict": score.verdict,
        "probability": chance(score.probability),
        "actual": actual,
    }


def base_words(score: Score) -> Text:
    """The origin of the base of a target; nothing where no figure of the base year enters it."""
    if score.base_origin is None:
        return NOTHING
    return Text("基数：", "base: ") + score.base_origin.text


def bases_sentence(scores: Sequence[Score]) -> Text | None:
    """Counts of bases: the city's own, of near years, derived, borrowed; the targets that borrowed ones leave unjudged."""
    origins = [score.base_origin for score in scores if score.base_origin is not None]
    counts = Counter(origin.kind for origin in origins)
    if not origins:
        return None
    parts = [
        Text(f"{words.zh} {counts[kind]} 项", f"{words.en} {counts[kind]}") for kind, words in KINDS.items() if counts[kind]
    ]
    sentence = Text("基数：", "Bases: ") + joined(parts, Text("，", ", "))
    left = [item for item in scores if item.base_origin and item.reason == borrowed_reason(item.base_origin)]
    if left:
        names = listing([score.target.name.zh for score in left]), listing([score.target.name.en for score in left])
        sentence += Text(f"；基数借用的目标不评判：{names[0].zh}", f"; not judged on a borrowed base: {names[1].en}")
    return sentence + Text("。", ".")


def published_gap(score: Score) -> Text:
    """The published figure of the target's own year and how far it lies from it; nothing where there is none."""
    target, gap = score.target, score.gap
    if score.judged_by != "data" or score.actual_value is None or gap is None:
        return NOTHING
    if score.verdict == "met":
        return Text("已有公布数，达到目标。", " The published figure meets it.")
    actual, size = (computed(number, target.unit) for number in (score.actual_value, abs(gap)))
    if target.unit == PERCENT:
        size = Text(f"{plain(abs(gap))} 个百分点", f"{plain(abs(gap))} points")
    side = Text("少", "below") if gap < 0.0 else Text("多", "above")
    return Text(
        f"已公布的 {score.actual_year} 年数为 {actual.zh}，比目标{side.zh} {size.zh}。",
        f" The published figure of {score.actual_year} is {actual.en}, {size.en} {side.en} the target.",
    )


def beside_data(score: Score) -> Text:
    """A remark on the published figure that decides, where it is not simply the target's own."""
    return score.remark if score.judged_by == "data" and score.projected is not None else NOTHING


def remark(score: Score, *said: Text) -> Iterator[Text]:
    """A sentence that names the target and says what there is to say; none where there is nothing."""
    lines = [line for line in said if line.zh]
    if lines:
        yield score.target.name + Text("：", ": ") + joined(lines, Text("；", "; ")) + Text("。", ".")


def running(score: Score) -> Text:
    """The figures published on the way to a target, the growth it still takes, and that the draws do not use them."""
    if not score.is_running or score.projected is None:
        return NOTHING
    now, year = computed(score.actual_value, score.target.unit), score.actual_year
    standing = STANDING_NAMES[score.standing]
    said = Text(f"{year} 年公布 {now.zh}", f"published for {year}: {now.en}")
    if score.standing != "unknown":
        said += Text(f"，进度{standing.zh}", f", progress {standing.en}")
    if score.needed_growth is not None and score.actual_growth is not None:
        points = rate_unit(score)
        needed, seen = (rate(number, points.zh) for number in (score.needed_growth, score.actual_growth))
        needed_en, seen_en = (rate(number, points.en) for number in (score.needed_growth, score.actual_growth))
        said += Text(
            f"；此后需年均增长 {needed}，已实现年均 {seen}", f"; it takes {needed_en} a year from there, seen so far: {seen_en}"
        )
    return said + Text(
        "。预测和概率自基年起推演，没有用到这些公布数",
        ". Projection and probability start in the base year and do not use these figures",
    )


def bracketed(year: int | None) -> Text:
    """A year after a number, in the brackets of each language; nothing for none."""
    return NOTHING if year is None else Text(f"（{year}）", f" ({year})")


def years_of(score: Score) -> str:
    """The year of a target, or the years in each of which it is to be met."""
    target = score.target
    return f"{target.start_year}–{target.year}" if score.each_year and target.start_year else str(target.year or NONE)


def rate_unit(score: Score) -> Text:
    """The unit of a target's yearly rates: per cent, points for shares, nothing where there is none."""
    if score.required_growth is None:
        return NOTHING
    return Text(" 个百分点", " pt") if score.target.unit == "%" else Text("%", "%")


def year_cell(score: Score) -> Cell:
    """The year of a target, or its span of years, as a cell."""
    return a_year(years_of(score))


def verdict_cell(score: Score, *below: Text) -> Words:
    """The verdict in its colour."""
    return Words(VERDICTS[score.verdict], below, VERDICT_TONES[score.verdict])


def outcome_cell(score: Score, *beside: Text) -> Number:
    """The latest published figure with its year, and what stands beside it."""
    return measured(score.actual_value, joined([bracketed(score.actual_year), *beside], NOTHING), unit=score.target.unit)


UNIT: Column[Score] = Column(Text("单位", "Unit"), lambda score: unit_words(score.target.unit))
PLAN: Column[Score] = Column(
    Text("目标值", "Plan"), lambda score: stated(score.target.value, f"{OPERATORS[score.operator]} "), is_number=True
)


def rest_words(growth: float | None) -> Text:
    """The growth that a district's target leaves to the rest of the city; nothing for none."""
    if growth is None:
        return NOTHING
    left = Text("达标后其余地区年均 ", "leaves to the rest of the city ")
    if growth == MORE_THAN_ALL:
        return left + Text("无：目标不低于全市合计", "nothing: it is as much as the whole city")
    return left + Text(rate(growth, "%"), rate(growth, "%"))
