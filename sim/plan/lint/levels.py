"""Levels that are known before a target: printed as facts, published, or worked out from what is.

In this order, so that what is printed goes before what follows from it: facts; published data; a multiple of another level; a
level less its change; a sum of years that grew at a known rate; the sum of parts; a quotient of two measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.base.text import Text
from sim.inputs.history import Break, Datum
from sim.plan.lint.claims import Claim
from sim.plan.lint.plan import Plan
from sim.plan.lint.totals import printed_totals, quotient_scale, ratio_operator, totals
from sim.plan.lint.wording import percent, plain


@dataclass(frozen=True)
class Level:
    """A level in a year and what it rests on. `operator` says whether it is at least or at most this much."""

    year: int
    value: float
    operator: str
    origin: Text
    """Where it comes from; nothing where a document prints it as it is."""
    arithmetic: str
    """How it was worked out; nothing where it was not."""
    claims: tuple[Claim, ...] = ()
    data: tuple[str, ...] = ()
    slack: float = 0.0
    """The part of it by which it may be off: growth in other prices than the level."""
    is_part: bool = False
    """Whether it counts only a part of the measure, so that the whole is more."""

    @property
    def is_exact(self) -> bool:
        """Whether it is the level itself and no bound of it."""
        return self.operator in ("=", "~") and not self.is_part

    @property
    def is_derived(self) -> bool:
        """Whether it was worked out and stands in no document and no statistic."""
        return bool(self.arithmetic)


_OTHER_PRICES = 0.06
"""What three per cent of yearly price change make of the last year of a five-year sum that grew at a real rate."""
Source = Callable[[Plan, str, str, int], Iterable[Level]]


def levels(plan: Plan, measure: str, region: str, as_of: int) -> dict[int, Level]:
    """Levels of a measure in a region by year, up to the year whose statistics were known."""
    constant = plan.measures.by_name[measure].constant
    if constant is not None:
        return {as_of: Level(as_of, float(constant), "=", Text("", ""), "")}
    found: dict[int, Level] = {}
    for source in _SOURCES:
        for level in source(plan, measure, region, as_of):
            found.setdefault(level.year, level)
    return dict(sorted(found.items()))


def latest(plan: Plan, claim: Claim, before: int | None = None) -> Level | None:
    """The last level that was known when a claim's document came out, of a year before the claim's own."""
    last = claim.last - 1 if before is None else before
    return last_of(levels(plan, claim.measure.key, claim.region, plan.known_at(claim)), last)


def last_of(known: dict[int, Level], last: int, *, exact: bool = False) -> Level | None:
    """The last level up to a year; with `exact`, the last that is no bound."""
    return next((level for year, level in reversed(known.items()) if year <= last and (level.is_exact or not exact)), None)


def _printed(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    for fact in plan.facts_known(plan.at(measure, region, "level"), as_of):
        for year in fact.years:
            name = fact.printed.name if fact.part else Text("", "")
            yield Level(year, fact.value, fact.printed.operator, name, "", (fact,), is_part=fact.part)


def _published(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    entry = plan.measures.by_name[measure]
    for datum in plan.data(entry.history, region, as_of).values():
        yield Level(datum.year, datum.in_unit(entry.unit), "=", Text("统计公布", "published"), "", (), (reference(datum),))


def breaks_between(plan: Plan, rests_on: Iterable[Level], first: int, last: int, as_of: int) -> tuple[Break, ...]:
    """Declared breaks, of any statistic that some levels rest on, that the way from one year to another crosses."""
    history, names = plan.history.as_of(as_of), {name.split()[0] for level in rests_on for name in level.data}
    return tuple(item for name in sorted(names) for item in history.breaks_in(name, last, first))


def reference(datum: Datum) -> str:
    """How a finding names a datum: indicator, region and year."""
    return f"{datum.indicator} {datum.region} {datum.year}"


def _by_multiple(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """The level that a printed one is a multiple of."""
    printed = {level.year: level for level in _printed(plan, measure, region, as_of)}
    for fact in plan.facts_known(plan.at(measure, region, "multiple"), as_of):
        now = printed.get(fact.last)
        if now is not None and fact.value > 0 and fact.printed.operator in ("=", "~"):
            value = now.value / fact.value
            origin = Text(f"由 {fact.last} 年数倒推", f"traced back from {fact.last}")
            formula = f"{plain(now.value)} ÷ {plain(fact.value)}"
            yield Level(fact.base, value, now.operator, origin, formula, (*now.claims, fact), is_part=now.is_part)


def _by_change(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """The level before a printed change."""
    printed = {level.year: level for level in _printed(plan, measure, region, as_of)}
    for fact in plan.facts_known(plan.at(measure, region, "change"), as_of):
        now = printed.get(fact.last)
        if now is not None and fact.printed.operator in ("=", "~"):
            origin = Text(f"由 {fact.last} 年数和增量倒推", f"{fact.last} less the increase")
            sum_of, value = f"{plain(now.value)} − {plain(fact.value)}", now.value - fact.value
            yield Level(fact.base, value, now.operator, origin, sum_of, (*now.claims, fact), is_part=now.is_part)


def _by_sum_and_growth(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """The last year of a sum whose years grew at a known average rate: S·(1+g)^n / Σ(1+g)^k, k = 1..n."""
    entry, facts = plan.measures.by_name[measure], plan.facts_known(plan.at(measure, region, "sum", "growth"), as_of)
    for total in (fact for fact in facts if fact.aspect == "sum" and not fact.each_year and len(fact.years) > 1):
        rate = next((fact for fact in facts if fact.aspect == "growth" and fact.years == total.years), None)
        if rate is not None:
            steps = [(1.0 + rate.value) ** k for k in range(1, len(total.years) + 1)]
            span = f"{total.first}–{total.last}"
            origin = Text(f"由 {span} 年累计数和年均增速推得", f"worked out from the sum and growth of {span}")
            formula = f"{plain(total.value)}·(1+{percent(rate.value)})^{len(steps)} / Σ(1+{percent(rate.value)})^k"
            slack = _OTHER_PRICES if entry.price != entry.growth_price else 0.0
            yield Level(total.last, total.value * steps[-1] / sum(steps), "~", origin, formula, (total, rate), slack=slack)


def _by_parts(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """The sum of parts that are all known in a year; at least that much unless they are all there is."""
    entry = plan.measures.by_name[measure]
    known = [levels(plan, part, region, as_of) for part in entry.parts]
    for year in sorted(set[int].intersection(*(set(item) for item in known))) if known else ():
        parts = [item[year] for item in known]
        if any(part.operator == "<=" for part in parts):
            continue
        origin = Text(f"{len(parts)} 部分合计", f"sum of {len(parts)} parts")
        yield Level(
            year,
            sum(part.value for part in parts),
            _of_sum(parts, complete=entry.complete),
            origin,
            " + ".join(plain(part.value) for part in parts),
            tuple(claim for part in parts for claim in part.claims),
            tuple(name for part in parts for name in part.data),
            max(part.slack for part in parts),
            is_part=any(part.is_part for part in parts),
        )


def _of_sum(parts: Sequence[Level], *, complete: bool) -> str:
    """What a sum is of levels that are exact or at least so much."""
    operators = {part.operator for part in parts}
    if not complete or operators & {">", ">="}:
        return ">="
    return "=" if operators == {"="} else "~"


def _by_quotient(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """One level over another of the same year, or one sum over another of the same years."""
    entry = plan.measures.by_name[measure]
    if entry.quotient is None:
        return
    scale = quotient_scale(plan, measure)
    above, below = (levels(plan, name, region, as_of) for name in (entry.quotient.of, entry.quotient.per))
    for year in sorted(set(above) & set(below)):
        over, under = above[year], below[year]
        if under.value > 0 and not under.is_part:
            origin = Text("由分子和分母推得", "worked out from what it is the ratio of")
            formula = f"{plain(over.value)} ÷ {plain(under.value)}"
            claims, data = (*over.claims, *under.claims), (*over.data, *under.data)
            operator = ratio_operator(over.operator, under.operator)
            if operator is not None:
                slack, value = over.slack + under.slack, scale * over.value / under.value
                yield Level(year, value, operator, origin, formula, claims, data, slack, is_part=over.is_part)
    yield from _mean_quotients(plan, measure, region, as_of)


def _mean_quotients(plan: Plan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """One sum over another of the same years; the sum below may follow from a share of it."""
    entry = plan.measures.by_name[measure]
    if entry.quotient is None:
        return
    bottoms = [item for item in totals(plan, entry.quotient.per, region, as_of) if item.value > 0.0 and not item.is_part]
    for top in (item for item in printed_totals(plan, entry.quotient.of, region, as_of) if len(item.years) > 1):
        bottom = next((item for item in bottoms if item.years == top.years), None)
        operator = None if bottom is None else ratio_operator(top.operator, bottom.operator)
        if bottom is not None and operator is not None:
            span = f"{top.years[0]}–{top.years[-1]}"
            origin = Text(f"{span} 年平均", f"mean of {span}")
            below = f"({bottom.arithmetic})" if bottom.arithmetic else plain(bottom.value)
            value = quotient_scale(plan, measure) * top.value / bottom.value
            formula, claims = f"{plain(top.value)} ÷ {below}", (*top.claims, *bottom.claims)
            yield Level(top.years[-1], value, operator, origin, formula, claims, is_part=top.is_part)


_SOURCES: tuple[Source, ...] = (
    _printed,
    _published,
    _by_multiple,
    _by_change,
    _by_sum_and_growth,
    _by_parts,
    _by_quotient,
)
