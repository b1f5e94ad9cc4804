"""A workspace: a kernel's functions bound to the memory of a block of draws.

Arrays are [dims..., draw], draws contiguous and last, one for each value, shared by values that are never needed together. A
value that no drawn parameter reaches is narrow: one column, or a bare number when it has no dimensions. A block is never one
draw wide, since numpy adds a single column up in another order than many.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from sim.base.arrays import Values
from sim.engine.assembly import AT_BASE, AT_END
from sim.engine.kernel import FUNCTIONS, SECTIONS, Kernel, part_name, row_name
from sim.engine.plan import IntegratedRow
from sim.engine.tape import TRUTHS, VIEWS, Computed, Constant, Leaf, Phase, Value
from sim.model.binding import NOISE

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
        exec(kernel.code(), space)  # noqa: S102  the source was generated from the graph by sim.engine.kernel
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


_COMPARISONS = frozenset({"maximum", "minimum"})
# These go on reading an input when they have begun to write, so they may not write over it.
_ALIASING = frozenset({"where", "total", "stack", "place", "shift"})


class Layout:
    """Arrays for every value of a plan. `drawn` are the leaves that differ from draw to draw."""

    def __init__(self, kernel: Kernel, draws: int, drawn: frozenset[str], precision: np.dtype[Any], *, shared: bool) -> None:
        self.plan, self.draws, self.precision = kernel.plan, draws, precision
        self._shared, self.arena, plan = shared, Arena(), kernel.plan
        whole, states = (plan.n_rows, draws), (plan.n_states, draws)
        self.integrated, self.rates, self.gain, self.scaled = (self.arena.zeros(whole, precision) for _ in range(4))
        self.stage, self.largest = (self.arena.zeros(states, precision) for _ in range(2))
        self.kept = {stage: self.arena.zeros(states, precision) for stage in kernel.request.method.stages_to_keep}
        self.leaves: dict[str, Values] = {}
        self.arrays: list[Values] = []
        self._states = {row.name: row for row in plan.states}
        self._integrals = {row.value: row for row in plan.integrals}
        self._wide = self._widths(drawn)
        self._numbers_in_rows = self._numbers_to_repeat()
        self._free: dict[tuple[tuple[int, ...], Any], list[Values]] = {}
        self._stacks: dict[int, Values] = {}
        self._lay_out()

    def rows(self, array: Values, row: IntegratedRow) -> Values:
        """The rows of a state or an integral as [dims..., draw]."""
        return array[row.start : row.stop].reshape(*(self.plan.tape.sizes[dim] for dim in row.dims), self.draws)

    def part(self, value: int, axis: int, member: int) -> Values:
        """One member of an array along an axis."""
        return self.arrays[value][(slice(None),) * axis + (member,)]

    def _widths(self, drawn: frozenset[str]) -> list[bool]:
        """A value that stands in a row is as wide as the row."""
        wide: list[bool] = []
        for value, item in enumerate(self.plan.tape.values):
            if value in self.plan.in_row:
                wide.append(True)
            elif isinstance(item, Leaf):
                name, supplied = item.name.removesuffix(AT_END), item.name.removesuffix(AT_BASE)
                noise = item.name.startswith(NOISE)
                wide.append(noise or supplied in drawn or name in self._states or name in self.plan.standing)
            elif isinstance(item, Constant):
                wide.append(False)
            else:
                wide.append(item.operation == "integral" or any(wide[child] for child in item.inputs))
        return wide

    def _numbers_to_repeat(self) -> frozenset[int]:
        """Numbers in wide comparisons: numpy finds the larger of two rows three times as fast as of a row and one number."""
        compared, in_narrow = set[int](), set[int]()
        for value, item in enumerate(self.plan.tape.values):
            if isinstance(item, Computed):
                (compared if item.operation in _COMPARISONS else set()).update(item.inputs)
                (set() if self._wide[value] else in_narrow).update(item.inputs)
        return frozenset(compared - in_narrow)

    def _lay_out(self) -> None:
        ends: dict[int, list[int]] = {}
        for value, reader in self.plan.last_use.items():
            ends.setdefault(reader, []).append(value)
        for value, item in enumerate(self.plan.tape.values):
            ended = ends.get(value, [])
            # Given back before the value has its own memory, so that it may be computed in place.
            early = [child for child in ended if self._may_be_overwritten(child, value, item)]
            for child in early:
                self._release(child)
            self.arrays.append(self._array(value, item))
            for child in ended:
                if child not in early:
                    self._release(child)

    def _may_be_overwritten(self, child: int, value: int, item: Value) -> bool:
        """An elementwise operation may write over an input of the same shape that nobody else reads."""
        same = self.plan.tape.values[child].dims == item.dims and self._wide[child] == self._wide[value]
        return same and child in item.inputs and item.operation not in _ALIASING | VIEWS

    def _array(self, value: int, item: Value) -> Values:
        if isinstance(item, Constant):
            array = self.arena.zeros((self.draws,) if value in self._numbers_in_rows else (), self.precision)
            array[...] = item.value
            return array
        if isinstance(item, Leaf):
            name = item.name.removesuffix(AT_END)
            if name in self._states:
                return self.rows(self.integrated if item.phase == Phase.END else self.stage, self._states[name])
            self.leaves[item.name] = self.arena.zeros(self._shape(item.dims, wide=self._wide[value]), self.precision)
            return self.leaves[item.name]
        if item.operation == "integral":
            return self.rows(self.integrated, self._integrals[item.inputs[0]])
        return self._view(item) if item.operation in VIEWS else self._result(value, item)

    def _shape(self, dims: tuple[str, ...], *, wide: bool) -> tuple[int, ...]:
        sizes = tuple(self.plan.tape.sizes[dim] for dim in dims)
        if wide:
            return (*sizes, self.draws)
        return (*sizes, 1) if sizes else ()

    def _view(self, item: Computed) -> Values:
        source = self.arrays[item.inputs[0]]
        if item.operation == "align":
            view = source[(*(slice(None) if have else None for have in item.settings), slice(None))]
        elif item.operation == "repeat":
            axis, size = item.settings
            wider = np.expand_dims(source if source.ndim else source.reshape(1), axis)
            view = np.broadcast_to(wider, (*wider.shape[:axis], size, *wider.shape[axis + 1 :]))
        else:
            axis, first, *end = item.settings
            view = source[(slice(None),) * axis + (slice(first, *end) if end else first,)]
        return view if item.dims or view.shape != (1,) else view.reshape(())

    def _result(self, value: int, item: Computed) -> Values:
        if value in self.plan.in_row:
            return self.rows(self.rates, self.plan.rows[self.plan.in_row[value]])
        if value not in self.plan.in_stack:
            return self._stacks.pop(value) if value in self._stacks else self._memory(value, item)
        # A member of a stack is computed into it, so the stack's memory must stand before the stack itself is reached.
        number, member = self.plan.in_stack[value]
        stack = self.plan.tape.values[number]
        if number not in self._stacks:
            row = self.plan.in_row.get(number)
            own = None if row is None else self.rows(self.rates, self.plan.rows[row])
            self._stacks[number] = self._memory(number, stack) if own is None else own
        index = (*(slice(None),) * stack.settings[0], member)
        part: Values = self._stacks[number][index]
        return part

    def _memory(self, value: int, item: Value) -> Values:
        shape = self._shape(item.dims, wide=self._wide[value])
        kind = np.dtype(bool) if item.operation in TRUTHS else self.precision
        waiting = [] if self._keeps_own(value, item) else self._free.get((shape, kind), [])
        return waiting.pop() if waiting else self.arena.zeros(shape, kind)

    def _keeps_own(self, value: int, item: Value) -> bool:
        return not self._shared or value in self.plan.lasting or item.operation == "place"

    def _release(self, value: int) -> None:
        item = self.plan.tape.values[value]
        held = value in self.plan.in_row or value in self.plan.in_stack
        if held or not isinstance(item, Computed) or item.operation in VIEWS or item.operation == "integral":
            return
        if not self._keeps_own(value, item):
            array = self.arrays[value]
            self._free.setdefault((array.shape, array.dtype), []).append(array)


_LINE = 64
_PIECE = 8 << 20  # from 4 MiB on numpy asks for large pages


class Arena:
    """Cuts arrays of zeros from few large pieces, each beginning at a cache line; their memory lives as long as any of them.

    A vector register then never straddles two lines, and the system backs the pieces with large pages: with pages of 4 KiB the
    city model spends a tenth of its time on finding them.
    """

    def __init__(self) -> None:
        self._piece = np.zeros(0, np.uint8)
        self._used = 0

    def zeros(self, shape: tuple[int, ...], kind: np.dtype[Any]) -> Values:
        """A new array of zeros."""
        size = math.prod(shape) * kind.itemsize
        if self._used + size > self._piece.size:
            raw = np.zeros(max(_PIECE, size) + _LINE, np.uint8)
            self._piece, self._used = raw[-raw.ctypes.data % _LINE :], 0
        start = self._used
        self._used += -(-size // _LINE) * _LINE
        return self._piece[start : start + size].view(kind).reshape(shape)
