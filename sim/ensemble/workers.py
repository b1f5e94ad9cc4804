"""Portions of draws spread over processes. What they share is written once to a temporary folder.

When a worker dies the library cannot say which portion it held, so those handed out and not yet returned are run once more; a
portion that is lost twice ends the run. Interrupting ends the workers first.
"""

from __future__ import annotations

import os
import pickle
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import cloudpickle
from joblib import Parallel, delayed

from sim.base.durable import scratch_folder
from sim.base.errors import Fault, Place, RunError
from sim.base.processes import block_sigint, init_worker
from sim.base.text import Text
from sim.ensemble.blocks import BlockResult, BlockRunner, Task

T = TypeVar("T")
Portion = tuple[int, int]
_FOLDER, _TASK = "sim-draws-", "task.pickle"
_EXPECTED = (
    r"[\s\S]*\b(but not used|have been\s+cancelled)\b",  # an interrupt is meant to cancel
    r"A worker stopped while some jobs were given",  # a worker that has grown is replaced, and nothing is lost
)


def run_portions(
    task: Task,
    work: Callable[[BlockResult], T],
    workers: int,
    lost_portions: list[Portion] | None = None,
    portions: list[Portion] | None = None,
) -> Iterator[T]:
    """Yield what `work` makes of each portion of the draws, in order; those that were run again are added to `lost_portions`.

    `work` copies what it keeps: the arrays of a result are written over by the next portion. Without `portions`, all draws are
    run, in portions that suit the workers.

    Raises
    ------
    RunError
        when a portion is lost twice.
    """
    portions = task.portions(workers) if portions is None else portions
    if not portions:
        return
    if workers == 1 or len(portions) == 1:
        runner = BlockRunner(task)
        yield from (work(runner.run(start, stop)) for start, stop in portions)
        return
    with shared_task(task, work) as folder:
        lost = [] if lost_portions is None else lost_portions
        yield from _with_second_chance(folder, portions, min(workers, len(portions)), lost)


def _with_second_chance(folder: Path, portions: list[Portion], workers: int, lost: list[Portion]) -> Iterator[Any]:
    waiting = portions
    while waiting:
        handed_out: list[Portion] = []
        done = 0
        try:
            for result in _in_parallel(folder, waiting, workers, handed_out):
                done += 1
                yield result
        except BrokenProcessPool as error:
            in_flight = handed_out[done:]
            twice = [portion for portion in in_flight if portion in lost]
            if twice:
                raise RunError(_lost_twice(named(twice))) from error
            lost.extend(in_flight)
        waiting = waiting[done:]


def _in_parallel(folder: Path, portions: list[Portion], workers: int, handed_out: list[Portion]) -> Iterator[Any]:
    def calls() -> Iterator[Any]:
        for portion in portions:
            handed_out.append(portion)  # taken ahead of the results: whatever is listed and not yielded may be lost
            yield delayed(run_portion)(str(folder), *portion)

    for message in _EXPECTED:
        warnings.filterwarnings("ignore", message=message, category=UserWarning)
    parallel = Parallel(
        n_jobs=workers,
        backend="loky",
        return_as="generator",
        batch_size=1,
        pre_dispatch=2 * workers,
        initializer=init_worker,
        temp_folder=str(folder),  # what the library maps into memory is swept with it
    )
    with block_sigint():
        results = parallel(calls())
    try:
        yield from results
    finally:
        results.close()  # interrupted or failed: the workers end before the error goes on


def run_portion(folder: str, start: int, stop: int) -> Any:
    """Run a portion in a worker, which keeps the task and its workspaces for the next one.

    A worker may not print, nor answer Ctrl-C: both are the parent's. It hands back what `work` makes of the portion.
    """
    runner, work = _at_work(folder)
    return work(runner.run(start, stop))


@lru_cache(maxsize=1)  # a worker outlives an ensemble: the next task takes the place of the last
def _at_work(folder: str) -> tuple[BlockRunner, Callable[[BlockResult], Any]]:
    task, work = pickle.loads((Path(folder) / _TASK).read_bytes())  # noqa: S301  written by shared_task for this run
    return BlockRunner(task), work


@contextmanager
def shared_task(task: Task, work: Callable[[BlockResult], Any]) -> Iterator[Path]:
    """A temporary folder, readable by its owner only, that holds a task."""
    with ExitStack() as held:
        try:
            folder = held.enter_context(scratch_folder(_FOLDER))
            (folder / _TASK).write_bytes(cloudpickle.dumps((task, work)))  # work may be a function of a notebook
        except OSError as error:
            message = Text(f"临时文件夹无法写入：{error.strerror}", f"the temporary folder cannot be written: {error.strerror}")
            place = Place(Path(error.filename) if isinstance(error.filename, str) else Path(os.environ.get("TMPDIR", "")))
            advice = Text("请腾出空间或改 TMPDIR，或用 --workers 1 运行", "make room, set TMPDIR, or run with --workers 1")
            raise RunError(Fault(message, place, advice)) from error
        yield folder


def named(portions: Iterable[Portion]) -> str:
    """Portions by their first and last draw."""
    return ", ".join(f"{start}–{stop - 1}" for start, stop in portions)


def _lost_twice(names: str) -> Fault:
    return Fault(
        Text(f"工作进程两次中断，抽样 {names} 未能完成", f"worker processes died twice; draws {names} were not completed"),
        Place(),
        Text("请检查内存是否足够，或用 --workers 1 运行", "check that memory suffices, or run with --workers 1"),
    )
