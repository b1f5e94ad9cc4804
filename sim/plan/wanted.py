"""Levels that targets come to: printed, or a known level grown or added to as they ask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sim.base.words import digits, percent
from sim.plan.claims import FLOORS, CityPlan, PlanClaim
from sim.plan.levels import Level, before


@dataclass(frozen=True)
class WantedLevel(Level):
    """A level that targets come to, and how far the text lets it be."""

    region: str = ""
    low: float = -math.inf
    high: float = math.inf


def wanted_levels(plan: CityPlan, measure: str, region: str) -> list[WantedLevel]:
    """Return what targets of a measure in a region come to, printed ones first; else known levels grown or added to."""
    found = list[WantedLevel]()
    for target in plan.at(measure, region):
        if not target.is_target or target.part:
            continue
        wanted: dict[str, Any] = {"measure": target.measure, "region": region, "year": target.last}
        if target.aspect == "level":
            low, high = target.bounds(plan.about)
            found.append(
                WantedLevel(value=target.value, arithmetic=target.formula, claims=(target,), low=low, high=high, **wanted)
            )
            continue
        base = before(plan, target).levels.get(target.base)
        step = None if base is None or base.operator == "<=" else _step(target, base.value)
        if base is not None and step is not None:
            low = -math.inf if target.operator == "<=" else step[0]
            high = math.inf if target.operator in FLOORS or base.operator == ">=" else step[0]
            wanted |= {"claims": (target, *base.claims), "data": base.data, "low": low, "high": high}
            found.append(WantedLevel(value=step[0], arithmetic=f"{digits(base.value)} {step[1]}", **wanted))
    return sorted(found, key=lambda item: len(item.claims))


def _step(target: PlanClaim, base: float) -> tuple[float, str] | None:
    """Return the level at the end and its formula; growth in other prices than the level says nothing of it."""
    entry, asked = target.measure.entry, target.value
    if target.aspect == "growth" and entry.growth_price == entry.price:
        return base * (1.0 + asked) ** target.span, f"× (1+{percent(asked)})^{target.span}"
    if target.aspect == "cut":
        return base * (1.0 - asked), f"× (1−{percent(asked)})"
    if target.aspect in ("additions", "change"):
        return base + target.total, f"+ {digits(asked)}" + (f" × {len(target.years)}" if target.each_year else "")
    return None


def wanted_in(plan: CityPlan, measure: str, region: str, year: int) -> list[WantedLevel]:
    """Return the levels wanted in a year, printed ones first."""
    return [item for item in wanted_levels(plan, measure, region) if item.year == year]
