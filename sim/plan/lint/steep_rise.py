"""A level that is to multiply within a few years although no history of it tells whether such a pace has ever been seen.

Stocks are left to the rules of additions: a small number of firms may well double.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.history import changes
from sim.plan.lint.levels import Level, latest
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, in_brackets, of_measure, percent, plain

RULE = "steep_rise"
_DOUBLED = 2.0
"""Twice as much in five years is 15 per cent a year, which hardly any total of a city has kept up."""
_YEARS = 5


def check(plan: Plan) -> Iterator[Finding]:
    """Targets of a level that history cannot judge, whose yearly rise would more than double it in five years."""
    for target in plan.targets("level"):
        is_meant = target.measure.entry.kind != "stock" and not target.part and not target.is_ceiling
        base = latest(plan, target) if is_meant else None
        if base is None or base.value <= 0.0 or base.is_part or base.operator == "<=" or not _is_unjudged(plan, target, base):
            continue
        if target.value > base.value * _DOUBLED ** ((target.last - base.year) / _YEARS):
            yield _steep(plan, target, base)


def _is_unjudged(plan: Plan, target: Claim, base: Level) -> bool:
    """Whether the rule of unseen rates has nothing to say: no past change, no past growth, or a base that is a bound."""
    key, as_of = target.measure.key, plan.known_at(target)
    growth = plan.facts_known(plan.at(key, target.region, "growth"), as_of)
    return not base.is_exact or not (changes(plan, key, target.region, as_of) or growth)


def _steep(plan: Plan, target: Claim, base: Level) -> Finding:
    needed = (target.value / base.value) ** (1.0 / (target.last - base.year)) - 1.0
    have, want, times, rate = (
        of_measure(base.value, target.measure),
        as_printed(target),
        plain(round(target.value / base.value, 2)),
        percent(needed),
    )
    severity: Severity = "doubt" if base.is_exact else "note"
    origin = in_brackets(base.origin)
    is_less = Text("；基数只是下限，实际所需较低", "; the base is a lower bound, so it takes less")
    bound = Text("", "") if base.is_exact else is_less
    message = plan.subject(target) + Text(
        f"：由 {base.year} 年的 {have.zh}{origin.zh}到 {target.last} 年的 {want.zh}，为 {times} 倍，年均须 {rate}，"
        f"没有历史数据说明有过这样的速度{bound.zh}。",
        f": from {have.en}{origin.en} in {base.year} to {want.en} in {target.last} is {times} times as much, {rate} a year; "
        f"no data tell whether such a pace has been seen{bound.en}.",
    )
    shown = f"{base.arithmetic} = {plain(base.value)}" if base.is_derived else plain(base.value)
    arithmetic = f"{shown} → {plain(target.value)}: × {times}, {rate}"
    return finding(RULE, severity, (target, *base.claims), base.data, arithmetic, message)
