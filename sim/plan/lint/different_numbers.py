"""The same thing of the same years in two numbers; a printed number beside the published one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from math import isclose

from sim.base.text import Text
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.levels import reference
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, of_measure, plain, span

RULE = "different_numbers"
_CLOSE = 0.005
"""Rounding: published figures are printed with fewer digits in plans."""


def check(plan: Plan) -> Iterator[Finding]:
    """Pairs of claims of one measure, region and aspect whose numbers differ, and facts that differ from statistics."""
    for claims in plan.by_place.values():
        for one, other in combinations(claims, 2):
            years = _common_years(one, other)
            if years and not isclose(one.value, other.value) and not _are_a_range(one, other):
                yield _differing(plan, one, other, years)
    for claim in plan.claims:
        if claim.aspect == "level" and not claim.is_target and not claim.part:
            yield from _against_statistics(plan, claim)


def _common_years(one: Claim, other: Claim) -> range:
    """Years that both speak of in the same way. A sum speaks of all its years together."""
    kinds = [(claim.aspect, claim.each_year, claim.part, claim.is_target) for claim in (one, other)]
    if kinds[0] != kinds[1] or (one.aspect != "level" and (one.years, one.base) != (other.years, other.base)):
        return range(0)
    return range(max(one.first, other.first), min(one.last, other.last) + 1)


def _are_a_range(one: Claim, other: Claim) -> bool:
    """A lower and an upper end: three to five."""
    low, high = _ordered(one, other)
    return low.printed.operator in (">", ">=") and high.printed.operator == "<="


def _ordered(one: Claim, other: Claim) -> tuple[Claim, Claim]:
    return (one, other) if one.value <= other.value else (other, one)


def _differing(plan: Plan, one: Claim, other: Claim, years: range) -> Finding:
    low, high = _ordered(one, other)
    (least, most), (others_least, others_most) = low.bounds(plan.about), high.bounds(plan.about)
    apart = others_least > most or least > others_most
    same_document = low.printed.document == high.printed.document
    severity: Severity = ("conflict" if same_document else "doubt") if apart else ("doubt" if same_document else "note")
    two_scopes = apart and not low.is_target and not _is_one_name(low.printed.name.zh, high.printed.name.zh)
    if two_scopes:
        severity = "note"
    when, first, second = span(years[0], years[-1]), as_printed(low), as_printed(high)
    message = plan.subject(low) + Text(
        f" {when.zh}既写 {first.zh}，又写 {second.zh}", f" is given as {first.en} and as {second.en} for {when.en}"
    )
    message += _two_scopes(low, high) if two_scopes else _advice(low, high, apart=apart, same_document=same_document)
    return finding(RULE, severity, (one, other), (), f"{plain(low.value)} ≠ {plain(high.value)}", message)


def _is_one_name(one: str, other: str) -> bool:
    """Whether two printed names may be one: every sign of the shorter stands in the longer, remarks in brackets apart."""
    short, long = sorted((set(_REMARK.sub("", name)) for name in (one, other)), key=len)
    return short <= long


_REMARK = re.compile(r"[(（][^)）]*[)）]")


def _two_scopes(low: Claim, high: Claim) -> Text:
    """What is said of facts that are named differently: they may draw different boundaries, which is no contradiction."""
    first, second = low.printed.name, high.printed.name
    return Text(
        f"；名称不同（{first.zh}；{second.zh}），口径可能不同，文件应写清。",
        f"; the names differ ({first.en}; {second.en}) and so may the scope, which the text should state.",
    )


def _advice(low: Claim, high: Claim, *, apart: bool, same_document: bool) -> Text:
    if not apart:
        value = as_printed(low if low.is_ceiling else high)
        return Text(f"，应按较严的 {value.zh} 执行。", f"; the stricter is {value.en}.")
    if low.is_target and not same_document:
        return Text("，出自两份文件，应以后发的为准。", " in two documents; the later one should hold.")
    return Text("，两数不能同时成立，口径须说明。", "; both cannot hold, the scope must be stated.")


def _against_statistics(plan: Plan, claim: Claim) -> Iterator[Finding]:
    entry = claim.measure.entry
    datum = plan.data(entry.history, claim.region, plan.known_at(claim)).get(claim.last)
    if datum is None:
        return
    published = datum.in_unit(entry.unit)
    low, high = claim.bounds(max(plan.about, _CLOSE))
    slack = _CLOSE * abs(published)
    if low - slack <= published <= high + slack:
        return
    said, known = as_printed(claim), of_measure(published, claim.measure)
    message = plan.subject(claim) + Text(
        f" {claim.last} 年文件写 {said.zh}，统计公布为 {known.zh}。",
        f" of {claim.last} is {said.en} in the document, {known.en} in published statistics.",
    )
    yield finding(RULE, "conflict", (claim,), (reference(datum),), f"{plain(claim.value)} ≠ {plain(published)}", message)
