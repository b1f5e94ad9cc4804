"""Several regions run side by side: relabelling them permutes the result, and each equals the city alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.arrays import Dimension
from sim.city import describing
from sim.city.city import City
from sim.engine.integrate import Clock
from sim.engine.methods import METHODS
from sim.inputs.scenario_file import DEFAULT_METHOD
from sim.model.graph import Parameter, build_graph
from sim.simulate import pipeline
from tests.tiny import Fixed, compiled

Values = NDArray[Any]


class TwoRegions(Fixed):
    """The city's values for one region, and the same with another migration and demand for the second."""

    def __init__(self, world: City, *, swapped: bool) -> None:
        super().__init__({})
        self.city, self.swapped = world, swapped
        self.yearly = frozenset(
            name for name, item in world.data.parameters.items() if item.value and not item.value.is_constant
        )

    def at_year(self, year: int) -> dict[str, Values]:
        found = {}
        for name, record in self.city.data.parameters.items():
            assert record.value is not None
            value = record.value.at(year)
            if "region" in record.dims:
                other = value * {"base_migration": 0.5, "planned_public_investment": 1.3}.get(name, 1.0)
                value = np.concatenate([other, value] if self.swapped else [value, other])
            found[name] = value[..., np.newaxis]
        return found


def _run(world: City, *, swapped: bool) -> dict[str, Values]:
    dims = [
        Dimension("region", ("first", "second")) if dim.name == "region" else replace(dim)
        for dim in world.graph.dimensions.values()
    ]
    parameters = [Parameter(item.name, item.unit, item.dims) for item in world.graph.parameters.values()]
    graph = build_graph(describing.declarations(world), dims, parameters)
    values = TwoRegions(world, swapped=swapped)
    return dict(list(compiled(graph, METHODS[DEFAULT_METHOD], Clock(2021, 2026), values))[-1].values)


def test_relabelling_regions_permutes_the_result(world: City) -> None:
    straight, swapped = _run(world, swapped=False), _run(world, swapped=True)
    for name, item in world.graph.quantities.items():
        if "region" in item.dims:
            assert np.array_equal(straight[name], swapped[name][::-1]), name
    assert not np.array_equal(straight["residents"][0], straight["residents"][1])


def test_a_region_among_two_equals_the_city_alone(world: City, outcomes: list[pipeline.Outcome]) -> None:
    both = _run(world, swapped=False)
    alone = outcomes[0].results.sel(year=2026)
    for name in ("gdp_nominal", "residents", "capital", "four_above_firms", "hightech_firms"):
        assert np.allclose(both[name][0, ..., 0], alone[name].values[0], rtol=1e-12), name
