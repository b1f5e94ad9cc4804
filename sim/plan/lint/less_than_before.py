"""A sum or an addition that asks for less a year than was done a year before."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, finding
from sim.plan.lint.levels import breaks_between, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import of_measure, plain, span, years_of

RULE = "less_than_before"


def check(plan: Plan) -> Iterator[Finding]:
    """Targets of sums and additions beside the same of an earlier period."""
    for target in plan.targets("sum", "additions"):
        if target.measure.entry.better == "less" or target.printed.operator == "<=":
            continue
        same = plan.at(target.measure.key, target.region, target.aspect)
        facts = [fact for fact in plan.facts_known(same, plan.known_at(target)) if fact.last < target.first]
        before = max(facts, key=lambda fact: fact.last, default=None)
        if before is not None and _a_year(before) > _a_year(target) and before.printed.operator != "<=":
            yield _less(plan, target, before)
        elif target.aspect == "additions":
            yield from _less_than_net(plan, target)


def _a_year(claim: Claim) -> float:
    return claim.total / len(claim.years)


def _less_than_net(plan: Plan, target: Claim) -> Iterator[Finding]:
    """Additions that are fewer than the last net rise of the stock, which took at least as many."""
    as_of = plan.known_at(target)
    known = levels(plan, target.measure.key, target.region, as_of)
    exact = [level for level in known.values() if level.is_exact and level.year < target.first][-2:]
    if len(exact) == 1 or not exact:
        return
    start, end = exact
    if breaks_between(plan, exact, start.year, end.year, as_of):
        return
    years = end.year - start.year
    rise = (end.value - start.value) / years
    if rise <= _a_year(target):
        return
    now, then = of_measure(_a_year(target), target.measure), of_measure(rise, target.measure)
    wanted, past = years_of(target), span(start.year + 1, end.year)
    message = plan.subject(target) + Text(
        f"{wanted.zh}目标合年均新增 {now.zh}，少于{past.zh}年均净增的 {then.zh}，而净增已扣除退出。",
        f": the target for {wanted.en} is {now.en} a year, less than the net rise of {then.en} a year in {past.en}, from which "
        "exits are already taken.",
    )
    arithmetic = f"{plain(target.total)} / {len(target.years)} < ({plain(end.value)} − {plain(start.value)}) / {years}"
    yield finding(RULE, "note", (target, *start.claims, *end.claims), (*start.data, *end.data), arithmetic, message)


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
