"""A single run, with the kernel of a batch: one draw, padded to two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import prod

import numpy as np

from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text
from sim.engine.finite import Origin, finite_draws, origin_of
from sim.engine.integrate import Clock, Exogenous, YearValues, simulate
from sim.engine.kernel import Kernel
from sim.engine.workspace import NARROWEST, Values, Workspace


def central_run(kernel: Kernel, clock: Clock, exogenous: Exogenous) -> Iterator[YearValues]:
    """Yield the base year and each simulated year with one draw, values [dims..., 1] that are the caller's to keep.

    Raises
    ------
    RunError
        when a stock or output becomes infinite or undefined, naming the variable and the year where it began.
    """
    with _workspace(kernel, exogenous.drawn) as workspace:
        for row in simulate(workspace, clock, exogenous):
            page = np.concatenate([value[..., 0].ravel() for value in row.values.values()] or [np.zeros(0)])
            if not (np.isfinite(page).all() and finite_draws(workspace, {}).all()):
                raise RunError(not_finite(origin_of(kernel, clock, exogenous), row.year))
            yield YearValues(row.year, _views(page, row.values), float(workspace.active.embedded_error.max()))


def _views(page: Values, like: Mapping[str, Values]) -> dict[str, Values]:
    """The values that stand one after another in a page, by name, with one draw."""
    found, start = dict[str, Values](), 0
    for name, value in like.items():
        shape = (*value.shape[:-1], 1)
        stop = start + prod(shape)
        found[name], start = page[start:stop].reshape(shape), stop
    return found


_MOST_IDLE = 8
_idle: dict[tuple[int, frozenset[str]], Workspace] = {}


@contextmanager
def _workspace(kernel: Kernel, drawn: frozenset[str]) -> Iterator[Workspace]:
    """Memory for one run, nobody else's meanwhile. Laying it out takes a third of a run, so it waits for the next run.

    A workspace holds its kernel, so the kernel's identity cannot pass to another one while the workspace is idle. One whose run
    failed or was left halfway is not used again.
    """
    key = id(kernel), drawn
    workspace = _idle.pop(key, None) or Workspace(kernel, NARROWEST, drawn)
    yield workspace
    _idle[key] = workspace
    while len(_idle) > _MOST_IDLE:
        _idle.pop(next(iter(_idle)), None)


def not_finite(origin: Origin | None, year: int) -> Fault:
    """The fault of a run that became infinite or undefined."""
    if origin is None or not origin.variable:
        message = Text(f"{year} 年出现无穷大或非数", f"not a finite number in {year}")
        return Fault(message, advice=Text("请检查参数和情景数值", "check the parameters and values of the scenario"))
    began = origin
    return Fault(
        Text(
            f"{began.year} 年出现无穷大或非数，始于 {began.variable}",
            f"not a finite number in {began.year}, beginning with {began.variable}",
        ),
        Place(key=began.variable),
        Text("请检查它所读取的参数和情景数值", "check the parameters and scenario values that it reads"),
    )
