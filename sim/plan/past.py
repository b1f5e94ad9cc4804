"""Targets of years before the run: what published data say of them."""

from __future__ import annotations

from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.bindings import HistoryBinding
from sim.inputs.history import Datum, History
from sim.inputs.targets import PlanTarget
from sim.plan.wanted_data import wanted_by_binding


def published_reading(history: History, binding: HistoryBinding, target: PlanTarget) -> tuple[Datum | None, float | None]:
    """The datum of the target's year and what it says in the target's unit; nothing where none is entered.

    Progress across a declared break of the series is refused.
    """
    if binding.indicator is None or target.year is None:
        return None, None
    series = history.series(binding.indicator, target.region)
    now, before = series.get(target.year), series.get(target.year - 1)
    if now is None:
        return None, None
    if binding.reading == "level":
        return now, now.in_unit(target.unit)
    if before is None or history.breaks_in(binding.indicator, target.year):
        return None, None
    if binding.reading == "change":
        return now, (now.value - before.value) * conversion(now.unit, target.unit)
    return now, 100.0 * (now.value / before.value - 1.0)


def why_unread(history: History, binding: HistoryBinding, target: PlanTarget) -> Text:
    """Why nothing is read of a target's year: what is to be entered, or the break of the series that progress would cross."""
    held: tuple[int, ...] = ()
    if binding.indicator is not None and target.year is not None:
        held = tuple(history.series(binding.indicator, target.region))
        crossed = history.breaks_in(binding.indicator, target.year)
        if binding.reading != "level" and crossed and {target.year - 1, target.year} <= set(held):
            years = f"{target.year - 1}–{target.year}"
            return Text(f"`{binding.indicator}` 在 {years} 年间有断点，不可相减", f"`{binding.indicator}` is broken in {years}")
    return wanted_by_binding(binding, target, held)
