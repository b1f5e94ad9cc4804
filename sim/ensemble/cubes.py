"""Points of the unit cube that are spread evenly, from scipy.stats.qmc, and the walks of Morris.

A Sobol sequence is known point by point; the other sets are made as a whole and kept, since a part cannot be made alone.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.streams import uniforms

Values = NDArray[Any]
LEVELS = 4
"""Levels of the grid on which Morris walks; a step leads over half of them."""
STEP = LEVELS / (2.0 * (LEVELS - 1))
"""Length of a step."""
TAIL = 0.025
"""What Morris leaves out at either end of a distribution without ends."""


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


@lru_cache(maxsize=2)
def hypercube(inputs: int, count: int, seed: int) -> Values:
    """A Latin hypercube [draw, input]."""
    from scipy.stats import qmc

    return np.asarray(qmc.LatinHypercube(inputs, rng=np.random.default_rng(seed)).random(count))


@lru_cache(maxsize=2)
def saltelli_halves(inputs: int, base: int, seed: int) -> tuple[Values, Values]:
    """A and B of Saltelli's design, each [base, input]: the halves of a scrambled Sobol sequence of twice the dimensions."""
    from scipy.stats import qmc

    if not inputs:
        return np.zeros((base, 0)), np.zeros((base, 0))
    points = qmc.Sobol(2 * inputs, scramble=True, rng=np.random.default_rng(seed)).random(base)
    return points[:, :inputs], points[:, inputs:]


@lru_cache(maxsize=2)
def walks(inputs: int, trajectories: int, seed: int) -> Values:
    """Coordinates [input, row] of the trajectories of Morris, one after another, each of inputs + 1 points."""
    random = np.random.default_rng(seed)
    unit = np.empty((trajectories, inputs + 1, inputs))
    for walk in unit:
        down = random.integers(2, size=inputs).astype(bool)
        walk[:] = random.integers(LEVELS // 2, size=inputs) / (LEVELS - 1.0) + STEP * down
        for row, moved in enumerate(random.permutation(inputs), start=1):
            walk[row:, moved] += -STEP if down[moved] else STEP
    return unit.reshape(-1, inputs).T
