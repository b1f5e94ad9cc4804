"""Draws from a Sobol sequence: evenly spread over the priors, each draw known by its index in the sequence."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.streams import uniforms

Values = NDArray[Any]


def sobol_uniforms(seed: int, names: tuple[str, ...], start: int, stop: int) -> dict[str, Values]:
    """Numbers in (0, 1) for each name; the n-th name is the n-th dimension, so another name at the end changes nothing.

    Each dimension is rotated by a number of its own (Cranley and Patterson), which depends on the seed and the name.
    """
    from scipy.stats import qmc  # scipy.stats takes half a second to import, and only a Sobol design wants it

    sequence = qmc.Sobol(d=len(names), scramble=False)
    if start:
        sequence.fast_forward(start)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The balance properties", category=UserWarning)  # a block may be any part
        points = sequence.random(stop - start)
    shifts = np.array([uniforms(seed, f"{name}\0shift", 0, 1)[0] for name in names])
    rotated = np.clip((points + shifts) % 1.0, 2.0**-53, 1.0 - 2.0**-53)
    return {name: rotated[:, place] for place, name in enumerate(names)}
