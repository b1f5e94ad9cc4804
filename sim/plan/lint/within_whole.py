"""A thing that lies within another: it can be no more than it, and a share that is to pass the whole's makes the whole rise."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.levels import last_of, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, of_measure, plain, years_of

RULE = "within_whole"


def check(plan: Plan) -> Iterator[Finding]:
    """Every measure that lies within another, in the same years, and wanted shares beside the latest level of the whole."""
    for claim in (claim for claim in plan.claims if claim.measure.entry.within and claim.aspect in ("level", "sum")):
        outer = claim.measure.entry.within
        at_once = [
            other
            for other in plan.claims
            if (other.measure.key, other.aspect, other.years) == (outer, claim.aspect, claim.years)
            and plan.regions.inside(claim.region, other.region)
        ]
        for other in at_once:
            if other.is_target == claim.is_target and not other.part:
                yield from _inside(plan, claim, other)
        is_share = claim.measure.entry.kind == "ratio" and claim.is_target and not claim.is_ceiling
        if outer is not None and is_share and not at_once:
            yield from _beside_latest(plan, claim, outer)


def _inside(plan: Plan, claim: Claim, other: Claim) -> Iterator[Finding]:
    more = claim.bounds(plan.about)[0] > other.bounds(plan.about)[1]
    if not more and not (claim.value >= other.value and other.printed.operator in ("=", "~", "<=")):
        return
    severity: Severity = "conflict" if more else "doubt"
    part, whole, name, when = as_printed(claim), as_printed(other), other.measure.name, years_of(claim)
    place = Text("", "") if claim.region == other.region else plan.regions.name(other.region) + Text("", " ")
    compared = Text("多于", "more than") if more else Text("已等于", "all of")
    end = Text("。", ".") if more else Text("，其余部分便没有余地。", "; nothing is left for the rest.")
    message = plan.subject(claim) + Text(
        f" {when.zh}为 {part.zh}，{compared.zh}它所属的{place.zh}{name.zh} {whole.zh}{end.zh}",
        f" of {part.en} in {when.en} is {compared.en} what it lies within, {place.en}{name.en} of {whole.en}{end.en}",
    )
    arithmetic = f"{plain(claim.value)} {'>' if more else '≥'} {plain(other.value)}"
    yield finding(RULE, severity, (claim, other), (), arithmetic, message)


def _beside_latest(plan: Plan, claim: Claim, outer: str) -> Iterator[Finding]:
    known, whole = levels(plan, outer, claim.region, plan.known_at(claim)), plan.measure(outer)
    base = last_of(known, claim.first - 1)
    if base is None or base.operator in (">", ">=") or claim.value <= base.value:
        return
    want, have = as_printed(claim), of_measure(base.value, whole)
    message = plan.subject(claim) + Text(
        f" {claim.last} 年目标 {want.zh}，高于整个{whole.name.zh}在 {base.year} 年的 {have.zh}：不仅它要上升，整体也要上升。",
        f" is to be {want.en} in {claim.last}, more than all of the {whole.name.en} was in {base.year}, {have.en}: "
        "the whole must rise too.",
    )
    arithmetic = f"{plain(claim.value)} > {plain(base.value)}"
    yield finding(RULE, "doubt", (claim, *base.claims), base.data, arithmetic, message)
