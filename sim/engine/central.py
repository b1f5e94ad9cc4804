"""A single run, with the kernel of a batch: one draw, padded to two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text
from sim.engine.integrate import Clock, Exogenous, Integrator, YearValues, begun, simulate
from sim.engine.kernel import Kernel
from sim.engine.source import variable_of
from sim.engine.tape import Computed, Phase
from sim.engine.workspace import DOUBLE, NARROWEST, Values, Workspace


def central_run(kernel: Kernel, clock: Clock, exogenous: Exogenous) -> Iterator[YearValues]:
    """Yield the base year and each simulated year with one draw, values [dims..., 1] that are the caller's to keep.

    Raises
    ------
    RunError
        when a stock or output becomes infinite or undefined, naming the variable and the year where it began.
    """
    with _workspace(kernel, exogenous.drawn) as workspace:
        for row in simulate(workspace, clock, exogenous):
            page = np.concatenate([value[..., 0].ravel() for value in row.values.values()] or [np.zeros(0)])
            if not (np.isfinite(page).all() and finite_draws(workspace, {}).all()):
                raise RunError(not_finite(origin_of(kernel, clock, exogenous), row.year))
            yield YearValues(row.year, _views(page, row.values), float(workspace.active.embedded_error.max()))


def _views(page: Values, like: Mapping[str, Values]) -> dict[str, Values]:
    """The values that stand one after another in a page, by name, with one draw."""
    found, start = dict[str, Values](), 0
    for name, value in like.items():
        shape = (*value.shape[:-1], 1)
        stop = start + prod(shape)
        found[name], start = page[start:stop].reshape(shape), stop
    return found


_MOST_IDLE = 8
_idle: dict[tuple[int, frozenset[str]], Workspace] = {}


@contextmanager
def _workspace(kernel: Kernel, drawn: frozenset[str]) -> Iterator[Workspace]:
    """Memory for one run, nobody else's meanwhile. Laying it out takes a third of a run, so it waits for the next run.

    A workspace holds its kernel, so the kernel's identity cannot pass to another one while the workspace is idle. One whose run
    failed or was left halfway is not used again.
    """
    key = id(kernel), drawn
    workspace = _idle.pop(key, None) or Workspace(kernel, NARROWEST, drawn)
    yield workspace
    _idle[key] = workspace
    while len(_idle) > _MOST_IDLE:
        _idle.pop(next(iter(_idle)), None)


def not_finite(origin: Origin | None, year: int) -> Fault:
    """The fault of a run that became infinite or undefined."""
    if origin is None or not origin.variable:
        message = Text(f"{year} 年出现无穷大或非数", f"not a finite number in {year}")
        return Fault(message, advice=Text("请检查参数和情景数值", "check the parameters and values of the scenario"))
    began = origin
    return Fault(
        Text(
            f"{began.year} 年出现无穷大或非数，始于 {began.variable}",
            f"not a finite number in {began.year}, beginning with {began.variable}",
        ),
        Place(key=began.variable),
        Text("请检查它所读取的参数和情景数值", "check the parameters and scenario values that it reads"),
    )


@dataclass(frozen=True)
class Breach:
    """A check that does not hold: what it says, and the values that contradict it."""

    check: Text
    values: str


@dataclass(frozen=True)
class Origin:
    """Where a draw first became infinite or undefined, or with a `breach` where it first broke a check."""

    year: int
    variable: str
    breach: Breach | None = None


def finite_draws(workspace: Workspace, values: Mapping[str, Values]) -> NDArray[np.bool_]:
    """Which draws of the block have only finite stocks and reported `values` at present."""
    workspace = workspace.active
    layout = workspace.layout
    standing = [layout.leaves[name] for name in workspace.kernel.plan.standing if name in layout.leaves]
    fine = np.ones(workspace.draws, dtype=bool)
    with np.errstate(all="ignore"):
        for array in (layout.integrated, *standing, *workspace.apart(values)):
            fine &= _finite_columns(array.reshape(-1, array.shape[-1]))
    return fine


def _finite_columns(array: Values) -> NDArray[np.bool_]:
    """A finite sum has finite parts, and is quicker to find than whether each part is; only an infinite one may deceive."""
    fine: NDArray[np.bool_] = np.isfinite(np.add.reduce(array, axis=0))
    if not fine.all():
        fine = np.logical_and.reduce(np.isfinite(array), axis=0)
    return fine


def origin_of(kernel: Kernel, clock: Clock, exogenous: Exogenous, precision: np.dtype[Any] = DOUBLE) -> Origin | None:
    """Run a single draw again, nothing sharing memory, and look at every variable after every evaluation."""
    whole = Workspace(kernel, NARROWEST, exogenous.drawn, precision, shared=False)
    before: Integrator | None = None
    with np.errstate(all="ignore"):
        for workspace, years in whole.stages(clock.years):
            integrator, supply = begun(workspace, clock, exogenous, before)
            watch, before = _Watch(workspace, years.start - 1), integrator
            watch.look_at_start()
            workspace.rates = watch.after(workspace.rates, Phase.STEP)
            for year in years:
                watch.year = year
                supply.on_new_year(year)
                workspace.year()
                watch.look(Phase.YEAR)
                integrator.one_year(year)
                integrator.at_year_end(year)
                workspace.turn()
                watch.look(Phase.END)
                watch.look_at_stocks()
                if watch.found is not None:
                    return watch.found
                integrator.turn_over()
            if watch.found is not None:
                return watch.found
    return None


class _Watch:
    """Remembers the first variable that was not finite.

    Only the last value of each equation counts: one in between may be infinite, as in the branch that a choice does not take.
    """

    def __init__(self, workspace: Workspace, year: int) -> None:
        self.workspace, self.year = workspace, year
        self.found: Origin | None = None
        plan = workspace.kernel.plan
        last = {owner: value for value, owner in enumerate(plan.owners) if isinstance(plan.values[value], Computed)}
        self._last = frozenset(last.values())

    def after(self, function: Callable[[], None], phase: Phase) -> Callable[[], None]:
        """The function, and a look at its values afterwards."""

        def watched() -> None:
            function()
            self.look(phase)

        return watched

    def look(self, phase: Phase) -> None:
        """Note the owner of the first value, in the order of computing, that is not finite."""
        plan, arrays = self.workspace.kernel.plan, self.workspace.layout.arrays
        wrong = (value for value in plan.sections[phase] if value in self._last and not np.isfinite(arrays[value]).all())
        self._note(plan.owners[value] for value in wrong)

    def look_at_start(self) -> None:
        """What is reported of the base year, and the first values of the stocks."""
        self._note(_not_finite(self.workspace.values(self.workspace.kernel.plan.base)))
        self.look_at_stocks()

    def look_at_stocks(self) -> None:
        """A stock may overflow although its rate did not."""
        layout = self.workspace.layout
        self._note(_not_finite({row.name: layout.rows(layout.integrated, row) for row in self.workspace.kernel.plan.states}))

    def _note(self, owners: Iterator[str]) -> None:
        if self.found is None:
            self.found = next((Origin(self.year, variable_of(owner)) for owner in owners), None)


def _not_finite(values: Mapping[str, Values]) -> Iterator[str]:
    return (name for name, value in values.items() if not np.isfinite(value).all())
