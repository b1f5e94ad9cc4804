"""A single run, with the kernel of a batch: one draw, padded to two; and where a draw that is lost first went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.base.arrays import Truths, Values
from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text
from sim.engine.integrate import Clock, Exogenous, YearValues, simulate
from sim.engine.kernel import Kernel, variable_of
from sim.engine.tape import Computed, Phase
from sim.engine.workspace import DOUBLE, NARROWEST, Workspace


def central_run(kernel: Kernel, clock: Clock, exogenous: Exogenous) -> Iterator[YearValues]:
    """Yield the base year and each simulated year with one draw, values [dims..., 1] that are the caller's to keep.

    Raises
    ------
    RunError
        when a stock or output becomes infinite or undefined, naming the variable and the year where it began.
    """
    with _workspace(kernel, exogenous.drawn) as workspace:
        for row in simulate(workspace, clock, exogenous):
            values = {name: value[..., :1].copy() for name, value in row.values.items()}
            page = np.concatenate([value.ravel() for value in values.values()] or [np.zeros(0)])
            if not (np.isfinite(page).all() and finite_draws(workspace, {}).all()):
                raise RunError(not_finite(origin_of(kernel, clock, exogenous), row.year))
            yield YearValues(row.year, values, float(workspace.active.embedded_error.max()))


_MOST_IDLE = 8
_idle: dict[tuple[int, frozenset[str]], Workspace] = {}


@contextmanager
def _workspace(kernel: Kernel, drawn: frozenset[str]) -> Iterator[Workspace]:
    """Memory for one run, nobody else's meanwhile. Laying it out takes a third of a run, so it waits for the next run.

    A workspace holds its kernel, so the kernel's identity cannot pass to another one while the workspace is idle. One whose run
    failed or was left halfway is not used again.
    """
    key = id(kernel), drawn  # popped while in use: a second run at the same time lays out memory of its own
    workspace = _idle.pop(key, None) or Workspace(kernel, NARROWEST, drawn)
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
