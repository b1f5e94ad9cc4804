"""Draws that become infinite or undefined: which ones, and in which year and variable it began."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.numerics.integrate import Clock, Exogenous, Integrator, Supply
from sim.numerics.kernel import Kernel
from sim.numerics.naming import variable_of
from sim.numerics.tape import Phase
from sim.numerics.workspace import NARROWEST, Workspace

Values = NDArray[Any]


@dataclass(frozen=True)
class Origin:
    """Where a draw first became infinite or undefined."""

    year: int
    variable: str


def finite_draws(workspace: Workspace, values: Mapping[str, Values]) -> NDArray[np.bool_]:
    """Which draws of the block have only finite stocks and reported `values` at present."""
    layout = workspace.layout
    standing = [layout.leaves[name] for name in workspace.kernel.plan.standing if name in layout.leaves]
    fine = np.ones(workspace.draws, dtype=bool)
    for array in (layout.integrated, *standing, *values.values()):
        fine &= np.isfinite(array).reshape(-1, array.shape[-1]).all(axis=0)
    return fine


def origin_of(kernel: Kernel, clock: Clock, exogenous: Exogenous) -> Origin | None:
    """Run a single draw again, nothing sharing memory, and look at every value after every evaluation."""
    watch = _Watch(Workspace(kernel, NARROWEST, exogenous.drawn, shared=False))
    workspace = watch.workspace
    supply, integrator = Supply(workspace, clock, exogenous), Integrator(workspace, clock)
    workspace.rates = watch.after(workspace.rates, Phase.STEP)
    with np.errstate(all="ignore"):
        supply.at_start()
        workspace.once()
        watch.look(Phase.ONCE, clock.first - 1)
        integrator.start()
        for year in clock.years:
            watch.year = year
            supply.on_new_year(year)
            workspace.year()
            watch.look(Phase.YEAR, year)
            integrator.one_year(year)
            integrator.at_year_end(year)
            workspace.turn()
            watch.look(Phase.END, year)
            if watch.found is not None:
                return watch.found
            integrator.turn_over()
    return watch.found


class _Watch:
    """Remembers the first value that was not finite."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.year = workspace, 0
        self.found: Origin | None = None

    def after(self, function: Any, phase: Phase) -> Any:
        """The function, and a look at its values afterwards."""

        def watched() -> None:
            function()
            self.look(phase, self.year)

        return watched

    def look(self, phase: Phase, year: int) -> None:
        """Note the owner of the first value, in the order of computing, that is not finite, unless one was noted before."""
        if self.found is not None:
            return
        plan, arrays = self.workspace.kernel.plan, self.workspace.layout.arrays
        origin = next((value for value in plan.sections[phase] if not np.isfinite(arrays[value]).all()), None)
        if origin is not None:
            self.found = Origin(year, variable_of(plan.owners[origin]))
