"""The same thing of the same years in two numbers; a printed number beside the published one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from math import isclose

from sim.base.text import Text
from sim.plan.lint.finding import Finding, Severity, finding, rule
from sim.plan.lint.levels import Level, levels_published
from sim.plan.lint.plan import FLOORS, CityPlan, PlanClaim
from sim.plan.lint.wording import as_printed, number, of_measure, span

_CLOSE = 0.005
"""Rounding: published figures are printed with fewer digits in plans."""
_REMARK = re.compile(r"[(（][^)）]*[)）]")


@rule(10, Text("同一指标数字不同", "the same indicator with different numbers"))
def different_numbers(plan: CityPlan) -> Iterator[Finding]:
    """Compare claims of one measure, region and aspect with each other, and facts with statistics."""
    for claims in plan.by_measure_and_region.values():
        for pair in combinations(claims, 2):
            low, high = sorted(pair, key=lambda claim: claim.value)
            years = _common_years(*pair)
            are_a_range = low.operator in FLOORS and high.operator == "<="
            if years and not isclose(low.value, high.value) and not are_a_range:
                yield _differing(plan, pair, (low, high), span(years[0], years[-1]))
    for claim in plan.claims:
        if claim.aspect == "level" and not claim.is_target and not claim.part:
            published = levels_published(plan, claim.measure.key, claim.region, plan.known_at(claim)).get(claim.last)
            if published is not None:
                yield from _against_statistics(plan, claim, published)


def _common_years(one: PlanClaim, other: PlanClaim) -> range:
    """Return years that both speak of in the same way. A sum speaks of all its years together."""
    kinds = [(claim.aspect, claim.each_year, claim.part, claim.is_target) for claim in (one, other)]
    if kinds[0] != kinds[1] or (one.aspect != "level" and (one.years, one.base) != (other.years, other.base)):
        return range(0)
    return range(max(one.first, other.first), min(one.last, other.last) + 1)


def _differing(plan: CityPlan, pair: tuple[PlanClaim, PlanClaim], ordered: tuple[PlanClaim, PlanClaim], when: Text) -> Finding:
    low, high = ordered
    (least, most), (others_least, others_most) = low.bounds(plan.about), high.bounds(plan.about)
    apart = others_least > most or least > others_most
    same_document = low.printed.document == high.printed.document
    severity: Severity = "doubt" if apart or same_document else "note"
    if apart and same_document:
        severity = "conflict"
    first, second = as_printed(low), as_printed(high)
    if apart and not low.is_target and not _may_be_one_name(low.printed.name.zh, high.printed.name.zh):
        severity, names = "note", (low.printed.name, high.printed.name)  # boundaries that differ are no contradiction
        advice = Text(
            f"；名称不同（{names[0].zh}；{names[1].zh}），口径可能不同，文件应写清。",
            f"; the names differ ({names[0].en}; {names[1].en}) and so may the scope, which the text should state.",
        )
    elif not apart:
        stricter = first if low.is_ceiling else second
        advice = Text(f"，应按较严的 {stricter.zh} 执行。", f"; the stricter is {stricter.en}.")
    elif low.is_target and not same_document:
        advice = Text("，出自两份文件，应以后发的为准。", " in two documents; the later one should hold.")
    else:
        advice = Text("，两数不能同时成立，口径须说明。", "; both cannot hold, the scope must be stated.")
    message = plan.subject(low) + Text(
        f" {when.zh}既写 {first.zh}，又写 {second.zh}", f" is given as {first.en} and as {second.en} for {when.en}"
    )
    return finding(severity, pair, f"{number(low.value)} ≠ {number(high.value)}", message + advice)


def _may_be_one_name(one: str, other: str) -> bool:
    """Return whether every sign of the shorter name stands in the longer, remarks in brackets apart."""
    short, long = sorted((set(_REMARK.sub("", name)) for name in (one, other)), key=len)
    return short <= long


def _against_statistics(plan: CityPlan, claim: PlanClaim, published: Level) -> Iterator[Finding]:
    low, high = claim.bounds(max(plan.about, _CLOSE))
    slack = _CLOSE * abs(published.value)
    if low - slack <= published.value <= high + slack:
        return
    said, known = as_printed(claim), of_measure(published.value, claim.measure)
    message = plan.subject(claim) + Text(
        f" {claim.last} 年文件写 {said.zh}，统计公布为 {known.zh}。",
        f" of {claim.last} is {said.en} in the document, {known.en} in published statistics.",
    )
    yield finding("conflict", (claim, published), f"{number(claim.value)} ≠ {number(published.value)}", message)
