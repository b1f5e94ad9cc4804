"""What districts want leaves to the rest of the city: if the rest would have to fall, the two do not fit.

growth = ((C1 - D1) / (C0 - D0))^(1/n) - 1, with the city C and its districts D from one base year to one target year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, isfinite

from sim.base.text import Text, joined
from sim.plan.lint.aims import Aim, aims
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.levels import Level, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import of_measure, percent, plain

RULE = "rest_of_city"


def check(plan: Plan) -> Iterator[Finding]:
    """Every measure that adds up over places, every city aim with all aims of districts of its year."""
    for name, entry in plan.measures.by_name.items():
        kinds = [_wanted] if entry.kind != "ratio" else []
        kinds += [_grown] if entry.kind != "ratio" and entry.price != entry.growth_price else []
        for wanted in kinds:
            for city in plan.regions.own:
                for based in wanted(plan, name, city):
                    if based.aim.high < inf:
                        yield from _rest(plan, based, wanted)


@dataclass(frozen=True)
class _Based:
    """An aim, and the one year at whose prices it stands; none where it stands at its own."""

    aim: Aim
    base: int | None = None


Wanted = Callable[[Plan, str, str], list[_Based]]


def _wanted(plan: Plan, measure: str, region: str) -> list[_Based]:
    """Levels that are wanted, printed ones first."""
    return [_Based(aim) for aim in sorted(aims(plan, measure, region), key=lambda aim: len(aim.claims))]


def _grown(plan: Plan, measure: str, region: str) -> list[_Based]:
    """Known levels grown at wanted real rates: at the prices of the base, so only beside each other."""
    found = []
    for rate in (claim for claim in plan.at(measure, region, "growth") if claim.is_target):
        base = levels(plan, measure, region, plan.known_at(rate)).get(rate.base)
        if base is not None and base.is_exact:
            low, high = (base.value * (1.0 + bound) ** rate.span if isfinite(bound) else bound for bound in rate.bounds(0.0))
            value = base.value * (1.0 + rate.value) ** rate.span
            formula = f"{plain(base.value)} × (1+{percent(rate.value)})^{rate.span}"
            aim = Aim(measure, region, rate.last, value, low, high, formula, (rate, *base.claims), base.data)
            found.append(_Based(aim, rate.base))
    return found


def _rest(plan: Plan, city: _Based, wanted: Wanted) -> Iterator[Finding]:
    """A district that is only not to exceed a number may stay where it is, and says nothing."""
    whole = city.aim
    places = [name for name in plan.regions.names if name != whole.region and plan.regions.inside(name, whole.region)]
    found = [
        [item.aim for item in wanted(plan, whole.measure, name) if (item.aim.year, item.base) == (whole.year, city.base)]
        for name in places
    ]
    districts = list[Aim]()
    for aim in (items[0] for items in found if items and items[0].low > -inf):
        if plan.regions.are_apart([aim.region, *(item.region for item in districts)]):
            districts.append(aim)
    base = _base(plan, city, districts)
    if base is None:
        return
    year, before = base
    start = before[0].value - sum(level.value for level in before[1:])
    end = whole.value - sum(aim.value for aim in districts)
    if start > 0.0 and end < start:
        yield _finding(plan, (whole, districts), (year, start, end), before)


def _base(plan: Plan, city: _Based, districts: list[Aim]) -> tuple[int, list[Level]] | None:
    """The last year in which the city and each of its districts are known, or the one at whose prices they stand."""
    if not districts:
        return None
    as_of = plan.known_at(city.aim.claims[0])
    known = [levels(plan, aim.measure, aim.region, as_of) for aim in (city.aim, *districts)]
    years = set[int].intersection(*({year for year, level in item.items() if level.is_exact} for item in known))
    allowed = years if city.base is None else years & {city.base}
    year = max((year for year in allowed if year < city.aim.year), default=None)
    return None if year is None else (year, [item[year] for item in known])


def _finding(plan: Plan, wanted: tuple[Aim, list[Aim]], path: tuple[int, float, float], before: list[Level]) -> Finding:
    (city, districts), (year, start, end) = wanted, path
    severity: Severity = "conflict" if end <= 0.0 else "doubt"
    growth = -1.0 if end <= 0.0 else (end / start) ** (1.0 / (city.year - year)) - 1.0
    measure, own = plan.measure(city.measure), plan.regions.name(city.region)
    names = joined([plan.regions.name(aim.region) for aim in districts], Text("、", ", "))
    all_of, theirs = of_measure(city.value, measure), of_measure(sum(aim.value for aim in districts), measure)
    had, left = of_measure(start, measure), of_measure(end, measure)
    message = Text(
        f"{measure.name.zh} {city.year} 年{own.zh} {all_of.zh}，其中{names.zh} {theirs.zh}，其余地区便须由 {year} 年的 {had.zh}"
        f"降到 {left.zh}，年均 {percent(growth)}。",
        f"{measure.name.en} in {city.year}: {own.en} {all_of.en} and {names.en} {theirs.en} leave {left.en} for the rest, "
        f"down from {had.en} in {year}, {percent(growth)} a year.",
    )
    arithmetic = f"{plain(city.value)} − {plain(city.value - end)} = {plain(end)} < {plain(start)}"
    claims = [*city.claims, *(claim for aim in districts for claim in aim.claims)]
    claims += [claim for level in before for claim in level.claims]
    return finding(RULE, severity, claims, tuple(name for level in before for name in level.data), arithmetic, message)
