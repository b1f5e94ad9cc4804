"""Alternatives of the project ledger for a path: those of levers.yaml, tried as wholes beside the continuous levers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import InputError, Place
from sim.base.text import Text
from sim.inputs.scenario import read_scenario
from sim.simulate.opening import Case, beside
from sim.studies.plan.path import Path, PathRequest, levers_file, levers_path, up_to_the_targets
from sim.studies.plan.points import Responses

Settings = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tried:
    """An alternative, and how often all targets are met: `before` it, with it `alone`, and with the levers of the path."""

    label: Text
    settings: Settings
    before: float
    alone: float
    with_path: float


def tried(case: Case, path: Path, request: PathRequest) -> list[Tried]:
    """Try every alternative that differs from the scenario, at no move and at the path's moves.

    Raises
    ------
    SimError
        when an alternative is no setting of this city.
    """
    still, found = np.zeros(len(path.levers)), []
    for item in levers_file(case).alternatives:
        settings = tuple((key, str(value)) for key, value in item.settings.items())
        try:
            other = _with(case, settings)
        except InputError as error:
            place = Place(levers_path(case), key=f"alternatives: {item.label.zh}")
            raise InputError([replace(fault, place=place) for fault in error.faults]) from error
        if other.plan != case.plan:
            points = (case, still), (other, still), (other, path.steps)
            found.append(Tried(item.label, settings, *(_joint(one, path, steps, request) for one, steps in points)))
    return found


def _with(case: Case, settings: Settings) -> Case:
    """Return the case with an alternative."""
    called, folder = case.scenario, case.city.home.scenarios
    made = beside(case, read_scenario(called.file, called.use, (*called.settings, *settings), folder=folder))
    return replace(made, selection=case.selection)


def _joint(case: Case, path: Path, steps: Values, request: PathRequest) -> float:
    """Return how often all targets of a path are met."""
    made = Responses(up_to_the_targets(case, path.readings), path.levers, path.readings, request.design)
    return float(made.met(steps).all(axis=0).mean())
