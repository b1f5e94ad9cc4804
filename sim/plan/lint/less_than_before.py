"""A sum or an addition that asks for less a year than was done a year before."""

from __future__ import annotations

from collections.abc import Iterator

from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, finding
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import of_measure, plain, years_of
from sim.text import Text

RULE = "less_than_before"


def check(plan: Plan) -> Iterator[Finding]:
    """Targets of sums and additions beside the same of an earlier period."""
    for target in plan.targets("sum", "additions"):
        if target.measure.entry.better == "less" or target.printed.operator == "<=":
            continue
        same = plan.at(target.measure.key, target.region, target.aspect)
        facts = [fact for fact in plan.facts_known(same, plan.known_at(target)) if fact.last < target.first]
        if facts:
            before = max(facts, key=lambda fact: fact.last)
            if _a_year(before) > _a_year(target) and before.printed.operator != "<=":
                yield _less(plan, target, before)


def _a_year(claim: Claim) -> float:
    return claim.total / len(claim.years)


def _less(plan: Plan, target: Claim, before: Claim) -> Finding:
    now, then = of_measure(_a_year(target), target.measure), of_measure(_a_year(before), target.measure)
    wanted, past = years_of(target), years_of(before)
    head = plan.subject(target)
    message = head + Text(
        f"{wanted.zh}目标合年均 {now.zh}，少于{past.zh}实际的年均 {then.zh}。",
        f": the target for {wanted.en} is {now.en} a year, less than the {then.en} a year of {past.en}.",
    )
    shown = " < ".join(f"{plain(claim.total)} / {len(claim.years)}" for claim in (target, before))
    return finding(RULE, "note", (target, before), (), shown, message)
