"""Levels of a measure that are known before a target, and the yearly changes between them.

Levels are taken in this order, so that what is printed goes before what follows from it: facts; published data; a multiple of
another level; a level less its change; a sum of years that grew at a known rate; the sum of parts; a quotient of two measures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain, pairwise

from sim.base.text import Text
from sim.base.units import quotient_conversion
from sim.base.words import digits, percent, years_text
from sim.inputs.bindings import Quotient
from sim.inputs.history import Break, Datum
from sim.plan.claims import CEILINGS, EXACT, FLOORS, PERCENT, Aspect, CityPlan, Measure, PlanClaim
from sim.plan.rule import Rule

Claims = tuple[PlanClaim, ...]
RECENT = 10
"""Years that count as recent: what was reached only before them was reached in another economy."""
_OTHER_PRICES = 0.06
"""Effect of three per cent of yearly price change on the last year of a five-year sum that grew at a real rate."""
_BACKWARD: tuple[Aspect, ...] = ("multiple", "change")
_UNSAID = Text("", "")


@dataclass(frozen=True)
class Level:
    """A level in a year, or an amount of the years from `first` to it, and what it rests on."""

    measure: Measure
    year: int
    value: float
    operator: str = "="
    """At least, at most, or just this much."""
    origin: Text = _UNSAID
    """Its source; nothing where a document prints it as it is."""
    arithmetic: str = ""
    """The way in which it was worked out; nothing where it was not."""
    claims: Claims = ()
    data: tuple[str, ...] = ()
    slack: float = 0.0
    """The part of it by which it may be off: growth in other prices than the level."""
    is_part: bool = False
    """True where it counts only a part of the measure, so that the whole is more."""
    first: int | None = None

    @property
    def years(self) -> range:
        """The years that it is of."""
        return range(self.year if self.first is None else self.first, self.year + 1)

    @property
    def is_exact(self) -> bool:
        """True where it is the level itself and no bound of it."""
        return self.operator in EXACT and not self.is_part

    @property
    def formula(self) -> str:
        """Its number, with how it was worked out where it stands in no document and no statistic."""
        return f"{self.arithmetic} = {digits(self.value)}" if self.arithmetic else digits(self.value)

    @property
    def name(self) -> Text:
        """The name of its measure."""
        return self.measure.name

    @property
    def amount(self) -> Text:
        """The number with its unit."""
        return self.measure.amount(self.value)

    @property
    def source(self) -> Text:
        """Its origin in brackets; nothing for nothing."""
        return Text(f"（{self.origin.zh}）", f" ({self.origin.en})") if self.origin.zh else self.origin

    def meets(self, target: PlanClaim) -> bool:
        """Return whether it is as good as a target; one that is only bounded from the wrong side proves nothing."""
        wrong_side, off = (FLOORS, self.slack) if target.is_ceiling else (CEILINGS, -self.slack)
        if self.operator in wrong_side or (target.is_ceiling and self.is_part):
            return False
        return bool(Rule(">=", target.value, 0.0, is_ceiling=target.is_ceiling).met(self.value * (1.0 + off)))


@dataclass(frozen=True)
class PastChange:
    """The mean yearly change from the end of one year to that of another: a ratio, points of a share, or an addition."""

    first: int
    last: int
    value: float
    claims: Claims = ()

    @property
    def years(self) -> int:
        """Years that it took."""
        return self.last - self.first

    @property
    def when(self) -> Text:
        """The years in words."""
        return years_text(self.first + 1, self.last)


@dataclass(frozen=True)
class Known:
    """A measure in a region as known when the statistics of a year were out."""

    plan: CityPlan
    measure: Measure
    region: str
    as_of: int

    def of(self, measure: str) -> Known:
        """Return the same of another measure."""
        return replace(self, measure=self.plan.measure(measure))

    def facts(self, *aspects: Aspect) -> list[PlanClaim]:
        """Return the facts of some aspects whose document had come out."""
        facts = (item for item in self.plan.at(self.measure.key, self.region, *aspects) if not item.is_target)
        return [item for item in facts if item.last <= self.as_of and self.plan.years[item.printed.document] <= self.as_of + 1]

    def data(self, indicator: str | None) -> dict[int, Datum]:
        """Return published data by year, of the city's own regions: what districts publish is of unclear scope."""
        if indicator is None or self.region not in self.plan.regions.own:
            return {}
        return self.plan.history.as_of(self.as_of).series(indicator, self.region)

    @cached_property
    def levels(self) -> dict[int, Level]:
        """Levels by year, up to the year whose statistics were known."""
        constant = self.measure.entry.constant
        if constant is not None:
            return {self.as_of: Level(self.measure, self.as_of, float(constant))}
        found: dict[int, Level] = {}
        worked_out = (level for source in _AFTER_DATA for level in source(self))
        # The first that says a year stays: what is printed goes before data, and data before what was worked out from them.
        for level in chain(_printed(self), self.published.values(), worked_out):
            found.setdefault(level.year, level)
        return dict(sorted(found.items()))

    @property
    def published(self) -> dict[int, Level]:
        """Published levels by year."""
        origin, unit = Text("统计公布", "published"), self.measure.entry.unit
        return {
            item.year: Level(
                self.measure,
                item.year,
                item.in_unit(unit),
                origin=origin,
                data=(f"{item.indicator} {self.region} {item.year}",),
            )
            for item in self.data(self.measure.entry.history).values()
        }

    def last(self, year: int, *, exact: bool = False) -> Level | None:
        """Return the last level up to a year; with `exact`, the last that is no bound."""
        found = (level for level in reversed(self.levels.values()) if level.year <= year)
        return next((level for level in found if level.is_exact or not exact), None)

    def breaks(self, rests_on: Iterable[Level], first: int, last: int) -> tuple[Break, ...]:
        """Return declared breaks, of any statistic that some levels rest on, that the way between two years crosses."""
        history, names = self.plan.history.as_of(self.as_of), {name.split()[0] for level in rests_on for name in level.data}
        return tuple(item for name in sorted(names) for item in history.breaks_in(name, last, first))

    def _pairs(self) -> Iterator[tuple[Level, Level]]:
        """Yield levels that follow each other and can be compared: both of the whole or of the same part, and no break."""
        for before, after in pairwise(level for level in self.levels.values() if level.operator in EXACT):
            if before.is_part == after.is_part and not self.breaks((before, after), before.year, after.year):
                yield before, after

    @property
    def changes(self) -> list[PastChange]:
        """Changes between levels that follow each other."""
        return [
            PastChange(before.year, after.year, self.measure.pace(before.value, after.value, after.year - before.year))
            for before, after in self._pairs()
            if before.value > 0.0 and after.value > 0.0
        ]

    @property
    def stated_additions(self) -> list[PastChange]:
        """Additions a year that are published, or printed of a period."""
        unit, data = self.measure.entry.unit, self.data(self.measure.entry.additions_history)
        exact = (fact for fact in self.facts("additions") if fact.operator in EXACT)
        return [
            *(PastChange(year - 1, year, item.in_unit(unit)) for year, item in data.items()),
            *(PastChange(fact.base, fact.last, fact.per_year, (fact,)) for fact in exact),
        ]

    @property
    def additions(self) -> list[PastChange]:
        """Those, and net rises a year, which are no more than what was added."""
        pairs = self._pairs()
        rises = (PastChange(one.year, two.year, (two.value - one.value) / (two.year - one.year)) for one, two in pairs)
        return [*self.stated_additions, *rises]

    @property
    def printed_growth(self) -> list[PastChange]:
        """Growth rates that documents print of the past."""
        return [PastChange(fact.base, fact.last, fact.value, (fact,)) for fact in self.facts("growth")]

    @property
    def published_growth(self) -> dict[int, float]:
        """Growth rates that statistics publish themselves, as ratios."""
        data = self.data(self.measure.entry.growth_history)
        return {year: datum.in_unit("%") * PERCENT for year, datum in data.items()}

    def deflators(self, years: int) -> dict[int, float]:
        """Return mean price changes over so many years, by the last: published levels over real growth, none across a break."""
        real, history = self.published_growth, self.plan.history.as_of(self.as_of)
        data, rates = self.data(self.measure.entry.history), dict[int, float]()
        for year in (year for year in data if year - 1 in data and year in real):
            if not history.breaks_in(data[year].indicator, year):
                rates[year] = data[year].value / data[year - 1].value / (1.0 + real[year]) - 1.0
        runs = {last: range(last - years + 1, last + 1) for last in rates}
        return {
            last: math.prod(1.0 + rates[year] for year in run) ** (1.0 / years) - 1.0
            for last, run in runs.items()
            if set(run) <= set(rates)
        }


