"""The parameters of a city's model as rows of the parameter table."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.base.words import unit_words
from sim.city.city import World
from sim.city.describing import declarations
from sim.inputs.parameters import ParameterRecord
from sim.model.binding import own_values
from sim.model.declarations import Event
from sim.model.values import value_text
from sim.report.parameter_page import ParameterRow, readers_of_parameters, span_text


def parameter_rows(world: World) -> list[ParameterRow]:
    """Every parameter with the city's own value, in the order of its files."""
    values, readers = own_values(world.city).values, readers_of_parameters(dict(_reads(world)))
    dimensions = world.graph.dimensions
    return [
        ParameterRow(
            name=record.name,
            label=record.label,
            kind=record.kind,
            unit=unit_words(record.unit),
            value=value_text(values.get(record.name), [dimensions[dim] for dim in record.dims], world.labels),
            range=span_text(record.range),
            prior=_prior(record),
            evidence=record.evidence,
            source=_source(record),
            note=record.note or Text("", ""),
            readers=readers.get(record.name, []),
        )
        for record in world.city.parameters.values()
    ]


def _reads(world: World) -> Iterator[tuple[str, list[str]]]:
    for item in declarations(world):
        reads = item.arguments if isinstance(item, Event) else world.graph.reads(item.name)
        yield item.name, [name for name in reads if name != "time"]


def _source(record: ParameterRecord) -> str:
    """The source, and of a level of the base year whose figure it is."""
    return record.source if record.base_origin is None else f"{record.source}〔{record.base_origin.text.zh}〕"


def _prior(record: ParameterRecord) -> str:
    """The prior of the value, or of a common factor on all members."""
    if record.common_factor is not None:
        return f"× {span_text(record.common_factor)}"
    return span_text(record.prior)
