"""Compare two stored runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Column

from sim.base.errors import Fault, Place, UsageError, reason_of
from sim.base.text import Text
from sim.base.words import unit_text
from sim.cli import options
from sim.cli.console import Speaker

if TYPE_CHECKING:
    from sim.result.compare import RunDifference

_HEADS = Text("类别|名称|含义|单位|第一次|第二次", "kind|name|meaning|unit|first|second")
_UNBROKEN = 2
_KINDS = {
    "run": Text("运行", "run"),
    "input": Text("输入", "input"),
    "result": Text("结果", "result"),
    "versions": Text("版本", "version"),
    "input_hashes": Text("文件", "file"),
}


@options.verb(options.app)
def compare(first: options.Run, second: options.Run, out: options.Out = options.RESULTS, *, speaker: options.WithJson) -> None:
    """比较两次运行的输入和结果 / what differs between two runs, inputs and outputs."""
    from sim.result.compare import differences
    from sim.result.store import find_run

    ones, twos = find_run(first, out), find_run(second, out)
    pairs = _pairs(ones, twos)
    try:
        found = {name: differences(one, two) for name, one, two in pairs}
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, AttributeError) as error:
        message = Text("不是有效的运行文件：", "not a valid run file: ") + reason_of(error)
        raise UsageError(Fault(message, Place(), Text("请重新运行情景", "run the scenario again"))) from error
    if speaker.as_json:
        speaker.json([{"scenario": name, **vars(item)} for name, items in found.items() for item in items])
        return
    heads = [Column(head, overflow="fold", no_wrap=place < _UNBROKEN) for place, head in enumerate(speaker.heads(_HEADS))]
    for name, items in found.items():
        speaker.line(f"{name}：{len(items)} 处不同", f"{name}: {len(items)} differences")
        if items:
            speaker.table(heads, (_cells(item, speaker) for item in items))
    alone = sorted(set(ones) ^ set(twos)) if len(pairs) < max(len(ones), len(twos)) else []
    if alone:
        speaker.line(
            f"只在一次运行中、未比较：{'、'.join(alone)}；比较两个情景请写到情景文件夹，如 RUN/{alone[0]}",
            f"in one run only, not compared: {', '.join(alone)}; to compare two of them, name folders: RUN/{alone[0]}",
        )


def _cells(item: RunDifference, speaker: Speaker) -> tuple[str, ...]:
    kind = speaker.say(_KINDS[item.kind]) if item.kind in _KINDS else item.kind
    label = speaker.word(item.label_zh, item.label_en)
    return kind, item.name, label, unit_text(item.units, speaker.language), item.first, item.second


def _pairs(first: dict[str, Path], second: dict[str, Path]) -> list[tuple[str, Path, Path]]:
    """Return the files of two scenarios, or of every scenario that two runs share."""
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
