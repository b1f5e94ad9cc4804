"""Short hashes of what a city's likelihood and priors read, and of nothing else: ensembles with the same were fitted alike.

Four of them, so that a change says what it costs. `files` is of the files that all of it comes from, and is looked at first:
where it is as it was, so is the rest. `beliefs` is of the equations that the fitted indicators need, how they are fitted, and
the priors: another means another fit. `tables` is of the model's code and statistics for base years, which all cities share.
`data` is of the city's values in the years of the fit and of published changes: another means other weights for this city.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.base.arrays import Values
from sim.base.cache import digest, kept
from sim.inputs.city import FARTHEST_YEAR, FIRST_YEAR
from sim.inputs.files import is_file
from sim.inputs.home import Home
from sim.inputs.parameters import ParameterRecord, read_parameters
from sim.inputs.scenario_file import DEFAULT_METHOD, DEFAULT_STEPS
from sim.model.graph import Graph
from sim.model.nodes import Apply, Literal, Node, Read, names_read, walk
from sim.result.posterior import Fingerprint, Posterior, data_key, hash_of_files
from sim.simulate.likelihood.hindcast import HORIZON, Asked, CityHindcasts, Hindcast, city_hindcasts


@dataclass(frozen=True)
class Reach:
    """Equations as bytes that tell them apart, by sorted name, and the names of parameters."""

    equations: tuple[bytes, ...]
    parameters: frozenset[str]


def reached(graph: Graph, variables: Iterable[str]) -> Reach:
    """Everything that the variables rest on, by way of stocks, their first values and their yearly events too."""
    seen, waiting, parts, parameters = set[str](), list(variables), dict[str, bytes](), set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in graph.parameters:
            parameters.add(name)
        for part, node in _behind(graph, name):
            parts[part] = node.encode() if isinstance(node, str) else _told(node)
            waiting += [node] if isinstance(node, str) else names_read(node)
    return Reach(tuple(f"{name} ".encode() + parts[name] for name in sorted(parts)), frozenset(parameters))


def _behind(graph: Graph, name: str) -> Iterator[tuple[str, Node | str]]:
    """The parts that give a name its value: nodes, or another name."""
    stock = name.removesuffix(".rate")
    if name in graph.equations:
        yield f"{name} {graph.variables[name].kind}", graph.equations[name]
    if stock in graph.stocks:
        initial = graph.stocks[stock].initial
        yield f"{stock} initial", initial if isinstance(initial, str) else Literal(initial)
        yield f"{stock} rate", graph.rates[stock]
        for event in graph.events:
            if event.stock == stock:
                yield f"{stock} event {event.order} {event.name}", graph.event_nodes[event.name]
    if name in graph.hidden:
        yield f"{name} initial {graph.hidden[name].yearly_total}", graph.hidden[name].initial
        yield f"{name} rate", graph.hidden[name].rate
    if name in graph.frozen:
        yield f"{name} frozen", graph.frozen[name].node
        growth = graph.frozen[name].growth
        if growth is not None:
            yield f"{name} growth", growth


def _told(node: Node) -> bytes:
    """A node as bytes: what it does with what, and not where it is written."""
    told: dict[int, str] = {}
    for part in walk(node):
        if isinstance(part, Apply):
            inputs = [told[id(item)] for item in part.inputs]
            settings = sorted((key, repr(value)) for key, value in part.settings.items())
            told[id(part)] = digest([repr((part.operation.name, inputs, part.dims, settings)).encode()])
        elif isinstance(part, Read):
            told[id(part)] = repr((part.name, part.dims))
        else:
            told[id(part)] = repr((part.value, part.unit, part.dims))
    return told[id(node)].encode()


_TABLES = ("base_year/*", "reference/*/*.csv", "breaks.yaml")
_DIGITS = 8
"""Significant digits that count: another machine computes the last few of a number otherwise."""


def asked_again(home: Home, posterior: Posterior) -> Asked:
    """The hindcasts of the city that an ensemble was fitted to."""
    return Asked(home.folder, posterior.city, posterior.first, posterior.last, HORIZON)


def fingerprint(home: Home, model: str, asked: Asked) -> Fingerprint:
    """What the hindcasts of a city read; found once for each state of its files.

    Raises
    ------
    InputError
        when the city cannot be opened.
    """
    files = data_key(home, model, (asked.city,))
    key = f"{files} {asked.first} {asked.last} {asked.horizon} {asked.as_of} {home.folder}"
    return kept("fingerprint", digest([key.encode()]), lambda: _made(home.models / model, files, asked))


def _made(model: Path, files: str, asked: Asked) -> Fingerprint:
    city = city_hindcasts(asked)
    graph = city.latest.graph
    reach = reached(graph, [item.check.variable for item in city.observations])
    declared = read_parameters(model, dict(graph.dimensions), (FIRST_YEAR, FARTHEST_YEAR), asked.as_of)
    read = [declared[name] for name in sorted(reach.parameters) if name in declared]
    years = range(asked.first, asked.last + 1)
    beliefs = [
        *reach.equations,
        *_rules(city),
        *_beliefs(city),
        *(part for record in read for part in _declared(record, years)),
        repr((asked.first, asked.last, asked.horizon, asked.as_of, DEFAULT_METHOD, DEFAULT_STEPS)).encode(),
    ]
    tables = [file for pattern in _TABLES for file in sorted(model.glob(pattern)) if is_file(file) and file.suffix != ".pyc"]
    return Fingerprint(files, digest(beliefs), hash_of_files(model, tables), digest(_data(city, sorted(reach.parameters))))


def _rules(city: CityHindcasts) -> Iterator[bytes]:
    """What is fitted, and how; not what it is called."""
    for item in city.observations:
        yield repr(item.check.model_dump(exclude={"label"})).encode()


def _beliefs(city: CityHindcasts) -> Iterator[bytes]:
    """The priors as they are drawn from, in every base year, and how large shocks may be."""
    for origin, hindcast in city.hindcasts.items():
        for name, prior in sorted(hindcast.priors.items()):
            yield f"{origin} {name}".encode()
            yield _rounded(np.array([prior.low, prior.mode, prior.high]))
    for name, span in city.shock_ranges.items():
        yield f"{name} {span}".encode()


def _declared(record: ParameterRecord, years: Iterable[int]) -> Iterator[bytes]:
    """What the model itself says of a parameter that the fit reads."""
    yield record.name.encode()
    if record.value is not None:
        path = record.value
        yield _rounded(np.stack([path.at(year) for year in years]))


def _data(city: CityHindcasts, parameters: Iterable[str]) -> Iterator[bytes]:
    """The values of the years that are run from each base year, and the published changes."""
    names = list(parameters)
    for origin, hindcast in city.hindcasts.items():
        yield str(origin).encode()
        yield from _values(hindcast, (origin, *hindcast.years), names)
    yield _rounded(city.published)


def _values(hindcast: Hindcast, years: Iterable[int], names: Iterable[str]) -> Iterator[bytes]:
    run = list(years)
    for name in names:
        if name in hindcast.values:
            yield name.encode()
            yield _rounded(np.stack([hindcast.values[name].at(year) for year in run]))


def _rounded(values: Values) -> bytes:
    """Numbers to some significant digits, times pi: decimal figures often lie half-way between two roundings."""
    numbers = np.asarray(values, dtype=np.float64).ravel() * np.pi
    return " ".join(f"{number:.{_DIGITS}g}" for number in numbers + 0.0).encode()
