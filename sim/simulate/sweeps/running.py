"""A sweep: many draws of one case, kept draw by draw, in memory or in a folder where they can be gone on with; and its record.

A worker runs a chunk of draws, judges the targets in it and writes it; the parent only counts. So memory does not grow with the
number of draws, a chunk that is on disk is never lost, and where a chunk is run changes nothing. The record of a sweep is its
arrays, what decides their numbers, and what a reader must know to name and draw them.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from pydantic import TypeAdapter

from sim.base import __version__
from sim.base.arrays import Values
from sim.base.cache import engine_key
from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.ensemble.blocks import BlockResult, LostDraw, Task
from sim.ensemble.draws import Draws
from sim.ensemble.running import MOST_LOST, fail_if_too_many_lost, lost_sentence
from sim.ensemble.workers import Portion, run_portions
from sim.model.binding import NOISE
from sim.plan.probability import Conditions, conditions_of
from sim.plan.scorecard import column, score_row
from sim.result.dataset import modelled_series, published_series
from sim.result.draw_store import ArrayPlan, StorePlan, open_store, read_draws, write_chunk
from sim.simulate.design import Design, compiled_for
from sim.simulate.draws import draws_of, source_for, task_of
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome, judge_of, run
from sim.simulate.sweeps.names import AskedTarget
from sim.simulate.sweeps.statistics import OPEN, SHARED

Kept = tuple[int, dict[str, Values], dict[str, Any]]
"""First draw of a chunk, its arrays [dims..., draw], and what is noted of it."""
Spread = Callable[[Task, Callable[[BlockResult], Any], list[Portion]], Iterator[Any]]
"""Runs portions of draws somewhere, and gives back what is made of each."""
Progress = Callable[[int, int, int], None]
"""Told how many draws are done, of how many, and how many of them were lost."""


_LOST_DRAW = TypeAdapter(LostDraw)
MOST_BYTES = 4_000_000_000
"""Draws that are held in memory."""


@dataclass(frozen=True)
class Sweep:
    """A sweep that is ready to run: the central run, the task, what judges a draw, and what is stored."""

    outcome: Outcome
    task: Task
    conditions: Conditions
    store: StorePlan


def prepare_sweep(case: Case, design: Design) -> Sweep:
    """Return everything that is known before the first draw of a design that is complete.

    Raises
    ------
    SimError
        when the central run fails, or the stored ensemble does not fit.
    """
    outcome = run(compiled_for(case, design.sample))
    case = outcome.case
    draws = draws_of(case, design)
    judged = conditions_of(outcome.scores, judge_of(case, outcome.results))
    conditions = judged if draws.realised is not None else judged.without_chance()
    checked = tuple(check.variable for check in case.city.checks)
    outputs = tuple(dict.fromkeys((*conditions.outputs, *checked, *design.outputs))) or tuple(case.city.outline.first)
    task = task_of(case, outputs, draws, design.precision)
    return Sweep(outcome, task, conditions, store_plan(outcome, design, task, conditions))


def kept_of(draws: Draws, conditions: Conditions, result: BlockResult) -> Kept:
    """Return the arrays of a chunk and what is noted of it; lost draws are not a number, and meet nothing."""
    start, stop = result.start, result.stop
    lost, shared = ~result.fine, shared_numbers(draws, start, stop)
    met = conditions(result.values, shared.get(REALISATION, np.arange(start, stop)).astype(np.intp))
    arrays = {name: np.where(lost, np.nan, values).astype(values.dtype) for name, values in result.values.items()}
    inputs = [*draws.swept(start, stop).columns, *draws.factors(start, stop).values()]
    arrays["inputs"] = np.array(inputs).reshape(-1, stop - start)
    arrays["met"] = np.array([answers & ~lost for answers in met.values()], dtype=bool).reshape(-1, stop - start)
    arrays["lost"] = lost
    return start, arrays | shared, {"lost": [asdict(draw) for draw in result.lost], "embedded_error": result.embedded_error}


def _written(keep: Callable[[BlockResult], Kept], folder: Path, key: str, result: BlockResult) -> tuple[int, int]:
    """Write what is kept of a chunk into a folder; only how many draws were run and lost goes back to the parent."""
    start, arrays, note = keep(result)
    write_chunk(folder, start, arrays, note, key)
    return result.stop - start, len(result.lost)


def on_this_machine(workers: int) -> Spread:
    """Runs portions in this process or several of this machine."""
    return lambda task, work, portions: run_portions(task, work, workers, portions=portions)


def sweep_to_folder(sweep: Sweep, folder: Path, spread: Spread, progress: Progress | None = None) -> xr.Dataset:
    """As `swept_folder`, which is let go at once."""
    with swept_folder(sweep, folder, spread, progress) as draws:
        return draws


@contextmanager
def swept_folder(sweep: Sweep, folder: Path, spread: Spread, progress: Progress | None = None) -> Iterator[xr.Dataset]:
    """Run what is missing in a folder, and give the whole, which is read when it is used; nobody else writes there meanwhile.

    Raises
    ------
    UsageError
        when the folder holds something else or another program is writing to it.
    RunError
        when too many draws are lost, worker processes die twice, or the folder cannot be written.
    """
    folder = folder.absolute()  # workers of a cluster stand in other folders
    with open_store(folder, sweep.store) as store:
        missing = store.missing()
        done = sweep.store.count - sum(stop - start for start, stop in missing)
        lost = sum(len(mark["lost"]) for mark in store.present())
        _tell(progress, done, sweep.store.count, lost)
        keep = partial(kept_of, sweep.task.draws, sweep.conditions)
        for count, of_chunk in spread(sweep.task, partial(_written, keep, folder, sweep.store.key), missing):
            done, lost = done + count, lost + of_chunk
            _tell(progress, done, sweep.store.count, lost)
        yield _told(read_draws(folder), sweep, store.present())


def sweep_in_memory(sweep: Sweep, spread: Spread, progress: Progress | None = None) -> xr.Dataset:
    """Run all draws and keep them in memory.

    Raises
    ------
    UsageError
        when they do not fit.
    RunError
        when too many draws are lost, or worker processes die twice.
    """
    plan, done, lost = sweep.store, 0, 0
    size = sum(math.prod(plan.shape(name)) * np.dtype(item.dtype).itemsize for name, item in plan.arrays.items())
    if size > MOST_BYTES:
        gigabytes = f"{size / 1e9:,.0f}"
        message = Text(f"{plan.count:,} 次抽样需 {gigabytes} GB 内存", f"{plan.count:,} draws take {gigabytes} GB of memory")
        advice = Text("写明 folder=，存到磁盘", "name a folder=, to keep them on disk")
        raise UsageError(Fault(message, Place(key="draws"), advice))
    room = {name: np.full(plan.shape(name), item.fill, item.dtype) for name, item in plan.arrays.items()}
    notes: list[dict[str, Any]] = []
    for start, arrays, note in spread(sweep.task, partial(kept_of, sweep.task.draws, sweep.conditions), plan.chunks):
        for name, values in arrays.items():
            room[name][..., start : start + values.shape[-1]] = values
        notes.append(note)
        done, lost = done + len(arrays["lost"]), lost + len(note["lost"])
        _tell(progress, done, plan.count, lost)
    variables = {name: ((*item.dims, "draw"), room[name], dict(item.attributes)) for name, item in plan.arrays.items()}
    return _told(xr.Dataset(variables, coords=dict(plan.coordinates), attrs=dict(plan.attributes)), sweep, notes)


def _tell(progress: Progress | None, done: int, count: int, lost: int) -> None:
    if progress is not None:
        progress(done, count, lost)


def _told(dataset: xr.Dataset, sweep: Sweep, notes: Iterable[Mapping[str, Any]]) -> xr.Dataset:
    """The draws, unless too many of them were lost; of points that were chosen, each is an answer, and one left is enough."""
    lost = [_LOST_DRAW.validate_python(draw) for note in notes for draw in note["lost"]]
    fail_if_too_many_lost(lost, sweep.store.count, MOST_LOST if sweep.task.draws.sample is None else 1.0)
    sentence = lost_sentence(lost)
    return dataset if sentence is None else dataset.assign_attrs(left_out=sentence.en, left_out_zh=sentence.zh)


_DIGITS = 16
REALISATION, STORED_SET = SHARED
SHOCKS, PROJECTS = Text("年度冲击", "yearly shocks"), Text("项目台账的实现", "realisation of the project ledger")


def store_plan(outcome: Outcome, design: Design, task: Task, conditions: Conditions) -> StorePlan:
    """Return the plan of what is stored of each draw, and everything that decides it."""
    outputs, results, sample = task.outputs, outcome.results, design.sample
    dims = {name: ("year", *task.kernel.dims[name]) for name in outputs}
    published, case = _published(outcome), outcome.case
    told = {name: dict(results[name].attrs) | {"published": _json(published.get(name, {}))} for name in outputs}
    named = {name: _input(case, task.draws, name) for name in input_names(task.draws)}
    asked = [_target(outcome, conditions, name) for name in conditions.names]
    arrays = {name: ArrayPlan(dims[name], task.precision, np.nan, told[name]) for name in outputs}
    arrays["inputs"] = ArrayPlan(("input",), "float64", np.nan, {"named": _json(named)})
    told_of_met = {"asked": _json(asked), OPEN: _json(list(conditions.open))}
    arrays["met"] = ArrayPlan(("target",), "bool", False, told_of_met)
    arrays["lost"] = ArrayPlan((), "bool", False, {"long_name": "left out: not a finite number"})
    for name in shared_numbers(task.draws, 0, 1):
        arrays[name] = ArrayPlan((), "int32", -1, {"long_name": f"number of the {name} that a draw takes"})
    chosen = {"method": str(design.method), "seed": str(design.seed), "rest": _rest(case, design)}
    chosen["sample"] = _sample_key(design)
    swept = {
        "swept": 0 if sample is None else len(sample.inputs),
        "draws_per_point": 0 if sample is None else sample.members,
        "outputs": _json(list(outputs)),
    }
    dimensions, used = case.city.graph.dimensions, dict.fromkeys(dim for name in outputs for dim in task.kernel.dims[name])
    return StorePlan(
        identity=_identity(outcome, task, conditions, chosen),
        count=design.count,
        arrays=arrays,
        coordinates={
            "year": [int(year) for year in results["year"].values],
            **{dim: list(dimensions[dim].members) for dim in used},
            "input": input_names(task.draws),
            "target": list(conditions.names),
        },
        attributes=_about(case) | chosen | swept,
    )


def shared_numbers(draws: Draws, start: int, stop: int) -> dict[str, np.ndarray[Any, np.dtype[np.int32]]]:
    """Return what draws share with each other, by name: the numbers [draw] of their realisation and of their stored set."""
    found = {REALISATION: draws.realisations(start, stop), STORED_SET: draws.rows(start, stop)}
    return {name: numbers.astype(np.int32) for name, numbers in found.items() if numbers is not None}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _identity(outcome: Outcome, task: Task, conditions: Conditions, chosen: Mapping[str, str]) -> dict[str, str]:
    """Return what decides the numbers of a sweep, what was `chosen` of its design among it."""
    scenario, outputs = outcome.case.scenario, task.outputs
    return {
        "scenario": scenario.key,
        "city": scenario.city,
        "inputs": outcome.provenance.digest[:_DIGITS],
        "method": chosen["method"],
        "draws": str(task.draws.count),
        "seed": chosen["seed"],
        "rest": chosen["rest"],
        "sample": chosen["sample"][:_DIGITS],
        "outputs": _hash(" ".join((*outputs, *conditions.names)))[:_DIGITS],
        "precision": task.precision,
        "simulator": __version__,
        "engine": engine_key()[:_DIGITS],
        "numpy": metadata.version("numpy"),
        "scipy": metadata.version("scipy"),
    }


def _rest(case: Case, design: Design) -> str:
    """Return what that is not swept is drawn from."""
    if design.rest == "central":
        return "nothing"
    found = source_for(case, design)
    return "priors" if found is None else "outdated" if isinstance(found, Fault) else "posterior"


def _sample_key(design: Design) -> str:
    """Return the fingerprint of the sample; where nothing is swept, of the method, the count and the seed."""
    if design.sample is not None:
        return design.sample.fingerprint
    return _hash(f"{design.method} {design.count} {design.seed}")


def input_names(draws: Draws) -> list[str]:
    """Everything that differs from draw to draw and is one number: swept inputs first, then factors of parameters."""
    swept = () if draws.sample is None else draws.sample.keys
    return [*swept, *draws.factors(0, 1)]


def _about(case: Case) -> dict[str, Any]:
    """Return what a dataset says of its scenario and of the members of its dimensions."""
    return {
        "title": f"{case.scenario.key}: {case.scenario.name.en}",
        "title_zh": case.scenario.name.zh,
        "scenario": case.scenario.key,
        "base_year": case.base_year,
        "members": _json({dim: _member_names(case, dim) for dim in case.city.graph.dimensions}),
        "has_shocks": int(_has_shocks(case)),
        "has_ledger": int(case.city.ledger.settings is not None),
    }


def _has_shocks(case: Case) -> bool:
    graph = case.city.graph
    return any(name.startswith(NOISE) for quantity in graph.quantities for name in graph.reads(quantity))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _input(case: Case, draws: Draws, key: str) -> dict[str, str]:
    """Name and unit of an input; what is not swept is a factor on the parameter's values."""
    swept = {} if draws.sample is None else {item.key: item for item in draws.sample.inputs}
    item = swept.get(key)
    if item is not None and item.role != "parameter":
        label = SHOCKS if item.role == "shocks" else PROJECTS
        return {"zh": label.zh, "en": label.en, "unit": ""}
    name, _, member = key.partition(".")
    record = case.city.data.parameters[name]
    label = record.label
    for dim in record.dims if member else ():
        if member in case.city.graph.dimensions[dim].members:
            of_member = case.city.labels.member(dim, member)
            label = label + Text(f"（{of_member.zh}）", f" ({of_member.en})")
    factor = item is None or item.relative
    return {"zh": label.zh, "en": label.en, "unit": "×" if factor else record.unit}


