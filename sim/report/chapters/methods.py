"""The appendix: how far the model is off, data and method, breaks and caveats, sources of every target and assumption."""

from __future__ import annotations

from collections.abc import Sequence

from sim.base.text import Text
from sim.base.words import capital, unit_words
from sim.plan.scorecard import coverage_of
from sim.report.chapters.part import Part, in_parts, listed, pictured
from sim.report.chapters.works import in_words
from sim.report.document import Block, Cell, Chapter, Column, Heading, Number, Paragraph, Table, Words, a_year, measured
from sim.report.figures.frame import Frame
from sim.report.figures.loops import Loops
from sim.report.view import View
from sim.result.dataset import Comparison
from sim.simulate.records import Assumption
from sim.simulate.result import Result

TITLE = Text("附：数据与方法", "Appendix: data and method")
_MOST_RINGS = 4
METHOD = (
    Text("这是情景推演，不是预测；价格外生，没有投入产出表和双边贸易。",
         "A scenario, not a forecast; prices are given, there is no input-output table and no bilateral trade."),
    Text("多数弹性取自全国或省级文献，用于一个城市；超出历史经验范围的政策效果属于外推。",
         "Most elasticities come from national or provincial studies and are applied to one city; policy effects beyond past "
         "experience are extrapolation."),
    Text("财政支出计划、住房投资、外部需求和岗位空缺为给定路径；台账中多数项目没有金额，按类别先验抽取并按总量折算。",
         "Planned spending, housing investment, external demand and vacancies are given paths; most projects of the ledger "
         "print no amount, which is drawn from priors of their class and scaled to a total."),
    Text("区和园区是全市各行业的份额，只录有少数基数；细分行业基数多为估计。",
         "Districts and parks are shares of the city's sectors; few of their bases are entered, and most of those of "
         "branches are estimates."),
    Text("官方数据在每次经济普查后修订，跨断点的水平不可直接相比。",
         "Official data are revised after each economic census; levels across a break must not be compared directly."),
)  # fmt: skip
_BESIDE = Text(
    "模型从基年起自行推演，下表逐年列出误差，无论大小；“推算”指由其他公布数算得的统计数。中心情景取参数的中心值，"
    "概率取自按历史校准的后验集合。",
    "The model runs on its own from the base year; every error is shown, whatever its size; 'derived' figures are computed "
    "from others. The central run takes the parameters' central values, probabilities come from the posterior ensemble.",
)
_EVIDENCE = Text(
    "没有录入统计的基年数据由固定方法构造，逐项注明来源。证据等级：V 见于公开文件，M 文献一般知识、待核实，D 推算，A 假设。",
    "What has no statistic of the base year is built by a stated method, each with its source. Evidence: V seen in a public "
    "document, M general knowledge of the literature, D derived, A assumption.",
)


def methods(_: View, result: Result) -> Part:
    """Errors beside published figures, limits, breaks, the loops, and the long tables."""
    figures = _loops(result)
    blocks: list[Block] = [Heading(Text("与已公布数据对照", "Beside published figures")), Paragraph(_BESIDE)]
    blocks += [errors_table(result.comparisons), comparison_table(result.comparisons)] if result.comparisons else []
    error = result.step_error.sentence()
    blocks += listed(Text("方法与局限", "Method and limits"), [*METHOD, Text(error.zh, capital(error.en))])
    blocks += listed(Text("断点与口径", "Breaks and definitions"), _breaks(result))
    blocks += listed(Text("不评估的目标", "Targets that are not judged"), _not_judged(result))
    if result.scorecard:
        blocks += [Heading(Text("目标出处与注意事项", "Where each target stands")), quotes_table(result)]
    if figures:
        blocks += [Heading(Text("反馈回路", "Feedback loops")), *pictured(figures, "loops_reinforcing", "loops_balancing")]
    blocks += [Heading(Text("基年与假设", "Base year and assumptions")), Paragraph(_EVIDENCE)]
    blocks += [assumptions_table(result.assumptions), versions_table(result)]
    return Part(Chapter("methods", TITLE, tuple(blocks)), figures)


def _loops(result: Result) -> dict[str, Loops]:
    """The reinforcing and the balancing loops, four to a figure."""
    rings = result.studies.loops
    note = Text(
        "箭头由因到果；蓝色 + 同向，橙色 − 反向；符号在基年实测",
        "arrows from cause to effect; blue +: same direction, orange −: opposite; signs measured at the base year",
    )
    source = Text("模型方程", "the equations of the model")
    found = dict[str, Loops]()
    for key, kind, title in (
        ("loops_reinforcing", "reinforcing", Text("增强回路", "Reinforcing loops")),
        ("loops_balancing", "balancing", Text("平衡回路", "Balancing loops")),
    ):
        own = tuple(ring for ring in rings if (ring.polarity.en == "balancing") == (kind == "balancing"))
        found |= in_parts(key, Loops(Frame(title, note, source), own), "rings", _MOST_RINGS)
    return found


