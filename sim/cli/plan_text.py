"""The words of the plan: contradictions in them, and the sources and drivers of a target."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.base.words import exact, plain, unit_words
from sim.city.city import City
from sim.cli import cases, options
from sim.cli.console import Speaker
from sim.inputs.bindings import AnyBinding, Binding, HistoryBinding, LedgerBinding
from sim.inputs.printed import BY_HAND
from sim.inputs.targets import Review, changed_sentence, read_reviews
from sim.plan.claims import plan_of
from sim.plan.findings import SEVERITY_NAMES, Finding, review_of, unused
from sim.plan.lint import RULES
from sim.plan.lint import lint as findings_of
from sim.plan.rule import VERDICTS
from sim.plan.selection import targets_named
from sim.report.reference import lint_markdown, reviewed, summary
from sim.studies.plan.trace import Driver, Trace, trace_record
from sim.studies.plan.trace import trace as trace_of

_SIGNS = {1: "+", -1: "−", 0: "0", None: " "}
_KINDS = {
    "variable": Text("变量", "variable"),
    "stock": Text("存量", "stock"),
    "lever": Text("杠杆", "lever"),
    "assumption": Text("假设", "assumption"),
    "behaviour": Text("行为参数", "behaviour"),
    "constant": Text("常数", "constant"),
}


def lint(
    opened: cases.Opened,
    as_of: options.AsOf = None,
    *,
    markdown: Annotated[bool, typer.Option("--markdown", help="写成 docs/plan_lint.md / as a page")] = False,
    speaker: options.WithQuiet,
) -> None:
    """检查规划自身的矛盾：目标、事实与历史数据互相核对 / contradictions of the plan with itself."""
    city = opened()
    catalogue = city.catalogue
    if not catalogue.targets:
        message = Text(f"{city.data.key} 没有录入规划，无从检查", f"no plan of {city.data.key} has been entered")
        raise UsageError(Fault(message, Place(key="--city")))
    reviews = read_reviews(catalogue.file.with_name("reviews.yaml"), RULES, catalogue.printed)
    findings = findings_of(plan_of(city.data, catalogue, as_of))
    speaker.warn(_warnings(city, findings, reviews if as_of is None else ()))
    if speaker.as_json:
        speaker.json([_finding_record(item, review_of(item, reviews), speaker) for item in findings])
    elif markdown:
        sys.stdout.write(lint_markdown(findings, reviews, catalogue.documents, speaker.language) + "\n")
    else:
        _print_findings(findings, reviews, city, speaker)


def _warnings(city: City, findings: list[Finding], reviews: tuple[Review, ...]) -> Iterator[Text]:
    """Yield the documents that have changed, and the reviews whose finding is gone."""
    yield from (changed_sentence(document) for document in city.catalogue.changed)
    for review in unused(findings, reviews):
        ids = ", ".join(sorted(review.of))
        yield Text(
            f"注意：reviews.yaml 中 {review.rule}（{ids}）的复核已没有对应的发现，请删去或改正。",
            f"Mind: the review of {review.rule} ({ids}) in reviews.yaml speaks of no finding any more: mend or remove it.",
        )


def _finding_record(finding: Finding, review: Review | None, speaker: Speaker) -> dict[str, Any]:
    judgement, because = (None, None) if review is None else (review.judgement, speaker.say(review.because))
    return finding.as_record(speaker.language) | {"judgement": judgement, "review": because}


def _print_findings(findings: Sequence[Finding], reviews: tuple[Review, ...], city: City, speaker: Speaker) -> None:
    documents, colon = city.catalogue.documents, speaker.word("：", ": ")
    for number, item in enumerate(findings, 1):
        speaker.line(f"{number}. [{speaker.say(SEVERITY_NAMES[item.severity])}] {speaker.say(RULES[item.rule].title)}")
        speaker.line(f"   {speaker.say(item.message)}")
        speaker.line(f"   {item.arithmetic}" + (f"  ({', '.join(item.data)})" if item.data else ""))
        for quote in item.quotes:
            speaker.line(f"   {quote.id}{colon}“{quote.text}” {speaker.say(documents[quote.document].title)}")
        speaker.line(f"   {speaker.say(reviewed(review_of(item, reviews)))}")
    speaker.line(summary(findings, reviews))


def trace(
    target: Annotated[str, typer.Argument(help="目标编号 / id of a target")],
    scenario: options.ScenarioOption = None,
    year: Annotated[
        int | None, typer.Option("--year", help="在哪一年看，默认目标年 / year; the target's by default"), options.YEAR
    ] = None,
    depth: Annotated[int, typer.Option("--depth", help="往回几层 / how many links back"), options.whole(0, 6, "4")] = 4,
    *,
    opened: cases.OneCase,
    speaker: options.WithQuiet,
) -> None:
    """目标的出处与驱动：文件、原句、变量、驱动因素及方向 / the sentence behind a target and what drives it."""
    case = opened(scenario=scenario, default="catalogue")
    [wanted] = targets_named(case.city.catalogue.targets, [target])
    with speaker.progress(Text("运行情景", "running the scenario")):
        chosen = replace(case, selection=replace(case.selection, targets=(wanted,), remarks=()))
        found = trace_of(chosen, target, year, depth)
    if speaker.as_json:
        speaker.json(trace_record(found))
    else:
        _print_trace(found, speaker)


def _print_trace(found: Trace, speaker: Speaker) -> None:
    target, document, score = found.target, found.document, found.score
    unit, value = unit_words(target.unit), f"{target.operator} {exact(target.value)}"
    years = target.year if target.start_year in (None, target.year) else f"{target.start_year}–{target.year or ''}"
    speaker.line(f"{target.name.zh}（{target.id}）", f"{target.name.en} ({target.id})")
    speaker.line(f"  目标：{value} {unit.zh}，{years or '未写年份'}", f"  target: {value} {unit.en}, {years or 'undated'}")
    speaker.line(f"  原句：“{target.quote}”", f"  sentence: “{target.quote}”")
    speaker.line(f"  文件：{document.title.zh}，{target.section}", f"  document: {document.title.en}, {target.section}")
    speaker.line(f"  {document.file.name}  sha256 {document.found}")
    by_hand = Text(f"（{BY_HAND.zh}）", f" ({BY_HAND.en})") if target.by_hand else Text("", "")
    speaker.line(f"  录入：{target.place}{by_hand.zh}", f"  entered in: {target.place}{by_hand.en}")
    _print_binding(found.binding, speaker)
    if score.projected is not None:
        verdict, projected = VERDICTS[score.verdict], plain(score.projected)
        by_data = Text("（据公布数）", " (by the published figure)") if score.judged_by == "data" else Text("", "")
        speaker.line(
            f"  情景 {found.scenario}：中心情景预测 {projected} {unit.zh}，{verdict.zh}{by_data.zh}",
            f"  scenario {found.scenario}: central run {projected} {unit.en}, {verdict.en}{by_data.en}",
        )
    elif score.reason.zh:
        speaker.line(f"  暂不评估：{score.reason.zh}", f"  not judged: {score.reason.en}")
    if found.roots:
        speaker.line(
            f"驱动因素（{found.year} 年末；方向和弹性为单独上调 1% 的直接影响，不含反馈）：",
            f"drivers (end of {found.year}; sign and elasticity of the direct effect of one per cent, without feedback):",
        )
    for root in found.roots:
        _print_driver(root, 0, speaker)


def _print_binding(binding: AnyBinding | None, speaker: Speaker) -> None:
    if isinstance(binding, Binding):
        over = "" if binding.over is None else f" / {binding.over}"
        to = f"{binding.variable}{over} · {binding.reading} · {binding.price}"
        speaker.line(f"  绑定：模型变量 {to}", f"  bound to the variable {to}")
    elif isinstance(binding, LedgerBinding):
        to = f"{', '.join(binding.projects) or '—'} · {binding.stage} · {binding.measure}"
        speaker.line(f"  绑定：项目台账 {to}", f"  bound to the project ledger: {to}")
    elif isinstance(binding, HistoryBinding):
        to = binding.indicator or "—"
        speaker.line(f"  绑定：已公布数据 {to}", f"  bound to published data: {to}")
    caution = getattr(binding, "caution", None)
    if caution is not None:
        speaker.line(f"  注意：{caution.zh}", f"  caution: {caution.en}")


def _print_driver(item: Driver, depth: int, speaker: Speaker) -> None:
    """Print a line of the tree, and below it what drives it."""
    strength = "" if item.elasticity is None else f"{item.elasticity:+.2f} ".replace("-", "−")
    kind, label, unit = speaker.say(_KINDS[item.kind]), speaker.say(item.label), speaker.say(unit_words(item.unit))
    speaker.line(f"  {'    ' * depth}{_SIGNS[item.sign]} {strength}{label} ({item.name}, {kind}) = {item.value} {unit}")
    for driver in item.drivers:
        _print_driver(driver, depth + 1, speaker)
