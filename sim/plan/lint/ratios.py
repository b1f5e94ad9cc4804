"""Ratios against what they are ratios of: coverage, shares of one thing in two wholes, per head against total and people.

With a/b and a/c wanted, b/c = (a/c)/(a/b). Where b lies within x and x/c is known, b/c can be no more than x/c, so that a/b
must be at least (a/c)/(x/c).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import permutations

from sim.base.text import Text
from sim.inputs.bindings import Quotient
from sim.plan.claims import CEILINGS, FLOORS, PERCENT, CityPlan, Measure, PlanClaim
from sim.plan.findings import Finding, finding, rule
from sim.plan.levels import Known, Level, before, implied_totals, latest, quotient_scale
from sim.plan.wanted import WantedLevel, wanted_in, wanted_levels

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
    least = coverage.bounds(plan.about)[0]
    if rate.bounds(plan.about)[0] > coverage.bounds(plan.about)[1]:
        message = Text(
            "{rate.subject} {rate.last} 年为 {rate.said}，高于{coverage.name} {coverage.said}：没有覆盖到的不会计入。",
            "{rate.subject} of {rate.said} in {rate.last} is more than the {coverage.name}, {coverage.said}: what is not "
            "reached cannot count.",
        )
        arithmetic = "{rate.value} > {coverage.value}"
        yield finding("conflict", (rate, coverage), arithmetic, message, rate=rate, coverage=coverage)
    elif rate.value < _LITTLE * least and not rate.is_ceiling:
        message = Text(
            "{rate.subject} {rate.last} 年只要求 {rate.said}，而{coverage.name}为 {coverage.said}："
            "覆盖到的多半可以不做，须写明以哪一项为准、怎样计算。",
            "{rate.subject} is to be {rate.said} in {rate.last} beside {coverage.name} of {coverage.said}: most of what is "
            "reached may do without; the text should say which of the two counts, and of what.",
        )
        arithmetic = "{rate.value} < {coverage.value} / 2"
        yield finding("doubt", (rate, coverage), arithmetic, message, rate=rate, coverage=coverage)


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


def _limits(plan: CityPlan, below: str, whole: str, claim: PlanClaim) -> Iterator[Level]:
    """Yield shares of a whole whose numerator holds a measure, at their latest before a claim."""
    holders, inside = [below], plan.measures.by_name[below].within
    while inside is not None:
        holders, inside = [*holders, inside], plan.measures.by_name[inside].within
    for name, entry in plan.measures.by_name.items():
        if entry.quotient and entry.quotient.of in holders and entry.quotient.per == whole and entry.unit == "%":
            known = reversed(before(plan, claim, name).levels.values())
            yield from [level for level in known if level.year < claim.last and level.operator not in FLOORS][:1]


def _both_wanted(plan: CityPlan, narrow: _Share, wide: _Share) -> Iterator[Finding]:
    """`narrow` is a/b, `wide` is a/c; b lies within something whose share of c is known."""
    (of_b, b), (of_c, c) = narrow, wide
    implied = of_c.value / of_b.value
    for level in _limits(plan, b.per, c.per, of_c):
        if level.value <= 0.0 or implied <= level.value * PERCENT * (1.0 + plan.about):
            continue
        message = Text(
            "{of_c.where}：{of_c.name} {of_c.said}与{of_b.name} {of_b.said}若恰好同时达到，{below.name}须为"
            "{whole.name}的 {implied:%}，而{level.name} {level.year} 年只有 {level.amount}；"
            "照此比例，要达到前者，后者须在 {least:%} 以上。",
            "{of_c.where}: {of_c.name} of {of_c.said} and {of_b.name} of {of_b.said}, both just met, make "
            "{below.name} {implied:%} of {whole.name}, but the {level.name} was {level.amount} in {level.year}; at that, "
            "the first takes {least:%} or more of the second.",
        )
        arithmetic = "{of_c.value} / {of_b.value} = {implied:%} > {level.value}%"
        parts = {"of_b": of_b, "of_c": of_c, "level": level, "below": plan.measure(b.per), "whole": plan.measure(c.per)}
        worked = {"implied": implied, "least": of_c.value / level.value}
        yield finding("doubt", (of_b, of_c, level), arithmetic, message, **parts, **worked)


def _met_by_known(plan: CityPlan, narrow: _Share, wide: Measure, quotient: Quotient) -> Iterator[Finding]:
    """A wanted share a/b is met where the known a/c, over the most that b can be of c, is above it already."""
    target, per = narrow[0], narrow[1].per
    known = before(plan, target, wide.key).last(target.last - 1)
    if known is None or known.operator == "<=" or latest(plan, target) is not None:
        return
    for level in _limits(plan, per, quotient.per, target):
        least = known.value / (level.value * PERCENT)
        if level.year != known.year or least * (1.0 - known.slack - level.slack) <= target.value * (1.0 + plan.about):
            continue
        message = Text(
            "{target.subject} {target.last} 年目标 {target.said}，而 {known.year} 年{known.name}已为 {known.amount}，"
            "{level.name}只有 {level.amount}，可见当时已在 {shown:%} 以上，目标不起约束作用；否则两项占比的口径不同。",
            "{target.subject} is to be {target.said} in {target.last}, but {known.name} was {known.amount} and the "
            "{level.name} only {level.amount} in {known.year}, so that it was {shown:%} or more then: the target binds "
            "nobody, or the two shares differ in scope.",
        )
        arithmetic = "{known.value} / {level.value} = {shown:%} ≥ {target.value}%"
        parts = {"target": target, "known": known, "level": level, "shown": known.value / level.value}
        yield finding("doubt", (target, known, level), arithmetic, message, **parts)


@rule(120, Text("人均（占比）与总量、人口不符", "per head against total and population"))
def quotients(plan: CityPlan) -> Iterator[Finding]:
    """Hold a ratio against both its parts, or the part that two of the three imply against its past pace."""
    for name, entry in plan.measures.by_name.items():
        if entry.quotient is None:
            continue
        keys = {"ratio": name, "of": entry.quotient.of, "per": entry.quotient.per}
        scale = quotient_scale(plan, plan.measure(name))
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
    message = Text(
        "{said.claims[0].subject} {said.year} 年写 {said.amount}，而{of.name} {of.amount}除以{per.name} "
        "{per.amount}为 {worked}。",
        "{said.claims[0].subject} of {said.year} is given as {said.amount}, but {of.name} of {of.amount} over "
        "{per.name} of {per.amount} is {worked}.",
    )
    arithmetic = "({of.arithmetic}) / ({per.arithmetic}) → {value} ≠ {said.value}"
    parts = {"value": value, "worked": said.measure.amount(value)}
    yield finding("conflict", (*said.claims, of, per, said), arithmetic, message, **wanted, said=said, **parts)


def _implied_third(plan: CityPlan, scale: float, wanted: Mapping[str, WantedLevel], quotient: Quotient) -> Iterator[Finding]:
    """Two of the three imply the third: a doubt where it has never changed as fast as it would have to."""
    said, divided = wanted["ratio"], "of" in wanted
    other, missing = (wanted["of"], quotient.per) if divided else (wanted["per"], quotient.of)
    if said.value <= 0.0:
        return
    known = Known(plan, plan.measure(missing), said.region, plan.known_at(said.claims[0]))
    base, seen = known.last(said.year - 1, exact=True), [item.value for item in known.changes]
    if base is None or not seen:
        return
    value, low, high = _interval(scale, said, other, divided=divided)
    years, pace = said.year - base.year, known.measure.pace
    least = pace(base.value, max(low * (1.0 - plan.about), _TINY), years)
    most = math.inf if math.isinf(high) else pace(base.value, high * (1.0 + plan.about), years)
    if most >= min(seen) and least <= max(seen):
        return
    message = Text(
        "{said.claims[0].subject} {said.year} 年 {said.amount}与{other.name} {other.amount}，意味着{base.name}为 "
        "{implied}；{base.year} 年为 {base.amount}，须年均变动 {needed:%}，历史上为 {least:%} 至 {most:%}。",
        "{said.claims[0].subject} of {said.amount} and {other.name} of {other.amount} in {said.year} imply "
        "{base.name} of {implied}; from {base.amount} in {base.year} that is {needed:%} a year, and history has seen "
        "{least:%} to {most:%}.",
    )
    arithmetic = "{other.value} {sign} {said.value} → {value}; {base.value} → {value}: {needed:%}"
    parts = {"said": said, "other": other, "base": base, "value": value, "implied": known.measure.amount(value)}
    worked = {"sign": "÷" if divided else "×", "needed": pace(base.value, value, years), "least": min(seen), "most": max(seen)}
    yield finding("doubt", (said, other, base), arithmetic, message, **parts, **worked)


def _interval(scale: float, said: WantedLevel, other: WantedLevel, *, divided: bool) -> tuple[float, float, float]:
    """Return the implied number, and the least and the most that the texts allow: other / ratio, or ratio * other."""
    lows, highs = [max(item.low, 0.0) for item in (said, other)], [item.high for item in (said, other)]
    if not divided:
        most = math.inf if math.inf in highs else highs[0] * highs[1] / scale
        return said.value * other.value / scale, lows[0] * lows[1] / scale, most
    least = 0.0 if math.isinf(highs[0]) else scale * lows[1] / highs[0]
    most = math.inf if math.isinf(highs[1]) or lows[0] <= 0.0 else scale * highs[1] / lows[0]
    return scale * other.value / said.value, least, most


@rule(130, Text("金额和占比推得的整体不符", "an amount and its share that imply another whole"))
def implied_whole(plan: CityPlan) -> Iterator[Finding]:
    """Hold facts against the whole that an amount and its share imply: the same, what holds it, what it does not exceed.

    Of facts only; targets that are quotients of each other are held against each other by the rule of quotients.
    """
    for fact in (claim for claim in plan.claims if not claim.is_target and claim.aspect in ("level", "sum") and not claim.part):
        entry = fact.measure.entry
        for whole in (name for name in dict.fromkeys((fact.measure.key, entry.within, entry.no_more_than)) if name is not None):
            for implied in implied_totals(before(plan, fact, whole)):
                if implied.years == fact.years and fact not in implied.claims:
                    yield from _beside_implied(plan, fact, implied)


def _beside_implied(plan: CityPlan, fact: PlanClaim, implied: Level) -> Iterator[Finding]:
    low, high = fact.bounds(plan.about)
    slack, whole = plan.about * implied.value, implied.measure.key
    least = -math.inf if implied.operator in CEILINGS else implied.value - slack
    most = math.inf if implied.operator in FLOORS else implied.value + slack
    is_itself, is_loose = whole == fact.measure.key, whole == fact.measure.entry.no_more_than
    if low <= most and (high >= least or not is_itself):
        return
    if is_itself:
        end = Text("两者不符", "the two disagree")
    elif is_loose:
        end = Text("通常不会超过", "which it does not usually exceed")
    else:
        end = Text("部分不能多于整体", "of which it is a part")
    message = Text(
        "{fact.subject} {fact.when}写 {fact.said}，而由金额和占比推得{implied.name}为 {implied.amount}，{end}："
        "各数的口径须写明。",
        "{fact.subject} of {fact.when} is given as {fact.said}, while an amount and its share make the {implied.name} "
        "{implied.amount}, {end}; the text should state the scope of each.",
    )
    arithmetic = "{implied.formula} ≠ {fact.value}" if is_itself else "{implied.formula} < {fact.value}"
    rests_on = (fact, *implied.claims)
    yield finding("doubt" if is_loose else "conflict", rests_on, arithmetic, message, fact=fact, implied=implied, end=end)
