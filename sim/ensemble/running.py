"""An ensemble: all draws of a task, summed up by chunk. Memory does not grow with the draws unless paths are asked for.

The summary of a chunk is made where its draws were run, so that a worker returns figures ready to be merged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from sim.base.arrays import Numbers, Truths, Values
from sim.base.errors import Fault, Place, RunError
from sim.base.text import Text, joined
from sim.ensemble.blocks import CHUNK, BlockResult, LostDraw, Task
from sim.ensemble.draws import Draws
from sim.ensemble.reducers import Gathered, Moments, Share, moments_of, series_of
from sim.ensemble.workers import run_portions

LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
MEDIAN = LEVELS.index(0.5)
MOST_LOST = 0.05
"""Share of the draws that may be lost: probabilities of those that are left are off by no more than it."""
_SHOWN, _MOST_MOVED = 5, 2


@dataclass
class Ensemble:
    """The statistics of an ensemble: [year, dims...], base year first; quantiles have a level before."""

    count: int
    seed: int
    lost: tuple[LostDraw, ...] = ()
    lost_portions: tuple[tuple[int, int], ...] = ()
    mean: dict[str, Values] = field(default_factory=dict)
    variance: dict[str, Values] = field(default_factory=dict)
    quantiles: dict[str, Values] = field(default_factory=dict)
    quantile_error: dict[str, Values] | None = None
    shares: dict[str, Share] = field(default_factory=dict)
    all_met: Share | None = None
    together: int = 0
    """Number of conditions that `all_met` counts."""
    read: dict[str, Values] = field(default_factory=dict)
    """Quantiles [level] of the numbers that were read from each draw."""


Progress = Callable[[int, int], None]


def run_ensemble(
    task: Task, workers: int = 1, wanted: ChunkReducer | None = None, progress: Progress | None = None
) -> Ensemble:
    """Run all draws of a task and reduce them. The result is the same for any number of workers.

    Raises
    ------
    RunError
        when too many draws are lost, or a portion of the draws is lost twice.
    """
    wanted, lost_portions = replace(wanted or ChunkReducer(), groups=task.draws.groups), list[tuple[int, int]]()
    merger = _Merger(task, wanted, workers)
    # Portions come in the order of the draws, whichever worker was quick, and a chunk is the same in any portion.
    for summaries in run_portions(task, wanted, workers, lost_portions):
        with np.errstate(over="ignore", invalid="ignore"):  # the variance of huge numbers is infinite, and says so
            for summary in summaries:
                merger.add(summary)
        if progress is not None:
            progress(summaries[-1].stop, task.draws.count)
    with np.errstate(over="ignore", invalid="ignore"):
        return merger.ensemble(tuple(lost_portions))


Make = Callable[[Mapping[str, Values], Numbers], Sequence[Any]]


def gathered(task: Task, workers: int, make: Make, progress: Progress | None = None) -> tuple[Truths, list[Values]]:
    """Return which draws of a task stayed finite, and the tables [row..., draw] that are made of its outputs.

    `make` turns the outputs [year, dims..., draw] of a portion, and the numbers by which its draws take what they share, into
    some tables. Lost draws are among the columns.

    Raises
    ------
    RunError
        when a portion of the draws is lost twice.
    """
    parts = []
    for stop, *tables in run_portions(task, partial(_tables, make, task.draws), workers):
        parts.append(tables)
        if progress is not None:
            progress(stop, task.draws.count)
    fine, *joined_parts = (np.concatenate(column, axis=-1) for column in zip(*parts, strict=True))
    return fine, joined_parts


def _tables(make: Make, draws: Draws, result: BlockResult) -> tuple[Any, ...]:
    taken = draws.realisations(result.start, result.stop)
    made = make(result.values, np.arange(result.start, result.stop) if taken is None else taken)
    tables = (np.array(list(rows), dtype=np.float64) for rows in made)  # copied: the next portion writes over the outputs
    return result.stop, result.fine, *(table if table.size else table.reshape(0, len(result.fine)) for table in tables)


class _Merger:
    """Merges the summaries of chunks in the order of the draws."""

    def __init__(self, task: Task, wanted: ChunkReducer, workers: int) -> None:
        self._task, self._wanted = task, wanted
        self._gathered = Gathered(task.draws.count, workers)
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._met: dict[str, Numbers] = {}
        self._used = np.zeros(max(wanted.groups, 1), dtype=np.intp)
        self._lost: list[LostDraw] = []

    def add(self, chunk: ChunkSummary) -> None:
        """Gather a chunk."""
        self._shapes = dict(chunk.shapes)
        self._gathered.add(chunk.series, chunk.moments)
        for name, counts in chunk.met.items():
            self._met[name] = self._met.get(name, 0) + counts
        self._used = self._used + chunk.used
        self._lost.extend(chunk.lost)

    def ensemble(self, lost_portions: tuple[tuple[int, int], ...]) -> Ensemble:
        """The statistics of everything gathered."""
        gathered, moments = self._gathered, self._gathered.moments
        fail_if_too_many_lost(self._lost, self._task.draws.count)
        if moments is None:
            raise AssertionError("draws are left, and none was gathered")
        error, levels = gathered.quantile_error(), gathered.quantiles(LEVELS)
        quantiles = self._by_name(levels.T, len(LEVELS))
        shares = {name: self._share(met) for name, met in self._met.items() if name != ALL}
        return Ensemble(
            count=self._task.draws.count,
            seed=self._task.draws.seed,
            lost=tuple(self._lost),
            lost_portions=lost_portions,
            mean=self._of_outputs(self._by_name(moments.mean)),
            variance=self._of_outputs(self._by_name(moments.variance)),
            quantiles=self._of_outputs(quantiles),
            quantile_error=None if error is None else self._of_outputs(self._by_name(error)),
            read={name: values for name, values in quantiles.items() if name not in self._task.outputs},
            shares=shares,
            all_met=self._share(self._met[ALL]) if ALL in self._met else None,
            together=len(shares if self._wanted.together is None else self._wanted.together),
        )

    def _share(self, met: Numbers) -> Share:
        grouped = self._wanted.groups > 1
        pairs = zip(met.tolist(), self._used.tolist(), strict=True) if grouped else ()
        return Share(int(met.sum()), int(self._used.sum()), tuple(pair for pair in pairs if pair[1]))

    def _of_outputs(self, named: dict[str, Values]) -> dict[str, Values]:
        """Only those of the task's outputs."""
        return {name: values for name, values in named.items() if name in self._task.outputs}

    def _by_name(self, series: Values, *last: int) -> dict[str, Values]:
        """Split [series, ...] by output; a last axis of levels comes first in the result."""
        parts, start = dict[str, Values](), 0
        for name, shape in self._shapes.items():
            stop = start + int(np.prod(shape))
            part = series[start:stop].reshape((*shape, *last))
            parts[name] = np.moveaxis(part, -1, 0) if last else part
            start = stop
        return parts


