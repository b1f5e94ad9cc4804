"""What is kept of a chunk of draws: made where the draws were run, so that a worker returns figures ready to be merged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ensemble.blocks import CHUNK, BlockResult, LostDraw
from sim.ensemble.reducers import BINS, Comoments, Moments, comoments_of, moments_of, series_of

Values = NDArray[Any]
ALL = "*"
"""The condition that all conditions are met."""
Judge = Callable[[Mapping[str, Values], NDArray[np.intp]], Mapping[str, NDArray[np.bool_]]]
Read = Callable[[Mapping[str, Values], NDArray[np.intp]], Mapping[str, Values]]


@dataclass(frozen=True)
class Wanted:
    """What is gathered besides mean, variance and quantiles of every output.

    `judge` turns outputs [year, dims..., draw] and the numbers of the draws into truth values [draw] by name, of which those
    `together` (all, where it is None) count for the condition that all are met; `read` turns them into further numbers [draw],
    summed up like outputs; `paths` are outputs kept draw by draw; `covariance` are outputs whose last year is related to each
    other. Draws whose numbers are equal modulo `groups` have something in common, and the error of a share is counted from
    group to group.
    """

    judge: Judge | None = None
    together: tuple[str, ...] | None = None
    read: Read | None = None
    paths: tuple[str, ...] = ()
    covariance: tuple[str, ...] = ()
    bins: int = 0
    groups: int = 0

    def __post_init__(self) -> None:
        if self.bins < 0 or (self.bins and BINS % self.bins):
            raise ValueError(f"bins must divide {BINS}, not {self.bins}")

    def __call__(self, result: BlockResult) -> list[ChunkSummary]:
        """The summaries of all chunks of a portion of draws; a portion is whole chunks, so they are the same in any portion."""
        with np.errstate(over="ignore", invalid="ignore"):  # the variance of huge numbers is infinite, and says so
            return [self._summary(_part(result, first)) for first in range(result.start, result.stop, CHUNK)]

    def _summary(self, chunk: BlockResult) -> ChunkSummary:
        """Lost draws are left out; kept paths have not-a-number there."""
        fine = chunk.fine
        values = chunk.values if fine.all() else {name: array[..., fine] for name, array in chunk.values.items()}
        numbers = np.arange(chunk.start, chunk.stop)[fine]
        met = {} if self.judge is None else dict(self.judge(values, numbers))
        counted = [met[name] for name in (met if self.together is None else self.together)]
        if counted:
            met[ALL] = np.logical_and.reduce(counted)
        values = values if self.read is None else {**values, **self.read(values, numbers)}
        series = series_of(values)
        return ChunkSummary(
            chunk.start,
            chunk.stop,
            {name: array.shape[:-1] for name, array in values.items()},
            series,
            moments_of(series),
            comoments_of(series_of({name: values[name][-1] for name in self.covariance})) if self.covariance else None,
            {name: self._counts(answers, numbers) for name, answers in met.items()},
            self._counts(np.ones_like(numbers, dtype=bool), numbers),
            {name: np.where(fine, chunk.values[name], np.nan) for name in self.paths},
            chunk.lost,
            chunk.embedded_error,
        )

    def _counts(self, answers: NDArray[np.bool_], numbers: NDArray[np.intp]) -> NDArray[np.intp]:
        """How many draws of each group say yes; all draws are one group where there are no groups."""
        groups = max(self.groups, 1)
        return np.bincount(numbers[answers] % groups, minlength=groups)


@dataclass(frozen=True)
class ChunkSummary:
    """Figures of the draws `start` to `stop` - 1: `series` are all outputs as [series, draw].

    `met` counts draws by condition and group, `used` those that count at all.
    """

    start: int
    stop: int
    shapes: Mapping[str, tuple[int, ...]]
    series: Values
    moments: Moments
    comoments: Comoments | None
    met: Mapping[str, NDArray[np.intp]]
    used: NDArray[np.intp]
    paths: Mapping[str, Values] = field(default_factory=dict)
    lost: tuple[LostDraw, ...] = ()
    embedded_error: float = 0.0


def _part(result: BlockResult, first: int) -> BlockResult:
    """The chunk of a result that begins with the draw `first`."""
    stop = min(first + CHUNK, result.stop)
    columns = slice(first - result.start, stop - result.start)
    lost = tuple(draw for draw in result.lost if first <= draw.draw < stop)
    values = {name: array[..., columns] for name, array in result.values.items()}
    return BlockResult(first, stop, values, lost, result.embedded_error)
