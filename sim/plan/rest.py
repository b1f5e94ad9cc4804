"""What a district's target leaves to the rest of the city (D3): the yearly growth that makes the sum come out.

growth = ((city - target) / (city - district at the start))^(1/years) - 1, with the city as projected; per cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from numpy.typing import NDArray

from sim.model.graph import Graph
from sim.plan.reading import DISTRICT, Reading, is_intensive, unit_of

Values = NDArray[Any]


MORE_THAN_ALL = -100.0
"""The growth of a rest of which nothing is left: the target is as much as the whole city has, or more."""


def implied_rest_growth(reading: Reading, rows: Mapping[str, Values], series: Values, graph: Graph) -> float | None:
    """The growth of the rest that a district's or group's target implies; None where it says nothing of a level."""
    binding = reading.binding
    dims = graph.quantities[binding.variable].dims
    goal = _implied_level(reading, series)
    if goal is None or binding.over or DISTRICT not in dims:
        return None
    chosen = reading.picks[0][1][dims.index(DISTRICT)]
    if chosen is None or is_intensive(unit_of(binding.variable, graph)):
        return None
    city = whole(reading, dims.index(DISTRICT)).series(rows)
    start, end = float(city[0, 0] - series[0, 0]), float(city[reading.last, 0]) - goal
    if start <= 0.0:
        return None
    return float(100.0 * ((end / start) ** (1.0 / reading.last) - 1.0)) if end > 0.0 else MORE_THAN_ALL


def _implied_level(reading: Reading, series: Values) -> float | None:
    """The level in the target year that a target asks for, also by growth or change; None for yearly flows."""
    value, before = reading.target.value, float(series[reading.start - 1, 0])
    if reading.binding.reading == "level":
        return value
    if reading.binding.reading == "change":
        return before + value
    if reading.binding.reading in ("average_growth", "growth_each_year"):
        return before * float((1.0 + value / 100.0) ** (reading.last - reading.start + 1))
    return None


def whole(reading: Reading, axis: int) -> Reading:
    """The same reading over all districts."""
    name, chosen = reading.picks[0]
    everywhere = tuple(None if place == axis else item for place, item in enumerate(chosen))
    return replace(reading, picks=((name, everywhere),))
