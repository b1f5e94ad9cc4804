"""Draws that are lost: which ones became infinite or undefined, and in which year and variable it began."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.base.text import Text
from sim.engine.integrate import Clock, Exogenous, Integrator, begun
from sim.engine.kernel import Kernel
from sim.engine.naming import variable_of
from sim.engine.tape import Computed, Phase
from sim.engine.workspace import DOUBLE, NARROWEST, Workspace

Values = NDArray[Any]


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
