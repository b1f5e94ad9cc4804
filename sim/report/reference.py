"""Reference pages in Markdown, and their records for JSON: equations, parameters, the systems of a plan, findings of lint.

The pages are the templates `*.md.j2`; what stands in them is made here.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from sim.base.text import LANGUAGES, Language, Text, markdown_text, same
from sim.base.words import capital, unit_words
from sim.city.city import City
from sim.city.describing import declarations
from sim.engine.links import Loop
from sim.inputs.printed import PlanDocument
from sim.inputs.scenario import Fragment
from sim.inputs.targets import JUDGEMENTS, Review
from sim.model.binding import own_values
from sim.model.declarations import Declaration, Event, Stock, Variable
from sim.model.graph import Graph
from sim.model.names import Labels, value_text
from sim.plan.findings import SEVERITIES, SEVERITY_NAMES, Finding, review_of
from sim.plan.lint import RULES
from sim.report.chapters.works import in_words
from sim.studies.systems import SystemRow

_TEMPLATES = jinja2.Environment(  # noqa: S701  pages in Markdown: `md` escapes what comes from files
    loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def _page(name: str, language: Language, **values: Any) -> str:
    """A page in one language; `t` chooses between two texts, `md` keeps the signs of a text from opening tags."""

    def say(text: Text) -> str:
        return text.in_language(language)

    page = _TEMPLATES.get_template(f"{name}.md.j2").render(
        t=lambda zh, en: zh if language == "zh" else en,
        say=say,
        says=lambda texts: [say(text) for text in texts],
        md=lambda text: markdown_text(say(text)),
        code=lambda names: ", ".join(f"`{name}`" for name in names),
        line=_line,
        head=lambda cells: f"{_line(cells)}\n{_line(['---'] * len(cells))}",
        **values,
    )
    return page.removesuffix("\n")


def _line(cells: Iterable[str]) -> str:
    """A row of a table."""
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


_KINDS = {
    "flow": Text("流量", "flow"),
    "level": Text("水平", "level"),
    "ratio": Text("比率", "ratio"),
    "stock": Text("存量", "stock"),
    "event": Text("年末事件", "yearly event"),
}


def equation_records(
    graph: Graph, labels: Labels, declarations: Sequence[Declaration], loops: Sequence[Loop] = ()
) -> list[dict[str, Any]]:
    """One record per declaration, in file order, with the named loops that it is part of."""
    return [_record(item, graph, labels, loops) for item in declarations]


def _record(item: Declaration, graph: Graph, labels: Labels, loops: Sequence[Loop]) -> dict[str, Any]:
    target = item.stock if isinstance(item, Event) else item.name
    label = labels.variables[target]
    return {
        "name": item.name,
        "label_zh": label.zh,
        "label_en": label.en,
        "kind": item.kind if isinstance(item, Variable) else "stock" if isinstance(item, Stock) else "event",
        "unit": graph.unit_of(target),
        "dims": list(graph.dims_of(target)),
        "initial": item.initial if isinstance(item, Stock) else None,
        "reads": _read_by(item, graph),
        "loops": [f"{loop.name} {loop.label.zh} / {loop.label.en}" for loop in loops if item.name in loop.path],
        "doc": item.doc,
        "equation": source_of(item),
        "file": item.file.name,
    }


def source_of(item: Declaration) -> str:
    """The body of an equation as it is written, without its docstring."""
    source = textwrap.dedent(inspect.getsource(item.equation))
    function = ast.parse(source).body[0]
    if not isinstance(function, ast.FunctionDef):
        raise AssertionError("an equation is a function")
    first = function.body[1] if ast.get_docstring(function) else function.body[0]
    return textwrap.dedent("\n".join(source.splitlines()[first.lineno - 1 :]))


def equations_markdown(records: Sequence[dict[str, Any]], language: Language) -> str:
    """The reference page, one section per model file."""
    return _page("equations", language, records=records, kinds=_KINDS)


KINDS = {
    "lever": Text("政策杠杆（levers）", "levers"),
    "assumption": Text("外部假设（assumptions）", "assumptions"),
    "behaviour": Text("行为参数（behaviour）", "behaviour"),
    "constant": Text("固定值（constant）", "constants"),
    "ledger": Text("由项目台账给出（ledger）", "given by the project ledger"),
}


Row = Mapping[str, Any]


def in_both(row: Row) -> dict[str, Any]:
    """A row as plain values for JSON, each text in both languages behind the others."""
    texts = {key: value for key, value in row.items() if isinstance(value, Text)}
    said = {f"{key}_{to}": value.in_language(to) for key, value in texts.items() for to in LANGUAGES}
    return {key: value for key, value in row.items() if key not in texts} | said


def parameters_markdown(rows: Sequence[Row], language: Language) -> str:
    """The page, a table for each kind."""
    return _page("parameters", language, rows=rows, kinds=KINDS, in_words=in_words)


def span_text(span: tuple[float, float] | None) -> str:
    """A range as two numbers."""
    return "" if span is None else f"{span[0]:g} – {span[1]:g}"


def readers_of_parameters(reads: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """For each name that is read, the equations that read it, in the order of the model."""
    found: dict[str, list[str]] = {}
    for equation, names in reads.items():
        for name in names:
            found.setdefault(name, []).append(equation)
    return found


def parameter_rows(world: City) -> list[Row]:
    """Every parameter with the city's own value, in the order of its files."""
    values, readers = own_values(world.data).values, readers_of_parameters(_reads(world))
    dimensions = world.graph.dimensions
    return [
        {
            "name": record.name,
            "label": record.label,
            "kind": record.kind,
            "unit": unit_words(record.unit),
            "value": value_text(values.get(record.name), [dimensions[dim] for dim in record.dims], world.labels),
            "range": span_text(record.range),
            "prior": span_text(record.prior) if record.common_factor is None else f"× {span_text(record.common_factor)}",
            "evidence": record.evidence,
            # of a level of the base year also whose figure it is
            "source": record.source + ("" if record.base_origin is None else f"〔{record.base_origin.text.zh}〕"),
            "readers": readers.get(record.name, []),
            "note": record.note or Text("", ""),
        }
        for record in world.data.parameters.values()
    ]


