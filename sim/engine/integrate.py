"""The one loop over time: steps, yearly events, what each year is reported as; a single run, and where a lost draw went wrong.

t = 2021.0 is the night of 31 December 2020; year Y is [Y, Y+1). Time is t0 + k*dt, never summed. Flows are totals of the year,
added up with the method's own weights; stocks and levels are read on 31 December after the yearly events; ratios are their own
equation applied to the year's values. A single run takes the kernel of a batch: one draw, padded to two.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sim.base.arrays import Truths, Values
from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text
from sim.engine.assembly import AT_BASE, AT_END, TIME
from sim.engine.kernel import Kernel, variable_of
from sim.engine.tape import Computed, Phase
from sim.engine.workspace import DOUBLE, NARROWEST, Workspace
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
            integrator = Integrator(stage, clock, exogenous)
            integrator.begin(before)
            workspace.active, before = stage, integrator
            if stage is workspace:
                yield YearValues(clock.first - 1, stage.values(stage.kernel.plan.base))
            for year in years:
                integrator.one_year(year)
                yield YearValues(year, stage.values(stage.kernel.plan.outputs))
                integrator.turn_over()


class Integrator:
    """Moves the states of a workspace through time, and fills its leaves from what the model does not compute."""

    def __init__(self, workspace: Workspace, clock: Clock, exogenous: Exogenous) -> None:
        layout, plan, request = workspace.layout, workspace.kernel.plan, workspace.kernel.request
        if clock.steps_per_year != request.steps_per_year:
            raise AssertionError("the starting rates of a kernel belong to one number of steps")
        self._workspace, self._clock, self._exogenous, self._method = workspace, clock, exogenous, request.method
        self._layout, self._plan = layout, plan
        self._states, self._state_slopes = layout.integrated[: plan.n_states], layout.rates[: plan.n_states]
        self._part = layout.scaled[: plan.n_states]
        self._supplied = [name for name in layout.leaves if name.partition("@")[0] != TIME and name not in plan.standing]
        noise = {name for name in self._supplied if name.startswith(NOISE) and not name.endswith(AT_BASE)}
        self._yearly = [name for name in self._supplied if name in noise or name in request.yearly]

    def begin(self, before: Integrator | None) -> None:
        """The first moment of a stage: the start of the run, or where the stage before has left it."""
        plan, layout, base = self._plan, self._layout, self._clock.first - 1
        for name in (name for name in self._supplied if name not in self._yearly):
            # The base year is as it was published: noise begins with the first simulated year.
            silent = name.startswith(NOISE)
            self._fill(name, SILENCE if silent else self._exogenous.value(name.removesuffix(AT_BASE), base))
        self._set_time(AT_BASE, float(self._clock.first))
        self._workspace.once()
        layout.largest[...] = 0.0
        layout.integrated[plan.n_states :] = 0.0
        for row in plan.states:
            np.copyto(layout.rows(layout.integrated, row), self._workspace.aligned(plan.first[row.name], row.dims))
        for name, (leaf, dims) in self._standing().items():
            np.copyto(leaf, self._workspace.aligned(plan.first[name], dims))
        if before is not None:
            self._go_on_from(before)

    def _go_on_from(self, other: Integrator) -> None:
        """Stocks as a stage before has left them; it has all that this one has, for more of the model was at work in it."""
        ours, theirs = self._layout, other._layout
        rows = {row.name: row for row in other._plan.states}
        # By name: the later kernel has fewer stocks, so its rows stand in other places.
        for row in self._plan.states:
            for to, source in ((ours.integrated, theirs.integrated), (ours.largest, theirs.largest)):
                np.copyto(ours.rows(to, row), theirs.rows(source, rows[row.name]))
        for name, (leaf, _) in self._standing().items():
            np.copyto(leaf, theirs.leaves[name])
        self._workspace.embedded_error[...] = other._workspace.embedded_error

    def _standing(self) -> dict[str, tuple[Values, tuple[str, ...]]]:
        """Memory and dimensions of the stocks that change only by events, as far as the kernel reads them."""
        leaves = self._layout.leaves
        return {name: (leaves[name], dims) for name, dims in self._plan.standing.items() if name in leaves}

    def _fill(self, name: str, value: Values) -> None:
        """`value` has every dimension of the model; the leaf has none of one member."""
        leaf = self._layout.leaves[name]
        sizes = tuple(size for size in value.shape[:-1] if size > 1)
        leaf[...] = value.reshape((*sizes, value.shape[-1]) if leaf.ndim else ())

    def _set_time(self, moment: str, time: float) -> None:
        """Tell the kernel the time, where it asks for it."""
        if f"{TIME}{moment}" in self._layout.leaves:
            self._layout.leaves[f"{TIME}{moment}"][...] = time

    def one_year(self, year: int) -> None:
        """A year from its 1 January to its report."""
        for name in self._yearly:
            self._fill(name, self._exogenous.value(name, year))
        self._workspace.year()
        steps = self._clock.steps_per_year
        for number in range(steps):
            self._step(year + number / steps, 1.0 / steps)  # never summed: t0 + k*dt has one rounding, not k
        self._set_time(AT_END, year + 1.0)
        self._workspace.turn()

    def turn_over(self) -> None:
        """After the report: stocks take the values that the events gave them, yearly totals start anew."""
        plan, layout = self._plan, self._layout
        rows = {row.name: (layout.rows(layout.integrated, row), row.dims) for row in plan.states}
        targets = {name: row for name, row in rows.items() if name in plan.events} | self._standing()
        # Copied: a value may be a view of another stock that is written before this one is read.
        values = {name: self._workspace.aligned(plan.events[name], dims).copy() for name, (_, dims) in targets.items()}
        for name, (target, _) in targets.items():
            np.copyto(target, values[name])
        for name in plan.reset - plan.events.keys():
            rows[name][0][...] = 0.0
        layout.integrated[plan.n_states :] = 0.0

    def _step(self, time: float, dt: float) -> None:
        """Y + dt*sum(b_i k_i); the rates of a stage are folded in at once, and kept only if a later stage reads them.

        The weighted rates are added up stage by stage, and the state last: another order would change the last digit.
        """
        layout, method = self._layout, self._method
        for stage, (node, weight) in enumerate(zip(method.nodes, method.weights, strict=True)):
            self._move(stage, dt)
            self._set_time("", time + node * dt)
            self._workspace.rates()
            if weight:  # the first stage has one in every method
                np.multiply(layout.rates, weight * dt, out=layout.scaled if stage else layout.gain)
                if stage:
                    np.add(layout.gain, layout.scaled, out=layout.gain)
            if stage in layout.kept:
                np.copyto(layout.kept[stage], self._state_slopes)
        np.add(layout.integrated, layout.gain, out=layout.integrated)
        if method.embedded:
            self._note_embedded_error(dt)

    def _move(self, stage: int, dt: float) -> None:
        """The state at which a stage reads the rates."""
        start, change, moved = self._states, self._layout.stage, self._layout.stage
        for earlier, weight in enumerate(self._method.stages[stage]):
            if weight:  # zero times an infinite slope would be undefined
                slopes = self._layout.kept.get(earlier, self._state_slopes)
                np.multiply(slopes, weight * dt, out=change)
                np.add(start, change, out=moved)
                start, change = moved, self._part
        if start is self._states:
            np.copyto(moved, self._states)

    def _note_embedded_error(self, dt: float) -> None:
        """The largest difference so far from the embedded method, over states and steps, relative to each state's largest."""
        error, part, largest, noted = self._layout.stage, self._part, self._layout.largest, self._workspace.embedded_error
        error[...] = 0.0
        for stage, (weight, other) in enumerate(zip(self._method.weights, self._method.embedded, strict=True)):
            if weight != other:
                error += np.multiply(self._layout.kept[stage], (weight - other) * dt, out=part)
        # fmax passes over what is not a number: a lost draw is found by its stocks, not by its error.
        np.fmax(largest, np.absolute(self._states, out=part), out=largest)
        relative = np.divide(np.absolute(error, out=error), largest, out=error)  # zero by zero is no error
        np.fmax(noted, np.fmax.reduce(relative, axis=0, initial=0.0), out=noted)


