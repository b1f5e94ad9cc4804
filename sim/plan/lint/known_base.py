"""Targets beside what is known before them: met already, or asking for less a year than was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.base.text import Text
from sim.base.words import years_text
from sim.plan.claims import FLOORS, CityPlan, PlanClaim
from sim.plan.findings import Finding, filled, finding, rule
from sim.plan.levels import Level, before


@rule(20, Text("目标已达到或宽于基数", "a target already met or looser than its base"))
def already_met(plan: CityPlan) -> Iterator[Finding]:
    """Find targets of a level that the level before them meets, or may meet where it was worked out roughly."""
    for target in plan.targets("level"):
        base = None if target.part else before(plan, target).last(target.first - 1)
        is_met = base is not None and base.meets(target)
        if base is None or not (is_met or replace(base, slack=0.0).meets(target)):
            continue
        is_looser = is_met and base.value != target.value
        if not is_met:
            end = Text(
                " 可能已达到；基数是推算的，误差可到 {base.slack:%}，须核实。",
                " may be met already; the base is worked out and may be off by {base.slack:%}: look up the figure.",
            )
        elif is_looser:
            end = Text(" 宽于基数，不起约束作用。", " is looser than that and binds nobody.")
        else:
            end = Text(" 已经达到，只须保持。", " is met already and need only be kept.")
        so = Text("", "; ") if is_met else Text("", ", so ")
        message = Text(
            "{target.subject} {base.year} 年{level}{base.source}，{target.when}目标 {target.said}",
            "{target.subject} was {level}{base.source} in {base.year}{so}the target of {target.said} for {target.when}",
        )
        arithmetic = "{base.formula} ≤ {target.value}" if target.is_ceiling else "{base.formula} ≥ {target.value}"
        parts = {"target": target, "base": base, "level": _level(base, target), "so": so}
        yield finding("doubt" if is_looser else "note", (target, base), arithmetic, message + end, **parts)


def _level(base: Level, target: PlanClaim) -> Text:
    """Return the level with the bound that is known of it."""
    said = Text("为 {amount}" if target.is_ceiling else "已达 {amount}", "{amount}")
    if base.operator == "<=":
        said = Text("在 {amount} 以内", "at most {amount}")
    elif base.operator in FLOORS:
        said = Text("已在 {amount} 以上", "at least {amount}")
    return filled(said, amount=base.amount)


@rule(30, Text("年均任务少于上一时期", "less a year than before"))
def less_than_before(plan: CityPlan) -> Iterator[Finding]:
    """Compare targets of sums and additions with the same of an earlier period, or with the last net rise of the stock."""
    for target in plan.targets("sum", "additions"):
        if target.measure.entry.better == "less" or target.operator == "<=":
            continue
        earlier = [fact for fact in before(plan, target).facts(target.aspect) if fact.last < target.first]
        past = max(earlier, key=lambda fact: fact.last, default=None)
        if past is not None and past.per_year > target.per_year and past.operator != "<=":
            now, then = (claim.measure.amount(claim.per_year) for claim in (target, past))
            message = Text(
                "{target.subject}{target.when}目标合年均 {now}，少于{past.when}实际的年均 {then}。",
                "{target.subject}: the target for {target.when} is {now} a year, less than the {then} a year of {past.when}.",
            )
            arithmetic = "{target.total} / {target.length} < {past.total} / {past.length}"
            yield finding("note", (target, past), arithmetic, message, target=target, past=past, now=now, then=then)
        elif target.aspect == "additions":
            yield from _less_than_net_rise(plan, target)


def _less_than_net_rise(plan: CityPlan, target: PlanClaim) -> Iterator[Finding]:
    """The last net rise took at least as many additions."""
    known = before(plan, target)
    exact = [level for level in known.levels.values() if level.is_exact and level.year < target.first][-2:]
    if len(exact) <= 1:
        return
    start, end = exact
    years = end.year - start.year
    rise = (end.value - start.value) / years
    if rise <= target.per_year or known.breaks(exact, start.year, end.year):
        return
    message = Text(
        "{target.subject}{target.when}目标合年均新增 {now}，少于{past}年均净增的 {then}，而净增已扣除退出。",
        "{target.subject}: the target for {target.when} is {now} a year, less than the net rise of {then} a year in {past}, "
        "from which exits are already taken.",
    )
    arithmetic = "{target.total} / {target.length} < ({end.value} − {start.value}) / {years}"
    now, then = target.measure.amount(target.per_year), target.measure.amount(rise)
    parts = {"target": target, "start": start, "end": end, "years": years, "now": now, "then": then}
    yield finding("note", (target, start, end), arithmetic, message, past=years_text(start.year + 1, end.year), **parts)
