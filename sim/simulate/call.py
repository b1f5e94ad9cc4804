"""The call that made a result, so that the scenario can be opened again as it was."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sim.ensemble.draws import DrawRequest
from sim.inputs.home import Home
from sim.simulate.opening import Case, open_cases, seeded
from sim.simulate.pipeline import Outcome


@dataclass(frozen=True)
class StoredCall:
    """The file of the scenario below the home folder (or anywhere; none for a city without one), and what the call added.

    `order` counts the scenarios of the call.
    """

    scenario: str
    city: str
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    seed: int
    count: int
    precision: str
    prior: bool
    as_of: int | None
    order: int

    def draws(self, workers: int) -> DrawRequest | None:
        """The draws of the run; None where it had none."""
        return DrawRequest(self.count, self.seed, workers, self.precision, self.prior) if self.count else None

    def reopened(self, home: Home) -> Case:
        """Open the scenario as the call did.

        Raises
        ------
        SimError
            when its files are gone or faulty.
        """
        file = home.folder / self.scenario if self.scenario else Path(self.city)
        return seeded(open_cases(home, [file], self.city, self.use, self.settings, self.as_of)[0], self.seed)


def call_of(outcome: Outcome, order: int) -> StoredCall:
    """The call of a run."""
    case, draws = outcome.case, outcome.asked
    scenario, home = case.scenario, case.world.home.folder
    file = scenario.file.resolve()
    named = file.relative_to(home).as_posix() if file.is_relative_to(home) else str(file)
    return StoredCall(
        scenario=named if scenario.files else "",
        city=scenario.city,
        settings=scenario.settings,
        use=scenario.use,
        seed=draws.seed if draws is not None else 0 if case.plan is None else case.plan.seed,
        count=0 if draws is None else draws.count,
        precision="float64" if draws is None else draws.precision,
        prior=draws is not None and draws.prior,
        as_of=case.world.as_of,
        order=order,
    )
