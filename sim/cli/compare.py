"""Compare two stored runs."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from sim.base.errors import Fault, Place, UsageError, reason_of
from sim.base.text import Text
from sim.base.words import unit_text
from sim.cli.console import Speaker
from sim.cli.tables import print_table
from sim.result.compare import Difference, differences
from sim.result.store import find_run


def compare(first: str, second: str, results: Path, speaker: Speaker) -> None:
    """Print what differs, for two scenarios or for every scenario that two runs share."""
    ones, twos = find_run(first, results), find_run(second, results)
    pairs = _pairs(ones, twos)
    try:
        found = {name: differences(one, two) for name, one, two in pairs}
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
        message = Text("不是有效的运行文件：", "not a valid run file: ") + reason_of(error)
        raise UsageError(Fault(message, Place(), Text("请重新运行情景", "run the scenario again"))) from error
    if speaker.as_json:
        speaker.json([{"scenario": name, **vars(item)} for name, items in found.items() for item in items])
        return
    for name, items in found.items():
        speaker.line(Text(f"{name}：{len(items)} 处不同", f"{name}: {len(items)} differences"))
        if items:
            print_table(_table(items, speaker), speaker.out)
    alone = sorted(set(ones) ^ set(twos)) if len(pairs) < max(len(ones), len(twos)) else []
    if alone:
        names = "、".join(alone)
        speaker.line(
            Text(
                f"只在一次运行中、未比较：{names}；比较两个情景请写到情景文件夹，如 RUN/{alone[0]}",
                f"in one run only, not compared: {', '.join(alone)}; to compare two of them, name folders: RUN/{alone[0]}",
            )
        )


def _pairs(first: dict[str, Path], second: dict[str, Path]) -> list[tuple[str, Path, Path]]:
    if len(first) == 1 and len(second) == 1:
        (one, one_file), (two, two_file) = next(iter(first.items())), next(iter(second.items()))
        return [(one if one == two else f"{one} / {two}", one_file, two_file)]
    shared = [name for name in first if name in second]
    if not shared:
        known = f"{', '.join(first)} / {', '.join(second)}"
        message = Text(f"两次运行没有同名情景（{known}）", f"the runs share no scenario ({known})")
        advice = Text("请写到情景文件夹，如 RUN/baseline", "name a scenario folder, such as RUN/baseline")
        raise UsageError(Fault(message, Place(), advice))
    return [(name, first[name], second[name]) for name in shared]


def _table(items: list[Difference], speaker: Speaker) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    heads = (
        ("类别", "kind"),
        ("名称", "name"),
        ("含义", "meaning"),
        ("单位", "unit"),
        ("第一次", "first"),
        ("第二次", "second"),
    )
    for index, (zh, en) in enumerate(heads):
        table.add_column(speaker.word(zh, en), overflow="fold", no_wrap=index < _UNBROKEN)
    for item in items:
        kind = speaker.say(_KINDS[item.kind]) if item.kind in _KINDS else item.kind
        label = item.label_en if speaker.language == "en" else item.label_zh
        table.add_row(kind, item.name, label, unit_text(item.units, speaker.language), item.first, item.second)
    return table


_UNBROKEN = 2
_KINDS = {
    "run": Text("运行", "run"),
    "input": Text("输入", "input"),
    "result": Text("结果", "result"),
    "versions": Text("版本", "version"),
    "input_hashes": Text("文件", "file"),
}
