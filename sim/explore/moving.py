"""What a moved slider says: the path of its lever in proportion, or by as much, from a year on, as a scenario file has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sim.base.arrays import Dimension
from sim.base.errors import Faults, InputError, Place
from sim.inputs.parameters import check_range
from sim.inputs.scenario import Change
from sim.inputs.year_path import Floats, YearPath
from sim.simulate.opening import Case

Moves = Mapping[str, float]
ORIGIN = "explore"


def reference_year(case: Case, since: int) -> int:
    """The year whose value a slider shows: the last that a target is for, or a later one from which moves act."""
    years = [target.year for target in case.selection.targets if target.year is not None and target.year <= case.last_year]
    return max(max(years, default=case.last_year), since)


def value_in(case: Case, name: str, year: int) -> float:
    """Where a lever stands in a year: the mean of its members."""
    return float(np.mean(case.bound.values[name].at(year)))


def changes_of(case: Case, moves: Moves, since: int) -> tuple[Change, ...]:
    """The moves as changes of the scenario.

    Raises
    ------
    InputError
        with every value outside the range of its lever.
    """
    faults = Faults()
    for name, value in moves.items():
        check_range(case.world.city.parameters[name], YearPath(np.array(float(value))), faults, Place(key=name))
    faults.raise_if_any(InputError)
    return tuple(
        Change("levers", name, _moved(case, name, float(value), since), ORIGIN, (), "", Place(key=name))
        for name, value in moves.items()
    )


def _moved(case: Case, name: str, value: float, since: int) -> dict[int, Any]:
    """The values of a lever from a year on: scaled where that has a meaning, else shifted, and never outside its range."""
    path, now = case.bound.values[name], value_in(case, name, reference_year(case, since))
    years = range(since, case.last_year + 1)
    before = np.array([path.at(year) for year in years])
    is_scaled = now != 0.0 and bool(np.all(before * now >= 0.0))
    after = before * (value / now) if is_scaled else before + (value - now)
    low, high = case.world.city.parameters[name].range or (-np.inf, np.inf)
    after = np.where(before == now, value, np.clip(after, low, high))
    dims = [case.world.graph.dimensions[dim] for dim in case.world.graph.dims_of(name)]
    return by_year(dict(zip(years, after, strict=True)), dims)


def by_year(values: Mapping[int, Floats], dims: Sequence[Dimension]) -> dict[int, Any]:
    """Values as a file has them; a year in which nothing changes is left out."""
    found: dict[int, Any] = {}
    last: Floats | None = None
    for year, array in values.items():
        if last is None or not np.array_equal(last, array):
            found[year] = by_member(array, dims)
        last = array
    return found


def by_member(array: Floats, dims: Sequence[Dimension]) -> Any:
    """One number where all members are alike, else each by its name."""
    if np.all(array == array.flat[0]):
        return float(array.flat[0])
    return {name: by_member(part, dims[1:]) for name, part in zip(dims[0].members, array, strict=True)}
