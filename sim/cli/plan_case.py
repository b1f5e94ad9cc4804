"""The scenario that a verb of `plan` looks at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sim.base.errors import Place
from sim.inputs.home import Home, default_scenarios, find_home
from sim.inputs.scenario import find_scenario
from sim.plan.named import targets_named
from sim.simulate.opening import Case, open_cases, seeded


@dataclass(frozen=True)
class Chosen:
    """A scenario by file or name, with what the call changes; without a name, what the home folder declares."""

    scenario: str | None
    city: str | None
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    home: Path | None
    seed: int = 0
    usual: Literal["plan", "catalogue"] = "plan"
    as_of: int | None = None

    def case(self) -> Case:
        """The scenario, read and checked.

        Raises
        ------
        SimError
            with every fault.
        """
        home = find_home(self.home)
        name = self.scenario or self._usual(home)
        file = find_scenario(name, home.scenarios, home.cities())
        return seeded(open_cases(home, [file], self.city, self.use, self.settings, self.as_of)[0], self.seed)

    def _usual(self, home: Home) -> str:
        declared = default_scenarios(home, self.city)
        return declared.plan if self.usual == "plan" else declared.catalogue


def with_targets(case: Case, names: tuple[str, ...]) -> Case:
    """The case with these targets only; as it is where none are named.

    Raises
    ------
    UsageError
        with every name that is no target.
    """
    if not names:
        return case
    chosen = targets_named(case.world.catalogue.targets, names, Place(key="--target"))
    return replace(case, selection=replace(case.selection, targets=tuple(chosen)))
