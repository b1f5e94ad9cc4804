"""The levers that can be moved, grouped by the systems of the plan, with range, source and what the plan commits to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.text import Text
from sim.base.words import fine, unit_words
from sim.explore.moving import reference_year, value_in
from sim.inputs.model_files import LeverEntry
from sim.inputs.plan_files import PlanSystem
from sim.model.binding import Resolved
from sim.model.values import value_text
from sim.report.chapters.works import in_words
from sim.simulate.opening import Case
from sim.simulate.sampling.inputs import is_settled_before
from sim.studies.plan.path import levers_file
from sim.studies.systems import systems_of

OTHER = Text("其他杠杆", "Other levers")
_STEPS = 10.0
"""Notches of a slider within one clear strengthening of the policy."""


@dataclass(frozen=True)
class Slider:
    """One lever: where it stands in the scenario in the last year that targets are for, and how far it may go."""

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
    """Every lever of levers.yaml once, under the first system of the plan that it moves."""
    systems = systems_of(case.world) if case.selection.targets else ()
    entries = {name: entry for name, entry in levers_file(case).levers.items() if not is_settled_before(case, name)}
    placed: dict[str, list[str]] = {}
    for name in entries:
        system = next((item for item in systems if name in item.record.levers), None)
        placed.setdefault("" if system is None else system.key, []).append(name)
    found = []
    for system in systems:
        names = placed.get(system.key, [])
        if names:
            title = Text(f"{system.key} ", f"{system.key} ") + system.record.name.text()
            found.append(Group(title, tuple(_slider(case, name, entries[name], system) for name in names)))
    rest = placed.get("", [])
    return (*found, *([Group(OTHER, tuple(_slider(case, name, entries[name], None) for name in rest))] if rest else []))


def _slider(case: Case, name: str, entry: LeverEntry, system: PlanSystem | None) -> Slider:
    record, path = case.world.city.parameters[name], case.bound.values[name]
    first = case.world.city.settings.base_year + 1
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
    """What the scenario sets and why; else the targets of the system, as the plan prints them."""
    targets, own = case.world.catalogue.targets, [item for item in case.bound.resolved if item.name == name]
    path = case.bound.values[name]
    if not path.is_constant or (path.before.size > 1 and not np.all(path.before == path.before.flat[0])):
        year = reference_year(case, case.world.city.settings.base_year + 1)
        yield Text(
            f"现随年份或行业不同：{_value(case, name).zh}；滑杆为 {year} 年的数，拖动后各年各项按比例变动（为零时按数额）",
            f"now it differs by year or member: {_value(case, name).en}; the slider shows {year}, and once moved all years and "
            "members move in proportion, or by as much where there is nothing to scale",
        )
    for item in own[-1:]:
        yield Text("情景设定：", "the scenario has: ") + _value(case, name) + _because(item)
    quoted = [key for item in own[-1:] for key in item.change.sources]
    quoted = quoted or ([] if system is None else list(system.record.targets))
    for key in (key for key in quoted[:_MOST_QUOTES] if key in targets):
        yield targets[key].name + Text(f"：“{targets[key].quote}”", f": “{targets[key].quote}”")


_MOST_QUOTES = 3


def _value(case: Case, name: str) -> Text:
    dims = [case.world.graph.dimensions[dim] for dim in case.world.graph.dims_of(name)]
    return value_text(case.bound.values[name], dims, case.world.labels)


def _because(item: Resolved) -> Text:
    note = in_words(item.change.note)
    return Text(f"（{note.zh}）", f" ({note.en})") if note.zh else note


def range_text(slider: Slider) -> Text:
    """Bounds with their unit."""
    span = f"{fine(slider.low)} – {fine(slider.high)}"
    return Text(f"{span} {slider.unit.zh}", f"{span} {slider.unit.en}")


def by_key(groups: Sequence[Group]) -> Mapping[str, Slider]:
    """All sliders by the name of their lever."""
    return {slider.key: slider for group in groups for slider in group.sliders}
