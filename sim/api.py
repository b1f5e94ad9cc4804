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
from sim.simulate.sweeps.running import Spread, on_this_machine, prepare_sweep, run_dataset, sweep_in_memory, sweep_to_folder
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
    """Read and check a scenario.

    Parameters
    ----------
    scenario
        A file or a name; the name of a city stands for the city as its own data have it. Without one, the scenario that the
        home folder declares for plans.
    settings
        Changes as --set makes them, by name: a value, or values by the year from which they hold, in the unit of the parameter.
    use
        Named layers of `overrides` to switch on.
    city
        The folder of a city, in place of the one that the scenario names.
    home
        The folder that holds models/ and scenarios/; by default the current one, else the one that is installed.
    seed
        The seed of the realisations of the project ledger, and of draws.

    Returns
    -------
    Case
        The scenario bound to its city, ready to run.

    Raises
    ------
    SimError
        with every fault of the scenario, the settings and the city.

    Examples
    --------
    >>> from sim.api import open_case
    >>> case = open_case("plan_2025", settings={"rd_policy": 0.01, "external_demand_lead": {2022: 0.02, 2025: 0.04}})
    >>> case.last_year
    2035
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
    """Run a scenario once, and with `draws` also that many times with drawn parameters.

    Parameters
    ----------
    draws
        Draws for the probabilities of the targets; zero for none.
    workers
        Processes for the draws; by default one a processor.
    scenario, settings, use, city, home, seed
        As `open_case` takes them.

    Returns
    -------
    xarray.Dataset
        Every variable [year, its own dimensions], in the unit of its attribute `units`, and the scorecard along `target`, whose
        numbers are in the unit of each target. Variables have dimensions of their own, so `to_dataframe()` of all of them asks
        for every combination of sectors, ages, districts and more, and for more memory than there is: see `.sim.table`.

    Raises
    ------
    SimError
        with every fault of the input; when the run fails.

    Examples
    --------
    >>> import sim
    >>> run = sim.run("plan_2025")
    >>> run["gdp_nominal"].dims, run["gdp_nominal"].attrs["units"]
    (('region', 'year'), '亿元')
    >>> run["verdict"].sel(target="hy_gdp_2025").item()
    'missed'
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
    """Run many draws, or the points of a grid, and keep them draw by draw.

    Parameters
    ----------
    draws
        Draws; of a grid, at each point. By default 2,000, or one at each point.
    over
        The swept inputs by name: a list of values, or a distribution, in the unit of the parameter. Without it the city's
        calibrated ensemble is drawn.
    method
        The design: ensemble, random, latin_hypercube, sobol, grid or list.
    rest
        The inputs that are not swept: drawn as an ensemble, or central.
    outputs
        Variables to keep besides those of the model's outline and its targets.
    folder
        A folder for the draws, in which an ended run resumes; without it they are kept in memory.
    cluster
        The address of a Dask scheduler, such as tcp://host:8786.
    prior
        Draw from the priors and not from the calibrated ensemble.
    workers
        Processes; by default one a processor.
    scenario, settings, use, city, home, seed
        As `open_case` takes them.

    Returns
    -------
    xarray.Dataset
        Outputs [year, their own dimensions, draw] in the unit of their attribute `units`, `inputs` [input, draw], `met`
        [target, draw] and `lost` [draw].

    Raises
    ------
    SimError
        with every fault of the input; when the runs fail or the folder holds something else.

    Examples
    --------
    >>> import sim
    >>> draws = sim.sweep("plan_2025", over={"external_demand_lead": {"uniform": [0.0, 0.08]}}, draws=64, workers=1)
    >>> draws["gdp_nominal"].dims, draws.sizes["draw"]
    (('year', 'region', 'draw'), 64)
    >>> grid = sim.sweep("plan_2025", over={"rd_policy": [0.0, 0.01]}, workers=1)
    >>> bool(grid["rd_intensity"].sel(year=2025).isel(region=0).diff("draw") > 0)
    True
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
    """Measure how much each unknown matters, by indicator and year.

    Parameters
    ----------
    kind
        sobol for indices of the variance, morris for mean effects.
    over
        The inputs and their distributions, as in `sweep`. Without it, all unknown parameters are screened by Morris first.
    indicators
        The outputs that are analysed; by default all that are one series.
    base, resamples
        Points of the Sobol design, a power of two, and resamples of its 95 % intervals.
    walks
        Trajectories by Morris.
    keep
        The number of most influential inputs that a screening keeps.
    rest, folder, cluster, prior, workers
        As `sweep` takes them.
    scenario, settings, use, city, home, seed
        As `open_case` takes them.

    Returns
    -------
    xarray.Dataset
        Along [input, output, year]: `first` and `total` indices with the half-widths `first_error` and `total_error` of their
        95 % intervals; by Morris `effect`, `size` and `deviation`, in the unit of the output over the range of the input.

    Raises
    ------
    SimError
        with every fault of the input; when the runs fail.

    Examples
    --------
    >>> import sim
    >>> over = {"external_demand_lead": {"uniform": [0.0, 0.08]}, "rd_policy": {"uniform": [0.0, 0.02]}}
    >>> indices = sim.sensitivity("plan_2025", over=over, indicators="rd_intensity", base=16, resamples=5, workers=1)
    >>> indices["total"].dims
    ('input', 'output', 'year')
    >>> indices["total"].sel(output="rd_intensity", year=2030).idxmax().item()
    'rd_policy'
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
    """Make a board of levers that answers at once.

    Parameters
    ----------
    names
        The levers; by default all of the model.
    outputs
        The variables that the board answers with; by default the first series of the model's report.yaml.
    scenario, settings, use, city, home
        As `open_case` takes them.

    Returns
    -------
    Board
        `board.run({lever: value})` gives the outputs [year, their own dimensions] with these levers at these values.

    Raises
    ------
    SimError
        with every fault of the scenario, and every lever or output that is unknown.

    Examples
    --------
    >>> import sim
    >>> board = sim.levers("plan_2025", "rd_policy", "rd_intensity")
    >>> more, still = board.run({"rd_policy": 0.01}), board.run()
    >>> bool((more["rd_intensity"] > still["rd_intensity"]).sel(year=2025).all())
    True
    """
    case = open_case(scenario, settings=settings, use=use, city=city, home=home)
    return board_of(case, names, outputs or case.city.outline.first[:1])


def _listed(raw: object) -> str:
    """Return a setting of the project ledger as --set takes it."""
    return ",".join(map(str, raw)) if isinstance(raw, list) else str(raw)


def _overs(over: Settings | None) -> tuple[Over, ...]:
    return tuple(Over(key, raw, Place(key=f"over[{key!r}]")) for key, raw in (over or {}).items())


def _spread(cluster: Word | None, workers: Workers | None) -> Spread:
    if cluster is None:
        return on_this_machine(workers or processors())
    from sim.ensemble.cluster import on_cluster  # the extra may not be installed

    return on_cluster(cluster)
