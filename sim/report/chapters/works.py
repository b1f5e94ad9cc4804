"""Chapter three: the measures that the scenario puts into effect, and how the great projects go on."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from sim.base.text import Text
from sim.base.words import NONE, unit_words
from sim.ledger.summary import ProgrammeTimes
from sim.report.chapters.part import Part, pictured, present, small
from sim.report.contents.targets import schedule
from sim.report.document import Block, Cell, Chapter, Column, Heading, Number, Paragraph, Table, Words, a_year
from sim.report.view import View
from sim.simulate.records import Setting
from sim.simulate.result import Result

TITLE = Text("重点任务与重大工程进展", "Main tasks and major projects")
SECTIONS = {
    "levers": Text("政策杠杆", "lever"),
    "assumptions": Text("外部假设", "assumption"),
    "behaviour": Text("行为参数", "behaviour"),
    "given": Text("给定变量", "given variable"),
    "ledger": Text("项目台账", "project ledger"),
}
"""The sections of a scenario file in words."""
_NOTHING = Text(
    "没有改动任何参数：全部取城市数据与模型的中心值。",
    "Nothing is changed: city data and the model's central values throughout.",
)
_NO_LEDGER = Text("本情景没有启用项目台账。", "This scenario does not use the project ledger.")


def works(view: View, result: Result) -> Part:
    """Settings with what they rest on; programmes of the ledger in time."""
    figures = present(schedule=schedule(view, result))
    blocks: list[Block] = [Heading(Text("重点任务：情景设定", "Tasks: what the scenario sets"))]
    blocks += [settings_table(result.settings)] if result.settings else [Paragraph(_NOTHING)]
    blocks.append(Heading(Text("重大工程：项目台账", "Projects: the ledger")))
    if result.ledger is None:
        blocks.append(Paragraph(_NO_LEDGER))
    else:
        blocks += [*(Paragraph(line) for line in result.ledger.sentences[:1]), programme_table(result)]
        blocks += [*pictured(figures, "schedule"), *small(result.ledger.sentences[1:])]
    return Part(Chapter("works", TITLE, tuple(blocks)), figures)


def settings_table(settings: Sequence[Setting]) -> Table:
    """What was set, from what to what, and why."""
    rows = tuple(_setting_row(item) for item in settings)
    columns = (
        Column(Text("任务（杠杆或假设）", "Task (lever or assumption)")),
        Column(Text("单位", "Unit")),
        Column(Text("调整前", "Before")),
        Column(Text("调整后", "After")),
        Column(Text("依据与说明", "Basis and note")),
    )
    return Table("settings", Text("情景设定", "Settings"), columns, rows)


def _setting_row(item: Setting) -> tuple[Words, ...]:
    section = SECTIONS.get(item.section, Text(item.section, item.section))
    sources = (item.named_sources,) if item.named_sources.zh else ()
    return (
        Words(item.label, (section,)),
        Words(unit_words(item.unit)),
        Words(item.before),
        Words(item.after),
        Words(in_words(item.note), sources),
    )


def in_words(note: str) -> Text:
    """A note or source as it stands in a file, its mark of an assumption in the reader's language."""
    return Text(note.replace("assumption：", "假设："), note.replace("assumption：", "assumption: "))


def programme_table(result: Result) -> Table:
    """Every programme: how many projects, how much money, and when it is in use."""
    columns = (
        Column(Text("计划", "Programme")),
        Column(Text("项目数", "Projects"), is_number=True),
        Column(Text("总投资（亿元，各次实现平均）", "Whole investment (CNY 100m, mean)"), is_number=True),
        Column(Text("开工", "Begun"), is_number=True),
        Column(Text("半数投资投用", "Half of the money in use"), is_number=True),
        Column(Text("九成投资投用", "Nine tenths of it"), is_number=True),
        Column(Text("80% 区间", "80 % band"), is_number=True),
        Column(Text("文件写明的完工年", "End printed"), is_number=True),
    )
    rows = []
    for row in () if result.ledger is None else result.ledger.programmes:
        band = f"{int(row.low)}–{int(row.high)}" if isfinite(row.low) and isfinite(row.high) else NONE
        rows.append(
            (
                Words(row.name),
                Number(float(row.works)),
                Number(row.money, 0),
                *(_date(moment) for moment in (row.start, row.half, row.nearly_all)),
                Words(Text(band, band)),
                a_year(row.planned),
            )
        )
    if result.ledger is not None:
        rows.append(_sum_of(result.ledger.programmes))
    note = Text(
        "年份为各次台账实现的中位数；金额多按类别先验抽取，只计推演期内开工的，落空的不计，合计因此少于计划投资。",
        "Years are medians of the realisations; most amounts are drawn; what is never begun does not count, so that the sum is "
        "less than the planned investment.",
    )
    return Table("programmes", Text("项目台账各计划", "Programmes of the ledger"), columns, tuple(rows), note)


def _sum_of(programmes: Sequence[ProgrammeTimes]) -> tuple[Cell, ...]:
    """The row that adds up all of them."""
    works, money = sum(row.works for row in programmes), sum(row.money for row in programmes)
    dates = (Number(None), Number(None), Number(None), Words(Text(NONE, NONE)), Number(None))
    return (Words(Text("合计", "together"), tone="strong"), Number(float(works)), Number(money, 0), *dates)


def _date(moment: float) -> Number | Words:
    """The calendar year in which a moment lies."""
    return a_year(int(moment) if isfinite(moment) else None)
