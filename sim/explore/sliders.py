"""The levers that can be moved, grouped by the systems of the plan, and the path that a moved one says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log10
from typing import Any

import numpy as np

from sim.base.arrays import Dimension, Values
from sim.base.errors import Faults, InputError, Place
from sim.base.text import Text
from sim.base.words import unit_words
from sim.inputs.model_files import LeverEntry
from sim.inputs.parameters import check_range
from sim.inputs.scenario import Change
from sim.inputs.targets import PlanSystem
from sim.inputs.year_path import YearPath
from sim.model.names import value_text
from sim.report.chapters.works import in_words
from sim.simulate.design import is_settled_before
from sim.simulate.opening import Case
from sim.studies.plan.path import levers_file
from sim.studies.systems import systems_of

Moves = Mapping[str, float]
ORIGIN = "explore"


def reference_year(case: Case, since: int) -> int:
    """Return the year whose value a slider shows: the last that a target is for, or a later one from which moves act."""
    years = [target.year for target in case.selection.targets if target.year is not None and target.year <= case.last_year]
    return max(max(years, default=case.last_year), since)


def value_in(case: Case, name: str, year: int) -> float:
    """Return the mean of the members of a lever in a year."""
    return float(np.mean(case.bound.values[name].at(year)))


def changes_of(case: Case, moves: Moves, since: int) -> tuple[Change, ...]:
    """Return the moves as changes of the scenario.

    Raises
    ------
    InputError
        with every value outside the range of its lever.
    """
    faults = Faults()
    for name, value in moves.items():
        check_range(case.city.data.parameters[name], YearPath(np.array(float(value))), faults, Place(key=name))
    faults.raise_if_any(InputError)
    return tuple(
        Change("levers", name, _moved(case, name, float(value), since), ORIGIN, (), "", Place(key=name))
        for name, value in moves.items()
    )


def _moved(case: Case, name: str, value: float, since: int) -> dict[int, Any]:
    """Return the values of a lever from a year on: scaled where that has a meaning, else shifted; never out of its range."""
    path, now = case.bound.values[name], value_in(case, name, reference_year(case, since))
    years = range(since, case.last_year + 1)
    before = np.array([path.at(year) for year in years])
    is_scaled = now != 0.0 and bool(np.all(before * now >= 0.0))
    after = before * (value / now) if is_scaled else before + (value - now)
    low, high = case.city.data.parameters[name].range or (-np.inf, np.inf)
    after = np.where(before == now, value, np.clip(after, low, high))
    return by_year(dict(zip(years, after, strict=True)), dims_of(case, name))


def dims_of(case: Case, name: str) -> list[Dimension]:
    """Return the dimensions of a parameter or variable of the case."""
    return [case.city.graph.dimensions[dim] for dim in case.city.graph.dims_of(name)]


def by_year(values: Mapping[int, Values], dims: Sequence[Dimension]) -> dict[int, Any]:
    """Return values as a file has them; a year in which nothing changes is left out."""
    pairs = zip(values.items(), (None, *values.values()), strict=False)
    return {year: by_member(array, dims) for (year, array), last in pairs if last is None or not np.array_equal(last, array)}


def by_member(array: Values, dims: Sequence[Dimension]) -> Any:
    """Return one number where all members are alike, else each by its name."""
    if np.all(array == array.flat[0]):
        return float(array.flat[0])
    return {name: by_member(part, dims[1:]) for name, part in zip(dims[0].members, array, strict=True)}


_LEVERS, _OTHERS = Text("杠杆", "Levers"), Text("其他杠杆", "Other levers")
_STEPS = 10.0
"""Notches of a slider within one clear strengthening of the policy."""
_MOST_QUOTES = 3


@dataclass(frozen=True)
class Slider:
    """One lever: its value in the scenario in the last year that targets are for, and its bounds."""

    key: str
    label: Text
    unit: Text
    low: float
    high: float
    notch: float
    now: float
    source: Text
    commitments: tuple[Text, ...]


@dataclass(frozen=True)
class Group:
    """The levers of one system of the plan."""

    title: Text
    sliders: tuple[Slider, ...]


def groups_of(case: Case) -> tuple[Group, ...]:
    """Put every lever of levers.yaml under the first system of the plan that it moves, or among the others."""
    systems = systems_of(case.city) if case.selection.targets else ()
    entries, found = _entries(case), list[Group]()
    for system in (*systems, None):
        names = [name for name in entries if system is None or name in system.levers]
        sliders = tuple(_slider(case, name, entries.pop(name), system) for name in names)
        title = _OTHERS if found else _LEVERS
        if system is not None:
            title = Text(f"{system.key} ", f"{system.key} ") + system.name
        found += [Group(title, sliders)] if sliders else []
    return tuple(found)


def _entries(case: Case) -> dict[str, LeverEntry]:
    """Return the levers of levers.yaml; in a model without them, all whose range is declared, over the whole of it."""
    entries = levers_file(case).levers or {
        name: LeverEntry(step=_STEPS * 10.0 ** (floor(log10(high - low)) - 2), between=[low, high])
        for name, record in case.city.data.parameters.items()
        if record.kind == "lever" and record.range is not None
        for low, high in [record.range]
    }
    return {name: entry for name, entry in entries.items() if not is_settled_before(case, name)}


def _slider(case: Case, name: str, entry: LeverEntry, system: PlanSystem | None) -> Slider:
    record, path = case.city.data.parameters[name], case.bound.values[name]
    first = case.base_year + 1
    now = value_in(case, name, reference_year(case, first))
    means = [float(np.mean(path.at(year))) for year in range(first, case.last_year + 1)]
    low, high = (float(value) for value in entry.between)
    words = record.source.replace("assumption：", "")
    return Slider(
        key=name,
        label=record.label,
        unit=unit_words(record.unit),
        low=min(low, *means),
        high=max(high, *means),
        notch=float(entry.step) / _STEPS,
        now=now,
        source=Text(f"证据 {record.evidence}：{words}", f"evidence {record.evidence}: {words}"),
        commitments=tuple(_commitments(case, name, system)),
    )


def _commitments(case: Case, name: str, system: PlanSystem | None) -> Iterable[Text]:
    """Yield the value that the scenario sets and why; else the targets of the system, as the plan prints them."""
    targets, own = case.city.catalogue.targets, [item for item in case.bound.resolved if item.name == name]
    path = case.bound.values[name]
    value = value_text(path, dims_of(case, name), case.city.labels)
    if not path.is_constant or (path.before.size > 1 and not np.all(path.before == path.before.flat[0])):
        year = reference_year(case, case.base_year + 1)
        yield Text(
            f"现随年份或行业不同：{value.zh}；滑杆为 {year} 年的数，拖动后各年各项按比例变动（为零时按数额）",
            f"now it differs by year or member: {value.en}; the slider shows {year}, and once moved all years and "
            "members move in proportion, or by as much where there is nothing to scale",
        )
    for item in own[-1:]:
        note = in_words(item.note)
        because = Text(f"（{note.zh}）", f" ({note.en})") if note.zh else note
        yield Text("情景设定：", "the scenario has: ") + value + because
    quoted = [key for item in own[-1:] for key in item.sources]
    quoted = quoted or ([] if system is None else list(system.targets))
    for key in (key for key in quoted[:_MOST_QUOTES] if key in targets):
        yield targets[key].name + Text(f"：“{targets[key].quote}”", f": “{targets[key].quote}”")


def by_key(groups: Sequence[Group]) -> Mapping[str, Slider]:
    """Return all sliders by the name of their lever."""
    return {slider.key: slider for group in groups for slider in group.sliders}
