"""For notebooks: run, sweep and sensitivity give back xarray datasets, whose accessor `.sim` draws and sums up.

import sim
draws = sim.sweep("plan_2025", draws=2000)
draws.sim.fan("gdp_nominal", "manufacturing_share")
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import xarray as xr

import sim.accessor  # noqa: F401  registers `.sim`
from sim.base.errors import Place, SimError
from sim.base.processes import processors
from sim.inputs.home import default_scenarios, find_home
from sim.inputs.scenario import find_scenario
from sim.inputs.sweep_section import Method, Over, Rest
from sim.simulate.arguments import Count, Draws, Flag, PathLike, Seed, Settings, Several, Whole, Word, Workers, checked
from sim.simulate.design import Design, completed
from sim.simulate.draws import with_draws
from sim.simulate.opening import Case, open_cases, seeded
from sim.simulate.pipeline import run as run_case
from sim.simulate.sweeps.board import Board, board_of
from sim.simulate.sweeps.record import run_dataset
from sim.simulate.sweeps.running import Spread, on_this_machine, prepare_sweep, sweep_in_memory, sweep_to_folder
from sim.simulate.sweeps.sensitivity import Kind, SensitivityRequest, analyse

__all__ = ["SimError", "levers", "open_case", "run", "sensitivity", "sweep"]


@checked
def open_case(
    scenario: PathLike | None = None,
    *,
    settings: Settings | None = None,
    use: Several = (),
    city: Word | None = None,
    home: PathLike | None = None,
    seed: Seed = 0,
) -> Case:
    """A scenario read and checked, by file or name; the name of a city stands for the city as its own data have it.

    `settings` change values as --set does: {"rd_policy": 0.01, "external_demand_growth": {2022: 0.02, 2025: 0.04}}.

    Raises
    ------
    SimError
        with every fault of the scenario, the settings and the city.
    """
    where = find_home(None if home is None else Path(home))
    pairs = tuple((key, _listed(raw) if key.startswith("ledger.") else raw) for key, raw in (settings or {}).items())
    named = city if scenario is None and city is not None else scenario
    name = default_scenarios(where, city).plan if named is None else str(named)
    file = find_scenario(name, where.scenarios, where.cities())
    return seeded(open_cases(where, [file], city, tuple(use), pairs)[0], seed)


@checked
def run(
    scenario: PathLike | None = None,
    *,
    draws: Count = 0,
    settings: Settings | None = None,
    use: Several = (),
    city: Word | None = None,
    home: PathLike | None = None,
    seed: Seed = 0,
    workers: Workers | None = None,
) -> xr.Dataset:
    """The central run: every variable by year, and the scorecard along `target`; with `draws` also probabilities.

    As a table: `run.sim.table("gdp_nominal", "residents")`. Variables have dimensions of their own, so `to_dataframe()` of all
    of them asks for every combination of sectors, ages, districts and more, and for more memory than there is.

    Raises
    ------
    SimError
        with every fault of the input; when the run fails.
    """
    outcome = run_case(open_case(scenario, settings=settings, use=use, city=city, home=home, seed=seed))
    if draws:
        outcome = with_draws(outcome, Design(draws, seed, workers or processors()))
    return run_dataset(outcome)


@checked
def sweep(
    scenario: PathLike | None = None,
    *,
    draws: Draws | None = None,
    over: Settings | None = None,
    method: Method | None = None,
    rest: Rest | None = None,
    outputs: Several = (),
    folder: PathLike | None = None,
    cluster: Word | None = None,
    prior: Flag = False,
    settings: Settings | None = None,
    use: Several = (),
    city: Word | None = None,
    home: PathLike | None = None,
    seed: Seed = 0,
    workers: Workers | None = None,
) -> xr.Dataset:
    """Many draws, or a grid, kept draw by draw: in memory, or in a `folder`, where a run that was ended is gone on with.

    `over` says what is swept: {"rd_policy": [0, 0.01, 0.02], "external_demand_growth": {"uniform": [0.02, 0.06]}}. Without it
    the city's calibrated ensemble is drawn.

    Raises
    ------
    SimError
        with every fault of the input; when the runs fail or the folder holds something else.
    """
    case = open_case(scenario, settings=settings, use=use, city=city, home=home, seed=seed)
    design = Design(draws, seed, prior=prior, method=method, over=_overs(over), rest=rest, outputs=tuple(outputs))
    ready, spread = prepare_sweep(case, completed(case, design)), _spread(cluster, workers)
    return sweep_in_memory(ready, spread) if folder is None else sweep_to_folder(ready, Path(folder), spread)


@checked
def sensitivity(
    scenario: PathLike | None = None,
    *,
    kind: Kind = "sobol",
    over: Settings | None = None,
    indicators: Several = (),
    base: Whole = 1024,
    walks: Whole = 20,
    resamples: Whole = 200,
    keep: Whole = 20,
    rest: Rest | None = None,
    folder: PathLike | None = None,
    cluster: Word | None = None,
    prior: Flag = False,
    settings: Settings | None = None,
    use: Several = (),
    city: Word | None = None,
    home: PathLike | None = None,
    seed: Seed = 0,
    workers: Workers | None = None,
) -> xr.Dataset:
    """Which unknown matters, by indicator and year: Sobol indices with 95 % intervals, or effects by Morris.

    Without `over`, all parameters that are unknown are screened by Morris first, and the `keep` most influential are kept.

    Raises
    ------
    SimError
        with every fault of the input; when the runs fail.
    """
    case = open_case(scenario, settings=settings, use=use, city=city, home=home, seed=seed)
    design = Design(seed=seed, prior=prior, over=_overs(over), rest=rest, outputs=tuple(indicators))
    asked = SensitivityRequest(kind, base, walks, resamples, keep)
    spread = _spread(cluster, workers)
    kept = sweep_in_memory if folder is None else partial(sweep_to_folder, folder=Path(folder))
    return analyse(case, design, asked, spread, partial(kept, spread=spread)).indices


@checked
def levers(
    scenario: PathLike | None = None,
    names: Several = (),
    outputs: Several = (),
    *,
    settings: Settings | None = None,
    use: Several = (),
    city: Word | None = None,
    home: PathLike | None = None,
) -> Board:
    """A board of levers that answers at once: `board.run({"rd_policy": 0.01})` gives the outputs by year.

    Without `outputs`, the first series of the model's report.yaml.

    Raises
    ------
    SimError
        with every fault of the scenario, and every lever or output that is unknown.
    """
    case = open_case(scenario, settings=settings, use=use, city=city, home=home)
    return board_of(case, names, outputs or case.world.outline.first[:1])


def _listed(raw: object) -> str:
    """A setting of the project ledger as --set takes it."""
    return ",".join(map(str, raw)) if isinstance(raw, list) else str(raw)


def _overs(over: Settings | None) -> tuple[Over, ...]:
    return tuple(Over(key, raw, Place(key=f"over[{key!r}]")) for key, raw in (over or {}).items())


def _spread(cluster: Word | None, workers: Workers | None) -> Spread:
    if cluster is None:
        return on_this_machine(workers or processors())
    from sim.ensemble.cluster import on_cluster  # the extra may not be installed

    return on_cluster(cluster)
