"""The growth model with the engine of this project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.growth.values import CONSTANTS, DRAWN, FIRST, STEPS, STOCKS, YEARS, members
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.engine.kernel import Kernel, compile_kernel
from sim.engine.methods import METHODS
from sim.ensemble.blocks import BlockResult, BlockRunner, Task
from sim.ensemble.draws import Draws, Realisations
from sim.ensemble.workers import run_portions
from sim.inputs.year_path import YearPath
from sim.model.declarations import load_model
from sim.model.graph import Graph, Parameter, build_graph

Values = NDArray[Any]


def growth_graph() -> Graph:
    """The graph of benchmarks/growth/model.py."""
    declared = [item for item in load_model(Path(__file__).with_name("growth")).declarations if item.file.name == "model.py"]
    return build_graph(declared, (), [Parameter(name, "ratio", positive=True) for name in (*CONSTANTS, *DRAWN)])


def growth_kernel(method: str, outputs: tuple[str, ...] = tuple(STOCKS)) -> Kernel:
    """The kernel of all stocks."""
    return compile_kernel(growth_graph(), KernelRequest(outputs, frozenset(), frozenset(), METHODS[method], STEPS))


def growth_task(kernel: Kernel, count: int, precision: str = "float64", drawn: Mapping[str, Values] | None = None) -> Task:
    """A task of `count` members."""
    central = {name: YearPath(np.array(value)) for name, value in CONSTANTS.items()}
    given = members(count) if drawn is None else drawn
    realised = Realisations(FIRST, {name: array[np.newaxis] for name, array in given.items()})
    return Task(kernel, Clock(FIRST, FIRST + YEARS - 1, STEPS), central, Draws(count, realised=realised), precision)


def run(runner: BlockRunner, task: Task) -> dict[str, Values]:
    """Last values of all stocks."""
    return _together([last_values(runner.run(start, stop)) for start, stop in task.portions()])


def run_on_processes(task: Task, workers: int) -> dict[str, Values]:
    """The same on several processes, which the first call starts."""
    return _together(list(run_portions(task, last_values, workers)))


def last_values(result: BlockResult) -> dict[str, Values]:
    """What is looked at of a portion."""
    return {name: values[-1].copy() for name, values in result.values.items()}


def _together(parts: list[dict[str, Values]]) -> dict[str, Values]:
    return {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
