"""What history says of a city year by year, and what the model says of the same: yearly changes of the fitted indicators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.base.arrays import Values
from sim.inputs.history import History
from sim.inputs.model_files import FitRule, PublishedCheck
from sim.model.graph import Graph
from sim.result.dataset import published_series

FEWEST_CHANGES = 4
"""Yearly changes that a fit needs at the least."""
PERCENT = 100.0


@dataclass(frozen=True)
class Observation:
    """A published indicator that the model is fitted to, by the name of the indicator."""

    check: PublishedCheck
    rule: FitRule

    @property
    def name(self) -> str:
        """The published indicator."""
        return self.check.history


def fitted(checks: Iterable[PublishedCheck]) -> tuple[Observation, ...]:
    """The checks of a model that say how they are fitted."""
    return tuple(Observation(check, check.fit) for check in checks if check.fit is not None)


def published_levels(observation: Observation, history: History, region: str) -> dict[int, float]:
    """Published values by year: shares and growth as ratios, all else in the unit of publication."""
    series = published_series(observation.check, history, region)
    scale = 1.0 / PERCENT if observation.check.reading in {"share", "growth"} else 1.0
    return {year: item.value * scale for year, item in series.items()}


def published_changes(observation: Observation, history: History, region: str) -> dict[int, float]:
    """Changes into each year that is published with the year before it and crosses no declared break."""
    levels = published_levels(observation, history, region)
    if observation.check.reading == "growth":
        return {year: float(np.log1p(rate)) for year, rate in levels.items() if not crosses_break(observation, history, year)}
    pairs = ((before, year) for before, year in pairwise(sorted(levels)) if year == before + 1)
    return {
        year: _change(observation, levels[before], levels[year])
        for before, year in pairs
        if not crosses_break(observation, history, year)
    }


def crosses_break(observation: Observation, history: History, year: int, first: int | None = None) -> bool:
    """Whether the change into a year, or any from `first` on, is no change of what is measured."""
    names = {observation.name, observation.check.numerator, observation.check.denominator} - {None}
    return any(history.breaks_in(str(name), year, first) for name in names)


def _change(observation: Observation, before: float, after: float) -> float:
    return after - before if observation.check.reading == "share" else float(np.log(after / before))


def modelled_changes(observation: Observation, rows: Mapping[str, Values], graph: Graph, region: str) -> Values:
    """The model's changes [year, draw] of a run, `rows` being its outputs [year, dims..., draw] with the base year first."""
    levels = modelled_levels(observation, rows, graph, region)
    return np.diff(levels if observation.check.reading == "share" else np.log(levels), axis=0)


def modelled_levels(observation: Observation, rows: Mapping[str, Values], graph: Graph, region: str) -> Values:
    """The model's values [year, draw]: the members of the check summed, as a part of the whole where it is a share."""
    check = observation.check
    dims, values = list(graph.dims_of(check.variable)), rows[check.variable]
    if "region" in dims:
        place = graph.dimensions["region"].members.index(region)
        values = np.take(values, place, axis=1 + dims.index("region"))
        dims.remove("region")
    part = values
    for dim, members in check.members.items():
        places = [graph.dimensions[dim].members.index(member) for member in members]
        part = np.take(part, places, axis=1 + dims.index(dim))
    others = tuple(range(1, 1 + len(dims)))
    summed: Values = part.sum(axis=others)
    return summed / values.sum(axis=others) if check.reading == "share" else summed
