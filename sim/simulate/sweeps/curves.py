"""Which points of a grid or list make one curve: the input of most values goes across, the next one parts the curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.base.text import Text
from sim.simulate.sweeps.names import Named, named_inputs
from sim.simulate.sweeps.statistics import points_of

Values = NDArray[Any]
MOST_CURVES, MOST_ALONG = 6, 200
NUMBER = Named("point", Text("点的序号", "number of the point"), "")


@dataclass(frozen=True)
class Curve:
    """Numbers of points in the order in which they are joined; `level` is the value that they share of the parting input."""

    points: Values
    level: float | None = None


@dataclass(frozen=True)
class Curves:
    """What goes across and where each point stands on it; `held` are further inputs with the one value that is shown."""

    across: Named
    places: Values
    curves: list[Curve]
    parted_by: Named | None = None
    held: tuple[tuple[Named, float], ...] = ()
    levels: int = 1
    """Values of the parting input, of which some may not be shown."""


def curves_of(draws: xr.Dataset) -> Curves:
    """The curves of some draws at single points, in the units that people read.

    Inputs of a grid beyond the second stay at the middle one of their values. The points of a list of several inputs have no
    order but their own, so they stand by their numbers.
    """
    values, named = _values(draws), named_inputs(draws)
    if not values or (draws.attrs["method"] == "list" and len(values) > 1):
        count = draws.sizes["draw"] // max(int(draws.attrs["draws_per_point"]), 1)
        return Curves(NUMBER, np.arange(1, count + 1), [Curve(_evenly(np.arange(count), MOST_ALONG))])
    across, *others = sorted(values, key=lambda key: -len(np.unique(values[key])))  # stable: the first of equals
    held = {key: _middle(values[key]) for key in others[1:]}
    shown = np.logical_and.reduce([np.ones_like(values[across], dtype=bool), *(values[key] == held[key] for key in held)])
    fixed = tuple((named[key], value) for key, value in held.items())
    if not others:
        return Curves(named[across], values[across], [_joined(values[across], shown)])
    parting = np.unique(values[others[0]])
    chosen = _evenly(parting, MOST_CURVES)
    curves = [_joined(values[across], shown & (values[others[0]] == level), float(level)) for level in chosen]
    return Curves(named[across], values[across], curves, named[others[0]], fixed, len(parting))


def _values(draws: xr.Dataset) -> dict[str, Values]:
    """The swept inputs at each point."""
    named, points = named_inputs(draws), points_of(draws)
    return {str(key): named[str(key)].scale * points[key].to_numpy() for key in points.coords}


def _middle(values: Values) -> float:
    levels = np.unique(values)
    return float(levels[len(levels) // 2])


def _joined(places: Values, shown: Values, level: float | None = None) -> Curve:
    """The points that are shown, from left to right."""
    points = np.flatnonzero(shown)
    return Curve(_evenly(points[np.argsort(places[points], kind="stable")], MOST_ALONG), level)


def _evenly(values: Values, most: int) -> Values:
    """Some of many values, evenly spaced, with the first and the last."""
    return np.asarray(values[np.unique(np.linspace(0, len(values) - 1, min(len(values), most)).round().astype(int))])
