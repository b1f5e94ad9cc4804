"""Parts and what holds them: sums of parts and of districts, a thing within another, within its parts, and outgrowing it.

The built-up area of a zone lies within its planned area, and a plan lists the planned areas park by park. With the whole W
times and a part P times its base, the part adds no more than the whole while its share is at most (W - 1) / (P - 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from sim.base.text import Text, joined
from sim.plan.claims import FLOORS, CityPlan, Measure, PlanClaim
from sim.plan.findings import Evidence, Finding, Severity, filled, finding, rule
from sim.plan.levels import before
from sim.plan.wanted import wanted_in

_DIGIT = 0.05
"""Half a unit of the last digit of a printed share, for each part of a whole that is known beforehand."""
_ROUNDED = 0.005
"""Part of a whole that rounding of its parts may add up to."""
_COMMA = Text("、", ", ")
_NOTHING = Text("", "")


@rule(60, Text("部分之和大于整体", "a sum of parts above the whole"))
def sums_of_parts(plan: CityPlan) -> Iterator[Finding]:
    """Add up the parts that measures.yaml names, shares that should make a hundred, and districts."""
    for name, entry in plan.measures.by_name.items():
        if entry.parts:
            yield from _named_parts(plan, plan.measure(name))
        if entry.kind != "ratio":
            yield from _districts(plan, name)


def _sum(claims: Sequence[PlanClaim], measure: Measure) -> dict[str, object]:
    """Return the sum of some claims as parts of a sentence: the number, the same with its unit, and the addition."""
    total = sum(claim.value for claim in claims)
    return {"total": total, "amount": measure.amount(total), "addition": " + ".join(item.formula for item in claims)}


def _named_parts(plan: CityPlan, whole: Measure) -> Iterator[Finding]:
    """Parts that are printed for one year and region, beside the whole of that year: the highest number that is no floor."""
    claims = [claim for claim in plan.claims if claim.measure.key in whole.entry.parts and claim.aspect == "level"]
    for region, year, is_target in sorted({(claim.region, year, claim.is_target) for claim in claims for year in claim.years}):
        said = [item for item in plan.claims if item.region == region and item.aspect == "level" and year in item.years]
        said = [item for item in said if item.is_target == is_target]
        parts = []
        for part in whole.entry.parts:
            parts += [claim for claim in said if claim.measure.key == part and not claim.part][:1]
        bounded = [claim for claim in said if claim.measure.key == whole.key and claim.operator not in FLOORS]
        printed = [] if whole.entry.constant is not None else sorted(bounded, key=lambda claim: -claim.value)[:1]
        if len(parts) > 1 and (printed or whole.entry.constant is not None):
            yield from _sum_of_parts(plan, whole, printed, parts, year)


def _sum_of_parts(
    plan: CityPlan, whole: Measure, printed: Sequence[PlanClaim], parts: Sequence[PlanClaim], year: int
) -> Iterator[Finding]:
    value = printed[0].value if printed else float(whole.entry.constant or 0.0)
    slack = _ROUNDED * abs(value) if printed else _DIGIT * len(parts)
    least, most = printed[0].bounds(plan.about) if printed else (value, value)
    lowest, highest = (sum(max(claim.bounds(plan.about)[side], 0.0) for claim in parts) for side in (0, 1))
    are_all = whole.entry.complete and len(parts) == len(whole.entry.parts)
    if lowest <= most + slack and not (are_all and highest < least - slack):
        return
    more = sum(claim.value for claim in parts) > value
    message = Text(
        "{where}{names} {year} 年合计 {amount}，{compared}{whole.name} {said}。",
        "{where}: {names} add up to {amount} in {year}, {compared} {whole.name}, {said}.",
    )
    words: dict[str, object] = {
        "where": parts[0].where,
        "names": joined([claim.measure.name for claim in parts], _COMMA),
        "compared": Text("多于", "more than") if more else Text("少于", "less than"),
        "said": whole.amount(value),
    }
    arithmetic = "{addition} = {total} > {value}" if more else "{addition} = {total} < {value}"
    words |= {"whole": whole, "year": year, "value": value, **_sum(parts, whole)}
    yield finding("conflict", (*parts, *printed), arithmetic, message, **words)


def _districts(plan: CityPlan, measure: str) -> Iterator[Finding]:
    """Districts that do not overlap, the largest first, beside the region that they lie in."""
    claims = [claim for claim in plan.claims if claim.measure.key == measure and claim.aspect in ("level", "sum")]
    for whole in (claim for claim in claims if claim.operator not in FLOORS):
        inner = [claim for claim in claims if claim.region != whole.region and _is_inside(plan, claim, whole)]
        apart: list[PlanClaim] = []
        for claim in sorted(inner, key=lambda claim: -claim.value):
            if plan.regions.are_apart([claim.region, *(other.region for other in apart)]):
                apart.append(claim)
        lowest = sum(max(claim.bounds(plan.about)[0], 0.0) for claim in apart)
        if apart and lowest > whole.bounds(plan.about)[1]:
            message = Text(
                "{whole.name} {whole.when}：{names}合计 {amount}，多于{whole.where} {whole.said}。",
                "{whole.name} in {whole.when}: {names} together {amount}, more than {whole.where}, {whole.said}.",
            )
            parts = {"whole": whole, "names": joined([claim.where for claim in apart], _COMMA), **_sum(apart, whole.measure)}
            yield finding("conflict", (*apart, whole), "{addition} > {whole.value}", message, **parts)


def _is_inside(plan: CityPlan, inner: PlanClaim, outer: PlanClaim) -> bool:
    """Return whether two claims speak in the same way of the same years, one of a region within that of the other."""
    same = (inner.aspect, inner.years, inner.is_target) == (outer.aspect, outer.years, outer.is_target)
    return same and plan.regions.inside(inner.region, outer.region)


@rule(70, Text("部分大于所属整体", "a part above what it lies within"))
def within_whole(plan: CityPlan) -> Iterator[Finding]:
    """Hold a measure against the one it lies within in the same years, and wanted shares against the whole's latest level."""
    for claim in (claim for claim in plan.claims if claim.aspect in ("level", "sum")):
        outer = claim.measure.entry.within
        if not outer:
            continue
        at_once = [
            other
            for other in plan.claims
            if (other.measure.key, other.aspect, other.years) == (outer, claim.aspect, claim.years)
            and plan.regions.inside(claim.region, other.region)
        ]
        for other in at_once:
            if other.is_target == claim.is_target and not other.part:
                yield from _inside(plan, claim, other)
        if claim.measure.entry.kind == "ratio" and claim.is_target and not claim.is_ceiling and not at_once:
            yield from _beside_latest(plan, claim, outer)


