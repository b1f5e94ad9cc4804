"""The lines of a scenario without which a run that failed would have gone through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text
from sim.inputs.scenario import Change, Scenario

_MOST_SHOWN = 5
Holds = Callable[[Scenario], bool]
"""Says of a scenario that a run of it goes through."""


def with_causes(error: RunError, scenario: Scenario, holds: Holds) -> RunError:
    """The error with the lines that are at fault, each alone or all together; where none is, the data or the equations are.

    Parameters
    ----------
    error
        What the run of `scenario` ended with.
    holds
        Runs a scenario again.
    """
    guilty = [change for change in scenario.changes if holds(_without(scenario, change))]
    if guilty:
        zh, en = "去掉这一行，运行即可通过", "without this line the run goes through"
        return RunError([*error.faults, *(_at(change, Text(zh, en)) for change in guilty[:_MOST_SHOWN])])
    if scenario.changes and holds(replace(scenario, changes=())):
        zh, en = "各行单独去掉都不够，原因在其共同作用", "no single line explains it; without all of them the run goes through"
        return RunError([*error.faults, *(_at(change, Text(zh, en)) for change in scenario.changes[-1:])])
    advice = Text(
        "城市自己的数值也不成立：请检查城市数据（history.csv、parameters.yaml），再检查模型方程",
        "it fails with the city's own values too: look at its data (history.csv, parameters.yaml), then at the equations",
    )
    return RunError([*error.faults, Fault(advice, Place(scenario.file))])


def _without(scenario: Scenario, change: Change) -> Scenario:
    return replace(scenario, changes=tuple(item for item in scenario.changes if item is not change))


def _at(change: Change, message: Text) -> Fault:
    return Fault(message, change.place, Text("请改用较小的力度或较近的数值", "use a smaller or nearer value"))
