"""A case at chosen values of some parameters: at the centre of everything else, or with the same draws at each point.

Every point takes the same draws, so that differences between points are those of the levers alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Dimension, Numbers, Truths, Values
from sim.base.errors import Faults, InputError, Place
from sim.base.text import Text
from sim.ensemble.designs import Listed
from sim.ensemble.draws import Input, Sample
from sim.ensemble.running import gathered
from sim.inputs.model_files import LeverEntry
from sim.inputs.sweep_section import Over
from sim.inputs.year_path import YearPath
from sim.plan.least_change import LinearTargets
from sim.plan.reading import Reading
from sim.simulate.design import Design, swept_inputs
from sim.simulate.draws import draw, draws_of
from sim.simulate.opening import Case


def at_points(case: Case, key: str, points: Values, outputs: Sequence[str]) -> Mapping[str, Values]:
    """Return outputs [year, dims..., point] where a parameter is a constant, with everything else at its centre.

    A lever takes the values [point] from the first simulated year on. The ledger is at its mean.

    Raises
    ------
    SimError
        when the parameter may not be moved, or a point becomes infinite.
    """
    faults, values = Faults(), [float(value) for value in points]
    found = swept_inputs(case, [Over(key, sorted(set(values)), Place(key=key))], faults)
    faults.raise_if_any(InputError)
    design = Design().swept_by("list", Sample(tuple(item.input for item in found), Listed((tuple(values),))))
    names = tuple(dict.fromkeys(outputs))
    _, tables = draw(case, design, names, lambda task: gathered(task, 1, lambda made, _: [made[name] for name in names]))
    return dict(zip(names, tables, strict=True))


_CLOSE = 1e-9
_AROUND = 0.15
"""Part of the draws on either side of a quantile whose responses are averaged."""
_NUDGE = 0.25
"""Part of a step by which a lever is moved to see what it does."""


@dataclass(frozen=True)
class PathLever:
    """A lever of a path: its step and weight, and how many steps it may go down and up from where the scenario has it."""

    name: str
    label: Text
    unit: str
    step: float
    weight: float
    low: float
    high: float
    before: YearPath

    between: tuple[float, float] = (0.0, 0.0)
    """The lowest and the highest value that is believable."""
    dims: tuple[Dimension, ...] = ()
    is_outside: bool = False
    """True where the scenario has it beyond what is believable, so that it may only come back."""

    def at(self, steps: float, year: int) -> Values:
        """Its value [dims...] in a year once it is moved: all members by as much."""
        return np.asarray(self.before.at(year) + steps * self.step)


def first_year(case: Case) -> int:
    """The first year in which a lever may still be moved: none that is over when the last known figures are out."""
    city = case.city
    return max(city.data.settings.base_year, city.known_to) + 1


def lever_of(case: Case, name: str, entry: LeverEntry) -> PathLever:
    """A lever where a scenario has it, in any year in which it may still be moved."""
    first, last = first_year(case), case.last_year
    path, record = case.bound.values[name], case.city.data.parameters[name]
    values = np.array([path.at(year).ravel() for year in range(first, last + 1)])
    low, high = (float(value) for value in entry.between)
    down, up = min((low - values.min()) / entry.step, 0.0), max((high - values.max()) / entry.step, 0.0)
    outside = bool(values.min() < low - _CLOSE or values.max() > high + _CLOSE)
    dims = tuple(case.city.graph.dimensions[dim] for dim in record.dims)
    step, weight = float(entry.step), float(entry.weight)
    return PathLever(name, record.label, record.unit, step, weight, down, up, path, (low, high), dims, outside)


@dataclass(frozen=True)
class Responses:
    """Runs a case with its levers moved by steps, with the same draws at every point."""

    case: Case
    levers: tuple[PathLever, ...]
    readings: tuple[Reading, ...]
    design: Design

    @property
    def signs(self) -> Values:
        """One for what must be reached, minus one for what must not be exceeded."""
        return np.array([-1.0 if reading.is_ceiling else 1.0 for reading in self.readings])

    @property
    def goals(self) -> Values:
        """The numbers from which on targets count as met."""
        return np.array([reading.rule.limit for reading in self.readings])

    def values(self, points: Values) -> Values:
        """The numbers of the targets [target, point, draw] at points [lever, point], in steps."""
        first, members, readings = first_year(self.case), self.design.count, self.readings
        inputs = tuple(Input(lever.name, lever.name, first_year=first, added=True) for lever in self.levers)
        columns = tuple(tuple(lever.step * points[place]) for place, lever in enumerate(self.levers))
        design = replace(self.design, draws=points.shape[1] * members, sample=Sample(inputs, Listed(columns), members))

        def read(made: Mapping[str, Values], _: Numbers) -> list[list[Values]]:
            return [[reading.value(made) for reading in readings]]

        outputs = [name for reading in readings for name in reading.outputs]
        fine, (values,) = draw(self.case, design, outputs, lambda task: gathered(task, design.workers, read))
        values[:, ~fine] = np.nan
        return values.reshape(len(readings), points.shape[1], members)

    @property
    def groups(self) -> Numbers | None:
        """Number of what each draw has in common with others."""
        return draws_of(self.case, self.design).groups_of(np.arange(self.design.count))

    def met(self, levers: Values) -> Truths:
        """Tell which draws meet which targets [target, draw] with the levers moved."""
        return self._met(self.values(levers[:, np.newaxis])[:, 0])

    def _met(self, values: Values) -> Truths:
        """The scorecard's own rule, for numbers [target, draw]."""
        return np.array([reading.rule.met(row) for reading, row in zip(self.readings, values, strict=True)])

    def linear(self, levers: Values, chance: Values) -> tuple[LinearTargets, Truths]:
        """The targets around a point, at the quantile that gives each its chance, and which draws meet which there."""
        nudges = np.where(levers + _NUDGE <= np.array([lever.high for lever in self.levers]) + 1e-12, _NUDGE, -_NUDGE)
        points = np.column_stack([levers, levers[:, np.newaxis] + np.diag(nudges)])
        values = self.values(points)
        goals = self.goals[:, np.newaxis, np.newaxis]
        scale = np.maximum(np.abs(goals), 1e-12)
        residuals = self.signs[:, np.newaxis, np.newaxis] * (values - goals) / scale
        held = np.array([np.nanquantile(row[0], 1.0 - part) for row, part in zip(residuals, chance, strict=True)])
        slopes = np.array([_slope(row, part) for row, part in zip(residuals, chance, strict=True)]) / nudges
        return LinearTargets(levers, held, slopes), self._met(values[:, 0])


def _slope(residuals: Values, chance: float) -> Values:
    """Mean change of the residual [point, draw] from the first point to each other, over the draws around the quantile."""
    now = residuals[0]
    fine = np.isfinite(residuals).all(axis=0)
    order = np.argsort(np.where(fine, now, np.inf))[: int(fine.sum())]
    middle, reach = int((1.0 - chance) * len(order)), max(int(_AROUND * len(order)), 1)
    near = order[max(middle - reach, 0) : middle + reach + 1]
    return np.asarray((residuals[1:, near] - now[near]).mean(axis=1))


def offered(case: Case, entries: Mapping[str, LeverEntry], names: Sequence[str]) -> tuple[PathLever, ...]:
    """The levers that may move at all."""
    found = [lever_of(case, name, entries[name]) for name in names]
    return tuple(lever for lever in found if lever.high > lever.low)
