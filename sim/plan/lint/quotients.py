"""A ratio against what it is the ratio of: per head against total and population, intensity against spending and GDP."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from sim.base.text import Text
from sim.plan.lint.aims import Aim, aims, aims_in
from sim.plan.lint.claims import Measure
from sim.plan.lint.finding import Finding, finding
from sim.plan.lint.history import Change, changes, yearly
from sim.plan.lint.levels import Level, last_of, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.totals import quotient_scale
from sim.plan.lint.wording import of_measure, percent, plain

RULE = "quotients"
_ALL_THREE = 3


def check(plan: Plan) -> Iterator[Finding]:
    """Every measure that is a quotient, in every region and year in which the plan wants at least two of the three."""
    for name, entry in plan.measures.by_name.items():
        if entry.quotient is None:
            continue
        keys = {"ratio": name, "of": entry.quotient.of, "per": entry.quotient.per}
        for region in dict.fromkeys(claim.region for claim in plan.claims if claim.measure.key in keys.values()):
            years = {aim.year for key in keys.values() for aim in aims(plan, key, region)}
            for year in sorted(years):
                found = {role: aims_in(plan, key, region, year) for role, key in keys.items()}
                yield from _in_year(plan, name, {role: wanted[0] for role, wanted in found.items() if wanted})


def _in_year(plan: Plan, ratio: str, wanted: Mapping[str, Aim]) -> Iterator[Finding]:
    if len(wanted) == _ALL_THREE:
        yield from _all_three(plan, ratio, wanted)
    elif set(wanted) in ({"ratio", "of"}, {"ratio", "per"}):
        yield from _implied(plan, ratio, wanted)


def _all_three(plan: Plan, ratio: str, wanted: Mapping[str, Aim]) -> Iterator[Finding]:
    scale, of, per, said = quotient_scale(plan, ratio), wanted["of"], wanted["per"], wanted["ratio"]
    value, slack = scale * of.value / per.value, plan.about * abs(said.value)
    low = scale * of.low / per.high if math.isfinite(per.high) else 0.0
    high = scale * of.high / per.low if per.low > 0.0 else math.inf
    if low <= said.high + slack and said.low - slack <= high:
        return
    names = {role: plan.measure(aim.measure) for role, aim in wanted.items()}
    numbers = {role: of_measure(aim.value, names[role]) for role, aim in wanted.items()}
    worked = of_measure(value, names["ratio"])
    head = plan.regions.name(said.region) + Text("", ": ") + names["ratio"].name
    message = head + Text(
        f" {said.year} 年写 {numbers['ratio'].zh}，而{names['of'].name.zh} {numbers['of'].zh}除以{names['per'].name.zh} "
        f"{numbers['per'].zh}为 {worked.zh}。",
        f" of {said.year} is given as {numbers['ratio'].en}, but {names['of'].name.en} of {numbers['of'].en} over "
        f"{names['per'].name.en} of {numbers['per'].en} is {worked.en}.",
    )
    arithmetic = f"({of.arithmetic}) / ({per.arithmetic}) → {plain(value)} ≠ {plain(said.value)}"
    claims, data = (*said.claims, *of.claims, *per.claims), (*of.data, *per.data, *said.data)
    yield finding(RULE, "conflict", claims, data, arithmetic, message)


def _implied(plan: Plan, ratio: str, wanted: Mapping[str, Aim]) -> Iterator[Finding]:
    """Two of the three imply the third: has it ever changed as fast as it would have to?"""
    quotient, said = plan.measures.by_name[ratio].quotient, wanted["ratio"]
    if quotient is None or said.value <= 0.0:
        return
    other, scale = wanted.get("of") or wanted["per"], quotient_scale(plan, ratio)
    missing = plan.measure(quotient.per if "of" in wanted else quotient.of)
    value, low, high = _interval(scale, said, other, divided="of" in wanted)
    as_of = plan.known_at(said.claims[0])
    known = levels(plan, missing.key, said.region, as_of)
    base = last_of(known, said.year - 1, exact=True)
    seen = changes(plan, missing.key, said.region, as_of)
    if base is None or not seen:
        return
    start, end = (base.year, base.value), said.year
    needed = yearly(plan, missing.key, start, (end, value))
    least = yearly(plan, missing.key, start, (end, max(low * (1.0 - plan.about), _TINY)))
    most = math.inf if math.isinf(high) else yearly(plan, missing.key, start, (end, high * (1.0 + plan.about)))
    if most < min(item.value for item in seen) or least > max(item.value for item in seen):
        yield _unseen(plan, (said, other), (missing, base, value), needed, seen)


_TINY = 1e-12


def _interval(scale: float, said: Aim, other: Aim, *, divided: bool) -> tuple[float, float, float]:
    """The implied number, and the least and the most that the texts allow: other / ratio, or ratio * other."""
    lows, highs = [max(aim.low, 0.0) for aim in (said, other)], [aim.high for aim in (said, other)]
    if not divided:
        most = math.inf if math.inf in highs else highs[0] * highs[1] / scale
        return said.value * other.value / scale, lows[0] * lows[1] / scale, most
    least = 0.0 if math.isinf(highs[0]) else scale * lows[1] / highs[0]
    most = math.inf if math.isinf(highs[1]) or lows[0] <= 0.0 else scale * highs[1] / lows[0]
    return scale * other.value / said.value, least, most


def _unseen(
    plan: Plan, pair: tuple[Aim, Aim], path: tuple[Measure, Level, float], needed: float, seen: list[Change]
) -> Finding:
    (said, other), (missing, base, value) = pair, path
    ratio, beside = plan.measure(said.measure), plan.measure(other.measure)
    asked, total = of_measure(said.value, ratio), of_measure(other.value, beside)
    implied, now = of_measure(value, missing), of_measure(base.value, missing)
    band = [percent(bound(item.value for item in seen)) for bound in (min, max)]
    message = plan.regions.name(said.region) + Text("", ": ") + ratio.name
    message += Text(
        f" {said.year} 年 {asked.zh}与{beside.name.zh} {total.zh}，意味着{missing.name.zh}为 {implied.zh}；"
        f"{base.year} 年为 {now.zh}，须年均变动 {percent(needed)}，历史上为 {band[0]} 至 {band[1]}。",
        f" of {asked.en} and {beside.name.en} of {total.en} in {said.year} imply {missing.name.en} of {implied.en}; "
        f"from {now.en} in {base.year} that is {percent(needed)} a year, and history has seen {band[0]} to {band[1]}.",
    )
    quotient = ratio.entry.quotient
    sign = "÷" if quotient is not None and quotient.of == other.measure else "×"
    worked = f"{plain(other.value)} {sign} {plain(said.value)} → {plain(value)}"
    arithmetic = f"{worked}; {plain(base.value)} → {plain(value)}: {percent(needed)}"
    claims, data = (*said.claims, *other.claims, *base.claims), (*said.data, *other.data, *base.data)
    return finding(RULE, "doubt", claims, data, arithmetic, message)