def central_run(kernel: Kernel, clock: Clock, exogenous: Exogenous) -> Iterator[YearValues]:
    """Yield the base year and each simulated year with one draw, values [dims..., 1] that are the caller's to keep.

    Raises
    ------
    RunError
        when a stock or output becomes infinite or undefined, naming the variable and the year where it began.
    """
    with workspace_for(kernel, NARROWEST, exogenous.drawn) as workspace:
        for row in simulate(workspace, clock, exogenous):
            values = {name: value[..., :1].copy() for name, value in row.values.items()}
            page = np.concatenate([value.ravel() for value in values.values()] or [np.zeros(0)])
            if not (np.isfinite(page).all() and finite_draws(workspace, {}).all()):
                raise RunError(not_finite(origin_of(kernel, clock, exogenous), row.year))
            yield YearValues(row.year, values, float(workspace.active.embedded_error.max()))


_MOST_IDLE = 8
_idle: dict[tuple[int, int, frozenset[str]], Workspace] = {}


@contextmanager
def workspace_for(kernel: Kernel, draws: int, drawn: frozenset[str]) -> Iterator[Workspace]:
    """Memory for one run, nobody else's meanwhile. Laying it out takes a third of a run, so it waits for the next run.

    A workspace holds its kernel, so the kernel's identity cannot pass to another one while the workspace is idle. One whose run
    failed or was left halfway is not used again.
    """
    key = id(kernel), draws, drawn  # popped while in use: a second run at the same time lays out memory of its own
    workspace = _idle.pop(key, None) or Workspace(kernel, draws, drawn)
    yield workspace
    _idle[key] = workspace
    while len(_idle) > _MOST_IDLE:  # the one that has waited longest goes
        _idle.pop(next(iter(_idle)), None)