def before(plan: CityPlan, claim: PlanClaim, measure: str | None = None) -> Known:
    """Return what was known of a claim's measure, or of another, in its region when its document came out."""
    return Known(plan, plan.measure(measure or claim.measure.key), claim.region, plan.known_at(claim))


def latest(plan: CityPlan, claim: PlanClaim) -> Level | None:
    """Return the last level that was known when a claim's document came out, of a year before the claim's own."""
    return before(plan, claim).last(claim.last - 1)


def _printed(known: Known) -> Iterator[Level]:
    for fact in known.facts("level"):
        name = fact.printed.name if fact.part else _UNSAID
        for year in fact.years:
            yield Level(known.measure, year, fact.value, fact.operator, name, claims=(fact,), is_part=fact.part)


def _traced_back(known: Known) -> Iterator[Level]:
    """Yield the levels that a printed one is a multiple of, then those that it has risen from by a printed change."""
    printed = {level.year: level for level in _printed(known)}
    for fact in (item for aspect in _BACKWARD for item in known.facts(aspect)):
        now = printed.get(fact.last)
        if now is None or fact.operator not in EXACT or (fact.aspect == "multiple" and fact.value <= 0.0):
            continue
        if fact.aspect == "multiple":
            value, sign = now.value / fact.value, "÷"
            origin = Text(f"由 {fact.last} 年数倒推", f"traced back from {fact.last}")
        else:
            value, sign = now.value - fact.value, "−"
            origin = Text(f"由 {fact.last} 年数和增量倒推", f"{fact.last} less the increase")
        formula = f"{now.formula} {sign} {fact.formula}"
        yield replace(now, year=fact.base, value=value, origin=origin, arithmetic=formula, claims=(*now.claims, fact))


