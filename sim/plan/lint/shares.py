"""Two shares of one thing in two wholes: together they fix how much one whole is of the other, and that has a limit.

With a/b and a/c wanted, b/c = (a/c)/(a/b). Where b lies within x and x/c is known, b/c can be no more than x/c, so that a/b
must be at least (a/c)/(x/c).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations

from sim.base.text import Text
from sim.inputs.measures import Quotient
from sim.plan.lint.claims import PERCENT, Claim
from sim.plan.lint.finding import Finding, finding
from sim.plan.lint.levels import Level, last_of, latest, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, of_measure, percent, plain

RULE = "shares"
_Share = tuple[Claim, Quotient]


def check(plan: Plan) -> Iterator[Finding]:
    """Pairs of targets that are shares of the same thing, in the same region and year."""
    wanted = [claim for claim in plan.targets("level") if claim.measure.entry.unit == "%" and not claim.is_ceiling]
    shares = [(claim, claim.measure.entry.quotient) for claim in wanted if claim.measure.entry.quotient is not None]
    for narrow, wide in permutations(shares, 2):
        at_once = (narrow[0].region, narrow[0].last) == (wide[0].region, wide[0].last)
        if at_once and narrow[1].of == wide[1].of and narrow[1].per != wide[1].per:
            yield from _limited(plan, narrow, wide)
    for claim, quotient in shares:
        for name, entry in plan.measures.by_name.items():
            of_same = entry.quotient if entry.unit == "%" and entry.quotient and entry.quotient.of == quotient.of else None
            if of_same is not None and of_same.per != quotient.per:
                yield from _met_already(plan, claim, name, of_same)


def _met_already(plan: Plan, narrow: Claim, wide: str, quotient: Quotient) -> Iterator[Finding]:
    """A wanted share a/b is met where the known a/c, over the most that b can be of c, is above it already."""
    known = last_of(levels(plan, wide, narrow.region, plan.known_at(narrow)), narrow.last - 1)
    per = narrow.measure.entry.quotient
    if known is None or per is None or known.operator == "<=" or latest(plan, narrow) is not None:
        return
    for limit, level in _limits(plan, per.per, (narrow, quotient)):
        least = known.value / (level.value * PERCENT)
        if level.year == known.year and least * (1.0 - known.slack - level.slack) > narrow.value * (1.0 + plan.about):
            yield _met(plan, narrow, (wide, known), (limit, level))


def _met(plan: Plan, narrow: Claim, wide: tuple[str, Level], limit: tuple[str, Level]) -> Finding:
    (name, known), (holder, level) = wide, limit
    of_c, of_x, said = plan.measure(name), plan.measure(holder), as_printed(narrow)
    have, most, least = of_measure(known.value, of_c), of_measure(level.value, of_x), percent(known.value / level.value)
    message = plan.subject(narrow) + Text(
        f" {narrow.last} 年目标 {said.zh}，而 {known.year} 年{of_c.name.zh}已为 {have.zh}，{of_x.name.zh}只有 {most.zh}，"
        f"可见当时已在 {least} 以上，目标不起约束作用；否则两项占比的口径不同。",
        f" is to be {said.en} in {narrow.last}, but {of_c.name.en} was {have.en} and the {of_x.name.en} only {most.en} in "
        f"{known.year}, so that it was {least} or more then: the target binds nobody, or the two shares differ in scope.",
    )
    arithmetic = f"{plain(known.value)} / {plain(level.value)} = {least} ≥ {plain(narrow.value)}%"
    return finding(RULE, "doubt", (narrow, *known.claims, *level.claims), (*known.data, *level.data), arithmetic, message)


def _limited(plan: Plan, narrow: _Share, wide: _Share) -> Iterator[Finding]:
    """`narrow` is a/b, `wide` is a/c; b lies within something whose share of c is known."""
    for limit, level in _limits(plan, narrow[1].per, wide):
        implied = wide[0].value / narrow[0].value
        if level.value > 0.0 and implied > level.value * PERCENT * (1.0 + plan.about):
            yield _finding(plan, narrow, wide, (limit, level))


def _limits(plan: Plan, below: str, wide: _Share) -> Iterator[tuple[str, Level]]:
    """Shares of c whose numerator holds b, at their latest."""
    holders, inside = [below], plan.measures.by_name[below].within
    while inside is not None:
        holders, inside = [*holders, inside], plan.measures.by_name[inside].within
    for name, entry in plan.measures.by_name.items():
        if entry.quotient and entry.quotient.of in holders and entry.quotient.per == wide[1].per and entry.unit == "%":
            known = levels(plan, name, wide[0].region, plan.known_at(wide[0]))
            before = (level for year, level in reversed(known.items()) if year < wide[0].last)
            level = next((level for level in before if level.operator not in (">", ">=")), None)
            if level is not None:
                yield name, level


def _finding(plan: Plan, narrow: _Share, wide: _Share, limit: tuple[str, Level]) -> Finding:
    (of_b, b), (of_c, c), level = narrow, wide, limit[1]
    implied, least = of_c.value / of_b.value, of_c.value / level.value
    first, second, holder = as_printed(of_c), as_printed(of_b), plan.measure(limit[0])
    below, whole, have = plan.measure(b.per).name, plan.measure(c.per).name, of_measure(level.value, holder)
    names = of_c.measure.name, of_b.measure.name
    message = plan.regions.name(of_c.region) + Text(
        f"：{names[0].zh} {first.zh}与{names[1].zh} {second.zh}若恰好同时达到，{below.zh}须为{whole.zh}的 {percent(implied)}，"
        f"而{holder.name.zh} {level.year} 年只有 {have.zh}；照此比例，要达到前者，后者须在 {percent(least)} 以上。",
        f": {names[0].en} of {first.en} and {names[1].en} of {second.en}, both just met, make {below.en} {percent(implied)} of "
        f"{whole.en}, but the {holder.name.en} was {have.en} in {level.year}; at that, the first takes {percent(least)} or "
        "more of the second.",
    )
    arithmetic = f"{plain(of_c.value)} / {plain(of_b.value)} = {percent(implied)} > {plain(level.value)}%"
    return finding(RULE, "doubt", (of_b, of_c, *level.claims), level.data, arithmetic, message)
