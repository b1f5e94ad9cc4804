"""Open the city or the scenario that a verb is about, and decide what is drawn of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sim.base.errors import InputError, Place
from sim.base.text import Text
from sim.cli.options import Pairs

if TYPE_CHECKING:
    from sim.city.city import World
    from sim.simulate.design import Design
    from sim.simulate.opening import Case


def open_city(city: str | None, home: Path | None) -> World:
    """Open a city with its model, the default one where none is named.

    Raises
    ------
    SimError
        with every fault.
    """
    from sim.city.city import open_world
    from sim.inputs.home import default_city, find_home

    found = find_home(home)
    return open_world(found, city or default_city(found))


def open_case(
    scenario: str | None,
    city: str | None,
    settings: Pairs,
    use: tuple[str, ...],
    home: Path | None,
    seed: int = 0,
    as_of: int | None = None,
    usual: Literal["plan", "catalogue"] = "plan",
) -> Case:
    """Read and check a scenario; without a name, the one that the home folder declares for such a question.

    Raises
    ------
    SimError
        with every fault.
    """
    from sim.inputs.home import default_scenarios, find_home
    from sim.inputs.scenario import find_scenario
    from sim.simulate.opening import open_cases, seeded

    found = find_home(home)
    name = scenario or getattr(default_scenarios(found, city), usual)
    file = find_scenario(name, found.scenarios, found.cities())
    return seeded(open_cases(found, [file], city, use, settings, as_of)[0], seed)


def with_targets(case: Case, names: tuple[str, ...]) -> Case:
    """Return the case with these targets only; as it is where none are named.

    Raises
    ------
    UsageError
        with every name that is no target.
    """
    from sim.plan.selection import targets_named

    if not names:
        return case
    chosen = targets_named(case.world.catalogue.targets, names, Place(key="--target"))
    return replace(case, selection=replace(case.selection, targets=tuple(chosen)))


def wanted_draws(case: Case, wanted: Design, *, by_default: bool) -> tuple[Design | None, Text | None]:
    """Return the draws to make of a case; where there are none, why not.

    Those that nobody asked for are made only of a city that was calibrated; where its model has changed since, from the priors.

    Raises
    ------
    InputError
        when draws are asked for and the stored ensemble is damaged or knows too much.
    """
    from sim.simulate.draws import posterior_of

    if wanted.count == 0:
        return None, None
    if wanted.prior:
        return wanted, None
    try:
        posterior = posterior_of(case.world)
    except InputError as error:
        if not by_default:
            raise
        fault = error.faults[0]
        advice = Text("", "") if fault.advice is None else Text("。", ". ") + fault.advice
        return None, Text("没有计算概率：", "no probabilities: ") + fault.message + advice
    if posterior is None and by_default:
        command = f"python -m sim calibrate {case.world.city.key}"
        zh = f"没有计算概率：该市尚未校准。请运行 {command}"
        return None, Text(zh, f"no probabilities: not calibrated yet. Run {command}")
    return wanted, None