def fail_if_too_many_lost(lost: Sequence[LostDraw], count: int, most: float = MOST_LOST) -> None:
    """Raise where a share of the draws above `most`, or every one, is lost.

    Raises
    ------
    RunError
        with their number, and where the first of them went wrong.
    """
    if len(lost) < count and len(lost) <= most * count:
        return
    how = _lost_how(lost)
    if len(lost) == count:
        head = Text(f"全部 {count} 次抽样都{how.zh}", f"all {count} draws {how.en}")
    else:
        share, limit = f"{100.0 * len(lost) / count:.1f}", f"{100.0 * most:g}"
        head = Text(
            f"{count} 次抽样中有 {len(lost)} 次（{share}%）{how.zh}，超过允许的 {limit}%",
            f"{len(lost)} of {count} draws ({share} %) {how.en}; at most {limit} % may",
        )
    advice = Text("请检查所列参数的先验范围和情景数值", "check the ranges of the priors named and the values of the scenario")
    raise RunError(Fault(head + Text("：", ": ") + _named(lost[0]), Place(), advice))


def _lost_how(lost: Sequence[LostDraw]) -> Text:
    """Say what became of lost draws."""
    broken = {draw.origin.breach is not None for draw in lost if draw.origin is not None}
    if broken == {True}:
        return Text("违反核对条件", "broke a check")
    if broken == {True, False}:
        return Text("出现无穷大、非数或违反核对条件", "became infinite or undefined, or broke a check")
    return Text("出现无穷大或非数", "became infinite or undefined")


