"""The vocabulary of equations for shapes: steps, ramps and pulses in time, and functions given by points.

The examples are as in sim/model/dynamics.py.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from sim.base.text import Text
from sim.model.declarations import Array
from sim.model.nodes import LOOKUP
from sim.model.symbol import Symbol


def step(time: Array, height: float, start: float) -> Array:
    """Zero before `start`, `height` from then on.

    Parameters
    ----------
    time
        The time, which every equation may read under this name.
    height
        A number.
    start
        The moment in calendar years: 2024.5 is the middle of 2024.

    Returns
    -------
    Array
        No dimensions, a bare number.

    Examples
    --------
    >>> evaluate(lambda time: step(time, 5.0, start=2023.0), years=3)
    [0.0, 5.0, 5.0]
    """
    return np.where(time >= start, height, 0.0)


def ramp(time: Array, slope: float, start: float, end: float) -> Array:
    """Zero before `start`, rising by `slope` a year until `end`, then level.

    Parameters
    ----------
    time
        The time, which every equation may read under this name.
    slope
        A number.
    start, end
        Moments in calendar years.

    Returns
    -------
    Array
        No dimensions, a bare number.

    Examples
    --------
    >>> evaluate(lambda time: ramp(time, 2.0, start=2022.0, end=2024.0), years=4)
    [0.0, 2.0, 4.0, 4.0]
    """
    return slope * (np.clip(time, start, end) - start)


def pulse(time: Array, height: float, start: float, length: float) -> Array:
    """`height` from `start` for `length` years, zero otherwise.

    Parameters
    ----------
    time
        The time, which every equation may read under this name.
    height
        A number.
    start
        A moment in calendar years.
    length
        A number of years.

    Returns
    -------
    Array
        No dimensions, a bare number.

    Examples
    --------
    >>> evaluate(lambda time: pulse(time, 5.0, start=2023.0, length=1.0), years=3)
    [0.0, 5.0, 0.0]
    """
    return np.where(time >= start, np.where(time < start + length, height, 0.0), 0.0)


def lookup(x: Array, points: tuple[tuple[float, float], ...]) -> Array:
    """Piecewise linear function through points; flat outside them.

    Parameters
    ----------
    x
        A bare number.
    points
        Pairs (x, y) with rising x.

    Returns
    -------
    Array
        The value of the function: the dimensions of `x`, a bare number.

    Raises
    ------
    ModelError
        when the x of the points do not rise.

    Examples
    --------
    >>> evaluate(lambda x: lookup(x, ((0.0, 0.0), (10.0, 5.0))), x=("sector", [-1.0, 4.0, 20.0]))
    [0.0, 2.0, 5.0]
    """
    symbol = Symbol.of(x)
    xs, ys = zip(*points, strict=True)
    if any(later <= earlier for earlier, later in pairwise(xs)):
        raise symbol.trace.fault(Text("lookup 的横坐标须递增", "the x values of lookup must rise"))
    return symbol.apply(LOOKUP, symbol.dims, xs=xs, ys=ys)
