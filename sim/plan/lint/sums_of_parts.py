"""Parts that are more than their whole: sums of parts, districts within the city, shares that should make a hundred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sim.base.text import Text, joined
from sim.plan.lint.claims import Claim, Measure
from sim.plan.lint.finding import Finding, finding
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, of_measure, plain, span

RULE = "sums_of_parts"
_DIGIT = 0.05
"""Half a unit of the last digit of a printed share, for each part of a whole that is known beforehand."""
_ROUNDED = 0.005
"""Part of a whole that rounding of its parts may add up to."""
_BOUNDED = ("=", "~", "<=")
_ENUMERATION = Text("、", ", ")


def check(plan: Plan) -> Iterator[Finding]:
    """Sums of the parts that measures.yaml names, and of districts."""
    for name, entry in plan.measures.by_name.items():
        if entry.parts:
            yield from _parts(plan, plan.measure(name))
        if entry.kind != "ratio":
            yield from _districts(plan, name)


def _parts(plan: Plan, whole: Measure) -> Iterator[Finding]:
    """Parts that are printed for one year and region, beside the whole of that year."""
    claims = [claim for claim in plan.claims if claim.measure.key in whole.entry.parts and claim.aspect == "level"]
    places = {(claim.region, year, claim.is_target) for claim in claims for year in claim.years}
    for region, year, targets in sorted(places):
        said = [_first(plan.at(part, region, "level"), year, targets=targets) for part in whole.entry.parts]
        parts = [claim for claim in said if claim is not None]
        printed = [] if whole.entry.constant is not None else _printed(plan, whole, region, year, targets=targets)
        if len(parts) > 1 and (printed or whole.entry.constant is not None):
            yield from _sum(plan, (whole, printed), parts, year)


def _first(claims: Iterable[Claim], year: int, *, targets: bool) -> Claim | None:
    return next((claim for claim in claims if year in claim.years and claim.is_target == targets and not claim.part), None)


def _printed(plan: Plan, whole: Measure, region: str, year: int, *, targets: bool) -> list[Claim]:
    """The whole as printed for a year; of several numbers the highest, and none that is only a lower bound."""
    said = [claim for claim in plan.at(whole.key, region, "level") if year in claim.years and claim.is_target == targets]
    bounded = [claim for claim in said if claim.printed.operator in _BOUNDED]
    return sorted(bounded, key=lambda claim: -claim.value)[:1]


def _sum(plan: Plan, whole: tuple[Measure, list[Claim]], parts: Sequence[Claim], year: int) -> Iterator[Finding]:
    measure, printed = whole
    total, value = sum(claim.value for claim in parts), printed[0].value if printed else float(measure.entry.constant or 0.0)
    slack = _ROUNDED * abs(value) if printed else _DIGIT * len(parts)
    least, most = printed[0].bounds(plan.about) if printed else (value, value)
    lowest, highest = (sum(max(claim.bounds(plan.about)[side], 0.0) for claim in parts) for side in (0, 1))
    are_all = measure.entry.complete and len(parts) == len(measure.entry.parts)
    if lowest <= most + slack and not (are_all and highest < least - slack):
        return
    names = joined([claim.measure.name for claim in parts], _ENUMERATION)
    sums, more = (of_measure(total, measure), of_measure(value, measure)), total > value
    compared = Text("多于", "more than") if more else Text("少于", "less than")
    message = plan.regions.name(parts[0].region) + Text(
        f"{names.zh} {year} 年合计 {sums[0].zh}，{compared.zh}{measure.name.zh} {sums[1].zh}。",
        f": {names.en} add up to {sums[0].en} in {year}, {compared.en} {measure.name.en}, {sums[1].en}.",
    )
    addition = " + ".join(plain(claim.value) for claim in parts)
    arithmetic = f"{addition} = {plain(total)} {'>' if more else '<'} {plain(value)}"
    yield finding(RULE, "conflict", (*parts, *printed), (), arithmetic, message)


def _districts(plan: Plan, measure: str) -> Iterator[Finding]:
    """Districts that do not overlap, beside the region that they lie in."""
    claims = [claim for claim in plan.claims if claim.measure.key == measure and claim.aspect in ("level", "sum")]
    for whole in (claim for claim in claims if claim.printed.operator in _BOUNDED):
        inner = [
            claim
            for claim in claims
            if (claim.aspect, claim.years, claim.is_target) == (whole.aspect, whole.years, whole.is_target)
            and claim.region != whole.region
            and plan.regions.inside(claim.region, whole.region)
        ]
        apart = _apart(plan, inner)
        if apart:
            yield from _sum_of_districts(plan, apart, whole)


def _apart(plan: Plan, inner: Sequence[Claim]) -> list[Claim]:
    """Claims of regions that do not overlap, the largest first."""
    chosen: list[Claim] = []
    for claim in sorted(inner, key=lambda claim: -claim.value):
        if plan.regions.are_apart([claim.region, *(other.region for other in chosen)]):
            chosen.append(claim)
    return chosen


def _sum_of_districts(plan: Plan, inner: Sequence[Claim], whole: Claim) -> Iterator[Finding]:
    lowest, highest = sum(max(claim.bounds(plan.about)[0], 0.0) for claim in inner), whole.bounds(plan.about)[1]
    if lowest <= highest:
        return
    names, place = joined([plan.regions.name(claim.region) for claim in inner], _ENUMERATION), plan.regions.name(whole.region)
    total, said = of_measure(sum(claim.value for claim in inner), whole.measure), as_printed(whole)
    name, when = whole.measure.name, span(whole.first, whole.last)
    message = Text(
        f"{name.zh} {when.zh}：{names.zh}合计 {total.zh}，多于{place.zh} {said.zh}。",
        f"{name.en} in {when.en}: {names.en} together {total.en}, more than {place.en}, {said.en}.",
    )
    arithmetic = f"{' + '.join(plain(claim.value) for claim in inner)} > {plain(whole.value)}"
    yield finding(RULE, "conflict", (*inner, whole), (), arithmetic, message)
