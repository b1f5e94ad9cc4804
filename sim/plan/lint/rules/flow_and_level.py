"""Additions of each year against the level at the end, and yearly flows against their sum."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.finding import Finding, finding, rule
from sim.plan.lint.levels import Claims, levels, levels_before
from sim.plan.lint.paths import WantedLevel, wanted_levels
from sim.plan.lint.plan import FLOORS, CityPlan, PlanClaim
from sim.plan.lint.wording import as_printed, number, of_measure, years_of


@rule(50, Text("每年新增与期末数或合计不符", "yearly flows that do not add up"))
def flow_and_level(plan: CityPlan) -> Iterator[Finding]:
    """Hold additions against levels, facts of both against each other, and yearly flows against sums of the same years."""
    for (measure, region), claims in plan.by_measure_and_region.items():
        reached = [item for item in wanted_levels(plan, measure, region) if item.claims[0].aspect == "additions"]
        wanted = [claim for claim in claims if claim.is_target and claim.aspect == "level"]
        for level in wanted:
            for end in (item for item in reached if item.year == level.last):
                yield from _wanted_additions(plan, level, end)
        yield from _unknown_bases(plan, claims, wanted)
        for added in (claim for claim in claims if not claim.is_target and claim.aspect == "additions"):
            yield from _past_additions(plan, added)
        totals = [claim for claim in claims if claim.aspect in ("sum", "additions") and not claim.each_year]
        for flow in (claim for claim in claims if _is_yearly(claim)):
            for total in totals:
                if total.years == flow.years and total.is_target == flow.is_target:
                    yield from _flow_and_sum(plan, flow, total)


def _wanted_additions(plan: CityPlan, level: PlanClaim, end: WantedLevel) -> Iterator[Finding]:
    """The base with what is added, beside the level: additions of so many cannot reach more, but exits explain less."""
    added, (low, high) = end.claims[0], level.bounds(plan.about)
    if low <= end.value <= high:
        return
    short = end.value < low
    reached, said = of_measure(end.value, level.measure), as_printed(level)
    needed = of_measure((level.value - end.value + added.total) / len(added.years), level.measure)
    amount, compared = _amount(added), Text("少于", "less than") if short else Text("多于", "more than")
    message = plan.subject(level) + Text(
        f"：{years_of(added).zh}{amount.zh}，到 {level.last} 年为 {reached.zh}，{compared.zh}目标 {said.zh}；"
        f"与目标相符须每年净增 {needed.zh}。",
        f": {amount.en} in {years_of(added).en} lead to {reached.en} in {level.last}, {compared.en} the target of {said.en}, "
        f"which takes {needed.en} net a year.",
    )
    arithmetic = f"{end.arithmetic} = {number(end.value)} {'<' if short else '>'} {number(level.value)}"
    yield finding("conflict" if short and end.high < low else "doubt", (level, end), arithmetic, message)


def _amount(added: PlanClaim) -> Text:
    asked = as_printed(added)
    if added.each_year:
        return Text(f"每年新增 {asked.zh}", f"additions of {asked.en} a year")
    return Text(f"新增 {asked.zh}", f"additions of {asked.en}")


def _unknown_bases(plan: CityPlan, claims: Claims, wanted: list[PlanClaim]) -> Iterator[Finding]:
    """A level and an addition imply the level before, which should be printed."""
    for added in (claim for claim in claims if claim.is_target and claim.aspect == "additions" and not claim.each_year):
        if added.first == added.last or added.base in levels_before(plan, added):
            continue
        for level in (claim for claim in wanted if claim.last == added.last):
            base = level.value - added.total
            value, said, amount = of_measure(base, level.measure), as_printed(level), _amount(added)
            message = plan.subject(level) + Text(
                f"：{amount.zh}并达到 {said.zh}，意味着 {added.base} 年为 {value.zh}，文件没有写出这一基数。",
                f": {amount.en} that lead to {said.en} start from {value.en} in {added.base}, which no document prints.",
            )
            arithmetic = f"{number(level.value)} − {number(added.total)} = {number(base)}"
            yield finding("note", (level, added), arithmetic, message)


def _past_additions(plan: CityPlan, added: PlanClaim) -> Iterator[Finding]:
    """Of the past, no less can have been added than the net increase."""
    known = levels(plan, added.measure.key, added.region, added.last)
    start, end = known.get(added.base), known.get(added.last)
    if start is None or end is None or not start.is_exact or "<=" in (end.operator, added.operator):
        return
    increase = end.value - start.value
    if added.total >= increase * (1.0 - plan.about):
        return
    net, said = of_measure(increase, added.measure), as_printed(added)
    message = plan.subject(added) + Text(
        f"：{years_of(added).zh}新增 {said.zh}，而同期净增 {net.zh}，新增不会少于净增。",
        f": {said.en} were added in {years_of(added).en}, while the number rose by {net.en}; additions cannot be fewer.",
    )
    arithmetic = f"{number(end.value)} − {number(start.value)} = {number(increase)} > {number(added.total)}"
    yield finding("doubt" if added.operator in FLOORS else "conflict", (added, start, end), arithmetic, message)


def _is_yearly(claim: PlanClaim) -> bool:
    is_flow = claim.aspect == "level" and claim.measure.entry.kind == "flow"
    return (is_flow and claim.first < claim.last) or claim.each_year


def _flow_and_sum(plan: CityPlan, flow: PlanClaim, total: PlanClaim) -> Iterator[Finding]:
    """A number said of each year, times the years, beside the number for all of them."""
    years = len(flow.years)
    low, high = (years * bound for bound in flow.bounds(plan.about))
    least, most = total.bounds(plan.about)
    if low <= most and least <= high:
        return
    asked, said, sum_of = as_printed(flow), as_printed(total), of_measure(years * flow.value, flow.measure)
    message = plan.subject(total) + Text(
        f"：每年 {asked.zh}，{years} 年合计 {sum_of.zh}，与{years_of(total).zh}合计 {said.zh}不能同时成立。",
        f": {asked.en} a year come to {sum_of.en} in {years} years, which cannot be {said.en} for {years_of(total).en}.",
    )
    arithmetic = f"{number(flow.value)} × {years} = {number(years * flow.value)} ≠ {number(total.value)}"
    yield finding("conflict", (flow, total), arithmetic, message)
