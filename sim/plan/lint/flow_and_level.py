"""Additions of each year against the level at the end, and yearly flows against their sum."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.claims import FLOORS, CityPlan, PlanClaim
from sim.plan.findings import Finding, filled, finding, rule
from sim.plan.levels import Known, before
from sim.plan.wanted import WantedLevel, wanted_levels


@rule(50, Text("每年新增与期末数或合计不符", "yearly flows that do not add up"))
def flow_and_level(plan: CityPlan) -> Iterator[Finding]:
    """Hold additions against levels, facts of both against each other, and yearly flows against sums of the same years."""
    for (measure, region), claims in plan.by_measure_and_region.items():
        reached = [item for item in wanted_levels(plan, measure, region) if item.claims[0].aspect == "additions"]
        wanted = [claim for claim in claims if claim.is_target and claim.aspect == "level"]
        for level in wanted:
            for end in (item for item in reached if item.year == level.last):
                yield from _wanted_additions(plan, level, end)
        for added in (claim for claim in claims if claim.aspect == "additions"):
            yield from _unknown_base(plan, added, wanted) if added.is_target else _past_additions(plan, added)
        totals = [claim for claim in claims if claim.aspect in ("sum", "additions") and not claim.each_year]
        for flow in (claim for claim in claims if _is_yearly(claim)):
            for total in totals:
                if total.years == flow.years and total.is_target == flow.is_target:
                    yield from _flow_and_sum(plan, flow, total)


def _amount(added: PlanClaim) -> Text:
    each = Text("每年新增 {added.said}", "additions of {added.said} a year")
    return filled(each if added.each_year else Text("新增 {added.said}", "additions of {added.said}"), added=added)


def _wanted_additions(plan: CityPlan, level: PlanClaim, end: WantedLevel) -> Iterator[Finding]:
    """The base with what is added, beside the level: additions of so many cannot reach more, but exits explain less."""
    added, (low, high) = end.claims[0], level.bounds(plan.about)
    if low <= end.value <= high:
        return
    short = end.value < low
    message = Text(
        "{level.subject}：{added.when}{amount}，到 {level.last} 年为 {end.amount}，{compared}目标 {level.said}；"
        "与目标相符须每年净增 {needed}。",
        "{level.subject}: {amount} in {added.when} lead to {end.amount} in {level.last}, {compared} the target of "
        "{level.said}, which takes {needed} net a year.",
    )
    arithmetic = "{end.formula} < {level.value}" if short else "{end.formula} > {level.value}"
    needed = level.measure.amount((level.value - end.value + added.total) / added.length)
    compared = Text("少于", "less than") if short else Text("多于", "more than")
    parts = {"level": level, "end": end, "added": added, "amount": _amount(added), "needed": needed, "compared": compared}
    yield finding("conflict" if short and end.high < low else "doubt", (level, end), arithmetic, message, **parts)


def _unknown_base(plan: CityPlan, added: PlanClaim, wanted: list[PlanClaim]) -> Iterator[Finding]:
    """A level and an addition imply the level before, which should be printed."""
    if added.each_year or added.first == added.last or added.base in before(plan, added).levels:
        return
    for level in (claim for claim in wanted if claim.last == added.last):
        base = level.value - added.total
        message = Text(
            "{level.subject}：{amount}并达到 {level.said}，意味着 {added.base} 年为 {implied}，文件没有写出这一基数。",
            "{level.subject}: {amount} that lead to {level.said} start from {implied} in {added.base}, which no document "
            "prints.",
        )
        parts = {"level": level, "added": added, "amount": _amount(added), "implied": level.measure.amount(base), "base": base}
        yield finding("note", (level, added), "{level.value} − {added.total} = {base}", message, **parts)


def _past_additions(plan: CityPlan, added: PlanClaim) -> Iterator[Finding]:
    """Of the past, no less can have been added than the net increase."""
    known = Known(plan, added.measure, added.region, added.last).levels
    start, end = known.get(added.base), known.get(added.last)
    if start is None or end is None or not start.is_exact or "<=" in (end.operator, added.operator):
        return
    increase = end.value - start.value
    if added.total >= increase * (1.0 - plan.about):
        return
    message = Text(
        "{added.subject}：{added.when}新增 {added.said}，而同期净增 {net}，新增不会少于净增。",
        "{added.subject}: {added.said} were added in {added.when}, while the number rose by {net}; additions cannot be fewer.",
    )
    arithmetic = "{end.value} − {start.value} = {increase} > {added.total}"
    parts = {"added": added, "start": start, "end": end, "increase": increase, "net": added.measure.amount(increase)}
    yield finding("doubt" if added.operator in FLOORS else "conflict", (added, start, end), arithmetic, message, **parts)


def _is_yearly(claim: PlanClaim) -> bool:
    is_flow = claim.aspect == "level" and claim.measure.entry.kind == "flow"
    return (is_flow and claim.first < claim.last) or claim.each_year


def _flow_and_sum(plan: CityPlan, flow: PlanClaim, total: PlanClaim) -> Iterator[Finding]:
    """A number said of each year, times the years, beside the number for all of them."""
    low, high = (flow.length * bound for bound in flow.bounds(plan.about))
    least, most = total.bounds(plan.about)
    if low <= most and least <= high:
        return
    together = flow.length * flow.value
    message = Text(
        "{total.subject}：每年 {flow.said}，{flow.length} 年合计 {amount}，与{total.when}合计 {total.said}不能同时成立。",
        "{total.subject}: {flow.said} a year come to {amount} in {flow.length} years, which cannot be {total.said} for "
        "{total.when}.",
    )
    parts = {"flow": flow, "total": total, "together": together, "amount": flow.measure.amount(together)}
    yield finding("conflict", (flow, total), "{flow.value} × {flow.length} = {together} ≠ {total.value}", message, **parts)
