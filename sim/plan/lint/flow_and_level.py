"""What is added year by year against the level at the end, and yearly flows against their sum."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.aims import Aim, aims
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.levels import levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, of_measure, plain, years_of

RULE = "flow_and_level"
Claims = tuple[Claim, ...]


def check(plan: Plan) -> Iterator[Finding]:
    """Additions with levels, facts of both, and yearly flows with sums of the same years."""
    for (measure, region), claims in plan.by_place.items():
        reached = [aim for aim in aims(plan, measure, region) if aim.claims[0].aspect == "additions"]
        for level in (claim for claim in claims if claim.is_target and claim.aspect == "level"):
            for aim in (aim for aim in reached if aim.year == level.last):
                yield from _additions(plan, level, aim)
        yield from _unknown_base(plan, claims)
        yield from _facts(plan, claims)
        yield from _yearly_and_sum(plan, claims)


def _additions(plan: Plan, level: Claim, aim: Aim) -> Iterator[Finding]:
    """The base with what is added, beside the level: additions of so many cannot reach more, but exits explain less."""
    added, (low, high) = aim.claims[0], level.bounds(plan.about)
    if low <= aim.value <= high:
        return
    short = aim.value < low
    reached, said = of_measure(aim.value, level.measure), as_printed(level)
    needed = of_measure((level.value - aim.value + added.total) / len(added.years), level.measure)
    amount, compared = _amount(added), Text("少于", "less than") if short else Text("多于", "more than")
    message = plan.subject(level) + Text(
        f"：{years_of(added).zh}{amount.zh}，到 {level.last} 年为 {reached.zh}，{compared.zh}目标 {said.zh}；"
        f"与目标相符须每年净增 {needed.zh}。",
        f": {amount.en} in {years_of(added).en} lead to {reached.en} in {level.last}, {compared.en} the target of {said.en}, "
        f"which takes {needed.en} net a year.",
    )
    arithmetic = f"{aim.arithmetic} = {plain(aim.value)} {'<' if short else '>'} {plain(level.value)}"
    is_sure = short and aim.high < low
    yield finding(RULE, "conflict" if is_sure else "doubt", (level, *aim.claims), aim.data, arithmetic, message)


def _amount(added: Claim) -> Text:
    asked = as_printed(added)
    if added.each_year:
        return Text(f"每年新增 {asked.zh}", f"additions of {asked.en} a year")
    return Text(f"新增 {asked.zh}", f"additions of {asked.en}")


def _unknown_base(plan: Plan, claims: Claims) -> Iterator[Finding]:
    """A level and an addition imply the level before, which should be printed."""
    for added in (claim for claim in claims if claim.is_target and claim.aspect == "additions" and not claim.each_year):
        known = levels(plan, added.measure.key, added.region, plan.known_at(added))
        if added.base in known or added.first == added.last:
            continue
        for level in (claim for claim in claims if claim.is_target and claim.aspect == "level" and claim.last == added.last):
            base = level.value - added.total
            value, said, amount = of_measure(base, level.measure), as_printed(level), _amount(added)
            message = plan.subject(level) + Text(
                f"：{amount.zh}并达到 {said.zh}，意味着 {added.base} 年为 {value.zh}，文件没有写出这一基数。",
                f": {amount.en} that lead to {said.en} start from {value.en} in {added.base}, which no document prints.",
            )
            arithmetic = f"{plain(level.value)} − {plain(added.total)} = {plain(base)}"
            yield finding(RULE, "note", (level, added), (), arithmetic, message)


def _facts(plan: Plan, claims: Claims) -> Iterator[Finding]:
    """Of the past: what was added can be no less than the net increase."""
    for added in (claim for claim in claims if not claim.is_target and claim.aspect == "additions"):
        known = levels(plan, added.measure.key, added.region, added.last)
        start, end = known.get(added.base), known.get(added.last)
        if start is None or end is None or not start.is_exact or end.operator == "<=" or added.printed.operator == "<=":
            continue
        increase = end.value - start.value
        if added.total >= increase * (1.0 - plan.about):
            continue
        severity: Severity = "doubt" if added.printed.operator in (">", ">=") else "conflict"
        net, said = of_measure(increase, added.measure), as_printed(added)
        message = plan.subject(added) + Text(
            f"：{years_of(added).zh}新增 {said.zh}，而同期净增 {net.zh}，新增不会少于净增。",
            f": {said.en} were added in {years_of(added).en}, while the number rose by {net.en}; additions cannot be fewer.",
        )
        arithmetic = f"{plain(end.value)} − {plain(start.value)} = {plain(increase)} > {plain(added.total)}"
        yield finding(RULE, severity, (added, *start.claims, *end.claims), (*start.data, *end.data), arithmetic, message)


def _yearly_and_sum(plan: Plan, claims: Claims) -> Iterator[Finding]:
    """A number said of each year, times the years, beside the number for all of them."""
    totals = [claim for claim in claims if claim.aspect in ("sum", "additions") and not claim.each_year]
    for yearly in (claim for claim in claims if _is_yearly(claim)):
        for total in totals:
            if total.years == yearly.years and total.is_target == yearly.is_target:
                yield from _sum(plan, yearly, total)


def _is_yearly(claim: Claim) -> bool:
    is_flow = claim.aspect == "level" and claim.measure.entry.kind == "flow"
    return (is_flow and claim.first < claim.last) or claim.each_year


def _sum(plan: Plan, yearly: Claim, total: Claim) -> Iterator[Finding]:
    years = len(yearly.years)
    low, high = (years * bound for bound in yearly.bounds(plan.about))
    least, most = total.bounds(plan.about)
    if low <= most and least <= high:
        return
    asked, said, sum_of = as_printed(yearly), as_printed(total), of_measure(years * yearly.value, yearly.measure)
    message = plan.subject(total) + Text(
        f"：每年 {asked.zh}，{years} 年合计 {sum_of.zh}，与{years_of(total).zh}合计 {said.zh}不能同时成立。",
        f": {asked.en} a year come to {sum_of.en} in {years} years, which cannot be {said.en} for {years_of(total).en}.",
    )
    arithmetic = f"{plain(yearly.value)} × {years} = {plain(years * yearly.value)} ≠ {plain(total.value)}"
    yield finding(RULE, "conflict", (yearly, total), (), arithmetic, message)
