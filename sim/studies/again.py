"""A stored run made again, bit for bit, from what its files say of how it was called; or the reason why that cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.base.errors import SimError
from sim.base.text import Text, listing
from sim.inputs.home import Home
from sim.result.compare import dataset_differences
from sim.result.netcdf import read_group
from sim.result.store import read_attributes
from sim.simulate.call import DIGEST, StoredCall, read_call
from sim.simulate.draws import with_draws
from sim.simulate.opening import Case, open_cases, seeded
from sim.simulate.pipeline import Outcome, run

Progress = Callable[[Text, float], None]
_MOST_NAMED = 5


@dataclass(frozen=True)
class Again:
    """The outcomes of a run made again, in the order in which they were run; without them, why it could not be."""

    outcomes: tuple[Outcome, ...] = ()
    reason: Text | None = None


def made_again(files: Mapping[str, Path], home: Home, workers: int, progress: Progress) -> Again:
    """Run the scenarios of a stored run again, if their inputs and the program are what they were.

    Raises
    ------
    UsageError
        when a run file does not say how it was called.
    """
    outcomes: list[Outcome] = []
    read = [(file, read_attributes(file)) for file in files.values()]
    called = sorted(((read_call(told, file), told, file) for file, told in read), key=lambda item: item[0].place)
    for call, attributes, file in called:
        try:
            case = opened(call, home)
            progress(case.scenario.name, len(outcomes) / len(files))
            outcome = run(case)
            reason = _changed(outcome, attributes, file)
            if reason is not None:
                return Again(reason=reason)
            draws = call.draws(workers)
            outcomes.append(outcome if draws is None else with_draws(outcome, draws))
        except SimError as error:
            return Again(reason=error.faults[0].message)
    return Again(tuple(outcomes))


def opened(call: StoredCall, home: Home) -> Case:
    """The case of a stored call.

    Raises
    ------
    SimError
        when its files are gone or faulty.
    """
    file = call.file(home) or Path(call.city)
    return seeded(open_cases(home, [file], call.city, call.use, call.settings, call.as_of)[0], call.seed)


def _changed(outcome: Outcome, attributes: Mapping[str, Any], file: Path) -> Text | None:
    """What is no longer as it was when the run was made: files, or what the program makes of them."""
    before: dict[str, str] = json.loads(attributes["input_hashes"])
    now = outcome.provenance.inputs
    names = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    if names or outcome.provenance.digest != attributes[DIGEST]:
        shown = listing(names[:_MOST_NAMED]) if names else Text("命令的选项", "the options of the call")
        return Text(f"运行之后输入已改动：{shown.zh}", f"inputs have changed since the run: {shown.en}")
    if dataset_differences("result", outcome.results, read_group(file, "results")):
        return Text("程序已改动，同样的输入得出不同的结果", "the program has changed: the same inputs give other results")
    return None
