"""The promises of a run: what growth, prices, investment or firms a draw has had, in numbers that an office can judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.model_files import Promise
from sim.inputs.parameters import ParameterRecord
from sim.model.graph import Graph
from sim.plan.reading import picked


@dataclass(frozen=True)
class PromiseReading:
    """A promise as a function of results [year, dims..., draw], up to the year `last` counted from the base year."""

    key: str
    promise: Promise
    picks: Mapping[str, tuple[tuple[int, ...] | None, ...]]
    last: int

    @property
    def outputs(self) -> tuple[str, ...]:
        """Variables that must be computed."""
        return self.promise.outputs

    def value(self, values: Mapping[str, Values]) -> Values:
        """Return the promise [draw], in its unit."""
        if self.promise.weights is not None:
            found = self._weighed(values)
        else:
            series = self._series(values)
            found = self._growth(series) if self.promise.reading == "average_growth" else series[1 : self.last + 1].mean(axis=0)
        return np.asarray(self.promise.times * found)

    def _series(self, values: Mapping[str, Values]) -> Values:
        series = self._total(self.promise.variable, values)
        return series if self.promise.over is None else series / self._total(self.promise.over, values)

    def _total(self, name: str, values: Mapping[str, Values]) -> Values:
        return picked(values[name], self.picks[name])

    def _growth(self, series: Values) -> Values:
        return np.asarray((series[self.last] / series[0]) ** (1.0 / self.last) - 1.0)

    def _weighed(self, values: Mapping[str, Values]) -> Values:
        """Return growth of each member, weighed by what another variable was in the base year."""
        series, weights = values[self.promise.variable], values[str(self.promise.weights)][0]
        axes = tuple(range(weights.ndim - 1))
        return np.asarray((self._growth(series) * weights).sum(axis=axes) / weights.sum(axis=axes))


def promise_readings(
    promises: Mapping[str, Promise], graph: Graph, last: int, parameters: Mapping[str, ParameterRecord]
) -> tuple[PromiseReading, ...]:
    """Return all promises, from the base year to one `last` years later.

    Raises
    ------
    InputError
        with every name that the model does not know and every variable that does not fit the others.
    """
    faults = Faults()
    for item in promises.values():
        _check(item, graph, parameters, item.place(), faults)
    faults.raise_if_any()
    return tuple(
        PromiseReading(key, item, {name: _members(item, name, graph) for name in item.outputs}, last)
        for key, item in promises.items()
    )


def _check(item: Promise, graph: Graph, parameters: Mapping[str, ParameterRecord], place: Place, faults: Faults) -> None:
    unknown = [name for name in item.outputs if name not in graph.quantities]
    for name in unknown:
        faults.add(Text(f"模型没有变量 {name}", f"the model has no variable {name}"), place, nearest(name, graph.quantities))
    if item.by is not None and (item.by not in parameters or parameters[item.by].range is None):
        known = [name for name, record in parameters.items() if record.range is not None]
        message = Text(f"by：模型没有带范围的参数 {item.by}", f"by: the model has no parameter {item.by} with a range")
        faults.add(message, place, nearest(item.by, known))
    if unknown:
        return
    _check_members(item, graph, place, faults)
    if item.weights is not None and graph.quantities[item.weights].dims != graph.quantities[item.variable].dims:
        pair = f"{item.weights}, {item.variable}"
        faults.add(Text(f"维度不同：{pair}", f"different dimensions: {pair}"), place)


def _check_members(item: Promise, graph: Graph, place: Place, faults: Faults) -> None:
    dims = graph.quantities[item.variable].dims
    for dim, members in item.members.items():
        if dim not in dims:
            message = Text(f"{item.variable} 没有维度 {dim}", f"{item.variable} has no dimension {dim}")
            faults.add(message, place, nearest(dim, dims))
            continue
        known = graph.dimensions[dim].members
        for member in (member for member in members if member not in known):
            message = Text(f"维度 {dim} 没有成员 {member}", f"dimension {dim} has no member {member}")
            faults.add(message, place, nearest(member, known))


def _members(promise: Promise, name: str, graph: Graph) -> tuple[tuple[int, ...] | None, ...]:
    chosen = []
    for dim in graph.quantities[name].dims:
        known = graph.dimensions[dim].members
        wanted = promise.members.get(dim)
        chosen.append(None if wanted is None else tuple(known.index(member) for member in wanted))
    return tuple(chosen)
