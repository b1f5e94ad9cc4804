"""What the project ledger can do for a path: the alternatives of levers.yaml, tried as wholes beside the continuous levers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Values
from sim.base.errors import InputError, Place
from sim.base.text import Text
from sim.inputs.model_files import Alternative
from sim.inputs.scenario import read_scenario
from sim.plan.reading import Reading
from sim.simulate.opening import Case, beside
from sim.studies.plan.path import Path, PathRequest, levers_file, levers_path, up_to_the_targets
from sim.studies.plan.points import PathLever, Responses

Settings = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Tried:
    """An alternative with what it does without any lever moved, and with those of the path."""

    label: Text
    settings: tuple[tuple[str, str], ...]
    before: float
    alone: float
    with_path: float


def tried(case: Case, path: Path, request: PathRequest) -> list[Tried]:
    """Every alternative that differs from the scenario, at no move and at the path's moves: how often all targets are met.

    Raises
    ------
    SimError
        when an alternative is no setting of this city.
    """
    found = []
    for item in levers_file(case).alternatives:
        settings = tuple((key, str(value)) for key, value in item.settings.items())
        try:
            other = _with(case, settings)
        except InputError as error:
            place = Place(levers_path(case), key=f"alternatives: {item.label.zh}")
            raise InputError([replace(fault, place=place) for fault in error.faults]) from error
        if other.plan != case.plan:
            found.append(_tried(case, other, item, settings, path, request))
    return found


def _with(case: Case, settings: tuple[tuple[str, str], ...]) -> Case:
    """The case with an alternative."""
    called, folder = case.scenario, case.world.home.scenarios
    made = beside(case, read_scenario(called.file, called.use, (*called.settings, *settings), folder=folder))
    return replace(made, selection=case.selection)


def _tried(case: Case, other: Case, item: Alternative, settings: Settings, path: Path, request: PathRequest) -> Tried:
    still = np.zeros(len(path.levers))
    return Tried(
        label=item.label,
        settings=settings,
        before=_joint(case, path.levers, path.readings, still, request),
        alone=_joint(other, path.levers, path.readings, still, request),
        with_path=_joint(other, path.levers, path.readings, path.steps, request),
    )


def _joint(case: Case, levers: Sequence[PathLever], readings: Sequence[Reading], steps: Values, request: PathRequest) -> float:
    made = Responses(up_to_the_targets(case, readings), tuple(levers), tuple(readings), request.design)
    return float(made.met(steps).all(axis=0).mean())