def not_finite(origin: Origin | None, year: int) -> Fault:
    """The fault of a run that became infinite or undefined."""
    if origin is None or not origin.variable:
        message = Text(f"{year} 年出现无穷大或非数", f"not a finite number in {year}")
        return Fault(message, advice=Text("请检查参数和情景数值", "check the parameters and values of the scenario"))
    year, variable = origin.year, origin.variable
    return Fault(
        Text(f"{year} 年出现无穷大或非数，始于 {variable}", f"not a finite number in {year}, beginning with {variable}"),
        Place(key=variable),
        Text("请检查它所读取的参数和情景数值", "check the parameters and scenario values that it reads"),
    )


@dataclass(frozen=True)
class Breach:
    """A check that does not hold: what it says, and the values that contradict it."""

    check: Text
    values: str


@dataclass(frozen=True)
class Origin:
    """Year and variable in which a draw first became infinite or undefined, or with a `breach` first broke a check."""

    year: int
    variable: str
    breach: Breach | None = None


def finite_draws(workspace: Workspace, values: Mapping[str, Values]) -> Truths:
    """Tell which draws of the block have only finite stocks and reported `values` at present."""
    workspace = workspace.active
    layout = workspace.layout
    standing = [layout.leaves[name] for name in workspace.kernel.plan.standing if name in layout.leaves]
    fine = np.ones(workspace.draws, dtype=bool)
    with np.errstate(all="ignore"):
        for array in (layout.integrated, *standing, *workspace.apart(values)):
            fine &= _finite_columns(array.reshape(-1, array.shape[-1]))
    return fine


def _finite_columns(array: Values) -> Truths:
    """A finite sum has finite parts, and is quicker to find than whether each part is; only an infinite one may deceive."""
    fine: Truths = np.isfinite(np.add.reduce(array, axis=0))
    if not fine.all():
        fine = np.logical_and.reduce(np.isfinite(array), axis=0)
    return fine


def origin_of(kernel: Kernel, clock: Clock, exogenous: Exogenous, precision: np.dtype[Any] = DOUBLE) -> Origin | None:
    """Run a single draw again, nothing sharing memory, and look at every variable after every evaluation."""
    whole = Workspace(kernel, NARROWEST, exogenous.drawn, precision, shared=False)
    search = _OriginSearch(clock.first - 1)
    for workspace, _ in whole.stages(clock.years):
        workspace.year = search.after(workspace.year, workspace, Phase.YEAR)
        workspace.rates = search.after(workspace.rates, workspace, Phase.STEP)
        workspace.turn = search.after(workspace.turn, workspace, Phase.END)
    for row in simulate(whole, clock, exogenous):
        if row.year < clock.first:
            search.look(row.values)
        layout, states = whole.active.layout, whole.active.kernel.plan.states
        search.look({state.name: layout.rows(layout.integrated, state) for state in states})  # it may, though its rate did not
        if search.found is not None:
            break
        search.year = row.year + 1
    return search.found


class _OriginSearch:
    """Remembers the first variable that was not finite.

    Only the last value of each equation counts: one in between may be infinite, as in the branch that a choice does not take.
    """

    def __init__(self, year: int) -> None:
        self.year = year
        self.found: Origin | None = None

    def after(self, section: Callable[[], None], workspace: Workspace, phase: Phase) -> Callable[[], None]:
        """The section, and a look at its values afterwards, in the order in which they are computed."""
        plan, arrays = workspace.kernel.plan, workspace.layout.arrays
        last = {owner: value for value, owner in enumerate(plan.tape.owners) if isinstance(plan.tape.values[value], Computed)}
        values = [value for value in plan.sections[phase] if last[plan.tape.owners[value]] == value]

        def watched() -> None:
            section()
            self.look({plan.tape.owners[value]: arrays[value] for value in values})

        return watched

    def look(self, values: Mapping[str, Values]) -> None:
        """Note the first of some values that is not finite, by the variable that it belongs to."""
        if self.found is None:
            wrong = (name for name, value in values.items() if not np.isfinite(value).all())
            self.found = next((Origin(self.year, variable_of(name)) for name in wrong), None)
