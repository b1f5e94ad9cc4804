"""Targets beside what is known before them: met already, or asking for less a year than was done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.base.text import Text
from sim.plan.lint.finding import Finding, finding, rule
from sim.plan.lint.levels import Level, breaks_between, latest, levels_before
from sim.plan.lint.plan import FLOORS, CityPlan, PlanClaim
from sim.plan.lint.wording import as_printed, in_brackets, number, of_measure, percent, span, years_of


@rule(20, Text("目标已达到或宽于基数", "a target already met or looser than its base"))
def already_met(plan: CityPlan) -> Iterator[Finding]:
    """Find targets of a level that the level before them meets, or may meet where it was worked out roughly."""
    for target in plan.targets("level"):
        base = None if target.part else latest(plan, target, target.first - 1)
        if base is None:
            continue
        if base.meets(target):
            yield _met(plan, target, base)
        elif replace(base, slack=0.0).meets(target):
            yield _perhaps_met(plan, target, base)


def _met(plan: CityPlan, target: PlanClaim, base: Level) -> Finding:
    looser = base.value != target.value
    level, value, years, origin = _level(base, target), as_printed(target), years_of(target), in_brackets(base.origin)
    end = Text("已经达到，只须保持。", "is met already and need only be kept.")
    if looser:
        end = Text("宽于基数，不起约束作用。", "is looser than that and binds nobody.")
    message = plan.subject(target) + Text(
        f" {base.year} 年{level.zh}{origin.zh}，{years.zh}目标 {value.zh} {end.zh}",
        f" was {level.en}{origin.en} in {base.year}; the target of {value.en} for {years.en} {end.en}",
    )
    return finding("doubt" if looser else "note", (target, base), _compared(target, base), message)


def _perhaps_met(plan: CityPlan, target: PlanClaim, base: Level) -> Finding:
    level, value, years = _level(base, target), as_printed(target), years_of(target)
    origin, off = in_brackets(base.origin), percent(base.slack)
    message = plan.subject(target) + Text(
        f" {base.year} 年{level.zh}{origin.zh}，{years.zh}目标 {value.zh} 可能已达到；基数是推算的，误差可到 {off}，须核实。",
        f" was {level.en}{origin.en} in {base.year}, so the target of {value.en} for {years.en} may be met already; the base "
        f"is worked out and may be off by {off}: look up the figure.",
    )
    return finding("note", (target, base), _compared(target, base), message)


def _compared(target: PlanClaim, base: Level) -> str:
    return f"{base.formula} {'≤' if target.is_ceiling else '≥'} {number(target.value)}"


def _level(base: Level, target: PlanClaim) -> Text:
    """Return the level with the bound that is known of it."""
    value = of_measure(base.value, target.measure)
    if base.operator == "<=":
        return Text(f"在 {value.zh} 以内", f"at most {value.en}")
    if base.operator in FLOORS:
        return Text(f"已在 {value.zh} 以上", f"at least {value.en}")
    return Text(f"{'为' if target.is_ceiling else '已达'} {value.zh}", value.en)


@rule(30, Text("年均任务少于上一时期", "less a year than before"))
def less_than_before(plan: CityPlan) -> Iterator[Finding]:
    """Compare targets of sums and additions with the same of an earlier period, or with the last net rise of the stock."""
    for target in plan.targets("sum", "additions"):
        if target.measure.entry.better == "less" or target.operator == "<=":
            continue
        facts = plan.facts_known(plan.known_at(target), target.measure.key, target.region, target.aspect)
        earlier = [fact for fact in facts if fact.last < target.first]
        before = max(earlier, key=lambda fact: fact.last, default=None)
        if before is not None and before.per_year > target.per_year and before.operator != "<=":
            yield _less_than_done(plan, target, before)
        elif target.aspect == "additions":
            yield from _less_than_net_rise(plan, target)


def _less_than_done(plan: CityPlan, target: PlanClaim, before: PlanClaim) -> Finding:
    now, then = of_measure(target.per_year, target.measure), of_measure(before.per_year, target.measure)
    wanted, past = years_of(target), years_of(before)
    message = plan.subject(target) + Text(
        f"{wanted.zh}目标合年均 {now.zh}，少于{past.zh}实际的年均 {then.zh}。",
        f": the target for {wanted.en} is {now.en} a year, less than the {then.en} a year of {past.en}.",
    )
    arithmetic = " < ".join(f"{number(claim.total)} / {len(claim.years)}" for claim in (target, before))
    return finding("note", (target, before), arithmetic, message)


def _less_than_net_rise(plan: CityPlan, target: PlanClaim) -> Iterator[Finding]:
    """The last net rise took at least as many additions."""
    exact = [level for level in levels_before(plan, target).values() if level.is_exact and level.year < target.first][-2:]
    if len(exact) <= 1:
        return
    start, end = exact
    years = end.year - start.year
    rise = (end.value - start.value) / years
    if rise <= target.per_year or breaks_between(plan, exact, start.year, end.year, plan.known_at(target)):
        return
    now, then = of_measure(target.per_year, target.measure), of_measure(rise, target.measure)
    wanted, past = years_of(target), span(start.year + 1, end.year)
    message = plan.subject(target) + Text(
        f"{wanted.zh}目标合年均新增 {now.zh}，少于{past.zh}年均净增的 {then.zh}，而净增已扣除退出。",
        f": the target for {wanted.en} is {now.en} a year, less than the net rise of {then.en} a year in {past.en}, from which "
        "exits are already taken.",
    )
    arithmetic = f"{number(target.total)} / {len(target.years)} < ({number(end.value)} − {number(start.value)}) / {years}"
    yield finding("note", (target, start, end), arithmetic, message)
