"""The scenario that a verb of `plan` looks at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import Place
from sim.inputs.home import find_home
from sim.inputs.scenario import find_scenario
from sim.pipeline import Case, open_cases, seeded
from sim.plan.named import targets_named
from sim.plan.selection import Selection


@dataclass(frozen=True)
class Chosen:
    """A scenario by file or name, with what the call changes."""

    scenario: str
    city: str | None
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    home: Path | None
    seed: int = 0

    def case(self) -> Case:
        """The scenario, read and checked.

        Raises
        ------
        SimError
            with every fault.
        """
        home = find_home(self.home)
        file = find_scenario(self.scenario, home.scenarios)
        return seeded(open_cases(home, [file], self.city, self.use, self.settings)[0], self.seed)


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
    return replace(case, selection=Selection(tuple(chosen), case.selection.remarks))
