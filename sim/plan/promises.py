"""The promises of a run: what growth, prices, investment or firms a draw has had, in numbers that an office can judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Faults, Place, nearest
from sim.inputs.promises import Promise
from sim.model.graph import Graph
from sim.text import Text

Values = NDArray[Any]


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
        """The promise [draw], in its unit."""
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
        array = values[name]
        for members in self.picks[name]:
            array = array.sum(axis=1) if members is None else array.take(members, axis=1).sum(axis=1)
        return array

    def _growth(self, series: Values) -> Values:
        return np.asarray((series[self.last] / series[0]) ** (1.0 / self.last) - 1.0)

    def _weighed(self, values: Mapping[str, Values]) -> Values:
        """Growth of each member, weighed by what another variable was in the base year."""
        series, weights = values[self.promise.variable], values[str(self.promise.weights)][0]
        axes = tuple(range(weights.ndim - 1))
        return np.asarray((self._growth(series) * weights).sum(axis=axes) / weights.sum(axis=axes))


def promise_readings(promises: Mapping[str, Promise], graph: Graph, last: int) -> tuple[PromiseReading, ...]:
    """All promises, from the base year to one `last` years later.

    Raises
    ------
    InputError
        with every name that the model does not know.
    """
    faults = Faults()
    for key, item in promises.items():
        for name in (name for name in item.outputs if name not in graph.quantities):
            message = Text(f"{key}：模型没有变量 {name}", f"{key}: the model has no variable {name}")
            faults.add(message, Place(key="promises.yaml"), nearest(name, graph.quantities))
    faults.raise_if_any()
    return tuple(
        PromiseReading(key, item, {name: _members(item, name, graph) for name in item.outputs}, last)
        for key, item in promises.items()
    )


def _members(promise: Promise, name: str, graph: Graph) -> tuple[tuple[int, ...] | None, ...]:
    chosen = []
    for dim in graph.quantities[name].dims:
        known = graph.dimensions[dim].members
        wanted = promise.members.get(dim)
        chosen.append(None if wanted is None else tuple(known.index(member) for member in wanted))
    return tuple(chosen)