def lost_sentence(lost: Sequence[LostDraw]) -> Text | None:
    """Say which draws were left out, and where the first of them went wrong; None when all were used."""
    if not lost:
        return None
    count, how = len(lost), _lost_how(lost)
    shown = joined([_named(draw) for draw in lost[:_SHOWN]], Text("；", "; "))
    head = Text(f"{count} 次抽样{how.zh}，未计入统计：", f"{count} draws {how.en} and were left out: ")
    return head + shown + (Text(" 等", " and others") if count > _SHOWN else Text("", ""))


def _named(draw: LostDraw) -> Text:
    """A draw with the year, the variable that is not finite or the check that is broken, and what it moved most."""
    if draw.origin is None:
        return Text(f"第 {draw.draw} 次", f"draw {draw.draw}")
    year, breach, variable = draw.origin.year, draw.origin.breach, draw.origin.variable
    where = Text(variable, variable)
    if breach is not None:
        where = Text(f"“{breach.check.zh}”不成立：{breach.values}", f"{breach.check.en}: {breach.values}")
    farthest = sorted(draw.factors.items(), key=lambda item: -abs(item[1] - 1.0))[:_MOST_MOVED]
    moved = "".join(f", {name} = {value:.4g}" for name, value in list(draw.swept.items())[:_MOST_MOVED])
    moved += "".join(f", {name} × {factor:.3g}" for name, factor in farthest)
    return Text(f"第 {draw.draw} 次（{year} 年，{where.zh}{moved}）", f"draw {draw.draw} ({year}, {where.en}{moved})")


ALL = "*"
"""The condition that all conditions are met."""
Judge = Callable[[Mapping[str, Values], Numbers], Mapping[str, Truths]]
Read = Callable[[Mapping[str, Values], Numbers], Mapping[str, Values]]


@dataclass(frozen=True)
class ChunkReducer:
    """Reduces a portion of draws to what is gathered besides mean, variance and quantiles of every output.

    `judge` turns outputs [year, dims..., draw] and the numbers of the draws into truth values [draw] by name, of which those
    `together` (all, where it is None) count for the condition that all are met; `read` turns them into further numbers [draw],
    summed up like outputs. Draws whose numbers are equal modulo `groups` have something in common, and the error of a share is
    counted from group to group.
    """

    judge: Judge | None = None
    together: tuple[str, ...] | None = None
    read: Read | None = None
    groups: int = 0

    def __call__(self, result: BlockResult) -> list[ChunkSummary]:
        """The summaries of all chunks of a portion of draws; a portion is whole chunks, so they are the same in any portion."""
        with np.errstate(over="ignore", invalid="ignore"):  # the variance of huge numbers is infinite, and says so
            return [self._summary(_part(result, first)) for first in range(result.start, result.stop, CHUNK)]

    def _summary(self, chunk: BlockResult) -> ChunkSummary:
        """Return the summary of a chunk; lost draws are left out."""
        fine = chunk.fine
        # Lost draws are taken out first: one that is not a number would spoil every sum that it enters.
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
            {name: self._counts(answers, numbers) for name, answers in met.items()},
            self._counts(np.ones_like(numbers, dtype=bool), numbers),
            chunk.lost,
        )

    def _counts(self, answers: Truths, numbers: Numbers) -> Numbers:
        """Count the draws of each group that say yes; all draws are one group where there are no groups."""
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
    met: Mapping[str, Numbers]
    used: Numbers
    lost: tuple[LostDraw, ...] = ()


def _part(result: BlockResult, first: int) -> BlockResult:
    """The chunk of a result that begins with the draw `first`."""
    stop = min(first + CHUNK, result.stop)
    columns = slice(first - result.start, stop - result.start)
    lost = tuple(draw for draw in result.lost if first <= draw.draw < stop)
    values = {name: array[..., columns] for name, array in result.values.items()}
    return BlockResult(first, stop, values, lost, result.embedded_error)
