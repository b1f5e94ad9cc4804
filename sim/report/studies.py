"""Studies beyond the run itself: feasibility, what each measure adds, the feedback loops, and the required path.

The first three take seconds, and a run writes them; the required path takes half a minute, and `report` adds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

import xarray as xr

from sim.base.durable import scratch_folder
from sim.base.errors import Fault, Place, SimError, UsageError
from sim.base.text import Text
from sim.base.words import OPERATORS, unit_words
from sim.city.describing import measured_loops
from sim.inputs.scenario import plain_scenario, read_scenario
from sim.report import path_words as words
from sim.simulate.design import Design
from sim.simulate.opening import Case, beside
from sim.simulate.result import Aim, Move, Required, Ring, Studies
from sim.studies.plan.attribute import attribution, comparable, players_of
from sim.studies.plan.feasibility import feasibility
from sim.studies.plan.path import Path, PathRequest, required_path, targets_to_move
from sim.studies.plan.path_file import tried, write_scenarios
from sim.studies.plan.points import PathLever

Progress = Callable[[Text, float], None]
Found = TypeVar("Found")
FEASIBILITY = Text("可行性研判", "feasibility")
ATTRIBUTION = Text("措施贡献分解", "what each measure adds")
REQUIRED_PATH = Text("所需路径", "the required path")
_STILL = 1e-3
_MOST_DRAWS = 10_000
"""Of which feasibility takes less than ten seconds."""


@dataclass(frozen=True)
class StudyRequest:
    """Draws of the studies; with which probability the targets are to be reached, and by how many levers at most."""

    draws: Design
    chance: float = 0.5
    most_levers: int = 10
    search: int = 256


def studies_of(case: Case, request: StudyRequest, progress: Progress) -> Studies:
    """Everything that can be found for a scenario; what cannot is said with its reason."""
    quick = quick_studies(case, request.draws, lambda what, done: progress(what, 0.2 * done))
    return completed(case, quick, request, progress)


def studies_of_run(case: Case, draws: Design | None, progress: Progress) -> Studies:
    """Studies of seconds for a scenario that has been run, with its own draws; of very many, feasibility takes longer."""
    return quick_studies(case, None if draws is None or draws.count > _MOST_DRAWS else draws, progress)


def quick_studies(case: Case, draws: Design | None, progress: Progress) -> Studies:
    """Studies of seconds; a required path is pending where levers could reach a target, feasibility without draws."""
    missing, pending = list[Text](), list[Text]()
    progress(FEASIBILITY, 0.0)
    study = None
    if draws is None:
        pending += [FEASIBILITY] if case.selection.targets else []
    else:
        study = _found(lambda: feasibility(case, draws), FEASIBILITY, missing)
    progress(ATTRIBUTION, 0.5)
    parts = _found(lambda: measures_of(case), ATTRIBUTION, missing)
    if _found(lambda: targets_to_move(case), REQUIRED_PATH, missing):
        pending.append(REQUIRED_PATH)
    return Studies(study, parts, rings_of(case), missing=tuple(missing), pending=tuple(pending))


def completed(case: Case, studies: Studies, request: StudyRequest, progress: Progress) -> Studies:
    """The studies with those that are pending."""
    missing, study, required = list(studies.missing), studies.feasibility, None
    if FEASIBILITY in studies.pending:
        progress(FEASIBILITY, 0.0)
        study = _found(lambda: feasibility(case, request.draws), FEASIBILITY, missing)
    progress(REQUIRED_PATH, 0.2)
    if REQUIRED_PATH in studies.pending:
        required = _found(lambda: required_paths(case, request), REQUIRED_PATH, missing)
    progress(REQUIRED_PATH, 1.0)
    return replace(studies, feasibility=study, required=required or (), missing=tuple(missing), pending=())


def _found(study: Callable[[], Found], name: Text, missing: list[Text]) -> Found | None:
    """The findings of a study, or None where there is nothing to study or it fails, with the reason added to `missing`."""
    try:
        return study()
    except SimError as error:
        reason = error.faults[0].message
        missing.append(Text(f"未作{name.zh}：{reason.zh}。", f"Left out, {name.en}: {reason.en}."))
        return None


def measures_of(case: Case) -> xr.Dataset:
    """The contribution of every setting of a scenario to its targets, from the city without any.

    Raises
    ------
    UsageError
        when the scenario sets nothing, or no variable says its targets.
    """
    settings = case.city.data.settings
    plain = replace(
        plain_scenario(case.city.data.key, settings.name),
        base_year=case.scenario.base_year,
        last_year=case.last_year,
        method=case.scenario.method,
        steps_per_year=case.scenario.steps_per_year,
    )
    one, other = beside(case, plain), case
    if not players_of(*comparable(one, other)):
        raise UsageError(Fault(Text("本情景没有改动任何参数", "the scenario changes nothing"), Place(case.scenario.file)))
    return attribution(one, other, tuple(item.id for item in case.selection.targets))


def required_paths(case: Case, request: StudyRequest) -> tuple[Required, ...]:
    """The required path as a report shows it; where some targets are out of reach, also that of the others.

    Raises
    ------
    UsageError
        when there is no target that levers could reach.
    """
    asked = PathRequest(request.chance, request.draws, most_levers=request.most_levers, search=request.search)
    path = required_path(case, asked)
    first = _shown(case, path, asked, _ALL)
    near = tuple(reading.target for reading, part in zip(path.readings, path.short, strict=True) if part <= 0.0)
    if path.reaches or not near or len(near) == len(path.readings):
        return (first,)
    rest = replace(case, selection=replace(case.selection, targets=near))
    return first, _shown(rest, required_path(rest, asked), asked, _REST)


_ALL, _REST = Text("全部目标", "all targets"), Text("剔除无法达到的目标后", "without the targets out of reach")


def _shown(case: Case, path: Path, asked: PathRequest, title: Text) -> Required:
    return Required(
        title=title,
        head=words.head(path),
        moves=tuple(_move(lever, steps, words.last_year_of(path)) for lever, steps in words.moved(path, _STILL)),
        targets=tuple(_aims(path)),
        obstacles=tuple(words.obstacles(path)),
        remarks=tuple(words.remarks(case, path, asked.design)),
        closing=_closing(case, path),
        alternatives=tuple(words.tried_lines(tried(case, path, asked))),
    )


def _aims(path: Path) -> Iterator[Aim]:
    for reading, single, price in zip(path.readings, path.single, words.prices(path), strict=True):
        target, operator = reading.target, OPERATORS[reading.rule.operator]
        yield Aim(target.name, unit_words(target.unit), operator, target.value, float(single), price)


def _move(lever: PathLever, steps: float, year: int) -> Move:
    now, then = (float(lever.at(moved, year).ravel()[0]) for moved in (0.0, steps))
    return Move(lever.label, unit_words(lever.unit), *lever.between, now, then, steps)


def _closing(case: Case, path: Path) -> tuple[Text, ...]:
    """The exact effect of each lever on each target in the central run; nothing for a path that does not reach them."""
    if not path.reaches or path.cost <= 0.0:
        return ()
    with scratch_folder() as folder:
        (file,) = write_scenarios(folder, case, {"required": (path, ("所需路径", "required path"))})
        scenario = read_scenario(file)
    names = tuple(reading.target.id for reading in path.readings)
    return tuple(words.closing_lines(attribution(case, beside(case, scenario), names)))


def rings_of(case: Case) -> tuple[Ring, ...]:
    """The named loops of the model with the signs of their links."""
    labels = case.city.labels.variables
    return tuple(
        Ring(item.loop.name, item.loop.label, item.polarity, tuple(labels[name] for name in item.loop.path), item.signs)
        for item in measured_loops(case.city)
    )
