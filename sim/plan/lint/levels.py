"""Levels that are known before a target: printed as facts, published, or worked out from what is.

In this order, so that what is printed goes before what follows from it: facts; published data; a multiple of another level; a
level less its change; a sum of years that grew at a known rate; the sum of parts; a quotient of two measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sim.base.text import Text
from sim.inputs.history import Break
from sim.inputs.measures import Quotient
from sim.plan.lint.plan import CEILINGS, EXACT, FLOORS, Aspect, CityPlan, PlanClaim
from sim.plan.lint.wording import number, percent
from sim.plan.reading import quotient_factor

Claims = tuple[PlanClaim, ...]
_OTHER_PRICES = 0.06
"""Effect of three per cent of yearly price change on the last year of a five-year sum that grew at a real rate."""
_BACKWARD: tuple[Aspect, ...] = ("multiple", "change")


@dataclass(frozen=True)
class Level:
    """A level in a year and what it rests on. `operator` says whether it is at least or at most this much."""

    year: int
    value: float
    operator: str
    origin: Text
    """Its source; nothing where a document prints it as it is."""
    arithmetic: str
    """The way in which it was worked out; nothing where it was not."""
    claims: Claims = ()
    data: tuple[str, ...] = ()
    slack: float = 0.0
    """The part of it by which it may be off: growth in other prices than the level."""
    is_part: bool = False
    """True where it counts only a part of the measure, so that the whole is more."""

    @property
    def is_exact(self) -> bool:
        """True where it is the level itself and no bound of it."""
        return self.operator in EXACT and not self.is_part

    @property
    def formula(self) -> str:
        """Its number, with how it was worked out where it stands in no document and no statistic."""
        return f"{self.arithmetic} = {number(self.value)}" if self.arithmetic else number(self.value)

    def meets(self, target: PlanClaim) -> bool:
        """Return whether it is as good as a target; one that is only bounded from the wrong side proves nothing."""
        if target.is_ceiling:
            return self.operator not in FLOORS and not self.is_part and self.value * (1.0 + self.slack) <= target.value
        return self.operator != "<=" and self.value * (1.0 - self.slack) >= target.value


def levels(plan: CityPlan, measure: str, region: str, as_of: int) -> dict[int, Level]:
    """Return levels of a measure in a region by year, up to the year whose statistics were known."""
    constant = plan.measures.by_name[measure].constant
    if constant is not None:
        return {as_of: Level(as_of, float(constant), "=", Text("", ""), "")}
    found: dict[int, Level] = {}
    for source in _SOURCES:
        for level in source(plan, measure, region, as_of):
            found.setdefault(level.year, level)
    return dict(sorted(found.items()))


def levels_before(plan: CityPlan, claim: PlanClaim) -> dict[int, Level]:
    """Return the levels of a claim's measure and region that were known when its document came out."""
    return levels(plan, claim.measure.key, claim.region, plan.known_at(claim))


def latest(plan: CityPlan, claim: PlanClaim, last: int | None = None) -> Level | None:
    """Return the last level that was known when a claim's document came out, of a year before the claim's own."""
    return last_of(levels_before(plan, claim), claim.last - 1 if last is None else last)


def last_of(known: dict[int, Level], last: int, *, exact: bool = False) -> Level | None:
    """Return the last level up to a year; with `exact`, the last that is no bound."""
    return next((level for year, level in reversed(known.items()) if year <= last and (level.is_exact or not exact)), None)


def breaks_between(plan: CityPlan, rests_on: Iterable[Level], first: int, last: int, as_of: int) -> tuple[Break, ...]:
    """Return declared breaks, of any statistic that some levels rest on, that the way from one year to another crosses."""
    history, names = plan.history.as_of(as_of), {name.split()[0] for level in rests_on for name in level.data}
    return tuple(item for name in sorted(names) for item in history.breaks_in(name, last, first))


