"""The equation reference: every variable, stock and event with unit, equation and docstring; as Markdown or records."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Sequence
from typing import Any

from sim.base.text import Language, Text
from sim.model.declarations import Declaration, Event, Stock, Variable
from sim.model.graph import Graph
from sim.model.loops import Loop
from sim.model.names import Labels

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
    reads = item.arguments if isinstance(item, Event) else graph.reads(item.name)
    return {
        "name": item.name,
        "label_zh": label.zh,
        "label_en": label.en,
        "kind": _kind(item),
        "unit": graph.unit_of(target),
        "dims": list(graph.dims_of(target)),
        "initial": item.initial if isinstance(item, Stock) else None,
        "reads": [name for name in reads if name != "time"],
        "loops": [f"{loop.name} {loop.label.zh} / {loop.label.en}" for loop in loops if item.name in loop.path],
        "doc": item.doc,
        "equation": source_of(item),
        "file": item.file.name,
    }


def _kind(item: Declaration) -> str:
    if isinstance(item, Variable):
        return item.kind
    return "stock" if isinstance(item, Stock) else "event"


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
    title = Text("方程参考", "Equation reference").in_language(language)
    lines = [f"# {title}", "", _intro(language), ""]
    file = ""
    for record in records:
        if record["file"] != file:
            file = record["file"]
            lines += [f"## {file}", ""]
        lines += _section(record, language)
    return "\n".join(lines)


def _intro(language: Language) -> str:
    return Text(
        "由 `python -m sim describe --equations` 从模型文件生成；请勿手改。",
        "Generated from the model files by `python -m sim describe --equations`; do not edit.",
    ).in_language(language)


def _section(record: dict[str, Any], language: Language) -> list[str]:
    kind = _KINDS[record["kind"]].in_language(language)
    label = record["label_zh"] if language == "zh" else record["label_en"]
    dims = ", ".join(record["dims"]) or "—"
    reads = ", ".join(f"`{name}`" for name in record["reads"]) or "—"
    word = Text("读取", "reads").in_language(language)
    head = f"### `{record['name']}` {label}"
    facts = f"{kind} · {record['unit']} · [{dims}]" + (f" · t0: `{record['initial']}`" if record["initial"] else "")
    lines = [head, "", facts, "", record["doc"], "", "```python", record["equation"], "```", "", f"{word}: {reads}", ""]
    if record["loops"]:
        lines += [f"{Text('回路', 'loops').in_language(language)}: {'; '.join(record['loops'])}", ""]
    return lines