def _by_sum_and_growth(known: Known) -> Iterator[Level]:
    """Yield the last year of a sum whose years grew at a known average rate: S·(1+g)^n / Σ(1+g)^k, k = 1..n."""
    entry, rates = known.measure.entry, {fact.years: fact for fact in reversed(known.facts("growth"))}
    for total in known.facts("sum"):
        rate = rates.get(total.years)
        if rate is None or total.each_year or len(total.years) == 1:
            continue
        steps = [(1.0 + rate.value) ** k for k in range(1, len(total.years) + 1)]
        span, ratio = f"{total.first}–{total.last}", percent(rate.value)
        yield Level(
            known.measure,
            total.last,
            total.value * steps[-1] / sum(steps),
            "~",
            Text(f"由 {span} 年累计数和年均增速推得", f"worked out from the sum and growth of {span}"),
            f"{total.formula}·(1+{ratio})^{len(steps)} / Σ(1+{ratio})^k",
            (total, rate),
            slack=_OTHER_PRICES if entry.price != entry.growth_price else 0.0,
        )


def _by_parts(known: Known) -> Iterator[Level]:
    """Yield the sum of parts that are all known in a year; at least that much unless they are all there is."""
    entry = known.measure.entry
    levels = [known.of(part).levels for part in entry.parts]
    for year in sorted(set[int].intersection(*map(set, levels))) if levels else ():
        parts = [item[year] for item in levels]
        operators = {part.operator for part in parts}
        if "<=" in operators:
            continue
        operator = ">=" if not entry.complete or operators & set(FLOORS) else "=" if operators == {"="} else "~"
        yield Level(
            known.measure,
            year,
            sum(part.value for part in parts),
            operator,
            Text(f"{len(parts)} 部分合计", f"sum of {len(parts)} parts"),
            " + ".join(digits(part.value) for part in parts),
            tuple(claim for part in parts for claim in part.claims),
            tuple(name for part in parts for name in part.data),
            max(part.slack for part in parts),
            is_part=any(part.is_part for part in parts),
        )


