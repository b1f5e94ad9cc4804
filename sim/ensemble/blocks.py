"""Blocks of draws: what is run, how many draws share a workspace, what is handed out at a time, and what comes back."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from sim.base.arrays import Truths, Values
from sim.engine.integrate import Clock, Origin, YearValues, finite_draws, origin_of, simulate
from sim.engine.kernel import Kernel
from sim.engine.plan import KernelPlan
from sim.engine.tape import Phase
from sim.engine.watch import Watch, Watching
from sim.engine.workspace import NARROWEST, Workspace
from sim.ensemble.draws import BlockValues, Draws
from sim.inputs.year_path import YearPath

CHUNK = 1024
"""Draws that statistics gather before they are merged, whatever the size of a block or the number of workers."""
STEP_BYTES = 10 << 20
"""The most that all values of one step may take together in a block (buffers are shared, so the memory is far less).

The benchmark's records `block` are the cost against it: less pays for more calls of numpy, more leaves the cache.
"""
_NARROWEST_BLOCK, _WIDEST_BLOCK = 64, 12 * CHUNK
_LONG = 4  # rounds in which every worker gets a portion
_MOST_NAMED = 20


@dataclass(frozen=True)
class Task:
    """The common part of all blocks of an ensemble."""

    kernel: Kernel
    clock: Clock
    central: Mapping[str, YearPath]
    draws: Draws
    precision: str = "float64"
    reported: tuple[str, ...] | None = None
    """Outputs of the kernel that come back; all of them where it is not said."""
    watch: Watch | None = None
    """Checks that every year of every draw must keep."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs that come back."""
        return self.kernel.request.outputs if self.reported is None else self.reported

    @property
    def block(self) -> int:
        """Draws in a block."""
        return block_size(self.kernel.plan, np.dtype(self.precision).itemsize)

    def portions(self, workers: int = 1) -> list[tuple[int, int]]:
        """First draw of each portion that is handed out, and the one after its last: whole chunks, at most a block.

        The busiest worker has as little to do as can be; then as few portions as can be, all about as large. In a long run the
        last ones are single chunks, so that nobody waits long for the one who is slower.
        """
        count, chunks = self.draws.count, math.ceil(self.draws.count / CHUNK)

        def cost(size: int) -> tuple[int, int, int]:
            busiest = min(math.ceil(math.ceil(chunks / size) / workers) * size, chunks)  # portions are dealt out in turn
            return busiest, math.ceil(chunks / size), size

        size = CHUNK * min(range(1, max(self.block // CHUNK, 1) + 1), key=cost)
        rounds = chunks * CHUNK // (size * workers)
        even = chunks * CHUNK if workers == 1 or rounds < _LONG else (rounds - 2) * size * workers
        starts = [*range(0, min(even, count), size), *range(even, count, CHUNK), count]
        return list(pairwise(starts))


@dataclass(frozen=True)
class LostDraw:
    """A draw that became infinite or undefined, or broke a check.

    For the first few of a block, `origin` says where it began, `factors` by what its parameters were multiplied, and `swept`
    which values its swept inputs took.
    """

    draw: int
    origin: Origin | None
    factors: Mapping[str, float] = field(default_factory=dict)
    swept: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class BlockResult:
    """Outputs as [year, dims..., draw], the base year first; lost draws are still among the columns.

    The arrays are the runner's, which writes over them in its next run.
    """

    start: int
    stop: int
    values: dict[str, Values]
    lost: tuple[LostDraw, ...]
    embedded_error: float

    @property
    def fine(self) -> Truths:
        """Tell which draws stayed finite and kept every check."""
        found = np.ones(self.stop - self.start, dtype=bool)
        found[[draw.draw - self.start for draw in self.lost]] = False
        return found


def block_size(plan: KernelPlan, itemsize: int) -> int:
    """As many draws as keep a step within STEP_BYTES: whole chunks, or a power of two where a chunk is too much."""
    cells = sum(plan.tape.cells(value) for value in plan.sections[Phase.STEP])
    fitting = max(STEP_BYTES // max(cells * itemsize, 1), 1)
    if fitting >= CHUNK:
        return min(fitting // CHUNK * CHUNK, _WIDEST_BLOCK)
    return int(max(1 << (fitting.bit_length() - 1), _NARROWEST_BLOCK))


class BlockRunner:
    """Runs blocks of one task, and keeps the workspaces and the room for results between them.

    Memory that is given back after each block and fetched anew costs a tenth of the time.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._workspaces: dict[int, Workspace] = {}
        self._room: dict[int, dict[str, Values]] = {}

    def run(self, start: int, stop: int) -> BlockResult:
        """Run the draws `start` to `stop` - 1, as many at a time as a block holds."""
        size, lost, error = self._task.block, list[LostDraw](), 0.0
        for first in range(start, stop, size):
            last = min(first + size, stop)
            broken = dict[int, Origin]()
            fine, block_error = self._run_block(first, last, first - start, stop - start, broken)
            lost += self._lost(np.flatnonzero(~fine).tolist(), first, broken)
            error = max(error, block_error)
        return BlockResult(start, stop, self._room[stop - start], tuple(lost), error)

    def _run_block(self, start: int, stop: int, column: int, columns: int, broken: dict[int, Origin]) -> tuple[Truths, float]:
        """Run one block into the room of its portion, from `column` on; which draws are fine, and their embedded error.

        The first check that a draw breaks is added to `broken`, by its column in the block.
        """
        task, count = self._task, stop - start
        exogenous = task.draws.block(task.central, start, stop)
        width = max(count, NARROWEST)
        if width not in self._workspaces:
            self._workspaces[width] = Workspace(task.kernel, width, exogenous.drawn, np.dtype(task.precision))
        workspace = self._workspaces[width]
        fine = np.ones(workspace.draws, dtype=bool)
        watching = None if task.watch is None else Watching(task.watch, task.clock.steps_per_year)
        for place, row in enumerate(simulate(workspace, task.clock, exogenous)):
            values = {name: value[..., :count] for name, value in row.values.items()}
            room = self._room_for(values, columns)
            for name in room:  # copied: the kernel writes the next year over these arrays
                room[name][place, ..., column : column + count] = values[name]
            fine &= finite_draws(workspace, row.values)
            for draw, origin in () if watching is None else watching.year(YearValues(row.year, values)):
                if fine[draw]:  # a draw that is lost already broke something before
                    broken[draw], fine[draw] = origin, False
        return fine[:count], float(workspace.active.embedded_error[fine].max(initial=0.0))

    def _room_for(self, row: Mapping[str, Values], columns: int) -> dict[str, Values]:
        """Arrays [year, dims..., draw] for every output of a portion."""
        if columns not in self._room:
            years = len(self._task.clock.years) + 1
            self._room[columns] = {
                name: np.empty((years, *row[name].shape[:-1], columns), row[name].dtype) for name in self._task.outputs
            }
        return self._room[columns]

    def _lost(self, columns: list[int], start: int, broken: Mapping[int, Origin]) -> Iterator[LostDraw]:
        """Lost draws by their columns in a block that begins with the draw `start`; the first few are explained."""
        task = self._task
        for number, column in enumerate(columns):
            draw, origin = start + column, broken.get(column)
            if number >= _MOST_NAMED:
                yield LostDraw(draw, origin)
                continue
            alone: BlockValues = task.draws.block(task.central, draw, draw + 1)
            factors = {name: float(values[0]) for name, values in alone.factors.items()}
            swept = {item.key: float(values[0]) for item, values in zip(alone.swept.inputs, alone.swept.columns, strict=True)}
            found = origin or origin_of(task.kernel, task.clock, alone, np.dtype(task.precision))
            yield LostDraw(draw, found, factors, swept)
