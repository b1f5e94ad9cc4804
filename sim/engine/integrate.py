"""The one loop over time: steps, yearly events, and what each year is reported as.

t = 2021.0 is the night of 31 December 2020; year Y is [Y, Y+1). Time is t0 + k*dt, never summed. Flows are totals of the year,
added up with the method's own weights; stocks and levels are read on 31 December after the yearly events; ratios are their own
equation applied to the year's values.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sim.base.arrays import Values
from sim.engine.assembly import AT_BASE, AT_END, TIME
from sim.engine.methods import RungeKuttaMethod
from sim.engine.plan import looks_at_a_leaf
from sim.engine.workspace import Workspace
from sim.inputs.scenario_file import DEFAULT_STEPS
from sim.model.binding import NOISE, SILENCE


class Exogenous(Protocol):
    """Supplies what the model does not compute: parameters, paths and noise, for a block of draws."""

    @property
    def drawn(self) -> frozenset[str]:
        """Names whose value differs from draw to draw."""
        ...

    def value(self, name: str, year: int) -> Values:
        """The value that holds throughout a calendar year: [dims..., draw] if drawn, else [dims..., 1]."""
        ...


@dataclass(frozen=True)
class Clock:
    """The first and last simulated year, and the number of steps in a year. The base year is the one before `first`."""

    first: int
    last: int
    steps_per_year: int = DEFAULT_STEPS

    @property
    def years(self) -> range:
        """The simulated years."""
        return range(self.first, self.last + 1)


@dataclass(frozen=True)
class YearValues:
    """The outputs of one year: arrays [dims..., draw] by name, which the next year overwrites.

    `embedded_error` is the largest so far of a single run; see sim.engine.workspace.
    """

    year: int
    values: Mapping[str, Values]
    embedded_error: float = 0.0


def simulate(workspace: Workspace, clock: Clock, exogenous: Exogenous) -> Generator[YearValues, None, None]:
    """Yield the base year (the equations at the base state, flows as published totals), then each simulated year."""
    before: Integrator | None = None
    workspace.embedded_error[...] = 0.0
    with np.errstate(all="ignore"):
        for stage, years in workspace.stages(clock.years):
            integrator, supply = begun(stage, clock, exogenous, before)
            workspace.active, before = stage, integrator
            if stage is workspace:
                yield YearValues(clock.first - 1, stage.values(stage.kernel.plan.base))
            for year in years:
                supply.on_new_year(year)
                stage.year()
                integrator.one_year(year)
                stage.turn()
                yield YearValues(year, stage.values(stage.kernel.plan.outputs))
                integrator.turn_over()


def begun(stage: Workspace, clock: Clock, exogenous: Exogenous, before: Integrator | None) -> tuple[Integrator, Supply]:
    """A stage of a run at its first moment: the start of the run, or where the stage before has left it."""
    integrator, supply = Integrator(stage, clock), Supply(stage, clock, exogenous)
    supply.at_start()
    stage.once()
    integrator.start()
    if before is not None:
        integrator.go_on_from(before)
    return integrator, supply


class Integrator:
    """Moves the states of a workspace through time."""

    def __init__(self, workspace: Workspace, clock: Clock) -> None:
        layout, plan = workspace.layout, workspace.kernel.plan
        request = workspace.kernel.request
        if clock.steps_per_year != request.steps_per_year:
            raise AssertionError("the starting rates of a kernel belong to one number of steps")
        self._workspace, self._clock, self._method = workspace, clock, request.method
        self._all, self._slopes, self._stage = layout.integrated, layout.rates, layout.stage
        self._states, self._state_slopes = layout.integrated[: plan.n_states], layout.rates[: plan.n_states]
        self._gain = workspace.scratch("gain", layout.rates)
        self._scaled = workspace.scratch("scaled", layout.rates)
        self._kept = {stage: workspace.scratch(f"kept {stage}", self._states) for stage in stages_to_keep(self._method)}
        self._largest = workspace.scratch("largest", self._states) if self._method.embedded else self._states[:0]
        self._largest[...] = 0.0

    def start(self) -> None:
        """Stocks as at the start of the run."""
        plan, layout = self._workspace.kernel.plan, self._workspace.layout
        self._all[plan.n_states :] = 0.0
        for row in plan.states:
            np.copyto(layout.rows(self._all, row), self._workspace.aligned(plan.first[row.name], row.dims))
        for name, dims in plan.standing.items():
            if name in layout.leaves:
                np.copyto(layout.leaves[name], self._workspace.aligned(plan.first[name], dims))

    def go_on_from(self, other: Integrator) -> None:
        """Stocks as a stage before has left them; it has all that this one has, for more of the model was at work in it."""
        ours, theirs = self._workspace, other._workspace
        rows = {row.name: row for row in theirs.kernel.plan.states}
        pairs = [(self._all, other._all)] + ([(self._largest, other._largest)] if self._method.embedded else [])
        # By name: the later kernel has fewer stocks, so its rows stand in other places.
        for row in ours.kernel.plan.states:
            for to, source in pairs:
                np.copyto(ours.layout.rows(to, row), theirs.layout.rows(source, rows[row.name]))
        for name in ours.kernel.plan.standing:
            if name in ours.layout.leaves:
                np.copyto(ours.layout.leaves[name], theirs.layout.leaves[name])
        ours.embedded_error[...] = theirs.embedded_error

    def one_year(self, year: int) -> None:
        """All steps of a year, and its last moment."""
        steps = self._clock.steps_per_year
        step = self._one_stage if len(self._method.nodes) == 1 else self._many_stages
        for number in range(steps):
            step(year + number / steps, 1.0 / steps)  # never summed: t0 + k*dt has one rounding, not k
        self._set_time(AT_END, year + 1.0)

    def turn_over(self) -> None:
        """After the report: stocks take the values that the events gave them, yearly totals start anew."""
        plan, layout = self._workspace.kernel.plan, self._workspace.layout
        targets = {row.name: (layout.rows(self._all, row), row.dims) for row in plan.states if row.name in plan.events}
        targets |= {name: (layout.leaves[name], dims) for name, dims in plan.standing.items() if name in layout.leaves}
        values = {name: self._workspace.aligned(plan.events[name], dims) for name, (_, dims) in targets.items()}
        for name, value in values.items():
            if looks_at_a_leaf(plan, plan.events[name]):  # another stock, say, that would be written before this one is read
                values[name] = value.copy()
        for name, (target, _) in targets.items():
            np.copyto(target, values[name])
        for row in plan.states:
            if row.name in plan.reset and row.name not in plan.events:
                layout.rows(self._all, row)[...] = 0.0
        self._all[plan.n_states :] = 0.0

    def _set_time(self, moment: str, time: float) -> None:
        """Tell the kernel the time, where it asks for it."""
        leaf = self._workspace.layout.leaves.get(f"{TIME}{moment}")
        if leaf is not None:
            leaf[...] = time

    def _one_stage(self, time: float, dt: float) -> None:
        self._set_time("", time)
        self._workspace.rates()
        np.multiply(self._slopes, dt, out=self._scaled)
        np.add(self._all, self._scaled, out=self._all)

    def _many_stages(self, time: float, dt: float) -> None:
        """Y + dt*sum(b_i k_i); the rates of a stage are folded in at once, and kept only if a later stage reads them.

        The weighted rates are added up stage by stage, and the state last: another order would change the last digit.
        """
        gained = False
        for stage, node in enumerate(self._method.nodes):
            self._move(stage, dt)
            self._set_time("", time + node * dt)
            self._workspace.rates()
            weight = self._method.weights[stage]
            if weight:
                np.multiply(self._slopes, weight * dt, out=self._scaled if gained else self._gain)
                if gained:
                    np.add(self._gain, self._scaled, out=self._gain)
                gained = True
            if stage in self._kept:
                np.copyto(self._kept[stage], self._state_slopes)
        np.add(self._all, self._gain, out=self._all)
        if self._method.embedded:
            self._note_embedded_error(dt)

    def _move(self, stage: int, dt: float) -> None:
        """The state at which a stage reads the rates."""
        start, change = self._states, self._stage
        for earlier, weight in enumerate(self._method.stages[stage]):
            if weight:  # nought times an infinite slope would be undefined
                slopes = self._kept.get(earlier, self._state_slopes)
                np.multiply(slopes, weight * dt, out=change)
                np.add(start, change, out=self._stage)
                start, change = self._stage, self._scaled[: len(self._states)]
        if start is self._states:
            np.copyto(self._stage, self._states)

    def _note_embedded_error(self, dt: float) -> None:
        """The largest difference so far from the embedded method, over states and steps, relative to each state's largest."""
        error, part = self._stage, self._scaled[: len(self._states)]
        error[...] = 0.0
        for stage, (weight, other) in enumerate(zip(self._method.weights, self._method.embedded, strict=True)):
            if weight != other:
                error += np.multiply(self._kept[stage], (weight - other) * dt, out=part)
        # fmax passes over what is not a number: a lost draw is found by its stocks, not by its error.
        np.fmax(self._largest, np.absolute(self._states, out=part), out=self._largest)
        relative = np.divide(np.absolute(error, out=error), self._largest, out=error)  # zero by zero is no error
        noted = self._workspace.embedded_error
        np.fmax(noted, np.fmax.reduce(relative, axis=0, initial=0.0), out=noted)


