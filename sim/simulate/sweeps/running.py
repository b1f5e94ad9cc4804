"""A sweep: many draws of one case, kept draw by draw, in memory or in a folder where they can be gone on with.

A worker runs a chunk of draws, judges the targets in it and writes it; the parent only counts. So memory does not grow with the
number of draws, a chunk that is on disk is never lost, and where a chunk is run changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from pydantic import TypeAdapter

from sim.base.arrays import Values
from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.ensemble.blocks import BlockResult, LostDraw, Task
from sim.ensemble.draws import Draws
from sim.ensemble.running import MOST_LOST, fail_if_too_many_lost, lost_sentence
from sim.ensemble.workers import Portion, run_portions
from sim.plan.probability import Conditions, conditions_of
from sim.result.draw_store import StorePlan, open_store, read_draws, write_chunk
from sim.simulate.design import Design, compiled_for
from sim.simulate.draws import draws_of, task_of
from sim.simulate.opening import Case
from sim.simulate.pipeline import Outcome, judge_of, run
from sim.simulate.sweeps.record import REALISATION, shared_numbers, store_plan

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
    _fail_if_too_large(plan)
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


def _fail_if_too_large(plan: StorePlan) -> None:
    """Raise where draws would not fit in the memory of a usual machine: they belong on disk."""
    size = sum(math.prod(plan.shape(name)) * np.dtype(item.dtype).itemsize for name, item in plan.arrays.items())
    if size > MOST_BYTES:
        gigabytes = f"{size / 1e9:,.0f}"
        message = Text(f"{plan.count:,} 次抽样需 {gigabytes} GB 内存", f"{plan.count:,} draws take {gigabytes} GB of memory")
        raise UsageError(
            Fault(message, Place(key="draws"), Text("写明 folder=，存到磁盘", "name a folder=, to keep them on disk"))
        )


def _tell(progress: Progress | None, done: int, count: int, lost: int) -> None:
    if progress is not None:
        progress(done, count, lost)


def _told(dataset: xr.Dataset, sweep: Sweep, notes: Iterable[Mapping[str, Any]]) -> xr.Dataset:
    """The draws, unless too many of them were lost; of points that were chosen, each is an answer, and one left is enough."""
    lost = [_LOST_DRAW.validate_python(draw) for note in notes for draw in note["lost"]]
    fail_if_too_many_lost(lost, sweep.store.count, MOST_LOST if sweep.task.draws.sample is None else 1.0)
    sentence = lost_sentence(lost)
    return dataset if sentence is None else dataset.assign_attrs(left_out=sentence.en, left_out_zh=sentence.zh)
