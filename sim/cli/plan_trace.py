"""`plan trace`: a target back to its sentence, and on to what drives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sim.base.errors import Fault, UsageError
from sim.base.text import Text
from sim.base.words import exact, plain, unit_words
from sim.cli.console import Speaker
from sim.cli.numbers import whole, year_of
from sim.cli.plan_case import Chosen
from sim.inputs.bindings import AnyBinding, Binding, HistoryBinding, LedgerBinding
from sim.inputs.printed import BY_HAND
from sim.plan.rule import VERDICTS
from sim.studies.plan.trace import Driver, Trace, TraceRequest, find_target, trace_record
from sim.studies.plan.trace import trace as trace_of

_DEEPEST = 6
_SIGNS = {1: "+", -1: "−", 0: "0", None: " "}
_KINDS: Mapping[str, Text] = {
    "variable": Text("变量", "variable"),
    "stock": Text("存量", "stock"),
    "lever": Text("杠杆", "lever"),
    "assumption": Text("假设", "assumption"),
    "behaviour": Text("行为参数", "behaviour"),
    "constant": Text("常数", "constant"),
}


def trace(target: str, year: str | None, depth: str, chosen: Chosen, speaker: Speaker) -> None:
    """Print what stands behind a target."""
    faults: list[Fault] = []
    links = whole("--depth", depth, 0, _DEEPEST, faults)
    request = TraceRequest(target, None if year is None else year_of(year, "--year"), links)
    if faults:
        raise UsageError(faults)
    case = chosen.case()
    wanted = find_target(case.world, target)
    with speaker.progress(1, Text("运行情景", "running the scenario")):
        found = trace_of(replace(case, selection=replace(case.selection, targets=(wanted,), remarks=())), request)
    if speaker.as_json:
        speaker.json(trace_record(found))
    else:
        _print(found, speaker)


def _print(found: Trace, speaker: Speaker) -> None:
    target, document = found.target, found.document
    unit = unit_words(target.unit)
    value = f"{target.operator} {exact(target.value)}"
    years = target.year if target.start_year in (None, target.year) else f"{target.start_year}–{target.year or ''}"
    speaker.line(Text(f"{target.name.zh}（{target.id}）", f"{target.name.en} ({target.id})"))
    speaker.line(
        Text(f"  目标：{value} {unit.zh}，{years or '未写年份'}", f"  target: {value} {unit.en}, {years or 'undated'}")
    )
    speaker.line(Text(f"  原句：“{target.quote}”", f"  sentence: “{target.quote}”"))
    speaker.line(Text(f"  文件：{document.title.zh}，{target.section}", f"  document: {document.title.en}, {target.section}"))
    speaker.line(Text(f"  {document.file.name}  sha256 {document.found}", f"  {document.file.name}  sha256 {document.found}"))
    by_hand = Text(f"（{BY_HAND.zh}）", f" ({BY_HAND.en})") if target.by_hand else Text("", "")
    speaker.line(Text(f"  录入：{target.place}{by_hand.zh}", f"  entered in: {target.place}{by_hand.en}"))
    _print_binding(found.binding, speaker)
    if found.score.projected is not None:
        verdict, projected = VERDICTS[found.score.verdict], plain(found.score.projected)
        decided = found.score.judged_by == "data"
        by_data = Text("（据公布数）", " (by the published figure)") if decided else Text("", "")
        speaker.line(
            Text(
                f"  情景 {found.scenario}：中心情景预测 {projected} {unit.zh}，{verdict.zh}{by_data.zh}",
                f"  scenario {found.scenario}: central run {projected} {unit.en}, {verdict.en}{by_data.en}",
            )
        )
    elif found.score.reason.zh:
        speaker.line(Text(f"  暂不评估：{found.score.reason.zh}", f"  not judged: {found.score.reason.en}"))
    if found.roots:
        speaker.line(_drivers_head(found.year))
        for root in found.roots:
            _print_driver(root, 0, speaker)


def _drivers_head(year: int) -> Text:
    return Text(
        f"驱动因素（{year} 年末；方向和弹性为单独上调 1% 的直接影响，不含反馈）：",
        f"drivers (end of {year}; sign and elasticity of the direct effect of one per cent, without feedback):",
    )


def _print_binding(binding: AnyBinding | None, speaker: Speaker) -> None:
    if isinstance(binding, Binding):
        over = "" if binding.over is None else f" / {binding.over}"
        what = f"{binding.variable}{over} · {binding.reading} · {binding.price}"
        speaker.line(Text(f"  绑定：模型变量 {what}", f"  bound to the variable {what}"))
    elif isinstance(binding, LedgerBinding):
        what = f"{', '.join(binding.projects) or '—'} · {binding.stage} · {binding.measure}"
        speaker.line(Text(f"  绑定：项目台账 {what}", f"  bound to the project ledger: {what}"))
    elif isinstance(binding, HistoryBinding):
        what = binding.indicator or "—"
        speaker.line(Text(f"  绑定：已公布数据 {what}", f"  bound to published data: {what}"))
    caution = getattr(binding, "caution", None)
    if caution is not None:
        speaker.line(Text(f"  注意：{caution.zh}", f"  caution: {caution.en}"))


def _print_driver(item: Driver, depth: int, speaker: Speaker) -> None:
    """One line of the tree."""
    strength = "" if item.elasticity is None else f"{item.elasticity:+.2f} ".replace("-", "−")
    kind, label, unit = speaker.say(_KINDS[item.kind]), speaker.say(item.label), speaker.say(unit_words(item.unit))
    line = f"  {'    ' * depth}{_SIGNS[item.sign]} {strength}{label} ({item.name}, {kind}) = {item.value} {unit}"
    speaker.line(Text(line, line))
    for driver in item.drivers:
        _print_driver(driver, depth + 1, speaker)
