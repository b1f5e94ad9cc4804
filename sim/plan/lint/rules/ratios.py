"""Ratios against what they are ratios of: coverage, shares of one thing in two wholes, per head against total and people.

With a/b and a/c wanted, b/c = (a/c)/(a/b). Where b lies within x and x/c is known, b/c can be no more than x/c, so that a/b
must be at least (a/c)/(x/c).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import permutations

from sim.base.text import Text
from sim.inputs.measures import Quotient
from sim.plan.lint.finding import Finding, finding, rule
from sim.plan.lint.levels import Level, Total, implied_totals, last_of, latest, levels, quotient_scale
from sim.plan.lint.paths import PastChange, WantedLevel, changes, wanted_in, wanted_levels, yearly
from sim.plan.lint.plan import CEILINGS, FLOORS, PERCENT, CityPlan, Measure, PlanClaim
from sim.plan.lint.wording import as_printed, number, of_measure, percent, years_of

_LITTLE = 0.5
"""A rate below this part of the coverage says that most of what is reached does without."""
_ALL_THREE = 3
_TINY = 1e-12
_Share = tuple[PlanClaim, Quotient]


@rule(100, Text("覆盖率与实际比率不符", "coverage beside rate"))
def coverage_and_rate(plan: CityPlan) -> Iterator[Finding]:
    """Hold the rate of a service against its coverage: no more is done than is reached, and most of it should be."""
    for rate in (claim for claim in plan.claims if claim.aspect == "level" and claim.measure.entry.coverage is not None):
        for coverage in plan.at(rate.measure.entry.coverage or "", rate.region, "level"):
            if (coverage.last, coverage.is_target) == (rate.last, rate.is_target) and not (rate.part or coverage.part):
                yield from _beside_coverage(plan, rate, coverage)


def _beside_coverage(plan: CityPlan, rate: PlanClaim, coverage: PlanClaim) -> Iterator[Finding]:
    reached, done, name, year = as_printed(coverage), as_printed(rate), coverage.measure.name, rate.last
    if rate.bounds(plan.about)[0] > coverage.bounds(plan.about)[1]:
        message = plan.subject(rate) + Text(
            f" {year} 年为 {done.zh}，高于{name.zh} {reached.zh}：没有覆盖到的不会计入。",
            f" of {done.en} in {year} is more than the {name.en}, {reached.en}: what is not reached cannot count.",
        )
        yield finding("conflict", (rate, coverage), f"{number(rate.value)} > {number(coverage.value)}", message)
    elif rate.value < _LITTLE * coverage.bounds(plan.about)[0] and not rate.is_ceiling:
        message = plan.subject(rate) + Text(
            f" {year} 年只要求 {done.zh}，而{name.zh}为 {reached.zh}：覆盖到的多半可以不做，须写明以哪一项为准、怎样计算。",
            f" is to be {done.en} in {year} beside {name.en} of {reached.en}: most of what is reached may do without; the text "
            "should say which of the two counts, and of what.",
        )
        yield finding("doubt", (rate, coverage), f"{number(rate.value)} < {number(coverage.value)} / 2", message)


@rule(110, Text("占比不能并存", "shares that cannot coexist"))
def shares(plan: CityPlan) -> Iterator[Finding]:
    """Hold shares of one thing in two wholes against each other: both wanted in a year, or one wanted and one known."""
    wanted = [claim for claim in plan.targets("level") if claim.measure.entry.unit == "%" and not claim.is_ceiling]
    asked = [(claim, claim.measure.entry.quotient) for claim in wanted if claim.measure.entry.quotient is not None]
    for narrow, wide in permutations(asked, 2):
        at_once = (narrow[0].region, narrow[0].last) == (wide[0].region, wide[0].last)
        if at_once and narrow[1].of == wide[1].of and narrow[1].per != wide[1].per:
            yield from _both_wanted(plan, narrow, wide)
    for share in asked:
        for name, entry in plan.measures.by_name.items():
            quotient = entry.quotient if entry.unit == "%" else None
            if quotient is not None and quotient.of == share[1].of and quotient.per != share[1].per:
                yield from _met_by_known(plan, share, plan.measure(name), quotient)


def _limits(plan: CityPlan, below: str, whole: str, claim: PlanClaim) -> Iterator[tuple[Measure, Level]]:
    """Yield shares of a whole whose numerator holds a measure, at their latest before a claim."""
    holders, inside = [below], plan.measures.by_name[below].within
    while inside is not None:
        holders, inside = [*holders, inside], plan.measures.by_name[inside].within
    for name, entry in plan.measures.by_name.items():
        if entry.quotient and entry.quotient.of in holders and entry.quotient.per == whole and entry.unit == "%":
            known = levels(plan, name, claim.region, plan.known_at(claim))
            before = (level for year, level in reversed(known.items()) if year < claim.last)
            level = next((level for level in before if level.operator not in FLOORS), None)
            if level is not None:
                yield plan.measure(name), level


def _both_wanted(plan: CityPlan, narrow: _Share, wide: _Share) -> Iterator[Finding]:
    """`narrow` is a/b, `wide` is a/c; b lies within something whose share of c is known."""
    (of_b, b), (of_c, c) = narrow, wide
    implied = of_c.value / of_b.value
    for holder, level in _limits(plan, b.per, c.per, of_c):
        if level.value <= 0.0 or implied <= level.value * PERCENT * (1.0 + plan.about):
            continue
        first, second, least = as_printed(of_c), as_printed(of_b), percent(of_c.value / level.value)
        below, whole, have = plan.measure(b.per).name, plan.measure(c.per).name, of_measure(level.value, holder)
        names = of_c.measure.name, of_b.measure.name
        message = plan.regions.name(of_c.region) + Text(
            f"：{names[0].zh} {first.zh}与{names[1].zh} {second.zh}若恰好同时达到，{below.zh}须为{whole.zh}的 "
            f"{percent(implied)}，而{holder.name.zh} {level.year} 年只有 {have.zh}；"
            f"照此比例，要达到前者，后者须在 {least} 以上。",
            f": {names[0].en} of {first.en} and {names[1].en} of {second.en}, both just met, make {below.en} "
            f"{percent(implied)} of {whole.en}, but the {holder.name.en} was {have.en} in {level.year}; at that, the first "
            f"takes {least} or more of the second.",
        )
        arithmetic = f"{number(of_c.value)} / {number(of_b.value)} = {percent(implied)} > {number(level.value)}%"
        yield finding("doubt", (of_b, of_c, level), arithmetic, message)


def _met_by_known(plan: CityPlan, narrow: _Share, wide: Measure, quotient: Quotient) -> Iterator[Finding]:
    """A wanted share a/b is met where the known a/c, over the most that b can be of c, is above it already."""
    target, per = narrow[0], narrow[1].per
    known = last_of(levels(plan, wide.key, target.region, plan.known_at(target)), target.last - 1)
    if known is None or known.operator == "<=" or latest(plan, target) is not None:
        return
    for holder, level in _limits(plan, per, quotient.per, target):
        least = known.value / (level.value * PERCENT)
        if level.year != known.year or least * (1.0 - known.slack - level.slack) <= target.value * (1.0 + plan.about):
            continue
        said, shown = as_printed(target), percent(known.value / level.value)
        have, most = of_measure(known.value, wide), of_measure(level.value, holder)
        message = plan.subject(target) + Text(
            f" {target.last} 年目标 {said.zh}，而 {known.year} 年{wide.name.zh}已为 {have.zh}，{holder.name.zh}只有 {most.zh}，"
            f"可见当时已在 {shown} 以上，目标不起约束作用；否则两项占比的口径不同。",
            f" is to be {said.en} in {target.last}, but {wide.name.en} was {have.en} and the {holder.name.en} only {most.en} "
            f"in {known.year}, so that it was {shown} or more then: the target binds nobody, or the two "
            "shares differ in scope.",
        )
        arithmetic = f"{number(known.value)} / {number(level.value)} = {shown} ≥ {number(target.value)}%"
        yield finding("doubt", (target, known, level), arithmetic, message)


@rule(120, Text("人均（占比）与总量、人口不符", "per head against total and population"))
def quotients(plan: CityPlan) -> Iterator[Finding]:
    """Hold a ratio against both its parts, or the part that two of the three imply against its past pace."""
    for name, entry in plan.measures.by_name.items():
        if entry.quotient is None:
            continue
        keys = {"ratio": name, "of": entry.quotient.of, "per": entry.quotient.per}
        scale = quotient_scale(plan, entry.quotient, entry.unit)
        for region in dict.fromkeys(claim.region for claim in plan.claims if claim.measure.key in keys.values()):
            years = {item.year for key in keys.values() for item in wanted_levels(plan, key, region)}
            for year in sorted(years):
                found = {role: wanted_in(plan, key, region, year) for role, key in keys.items()}
                wanted = {role: items[0] for role, items in found.items() if items}
                if len(wanted) == _ALL_THREE:
                    yield from _all_three(plan, scale, wanted)
                elif set(wanted) in ({"ratio", "of"}, {"ratio", "per"}):
                    yield from _implied_third(plan, scale, wanted, entry.quotient)


def _all_three(plan: CityPlan, scale: float, wanted: Mapping[str, WantedLevel]) -> Iterator[Finding]:
    of, per, said = wanted["of"], wanted["per"], wanted["ratio"]
    value, slack = scale * of.value / per.value, plan.about * abs(said.value)
    low = scale * of.low / per.high if math.isfinite(per.high) else 0.0
    high = scale * of.high / per.low if per.low > 0.0 else math.inf
    if low <= said.high + slack and said.low - slack <= high:
        return
    names = {role: plan.measure(item.measure) for role, item in wanted.items()}
    numbers = {role: of_measure(item.value, names[role]) for role, item in wanted.items()}
    worked = of_measure(value, names["ratio"])
    message = plan.regions.name(said.region) + Text("", ": ") + names["ratio"].name
    message += Text(
        f" {said.year} 年写 {numbers['ratio'].zh}，而{names['of'].name.zh} {numbers['of'].zh}除以{names['per'].name.zh} "
        f"{numbers['per'].zh}为 {worked.zh}。",
        f" of {said.year} is given as {numbers['ratio'].en}, but {names['of'].name.en} of {numbers['of'].en} over "
        f"{names['per'].name.en} of {numbers['per'].en} is {worked.en}.",
    )
    arithmetic = f"({of.arithmetic}) / ({per.arithmetic}) → {number(value)} ≠ {number(said.value)}"
    yield finding("conflict", (*said.claims, of, per, said), arithmetic, message)


def _implied_third(plan: CityPlan, scale: float, wanted: Mapping[str, WantedLevel], quotient: Quotient) -> Iterator[Finding]:
    """Two of the three imply the third: a doubt where it has never changed as fast as it would have to."""
    said, divided = wanted["ratio"], "of" in wanted
    other, missing = (wanted["of"], quotient.per) if divided else (wanted["per"], quotient.of)
    if said.value <= 0.0:
        return
    as_of = plan.known_at(said.claims[0])
    base = last_of(levels(plan, missing, said.region, as_of), said.year - 1, exact=True)
    seen = changes(plan, missing, said.region, as_of)
    if base is None or not seen:
        return
    value, low, high = _interval(scale, said, other, divided=divided)
    start = base.year, base.value
    least = yearly(plan, missing, start, (said.year, max(low * (1.0 - plan.about), _TINY)))
    most = math.inf if math.isinf(high) else yearly(plan, missing, start, (said.year, high * (1.0 + plan.about)))
    if most < min(item.value for item in seen) or least > max(item.value for item in seen):
        needed = yearly(plan, missing, start, (said.year, value))
        formula = f"{number(other.value)} {'÷' if divided else '×'} {number(said.value)} → {number(value)}"
        yield _unseen(plan, (said, other), (plan.measure(missing), base, value), (formula, percent(needed)), seen)


def _interval(scale: float, said: WantedLevel, other: WantedLevel, *, divided: bool) -> tuple[float, float, float]:
    """Return the implied number, and the least and the most that the texts allow: other / ratio, or ratio * other."""
    lows, highs = [max(item.low, 0.0) for item in (said, other)], [item.high for item in (said, other)]
    if not divided:
        most = math.inf if math.inf in highs else highs[0] * highs[1] / scale
        return said.value * other.value / scale, lows[0] * lows[1] / scale, most
    least = 0.0 if math.isinf(highs[0]) else scale * lows[1] / highs[0]
    most = math.inf if math.isinf(highs[1]) or lows[0] <= 0.0 else scale * highs[1] / lows[0]
    return scale * other.value / said.value, least, most


def _unseen(
    plan: CityPlan,
    pair: tuple[WantedLevel, WantedLevel],
    path: tuple[Measure, Level, float],
    worked: tuple[str, str],
    seen: list[PastChange],
) -> Finding:
    (said, other), (missing, base, value), (formula, needed) = pair, path, worked
    ratio, beside = plan.measure(said.measure), plan.measure(other.measure)
    asked, total = of_measure(said.value, ratio), of_measure(other.value, beside)
    implied, now = of_measure(value, missing), of_measure(base.value, missing)
    band = [percent(bound(item.value for item in seen)) for bound in (min, max)]
    message = plan.regions.name(said.region) + Text("", ": ") + ratio.name
    message += Text(
        f" {said.year} 年 {asked.zh}与{beside.name.zh} {total.zh}，意味着{missing.name.zh}为 {implied.zh}；"
        f"{base.year} 年为 {now.zh}，须年均变动 {needed}，历史上为 {band[0]} 至 {band[1]}。",
        f" of {asked.en} and {beside.name.en} of {total.en} in {said.year} imply {missing.name.en} of {implied.en}; "
        f"from {now.en} in {base.year} that is {needed} a year, and history has seen {band[0]} to {band[1]}.",
    )
    arithmetic = f"{formula}; {number(base.value)} → {number(value)}: {needed}"
    return finding("doubt", (said, other, base), arithmetic, message)


@rule(130, Text("金额和占比推得的整体不符", "an amount and its share that imply another whole"))
def implied_whole(plan: CityPlan) -> Iterator[Finding]:
    """Hold facts against the whole that an amount and its share imply: the same, what holds it, what it does not exceed.

    Of facts only; targets that are quotients of each other are held against each other by the rule of quotients.
    """
    for fact in (claim for claim in plan.claims if not claim.is_target and claim.aspect in ("level", "sum") and not claim.part):
        entry = fact.measure.entry
        for whole in dict.fromkeys((fact.measure.key, entry.within, entry.no_more_than)):
            known = [] if whole is None else implied_totals(plan, whole, fact.region, plan.known_at(fact))
            for implied in (item for item in known if item.years == fact.years and fact not in item.claims):
                yield from _beside_implied(plan, fact, plan.measure(whole or ""), implied)


def _beside_implied(plan: CityPlan, fact: PlanClaim, whole: Measure, implied: Total) -> Iterator[Finding]:
    low, high = fact.bounds(plan.about)
    slack = plan.about * implied.value
    least = -math.inf if implied.operator in CEILINGS else implied.value - slack
    most = math.inf if implied.operator in FLOORS else implied.value + slack
    is_itself, is_loose = whole.key == fact.measure.key, whole.key == fact.measure.entry.no_more_than
    if low <= most and (high >= least or not is_itself):
        return
    said, worked, when = as_printed(fact), of_measure(implied.value, whole), years_of(fact)
    if is_itself:
        end = Text("两者不符", "the two disagree")
    elif is_loose:
        end = Text("通常不会超过", "which it does not usually exceed")
    else:
        end = Text("部分不能多于整体", "of which it is a part")
    message = plan.subject(fact) + Text(
        f" {when.zh}写 {said.zh}，而由金额和占比推得{whole.name.zh}为 {worked.zh}，{end.zh}：各数的口径须写明。",
        f" of {when.en} is given as {said.en}, while an amount and its share make the {whole.name.en} {worked.en}, {end.en}; "
        "the text should state the scope of each.",
    )
    arithmetic = f"{implied.arithmetic} = {number(implied.value)} {'≠' if is_itself else '<'} {number(fact.value)}"
    yield finding("doubt" if is_loose else "conflict", (fact, *implied.claims), arithmetic, message)
