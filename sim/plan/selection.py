"""Choices of a scenario: its targets by name, and those of its changes that were known as of a year.

Targets are named by their ids, or by names that only one has; city/* means all of the catalogue, city/YEAR all of a year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sim.base.errors import Fault, Faults, Place, UsageError, nearest
from sim.base.text import Text, joined, listing, same_name
from sim.inputs.ledger import Ledger
from sim.inputs.provenance import is_known
from sim.inputs.scenario import Change, Scenario
from sim.inputs.targets import Catalogue, PlanTarget

_MOST_SHOWN = 5
_YEARS = (1949, 2100)


@dataclass(frozen=True)
class Selection:
    """The chosen targets, remarks on a choice that found none, and the targets whose borrowed base is accepted."""

    targets: tuple[PlanTarget, ...]
    remarks: tuple[Text, ...]
    accepted: frozenset[str] = frozenset()
    """Targets that are judged although their base is borrowed."""


def selected_targets(scenario: Scenario, catalogue: Catalogue, city: str) -> Selection:
    """Return the targets of a scenario, each once, in its order.

    Raises
    ------
    InputError
        with every id that is not in the city's catalogue, and every accepted name that is no target and no variable of one.
    """
    faults = Faults()
    chosen: dict[str, PlanTarget] = {}
    remarks: list[Text] = []
    named: set[str] = set()
    for name, place in scenario.targets:
        prefix, _, rest = name.rpartition("/")
        if prefix and prefix != city:
            message = Text(f"目标属于另一城市 {prefix}", f"a target of another city: {prefix}")
            faults.add(message, place, Text(f"本情景的城市是 {city}", f"the city of this scenario is {city}"))
        elif rest == "*":
            chosen |= catalogue.targets
        elif prefix and re.fullmatch(r"[0-9]{4}", rest):
            dated = {key: item for key, item in catalogue.targets.items() if item.year == int(rest) and item.region == city}
            chosen |= dated
            if not dated:
                zh = f"规划文件没有写出 {rest} 年的全市目标数字，因此没有可评分的目标"
                remarks.append(Text(zh, f"the documents print no figure of the city for {rest}, so there is nothing to score"))
        else:
            with faults.gathering(UsageError):
                [target] = targets_named(catalogue.targets, [rest], place)
                if target.id in named:
                    message = Text(f"目标 {rest} 写了两次", f"the target {rest} stands twice")
                    faults.add(message, place, Text("删去一个", "delete one"))
                named.add(target.id)
                chosen[target.id] = target
    accepted = frozenset(_accepted(scenario, catalogue, faults))
    faults.raise_if_any()
    return Selection(tuple(chosen.values()), tuple(remarks), accepted)


def _accepted(scenario: Scenario, catalogue: Catalogue, faults: Faults) -> Iterator[str]:
    """Yield ids of the targets that a name of `accept_borrowed` means: an id, a printed name, the variable of a binding."""
    known: dict[str, list[str]] = {}
    for key, binding in catalogue.bindings.items():
        target = catalogue.targets[key]
        for name in dict.fromkeys((key, target.name.zh, target.name.en, binding.variable)):
            known.setdefault(name, []).append(key)
    for name, place in scenario.accept_borrowed:
        if name not in known:
            message = Text(f"没有目标或指标 {name}", f"no target and no variable of a target is called {name}")
            faults.add(message, place, nearest(name, known))
        yield from known.get(name, ())


def targets_named(targets: Mapping[str, PlanTarget], names: Iterable[str], place: Place = Place()) -> list[PlanTarget]:
    """Return the targets of some names, each once: an id, or the name of an indicator that only one target has.

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
    """Return the targets that an id, or a name with or without its year, may mean."""
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
    """Return a few ids with their names."""
    labels = labels_of(targets)
    parts = [Text(f"{key}（{labels[key].zh}）", f"{key} ({labels[key].en})") for key in ids[:_MOST_SHOWN]]
    return joined(parts, Text("、", ", "))


def labels_of(targets: Mapping[str, PlanTarget]) -> dict[str, Text]:
    """Return the name of each target with its year: a plan asks for many things in several years."""
    years = {key: "" if target.year is None else f" {target.year}" for key, target in targets.items()}
    return {key: target.name + Text(years[key], years[key]) for key, target in targets.items()}


def known_scenario(
    scenario: Scenario, catalogue: Catalogue, ledger: Ledger, as_of: int | None, faults: Faults
) -> tuple[Scenario, tuple[Text, ...]]:
    """Return the scenario with the changes known as of a year, and a remark on the others; without a year it is whole.

    A change is known from the year that its `known_from` says, else from that of the latest document of the targets and
    projects that it names in `from`. One that names neither is the reader's own question, which can be asked of any year.
    """
    documents = {name: item.year for name, item in catalogue.documents.items()}
    printed_in = {name: item.document for name, item in catalogue.targets.items()}
    printed_in |= {name: item.document for name, item in ledger.projects.items()}
    kept, dropped = list[Change](), list[str]()
    for change in scenario.changes:
        _fail_if_no_year(change, faults)
        known = is_known(_known_from(change, documents, printed_in), as_of)
        (kept.append(change) if known else dropped.append(change.name))
    if not dropped:
        return scenario, ()
    names = listing(list(dict.fromkeys(dropped)))
    said = Text(
        f"站在 {as_of} 年尚不知道、因此不计入的改动：{names.zh}。",
        f"Not known as of {as_of} and left out: {names.en}.",
    )
    return replace(scenario, changes=tuple(kept)), (said,)


def _known_from(change: Change, documents: Mapping[str, int], printed_in: Mapping[str, str]) -> int:
    """Return the year from which a change was known; zero where it could be said at any time."""
    if change.known_from is not None:
        return change.known_from if isinstance(change.known_from, int) else 0
    return max((documents.get(printed_in[name], 0) for name in change.sources if name in printed_in), default=0)


def _fail_if_no_year(change: Change, faults: Faults) -> None:
    year = change.known_from
    if year is None or (isinstance(year, int) and not isinstance(year, bool) and _YEARS[0] <= year <= _YEARS[1]):
        return
    message = Text(f"known_from 须为年份，不是 {year!r}", f"known_from must be a year, not {year!r}")
    faults.add(message, change.place, Text("例如 known_from: 2024", "such as known_from: 2024"))
