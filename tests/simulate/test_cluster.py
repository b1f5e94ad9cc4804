"""A Dask scheduler and two workers as processes: the same numbers as on one machine, with a worker killed midway."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.result.draw_store import read_draws
from tests.simulate.program import ROOT, assert_same, call, kill, marks, start, wait_until

pytestmark = pytest.mark.slow
ARGUMENTS = ("--draws", "15360", "--seed", "5", "--name", "sweep", "--quiet")


class Cluster(NamedTuple):
    """Its address and the processes of its workers."""

    address: str
    workers: list[subprocess.Popen[bytes]]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def launch(*words: str, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *words]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    port, folder = free_port(), tmp_path / "dask"
    folder.mkdir()
    address = f"tcp://127.0.0.1:{port}"
    scheduler = launch("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", folder=folder)
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")
    workers = [launch("worker", address, *options, folder=folder) for _ in range(2)]
    yield Cluster(address, workers)
    for process in (*workers, scheduler):
        kill(process.pid)
        process.wait()


def wait_for_workers(address: str, count: int) -> None:
    from distributed import Client

    with Client(address, timeout=30) as client:  # type: ignore[no-untyped-call]
        client.wait_for_workers(count, timeout=60)


def test_a_cluster_gives_the_same_and_a_killed_worker_changes_nothing(cluster: Cluster, tmp_path: Path) -> None:
    local, remote = tmp_path / "local", tmp_path / "remote"
    subprocess.run(call(*ARGUMENTS, "--workers", "2", "--out", str(local)), check=True, cwd=ROOT)
    wait_for_workers(cluster.address, 2)
    program = start(*ARGUMENTS, "--cluster", cluster.address, "--out", str(remote))
    wait_until(lambda: marks(remote / "sweep") >= 3)
    kill(cluster.workers[0].pid)
    at_the_kill = marks(remote / "sweep")
    assert program.wait() == 0
    assert at_the_kill < 15
    assert_same(remote / "sweep", read_draws(local / "sweep"))


def test_no_scheduler_and_no_worker_are_faults(tmp_path: Path) -> None:
    words = [*ARGUMENTS, "--out", str(tmp_path), "--cluster"]
    for address in (f"tcp://127.0.0.1:{free_port()}", "nonsense://x:1"):
        done = subprocess.run(call(*words, address), capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
        assert done.returncode == 2, done.stderr
        assert re.search("no scheduler answers at", done.stderr)
        assert "Traceback" not in done.stderr
    with socket.socket() as mute:  # listens, and never says a word
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        done = subprocess.run(call(*words, address), capture_output=True, encoding="utf-8", cwd=ROOT, check=False, timeout=90)
    assert done.returncode == 2, done.stderr
    assert "no scheduler answers at" in done.stderr
    port = free_port()
    scheduler = launch("scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard", folder=tmp_path)
    try:
        time.sleep(3.0)
        address = f"tcp://127.0.0.1:{port}"
        done = subprocess.run(call(*words, address), capture_output=True, encoding="utf-8", cwd=ROOT, check=False)
    finally:
        kill(scheduler.pid)
        scheduler.wait()
    assert done.returncode == 2, done.stderr
    assert "the scheduler has no workers yet" in done.stderr
