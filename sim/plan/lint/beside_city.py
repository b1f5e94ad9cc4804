"""Targets beside the totals of the city: districts that leave a falling rest, and gross output beside GDP.

growth of the rest = ((C1 - D1) / (C0 - D0))^(1/n) - 1, with the city C and its districts D from one year to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf, isfinite

from sim.base.text import Text, joined
from sim.plan.claims import CityPlan, PlanClaim, growth
from sim.plan.findings import Evidence, Finding, filled, finding, rule
from sim.plan.levels import Known, Level, before
from sim.plan.wanted import WantedLevel, wanted_in, wanted_levels

_GDP = "gdp"
"""The measure that value added adds up to, by its name in measures.yaml."""
_COMMA = Text("、", ", ")
_Based = tuple[WantedLevel, int | None]
"""A wanted level, and the one year at whose prices it stands; none where it stands at its own."""
_Wanted = Callable[[CityPlan, str, str], list[_Based]]


@rule(140, Text("区县目标意味着其余地区下降", "districts that imply a falling rest of the city"))
def rest_of_city(plan: CityPlan) -> Iterator[Finding]:
    """Take all wanted levels of districts from that of the city in the same year, for every measure that adds up."""
    for name, entry in ((name, entry) for name, entry in plan.measures.by_name.items() if entry.kind != "ratio"):
        for wanted in (_as_wanted, _as_grown) if entry.price != entry.growth_price else (_as_wanted,):
            for based in (item for city in plan.regions.own for item in wanted(plan, name, city)):
                if based[0].high < inf:
                    yield from _rest(plan, based, wanted)


def _as_wanted(plan: CityPlan, measure: str, region: str) -> list[_Based]:
    return [(item, None) for item in wanted_levels(plan, measure, region)]


def _as_grown(plan: CityPlan, measure: str, region: str) -> list[_Based]:
    """Return known levels grown at wanted real rates: at the prices of the base, so only beside each other."""
    found: list[_Based] = []
    for rate in (claim for claim in plan.at(measure, region, "growth") if claim.is_target):
        base = before(plan, rate).levels.get(rate.base)
        if base is None or not base.is_exact:
            continue
        low, high = (base.value * (1.0 + bound) ** rate.span if isfinite(bound) else bound for bound in rate.bounds(0.0))
        value, claims = base.value * (1.0 + rate.value) ** rate.span, (rate, *base.claims)
        grown = WantedLevel(rate.measure, rate.last, value, claims=claims, region=region, low=low, high=high)
        found.append((grown, rate.base))
    return found


def _rest(plan: CityPlan, based: _Based, wanted: _Wanted) -> Iterator[Finding]:
    """A district that is only not to exceed a number may stay where it is, and says nothing."""
    city, prices = based
    districts = list[WantedLevel]()
    for name in (name for name in plan.regions.names if name != city.region and plan.regions.inside(name, city.region)):
        same = [item for item, base in wanted(plan, city.measure.key, name) if (item.year, base) == (city.year, prices)]
        if same and same[0].low > -inf and plan.regions.are_apart([name, *(item.region for item in districts)]):
            districts.append(same[0])
    past = _before(plan, city, prices, districts) if districts else []
    if not past:
        return
    start = past[0].value - sum(level.value for level in past[1:])
    theirs = sum(item.value for item in districts)
    end = city.value - theirs
    if start <= 0.0 or end >= start:
        return
    message = Text(
        "{city.name} {city.year} 年{own} {city.amount}，其中{names} {theirs}，其余地区便须由 {year} 年的 {had}降到 {left}，"
        "年均 {growth:%}。",
        "{city.name} in {city.year}: {own} {city.amount} and {names} {theirs} leave {left} for the rest, "
        "down from {had} in {year}, {growth:%} a year.",
    )
    amount, year = city.measure.amount, past[0].year
    said = {"had": amount(start), "left": amount(end), "theirs": amount(theirs), "own": city.claims[0].where, "year": year}
    worked = {
        "growth": -1.0 if end <= 0.0 else growth(start, end, city.year - year),
        "inside": city.value - end,
        "start": start,
        "end": end,
        "names": joined([item.claims[0].where for item in districts], _COMMA),
    }
    claims = [claim for item in (city, *districts) for claim in item.claims]
    arithmetic = "{city.value} − {inside} = {end} < {start}"
    yield finding("conflict" if end <= 0.0 else "doubt", (*claims, *past), arithmetic, message, city=city, **said, **worked)


def _before(plan: CityPlan, city: WantedLevel, prices: int | None, districts: Sequence[WantedLevel]) -> list[Level]:
    """Return the last levels of the city and its districts known of one year, or of that whose prices they stand at."""
    as_of = plan.known_at(city.claims[0])
    known = [Known(plan, item.measure, item.region, as_of).levels for item in (city, *districts)]
    years = set[int].intersection(*({year for year, level in item.items() if level.is_exact} for item in known))
    year = max((year for year in years if year < city.year and prices in (None, year)), default=None)
    return [] if year is None else [item[year] for item in known]


@rule(150, Text("产值与增加值并列", "gross output beside value added"))
def gross_output(plan: CityPlan) -> Iterator[Finding]:
    """Set all targets of gross output and revenue in a region and year together beside the GDP of the region.

    They count what was bought from others, so they are never a part of it.
    """
    outputs = [target for target in plan.targets("level") if target.measure.entry.gross_output]
    for region, year in dict.fromkeys((target.region, target.last) for target in outputs):
        together = [target for target in outputs if (target.region, target.last) == (region, year)]
        gdp = _gdp(plan, together[0]) if _GDP in plan.measures.by_name else None
        if gdp is not None:
            yield _beside_gdp(together, gdp)


def _gdp(plan: CityPlan, target: PlanClaim) -> Level | None:
    """Return the GDP that is wanted for the year of the outputs, else the latest that is known."""
    wanted = wanted_in(plan, _GDP, target.region, target.last)
    return wanted[0] if wanted else before(plan, target, _GDP).last(target.last)


def _beside_gdp(outputs: Sequence[PlanClaim], gdp: Level) -> Finding:
    one = Text("{target.name} {target.said}（{times} 倍）", "{target.name} of {target.said} ({times} times)")
    listed = joined([filled(one, target=target, times=target.value / gdp.value) for target in outputs], _COMMA)
    message = Text(
        "{first.where} {first.last} 年{listed}，与 {gdp.year} 年地区生产总值 {gdp.amount} 并列时须注意：产值和收入含外购部分，"
        "不是增加值，不能与地区生产总值相加，也不能当作它的一部分。",
        "{first.where}: {listed} in {first.last} stand beside GDP of {gdp.amount} in {gdp.year}; output and revenue count what "
        "was bought from others, they are no value added and no part of GDP.",
    )
    is_more = gdp.year == outputs[0].last and any(target.value > gdp.value for target in outputs)
    ratio = Text("", "{target.value} / {gdp.value} = {times}")
    ratios = [filled(ratio, target=target, gdp=gdp, times=target.value / gdp.value).en for target in outputs]
    rests_on: tuple[Evidence, ...] = (*outputs, gdp)
    return finding(
        "doubt" if is_more else "note", rests_on, "; ".join(ratios), message, first=outputs[0], gdp=gdp, listed=listed
    )
