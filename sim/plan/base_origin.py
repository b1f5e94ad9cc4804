"""Origin of the base of a target: the weakest origin among the parts of the base tables that its base year rests on.

Which those are is found by trying: each part of a table is moved a little, and where the base of the target moves with it, the
part counts. A split whose sum is better known counts where the base moves although the sum stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from sim.base.arrays import Truths, Values
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock, simulate
from sim.engine.kernel import kernel_for
from sim.engine.workspace import Workspace
from sim.inputs.bindings import Binding
from sim.inputs.city import CityData
from sim.inputs.provenance import DERIVED, OWN, BaseOrigin, BasePart, weakest
from sim.inputs.targets import Catalogue, PlanTarget
from sim.inputs.year_path import YearPath
from sim.model.binding import NOISE, SILENCE, own_values
from sim.model.graph import Graph
from sim.plan.reading import GROWTH, Reading, reading_of

MOVED = 0.01
"""The step by which a part of a base table is moved."""
COUNTS = 0.01
"""A part counts where the base moves by more than this share of what the part was moved by."""
SAME = 0.01
"""Distance from a figure, as a part of it, within which the base is that figure: what is printed is rounded."""


@dataclass(frozen=True)
class Bases:
    """The base year of a city as it is and, draw by draw, with one part of its base tables moved.

    `values` are [year, dims..., draw] with the base year alone; draw 0 is the base as it is. Each other one has the
    origin of what is moved in it, and the sum of the cells that are.
    """

    origins: tuple[BaseOrigin, ...]
    sums: tuple[float, ...]
    values: Mapping[str, Values]
    city: CityData
    graph: Graph

    def of(self, target: PlanTarget, binding: Binding) -> BaseOrigin | None:
        """Return the origin of a target's base; None where no figure of the base year enters it.

        The base is the city's own where it is what was published for the year, however it was built, and derived where it is
        what a document prints. Else it is as good as the weakest of the figures that it rests on.
        """
        settings = self.city.settings
        about = settings.about_tolerance
        reading = reading_of(target, binding, self.graph, settings.group_members, settings.base_year, about)
        base = reading.series(self.values)[0]
        return self._published(reading, float(base[0])) or self._weakest(base, reading.factor)

    def _published(self, reading: Reading, base: float) -> BaseOrigin | None:
        binding, target = reading.binding, reading.target
        if binding.printed_base is not None and _is_same(base, binding.printed_base):
            return DERIVED
        if binding.history is None or binding.reading in GROWTH:
            return None
        series = self.city.history.series(binding.history, binding.region or target.region)
        datum = series.get(self.city.settings.base_year)
        if datum is None or not _is_same(base, datum.in_unit(target.unit)):
            return None
        return DERIVED if datum.source == "derived" else OWN

    def _weakest(self, base: Values, factor: float) -> BaseOrigin | None:
        """Return the weakest of what moves the base; derived at best where the base is not the figures' own sum."""
        scale = abs(float(base[0])) or 1.0
        moving = np.flatnonzero(np.abs(base[1:] - base[0]) > COUNTS * MOVED * scale)
        if not moving.size:
            return None
        origin = weakest(self.origins[index] for index in moving)
        is_sum = _is_same(float(base[0]), factor * sum(self.sums[index] for index in moving))
        return origin if is_sum or origin.kind not in ("own", "near") else replace(origin, kind="derived")


def _is_same(base: float, figure: float) -> bool:
    return abs(base - figure) <= SAME * abs(figure)


def bases_of(city: CityData, graph: Graph, catalogue: Catalogue) -> Bases:
    """Compute the base year of a city with each part of its base tables moved, for every variable that a target reads."""
    read = (name for item in catalogue.bindings.values() for name in (item.variable, item.over) if name is not None)
    bound = own_values(city)
    moves = [(name, *move) for name, record in city.parameters.items() for part in record.base for move in _moves(part)]
    parts = [(name, part) for name, record in city.parameters.items() for part in record.base for _ in _moves(part)]
    sums = tuple(float(bound.values[name].at(city.settings.base_year)[part.cells].sum()) for name, part in parts)
    exogenous = _Moved(bound.values, moves)
    kernel = kernel_for(graph, KernelRequest(tuple(dict.fromkeys(read)), frozenset(), bound.yearly))
    workspace = Workspace(kernel, exogenous.draws, exogenous.drawn)
    with closing(simulate(workspace, Clock(city.settings.base_year + 1, city.settings.last_year), exogenous)) as years:
        values = {name: value[np.newaxis].copy() for name, value in next(years).values.items()}
    return Bases(tuple(origin for _, _, origin in moves), sums, values, city, graph)


Factor = Callable[[Values], Values]
"""Multipliers of a table, cell by cell."""


def _moves(part: BasePart) -> Iterator[tuple[Factor, BaseOrigin]]:
    """Yield the moves of a part with the origin that counts then: its sum, and its split where the sum is better known."""
    yield lambda _: 1.0 + MOVED * part.cells, part.origin if part.whole is None else part.whole
    if part.whole is not None:
        for bit in range(int(part.cells.sum()).bit_length()):
            yield partial(_split_moved, part.cells, bit), part.origin


def _split_moved(cells: Truths, bit: int, table: Values) -> Values:
    """Return factors that raise every cell whose number has the bit and lower the others, so that their sum stays.

    Over all bits every cell is moved against every other one.
    """
    up = (np.arange(1, int(cells.sum()) + 1) >> bit & 1).astype(bool)
    rise, rest = float(table[cells][up].sum()), float(table[cells][~up].sum())
    factors: Values = np.ones(table.shape)
    if rise and rest:
        factors[cells] = np.where(up, 1.0 + MOVED, 1.0 - MOVED * rise / rest)
    return factors


@dataclass(frozen=True)
class _Moved:
    """A city's own values, draw 0 as they are and each other one with one move."""

    values: Mapping[str, YearPath]
    moves: list[tuple[str, Factor, BaseOrigin]]

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.moves) + 1

    @property
    def drawn(self) -> frozenset[str]:
        """Parameters that are moved in some draw."""
        return frozenset(name for name, _, _ in self.moves)

    def value(self, name: str, year: int) -> Values:
        """Return the value of a year: [dims..., draw] of what is moved, else [dims..., 1]."""
        if name.startswith(NOISE):
            return SILENCE
        table = self.values[name].at(year)
        if name not in self.drawn:
            return table[..., np.newaxis]
        factors = {draw: factor(table) for draw, (moved, factor, _) in enumerate(self.moves, 1) if moved == name}
        wide = np.repeat(table[..., np.newaxis], self.draws, axis=-1)
        for draw, factor in factors.items():
            wide[..., draw] *= factor
        return wide
