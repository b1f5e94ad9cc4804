"""A workspace: a kernel's functions bound to the memory of a block of draws.

A block is never one draw wide, since numpy adds a single column up in another order than many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from sim.base.arrays import Values
from sim.engine.kernel import Kernel
from sim.engine.layout import Layout
from sim.engine.source import FUNCTIONS, SECTIONS, part_name, row_name
from sim.engine.tape import Computed

NARROWEST = 2
DOUBLE: np.dtype[Any] = np.dtype(np.float64)


class Workspace:
    """Memory for `draws` draws of a kernel; `drawn` names the leaves that differ from draw to draw.

    `embedded_error` [draw] is the largest difference from the method's embedded one in any step of the last run, relative to
    the largest value so far of the stock. `active` is the stage that the run has reached: the workspace itself, or that of a
    later kernel.
    """

    def __init__(
        self,
        kernel: Kernel,
        draws: int,
        drawn: frozenset[str] = frozenset(),
        precision: np.dtype[Any] = DOUBLE,
        *,
        shared: bool = True,
    ) -> None:
        if draws < NARROWEST:
            raise AssertionError("a block is never one draw wide")
        self.kernel, self.draws = kernel, draws
        later = ((year, Workspace(other, draws, drawn, precision, shared=shared)) for year, other in kernel.later)
        self._later, self.active = dict(later), self
        self.embedded_error: Values = np.zeros(draws)
        self.layout = Layout(kernel, draws, drawn, precision, shared=shared)
        self._views: dict[tuple[str, int], Values] = {}
        self._apart: dict[int, bool] = {}
        # The functions find their arrays as globals: memory is laid out once, and no call passes or returns anything.
        space = self._names()
        exec(kernel.code(), space)  # noqa: S102  the source was generated from the graph by sim.engine.source
        sections: list[Callable[[], None]] = [space[name] for name, _ in SECTIONS.values()]
        self.once, self.year, self.rates, self.turn = sections

    def stages(self, years: range) -> Iterator[tuple[Workspace, range]]:
        """The workspaces of a run, each with its years."""
        starts = [years.start, *(max(year, years.start) for year in self._later), years.stop]
        for stage, (first, last) in zip((self, *self._later.values()), pairwise(starts), strict=True):
            yield stage, range(min(first, years.stop), min(last, years.stop))

    def values(self, which: Mapping[str, int]) -> dict[str, Values]:
        """Present values of outputs as views [dims..., draw] with every dimension of the model.

        The views are made once: memory stays where it is, and what it holds is always the present value.
        """
        for name, value in which.items():
            if (name, value) not in self._views:
                dims = self.kernel.dims[name]
                shape = (*(self.kernel.plan.tape.sizes[dim] for dim in dims), self.draws)
                self._views[name, value] = np.broadcast_to(self.aligned(value, dims), shape)
        return {name: self._views[name, value] for name, value in which.items()}

    def apart(self, values: Mapping[str, Values]) -> list[Values]:
        """Those of the views of `values` that lie outside the memory of states and yearly totals."""
        for view in values.values():
            if id(view) not in self._apart:
                self._apart[id(view)] = not np.may_share_memory(view, self.layout.integrated)
        return [view for view in values.values() if self._apart[id(view)]]

    def aligned(self, value: int, dims: tuple[str, ...]) -> Values:
        """A value as a view with axes for all of `dims`, one long where it is repeated."""
        array, have = self.layout.arrays[value], self.kernel.plan.tape.values[value].dims
        if not array.ndim:
            return array
        return array[(*(slice(None) if name in have else None for name in dims), slice(None))]

    def _names(self) -> dict[str, Any]:
        layout, plan, names = self.layout, self.kernel.plan, self.kernel.names
        space: dict[str, Any] = {name: getattr(np, name) for name in FUNCTIONS if hasattr(np, name)}
        space |= {"total": total, "shift": shift, **dict(zip(names, layout.arrays, strict=True))}
        space |= {row_name(row): layout.rows(layout.rates, row) for row in plan.rows}
        for value, item in enumerate(plan.tape.values):
            if isinstance(item, Computed) and item.operation in {"stack", "place"}:
                axis = item.settings[0]
                for member in range(plan.tape.sizes[item.dims[axis]]):
                    space[part_name(names[value], member)] = layout.part(value, axis, member)
        return space


def total(x: Values, axis: int | tuple[int, ...], out: Values) -> None:
    """Sum over axes, row after row; a single column is doubled, so that it is added up in the same order as many."""
    if x.shape[-1] > 1:
        np.add.reduce(x, axis=axis, out=out)
    else:
        doubled = np.add.reduce(np.repeat(x, NARROWEST, axis=-1), axis=axis)
        out[...] = doubled[..., :1].reshape(out.shape) if out.shape[-1:] in {(), (1,)} else doubled[..., :1]


def shift(x: Values, axis: int, keep_last: bool, out: Values) -> None:  # noqa: FBT001  written by the kernel's source
    """Every member one place up; the first becomes zero, the last keeps what it has as well."""
    moved, source = np.moveaxis(out, axis, 0), np.moveaxis(x, axis, 0)
    moved[1:] = source[:-1]
    moved[0] = 0.0
    if keep_last:
        moved[-1] += source[-1]
