"""The appendix: how far the model is off, data and method, breaks and caveats, sources of every target and assumption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

from sim.base.text import Text, same
from sim.base.words import capital, unit_words
from sim.plan.scorecard import Score, coverage_of
from sim.report.cells import NOTES, NOTHING, Column, Number, Words, a_year, measured
from sim.report.chapters import Part, in_parts, listed, pictured
from sim.report.chapters.works import in_words
from sim.report.document import Block, Chapter, Heading, Paragraph, Table, table_of
from sim.report.figures import Frame
from sim.report.figures.loops import Loops
from sim.report.view import View
from sim.result.dataset import Comparison
from sim.simulate.result import Result

TITLE = Text("附：数据与方法", "Appendix: data and method")
_MOST_RINGS = 4
_SCENARIO = Text("这是情景推演，不是预测。", "A scenario, not a forecast.")
_POSTERIOR = Text("，概率取自按历史校准的后验集合", ", probabilities come from the posterior ensemble")


def methods(_: View, result: Result) -> Part:
    """Errors beside published figures, limits, breaks, the loops, and the long tables."""
    figures = _loops(result)
    blocks: list[Block] = []
    if result.comparisons:
        from_priors = any("参数取自先验" in line.zh for line in result.draw_sentences)  # whatever the reason
        beside = NOTES["beside_published"] + (NOTHING if from_priors else _POSTERIOR) + Text("。", ".")
        blocks += [Heading(Text("与已公布数据对照", "Beside published figures")), Paragraph(beside)]
        by_year = Text("与公布数逐年对照", "Beside published figures")
        blocks += [errors_table(result.comparisons)]
        blocks += [table_of("published", by_year, _COMPARED, result.comparisons, is_long=True)]
    error = result.step_error.sentence()
    limits = result.outline.limits or [_SCENARIO]
    blocks += listed(Text("方法与局限", "Method and limits"), [*limits, Text(error.zh, capital(error.en))])
    blocks += listed(Text("断点与口径", "Breaks and definitions"), _breaks(result))
    left = coverage_of(result.scorecard).left  # by kind of reason
    blocks += listed(
        Text("不评估的目标", "Targets that are not judged"),
        (Text(f"{count} 项：{reason.zh}", f"{count}: {reason.en}") for reason, count in left.items()),
    )
    if result.scorecard:
        quotes = table_of("quotes", _SOURCES, _QUOTES, result.scorecard, is_long=len(result.scorecard) > _MANY)
        blocks += [Heading(Text("目标出处与注意事项", "Where each target stands")), quotes]
    if figures:
        blocks += [Heading(Text("反馈回路", "Feedback loops")), *pictured(figures, "loops_reinforcing", "loops_balancing")]
    origins = (NOTES["constructed_base"] if result.published else NOTHING) + NOTES["evidence"]
    blocks += [Heading(Text("基年与假设", "Base year and assumptions")), Paragraph(origins)]
    told = ((name, array.attrs) for name, array in result.inputs.items())
    assumed = [{**attributes, "name": str(name)} for name, attributes in told if "evidence" in attributes]
    blocks += [table_of("assumptions", _PARAMETERS, _ASSUMED, assumed, is_long=True), _versions(result)]
    return Part(Chapter("methods", TITLE, tuple(blocks)), figures)


def _loops(result: Result) -> dict[str, Loops]:
    """The reinforcing and the balancing loops, four to a figure."""
    source = Text("模型方程", "the equations of the model")
    found = dict[str, Loops]()
    titles = {"reinforcing": Text("增强回路", "Reinforcing loops"), "balancing": Text("平衡回路", "Balancing loops")}
    for kind, title in titles.items():
        own = tuple(ring for ring in result.studies.loops if (ring.polarity.en == "balancing") == (kind == "balancing"))
        found |= in_parts(f"loops_{kind}", Loops(Frame(title, NOTES["loops"], source), own), "rings", _MOST_RINGS)
    return found


def _breaks(result: Result) -> list[Text]:
    """Breaks that lie in the years of the plan or shortly before."""
    found = []
    for item in result.breaks:
        years = "、".join(str(year) for year in sorted(item.years))
        found.append(Text(f"{years} 年：{item.reason.zh}", f"{years.replace('、', ', ')}: {item.reason.en}"))
    return list(dict.fromkeys(found))


def errors_table(comparisons: Sequence[Comparison]) -> Table:
    """The error of each indicator in each year."""
    by_label: dict[Text, dict[int, Comparison]] = {}
    for row in comparisons:
        by_label.setdefault(row.label, {})[row.year] = row
    columns: list[Column[tuple[Text, dict[int, Comparison]]]] = [Column(Text("指标", "Indicator"), itemgetter(0))]
    columns += [
        Column(same(str(year)), partial(_error_in, year), is_number=True) for year in sorted({row.year for row in comparisons})
    ]
    note = Text(
        "模型与公布数之差：% 为相对误差，比率为百分点。", "Model less published: per cent, for rates and shares in points."
    )
    return table_of("errors", Text("模型与公布数之差", "The model's errors"), columns, by_label.items(), note)


def _error_in(year: int, row: tuple[Text, dict[int, Comparison]]) -> Number:
    return _error(row[1].get(year))


def _error(row: Comparison | None) -> Number:
    if row is None:
        return Number(None)
    if row.error_percent is None:
        return measured(row.error, Text(" 个百分点", " pt"), is_difference=True)
    return measured(row.error_percent, Text("%", "%"), is_difference=True)


def _kind(row: Comparison) -> Text:
    return Text("推算", "derived") if "derived:" in row.note or "interpolated:" in row.note else Text("公布", "published")


_COMPARED: tuple[Column[Comparison], ...] = (
    Column(Text("指标", "Indicator"), lambda row: row.label),
    Column(Text("单位", "Unit"), lambda row: unit_words(row.unit)),
    Column(Text("年份", "Year"), lambda row: a_year(row.year), is_number=True),
    Column(Text("模型", "Model"), lambda row: measured(row.model), is_number=True),
    Column(Text("统计数", "Statistics"), lambda row: measured(row.published), is_number=True),
    Column(Text("误差", "Error"), _error, is_number=True),
    Column(Text("性质", "Kind"), _kind),
    Column(Text("数据说明", "Note on the datum"), lambda row: row.note),
)
_SOURCES = Text("目标出处", "Sources of targets")
_MANY = 40
"""Rows from which on a table of quotes is left to the page and the workbook."""
_QUOTES: tuple[Column[Score], ...] = (
    Column(Text("目标", "Target"), lambda score: Words(score.target.name, (same(score.target.id),))),
    Column(
        Text("原文与文件", "Sentence and document"),
        lambda score: Words(same(score.target.quote), (score.document + same(f" · {score.target.document}"),)),
    ),
    Column(Text("注意", "Caution"), lambda score: score.caution),
)
_PARAMETERS = Text("全部参数及来源", "All parameters and sources")
_ASSUMED: tuple[Column[Mapping[str, Any]], ...] = (
    Column(Text("参数", "Parameter"), lambda told: Text(told["long_name_zh"], told["long_name"])),
    Column(Text("名称", "Name"), lambda told: told["name"]),
    Column(Text("单位", "Unit"), lambda told: unit_words(told["units"])),
    Column(Text("取值", "Value"), lambda told: Text(told["value_zh"], told["value"])),
    Column(Text("证据", "Evidence"), lambda told: told["evidence"]),
    Column(Text("来源", "Source"), lambda told: in_words(told["source"])),
)
_VERSIONS: tuple[Column[tuple[str, str]], ...] = (
    Column(Text("项目", "Item"), lambda line: line[0]),
    Column(Text("版本或哈希", "Version or hash"), lambda line: line[1]),
)


def _versions(result: Result) -> Table:
    """Versions, and the hash of every input."""
    lines = {"home": result.home, "method": f"{result.method}, {result.steps_per_year}/a"}
    lines |= {f"document {name}": found for name, found in result.document_hashes.items()}
    lines |= {**result.versions, **result.input_hashes}
    return table_of("versions", Text("数据与版本", "Data and versions"), _VERSIONS, lines.items(), is_long=True)
