"""The systems of a plan's documents: a record and a table row each, with the effect of its lever; Markdown or plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.base.text import Language, Text, markdown_text
from sim.inputs.scenario import Fragment
from sim.studies.systems import YEARS, SystemRow

NONE_PRINTED = Text("文件未写", "none printed")
NOMINAL = Text("名义", "nominal")
_HEAD = Text(
    "效果为相对变化（%），每格两个数依次为 {years}；“名义”：各项都不到 0.01%。"
    "预期符号在算出结果以前提交：+ 升，- 降，0 无，? 不定。",
    "Effects are relative changes in per cent; the two numbers of a cell are for {years}. Nominal: below 0.01 % of every "
    "measure. Expected signs were committed before any result: + rises, - falls, 0 none, ? depends.",
)


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
    return [_record(row) for row in rows]


def _record(row: SystemRow) -> dict[str, Any]:
    def listed(items: Sequence[str]) -> list[str] | str:
        return list(items) or NONE_PRINTED.en

    def effects(part: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
        return {metric: dict(zip(map(str, YEARS), values, strict=True)) for metric, values in part.items()}

    return {
        "system": row.system.key,
        "name_zh": row.system.name.zh,
        "name_en": row.system.name.en,
        "documents": listed(row.documents),
        "mechanism": row.system.record.mechanism.en,
        "mechanism_zh": row.system.record.mechanism.zh,
        "variables": list(row.system.record.variables),
        "levers": list(row.system.record.levers),
        "targets": listed(row.system.record.targets),
        "projects": listed(row.projects),
        "effects": {
            "change": change_text(row.system.change),
            "context": change_text(row.system.context),
            "city": effects(row.city),
            "district": effects(row.district),
            "district_name": None if row.place is None else row.place.en,
            "evidence": row.system.record.evidence,
            "nominal": row.is_nominal,
            "expected": dict(row.system.record.expected),
            "surprises": {metric: text.en for metric, text in row.system.record.surprises.items()},
        },
    }


def systems_markdown(rows: Sequence[SystemRow], language: Language) -> str:
    """The page docs/systems.md: a table of effects, then a section per system."""
    title = Text("# 文件中的 31 个系统在模型里做什么", "# What the 31 systems of the documents do in the model")
    years = ", ".join(map(str, YEARS)) if rows else ""
    head = _HEAD.in_language(language).format(years=years)
    parts = [title.in_language(language), head, _effects_table(rows, language)]
    return "\n\n".join([*parts, *(_section(row, language) for row in rows)])


def _effects_table(rows: Sequence[SystemRow], language: Language) -> str:
    names = [text.in_language(language) for text in rows[0].measures.values()] if rows else []
    first, where, tag = (
        text.in_language(language) for text in (Text("系统", "system"), Text("范围", "where"), Text("证据", "evidence"))
    )
    lines = [_line([first, where, *names, tag]), _line(["---"] * (len(names) + 3))]
    for row in rows:
        mark = f" ({NOMINAL.in_language(language)})" if row.is_nominal else ""
        label = f"{row.system.key} {markdown_text(row.system.name.in_language(language))}{mark}"
        lines.append(_line([label, Text("全市", "city").in_language(language), *_cells(row.city), row.system.record.evidence]))
        if row.place is not None:
            lines.append(_line(["", row.place.in_language(language), *_cells(row.district), ""]))
    return "\n".join(lines)


def _cells(part: Mapping[str, Sequence[float]]) -> list[str]:
    return [" / ".join(f"{100.0 * value:+.2f}" for value in values) for values in part.values()]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _section(row: SystemRow, language: Language) -> str:
    def listed(items: Sequence[str]) -> str:
        return ", ".join(f"`{item}`" for item in items) or NONE_PRINTED.in_language(language)

    record, colon = row.system.record, Text("：", ": ").in_language(language)
    surprises = (
        f"{row.measures[name].in_language(language)}{colon}{text.in_language(language)}"
        for name, text in record.surprises.items()
    )
    lines = [
        (Text("机制", "Mechanism"), markdown_text(record.mechanism.in_language(language))),
        (Text("文件", "Documents"), listed(row.documents)),
        (Text("变量", "Variables"), listed(record.variables)),
        (Text("杠杆", "Levers"), listed(record.levers)),
        (Text("目标", "Targets"), listed(record.targets)),
        (Text("项目", "Projects"), _projects(row.projects, language)),
        (Text("改动", "Change"), _change(row, language)),
        (Text("预期", "Expected"), _expected(row, language)),
        *((Text("出乎预期", "Against expectation"), surprise) for surprise in surprises),
    ]
    told = [f"- {label.in_language(language)}{colon}{content}" for label, content in lines]
    return f"## {row.system.key} {markdown_text(row.system.name.in_language(language))}\n\n" + "\n".join(told)


_SHOWN = 12


def _projects(ids: Sequence[str], language: Language) -> str:
    if not ids:
        return NONE_PRINTED.in_language(language)
    shown = ", ".join(f"`{item}`" for item in ids[:_SHOWN])
    more = len(ids) - _SHOWN
    return shown + (Text(f" 等 {len(ids)} 项", f" and {more} more").in_language(language) if more > 0 else "")


def _change(row: SystemRow, language: Language) -> str:
    context = change_text(row.system.context)
    with_it = Text(f"（在 `{context}` 之下）", f" (within `{context}`)").in_language(language) if context else ""
    return f"`{change_text(row.system.change)}`{with_it}"


def _expected(row: SystemRow, language: Language) -> str:
    comma, record = Text("，", ", ").in_language(language), row.system.record
    signs = comma.join(f"{row.measures[name].in_language(language)} {sign}" for name, sign in record.expected.items())
    return signs + Text("。", ". ").in_language(language) + record.because.in_language(language)
