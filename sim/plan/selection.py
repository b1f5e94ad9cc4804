"""Which targets a scenario asks for: ids of the catalogue, city/* for all, city/YEAR for all of a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.base.errors import Faults, UsageError, nearest
from sim.base.text import Text
from sim.inputs.scenario import Scenario
from sim.inputs.targets import Catalogue, PlanTarget
from sim.plan.named import targets_named


@dataclass(frozen=True)
class Selection:
    """The chosen targets, what must be said of a choice that found none, and whose borrowed base is accepted."""

    targets: tuple[PlanTarget, ...]
    remarks: tuple[Text, ...]
    accepted: frozenset[str] = frozenset()
    """Targets that are judged although their base is borrowed."""


def selected_targets(scenario: Scenario, catalogue: Catalogue, city: str) -> Selection:
    """The targets of a scenario, each once, in its order.

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
            remarks += [] if dated else [_none_printed(rest)]
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
    """Ids of the targets that a name of `accept_borrowed` means: an id, a printed name, or the variable of a binding."""
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


def _none_printed(year: str) -> Text:
    return Text(
        f"规划文件没有写出 {year} 年的全市目标数字，因此没有可评分的目标",
        f"the documents print no figure of the city for {year}, so there is nothing to score",
    )
