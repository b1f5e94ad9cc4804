"""The same thing of the same years in two numbers; a printed number beside the published one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from math import isclose

from sim.base.text import Text
from sim.base.words import years_text
from sim.plan.claims import FLOORS, CityPlan, PlanClaim
from sim.plan.findings import Finding, Severity, finding, rule
from sim.plan.levels import before

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
                yield _differing(plan, pair, low, high, years_text(years[0], years[-1]))
    for claim in plan.claims:
        if claim.aspect == "level" and not claim.is_target and not claim.part:
            yield from _against_statistics(plan, claim)


def _common_years(one: PlanClaim, other: PlanClaim) -> range:
    """Return years that both speak of in the same way. A sum speaks of all its years together."""
    kinds = [(claim.aspect, claim.each_year, claim.part, claim.is_target) for claim in (one, other)]
    if kinds[0] != kinds[1] or (one.aspect != "level" and (one.years, one.base) != (other.years, other.base)):
        return range(0)
    return range(max(one.first, other.first), min(one.last, other.last) + 1)


def _differing(plan: CityPlan, pair: tuple[PlanClaim, PlanClaim], low: PlanClaim, high: PlanClaim, when: Text) -> Finding:
    (least, most), (others_least, others_most) = low.bounds(plan.about), high.bounds(plan.about)
    apart = others_least > most or least > others_most
    same_document = low.printed.document == high.printed.document
    severity: Severity = "conflict" if apart and same_document else "doubt" if apart or same_document else "note"
    if apart and not low.is_target and not _may_be_one_name(low.printed.name.zh, high.printed.name.zh):
        severity = "note"  # boundaries that differ are no contradiction
        advice = Text(
            "；名称不同（{low.printed.name}；{high.printed.name}），口径可能不同，文件应写清。",
            "; the names differ ({low.printed.name}; {high.printed.name}) and so may the scope, which the text should state.",
        )
    elif not apart:
        advice = Text("，应按较严的 {stricter.said} 执行。", "; the stricter is {stricter.said}.")
    elif low.is_target and not same_document:
        advice = Text("，出自两份文件，应以后发的为准。", " in two documents; the later one should hold.")
    else:
        advice = Text("，两数不能同时成立，口径须说明。", "; both cannot hold, the scope must be stated.")
    message = Text(
        "{low.subject} {when}既写 {low.said}，又写 {high.said}",
        "{low.subject} is given as {low.said} and as {high.said} for {when}",
    )
    stricter = low if low.is_ceiling else high
    arithmetic = "{low.value} ≠ {high.value}"
    return finding(severity, pair, arithmetic, message + advice, low=low, high=high, when=when, stricter=stricter)


def _may_be_one_name(one: str, other: str) -> bool:
    """Return whether every sign of the shorter name stands in the longer, remarks in brackets apart."""
    short, long = sorted((set(_REMARK.sub("", name)) for name in (one, other)), key=len)
    return short <= long


def _against_statistics(plan: CityPlan, claim: PlanClaim) -> Iterator[Finding]:
    published = before(plan, claim).published.get(claim.last)
    low, high = claim.bounds(max(plan.about, _CLOSE))
    slack = 0.0 if published is None else _CLOSE * abs(published.value)
    if published is None or low - slack <= published.value <= high + slack:
        return
    message = Text(
        "{claim.subject} {claim.last} 年文件写 {claim.said}，统计公布为 {known.amount}。",
        "{claim.subject} of {claim.last} is {claim.said} in the document, {known.amount} in published statistics.",
    )
    yield finding("conflict", (claim, published), "{claim.value} ≠ {known.value}", message, claim=claim, known=published)
