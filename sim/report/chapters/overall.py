"""Chapter one: what the answer is."""

from __future__ import annotations

from sim.plan.evaluation.evaluate import headline as standing_headline
from sim.report.chapters.part import MOST_ROWS, Part, in_parts, pictured, small
from sim.report.contents.scores import progress
from sim.report.document import Block, Bullets, Chapter, Paragraph
from sim.report.feasibility_words import joint_sentence
from sim.report.material import Material
from sim.report.score_words import headline
from sim.text import Text
from sim.words import capital, spaced_text

TITLE = Text("总体评估结论", "Overall conclusion")


def overall(material: Material) -> Part:
    """The headline, where the plan stands by data, how likely it is, and what a reader must know first."""
    scores = material.case.scores
    blocks: list[Block] = [Paragraph(headline(scores), "lead")]
    blocks += [Paragraph(remark, "strong") for remark in material.text.remarks]
    points = [*_by_data(material), *_by_draws(material), *_by_path(material)]
    blocks += [Bullets(tuple(points))] if points else []
    blocks += [Paragraph(material.text.description)] if material.text.description.zh else []
    figures = in_parts("progress", progress(material.view, material.case), "rows", MOST_ROWS)
    step_error = [Text(line.zh, capital(line.en)) for line in (material.text.step_error,) if line is not None]
    blocks += [*pictured(figures, "progress"), *small(step_error)]
    return Part(Chapter("overall", TITLE, tuple(blocks)), figures)


def _by_data(material: Material) -> list[Text]:
    """Where the plan stands by what was published."""
    standing = material.standing
    if not standing.rows:
        return []
    head = Text(f"按截至 {standing.as_of} 年的公布数据，", f"By data published of the years up to {standing.as_of}: ")
    return [head + standing_headline(standing.rows)]


def _by_draws(material: Material) -> list[Text]:
    """How likely the plan is as a whole."""
    study = None if material.studies is None else material.studies.feasibility
    if study is None:
        return list(material.text.draws[:1])
    return [spaced_text(joint_sentence(study))]


def _by_path(material: Material) -> list[Text]:
    """Whether the levers can bring it about."""
    paths = () if material.studies is None else material.studies.required
    return [
        Text(f"所需路径（{path.title.zh}）：", f"Required path ({path.title.en}). ") + path.head + Text("。", ".")
        for path in paths
    ]
