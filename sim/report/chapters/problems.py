"""Chapter four: which targets are out of reach, why, and where the plan contradicts itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from sim.base.text import Text
from sim.base.words import capital, chance, computed, exact, plain, rate, spaced_text, unit_words
from sim.plan.findings import SEVERITY_NAMES, Finding
from sim.plan.scorecard import PERCENT, Score
from sim.report.cells import NOTES
from sim.report.chapters import NO_TARGETS, Part, listed, pictured, present
from sim.report.document import Block, Chapter, Paragraph
from sim.report.figures import Frame
from sim.report.figures.bars import Fall, Step, Waterfall
from sim.report.score_words import published_gap, rate_unit, running
from sim.report.study_words import SMALL, cause_sentences, change_labels, name_in, pair_sentences
from sim.report.view import View
from sim.simulate.result import Result

TITLE = Text("存在问题及原因", "Problems and their causes")
_MOST_FALLS, _MOST_STEPS, _MOST_FINDINGS = 4, 7, 12


def problems(_: View, result: Result) -> Part:
    """Missed targets with their gap; what each measure adds to them; pairs that fight; contradictions of the documents."""
    judged = [score for score in result.scorecard if score.verdict != "not_judged" and score.projected is not None]
    missed = [score for score in judged if score.verdict in ("missed", "near") and score.gap is not None]
    missed.sort(key=lambda score: -abs(score.gap_percent or 0.0))
    study = result.studies.attribution
    falls = None if study is None else waterfall(study, [score.target.id for score in missed])
    figures = present(waterfall=falls)
    blocks: list[Block] = []
    if missed:
        blocks += listed(
            Text("未实现、难以实现或接近实现的目标", "Targets that are missed or only nearly met"),
            [missed_sentence(score) for score in missed],
        )
    elif judged:
        blocks.append(Paragraph(Text("可判定的目标全部实现。", "Every target that can be judged is met.")))
    sources = [] if study is None else list(cause_sentences(study, [score.target.id for score in missed]))
    blocks += listed(Text("各项措施的贡献", "What the measures add"), sources)
    blocks += pictured(figures, "waterfall")
    fights = result.studies.feasibility
    pairs = [] if fights is None else [spaced_text(line) for line in pair_sentences(fights)]
    blocks += listed(Text("目标之间的协同与冲突", "Targets that conflict with or support each other"), pairs)
    blocks += listed(Text("规划文件自身的矛盾与疑点", "Where the documents contradict themselves"), _contradictions(result))
    return Part(Chapter("problems", TITLE, tuple(blocks or [NO_TARGETS])), figures)


def missed_sentence(score: Score) -> Text:
    """The gap of a target that is missed, and the growth that it would have taken."""
    target, gap = score.target, (score.projected or 0.0) - score.target.value
    points = Text(" 个百分点", " points") if target.unit == PERCENT else Text("", "")
    size, side = plain(abs(gap), target.unit), Text("少", "below") if gap < 0.0 else Text("多", "above")
    now = computed(score.projected, target.unit)
    goal = exact(target.value) + ("%" if target.unit == PERCENT else "")
    sentence = target.name + Text(
        f"（{target.year} 年）：预测 {now.zh}，比目标 {goal} {side.zh} {size}{points.zh}",
        f" ({target.year}): projected {now.en}, {size}{points.en} {side.en} the target of {goal}",
    )
    if score.required_growth is not None and score.projected_growth is not None:
        points = rate_unit(score)
        sentence += Text(
            f"；所需年均增速 {rate(score.required_growth, points.zh)}，预测年均 {rate(score.projected_growth, points.zh)}",
            f"; it takes {rate(score.required_growth, points.en)} a year, projected: {rate(score.projected_growth, points.en)}",
        )
    if score.probability is not None:
        share = chance(score.probability)
        sentence += Text(f"；实现的概率为 {share}", f"; met in {share} of the draws")
    if score.judged_by == "data":
        sentence += Text("（模型推演，仅供检验）", " (by the model, as a test of it)")
    on_the_way = running(score)
    return (
        sentence
        + Text("。", ".")
        + published_gap(score)
        + (_SPACE + on_the_way + Text("。", ".") if on_the_way.zh else on_the_way)
    )


_SPACE = Text("", " ")


def _contradictions(result: Result) -> Iterator[Text]:
    """Findings of lint on the scenario's targets, the gravest first."""
    own = {score.target.id for score in result.scorecard}
    found = [item for item in result.findings if own & set(item.targets) and item.severity != "note"]
    yield from (_said(item) for item in found[:_MOST_FINDINGS])
    if len(found) > _MOST_FINDINGS:
        more = len(found) - _MOST_FINDINGS
        yield Text(f"另有 {more} 处，见 python -m sim plan lint。", f"{more} more: python -m sim plan lint.")


def _said(item: Finding) -> Text:
    severity = SEVERITY_NAMES[item.severity]
    return Text(severity.zh, capital(severity.en)) + Text("：", ": ") + item.message


def waterfall(study: xr.Dataset, order: list[str]) -> Waterfall | None:
    """From the run without measures to that with them, and to the target, for those that are missed by most."""
    known = [str(name) for name in study["target"].to_numpy()]
    chosen = [name for name in order if name in known][:_MOST_FALLS]
    falls = tuple(_fall(study.sel(target=name), study) for name in chosen)
    if not falls:
        return None
    note = NOTES["waterfall"]
    source = Text("本模型推演（中心情景）", "projections by this model (central runs)")
    return Waterfall(
        Frame(Text("各项措施的贡献与差距", "What the measures add, and the gap that is left"), note, source), falls
    )


def _fall(row: xr.Dataset, study: xr.Dataset) -> Fall:
    start, end, goal = (float(row[name]) for name in ("start", "end", "goal"))
    parts: Any = row["shapley"].to_numpy()
    labels = change_labels(study)
    large = [place for place in np.argsort(-np.abs(parts)) if abs(parts[place]) > SMALL * abs(goal)][:_MOST_STEPS]
    rest = float(parts.sum() - parts[large].sum())
    steps = [Step(_START, start, is_whole=True), *(Step(labels[place], float(parts[place])) for place in large)]
    steps += [Step(_OTHERS, rest)] if len(large) < len(parts) else []
    steps.append(Step(_END, end, is_whole=True))
    return Fall(name_in(row), unit_words(str(row["unit"].item())), tuple(steps), goal)


_START, _END = Text("不加措施", "without measures"), Text("本情景", "this scenario")
_OTHERS = Text("其余措施合计", "all other measures")