def _inside(plan: CityPlan, claim: PlanClaim, other: PlanClaim) -> Iterator[Finding]:
    more = claim.bounds(plan.about)[0] > other.bounds(plan.about)[1]
    if not more and (claim.value < other.value or other.operator in FLOORS):
        return
    message = Text(
        "{claim.subject} {claim.when}为 {claim.said}，{compared}它所属的{region}{other.name} {other.said}{end}",
        "{claim.subject} of {claim.said} in {claim.when} is {compared} what it lies within, {region}{other.name} of "
        "{other.said}{end}",
    )
    parts = {
        "region": _NOTHING if claim.region == other.region else other.where + Text("", " "),
        "compared": Text("多于", "more than") if more else Text("已等于", "all of"),
        "end": Text("。", ".") if more else Text("，其余部分便没有余地。", "; nothing is left for the rest."),
    }
    arithmetic = "{claim.value} > {other.value}" if more else "{claim.value} ≥ {other.value}"
    yield finding("conflict" if more else "doubt", (claim, other), arithmetic, message, claim=claim, other=other, **parts)


def _beside_latest(plan: CityPlan, claim: PlanClaim, whole: str) -> Iterator[Finding]:
    base = before(plan, claim, whole).last(claim.first - 1)
    if base is None or base.operator in FLOORS or claim.value <= base.value:
        return
    message = Text(
        "{claim.subject} {claim.last} 年目标 {claim.said}，高于整个{base.name}在 {base.year} 年的 {base.amount}："
        "不仅它要上升，整体也要上升。",
        "{claim.subject} is to be {claim.said} in {claim.last}, more than all of the {base.name} was in {base.year}, "
        "{base.amount}: the whole must rise too.",
    )
    yield finding("doubt", (claim, base), "{claim.value} > {base.value}", message, claim=claim, base=base)


