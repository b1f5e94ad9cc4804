"""The promises of a run: what growth, prices, investment or firms a draw has had, in numbers that an office can judge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Values
from sim.base.text import Text
from sim.inputs.model_files import Promise
from sim.inputs.parameters import ParameterRecord
from sim.model.graph import Graph
from sim.plan.consistency import Consistency
from sim.plan.reading import Picks, picks_of, quotient


@dataclass(frozen=True)
class PromiseReading:
    """A promise as a function of results [year, dims..., draw], up to the year `last` counted from the base year."""

    key: str
    promise: Promise
    picks: Picks
    last: int

    @property
    def outputs(self) -> tuple[str, ...]:
        """Variables that must be computed."""
        return self.promise.outputs

    def value(self, values: Mapping[str, Values]) -> Values:
        """Return the promise [draw], in its unit."""
        if self.promise.weights is not None:  # growth of each member, weighed by what another variable was in the base year
            growth, weights = self._growth(values[self.promise.variable]), values[self.promise.weights][0]
            axes = tuple(range(weights.ndim - 1))
            found = (growth * weights).sum(axis=axes) / weights.sum(axis=axes)
        else:
            series = quotient(values, self.picks)
            found = self._growth(series) if self.promise.reading == "average_growth" else series[1 : self.last + 1].mean(axis=0)
        return np.asarray(self.promise.times * found)

    def _growth(self, series: Values) -> Values:
        return np.asarray((series[self.last] / series[0]) ** (1.0 / self.last) - 1.0)


def promise_readings(
    promises: Mapping[str, Promise], graph: Graph, last: int, parameters: Mapping[str, ParameterRecord]
) -> tuple[PromiseReading, ...]:
    """Return all promises, from the base year to one `last` years later.

    Raises
    ------
    InputError
        with every name that the model does not know and every variable that does not fit the others.
    """
    checker = Consistency(graph)
    ranged = [name for name, record in parameters.items() if record.range is not None]
    no_range = Text("by：模型没有带范围的参数 {}", "by: the model has no parameter {} with a range")
    for item in promises.values():
        place = item.place()
        checker.known([] if item.by is None else [item.by], ranged, no_range, place)
        checker.variables(item.outputs, place)
        if not graph.quantities.keys() >= set(item.outputs):
            continue
        checker.dimensions(item.variable, item.members, place)
        checker.members({dim: chosen for dim, chosen in item.members.items() if dim in graph.dimensions}, place)
        if item.weights is not None and graph.quantities[item.weights].dims != graph.quantities[item.variable].dims:
            pair = f"{item.weights}, {item.variable}"
            checker.faults.add(Text(f"维度不同：{pair}", f"different dimensions: {pair}"), place)
    checker.faults.raise_if_any()
    return tuple(PromiseReading(key, item, picks_of(graph, item.outputs, item.members), last) for key, item in promises.items())
