"""A target that the latest known level meets already, or that is looser than it: it binds nobody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.base.text import Text
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, finding
from sim.plan.lint.levels import Level, latest
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, in_brackets, of_measure, percent, plain, years_of

RULE = "already_met"


def check(plan: Plan) -> Iterator[Finding]:
    """Targets of a level that the level before them meets."""
    for target in plan.targets("level"):
        base = None if target.part else latest(plan, target, target.first - 1)
        if base is None:
            continue
        if is_met_by(target, base):
            yield _met(plan, target, base)
        elif is_met_by(target, replace(base, slack=0.0)):
            yield _perhaps_met(plan, target, base)


def is_met_by(target: Claim, base: Level) -> bool:
    """Whether a known level is as good as the target; one that is only bounded from the wrong side proves nothing."""
    if target.is_ceiling:
        return base.operator not in (">", ">=") and not base.is_part and base.value * (1.0 + base.slack) <= target.value
    return base.operator != "<=" and base.value * (1.0 - base.slack) >= target.value


def _met(plan: Plan, target: Claim, base: Level) -> Finding:
    looser = base.value != target.value
    level, value, years, origin = _level(base, target), as_printed(target), years_of(target), in_brackets(base.origin)
    end = (
        Text("宽于基数，不起约束作用。", "is looser than that and binds nobody.")
        if looser
        else Text("已经达到，只须保持。", "is met already and need only be kept.")
    )
    message = plan.subject(target) + Text(
        f" {base.year} 年{level.zh}{origin.zh}，{years.zh}目标 {value.zh} {end.zh}",
        f" was {level.en}{origin.en} in {base.year}; the target of {value.en} for {years.en} {end.en}",
    )
    shown = f"{base.arithmetic} = {plain(base.value)}" if base.is_derived else plain(base.value)
    arithmetic = f"{shown} {'≤' if target.is_ceiling else '≥'} {plain(target.value)}"
    return finding(RULE, "doubt" if looser else "note", (target, *base.claims), base.data, arithmetic, message)


def _perhaps_met(plan: Plan, target: Claim, base: Level) -> Finding:
    """A base that was worked out roughly meets the target, but by less than it may be off."""
    level, value, years = _level(base, target), as_printed(target), years_of(target)
    origin, off = in_brackets(base.origin), percent(base.slack)
    message = plan.subject(target) + Text(
        f" {base.year} 年{level.zh}{origin.zh}，{years.zh}目标 {value.zh} 可能已达到；基数是推算的，误差可到 {off}，须核实。",
        f" was {level.en}{origin.en} in {base.year}, so the target of {value.en} for {years.en} may be met already; the base "
        f"is worked out and may be off by {off}: look up the figure.",
    )
    arithmetic = f"{base.arithmetic} = {plain(base.value)} {'≤' if target.is_ceiling else '≥'} {plain(target.value)}"
    return finding(RULE, "note", (target, *base.claims), base.data, arithmetic, message)


def _level(base: Level, target: Claim) -> Text:
    """What the level was, with the bound that is known of it."""
    value = of_measure(base.value, target.measure)
    if base.operator == "<=":
        return Text(f"在 {value.zh} 以内", f"at most {value.en}")
    if base.operator in (">", ">="):
        return Text(f"已在 {value.zh} 以上", f"at least {value.en}")
    return Text(f"{'为' if target.is_ceiling else '已达'} {value.zh}", value.en)
