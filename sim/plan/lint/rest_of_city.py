"""What districts want leaves to the rest of the city: if the rest would have to fall, the two do not fit.

growth = ((C1 - D1) / (C0 - D0))^(1/n) - 1, with the city C and its districts D from one base year to one target year.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.plan.lint.aims import Aim, aims, aims_in
from sim.plan.lint.finding import Finding, Severity, finding
from sim.plan.lint.levels import Level, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import of_measure, percent, plain
from sim.text import Text, joined

RULE = "rest_of_city"


def check(plan: Plan) -> Iterator[Finding]:
    """Every measure that adds up over places, every city aim with all aims of districts of its year."""
    for name, entry in plan.measures.by_name.items():
        if entry.kind == "ratio":
            continue
        for city in plan.regions.own:
            for aim in aims(plan, name, city):
                if aim.high < float("inf"):
                    yield from _rest(plan, aim)


def _rest(plan: Plan, city: Aim) -> Iterator[Finding]:
    places = [name for name in plan.regions.names if name != city.region and plan.regions.inside(name, city.region)]
    found = [wanted[0] for name in places if (wanted := aims_in(plan, city.measure, name, city.year))]
    districts = list[Aim]()
    for aim in found:
        if plan.regions.are_apart([aim.region, *(item.region for item in districts)]):
            districts.append(aim)
    base = _base(plan, city, districts)
    if base is None:
        return
    year, before = base
    start = before[0].value - sum(level.value for level in before[1:])
    end = city.value - sum(aim.value for aim in districts)
    if start > 0.0 and end < start:
        yield _finding(plan, (city, districts), (year, start, end), before)


def _base(plan: Plan, city: Aim, districts: list[Aim]) -> tuple[int, list[Level]] | None:
    """The last year in which the city and each of its districts are known."""
    if not districts:
        return None
    as_of = plan.known_at(city.claims[0])
    known = [levels(plan, aim.measure, aim.region, as_of) for aim in (city, *districts)]
    years = set[int].intersection(*(set(item) for item in known))
    year = max((year for year in years if year < city.year), default=None)
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
