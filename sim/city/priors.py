"""Priors of a city's parameters, as factors on their central values."""

from __future__ import annotations

import math
from collections.abc import Iterable

from sim.base.errors import Faults, InputError
from sim.base.text import Text
from sim.ensemble.draws import Prior
from sim.inputs.parameters import ParameterRecord
from sim.inputs.year_path import YearPath
from sim.model.binding import BoundValues


def priors_of(records: Iterable[ParameterRecord], bound: BoundValues, last_year: int) -> tuple[Prior, ...]:
    """The priors of all parameters that the scenario leaves as they are: what it states, it states for certain.

    Raises
    ------
    InputError
        with every prior that does not hold the parameter's own value.
    """
    stated = {item.name for item in bound.resolved}
    faults = Faults()
    found = [prior_of(record, bound, last_year, faults) for record in records if record.name not in stated]
    faults.raise_if_any(InputError)
    return tuple(prior for prior in found if prior is not None)


def prior_of(record: ParameterRecord, bound: BoundValues, last_year: int, faults: Faults) -> Prior | None:
    """A prior as a factor on the parameter's values; a path and all members move together.

    `last_year` is the city's, not the scenario's: a longer run must not change what is drawn.
    """
    if record.common_factor is not None:
        low, high = record.common_factor
        centre = 1.0
    elif record.prior is not None:
        low, high = record.prior
        centre = float(bound.values[record.name].at(last_year).mean())
    else:
        return None
    if low > high:
        message = Text(f"先验的下限 {low:g} 高于上限 {high:g}", f"the prior runs from {low:g} down to {high:g}")
        faults.add(message, record.place, Text("请对调两数", "exchange the two numbers"))
        return None
    if centre == 0.0:
        zh, en = f"参数值为 {centre:g}，先验无从按倍数抽取", f"the value is {centre:g}, and a prior is drawn as a factor on it"
        faults.add(Text(zh, en), record.place, Text("请改 value 或删去 prior", "change the value or leave the prior out"))
        return None
    slack = 1e-9 * max(abs(low), abs(high))
    if not low - slack <= centre <= high + slack or not math.isfinite(centre):
        message = Text(
            f"先验范围 {low:g}–{high:g} 不含参数值 {centre:g}",
            f"the prior {low:g} to {high:g} does not hold the value {centre:g}",
        )
        faults.add(message, record.place, Text("请改 prior 或 value", "change the prior or the value"))
        return None
    ends = sorted((low / centre, high / centre))
    _fail_if_beyond_range(record, bound.values[record.name], ends, faults)
    return Prior(record.name, ends[0], min(max(1.0, ends[0]), ends[1]), ends[1])


def _fail_if_beyond_range(record: ParameterRecord, path: YearPath, factors: list[float], faults: Faults) -> None:
    """A prior may not leave the range that the parameter is declared with, in any year or member."""
    if record.range is None:
        return
    drawn = [float(factor * array) for part in path.everything() for array in part.ravel() for factor in factors]
    low, high = record.range
    slack = 1e-9 * max(abs(low), abs(high))
    if min(drawn) < low - slack or max(drawn) > high + slack:
        message = Text(
            f"按先验可取 {min(drawn):g}–{max(drawn):g}，超出范围 {low:g}–{high:g}（{record.unit}）",
            f"the prior reaches from {min(drawn):g} to {max(drawn):g}, outside {low:g} to {high:g} ({record.unit})",
        )
        faults.add(message, record.place, Text("请改 prior 或 range", "change the prior or the range"))
