"""Blocks spread over processes. What they share is written once to a temporary folder, which each worker maps into memory.

When a worker dies the library cannot say which block it held, so those handed out and not yet returned are run once more; a
block that is lost twice ends the run. Interrupting ends the workers first.
"""

from __future__ import annotations

import pickle
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from sim.errors import Fault, Place, RunError
from sim.numerics.blocks import BlockResult, BlockRunner, Task
from sim.text import Text

Block = tuple[int, int]
_TASK = "task.pickle"
_NOTHING = np.zeros(0)
_CANCELLED = r"[\s\S]*tasks have been successfully executed\s+but not used"  # an interrupt is meant to cancel


def run_blocks(task: Task, workers: int, lost_blocks: list[Block] | None = None) -> Iterator[BlockResult]:
    """Results of all blocks in order. Blocks that had to be run again are added to `lost_blocks`.

    Raises
    ------
    RunError
        when a block is lost twice.
    """
    blocks = task.blocks(workers)
    if workers == 1 or len(blocks) == 1:
        runner = BlockRunner(task)
        yield from (runner.run(start, stop) for start, stop in blocks)
        return
    with shared_task(task) as folder:
        yield from _with_second_chance(folder, blocks, min(workers, len(blocks)), [] if lost_blocks is None else lost_blocks)


def _with_second_chance(folder: Path, blocks: list[Block], workers: int, lost: list[Block]) -> Iterator[BlockResult]:
    waiting = blocks
    while waiting:
        handed_out: list[Block] = []
        done = 0
        try:
            for result in _in_parallel(folder, waiting, workers, handed_out):
                done += 1
                yield result
        except BrokenProcessPool as error:
            in_flight = handed_out[done:]
            twice = [block for block in in_flight if block in lost]
            if twice:
                raise RunError(_lost_twice(twice)) from error
            lost.extend(in_flight)
        waiting = waiting[done:]


def _in_parallel(folder: Path, blocks: list[Block], workers: int, handed_out: list[Block]) -> Iterator[BlockResult]:
    def calls() -> Iterator[Any]:
        for block in blocks:
            handed_out.append(block)
            yield delayed(run_block)(str(folder), *block)

    warnings.filterwarnings("ignore", message=_CANCELLED, category=UserWarning)
    parallel = Parallel(
        n_jobs=workers,
        backend="loky",
        return_as="generator",
        batch_size=1,
        pre_dispatch=2 * workers,
        initializer=leave_interrupts_to_the_parent,
    )
    with _no_interrupts_at_birth():
        results = parallel(calls())
    try:
        yield from results
    finally:
        results.close()


def run_block(folder: str, start: int, stop: int) -> BlockResult:
    """Run a block in a worker, which keeps the task and its workspaces for the next one."""
    return _runner(folder).run(start, stop)


@lru_cache(maxsize=1)
def _runner(folder: str) -> BlockRunner:
    place = Path(folder)
    task: Task = pickle.loads((place / _TASK).read_bytes())  # noqa: S301  written by shared_task for this run
    given = {name: np.load(place / f"{name}.npy", mmap_mode="r") for name in task.draws.given}
    return BlockRunner(replace(task, draws=replace(task.draws, given=given)))


@contextmanager
def shared_task(task: Task) -> Iterator[Path]:
    """A temporary folder, readable by its owner only, that holds a task: drawn values as files that can be mapped."""
    folder = Path(tempfile.mkdtemp(prefix="sim-"))
    try:
        names: Mapping[str, Any] = task.draws.given
        for name, values in names.items():
            np.save(folder / f"{name}.npy", values)
        without = replace(task, draws=replace(task.draws, given=dict.fromkeys(names, _NOTHING)))
        (folder / _TASK).write_bytes(pickle.dumps(without))
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def leave_interrupts_to_the_parent() -> None:
    """A terminal sends Ctrl-C to every process; only the parent is to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _no_interrupts_at_birth() -> Iterator[None]:
    """Processes started meanwhile inherit the mask, so that Ctrl-C cannot break their start; ours waits until afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def named(blocks: Iterable[Block]) -> str:
    """Blocks by their first and last draw."""
    return ", ".join(f"{start}–{stop - 1}" for start, stop in blocks)


def _lost_twice(blocks: list[Block]) -> Fault:
    names = named(blocks)
    return Fault(
        Text(f"工作进程两次中断，抽样 {names} 未能完成", f"worker processes died twice; draws {names} were not completed"),
        Place(),
        Text("请检查内存是否足够，或用 --workers 1 运行", "check that memory suffices, or run with --workers 1"),
    )