SCORECARD = ("plan_value", "projected", "gap", "gap_percent", "required_growth", "probability", "probability_error", "verdict")
"""Columns of the scorecard that a run's dataset holds along `target`."""


def run_dataset(outcome: Outcome) -> xr.Dataset:
    """A central run that names itself: every variable by year, and the scorecard along `target`."""
    case, results, published = outcome.case, outcome.results, _published(outcome)
    told = {name: results[name].assign_attrs(published=_json(published[name])) for name in published}
    dataset = results.assign(told).assign_coords(target=[score.target.id for score in outcome.scores])
    rows = [score_row(score, "en") for score in outcome.scores]
    scorecard = {name: ("target", column([row[name] for row in rows])) for name in SCORECARD}
    conditions = conditions_of(outcome.scores, judge_of(case, results))
    asked = [_target(outcome, conditions, score.target.id) for score in outcome.scores]
    dataset = dataset.assign(scorecard)
    dataset["verdict"].attrs["asked"] = _json(asked)
    table = f'.sim.table("{next(iter(results.data_vars))}")'
    return dataset.assign_attrs(**_about(case), as_table=table, first=_json(case.city.outline.first))


def _target(outcome: Outcome, conditions: Conditions, name: str) -> dict[str, Any]:
    """Return what a reader must know of a target, for `asked_targets`."""
    target = outcome.case.city.catalogue.targets[name]
    reading = conditions.readings.get(name)
    score = next(score for score in outcome.scores if score.target.id == name)
    is_level = reading is not None and reading.binding.reading == "level" and len(reading.outputs) == 1
    told = AskedTarget(
        id=name,
        zh=target.name.zh,
        en=target.name.en,
        unit=target.unit,
        year=target.year or 0,
        operator=target.operator,
        value=target.value,
        variable="" if reading is None else reading.outputs[0],
        level=target.value / reading.factor if reading is not None and is_level else None,
        since=target.start_year if score.each_year else None,
        central=score.projected,
    )
    return asdict(told)


def _member_names(case: Case, dim: str) -> dict[str, dict[str, str]]:
    """Names of the members of a dimension."""
    return {member: asdict(case.city.labels.member(dim, member)) for member in case.city.graph.dimensions[dim].members}


def _published(outcome: Outcome) -> dict[str, dict[str, float]]:
    """Published values by year of the variables that stand for one indicator as a whole, in the variable's unit."""
    city = outcome.case.city
    found: dict[str, dict[str, float]] = {}
    for check in city.checks:
        if check.reading != "value" or check.members:
            continue
        unit = modelled_series(outcome.results, check, city.data.key)[1]
        series = published_series(check, city.data.history, city.data.key)
        found[check.variable] = {str(year): datum.in_unit(unit) for year, datum in series.items()}
    return found
