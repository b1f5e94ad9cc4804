"""Chapter six: what it would take, by the required path."""

from __future__ import annotations

from sim.base.text import Text, joined
from sim.base.words import fine, spaced_text
from sim.report.chapters.part import Part, listed, pictured, present
from sim.report.document import (
    NOTHING,
    Block,
    Cell,
    Chapter,
    Column,
    Heading,
    Number,
    Paragraph,
    Table,
    Words,
    measured,
    probability,
    stated,
)
from sim.report.figures.frame import Frame
from sim.report.figures.moves import Moves
from sim.report.view import View
from sim.simulate.records import Aim, Required
from sim.simulate.result import Result

TITLE = Text("对策建议：所需路径", "What it would take")


def advice(view: View, result: Result) -> Part:
    """The moves of the levers, what they reach, what stands in the way, and what the ledger could do."""
    studies = result.studies
    blocks: list[Block] = [Paragraph(line, "strong") for line in studies.missing]
    if studies.pending:
        names, command = joined(list(studies.pending), Text("、", ", ")), f"python -m sim report {view.run}"
        how = Text(
            f"尚未计算：{names.zh}；输入和程序未改动时，{command} 补全。",
            f"Yet to be worked out: {names.en}; {command} does so, as long as inputs and program are what they were.",
        )
        blocks.append(Paragraph(how))
    figures = dict[str, object]()
    for place, required in enumerate(studies.required, 1):
        name = f"path_{place}"
        figures |= present(**{name: moves_figure(required)})
        blocks += _required(required, figures, name)
    return Part(Chapter("advice", TITLE, tuple(blocks)), figures)


def _required(required: Required, figures: dict[str, object], name: str) -> list[Block]:
    blocks: list[Block] = [
        Heading(Text("所需路径：", "Required path: ") + required.title),
        Paragraph(spaced_text(required.head) + Text("。", "."), "lead"),
    ]
    blocks += [Paragraph(spaced_text(line)) for line in required.obstacles]
    blocks += [moves_table(required, name)] if required.moves else []
    blocks += pictured(figures, name)
    blocks.append(aims_table(required, f"{name}_targets"))
    for title, lines in (
        (Text("各杠杆的贡献", "What each lever does"), required.closing),
        (Text("项目台账备选方案", "What the project ledger could do"), required.alternatives),
    ):
        blocks += listed(title, [spaced_text(line) for line in lines])
    return [*blocks, *(Paragraph(spaced_text(line), "small") for line in required.remarks)]


def moves_table(required: Required, name: str) -> Table:
    """Every lever: its bounds, where it stands, where it must go."""
    columns = (
        Column(Text("杠杆", "Lever")),
        Column(Text("单位", "Unit")),
        Column(Text("情景取值", "In the scenario"), is_number=True),
        Column(Text("所需", "Required"), is_number=True),
        Column(Text("可信下限", "Lower bound"), is_number=True),
        Column(Text("可信上限", "Upper bound"), is_number=True),
        Column(Text("档数", "Steps"), is_number=True),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Words(move.label),
            Words(move.unit),
            *(_fine(value) for value in (move.now, move.then, move.low, move.high)),
            Number(move.steps, 2, is_difference=True),
        )
        for move in required.moves
    )
    note = Text(
        "档：一次明显加强的幅度（见 levers.yaml）；数值为最后一个目标年的水平，分行业的取首个行业。"
        "杠杆是假设的政策力度（如研发投入政策直接提高研发强度），不是具体措施的测算效果。",
        "Step: what levers.yaml counts as one clear strengthening; values of the targets' last year, of the first member. "
        "Levers are assumed efforts (R&D policy adds to R&D intensity itself, for one), not the worked-out effect of measures.",
    )
    return Table(name, Text("所需路径：", "Required path: ") + required.title, columns, rows, note)


def aims_table(required: Required, name: str) -> Table:
    """How likely each target is along the path, and what a little more of it would cost."""
    has_price = any(aim.price is not None for aim in required.targets)
    columns = (
        Column(Text("目标", "Target")),
        Column(Text("单位", "Unit")),
        Column(Text("目标值", "Plan"), is_number=True),
        Column(Text("概率", "Probability"), is_number=True),
        *((Column(Text("目标再提高 1% 的代价", "Cost of one per cent more"), is_number=True),) if has_price else ()),
    )
    rows = tuple(_aim_row(aim, has_price=has_price) for aim in required.targets)
    note = Text("代价：档数的平方和增加多少；“—”：已有富余。", "Cost: how much the squared steps grow; none: there is room.")
    caption = Text("路径上各目标的概率：", "Each target along the path: ") + required.title
    return Table(name, caption, columns, rows, note if has_price else NOTHING)


def _aim_row(aim: Aim, *, has_price: bool) -> tuple[Cell, ...]:
    price: tuple[Cell, ...] = (measured(aim.price),) if has_price else ()
    return Words(aim.name), Words(aim.unit), stated(aim.value, f"{aim.operator} "), probability(aim.probability), *price


def _fine(value: float) -> Number:
    """A number that may be small, with three digits."""
    text = fine(value).replace(",", "")
    return Number(value, len(text.partition(".")[2]) if "e" not in text else 6)


def moves_figure(required: Required) -> Moves | None:
    """The levers between their bounds; None where none is moved."""
    if not required.moves:
        return None
    note = Text("轨道两端为可信的下限和上限", "the ends of each track are the bounds that are believable")
    source = Text(
        "本模型反解；杠杆的步长、范围和权重为假设，见 levers.yaml", "solved by this model; steps and bounds are assumptions"
    )
    return Moves(Frame(Text("所需路径：", "Required path: ") + required.title, note, source), required.moves)
