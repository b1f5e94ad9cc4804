"""A thing that lies within another of which only the parts are printed: it can be no more than they are together.

The built-up area of a zone lies within its planned area, and a plan lists the planned areas park by park.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sim.base.text import Text
from sim.plan.lint.claims import Claim, Measure
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, of_measure, plain, years_of

RULE = "within_parts"


def check(plan: Plan) -> Iterator[Finding]:
    """Every level or sum that lies within a measure whose parts, and not itself, are printed for the same years."""
    for claim in plan.claims:
        outer = claim.measure.entry.within
        if outer is not None and claim.aspect in ("level", "sum") and not _said_of(plan, claim, outer):
            whole = plan.measure(outer)
            parts = [said[0] for part in whole.entry.parts if (said := _said_of(plan, claim, part))]
            if parts and len(parts) == len(whole.entry.parts):
                yield from _beside(plan, claim, whole, parts)


def _said_of(plan: Plan, claim: Claim, measure: str) -> list[Claim]:
    """What is said of a measure in the way, the years and the region of a claim; the highest first."""
    same = (claim.years, claim.is_target)
    said = [item for item in plan.at(measure, claim.region, claim.aspect) if (item.years, item.is_target) == same]
    return sorted((item for item in said if not item.part), key=lambda item: -item.value)


def _beside(plan: Plan, claim: Claim, whole: Measure, parts: Sequence[Claim]) -> Iterator[Finding]:
    highest = sum(part.bounds(plan.about)[1] for part in parts)
    if claim.bounds(plan.about)[0] <= highest:
        return
    severity: Severity = "conflict" if whole.entry.complete else "doubt"
    said, sum_of, when = as_printed(claim), of_measure(sum(part.value for part in parts), whole), years_of(claim)
    perhaps = Text("；或有未列出的部分，或口径不同", "; some are not listed or the scope differs")
    end = Text("", "") if whole.entry.complete else perhaps
    message = plan.subject(claim) + Text(
        f" {when.zh}为 {said.zh}，多于它所在的{whole.name.zh}各部分合计 {sum_of.zh}（{len(parts)} 项）{end.zh}。",
        f" of {said.en} in {when.en} is more than the {len(parts)} parts of the {whole.name.en} within which it lies: "
        f"{sum_of.en} in all{end.en}.",
    )
    addition = " + ".join(plain(part.value) for part in parts)
    arithmetic = f"{plain(claim.value)} > {addition} = {plain(sum(part.value for part in parts))}"
    yield finding(RULE, severity, (claim, *parts), (), arithmetic, message)