def _breaks(result: Result) -> list[Text]:
    """Breaks that lie in the years of the plan or shortly before."""
    found = []
    for item in result.breaks:
        years = "、".join(str(year) for year in sorted(item.years))
        found.append(Text(f"{years} 年：{item.reason.zh}", f"{years.replace('、', ', ')}: {item.reason.en}"))
    return list(dict.fromkeys(found))


def _not_judged(result: Result) -> list[Text]:
    """How many targets are not judged, for each kind of reason."""
    left = coverage_of(result.scorecard).left
    return [Text(f"{count} 项：{reason.zh}", f"{count}: {reason.en}") for reason, count in left.items()]


def errors_table(comparisons: Sequence[Comparison]) -> Table:
    """The error of each indicator in each year."""
    years = sorted({row.year for row in comparisons})
    by_label: dict[Text, dict[int, Comparison]] = {}
    for row in comparisons:
        by_label.setdefault(row.label, {})[row.year] = row
    columns = (
        Column(Text("指标", "Indicator")),
        *(Column(Text(str(year), str(year)), is_number=True) for year in years),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (Words(label), *(_error(found.get(year)) for year in years)) for label, found in by_label.items()
    )
    note = Text(
        "模型与公布数之差：% 为相对误差，比率为百分点。", "Model less published: per cent, for rates and shares in points."
    )
    return Table("errors", Text("模型与公布数之差", "The model's errors"), columns, rows, note)


def _error(row: Comparison | None) -> Number:
    if row is None:
        return Number(None)
    if row.error_percent is None:
        return measured(row.error, Text(" 个百分点", " pt"), is_difference=True)
    return measured(row.error_percent, Text("%", "%"), is_difference=True)


def comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """Every year of every comparison."""
    columns = (
        Column(Text("指标", "Indicator")),
        Column(Text("单位", "Unit")),
        Column(Text("年份", "Year"), is_number=True),
        Column(Text("模型", "Model"), is_number=True),
        Column(Text("统计数", "Statistics"), is_number=True),
        Column(Text("误差", "Error"), is_number=True),
        Column(Text("性质", "Kind")),
        Column(Text("数据说明", "Note on the datum")),
    )
    rows = tuple(_comparison_row(row) for row in comparisons)
    return Table("published", Text("与公布数逐年对照", "Beside published figures"), columns, rows, is_long=True)


def _comparison_row(row: Comparison) -> tuple[Cell, ...]:
    derived = "derived:" in row.note or "interpolated:" in row.note
    return (
        Words(row.label),
        Words(unit_words(row.unit)),
        a_year(row.year),
        measured(row.model),
        measured(row.published),
        _error(row),
        Words(Text("推算", "derived") if derived else Text("公布", "published")),
        Words(Text(row.note, row.note)),
    )


def quotes_table(result: Result) -> Table:
    """The sentence of each target, its document, and what to keep in mind."""
    columns = (
        Column(Text("目标", "Target")),
        Column(Text("原文与文件", "Sentence and document")),
        Column(Text("注意", "Caution")),
    )
    rows = tuple(
        (
            Words(score.target.name, (Text(score.target.id, score.target.id),)),
            Words(
                Text(score.target.quote, score.target.quote),
                (score.document + Text(f" · {score.target.document}", f" · {score.target.document}"),),
            ),
            Words(score.caution),
        )
        for score in result.scorecard
    )
    many = len(rows) > _MANY
    return Table("quotes", Text("目标出处", "Sources of targets"), columns, rows, is_long=many)


_MANY = 40
"""Rows from which on a table of quotes is left to the page and the workbook."""


def assumptions_table(assumptions: Sequence[Assumption]) -> Table:
    """Every parameter with its value, evidence and source."""
    columns = (
        Column(Text("参数", "Parameter")),
        Column(Text("名称", "Name")),
        Column(Text("单位", "Unit")),
        Column(Text("取值", "Value")),
        Column(Text("证据", "Evidence")),
        Column(Text("来源", "Source")),
    )
    rows = tuple(
        (
            Words(item.label),
            Words(Text(item.name, item.name)),
            Words(unit_words(item.unit)),
            Words(item.value),
            Words(Text(item.evidence, item.evidence)),
            Words(in_words(item.source)),
        )
        for item in assumptions
    )
    return Table("assumptions", Text("全部参数及来源", "All parameters and sources"), columns, rows, is_long=True)


def versions_table(result: Result) -> Table:
    """Versions, and the hash of every input."""
    documents = {f"document {name}": found for name, found in result.document_hashes.items()}
    lines = {"home": result.home, "method": f"{result.method}, {result.steps_per_year}/a"} | documents
    lines |= {**result.versions, **result.input_hashes}
    columns = (Column(Text("项目", "Item")), Column(Text("版本或哈希", "Version or hash")))
    rows = tuple((Words(Text(name, name)), Words(Text(value, value))) for name, value in lines.items())
    return Table("versions", Text("数据与版本", "Data and versions"), columns, rows, is_long=True)
