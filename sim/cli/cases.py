"""Groups of options that verbs share: the city or the scenario that a verb is about, and the draws made of it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from sim.base.errors import Fault, Faults, InputError, Place, UsageError
from sim.base.processes import DEFAULT_DRAWS
from sim.base.text import Text, same
from sim.city.city import City, open_city
from sim.cli import options
from sim.inputs.home import default_city, default_scenarios, find_home
from sim.inputs.scenario import find_scenario, scenario_files
from sim.plan.selection import targets_named
from sim.result.store import fail_if_not_writable
from sim.simulate.design import Design
from sim.simulate.draws import posterior_of, priors_of_case
from sim.simulate.opening import Case, open_cases, seeded

Planned = tuple[Design | None, Text | None]
"""The draws to make of a case; where there are none, why not."""


def opened_city(city: options.City = None, home: options.Home = None) -> City:
    """Open a city with its model, the default one where none is named.

    Raises
    ------
    SimError
        with every fault.
    """
    found = find_home(home)
    return open_city(found, city or default_city(found))


def open_case(
    scenario: options.Scenario = None,
    city: options.City = None,
    settings: options.Settings = (),
    use: options.Use = (),
    home: options.Home = None,
    *,
    seed: int = 0,
    as_of: int | None = None,
    default: Literal["plan", "catalogue"] = "plan",
) -> Case:
    """Read and check a scenario; without a name, the one that the home folder declares for such a question.

    Raises
    ------
    SimError
        with every fault.
    """
    found = find_home(home)
    file = find_scenario(scenario or getattr(default_scenarios(found, city), default), found.scenarios, found.cities())
    return seeded(open_cases(found, [file], city, use, settings, as_of)[0], seed)


def open_scenarios(
    scenarios: options.Scenarios = (),
    city: options.City = None,
    settings: options.Settings = (),
    use: options.Use = (),
    home: options.Home = None,
    *,
    default: Literal["run", "all"] = "run",
    seed: int = 0,
    as_of: int | None = None,
) -> list[Case]:
    """Read and check the scenarios that were named, or those that the home folder declares for a run, or all of them.

    Raises
    ------
    SimError
        with every fault.
    """
    found = find_home(home)
    names = scenarios or (default_scenarios(found, city).run if default == "run" else ())
    files = [find_scenario(name, found.scenarios, found.cities()) for name in names] or scenario_files(found.scenarios)
    if default == "run":
        _fail_if_names_clash(files)
    return [seeded(case, seed) for case in open_cases(found, files, city, use, settings, as_of)]


def _fail_if_names_clash(files: Sequence[Path]) -> None:
    """Raise where two scenarios of one name would write into one folder, or a name cannot be a folder."""
    names, faults = [file.stem for file in files], Faults()
    for file in files:
        if names.count(file.stem) > 1:
            message = Text(f"两个情景同名：{file.stem}", f"two scenarios are called {file.stem}")
            faults.add(message, Place(file), Text("请改文件名", "rename one of the files"))
        if not file.stem.replace("-", "").replace("_", "").replace(".", "").isalnum() or file.stem.startswith("."):
            message = Text("文件名只能用文字、数字、-、_ 和 .", "a file name may hold letters, digits, -, _ and .")
            faults.add(message, Place(file))
    faults.raise_if_any(UsageError)


def with_targets(case: Case, names: tuple[str, ...]) -> Case:
    """Return the case with these targets only; as it is where none are named.

    Raises
    ------
    UsageError
        with every name that is no target.
    """
    if not names:
        return case
    chosen = targets_named(case.city.catalogue.targets, names, Place(key="--target"))
    return replace(case, selection=replace(case.selection, targets=tuple(chosen)))


def design_draws(
    draws: options.Draws = None,
    seed: options.Seed = 0,
    workers: options.Workers = options.PROCESSORS,
    *,
    prior: options.Prior = False,
    precision: str = options.DOUBLE,
) -> Design:
    """Return the design that was written."""
    return Design(draws, seed, workers, precision, prior)


Opened = Annotated[Callable[..., City], options.OptionGroup(opened_city)]
OneCase = Annotated[Callable[..., Case], options.OptionGroup(open_case)]
SeveralCases = Annotated[Callable[..., list[Case]], options.OptionGroup(open_scenarios)]
Drawing = Annotated[Callable[..., Design], options.OptionGroup(design_draws)]
"""Groups as verbs are handed them: functions to which what was written is bound already."""


def open_study(
    target: options.Targets = (),
    draws: options.ManyDraws = DEFAULT_DRAWS,
    seed: options.Seed = 0,
    as_of: options.AsOf = None,
    out: options.Out = options.RESULTS,
    *,
    opened: OneCase,
    drawing: Drawing,
    speaker: options.WithQuiet,
) -> tuple[Case, Design]:
    """Open a scenario for a study of its draws, whose results are written; say what must be known of its targets.

    Raises
    ------
    SimError
        with every fault; where the results could not be written.
    """
    fail_if_not_writable(out)
    case = with_targets(opened(seed=seed, as_of=as_of), target)
    speaker.warn(case.selection.remarks)
    return case, drawing(draws=draws)


Study = Annotated[Callable[..., tuple[Case, Design]], options.OptionGroup(open_study)]


_EXTRAS = {
    "calibrate": (
        ("arviz", "statsmodels"),
        Text("缺少校准所需的程序包：", "calibration needs packages that are not installed: "),
    ),
    "explore": (("panel",), Text("滑杆页面需要另装的组件", "the page with sliders needs an extra that is not installed")),
    "cluster": (("dask", "distributed"), Text("--cluster 需要 dask 和 distributed", "--cluster needs dask and distributed")),
}
"""The packages of each extra, and what needs them; those that are missing follow a colon."""


def fail_if_extra_missing(extra: str, place: Place = Place()) -> None:
    """Raise where packages of an extra are not installed.

    Raises
    ------
    UsageError
        with what to install.
    """
    packages, needs = _EXTRAS[extra]
    missing = ", ".join(name for name in packages if importlib.util.find_spec(name) is None)
    if missing:
        command, named = f'python -m pip install -e ".[{extra}]"', same(missing if needs.en.endswith(": ") else "")
        raise UsageError(Fault(needs + named, place, Text(f"请运行 {command}", f"run {command}")))


def planned_draws(cases: Sequence[Case], wanted: Design, *, by_default: bool) -> list[Planned]:
    """Return the draws of each case; every fault of the priors is raised before any work.

    Raises
    ------
    InputError
        with every such fault, or when draws are asked for and a stored ensemble is damaged or does not fit.
    """
    planned, faults = [wanted_draws(case, wanted, by_default=by_default) for case in cases], Faults()
    for case in cases if any(request is not None for request, _ in planned) else ():
        with faults.gathering(InputError):
            priors_of_case(case)
    faults.raise_if_any(InputError)
    return planned


def wanted_draws(case: Case, wanted: Design, *, by_default: bool) -> Planned:
    """Return the draws to make of a case; where there are none, why not.

    Those that nobody asked for are made only of a city that was calibrated; where its model has changed since, from the priors.

    Raises
    ------
    InputError
        when draws are asked for and the stored ensemble is damaged or knows too much.
    """
    if wanted.count == 0:
        return None, None
    if wanted.prior:
        return wanted, None
    try:
        posterior = posterior_of(case.city)
    except InputError as error:
        if not by_default:
            raise
        fault = error.faults[0]
        advice = Text("", "") if fault.advice is None else Text("。", ". ") + fault.advice
        return None, Text("没有计算概率：", "no probabilities: ") + fault.message + advice
    if posterior is None and by_default:
        command = f"python -m sim calibrate {case.city.data.key}"
        zh = f"没有计算概率：该市尚未校准。请运行 {command}"
        return None, Text(zh, f"no probabilities: not calibrated yet. Run {command}")
    return wanted, None
