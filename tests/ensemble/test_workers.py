"""Processes that die: their portions are run once more; one lost twice ends the run; nothing stays behind."""

from __future__ import annotations

import os
import signal
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.base.errors import RunError
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.engine.kernel import compile_kernel
from sim.ensemble import workers
from sim.ensemble.blocks import BlockResult, Task
from sim.ensemble.draws import Draws
from sim.inputs.year_path import YearPath
from sim.model import Array, stock
from tests.tiny import drawn_elsewhere, graph_of


@stock(unit="ratio", initial=1.0)
def level(level: Array, growth: Array) -> Array:
    return growth * level


real = workers.run_portion


def task(count: int = 6000) -> Task:
    request = KernelRequest(("level",), frozenset(), frozenset())
    kernel = compile_kernel(graph_of([level], {"growth": 0.1}), request)
    growth = np.linspace(0.0, 0.2, count)
    return Task(
        kernel,
        Clock(2021, 2024),
        {"growth": YearPath(np.array(0.1))},
        Draws(count, realised=drawn_elsewhere({"growth": growth})),
    )


def whole(result: BlockResult) -> BlockResult:
    return replace(result, values={name: values.copy() for name, values in result.values.items()})


def dies_once(folder: str, start: int, stop: int) -> Any:
    """Kills its process the first time that it is given the second portion."""
    marker = Path(folder).parent / "marker"
    if start == 3072 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return real(folder, start, stop)


def always_dies(folder: str, start: int, stop: int) -> Any:
    if start == 3072:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(folder, start, stop)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_a_killed_worker_costs_nothing_but_time(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [result.values["level"] for result in workers.run_portions(task(), whole, 1)]
    monkeypatch.setattr(workers, "run_portion", dies_once)
    lost: list[tuple[int, int]] = []
    found = [result.values["level"] for result in workers.run_portions(task(), whole, 2, lost)]
    assert np.array_equal(np.concatenate(found, axis=-1), np.concatenate(expected, axis=-1))
    assert (3072, 6000) in lost
    assert list(temporary.glob("sim-*")) == []


def test_a_portion_lost_twice_ends_the_run_and_is_named(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "run_portion", always_dies)
    with pytest.raises(RunError, match="3072–5999"):
        list(workers.run_portions(task(), whole, 2))
    assert list(temporary.glob("sim-*")) == []


def test_a_fault_in_a_worker_reaches_the_caller(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "run_portion", fails)
    with pytest.raises(RunError, match="as told"):
        list(workers.run_portions(task(), whole, 2))
    assert list(temporary.glob("sim-*")) == []


def fails(*_: object) -> BlockResult:
    from sim.base.errors import Fault
    from sim.base.text import Text

    raise RunError(Fault(Text("照办", "as told")))
