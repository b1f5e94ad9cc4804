"""What a plan wants of a measure in a year: the level that it prints, or the known level grown or added to as it asks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.plan.lint.claims import Claim
from sim.plan.lint.levels import Level, levels
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import percent, plain


@dataclass(frozen=True)
class Aim:
    """A level that is wanted in a year, how far the text lets it be, and what it rests on."""

    measure: str
    region: str
    year: int
    value: float
    low: float
    high: float
    arithmetic: str
    claims: tuple[Claim, ...]
    data: tuple[str, ...] = ()


def aims(plan: Plan, measure: str, region: str) -> Iterator[Aim]:
    """What the targets of a measure in a region come to, by the year that they end in."""
    for target in plan.at(measure, region):
        if target.is_target and not target.part:
            yield from _aims_of(plan, target)


def aims_in(plan: Plan, measure: str, region: str, year: int) -> list[Aim]:
    """The aims of a year, printed levels first."""
    found = [aim for aim in aims(plan, measure, region) if aim.year == year]
    return sorted(found, key=lambda aim: len(aim.claims))


def _aims_of(plan: Plan, target: Claim) -> Iterator[Aim]:
    key, region, low_high = target.measure.key, target.region, target.bounds(plan.about)
    if target.aspect == "level":
        yield Aim(key, region, target.last, target.value, *low_high, plain(target.value), (target,))
        return
    base = levels(plan, key, region, plan.known_at(target)).get(target.base)
    if base is None or base.operator == "<=":
        return
    value = _reached(target, base)
    if value is not None:
        formula = _formula(target, base)
        low = -math.inf if target.printed.operator == "<=" else value
        high = math.inf if target.printed.operator in (">", ">=") or base.operator == ">=" else value
        yield Aim(key, region, target.last, value, low, high, formula, (target, *base.claims), base.data)


def _reached(target: Claim, base: Level) -> float | None:
    """The level at the end; growth in other prices than the level says nothing of it."""
    entry = target.measure.entry
    if target.aspect == "growth":
        return None if entry.growth_price != entry.price else base.value * (1.0 + target.value) ** target.span
    if target.aspect == "cut":
        return base.value * (1.0 - target.value)
    return base.value + target.total if target.aspect in ("additions", "change") else None


def _formula(target: Claim, base: Level) -> str:
    start = plain(base.value)
    if target.aspect == "growth":
        return f"{start} × (1+{percent(target.value)})^{target.span}"
    if target.aspect == "cut":
        return f"{start} × (1−{percent(target.value)})"
    if target.each_year:
        return f"{start} + {plain(target.value)} × {len(target.years)}"
    return f"{start} + {plain(target.value)}"
