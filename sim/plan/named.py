"""Targets by the id or the printed name that a person gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.base.characters import same_name
from sim.base.errors import Fault, Faults, Place, UsageError, nearest
from sim.base.text import Text, joined
from sim.inputs.targets import PlanTarget

_MOST_SHOWN = 5


def targets_named(targets: Mapping[str, PlanTarget], names: Iterable[str], place: Place = Place()) -> list[PlanTarget]:
    """The targets of some names, each once: an id, or the name of an indicator that only one target has.

    Raises
    ------
    UsageError
        with every name that is no target, or that of several.
    """
    faults, found = Faults(), dict[str, PlanTarget]()
    for name in names:
        wanted = candidates(targets, name.strip())
        if len(wanted) == 1:
            found[wanted[0].id] = wanted[0]
        else:
            faults.found.append(_fault(targets, name, wanted, place))
    faults.raise_if_any(UsageError)
    return list(found.values())


def candidates(targets: Mapping[str, PlanTarget], name: str) -> list[PlanTarget]:
    """The targets that an id, or a name with or without its year, may mean."""
    if name in targets:
        return [targets[name]]
    labels = labels_of(targets)
    dated = [targets[key] for key, label in labels.items() if same_name(name, (label.zh, label.en))]
    return dated or [target for target in targets.values() if same_name(name, (target.name.zh, target.name.en))]


def _fault(targets: Mapping[str, PlanTarget], name: str, wanted: list[PlanTarget], place: Place) -> Fault:
    if wanted:
        message = Text(f"有 {len(wanted)} 项目标名为“{name}”", f"{len(wanted)} targets are named '{name}'")
        return Fault(message, place, Text("请写编号：", "give an id: ") + _shown(targets, [target.id for target in wanted]))
    like = [target.id for target in targets.values() if name and (name in target.name.zh or name in target.name.en)]
    message, labels = Text(f"目录中没有目标 {name}", f"no target {name} in the catalogue"), labels_of(targets)
    if like:
        return Fault(message, place, Text("名称相近的有：", "names like it: ") + _shown(targets, like))
    return Fault(message, place, nearest(name, targets, labels))


def _shown(targets: Mapping[str, PlanTarget], ids: list[str]) -> Text:
    """A few ids with what they are called."""
    labels = labels_of(targets)
    parts = [Text(f"{key}（{labels[key].zh}）", f"{key} ({labels[key].en})") for key in ids[:_MOST_SHOWN]]
    return joined(parts, Text("、", ", "))


def labels_of(targets: Mapping[str, PlanTarget]) -> dict[str, Text]:
    """What each target is called, with its year: a plan asks for many things in several years."""
    return {key: target.name + _year(target) for key, target in targets.items()}


def _year(target: PlanTarget) -> Text:
    return Text("", "") if target.year is None else Text(f" {target.year}", f" {target.year}")
