"""Parts and what holds them: sums of parts and of districts, a thing within another, within its parts, and outgrowing it.

The built-up area of a zone lies within its planned area, and a plan lists the planned areas park by park. With the whole W
times and a part P times its base, the part adds no more than the whole while its share is at most (W - 1) / (P - 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from sim.base.text import Text, joined
from sim.plan.lint.finding import Finding, Severity, finding, rule
from sim.plan.lint.levels import Level, last_of, levels
from sim.plan.lint.paths import WantedLevel, wanted_in
from sim.plan.lint.plan import FLOORS, CityPlan, Measure, PlanClaim
from sim.plan.lint.wording import as_printed, in_brackets, number, of_measure, percent, span, years_of

_DIGIT = 0.05
"""Half a unit of the last digit of a printed share, for each part of a whole that is known beforehand."""
_ROUNDED = 0.005
"""Part of a whole that rounding of its parts may add up to."""
_COMMA = Text("、", ", ")


@rule(60, Text("部分之和大于整体", "a sum of parts above the whole"))
def sums_of_parts(plan: CityPlan) -> Iterator[Finding]:
    """Add up the parts that measures.yaml names, shares that should make a hundred, and districts."""
    for name, entry in plan.measures.by_name.items():
        if entry.parts:
            yield from _named_parts(plan, plan.measure(name))
        if entry.kind != "ratio":
            yield from _districts(plan, name)


def _named_parts(plan: CityPlan, whole: Measure) -> Iterator[Finding]:
    """Parts that are printed for one year and region, beside the whole of that year: the highest number that is no floor."""
    claims = [claim for claim in plan.claims if claim.measure.key in whole.entry.parts and claim.aspect == "level"]
    for region, year, is_target in sorted({(claim.region, year, claim.is_target) for claim in claims for year in claim.years}):
        parts = []
        for part in whole.entry.parts:
            said = _levels_in(plan, part, region, year, is_target=is_target)
            parts += [claim for claim in said if not claim.part][:1]
        said = _levels_in(plan, whole.key, region, year, is_target=is_target)
        bounded = sorted((claim for claim in said if claim.operator not in FLOORS), key=lambda claim: -claim.value)
        printed = bounded[:1] if whole.entry.constant is None else []
        if len(parts) > 1 and (printed or whole.entry.constant is not None):
            yield from _sum_of_parts(plan, (whole, printed), parts, year)


def _levels_in(plan: CityPlan, measure: str, region: str, year: int, *, is_target: bool) -> list[PlanClaim]:
    return [item for item in plan.at(measure, region, "level") if year in item.years and item.is_target == is_target]


def _sum_of_parts(
    plan: CityPlan, whole: tuple[Measure, list[PlanClaim]], parts: Sequence[PlanClaim], year: int
) -> Iterator[Finding]:
    measure, printed = whole
    total, value = _sum(parts), printed[0].value if printed else float(measure.entry.constant or 0.0)
    slack = _ROUNDED * abs(value) if printed else _DIGIT * len(parts)
    least, most = printed[0].bounds(plan.about) if printed else (value, value)
    lowest, highest = (sum(max(claim.bounds(plan.about)[side], 0.0) for claim in parts) for side in (0, 1))
    are_all = measure.entry.complete and len(parts) == len(measure.entry.parts)
    if lowest <= most + slack and not (are_all and highest < least - slack):
        return
    names = joined([claim.measure.name for claim in parts], _COMMA)
    sums, more = (of_measure(total, measure), of_measure(value, measure)), total > value
    compared = Text("多于", "more than") if more else Text("少于", "less than")
    message = plan.regions.name(parts[0].region) + Text(
        f"{names.zh} {year} 年合计 {sums[0].zh}，{compared.zh}{measure.name.zh} {sums[1].zh}。",
        f": {names.en} add up to {sums[0].en} in {year}, {compared.en} {measure.name.en}, {sums[1].en}.",
    )
    arithmetic = f"{_addition(parts)} = {number(total)} {'>' if more else '<'} {number(value)}"
    yield finding("conflict", (*parts, *printed), arithmetic, message)


def _sum(claims: Iterable[PlanClaim]) -> float:
    return sum(claim.value for claim in claims)


def _addition(claims: Iterable[PlanClaim]) -> str:
    return " + ".join(number(claim.value) for claim in claims)


def _districts(plan: CityPlan, measure: str) -> Iterator[Finding]:
    """Districts that do not overlap, the largest first, beside the region that they lie in."""
    claims = [claim for claim in plan.claims if claim.measure.key == measure and claim.aspect in ("level", "sum")]
    for whole in (claim for claim in claims if claim.operator not in FLOORS):
        inner = [
            claim
            for claim in claims
            if (claim.aspect, claim.years, claim.is_target) == (whole.aspect, whole.years, whole.is_target)
            and claim.region != whole.region
            and plan.regions.inside(claim.region, whole.region)
        ]
        apart: list[PlanClaim] = []
        for claim in sorted(inner, key=lambda claim: -claim.value):
            if plan.regions.are_apart([claim.region, *(other.region for other in apart)]):
                apart.append(claim)
        lowest = sum(max(claim.bounds(plan.about)[0], 0.0) for claim in apart)
        if apart and lowest > whole.bounds(plan.about)[1]:
            yield _sum_of_districts(plan, apart, whole)


def _sum_of_districts(plan: CityPlan, inner: Sequence[PlanClaim], whole: PlanClaim) -> Finding:
    names, own = joined([plan.regions.name(claim.region) for claim in inner], _COMMA), plan.regions.name(whole.region)
    total, said = of_measure(_sum(inner), whole.measure), as_printed(whole)
    name, when = whole.measure.name, span(whole.first, whole.last)
    message = Text(
        f"{name.zh} {when.zh}：{names.zh}合计 {total.zh}，多于{own.zh} {said.zh}。",
        f"{name.en} in {when.en}: {names.en} together {total.en}, more than {own.en}, {said.en}.",
    )
    return finding("conflict", (*inner, whole), f"{_addition(inner)} > {number(whole.value)}", message)


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
            yield from _beside_latest(plan, claim, plan.measure(outer))


def _inside(plan: CityPlan, claim: PlanClaim, other: PlanClaim) -> Iterator[Finding]:
    more = claim.bounds(plan.about)[0] > other.bounds(plan.about)[1]
    if not more and (claim.value < other.value or other.operator in FLOORS):
        return
    part, whole, name, when = as_printed(claim), as_printed(other), other.measure.name, years_of(claim)
    region = Text("", "") if claim.region == other.region else plan.regions.name(other.region) + Text("", " ")
    compared = Text("多于", "more than") if more else Text("已等于", "all of")
    end = Text("。", ".") if more else Text("，其余部分便没有余地。", "; nothing is left for the rest.")
    message = plan.subject(claim) + Text(
        f" {when.zh}为 {part.zh}，{compared.zh}它所属的{region.zh}{name.zh} {whole.zh}{end.zh}",
        f" of {part.en} in {when.en} is {compared.en} what it lies within, {region.en}{name.en} of {whole.en}{end.en}",
    )
    arithmetic = f"{number(claim.value)} {'>' if more else '≥'} {number(other.value)}"
    yield finding("conflict" if more else "doubt", (claim, other), arithmetic, message)


def _beside_latest(plan: CityPlan, claim: PlanClaim, whole: Measure) -> Iterator[Finding]:
    base = last_of(levels(plan, whole.key, claim.region, plan.known_at(claim)), claim.first - 1)
    if base is None or base.operator in FLOORS or claim.value <= base.value:
        return
    want, have = as_printed(claim), of_measure(base.value, whole)
    message = plan.subject(claim) + Text(
        f" {claim.last} 年目标 {want.zh}，高于整个{whole.name.zh}在 {base.year} 年的 {have.zh}：不仅它要上升，整体也要上升。",
        f" is to be {want.en} in {claim.last}, more than all of the {whole.name.en} was in {base.year}, {have.en}: "
        "the whole must rise too.",
    )
    yield finding("doubt", (claim, base), f"{number(claim.value)} > {number(base.value)}", message)


@rule(80, Text("多于所在整体各部分之和", "more than the parts of what it lies within"))
def within_parts(plan: CityPlan) -> Iterator[Finding]:
    """Hold levels and sums against a measure that holds them and whose parts, and not itself, are printed for their years."""
    for claim in plan.claims:
        outer = claim.measure.entry.within
        if outer is None or claim.aspect not in ("level", "sum") or _said_at_once(plan, claim, outer):
            continue
        whole = plan.measure(outer)
        parts = [said[0] for part in whole.entry.parts if (said := _said_at_once(plan, claim, part))]
        if parts and len(parts) == len(whole.entry.parts):
            highest = sum(part.bounds(plan.about)[1] for part in parts)
            if claim.bounds(plan.about)[0] > highest:
                yield _more_than_parts(plan, claim, whole, parts)


def _said_at_once(plan: CityPlan, claim: PlanClaim, measure: str) -> list[PlanClaim]:
    """Return the claims of a measure of the kind, the years and the region of a claim; the highest first."""
    said = [item for item in plan.at(measure, claim.region, claim.aspect) if not item.part]
    same = [item for item in said if (item.years, item.is_target) == (claim.years, claim.is_target)]
    return sorted(same, key=lambda item: -item.value)


def _more_than_parts(plan: CityPlan, claim: PlanClaim, whole: Measure, parts: Sequence[PlanClaim]) -> Finding:
    said, sum_of, when = as_printed(claim), of_measure(_sum(parts), whole), years_of(claim)
    perhaps = Text("；或有未列出的部分，或口径不同", "; some are not listed or the scope differs")
    end = Text("", "") if whole.entry.complete else perhaps
    message = plan.subject(claim) + Text(
        f" {when.zh}为 {said.zh}，多于它所在的{whole.name.zh}各部分合计 {sum_of.zh}（{len(parts)} 项）{end.zh}。",
        f" of {said.en} in {when.en} is more than the {len(parts)} parts of the {whole.name.en} within which it lies: "
        f"{sum_of.en} in all{end.en}.",
    )
    arithmetic = f"{number(claim.value)} > {_addition(parts)} = {number(_sum(parts))}"
    return finding("conflict" if whole.entry.complete else "doubt", (claim, *parts), arithmetic, message)


@rule(90, Text("部分增长快于整体", "a part that outgrows its whole"))
def part_outgrows(plan: CityPlan) -> Iterator[Finding]:
    """Hold wanted growth of what lies within another against what the plan wants of the other in the same year."""
    for rate in plan.targets("growth"):
        entry, as_of = rate.measure.entry, plan.known_at(rate)
        if entry.within is None or entry.price != entry.growth_price or rate.is_ceiling:
            continue
        base = levels(plan, entry.within, rate.region, as_of).get(rate.base)
        part = levels(plan, rate.measure.key, rate.region, as_of).get(rate.base)
        if base is not None and base.is_exact and base.value > 0.0:
            for whole in wanted_in(plan, entry.within, rate.region, rate.last)[:1]:
                yield from _outgrowing(plan, rate, part, (whole, base))


def _outgrowing(plan: CityPlan, rate: PlanClaim, part: Level | None, path: tuple[WantedLevel, Level]) -> Iterator[Finding]:
    """Nothing where the known share of the part leaves room; a note where no share is known or the whole may be more."""
    whole, base = path
    times, most = whole.value / base.value, (1.0 + rate.value) ** rate.span
    if most <= times:
        return
    limit = max(times - 1.0, 0.0) / (most - 1.0)
    if part is not None and part.value / base.value <= limit * (1.0 + plan.about):
        return
    severity: Severity = "note" if part is None or not part.is_exact or math.isinf(whole.high) else "doubt"
    name, said = plan.measure(whole.measure), as_printed(rate)
    start, end, origin = of_measure(base.value, name), of_measure(whole.value, name), in_brackets(base.origin)
    known = Text("，文件没有写出这一占比", ", and no document prints that share")
    if part is not None:
        share = percent(part.value / base.value)
        known = Text(f"，而当年为 {share}", f", and it was {share}")
    message = plan.subject(rate) + Text(
        f" 年均增长 {said.zh}，{rate.last} 年为 {rate.base} 年的 {number(most)} 倍；所属的{name.name.zh}由 "
        f"{start.zh}{origin.zh}到 {end.zh}，只有 {number(times)} 倍。"
        f"两者只在前者 {rate.base} 年占比不超过 {percent(limit)} 时可以并存{known.zh}。",
        f" is to grow by {said.en} a year, to {number(most)} times {rate.base} in {rate.last}; the {name.name.en} of which it "
        f"is a part goes from {start.en}{origin.en} to {end.en}, {number(times)} times. Both hold only if the part was at most "
        f"{percent(limit)} of the whole in {rate.base}{known.en}.",
    )
    arithmetic = f"({number(times)} − 1) / ({number(most)} − 1) = {percent(limit)}"
    yield finding(severity, (rate, whole, base, *(part.claims if part else ())), arithmetic, message)
