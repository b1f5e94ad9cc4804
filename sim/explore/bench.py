"""A scenario ready for questions: what its numbers and verdicts become when levers are moved, centrally and with draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from sim.explore.sliders import Group, by_key, groups_of
from sim.futures import draws_of, posterior_of, task_of
from sim.numerics.blocks import BlockResult
from sim.numerics.designs import Listed
from sim.numerics.draws import DrawRequest
from sim.numerics.reducers import Share
from sim.numerics.sample import Sample
from sim.numerics.workers import run_portions
from sim.outputs.posterior import Posterior
from sim.pipeline import Case, judge_of, readings_of, with_projects
from sim.plan.feasibility import is_clear, lift, shares_of
from sim.plan.probability import Conditions, conditions_of
from sim.plan.scorecard import Score, score_all
from sim.sweeps.board import Board, board_of

Values = NDArray[Any]
Moves = Mapping[str, float]
SERIES = ("gdp_nominal", "manufacturing_share", "four_above_firms", "hightech_firms", "market_entities", "residents")
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)
DRAWS = 600
"""They take about a third of a second, and leave an error of at most two points of a hundred in a probability."""


@dataclass(frozen=True)
class Central:
    """The central run: series by year in the unit of the model, and the scorecard."""

    results: xr.Dataset
    scores: tuple[Score, ...]

    def series(self, name: str, region: str) -> dict[int, float]:
        """A series of the whole city by year."""
        array = self.results[name].sel(region=region)
        return {int(year): float(value) for year, value in zip(array["year"].values, array.values, strict=True)}


@dataclass(frozen=True)
class Spread:
    """What the draws say: bands [level, year] of the series, the chance of each target and of all, the lift of each pair."""

    bands: Mapping[str, Values]
    shares: Mapping[str, Share]
    joint: Share | None
    lift: Values
    clear: NDArray[np.bool_]
    count: int


@dataclass(frozen=True)
class _Gatherer:
    """Makes of a portion of draws which of them meet what, and the series of the city."""

    conditions: Conditions
    series: tuple[str, ...]
    place: int
    realisations: Any

    def __call__(self, result: BlockResult) -> tuple[NDArray[np.bool_], NDArray[np.bool_], Values]:
        """Which draws stayed finite; which targets are met [target, draw]; the series [series, year, draw]."""
        start, stop = result.start, result.stop
        taken = self.realisations(start, stop)
        numbers = np.arange(start, stop) if taken is None else taken
        met = self.conditions(result.values, np.asarray(numbers, dtype=np.intp))
        series = np.array([result.values[name][:, self.place] for name in self.series])
        return result.fine, np.array(list(met.values()), dtype=bool).reshape(-1, stop - start), series


@dataclass(frozen=True)
class Bench:
    """A case compiled once for its levers; `answer` and `spread` may be asked any number of times, by anyone."""

    case: Case
    groups: tuple[Group, ...]
    board: Board
    series: tuple[str, ...]

    def answer(self, moves: Moves) -> Central:
        """The central run with some levers moved, as `run` would have it.

        Raises
        ------
        SimError
            when a value lies outside the range of its lever, or the run fails.
        """
        results = self.board.run(moves)
        return Central(results, tuple(score_all(judge_of(self.case, results), self.case.selection.targets)))

    @cached_property
    def still(self) -> Central:
        """The scenario as it is."""
        return self.answer({})

    @cached_property
    def conditions(self) -> Conditions:
        """The targets that draws can judge."""
        return conditions_of(self.still.scores, judge_of(self.case, self.still.results))

    @cached_property
    def posterior(self) -> Posterior | None:
        """The stored ensemble of the city; None where there is none, and draws come from the priors."""
        return posterior_of(self.case.world)

    def spread(self, moves: Moves, count: int = DRAWS, seed: int = 0) -> Spread:
        """The draws with some levers moved, as `run --draws` would have them.

        Raises
        ------
        SimError
            when no draw stays finite.
        """
        inputs = tuple(item for item in self.board.inputs if item.key in moves)
        draws = draws_of(self.board.case, DrawRequest(count, seed, 1), self.posterior)
        if inputs:
            design = Listed(tuple((float(moves[item.key]),) for item in inputs))
            draws = replace(draws, sample=Sample(inputs, design, count))
        task = task_of(self.board.case, tuple(dict.fromkeys((*self.conditions.outputs, *self.series))), draws)
        gatherer = _Gatherer(self.conditions, self.series, self._place, draws.realisations)
        fine, met, series = (np.concatenate(part, axis=-1) for part in zip(*run_portions(task, gatherer, 1), strict=True))
        return self._summed_up(
            met[:, fine], series[..., fine], np.flatnonzero(fine) % draws.groups if draws.groups > 1 else None
        )

    def _summed_up(self, met: NDArray[np.bool_], series: Values, groups: NDArray[np.intp] | None) -> Spread:
        quantiles = np.quantile(series, LEVELS, axis=-1)
        bands = {name: quantiles[:, place] for place, name in enumerate(self.series)}
        names = self.conditions.names
        if not names:
            return Spread(bands, {}, None, np.zeros((0, 0)), np.zeros((0, 0), dtype=bool), series.shape[-1])
        ratio, error = lift(met, groups)
        (joint,) = shares_of(np.all(met, axis=0, keepdims=True), groups)
        clear = is_clear(ratio, error)
        return Spread(bands, dict(zip(names, shares_of(met, groups), strict=True)), joint, ratio, clear, series.shape[-1])

    @property
    def _place(self) -> int:
        """The place of the whole city among the regions."""
        return self.case.world.graph.dimensions["region"].members.index(self.case.world.city.key)


def bench_of(case: Case) -> Bench:
    """Compile a case for its sliders.

    Raises
    ------
    SimError
        when the model's levers.yaml is faulty, or the run fails.
    """
    case = with_projects(case)
    groups, graph = groups_of(case), case.world.graph
    series = tuple(name for name in SERIES if name in graph.quantities and graph.dims_of(name) == ("region",))
    outputs = tuple(dict.fromkeys((*_read_by_targets(case), *series)))
    return Bench(case, groups, board_of(case, tuple(by_key(groups)), outputs), series)


def _read_by_targets(case: Case) -> tuple[str, ...]:
    """Every variable that a verdict reads, with its twin at constant prices."""
    names = dict.fromkeys(name for reading in readings_of(case, case.selection.targets) for name in reading.outputs)
    twins = (name.replace("_nominal", "_real") for name in names)
    return tuple(dict.fromkeys((*names, *(name for name in twins if name in case.world.graph.quantities))))
