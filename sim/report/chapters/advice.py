"""Chapter six: the required path, and what it would take."""

from __future__ import annotations

from sim.base.text import Text, joined
from sim.base.words import fine, spaced_text
from sim.report.cells import NOTES, Column, Number, measured, probability, stated
from sim.report.chapters import NO_TARGETS, Part, listed, pictured, small
from sim.report.document import Block, Chapter, Heading, Paragraph, Table, table_of
from sim.report.figures import Frame
from sim.report.figures.dots import Moves
from sim.report.view import View
from sim.simulate.result import Aim, Move, Required, Result

TITLE = Text("对策建议：所需路径", "What it would take")


def advice(view: View, result: Result) -> Part:
    """The moves of the levers, what they reach, what stands in the way, and what the ledger could do."""
    studies = result.studies
    if not result.scorecard:
        return Part(Chapter("advice", TITLE, (NO_TARGETS,)))
    blocks: list[Block] = [Paragraph(line, "strong") for line in studies.missing]
    if studies.pending:
        names, command = joined(list(studies.pending), Text("、", ", ")), f"python -m sim report {view.run}"
        how = Text(
            f"尚未计算：{names.zh}；输入和程序未改动时，{command} 补全。",
            f"Yet to be worked out: {names.en}; {command} does so, as long as inputs and program are what they were.",
        )
        blocks.append(Paragraph(how))
    figures = {f"path_{place}": moves_figure(path) for place, path in enumerate(studies.required, 1) if path.moves}
    for place, required in enumerate(studies.required, 1):
        blocks += _required(required, figures, f"path_{place}")
    return Part(Chapter("advice", TITLE, tuple(blocks)), figures)


def _required(required: Required, figures: dict[str, Moves], name: str) -> list[Block]:
    title = Text("所需路径：", "Required path: ") + required.title
    blocks: list[Block] = [Heading(title), Paragraph(spaced_text(required.head) + Text("。", "."), "lead")]
    blocks += [Paragraph(spaced_text(line)) for line in required.obstacles]
    blocks += [table_of(name, title, _MOVES, required.moves, NOTES["moves"])] if required.moves else []
    blocks += [*pictured(figures, name), aims_table(required, f"{name}_targets")]
    blocks += listed(Text("各杠杆的贡献", "What each lever does"), map(spaced_text, required.closing))
    blocks += listed(Text("项目台账备选方案", "What the project ledger could do"), map(spaced_text, required.alternatives))
    return [*blocks, *small(map(spaced_text, required.remarks))]


def _fine(value: float) -> Number:
    """A number that may be small, with three digits."""
    text = fine(value).replace(",", "")
    return Number(value, len(text.partition(".")[2]) if "e" not in text else 6)


_MOVES: tuple[Column[Move], ...] = (
    Column(Text("杠杆", "Lever"), lambda move: move.label),
    Column(Text("单位", "Unit"), lambda move: move.unit),
    Column(Text("情景取值", "In the scenario"), lambda move: _fine(move.now), is_number=True),
    Column(Text("所需", "Required"), lambda move: _fine(move.then), is_number=True),
    Column(Text("可信下限", "Lower bound"), lambda move: _fine(move.low), is_number=True),
    Column(Text("可信上限", "Upper bound"), lambda move: _fine(move.high), is_number=True),
    Column(Text("档数", "Steps"), lambda move: Number(move.steps, 2, is_difference=True), is_number=True),
)
_AIMS: tuple[Column[Aim], ...] = (
    Column(Text("目标", "Target"), lambda aim: aim.name),
    Column(Text("单位", "Unit"), lambda aim: aim.unit),
    Column(Text("目标值", "Plan"), lambda aim: stated(aim.value, f"{aim.operator} "), is_number=True),
    Column(Text("概率", "Probability"), lambda aim: probability(aim.probability), is_number=True),
)
_PRICE: Column[Aim] = Column(
    Text("目标再提高 1% 的代价", "Cost of one per cent more"), lambda aim: measured(aim.price), is_number=True
)


def aims_table(required: Required, name: str) -> Table:
    """The probability of each target along the path, and what a little more of it would cost."""
    caption = Text("路径上各目标的概率：", "Each target along the path: ") + required.title
    if all(aim.price is None for aim in required.targets):
        return table_of(name, caption, _AIMS, required.targets)
    note = Text("代价：档数的平方和增加多少；“—”：已有富余。", "Cost: how much the squared steps grow; none: there is room.")
    return table_of(name, caption, (*_AIMS, _PRICE), required.targets, note)


def moves_figure(required: Required) -> Moves:
    """The levers between their bounds."""
    note = Text("轨道两端为可信的下限和上限", "the ends of each track are the bounds that are believable")
    source = Text(
        "本模型反解；杠杆的步长、范围和权重为假设，见 levers.yaml", "solved by this model; steps and bounds are assumptions"
    )
    return Moves(Frame(Text("所需路径：", "Required path: ") + required.title, note, source), required.moves)
