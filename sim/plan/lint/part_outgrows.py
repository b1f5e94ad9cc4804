"""A part that is to grow faster than the whole that holds it: from a share on, the part would add more than the whole does.

With the whole W times and the part P times its base, the part adds no more than the whole while its share of the base is at
most (W - 1) / (P - 1).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.aims import Aim, aims_in
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.levels import Level, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, in_brackets, of_measure, percent, plain

RULE = "part_outgrows"


def check(plan: Plan) -> Iterator[Finding]:
    """Every wanted growth of what lies within another, beside what the plan wants of the other in the same year."""
    for rate in plan.targets("growth"):
        entry = rate.measure.entry
        if entry.within is None or entry.price != entry.growth_price or rate.is_ceiling:
            continue
        as_of = plan.known_at(rate)
        base = levels(plan, entry.within, rate.region, as_of).get(rate.base)
        part = levels(plan, rate.measure.key, rate.region, as_of).get(rate.base)
        if base is not None and base.is_exact and base.value > 0.0:
            for whole in aims_in(plan, entry.within, rate.region, rate.last)[:1]:
                yield from _beside(plan, rate, part, (whole, base))


def _beside(plan: Plan, rate: Claim, part: Level | None, path: tuple[Aim, Level]) -> Iterator[Finding]:
    """Nothing where the known share of the part leaves room; a note where no share is known or the whole may be more."""
    whole, base = path
    times, most = whole.value / base.value, (1.0 + rate.value) ** rate.span
    if most <= times:
        return
    limit = max(times - 1.0, 0.0) / (most - 1.0)
    if part is not None and part.value / base.value <= limit * (1.0 + plan.about):
        return
    severity: Severity = "note" if part is None or not part.is_exact or math.isinf(whole.high) else "doubt"
    name, said = plan.measure(whole.measure), as_printed(rate)
    start, end, origin = of_measure(base.value, name), of_measure(whole.value, name), in_brackets(base.origin)
    known = Text("，文件没有写出这一占比", ", and no document prints that share")
    if part is not None:
        share = percent(part.value / base.value)
        known = Text(f"，而当年为 {share}", f", and it was {share}")
    message = plan.subject(rate) + Text(
        f" 年均增长 {said.zh}，{rate.last} 年为 {rate.base} 年的 {plain(most)} 倍；所属的{name.name.zh}由 {start.zh}{origin.zh}"
        f"到 {end.zh}，只有 {plain(times)} 倍。两者只在前者 {rate.base} 年占比不超过 {percent(limit)} 时可以并存{known.zh}。",
        f" is to grow by {said.en} a year, to {plain(most)} times {rate.base} in {rate.last}; the {name.name.en} of which it "
        f"is a part goes from {start.en}{origin.en} to {end.en}, {plain(times)} times. Both hold only if the part was at most "
        f"{percent(limit)} of the whole in {rate.base}{known.en}.",
    )
    arithmetic = f"({plain(times)} − 1) / ({plain(most)} − 1) = {percent(limit)}"
    claims = (rate, *whole.claims, *base.claims, *(part.claims if part else ()))
    yield finding(RULE, severity, claims, (*whole.data, *base.data), arithmetic, message)
