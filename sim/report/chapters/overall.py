"""Chapter one: what the answer is."""

from __future__ import annotations

from collections import Counter

from sim.base.text import Text, joined
from sim.base.words import chance, computed, goal_words, spaced_text
from sim.inputs.targets import PlanTarget
from sim.report.cells import NOTES
from sim.report.chapters import MOST_ROWS, Part, in_parts, pictured
from sim.report.document import Block, Bullets, Chapter, Paragraph
from sim.report.figures import Frame
from sim.report.figures.dots import Dot, Progress, TargetDots
from sim.report.score_words import headline, published_gap
from sim.report.study_words import joint_sentence
from sim.report.view import View, projected_scores
from sim.simulate.result import Result

_MOST_NAMED, _MOST_DOCUMENTS = 12, 6
TITLE = Text("总体评估结论", "Overall conclusion")


def overall(view: View, result: Result) -> Part:
    """The headline with its one count, how likely the plan is, and what a reader must know first."""
    scores = result.scorecard
    blocks: list[Block] = [Paragraph(headline(scores), "lead")]
    blocks += [Paragraph(remark, "strong") for remark in result.remarks]
    points = [*_by_name(result), *_main(result), *_by_draws(result), *_by_path(result)]
    points += _from_documents(result)
    blocks += [Bullets(tuple(points))] if points else []
    blocks += [Paragraph(result.description)] if result.description.zh else []
    figures = in_parts("progress", progress(view, result), "rows", MOST_ROWS)
    blocks += pictured(figures, "progress")
    return Part(Chapter("overall", TITLE, tuple(blocks)), figures)


def _by_name(result: Result) -> list[Text]:
    """The targets that are met and those that are not; nothing where they are too many to be named."""
    judged = [score for score in result.scorecard if score.verdict != "not_judged"]
    if len(judged) > _MOST_NAMED:
        return []
    found = []
    for head, verdicts in ((Text("实现：", "Met: "), ("met",)), (Text("未实现：", "Not met: "), ("near", "missed"))):
        names = [score.target.name for score in judged if score.verdict in verdicts]
        found += [head + joined(names, Text("、", ", ")) + Text("。", ".")] if names else []
    return found


def _main(result: Result) -> list[Text]:
    """The first target of the plan in numbers: without measures, in this scenario, as planned, as published."""
    score = next((item for item in result.scorecard if item.projected is not None and item.variable), None)
    if score is None:
        return []
    target = score.target
    start = _without_measures(result, target.id)
    now, goal = computed(score.projected, target.unit), goal_words(score.operator, target.value, target.unit)
    which = Text("", "") if score.central is None else Text("（中位数）", " (median)")
    first = Text("", "")
    if start is not None:
        plainly = computed(start, target.unit)
        first = Text(f"不加措施为 {plainly.zh}（中心情景），", f"{plainly.en} without measures (central run), ")
    likely = Text("", "")
    if score.probability is not None:
        share = chance(score.probability)
        likely = Text(f"，概率为 {share}", f", met in {share} of the draws")
    said = first + Text(
        f"本情景预测 {now.zh}{which.zh}，目标 {goal.zh}", f"{now.en}{which.en} projected in this scenario, {goal.en} planned"
    )
    said += likely
    years = Text(f"（{target.year} 年）：", f" ({target.year}): ")
    return [target.name + years + said + Text("。", ".") + published_gap(score)]


def _without_measures(result: Result, target: str) -> float | None:
    study = result.studies.attribution
    if study is None or target not in study["target"].to_numpy():
        return None
    return float(study["start"].sel(target=target))


def _from_documents(result: Result) -> list[Text]:
    """The documents that the targets come from."""
    counts = Counter(score.document for score in result.scorecard)
    if not counts or len(counts) > _MOST_DOCUMENTS:
        return []
    parts = [document + Text(f" {count} 项", f" {count}") for document, count in counts.most_common()]
    said = Text("目标出处：", "The targets come from: ") + joined(parts, Text("；", "; "))
    return [said + Text("；注意事项见附录。", "; for cautions see the appendix.")]


def _by_draws(result: Result) -> list[Text]:
    """The probability of the plan as a whole."""
    study = result.studies.feasibility
    if study is None:
        return list(result.draw_sentences[:1])
    return [spaced_text(joint_sentence(study))]


def _by_path(result: Result) -> list[Text]:
    """The required paths, in a sentence each."""
    return [
        Text(f"所需路径（{path.title.zh}）：", f"Required path ({path.title.en}). ") + path.head + Text("。", ".")
        for path in result.studies.required
    ]


def progress(view: View, own: Result) -> Progress:
    """Projected over planned value in per cent of a scenario's own targets, with four fifths of the draws where they say it."""
    rows = tuple(_progress_row(view, score.target) for score in projected_scores(own))
    note = NOTES["progress"]
    if view.is_published:
        note += Text("，菱形为最近公布的实际值", ", diamonds: latest published outcome")
    frame = Frame(Text("规划目标实现程度", "How far the plan's targets are reached"), note, view.source)
    place = next((index for index, result in enumerate(view.plotted) if result.scenario == own.scenario), 0)
    return Progress(frame, tuple(result.name for result in view.plotted), rows, place)


def _progress_row(view: View, target: PlanTarget) -> TargetDots:
    def part(value: float) -> float:
        return 100.0 * value / target.value

    dots, outcomes, ceiling = list[Dot](), list[float](), False
    for index, score in view.plotted_scores(target.id):
        if score.projected is not None:
            dots.append(Dot(index, part(score.projected), *map(part, score.band or ())))
            outcomes += [] if score.actual_value is None else [part(score.actual_value)]
            ceiling = score.operator == "<="
    return TargetDots(target.name, str(target.year), tuple(dots), outcomes[0] if outcomes else None, ceiling)
