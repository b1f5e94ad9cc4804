"""Targets beside the totals of the city: districts that leave a falling rest, and gross output beside GDP.

growth of the rest = ((C1 - D1) / (C0 - D0))^(1/n) - 1, with the city C and its districts D from one year to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import inf, isfinite

from sim.base.text import Text, joined
from sim.plan.lint.finding import Finding, Severity, finding, rule
from sim.plan.lint.levels import Level, last_of, levels
from sim.plan.lint.paths import WantedLevel, wanted_in, wanted_levels
from sim.plan.lint.plan import CityPlan, PlanClaim
from sim.plan.lint.wording import as_printed, number, of_measure, percent

_GDP = "gdp"
"""The measure that value added adds up to, by its name in measures.yaml."""
_COMMA = Text("、", ", ")
_Based = tuple[WantedLevel, int | None]
"""A wanted level, and the one year at whose prices it stands; none where it stands at its own."""
_Wanted = Callable[[CityPlan, str, str], list[_Based]]


@rule(140, Text("区县目标意味着其余地区下降", "districts that imply a falling rest of the city"))
def rest_of_city(plan: CityPlan) -> Iterator[Finding]:
    """Take all wanted levels of districts from that of the city in the same year, for every measure that adds up."""
    for name, entry in plan.measures.by_name.items():
        kinds: list[_Wanted] = [_as_wanted] if entry.kind != "ratio" else []
        kinds += [_as_grown] if entry.kind != "ratio" and entry.price != entry.growth_price else []
        for wanted in kinds:
            for based in (item for city in plan.regions.own for item in wanted(plan, name, city)):
                if based[0].high < inf:
                    yield from _rest(plan, based, wanted)


def _as_wanted(plan: CityPlan, measure: str, region: str) -> list[_Based]:
    """Return levels that are wanted, printed ones first."""
    return [(item, None) for item in sorted(wanted_levels(plan, measure, region), key=lambda item: len(item.claims))]


def _as_grown(plan: CityPlan, measure: str, region: str) -> list[_Based]:
    """Return known levels grown at wanted real rates: at the prices of the base, so only beside each other."""
    found: list[_Based] = []
    for rate in (claim for claim in plan.at(measure, region, "growth") if claim.is_target):
        base = levels(plan, measure, region, plan.known_at(rate)).get(rate.base)
        if base is None or not base.is_exact:
            continue
        low, high = (base.value * (1.0 + bound) ** rate.span if isfinite(bound) else bound for bound in rate.bounds(0.0))
        value, claims = base.value * (1.0 + rate.value) ** rate.span, (rate, *base.claims)
        formula = f"{number(base.value)} × (1+{percent(rate.value)})^{rate.span}"
        found.append((WantedLevel(measure, region, rate.last, value, low, high, formula, claims, base.data), rate.base))
    return found


def _rest(plan: CityPlan, based: _Based, wanted: _Wanted) -> Iterator[Finding]:
    """A district that is only not to exceed a number may stay where it is, and says nothing."""
    city, prices = based
    districts = list[WantedLevel]()
    for name in (name for name in plan.regions.names if name != city.region and plan.regions.inside(name, city.region)):
        same = [item for item, base in wanted(plan, city.measure, name) if (item.year, base) == (city.year, prices)]
        if same and same[0].low > -inf and plan.regions.are_apart([name, *(item.region for item in districts)]):
            districts.append(same[0])
    before = _before(plan, city, prices, districts) if districts else []
    if not before:
        return
    start = before[0].value - sum(level.value for level in before[1:])
    end = city.value - sum(item.value for item in districts)
    if start > 0.0 and end < start:
        yield _falling_rest(plan, (city, districts), (start, end), before)


def _before(plan: CityPlan, city: WantedLevel, prices: int | None, districts: Sequence[WantedLevel]) -> list[Level]:
    """Return the last levels of the city and its districts known of one year, or of that whose prices they stand at."""
    as_of = plan.known_at(city.claims[0])
    known = [levels(plan, item.measure, item.region, as_of) for item in (city, *districts)]
    years = set[int].intersection(*({year for year, level in item.items() if level.is_exact} for item in known))
    year = max((year for year in years if year < city.year and prices in (None, year)), default=None)
    return [] if year is None else [item[year] for item in known]


def _falling_rest(
    plan: CityPlan, wanted: tuple[WantedLevel, Sequence[WantedLevel]], path: tuple[float, float], before: Sequence[Level]
) -> Finding:
    (city, districts), (start, end), year = wanted, path, before[0].year
    growth = -1.0 if end <= 0.0 else (end / start) ** (1.0 / (city.year - year)) - 1.0
    measure, own = plan.measure(city.measure), plan.regions.name(city.region)
    names = joined([plan.regions.name(item.region) for item in districts], _COMMA)
    all_of, theirs = of_measure(city.value, measure), of_measure(sum(item.value for item in districts), measure)
    had, left = of_measure(start, measure), of_measure(end, measure)
    message = Text(
        f"{measure.name.zh} {city.year} 年{own.zh} {all_of.zh}，其中{names.zh} {theirs.zh}，其余地区便须由 {year} 年的 {had.zh}"
        f"降到 {left.zh}，年均 {percent(growth)}。",
        f"{measure.name.en} in {city.year}: {own.en} {all_of.en} and {names.en} {theirs.en} leave {left.en} for the rest, "
        f"down from {had.en} in {year}, {percent(growth)} a year.",
    )
    arithmetic = f"{number(city.value)} − {number(city.value - end)} = {number(end)} < {number(start)}"
    claims = [claim for item in (city, *districts) for claim in item.claims]
    return finding("conflict" if end <= 0.0 else "doubt", (*claims, *before), arithmetic, message)


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
            yield _beside_gdp(plan, together, gdp)


def _gdp(plan: CityPlan, target: PlanClaim) -> WantedLevel | Level | None:
    """Return the GDP that is wanted for the year of the outputs, else the latest that is known."""
    wanted = wanted_in(plan, _GDP, target.region, target.last)
    return wanted[0] if wanted else last_of(levels(plan, _GDP, target.region, plan.known_at(target)), target.last)


def _beside_gdp(plan: CityPlan, outputs: Sequence[PlanClaim], gdp: WantedLevel | Level) -> Finding:
    year = outputs[0].last
    is_more = gdp.year == year and any(target.value > gdp.value for target in outputs)
    severity: Severity = "doubt" if is_more else "note"
    each = [(target.measure.name, as_printed(target), number(target.value / gdp.value)) for target in outputs]
    listed = joined(
        [Text(f"{name.zh} {said.zh}（{times} 倍）", f"{name.en} of {said.en} ({times} times)") for name, said, times in each],
        _COMMA,
    )
    region, total = plan.regions.name(outputs[0].region), of_measure(gdp.value, plan.measure(_GDP))
    message = region + Text(
        f" {year} 年{listed.zh}，与 {gdp.year} 年地区生产总值 {total.zh} 并列时须注意：产值和收入含外购部分，"
        "不是增加值，不能与地区生产总值相加，也不能当作它的一部分。",
        f": {listed.en} in {year} stand beside GDP of {total.en} in {gdp.year}; output and revenue count what was "
        "bought from others, they are no value added and no part of GDP.",
    )
    ratios = [f"{number(target.value)} / {number(gdp.value)} = {number(target.value / gdp.value)}" for target in outputs]
    return finding(severity, (*outputs, gdp), "; ".join(ratios), message)
