"""Portions of draws on a Dask cluster (extra `cluster`): the same work as on one machine, so the same numbers.

The task goes to every worker once. Dask runs again what a lost worker had in hand; should the task itself be lost with its last
holder, it is sent anew. Workers write into the results folder, which must be one that all of them see.
"""

from __future__ import annotations

import asyncio
import hashlib
import pickle
import platform
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from importlib import metadata
from typing import Any

import cloudpickle
from distributed import Client, KilledWorker, as_completed
from distributed.client import FutureCancelledError
from distributed.comm.core import connect

from sim.base import __version__
from sim.base.cache import engine_key
from sim.base.errors import Fault, Place, RunError, UsageError
from sim.base.text import Text
from sim.ensemble.blocks import BlockResult, BlockRunner, Task
from sim.ensemble.workers import Portion

Made = Callable[[BlockResult], Any]
_MOST_ATTEMPTS = 5
_SECONDS_TO_CONNECT = 10
_OPTION = Place(key="--cluster")


def on_cluster(address: str) -> Callable[[Task, Made, list[Portion]], Iterator[Any]]:
    """Return a function that runs portions on the workers of a Dask scheduler.

    Raises
    ------
    UsageError
        when no scheduler answers, it has no workers, or they have other versions of what decides the numbers.
    RunError
        when workers are lost again and again.
    """

    def spread(task: Task, work: Made, portions: list[Portion]) -> Iterator[Any]:
        if not portions:
            return
        with _connected(address) as client:
            _fail_if_versions_differ(client)
            yield from _run(client, cloudpickle.dumps((task, work)), portions)

    return spread


def _connected(address: str) -> Any:
    try:
        with ThreadPoolExecutor(1) as beside:  # a notebook has a loop of its own
            beside.submit(asyncio.run, _shake_hands(address)).result()
        return Client(address, timeout=_SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:
        message = Text(f"连不上调度器 {address}", f"no scheduler answers at {address}")
        advice = Text("请先运行 dask scheduler，地址写成 tcp://主机:端口", "start dask scheduler, and write tcp://HOST:PORT")
        raise UsageError(Fault(message, _OPTION, advice)) from error


async def _shake_hands(address: str) -> None:
    """See whether Dask answers; a client waits for ever for what listens but speaks something else."""
    answer = connect(address, timeout=_SECONDS_TO_CONNECT)  # type: ignore[no-untyped-call]
    comm = await asyncio.wait_for(answer, _SECONDS_TO_CONNECT)
    await comm.close()


def versions() -> dict[str, str]:
    """Return what must be the same everywhere for the numbers to be the same."""
    packages = {name: metadata.version(name) for name in ("numpy", "scipy")}
    return {"simulator": __version__, "engine": engine_key()[:8], "python": platform.python_version(), **packages}


def _fail_if_versions_differ(client: Any) -> None:
    found, own = client.run(versions), versions()
    if not found:
        message = Text("调度器还没有工作进程", "the scheduler has no workers yet")
        raise UsageError(Fault(message, _OPTION, Text("请运行 dask worker", "start dask worker")))
    differing = {worker: theirs for worker, theirs in found.items() if theirs != own}
    if differing:
        raise UsageError(
            Fault(Text(f"工作进程 {worker} 的版本不同：{theirs}", f"the worker {worker} has other versions: {theirs}"), _OPTION)
            for worker, theirs in differing.items()
        )


def _run(client: Any, packed: bytes, portions: list[Portion]) -> Iterator[Any]:
    """Yield what is made of each portion, as it is finished."""
    waiting, attempts = list(portions), 0
    while waiting:
        attempts += 1
        try:
            for portion, result in _attempt(client, packed, list(waiting)):
                waiting.remove(portion)
                yield result
        except (KilledWorker, CancelledError, FutureCancelledError) as error:
            if attempts >= _MOST_ATTEMPTS:
                count = len(waiting)
                message = Text(
                    f"集群反复丢失工作进程，{count} 块未完成", f"the cluster kept losing workers; {count} chunks are not done"
                )
                advice = Text(
                    "检查工作进程的内存和日志后用同一命令继续",
                    "see to the workers' memory and logs, then run the command again",
                )
                raise RunError(Fault(message, _OPTION, advice)) from error


def _attempt(client: Any, packed: bytes, portions: list[Portion]) -> Iterator[tuple[Portion, Any]]:
    key = hashlib.sha256(packed).hexdigest()
    [shipped] = client.scatter([packed], broadcast=True, hash=False)
    futures = [client.submit(run_shipped, shipped, key, *portion, pure=False) for portion in portions]
    of_future = dict(zip((future.key for future in futures), portions, strict=True))
    try:
        for future in as_completed(futures):  # type: ignore[no-untyped-call]
            yield of_future[future.key], future.result()
            future.release()
    finally:
        client.cancel(futures, force=True)


_at_work: dict[tuple[str, int], tuple[BlockRunner, Made]] = {}


def run_shipped(packed: bytes, key: str, start: int, stop: int) -> Any:
    """Run a portion on a worker. Each of its threads keeps the task and its workspaces for the next portion."""
    place = key, threading.get_ident()
    # Threads of a worker share no workspace: a kernel writes into its memory.
    for other in [kept for kept in list(_at_work) if kept[0] != key]:
        _at_work.pop(other, None)
    if place not in _at_work:
        task, work = pickle.loads(packed)  # noqa: S301  sent by the program that this worker was started for
        _at_work[place] = BlockRunner(task), work
    runner, work = _at_work[place]
    return work(runner.run(start, stop))
