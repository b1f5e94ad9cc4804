"""A scenario ready for questions: its numbers and verdicts with levers moved, centrally and by draws; one person's moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import xarray as xr

from sim.base.arrays import Numbers, Truths, Values
from sim.engine.integrate import central_run
from sim.ensemble.blocks import Task
from sim.ensemble.reducers import Share
from sim.ensemble.running import LEVELS as LEVELS_OF_RUN
from sim.ensemble.running import gathered
from sim.explore.sliders import Group, Moves, by_key, changes_of, groups_of
from sim.inputs.year_path import from_year
from sim.model.binding import bound_further
from sim.plan.evaluation import Evaluated
from sim.plan.feasibility import is_clear, lift, shares_of
from sim.plan.probability import Conditions, conditions_of, with_probabilities
from sim.plan.scorecard import Score
from sim.result.dataset import to_dataset
from sim.simulate.design import Design
from sim.simulate.draws import draw
from sim.simulate.opening import Case, with_projects
from sim.simulate.pipeline import compiled, evaluated, judge_of, judged, readings_of

_MOST_CHARTS = 6
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
class DrawnAnswer:
    """The answer of the draws: bands [level, year] of the series, chances of each target and of all, lifts of pairs."""

    bands: Mapping[str, Values]
    shares: Mapping[str, Share]
    joint: Share | None
    lift: Values
    clear: Truths
    count: int
    read: Mapping[str, Values]
    """Quantiles of the number of each target, as the scorecard takes them."""

    def judged(self, central: Central) -> tuple[Score, ...]:
        """The scorecard by these draws, as `run` has it."""
        return tuple(with_probabilities(central.scores, self.shares, self.read))


@dataclass(frozen=True)
class LeverView:
    """A case compiled once for its levers; `answer` and `spread` may be asked any number of times, by anyone.

    A lever that is moved acts from the year `since` on, by default the first of the run; see sim.explore.sliders.
    """

    case: Case
    groups: tuple[Group, ...]
    outputs: tuple[str, ...]
    series: tuple[str, ...]
    prior: bool = False
    """True where draws are from the priors, not the posterior."""

    @property
    def first_year(self) -> int:
        """The first year of the run."""
        return self.case.base_year + 1

    def moved(self, moves: Moves, since: int | None = None) -> Case:
        """Return the case with some levers moved, as a file that is saved has it.

        Raises
        ------
        SimError
            when a value lies outside the range of its lever.
        """
        changes, city = changes_of(self.case, moves, since or self.first_year), self.case.city
        return replace(self.case, bound=bound_further(self.case.bound, changes, city.data, city.graph, city.names))

    def answer(self, moves: Moves, since: int | None = None) -> Central:
        """The central run with some levers moved, as `run` would have it.

        Raises
        ------
        SimError
            when a value lies outside the range of its lever, or the run fails.
        """
        case = self.moved(moves, since)
        results = self._results(case)
        return Central(results, tuple(judged(case, results, self.published)))

    def _results(self, case: Case) -> xr.Dataset:
        return to_dataset(central_run(*compiled(case, self.outputs), case.bound), case.city.graph, case.city.labels)

    @cached_property
    def published(self) -> tuple[Evaluated, ...]:
        """The evaluation of the targets by published figures, which is the same wherever the levers are."""
        return evaluated(self.case, self._results(self.case))

    @cached_property
    def still(self) -> Central:
        """The scenario as it is."""
        return self.answer({})

    @cached_property
    def still_spread(self) -> DrawnAnswer:
        """Its draws."""
        return self.spread({})

    @cached_property
    def conditions(self) -> Conditions:
        """The targets that draws can judge."""
        return conditions_of(self.still.scores, judge_of(self.case, self.still.results))

    def spread(self, moves: Moves, count: int = DRAWS, seed: int = 0, since: int | None = None) -> DrawnAnswer:
        """The draws with some levers moved, as `run --draws` would have them.

        Raises
        ------
        SimError
            when no draw stays finite.
        """
        place = self.case.city.graph.dimensions["region"].members.index(self.case.city.data.key)

        def read(values: Mapping[str, Values], numbers: Numbers) -> tuple[list[Values], list[Values]]:
            return [*self.conditions.read(values, numbers).values()], [values[name][:, place] for name in self.series]

        def collect(task: Task) -> DrawnAnswer:
            fine, (numbers, series) = gathered(task, 1, read)
            return self._summed_up(numbers[:, fine], series[..., fine], task.draws.groups_of(np.flatnonzero(fine)))

        return draw(
            self.moved(moves, since), Design(count, seed, prior=self.prior), (*self.conditions.outputs, *self.series), collect
        )

    def _summed_up(self, read: Values, series: Values, groups: Numbers | None) -> DrawnAnswer:
        quantiles = np.quantile(series, LEVELS, axis=-1)
        bands = {name: quantiles[:, place] for place, name in enumerate(self.series)}
        names, rules, count = self.conditions.names, self.conditions.rules, series.shape[-1]
        if not names:
            return DrawnAnswer(bands, {}, None, np.zeros((0, 0)), np.zeros((0, 0), dtype=bool), count, {})
        met = np.array([rules[name].met(row) for name, row in zip(names, read, strict=False)], dtype=bool)
        ratio, error = lift(met, groups)
        undecided = met[[names.index(name) for name in self.conditions.open]]
        (joint,) = shares_of(np.all(undecided, axis=0, keepdims=True), groups) if len(undecided) else (None,)
        shares = dict(zip(names, shares_of(met, groups), strict=True))
        levels = dict(zip(self.conditions.read_names, np.quantile(read, LEVELS_OF_RUN, axis=-1).T, strict=True))
        return DrawnAnswer(bands, shares, joint, ratio, is_clear(ratio, error), count, levels)


def levers_of(case: Case, *, prior: bool = False) -> LeverView:
    """Compile a case for its sliders, whose draws are from the posterior or from the priors.

    Raises
    ------
    SimError
        when the model's levers.yaml is faulty, or the run fails.
    """
    case = with_projects(case)
    groups, graph = groups_of(case), case.city.graph
    first, values = case.base_year + 1, dict(case.bound.values)
    for name in by_key(groups):  # the kernel must know that they may change, whichever of them is moved
        values[name] = from_year(values[name], first)
    case = replace(case, bound=replace(case.bound, values=values))
    series = tuple(name for name in case.city.outline.first if graph.dims_of(name) == ("region",))[:_MOST_CHARTS]
    outputs = tuple(dict.fromkeys((*_read_by_targets(case), *series)))
    return LeverView(case, groups, outputs, series, prior)


def _read_by_targets(case: Case) -> tuple[str, ...]:
    """Every variable that a verdict reads, with its twin at constant prices."""
    names = dict.fromkeys(name for reading in readings_of(case, case.selection.targets) for name in reading.outputs)
    twins = (name.replace("_nominal", "_real") for name in names)
    return tuple(dict.fromkeys((*names, *(name for name in twins if name in case.city.graph.quantities))))


_MOST_STEPS = 200


@dataclass
class State:
    """The scenario that is shown, the levers that are moved, the year since when they are, and what was before."""

    levers: LeverView
    moves: Mapping[str, float] = field(default_factory=dict)
    since: int = 0
    _before: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.since = self.since or self.levers.first_year

    def go(self, **changed: Any) -> None:
        """Take another scenario, other moves or another year since when they act; what is no change is no step."""
        now = {"levers": self.levers, "moves": self.moves, "since": self.since}
        if any(now[name] is not value and (name == "levers" or now[name] != value) for name, value in changed.items()):
            self._before.append(now)
            del self._before[:-_MOST_STEPS]
            vars(self).update(changed)

    def move(self, key: str, value: float) -> None:
        """Move a lever from where the scenario has it."""
        self.go(moves={**self.moves, key: value})

    def replace(self, levers: LeverView) -> None:
        """Take another scenario, with nothing moved."""
        self.go(levers=levers, moves={}, since=levers.first_year)

    def undo(self) -> None:
        """Go one step back; at the beginning nothing happens."""
        if self._before:
            vars(self).update(self._before.pop())

    @property
    def can_undo(self) -> bool:
        """True where there is a step to go back."""
        return bool(self._before)
