"""Beside a path: its scenario files, and alternatives of the project ledger, tried as wholes beside the continuous levers.

Of scenario files there are what a path extends, copied beside it, and the moved levers with their values by year.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as File

import numpy as np

from sim.base.arrays import Dimension, Values
from sim.base.errors import InputError, Place
from sim.base.text import Text
from sim.inputs.scenario import read_scenario
from sim.inputs.scenario_file import CALLED
from sim.simulate.opening import Case, beside
from sim.studies.plan.path import Path, PathRequest, levers_file, levers_path, up_to_the_targets
from sim.studies.plan.points import PathLever, Responses, first_year

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


_STILL = 1e-9
LAYER = "required_path"
"""End of the name of the layer that holds the levers; it is switched on last, so that nothing else decides what they are.

Layers are called by the file that they stand in: one that extends another path has layers of its own.
"""


def scenario_text(case: Case, path: Path, name: tuple[str, str], stem: str) -> str:
    """The scenario that follows a path: `name` in Chinese and in English, `stem` of its file."""
    first, last = first_year(case), case.city.data.settings.last_year
    targets = ", ".join(reading.target.id for reading in path.readings)
    pairs = zip(path.levers, path.steps, strict=True)
    moved = [_lever_lines(lever, float(step), range(first, last + 1)) for lever, step in pairs if abs(step) > _STILL]
    layers = _called_layers(case, stem)
    if moved:
        layers[f"{stem}_{LAYER}"] = ["levers:", *(f"  {line}" for lines in moved for line in lines)]
    used = [*case.scenario.use, *layers]
    lines = [
        f"# Written by `python -m sim plan path`: the levers that reach the targets below, from {first} on.",
        f"name: {{zh: {_quoted(name[0])}, en: {_quoted(name[1])}}}",
        f"extends: {case.scenario.file.name.removesuffix('.yaml')}",
        f"targets: [{targets}]",
        *([f"use: [{', '.join(used)}]"] if used else []),
        *(["overrides:"] if layers else []),
        *(line for key, inner in layers.items() for line in (f"  {key}:", *(f"    {item}" for item in inner))),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _raw(raw: object) -> str:
    """Write what a call has set as a file has it; a year is no text."""
    if isinstance(raw, Mapping):
        return f"{{{', '.join(f'{key}: {_raw(value)}' for key, value in raw.items())}}}"
    return _quoted(raw) if isinstance(raw, str) else json.dumps(raw)


def _called_layers(case: Case, stem: str) -> dict[str, list[str]]:
    """Return what the call has set with --set, one layer each in the order in which they apply."""
    scenario, layers = case.scenario, dict[str, list[str]]()
    for item in (item for item in case.bound.resolved if item.origin == CALLED):
        layers[f"{stem}_set_{len(layers) + 1}"] = [f"{item.section}:", f"  {item.name}: {_raw(item.raw)}"]
    for change in (change for change in scenario.ledger if change.origin == CALLED):
        content = change.section.model_dump(exclude_unset=True)
        layers[f"{stem}_set_{len(layers) + 1}"] = [f"ledger: {json.dumps(content, ensure_ascii=False)}"]
    return layers


def _lever_lines(lever: PathLever, step: float, years: range) -> list[str]:
    """A lever as a path in time; a constant one as its value in its first year, which holds."""
    values = {year: _value(lever.at(step, year), lever.dims) for year in years}
    kept = {year: value for year, value in values.items() if year == years.start or values[year - 1] != value}
    shown = ", ".join(f"{year}: {value}" for year, value in kept.items())
    return [f"{lever.name}:", f"  value: {{{shown}}}", f"  note: {step:+.2f} steps of {lever.step:g}"]


def _value(array: Values, dims: Sequence[Dimension]) -> str:
    """A value as YAML: one number where all members have the same, else by member."""
    if np.all(array == array.flat[0]):
        return f"{float(array.flat[0]):.10g}"
    members = (f"{name}: {_value(part, dims[1:])}" for name, part in zip(dims[0].members, array, strict=True))
    return f"{{{', '.join(members)}}}"


def write_scenarios(folder: File, case: Case, paths: dict[str, tuple[Path, tuple[str, str]]]) -> list[File]:
    """Write the paths by file name, with the files that the scenario is made of, so that the folder stands by itself."""
    for file in case.scenario.files:
        shutil.copyfile(file, folder / file.name)
    written = []
    for name, (path, title) in paths.items():
        file = folder / f"{name}.yaml"
        file.write_text(scenario_text(case, path, title, name), encoding="utf-8")
        written.append(file)
    return written
