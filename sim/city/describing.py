"""A city's model described: its declarations, the schema of its scenarios, its kernel, and its loops with measured signs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sim.base.text import Text
from sim.city.city import City
from sim.engine.assembly import KernelRequest
from sim.engine.kernel import Kernel, kernel_for
from sim.engine.links import Loop, link_sign, link_table, polarity, starting_point
from sim.inputs.city import pooled_cities
from sim.inputs.scenario_file import scenario_schema
from sim.model.binding import own_values
from sim.model.declarations import Declaration, load_model


@dataclass(frozen=True)
class MeasuredLoop:
    """A named loop with the sign of every link at the start of the run."""

    loop: Loop
    signs: tuple[int, ...]

    @property
    def polarity(self) -> Text:
        """Reinforcing or balancing."""
        return polarity(self.signs)

    @property
    def links(self) -> list[str]:
        """Links as `cause → effect (+)`."""
        return link_table(dict(zip(self.loop.links, self.signs, strict=True)))

    def as_record(self) -> dict[str, Any]:
        """Plain values for JSON."""
        name = {"loop": self.loop.name, "label_zh": self.loop.label.zh, "label_en": self.loop.label.en}
        return {**name, "polarity": self.polarity.en, "links": self.links}


def declarations(city: City) -> tuple[Declaration, ...]:
    """The declarations of the model's files, with their equations, in file order."""
    return load_model(city.home.models / city.data.settings.model).declarations


def schema_of(city: City) -> dict[str, Any]:
    """The JSON schema of scenario files for a city."""
    cities = pooled_cities(city.home, city.data.key)
    return scenario_schema(city.data.parameters, city.catalogue.targets, cities, city.graph.quantities)


def measured_loops(city: City) -> list[MeasuredLoop]:
    """The named loops of a model with signs measured at the city's base state."""
    settings = city.data.settings
    state = starting_point(city.graph, own_values(city.data), settings.base_year + 1)
    return [
        MeasuredLoop(loop, tuple(link_sign(city.graph, cause, effect, state) for cause, effect in loop.links))
        for loop in city.loops
    ]


def kernel_of(city: City) -> Kernel:
    """The kernel of everything that a city's model reports, with the city's own values and the default method."""
    yearly = own_values(city.data).yearly
    return kernel_for(city.graph, KernelRequest(tuple(city.graph.quantities), frozenset(), yearly))