def _by_quotient(known: Known) -> Iterator[Level]:
    """Yield one level over another of the same year, then one sum over another of the same years."""
    quotient = known.measure.entry.quotient
    if quotient is None:
        return
    above, below = known.of(quotient.of), known.of(quotient.per)
    for year in sorted(set(above.levels) & set(below.levels)):
        origin = Text("由分子和分母推得", "worked out from what it is the ratio of")
        yield from _ratio(known, above.levels[year], below.levels[year], origin)
    bottoms = [*_printed_totals(below), *implied_totals(below)]
    for top in (item for item in _printed_totals(above) if len(item.years) > 1):
        bottom = next((item for item in bottoms if item.years == top.years and item.value > 0.0 and not item.is_part), None)
        if bottom is not None:
            span = f"{top.years[0]}–{top.years[-1]}"
            yield from _ratio(known, top, bottom, Text(f"{span} 年平均", f"mean of {span}"))


def _ratio(known: Known, over: Level, under: Level, origin: Text) -> Iterator[Level]:
    """Yield the ratio of two levels; nothing where what is below is only a part, or the two bounds pull apart."""
    operator = _operator_of_ratio(over.operator, under.operator)
    if under.value <= 0.0 or under.is_part or operator is None:
        return
    scale = quotient_scale(known.plan, known.measure)
    below = f"({under.arithmetic})" if under.first is not None and under.arithmetic else digits(under.value)
    yield Level(
        known.measure,
        over.year,
        scale * over.value / under.value,
        operator,
        origin,
        f"{digits(over.value)} ÷ {below}",
        (*over.claims, *under.claims),
        (*over.data, *under.data),
        over.slack + under.slack,
        over.is_part,
    )


def _printed_totals(known: Known) -> Iterator[Level]:
    """Yield sums of years, and levels of a single one, as facts print them."""
    for fact in known.facts("sum", "level"):
        if not fact.each_year and (fact.aspect == "sum" or len(fact.years) == 1):
            claims = (fact,)
            yield Level(known.measure, fact.last, fact.value, fact.operator, claims=claims, is_part=fact.part, first=fact.first)


def implied_totals(known: Known) -> Iterator[Level]:
    """Yield amounts over their shares: whole = amount / share, where the share is printed for just the years of the amount."""
    for share_of in (known.plan.measure(name) for name in known.plan.measures.by_name):
        quotient = share_of.entry.quotient
        if quotient is None or quotient.per != known.measure.key:
            continue
        scale = quotient_scale(known.plan, share_of)
        shares = [item for item in known.of(share_of.key).facts("level") if item.value > 0.0 and not item.part]
        for amount in (item for item in _printed_totals(known.of(quotient.of)) if not item.is_part):
            for share in (item for item in shares if item.years == amount.years):
                operator = _operator_of_ratio(amount.operator, share.operator)
                if operator is not None:
                    by = percent(share.value / 100.0) if share_of.is_share else share.formula
                    arithmetic, claims = f"{digits(amount.value)} ÷ {by}", (*amount.claims, share)
                    value = scale * amount.value / share.value
                    yield Level(
                        known.measure, amount.year, value, operator, _UNSAID, arithmetic, claims, first=amount.years.start
                    )


def _operator_of_ratio(over: str, under: str) -> str | None:
    """Return the bound that two bounds make of their ratio; None where they pull apart."""
    if over in EXACT and under in EXACT:
        return "=" if over == under == "=" else "~"
    if over not in CEILINGS and under not in FLOORS:
        return ">="
    return "<=" if over not in FLOORS and under not in CEILINGS else None


def quotient_scale(plan: CityPlan, ratio: Measure) -> float:
    """Return what turns the quotient that a measure is into its unit."""
    quotient: Quotient | None = ratio.entry.quotient
    if quotient is None:
        return 1.0
    above, below = (plan.measures.by_name[name].unit for name in (quotient.of, quotient.per))
    return quotient_conversion(above, below, ratio.entry.unit)


_Source = Callable[[Known], Iterable[Level]]
_AFTER_DATA: Sequence[_Source] = (_traced_back, _by_sum_and_growth, _by_parts, _by_quotient)
