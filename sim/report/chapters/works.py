"""Chapter three: the measures that the scenario puts into effect, and how the great projects go on."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan

from sim.base.text import Text, same
from sim.base.words import NONE, unit_words
from sim.ledger.pipeline import LABELS
from sim.ledger.summary import ProgrammeTimes
from sim.report.cells import NOTES, Cell, Column, Number, Words, a_year
from sim.report.chapters import Part, pictured, present, small
from sim.report.document import Block, Chapter, Heading, Paragraph, Table, table_of
from sim.report.figures import Frame
from sim.report.figures.schedule import Schedule
from sim.report.view import View
from sim.simulate.result import LedgerResult, Result, Setting

TITLE = Text("重点任务与重大工程进展", "Main tasks and major projects")
SECTIONS = {
    "levers": Text("政策杠杆", "lever"),
    "assumptions": Text("外部假设", "assumption"),
    "behaviour": Text("行为参数", "behaviour"),
    "given": Text("给定变量", "given variable"),
    "ledger": Text("项目台账", "project ledger"),
}
"""The sections of a scenario file in words."""
_NO_LEDGER = Text("本情景没有启用项目台账。", "This scenario does not use the project ledger.")


def works(view: View, result: Result) -> Part:
    """Settings with what they rest on; programmes of the ledger in time."""
    figures = present(schedule=schedule(view, result))
    blocks: list[Block] = [Heading(Text("重点任务：情景设定", "Tasks: what the scenario sets"))]
    blocks += [settings_table(result.settings)] if result.settings else [Paragraph(NOTES["no_settings"])]
    heading = Heading(Text("重大工程：项目台账", "Projects: the ledger"))
    if result.ledger is not None:
        blocks += [heading, *(Paragraph(line) for line in result.ledger.sentences[:1]), programme_table(result.ledger)]
        blocks += [*pictured(figures, "schedule"), *small(result.ledger.sentences[1:])]
    elif any(array.attrs.get("kind") == "ledger" for array in result.inputs.values()):  # a model may have none
        blocks += [heading, Paragraph(_NO_LEDGER)]
    return Part(Chapter("works", TITLE, tuple(blocks)), figures)


def settings_table(settings: Sequence[Setting]) -> Table:
    """The settings: from what to what, and why."""
    return table_of("settings", Text("情景设定", "Settings"), _SETTINGS, settings)


_SETTINGS: tuple[Column[Setting], ...] = (
    Column(
        Text("任务（杠杆或假设）", "Task (lever or assumption)"),
        lambda item: Words(item.label, (SECTIONS.get(item.section, same(item.section)),)),
    ),
    Column(Text("单位", "Unit"), lambda item: unit_words(item.unit)),
    Column(Text("调整前", "Before"), lambda item: item.before),
    Column(Text("调整后", "After"), lambda item: item.after),
    Column(
        Text("依据与说明", "Basis and note"),
        lambda item: Words(in_words(item.note), (item.named_sources,) if item.named_sources.zh else ()),
    ),
)


def in_words(note: str) -> Text:
    """A note or source as it stands in a file, its mark of an assumption in the reader's language."""
    return Text(note.replace("assumption：", "假设："), note.replace("assumption：", "assumption: "))


def programme_table(ledger: LedgerResult) -> Table:
    """Every programme: how many projects, how much money, and when it is in use; their sum below."""
    rows = ledger.programmes
    works, money = sum(row.works for row in rows), sum(row.money for row in rows)
    total = ProgrammeTimes(_TOGETHER, works, money, nan, nan, nan, nan, nan, None)
    return table_of(
        "programmes", Text("项目台账各计划", "Programmes of the ledger"), _PROGRAMMES, (*rows, total), NOTES["programmes"]
    )


def _date(moment: float) -> Cell:
    """The calendar year in which a moment lies."""
    return a_year(int(moment) if isfinite(moment) else None)


def _band(row: ProgrammeTimes) -> str:
    return f"{int(row.low)}–{int(row.high)}" if isfinite(row.low) and isfinite(row.high) else NONE


_TOGETHER = Text("合计", "together")
_PROGRAMMES: tuple[Column[ProgrammeTimes], ...] = (
    Column(Text("计划", "Programme"), lambda row: Words(row.name, tone="strong" if row.name == _TOGETHER else "plain")),
    Column(Text("项目数", "Projects"), lambda row: Number(float(row.works)), is_number=True),
    Column(
        Text("总投资（亿元，各次实现平均）", "Whole investment (CNY 100m, mean)"), lambda row: Number(row.money), is_number=True
    ),
    Column(Text("开工", "Begun"), lambda row: _date(row.start), is_number=True),
    Column(Text("半数投资投用", "Half of the money in use"), lambda row: _date(row.half), is_number=True),
    Column(Text("九成投资投用", "Nine tenths of it"), lambda row: _date(row.nearly_all), is_number=True),
    Column(Text("80% 区间", "80 % band"), _band, is_number=True),
    Column(Text("文件写明的完工年", "End printed"), lambda row: a_year(row.planned), is_number=True),
)


_MOST_PROGRAMMES = 24


def schedule(view: View, result: Result) -> Schedule | None:
    """The largest programmes; None where the scenario does not use the ledger."""
    if result.ledger is None:
        return None
    waiting = tuple((LABELS[name], tuple(values)) for name, values in result.ledger.waiting.items())
    title = Text("项目台账：", "The project ledger: ") + result.name
    shown = result.ledger.programmes[:_MOST_PROGRAMMES]
    return Schedule(
        Frame(title, NOTES["schedule"], NOTES["schedule_source"]), shown, waiting, view.base_year + 1, view.last_year
    )
