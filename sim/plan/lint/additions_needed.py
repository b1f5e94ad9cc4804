"""A stock that is to rise by more a year than was ever added to it: the net rise is no more than what is added."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, finding
from sim.plan.lint.history import Change, additions
from sim.plan.lint.levels import Level, latest
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, in_brackets, of_measure, plain, span

RULE = "additions_needed"


def check(plan: Plan) -> Iterator[Finding]:
    """Targets of the level of a stock whose past additions or net rises are known."""
    for target in plan.targets("level"):
        if target.measure.entry.kind != "stock" or target.part or target.is_ceiling:
            continue
        base = latest(plan, target)
        if base is None or not base.is_exact:
            continue
        seen = additions(plan, target.measure.key, target.region, plan.known_at(target))
        best = max(seen, key=lambda item: item.value, default=None)
        needed = (target.value - base.value) / (target.last - base.year)
        if best is not None and 0.0 < best.value < needed * (1.0 - plan.about):
            yield _beyond(plan, target, base, (needed, best))


def _beyond(plan: Plan, target: Claim, base: Level, path: tuple[float, Change]) -> Finding:
    needed, best = path
    have, want, origin = of_measure(base.value, target.measure), as_printed(target), in_brackets(base.origin)
    rise, most = of_measure(needed, target.measure), of_measure(best.value, target.measure)
    when, years = span(best.first + 1, best.last), target.last - base.year
    message = plan.subject(target) + Text(
        f"：由 {base.year} 年的 {have.zh}{origin.zh}到 {target.last} 年的 {want.zh}，每年须净增 {rise.zh}，"
        f"而已知最多的是{when.zh}每年新增 {most.zh}，退出尚未扣除。",
        f": from {have.en}{origin.en} in {base.year} to {want.en} in {target.last} takes a net rise of {rise.en} a year; the "
        f"most that is known to have been added is {most.en} a year ({when.en}), exits not counted.",
    )
    arithmetic = f"({plain(target.value)} − {plain(base.value)}) / {years} = {plain(needed)} > {plain(best.value)}"
    return finding(RULE, "note", (target, *base.claims, *best.claims), base.data, arithmetic, message)
