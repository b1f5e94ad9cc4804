"""How a run was called, kept in its run file, so that the same run can be made again from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.ensemble.draws import DrawRequest
from sim.inputs.home import Home
from sim.simulate.pipeline import Outcome

ATTRIBUTE, DIGEST = "call", "digest"


@dataclass(frozen=True)
class StoredCall:
    """The file of the scenario below the home folder (or anywhere; none for a city without one), and what the call added."""

    scenario: str | None
    city: str
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    seed: int
    count: int
    precision: str
    prior: bool
    as_of: int | None = None
    place: int = 0
    """Which of the scenarios of its run it was."""

    def file(self, home: Home) -> Path | None:
        """Where the scenario stands."""
        return None if self.scenario is None else home.folder / self.scenario

    def draws(self, workers: int) -> DrawRequest | None:
        """The draws of the run; None where it had none."""
        return DrawRequest(self.count, self.seed, workers, self.precision, self.prior) if self.count else None


def call_of(outcome: Outcome, place: int) -> dict[str, Any]:
    """The call of a run, as plain values; `place` counts the scenarios of the run."""
    case, draws = outcome.case, outcome.asked
    scenario, home = case.scenario, case.world.home.folder
    file = scenario.file.resolve()
    named = file.relative_to(home).as_posix() if file.is_relative_to(home) else str(file)
    seed = draws.seed if draws is not None else 0 if case.plan is None else case.plan.seed
    call = StoredCall(
        scenario=named if scenario.files else None,
        city=scenario.city,
        settings=scenario.settings,
        use=scenario.use,
        seed=seed,
        count=0 if draws is None else draws.count,
        precision="float64" if draws is None else draws.precision,
        prior=draws is not None and draws.prior,
        as_of=case.world.as_of,
        place=place,
    )
    return asdict(call)


def read_call(attributes: Mapping[str, Any], file: Path) -> StoredCall:
    """The call that a run file holds.

    Raises
    ------
    UsageError
        when it holds none, or one that another version wrote.
    """
    try:
        return TypeAdapter(StoredCall).validate_python(json.loads(attributes[ATTRIBUTE]))
    except (KeyError, ValueError, TypeError, RecursionError, ValidationError) as error:
        message = Text("运行文件没有记下命令，由另一版本写出", "the run file holds no call: another version wrote it")
        advice = Text("请用本版本重新运行情景", "run the scenario again with this version")
        raise UsageError(Fault(message, Place(file), advice)) from error
