"""Which targets a scenario asks for: ids of the catalogue, city/* for all, city/YEAR for all of a year."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sim.errors import Faults, UsageError
from sim.inputs.scenario import Scenario
from sim.inputs.targets import Catalogue, PlanTarget
from sim.plan.named import targets_named
from sim.text import Text


@dataclass(frozen=True)
class Selection:
    """The chosen targets, and what must be said of a choice that found none."""

    targets: tuple[PlanTarget, ...]
    remarks: tuple[Text, ...]


def selected_targets(scenario: Scenario, catalogue: Catalogue, city: str) -> Selection:
    """The targets of a scenario, each once, in its order.

    Raises
    ------
    InputError
        with every id that is not in the city's catalogue.
    """
    faults = Faults()
    chosen: dict[str, PlanTarget] = {}
    remarks: list[Text] = []
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
                chosen[target.id] = target
    faults.raise_if_any()
    return Selection(tuple(chosen.values()), tuple(remarks))


def _none_printed(year: str) -> Text:
    return Text(
        f"规划文件没有写出 {year} 年的全市目标数字，因此没有可评分的目标",
        f"the documents print no figure of the city for {year}, so there is nothing to score",
    )