def stages_to_keep(method: RungeKuttaMethod) -> frozenset[int]:
    """Stages whose rates are read later than by the next stage, or by the embedded method."""
    kept = set[int]()
    for stage, row in enumerate(method.stages):
        kept |= {earlier for earlier, weight in enumerate(row) if weight and earlier != stage - 1}
    embedded = zip(method.weights, method.embedded, strict=True) if method.embedded else ()
    return frozenset(kept | {stage for stage, (weight, other) in enumerate(embedded) if weight != other})


class Supply:
    """Fills the leaves of a workspace from exogenous values."""

    def __init__(self, workspace: Workspace, clock: Clock, exogenous: Exogenous) -> None:
        plan, leaves = workspace.kernel.plan, workspace.layout.leaves
        moments = {TIME, f"{TIME}{AT_BASE}", f"{TIME}{AT_END}"}
        names = [name for name in leaves if name not in moments and name not in plan.standing]
        self._workspace, self._clock, self._exogenous = workspace, clock, exogenous
        yearly = workspace.kernel.request.yearly
        noise = {name for name in names if name.startswith(NOISE) and not name.endswith(AT_BASE)}
        self._yearly = [name for name in names if name in noise or name in yearly]
        self._once = [name for name in names if name not in self._yearly]

    def at_start(self) -> None:
        """Fill in what never changes, and the values of the base year."""
        base = self._clock.first - 1
        for name in self._once:
            # The base year is as it was published: noise begins with the first simulated year.
            silent = name.startswith(NOISE)
            self._fill(name, SILENCE if silent else self._exogenous.value(name.removesuffix(AT_BASE), base))
        leaf = self._workspace.layout.leaves.get(f"{TIME}{AT_BASE}")
        if leaf is not None:
            leaf[...] = float(self._clock.first)

    def on_new_year(self, year: int) -> None:
        """Fill in what changes from year to year."""
        for name in self._yearly:
            self._fill(name, self._exogenous.value(name, year))

    def _fill(self, name: str, value: Values) -> None:
        """`value` has every dimension of the model; the leaf has none of one member."""
        leaf = self._workspace.layout.leaves[name]
        sizes = tuple(size for size in value.shape[:-1] if size > 1)
        leaf[...] = value.reshape((*sizes, value.shape[-1]) if leaf.ndim else ())
