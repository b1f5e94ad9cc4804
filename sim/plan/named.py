"""Targets by the id or the printed name that a person gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sim.errors import Fault, Faults, Place, UsageError, nearest
from sim.inputs.targets import PlanTarget
from sim.text import Text

_MOST_SHOWN = 5


def targets_named(targets: Mapping[str, PlanTarget], names: Iterable[str], option: str = "") -> list[PlanTarget]:
    """The targets of some names, each once: an id, or the name of an indicator that only one target has.

    Raises
    ------
    UsageError
        with every name that is no target, or that of several.
    """
    faults, found = Faults(), dict[str, PlanTarget]()
    for name in names:
        wanted = _candidates(targets, name.strip())
        if len(wanted) == 1:
            found[wanted[0].id] = wanted[0]
        else:
            faults.found.append(_fault(targets, name, wanted, Place(key=option)))
    faults.raise_if_any(UsageError)
    return list(found.values())


def _candidates(targets: Mapping[str, PlanTarget], name: str) -> list[PlanTarget]:
    if name in targets:
        return [targets[name]]
    return [target for target in targets.values() if name in (target.name.zh, target.name.en)]


def _fault(targets: Mapping[str, PlanTarget], name: str, wanted: list[PlanTarget], place: Place) -> Fault:
    if wanted:
        ids = [target.id for target in wanted[:_MOST_SHOWN]]
        message = Text(f"有 {len(wanted)} 项目标名为“{name}”", f"{len(wanted)} targets are named '{name}'")
        return Fault(message, place, Text(f"请写编号：{'、'.join(ids)}", f"give an id: {', '.join(ids)}"))
    like = [target.id for target in targets.values() if name and (name in target.name.zh or name in target.name.en)]
    message = Text(f"目录中没有目标 {name}", f"no target {name} in the catalogue")
    if like:
        shown = like[:_MOST_SHOWN]
        return Fault(message, place, Text(f"名称相近的有：{'、'.join(shown)}", f"names like it: {', '.join(shown)}"))
    return Fault(message, place, nearest(name, targets))
