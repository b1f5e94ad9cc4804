"""An amount and its share imply the whole: what is printed of the whole, or can be no more than it, must fit.

Of facts only; targets that are quotients of each other are held against each other by the rule of quotients.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.claims import Claim, Measure
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.plan import Plan
from sim.plan.lint.totals import Total, implied_totals
from sim.plan.lint.wording import as_printed, of_measure, plain, years_of

RULE = "implied_whole"


def check(plan: Plan) -> Iterator[Finding]:
    """Every fact whose measure, or what it lies within or is no more than, follows from an amount and its share."""
    for fact in (claim for claim in plan.claims if not claim.is_target and claim.aspect in ("level", "sum") and not claim.part):
        entry = fact.measure.entry
        for whole in dict.fromkeys((fact.measure.key, entry.within, entry.no_more_than)):
            known = [] if whole is None else implied_totals(plan, whole, fact.region, plan.known_at(fact))
            for implied in (item for item in known if item.years == fact.years and fact not in item.claims):
                yield from _beside(plan, fact, plan.measure(whole or ""), implied)


def _beside(plan: Plan, fact: Claim, whole: Measure, implied: Total) -> Iterator[Finding]:
    low, high = fact.bounds(plan.about)
    slack = plan.about * implied.value
    least = -math.inf if implied.operator == "<=" else implied.value - slack
    most = math.inf if implied.operator in (">", ">=") else implied.value + slack
    is_itself = whole.key == fact.measure.key
    if low <= most and (high >= least or not is_itself):
        return
    said, worked, when = as_printed(fact), of_measure(implied.value, whole), years_of(fact)
    if is_itself:
        end = Text("两者不符", "the two disagree")
    elif fact.measure.entry.no_more_than == whole.key:
        end = Text("通常不会超过", "which it does not usually exceed")
    else:
        end = Text("部分不能多于整体", "of which it is a part")
    message = plan.subject(fact) + Text(
        f" {when.zh}写 {said.zh}，而由金额和占比推得{whole.name.zh}为 {worked.zh}，{end.zh}：各数的口径须写明。",
        f" of {when.en} is given as {said.en}, while an amount and its share make the {whole.name.en} {worked.en}, {end.en}; "
        "the text should state the scope of each.",
    )
    arithmetic = f"{implied.arithmetic} = {plain(implied.value)} {'≠' if is_itself else '<'} {plain(fact.value)}"
    severity: Severity = "doubt" if fact.measure.entry.no_more_than == whole.key else "conflict"
    yield finding(RULE, severity, (fact, *implied.claims), (), arithmetic, message)
