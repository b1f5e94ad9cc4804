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


def implied_rest_growth(reading: Reading, rows: Mapping[str, Values], series: Values, graph: Graph) -> float | None:
    """The growth of the rest that a level of a district or group implies; None where the target is no such level."""
    binding = reading.binding
    dims = graph.quantities[binding.variable].dims
    if binding.reading != "level" or binding.over or DISTRICT not in dims:
        return None
    chosen = reading.picks[0][1][dims.index(DISTRICT)]
    if chosen is None or is_intensive(unit_of(binding.variable, graph)):
        return None
    city = whole(reading, dims.index(DISTRICT)).series(rows)
    start, end = float(city[0, 0] - series[0, 0]), float(city[reading.last, 0]) - reading.target.value
    if start <= 0.0 or end <= 0.0:
        return None
    return float(100.0 * ((end / start) ** (1.0 / reading.last) - 1.0))


def whole(reading: Reading, axis: int) -> Reading:
    """The same reading over all districts."""
    name, chosen = reading.picks[0]
    everywhere = tuple(None if place == axis else item for place, item in enumerate(chosen))
    return replace(reading, picks=((name, everywhere),))
