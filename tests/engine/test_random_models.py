"""Models of random equations: the kernel says what the plain evaluator says, and no draw depends on its neighbours."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sim.engine import integrate
from sim.engine.assembly import KernelRequest
from sim.engine.integrate import Clock
from sim.engine.kernel import Kernel, compile_kernel
from sim.engine.methods import METHODS
from sim.engine.workspace import NARROWEST, Workspace
from sim.model.graph import Graph, Parameter, build_graph
from tests import plain
from tests.engine.equations import PARAMETERS, YEARLY, Supplied, random_model
from tests.tiny import DIMENSIONS

Values = NDArray[Any]
WIDE = 65


def graph_of_random_equations(seed: int) -> Graph:
    supplied = [Parameter(name, "ratio", dims, False) for name, dims in {**PARAMETERS, **YEARLY}.items()]
    return build_graph(random_model(seed).declarations, DIMENSIONS, supplied)


def run(kernel: Kernel, clock: Clock, supplied: Supplied, width: int, *, shared: bool = True) -> dict[str, Values]:
    """All outputs as [year, dims..., draw]."""
    workspace = Workspace(kernel, max(width, NARROWEST), supplied.drawn, shared=shared)
    rows = [
        {name: value.copy() for name, value in row.values.items()} for row in integrate.simulate(workspace, clock, supplied)
    ]
    return {name: np.stack([row[name] for row in rows])[..., :width] for name in rows[0]}


def fail_if_different(left: dict[str, Values], right: dict[str, Values]) -> None:
    for name, values in left.items():
        assert np.array_equal(values, right[name], equal_nan=True), name


def check(seed: int) -> None:
    rng, graph = random.Random(seed), graph_of_random_equations(seed)
    drawn = frozenset(rng.sample(list(PARAMETERS), rng.randint(1, len(PARAMETERS))))
    method, clock = METHODS[rng.choice(list(METHODS))], Clock(2021, 2023, rng.choice((1, 4)))
    request = KernelRequest(tuple(graph.quantities), frozenset(), frozenset(YEARLY), method, clock.steps_per_year)
    kernel = compile_kernel(graph, request)
    together = run(kernel, clock, Supplied(seed, drawn, 0, WIDE), WIDE)
    fail_if_different(together, run(kernel, clock, Supplied(seed, drawn, 0, WIDE), WIDE, shared=False))
    for start, stop in ((WIDE - 1, WIDE), (30, 33)):
        part = run(kernel, clock, Supplied(seed, drawn, start, stop), stop - start)
        fail_if_different({name: values[..., start:stop] for name, values in together.items()}, part)
    first = run(kernel, clock, Supplied(seed, frozenset(), 0, 1), 1)
    fail_if_different(first, run(kernel, clock, Supplied(seed, frozenset(PARAMETERS), 0, 1), 1))
    fail_if_unlike_plain(together, graph, request, clock, Supplied(seed, drawn, 0, WIDE))


def fail_if_unlike_plain(
    found: dict[str, Values], graph: Graph, request: KernelRequest, clock: Clock, supplied: Supplied
) -> None:
    rows = list(plain.Simulator(graph, request.method, clock).years(supplied))
    for name, values in found.items():
        other = np.stack([np.broadcast_to(row.values[name], values.shape[1:]) for row in rows])
        assert np.abs(values - other).max() <= 1e-12 * max(np.abs(other).max(), 1e-3), name


@settings(max_examples=25, deadline=None, derandomize=True)  # in one of thousands, rounding decides a tie or it diverges
@given(st.integers(0, 2**32))
def test_random_equations_equal_the_plain_evaluator_bit_for_bit_in_any_block(seed: int) -> None:
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(300))
def test_many_random_equations(seed: int) -> None:
    check(seed)