def _reads(world: City) -> dict[str, list[str]]:
    return {item.name: _read_by(item, world.graph) for item in declarations(world)}


def _read_by(item: Declaration, graph: Graph) -> list[str]:
    reads = item.arguments if isinstance(item, Event) else graph.reads(item.name)
    return [name for name in reads if name != "time"]


NONE_PRINTED = Text("文件未写", "none printed")


def change_text(change: Fragment) -> str:
    """A change as it stands in the file."""
    levers = [f"{item.name}: {_plain(item.raw)}" for item in change.changes]
    used = [f"ledger: {', '.join(item.section.use or ())}" for item in change.ledger]
    return "; ".join([*levers, *used])


def _plain(raw: Any) -> str:
    if isinstance(raw, Mapping):
        return "{" + ", ".join(f"{key}: {_plain(value)}" for key, value in raw.items()) + "}"
    return f"{raw:g}" if isinstance(raw, float) else str(raw)


def system_records(rows: Iterable[SystemRow]) -> list[dict[str, Any]]:
    """Plain values for JSON."""
    return [_system_record(row) for row in rows]


def _system_record(row: SystemRow) -> dict[str, Any]:
    def listed(items: Sequence[str]) -> list[str] | str:
        return list(items) or NONE_PRINTED.en

    def effects(part: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
        return {metric: dict(zip(map(str, row.years), values, strict=True)) for metric, values in part.items()}

    return {
        "system": row.system.key,
        "name_zh": row.system.name.zh,
        "name_en": row.system.name.en,
        "documents": listed(row.documents),
        "mechanism": row.system.mechanism.en,
        "mechanism_zh": row.system.mechanism.zh,
        "variables": list(row.system.variables),
        "levers": list(row.system.levers),
        "targets": listed(row.system.targets),
        "projects": listed(row.projects),
        "effects": {
            "change": change_text(row.system.changes(row.system.change)),
            "context": change_text(row.system.changes(row.system.context)),
            "city": effects(row.city),
            "district": effects(row.district),
            "district_name": None if row.place is None else row.place.en,
            "evidence": row.system.evidence,
            "nominal": row.is_nominal,
            "expected": dict(row.system.expected),
            "surprises": {metric: text.en for metric, text in row.system.surprises.items()},
        },
    }


def systems_markdown(rows: Sequence[SystemRow], language: Language) -> str:
    """The page docs/systems.md: a table of effects, then a section per system."""

    def effects(part: Mapping[str, Sequence[float]]) -> list[str]:
        return [" / ".join(f"{100.0 * value:+.2f}" for value in values) for values in part.values()]

    shown = {"effects": effects, "change_text": change_text, "nothing": NONE_PRINTED}
    return _page("systems", language, rows=rows, years=rows[0].years if rows else (), **shown)


def lint_markdown(
    findings: Sequence[Finding], reviews: Sequence[Review], documents: Mapping[str, PlanDocument], language: Language
) -> str:
    """The page of what lint found: every finding with its sentence, arithmetic, quotes and what a person says of it."""

    def quoted(item: Finding) -> Iterable[tuple[str, Text]]:
        return dict.fromkeys((quote.document, same(quote.text)) for quote in item.quotes)

    told = [(item, reviewed(review_of(item, reviews))) for item in findings]
    severities = {key: SEVERITY_NAMES[key] for key in SEVERITIES}
    return _page(
        "lint",
        language,
        findings=told,
        severities=severities,
        rules=RULES,
        documents=documents,
        summary=summary(findings, reviews),
        quoted=quoted,
        capital=capital,
    )


def summary(findings: Sequence[Finding], reviews: Sequence[Review]) -> Text:
    """Counts of the findings by kind, and of their reviews by result."""
    counts = {severity: sum(item.severity == severity for item in findings) for severity in SEVERITIES}
    judged = [review.judgement for item in findings if (review := review_of(item, reviews)) is not None]
    kinds = [(SEVERITY_NAMES[key], count) for key, count in counts.items() if count]
    said = [(name, judged.count(key)) for key, name in JUDGEMENTS.items() if key in judged]
    zh, en = ("、".join(f"{name.zh} {n} 条" for name, n in kinds), ", ".join(f"{name.en} {n}" for name, n in kinds))
    head = Text(f"共 {len(findings)} 条：{zh}。", f"{len(findings)} findings: {en}.") if findings else _NOTHING
    if not said:
        return head
    zh, en = ("、".join(f"{name.zh} {n}" for name, n in said), ", ".join(f"{name.en} {n}" for name, n in said))
    left = len(findings) - len(judged)
    rest = Text(f"尚未复核 {left} 条。", f" {left} not reviewed yet.") if left else Text("", "")
    return head + Text(f"已复核 {len(judged)} 条：{zh}。", f" {len(judged)} reviewed: {en}.") + rest


_NOTHING = Text("没有发现矛盾。", "No contradiction was found.")


def reviewed(review: Review | None) -> Text:
    """The review of a finding, or a word that nobody has reviewed it."""
    if review is None:
        return Text("尚未复核", "not reviewed yet")
    name = JUDGEMENTS[review.judgement]
    return Text(f"复核（{name.zh}）：{review.because.zh}", f"Review ({name.en}): {review.because.en}")
