"""The systems of a plan's documents: a record and a table row each, with the effect of its lever; Markdown or plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sim.base.text import Language, Text, markdown_text
from sim.inputs.scenario import Fragment
from sim.studies.systems import SystemView

NONE_PRINTED = Text("文件未写", "none printed")
METRIC_NAMES: Mapping[str, Text] = {
    "gdp": Text("GDP（2020 年价）", "GDP at 2020 prices"),
    "manufacturing_share": Text("制造业占比", "manufacturing share"),
    "four_above_firms": Text("四上企业", "above-scale firms"),
    "market_entities": Text("市场主体", "market entities"),
    "hightech_firms": Text("高新技术企业", "high-tech firms"),
    "residents": Text("常住人口", "residents"),
}
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


def system_records(views: Iterable[SystemView]) -> list[dict[str, Any]]:
    """Plain values for JSON."""
    return [_record(view) for view in views]


def _record(view: SystemView) -> dict[str, Any]:
    def listed(items: Sequence[str]) -> list[str] | str:
        return list(items) or NONE_PRINTED.en

    def effects(part: Mapping[str, Sequence[float]]) -> dict[str, dict[str, float]]:
        return {metric: dict(zip(map(str, view.years), values, strict=True)) for metric, values in part.items()}

    return {
        "system": view.key,
        "name_zh": view.name.zh,
        "name_en": view.name.en,
        "documents": listed(view.documents),
        "mechanism": view.mechanism.en,
        "mechanism_zh": view.mechanism.zh,
        "variables": list(view.variables),
        "levers": list(view.levers),
        "targets": listed(view.targets),
        "projects": listed(view.projects),
        "effects": {
            "change": change_text(view.change),
            "context": change_text(view.context),
            "city": effects(view.city),
            "district": effects(view.district),
            "district_name": None if view.place is None else view.place.en,
            "evidence": view.evidence,
            "nominal": view.nominal,
            "expected": dict(view.expected),
            "surprises": {metric: text.en for metric, text in view.surprises.items()},
        },
    }


def systems_markdown(views: Sequence[SystemView], language: Language) -> str:
    """The page docs/systems.md: a table of effects, then a section per system."""
    title = Text("# 文件中的 31 个系统在模型里做什么", "# What the 31 systems of the documents do in the model")
    years = ", ".join(map(str, views[0].years)) if views else ""
    head = _HEAD.in_language(language).format(years=years)
    parts = [title.in_language(language), head, _effects_table(views, language)]
    return "\n\n".join([*parts, *(_section(view, language) for view in views)])


def _effects_table(views: Sequence[SystemView], language: Language) -> str:
    names = [text.in_language(language) for text in METRIC_NAMES.values()]
    first, where, tag = (
        text.in_language(language) for text in (Text("系统", "system"), Text("范围", "where"), Text("证据", "evidence"))
    )
    lines = [_line([first, where, *names, tag]), _line(["---"] * (len(names) + 3))]
    for view in views:
        mark = f" ({NOMINAL.in_language(language)})" if view.nominal else ""
        label = f"{view.key} {markdown_text(view.name.in_language(language))}{mark}"
        lines.append(_line([label, Text("全市", "city").in_language(language), *_cells(view.city), view.evidence]))
        if view.place is not None:
            lines.append(_line(["", view.place.in_language(language), *_cells(view.district), ""]))
    return "\n".join(lines)


def _cells(part: Mapping[str, Sequence[float]]) -> list[str]:
    return [" / ".join(f"{100.0 * value:+.2f}" for value in part[metric]) for metric in METRIC_NAMES]


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _section(view: SystemView, language: Language) -> str:
    def listed(items: Sequence[str]) -> str:
        return ", ".join(f"`{item}`" for item in items) or NONE_PRINTED.in_language(language)

    rows = [
        (Text("机制", "Mechanism"), markdown_text(view.mechanism.in_language(language))),
        (Text("文件", "Documents"), listed(view.documents)),
        (Text("变量", "Variables"), listed(view.variables)),
        (Text("杠杆", "Levers"), listed(view.levers)),
        (Text("目标", "Targets"), listed(view.targets)),
        (Text("项目", "Projects"), _projects(view.projects, language)),
        (Text("改动", "Change"), _change(view, language)),
        (Text("预期", "Expected"), _expected(view, language)),
        *((Text("出乎预期", "Against expectation"), _surprise(name, text, language)) for name, text in view.surprises.items()),
    ]
    lines = [f"- {label.in_language(language)}{Text('：', ': ').in_language(language)}{content}" for label, content in rows]
    return f"## {view.key} {markdown_text(view.name.in_language(language))}\n\n" + "\n".join(lines)


_SHOWN = 12


def _projects(ids: Sequence[str], language: Language) -> str:
    if not ids:
        return NONE_PRINTED.in_language(language)
    shown = ", ".join(f"`{item}`" for item in ids[:_SHOWN])
    more = len(ids) - _SHOWN
    return shown + (Text(f" 等 {len(ids)} 项", f" and {more} more").in_language(language) if more > 0 else "")


def _change(view: SystemView, language: Language) -> str:
    context = change_text(view.context)
    with_it = Text(f"（在 `{context}` 之下）", f" (within `{context}`)").in_language(language) if context else ""
    return f"`{change_text(view.change)}`{with_it}"


def _expected(view: SystemView, language: Language) -> str:
    comma = Text("，", ", ").in_language(language)
    signs = comma.join(f"{METRIC_NAMES[metric].in_language(language)} {sign}" for metric, sign in view.expected.items())
    return signs + Text("。", ". ").in_language(language) + view.because.in_language(language)


def _surprise(metric: str, text: Text, language: Language) -> str:
    colon = Text("：", ": ").in_language(language)
    return f"{METRIC_NAMES[metric].in_language(language)}{colon}{text.in_language(language)}"
