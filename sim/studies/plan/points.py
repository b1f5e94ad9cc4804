"""Runs a case at chosen values of some parameters: at the centre of everything else, or with the same draws at each point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import Faults, InputError, Place
from sim.ensemble.blocks import BlockResult
from sim.ensemble.designs import Listed
from sim.ensemble.draws import Draws, Sample
from sim.ensemble.workers import run_portions
from sim.inputs.sweep_section import Over
from sim.simulate.draws import task_of
from sim.simulate.opening import Case
from sim.simulate.sampling.inputs import swept_inputs
from sim.simulate.sampling.plan import compiled_for

Values = NDArray[Any]


@dataclass(frozen=True)
class Points:
    """Points [key, point] of some parameters: constants, of levers from the first simulated year on, else from the start."""

    keys: tuple[str, ...]
    columns: Values

    @property
    def count(self) -> int:
        """Number of points."""
        return int(self.columns.shape[1])


def sample_of(case: Case, points: Points, members: int = 0) -> Sample:
    """The points as a sample, with some draws at each.

    Raises
    ------
    InputError
        with every key that may not be moved and every value outside its range.
    """
    faults = Faults()
    pairs = zip(points.keys, points.columns, strict=True)
    overs = [Over(key, [float(value) for value in np.unique(column)], Place(key=key)) for key, column in pairs]
    found = swept_inputs(case, overs, faults)
    faults.raise_if_any(InputError)
    columns = tuple(tuple(float(value) for value in column) for column in points.columns)
    return Sample(tuple(item.input for item in found), Listed(columns), members)


def at_points(case: Case, points: Points, outputs: Sequence[str]) -> Mapping[str, Values]:
    """Outputs [year, dims..., point] with everything else at its centre and the ledger at its mean.

    Raises
    ------
    SimError
        when a key may not be moved, or a point becomes infinite.
    """
    sample = sample_of(case, points)
    task = task_of(compiled_for(case, sample), tuple(outputs), Draws(points.count, sample=sample, silent=True))
    parts = list(run_portions(task, _copied, 1))
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in outputs}


def _copied(result: BlockResult) -> dict[str, Values]:
    """What is kept of a portion; its arrays are written over by the next."""
    return {name: values.copy() for name, values in result.values.items()}