@rule(80, Text("多于所在整体各部分之和", "more than the parts of what it lies within"))
def within_parts(plan: CityPlan) -> Iterator[Finding]:
    """Hold levels and sums against a measure that holds them and whose parts, and not itself, are printed for their years."""
    for claim in plan.claims:
        outer = claim.measure.entry.within
        if outer is None or claim.aspect not in ("level", "sum") or _said_at_once(plan, claim, outer):
            continue
        whole = plan.measure(outer)
        parts = [said[0] for part in whole.entry.parts if (said := _said_at_once(plan, claim, part))]
        highest = sum(part.bounds(plan.about)[1] for part in parts)
        if not parts or len(parts) < len(whole.entry.parts) or claim.bounds(plan.about)[0] <= highest:
            continue
        perhaps = Text("；或有未列出的部分，或口径不同", "; some are not listed or the scope differs")
        message = Text(
            "{claim.subject} {claim.when}为 {claim.said}，多于它所在的{whole.name}各部分合计 {amount}（{count} 项）{end}。",
            "{claim.subject} of {claim.said} in {claim.when} is more than the {count} parts of the {whole.name} within which "
            "it lies: {amount} in all{end}.",
        )
        severity: Severity = "conflict" if whole.entry.complete else "doubt"
        end = _NOTHING if whole.entry.complete else perhaps
        words = {"claim": claim, "whole": whole, "count": len(parts), "end": end, **_sum(parts, whole)}
        yield finding(severity, (claim, *parts), "{claim.value} > {addition} = {total}", message, **words)


def _said_at_once(plan: CityPlan, claim: PlanClaim, measure: str) -> list[PlanClaim]:
    """Return the claims of a measure of the kind, the years and the region of a claim; the highest first."""
    said = [item for item in plan.at(measure, claim.region, claim.aspect) if not item.part]
    same = [item for item in said if (item.years, item.is_target) == (claim.years, claim.is_target)]
    return sorted(same, key=lambda item: -item.value)


@rule(90, Text("部分增长快于整体", "a part that outgrows its whole"))
def part_outgrows(plan: CityPlan) -> Iterator[Finding]:
    """Hold wanted growth of what lies within another against what the plan wants of the other in the same year."""
    for rate in plan.targets("growth"):
        entry = rate.measure.entry
        if entry.within is not None and entry.price == entry.growth_price and not rate.is_ceiling:
            yield from _outgrowing(plan, rate, entry.within)


def _outgrowing(plan: CityPlan, rate: PlanClaim, outer: str) -> Iterator[Finding]:
    """Nothing where the known share of the part leaves room; a note where no share is known or the whole may be more."""
    base, part = (before(plan, rate, name).levels.get(rate.base) for name in (outer, rate.measure.key))
    wanted = wanted_in(plan, outer, rate.region, rate.last)
    if base is None or not base.is_exact or base.value <= 0.0 or not wanted:
        return
    whole, most = wanted[0], (1.0 + rate.value) ** rate.span
    times = whole.value / base.value
    if most <= times:
        return
    limit = max(times - 1.0, 0.0) / (most - 1.0)
    if part is not None and part.value / base.value <= limit * (1.0 + plan.about):
        return
    severity: Severity = "note" if part is None or not part.is_exact or math.isinf(whole.high) else "doubt"
    known = Text("，文件没有写出这一占比", ", and no document prints that share")
    if part is not None:
        known = filled(Text("，而当年为 {share:%}", ", and it was {share:%}"), share=part.value / base.value)
    message = Text(
        "{rate.subject} 年均增长 {rate.said}，{rate.last} 年为 {rate.base} 年的 {most} 倍；所属的{base.name}由 "
        "{base.amount}{base.source}到 {whole.amount}，只有 {times} 倍。"
        "两者只在前者 {rate.base} 年占比不超过 {limit:%} 时可以并存{known}。",
        "{rate.subject} is to grow by {rate.said} a year, to {most} times {rate.base} in {rate.last}; the {base.name} of "
        "which it is a part goes from {base.amount}{base.source} to {whole.amount}, {times} times. Both hold only if the part "
        "was at most {limit:%} of the whole in {rate.base}{known}.",
    )
    parts = {"rate": rate, "base": base, "whole": whole, "times": times, "most": most, "limit": limit, "known": known}
    rests_on: tuple[Evidence, ...] = (rate, whole, base, *(part.claims if part else ()))
    yield finding(severity, rests_on, "({times} − 1) / ({most} − 1) = {limit:%}", message, **parts)