def _printed(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    for fact in plan.facts_known(as_of, measure, region, "level"):
        name = fact.printed.name if fact.part else Text("", "")
        for year in fact.years:
            yield Level(year, fact.value, fact.operator, name, "", (fact,), is_part=fact.part)


def levels_published(plan: CityPlan, measure: str, region: str, as_of: int) -> dict[int, Level]:
    """Return the published levels of a measure in a region by year."""
    entry = plan.measures.by_name[measure]
    data, origin = plan.data(entry.history, region, as_of).values(), Text("统计公布", "published")
    return {
        item.year: Level(item.year, item.in_unit(entry.unit), "=", origin, "", (), (f"{item.indicator} {region} {item.year}",))
        for item in data
    }


def _published(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterable[Level]:
    return levels_published(plan, measure, region, as_of).values()


def _traced_back(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """Yield the levels that a printed one is a multiple of, then those that it has risen from by a printed change."""
    printed = {level.year: level for level in _printed(plan, measure, region, as_of)}
    for fact in (item for aspect in _BACKWARD for item in plan.facts_known(as_of, measure, region, aspect)):
        now = printed.get(fact.last)
        if now is None or fact.operator not in EXACT or (fact.aspect == "multiple" and fact.value <= 0.0):
            continue
        if fact.aspect == "multiple":
            value, sign = now.value / fact.value, "÷"
            origin = Text(f"由 {fact.last} 年数倒推", f"traced back from {fact.last}")
        else:
            value, sign = now.value - fact.value, "−"
            origin = Text(f"由 {fact.last} 年数和增量倒推", f"{fact.last} less the increase")
        formula = f"{number(now.value)} {sign} {number(fact.value)}"
        yield Level(fact.base, value, now.operator, origin, formula, (*now.claims, fact), is_part=now.is_part)


def _by_sum_and_growth(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """Yield the last year of a sum whose years grew at a known average rate: S·(1+g)^n / Σ(1+g)^k, k = 1..n."""
    entry, rates = plan.measures.by_name[measure], plan.facts_known(as_of, measure, region, "growth")
    for total in plan.facts_known(as_of, measure, region, "sum"):
        rate = next((fact for fact in rates if fact.years == total.years), None)
        if rate is None or total.each_year or len(total.years) == 1:
            continue
        steps = [(1.0 + rate.value) ** k for k in range(1, len(total.years) + 1)]
        span = f"{total.first}–{total.last}"
        origin = Text(f"由 {span} 年累计数和年均增速推得", f"worked out from the sum and growth of {span}")
        formula = f"{number(total.value)}·(1+{percent(rate.value)})^{len(steps)} / Σ(1+{percent(rate.value)})^k"
        slack = _OTHER_PRICES if entry.price != entry.growth_price else 0.0
        yield Level(total.last, total.value * steps[-1] / sum(steps), "~", origin, formula, (total, rate), slack=slack)


def _by_parts(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """Yield the sum of parts that are all known in a year; at least that much unless they are all there is."""
    entry = plan.measures.by_name[measure]
    known = [levels(plan, part, region, as_of) for part in entry.parts]
    for year in sorted(set[int].intersection(*(set(item) for item in known))) if known else ():
        parts = [item[year] for item in known]
        if any(part.operator == "<=" for part in parts):
            continue
        yield Level(
            year,
            sum(part.value for part in parts),
            _operator_of_sum(parts, complete=entry.complete),
            Text(f"{len(parts)} 部分合计", f"sum of {len(parts)} parts"),
            " + ".join(number(part.value) for part in parts),
            tuple(claim for part in parts for claim in part.claims),
            tuple(name for part in parts for name in part.data),
            max(part.slack for part in parts),
            is_part=any(part.is_part for part in parts),
        )


def _operator_of_sum(parts: Sequence[Level], *, complete: bool) -> str:
    operators = {part.operator for part in parts}
    if not complete or operators & set(FLOORS):
        return ">="
    return "=" if operators == {"="} else "~"


def _by_quotient(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterator[Level]:
    """Yield one level over another of the same year, then one sum over another of the same years."""
    entry = plan.measures.by_name[measure]
    if entry.quotient is None:
        return
    scale = quotient_scale(plan, entry.quotient, entry.unit)
    above, below = (levels(plan, name, region, as_of) for name in (entry.quotient.of, entry.quotient.per))
    for year in sorted(set(above) & set(below)):
        over, under = above[year], below[year]
        operator = _operator_of_ratio(over.operator, under.operator)
        if under.value <= 0 or under.is_part or operator is None:
            continue
        origin = Text("由分子和分母推得", "worked out from what it is the ratio of")
        formula = f"{number(over.value)} ÷ {number(under.value)}"
        claims, data = (*over.claims, *under.claims), (*over.data, *under.data)
        slack, value = over.slack + under.slack, scale * over.value / under.value
        yield Level(year, value, operator, origin, formula, claims, data, slack, is_part=over.is_part)
    yield from _mean_quotients(plan, entry.quotient, scale, region, as_of)


def _mean_quotients(plan: CityPlan, quotient: Quotient, scale: float, region: str, as_of: int) -> Iterator[Level]:
    """Yield one sum over another of the same years; the sum below may follow from a share of it."""
    bottoms = [*_printed_totals(plan, quotient.per, region, as_of), *implied_totals(plan, quotient.per, region, as_of)]
    bottoms = [item for item in bottoms if item.value > 0.0 and not item.is_part]
    for top in (item for item in _printed_totals(plan, quotient.of, region, as_of) if len(item.years) > 1):
        bottom = next((item for item in bottoms if item.years == top.years), None)
        operator = None if bottom is None else _operator_of_ratio(top.operator, bottom.operator)
        if bottom is None or operator is None:
            continue
        span = f"{top.years[0]}–{top.years[-1]}"
        below = f"({bottom.arithmetic})" if bottom.arithmetic else number(bottom.value)
        yield Level(
            top.years[-1],
            scale * top.value / bottom.value,
            operator,
            Text(f"{span} 年平均", f"mean of {span}"),
            f"{number(top.value)} ÷ {below}",
            (*top.claims, *bottom.claims),
            is_part=top.is_part,
        )


@dataclass(frozen=True)
class Total:
    """The amount of some years together, or the level of one; `arithmetic` where it was worked out."""

    years: range
    value: float
    operator: str
    claims: Claims
    arithmetic: str = ""
    is_part: bool = False


def _printed_totals(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterator[Total]:
    """Yield sums of years, and levels of a single one, as facts print them."""
    for fact in plan.facts_known(as_of, measure, region, "sum", "level"):
        if not fact.each_year and (fact.aspect == "sum" or len(fact.years) == 1):
            yield Total(fact.years, fact.value, fact.operator, (fact,), "", fact.part)


def implied_totals(plan: CityPlan, measure: str, region: str, as_of: int) -> Iterator[Total]:
    """Yield amounts over their shares: whole = amount / share, where the share is printed for just the years of the amount."""
    for name, entry in plan.measures.by_name.items():
        if entry.quotient is None or entry.quotient.per != measure:
            continue
        scale = quotient_scale(plan, entry.quotient, entry.unit)
        shares = [item for item in plan.facts_known(as_of, name, region, "level") if item.value > 0.0 and not item.part]
        for amount in (item for item in _printed_totals(plan, entry.quotient.of, region, as_of) if not item.is_part):
            for share in (item for item in shares if item.years == amount.years):
                operator = _operator_of_ratio(amount.operator, share.operator)
                if operator is not None:
                    by = percent(share.value / 100.0) if entry.unit == "%" else number(share.value)
                    value, claims = scale * amount.value / share.value, (*amount.claims, share)
                    yield Total(amount.years, value, operator, claims, f"{number(amount.value)} ÷ {by}")


def _operator_of_ratio(over: str, under: str) -> str | None:
    """Return the bound that two bounds make of their ratio; None where they pull apart."""
    if over in EXACT and under in EXACT:
        return "=" if over == under == "=" else "~"
    if over not in CEILINGS and under not in FLOORS:
        return ">="
    return "<=" if over not in FLOORS and under not in CEILINGS else None


def quotient_scale(plan: CityPlan, quotient: Quotient, unit: str) -> float:
    """Return what turns a quotient of two levels into a unit."""
    return quotient_factor(plan.measures.by_name[quotient.of].unit, plan.measures.by_name[quotient.per].unit, unit)


_SOURCES: tuple[Callable[[CityPlan, str, str, int], Iterable[Level]], ...] = (
    _printed,
    _published,
    _traced_back,
    _by_sum_and_growth,
    _by_parts,
    _by_quotient,
)
