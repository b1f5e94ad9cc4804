"""An ensemble: all draws of a task, reduced chunk by chunk. Memory does not grow with the draws unless paths are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import Fault, Place, RunError
from sim.numerics.blocks import CHUNK, BlockResult, LostDraw, Task
from sim.numerics.reducers import Comoments, Gathered, Share, comoments_of, merged_comoments, series_of
from sim.numerics.workers import run_blocks
from sim.text import Text

Values = NDArray[Any]
Judge = Callable[[Mapping[str, Values]], Mapping[str, NDArray[np.bool_]]]
LEVELS = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
_SHOWN = 5


@dataclass(frozen=True)
class Wanted:
    """What is gathered besides mean, variance and quantiles of every output.

    `judge` turns outputs [year, dims..., draw] into truth values [draw] by name; `paths` are outputs kept draw by draw;
    `covariance` are outputs whose last year is related to each other.
    """

    judge: Judge | None = None
    paths: tuple[str, ...] = ()
    covariance: tuple[str, ...] = ()
    bins: int = 0


@dataclass
class Ensemble:
    """What an ensemble says: [year, dims...], base year first; quantiles have a level and histograms a bin before."""

    count: int
    seed: int
    lost: tuple[LostDraw, ...] = ()
    lost_blocks: tuple[tuple[int, int], ...] = ()
    mean: dict[str, Values] = field(default_factory=dict)
    variance: dict[str, Values] = field(default_factory=dict)
    quantiles: dict[str, Values] = field(default_factory=dict)
    quantile_error: dict[str, Values] | None = None
    histograms: dict[str, tuple[Values, Values]] = field(default_factory=dict)
    covariance: Values | None = None
    shares: dict[str, Share] = field(default_factory=dict)
    all_met: Share | None = None
    paths: dict[str, Values] = field(default_factory=dict)
    embedded_error: float = 0.0

    @property
    def used(self) -> int:
        """Draws that the statistics rest on."""
        return self.count - len(self.lost)


Progress = Callable[[int, int], None]


def run_ensemble(task: Task, workers: int = 1, wanted: Wanted | None = None, progress: Progress | None = None) -> Ensemble:
    """Run all draws of a task and reduce them. The result is the same for any number of workers.

    Raises
    ------
    RunError
        when no draw stays finite, or a block of draws is lost twice.
    """
    lost_blocks: list[tuple[int, int]] = []
    reducer = _Reducer(task, wanted or Wanted())
    for chunk in _chunks(run_blocks(task, workers, lost_blocks)):
        reducer.add(chunk)
        if progress is not None:
            progress(chunk[-1].stop, task.draws.count)
    return reducer.ensemble(tuple(lost_blocks))


def _chunks(results: Iterator[BlockResult]) -> Iterator[list[BlockResult]]:
    """Blocks gathered to chunks of CHUNK draws."""
    chunk: list[BlockResult] = []
    for result in results:
        chunk.append(result)
        if result.stop % CHUNK == 0:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class _Reducer:
    def __init__(self, task: Task, wanted: Wanted) -> None:
        self._task, self._wanted = task, wanted
        self._gathered = Gathered(task.draws.count)
        self._shapes: dict[str, tuple[int, ...]] = {}
        self._comoments: Comoments | None = None
        self._met: dict[str, int] = {}
        self._all_met = self._used = 0
        self._paths: dict[str, list[Values]] = {name: [] for name in wanted.paths}
        self._lost: list[LostDraw] = []
        self._embedded_error = 0.0

    def add(self, chunk: list[BlockResult]) -> None:
        """Gather a chunk without its lost draws; kept paths have not-a-number there."""
        lost = [draw for result in chunk for draw in result.lost]
        together = {name: np.concatenate([result.values[name] for result in chunk], axis=-1) for name in chunk[0].values}
        fine = np.ones(chunk[-1].stop - chunk[0].start, dtype=bool)
        fine[[draw.draw - chunk[0].start for draw in lost]] = False
        values = together if fine.all() else {name: array[..., fine] for name, array in together.items()}
        self._shapes = {name: array.shape[:-1] for name, array in values.items()}
        self._gathered.add(series_of(values))
        self._judge(values)
        self._relate(values)
        for name, parts in self._paths.items():
            parts.append(np.where(fine, together[name], np.nan))
        self._lost.extend(lost)
        self._used += int(fine.sum())
        self._embedded_error = max(self._embedded_error, *(result.embedded_error for result in chunk))

    def _judge(self, values: Mapping[str, Values]) -> None:
        if self._wanted.judge is None:
            return
        met = self._wanted.judge(values)
        for name, answers in met.items():
            self._met[name] = self._met.get(name, 0) + int(answers.sum())
        if met:
            self._all_met += int(np.logical_and.reduce(list(met.values())).sum())

    def _relate(self, values: Mapping[str, Values]) -> None:
        if not self._wanted.covariance:
            return
        last = {name: values[name][-1] for name in self._wanted.covariance}
        comoments = comoments_of(series_of(last))
        self._comoments = comoments if self._comoments is None else merged_comoments(self._comoments, comoments)

    def ensemble(self, lost_blocks: tuple[tuple[int, int], ...]) -> Ensemble:
        """The statistics of everything gathered."""
        gathered, moments = self._gathered, self._gathered.moments
        if moments is None or not self._used:
            raise RunError(_none_left(self._lost))
        error, levels = gathered.quantile_error(), gathered.quantiles(LEVELS)
        return Ensemble(
            count=self._task.draws.count,
            seed=self._task.draws.seed,
            lost=tuple(self._lost),
            lost_blocks=lost_blocks,
            mean=self._by_name(moments.mean),
            variance=self._by_name(moments.variance),
            quantiles=self._by_name(levels.T, len(LEVELS)),
            quantile_error=None if error is None else self._by_name(error),
            histograms=self._histograms(),
            covariance=None if self._comoments is None else self._comoments.covariance,
            shares={name: Share(met, self._used) for name, met in self._met.items()},
            all_met=Share(self._all_met, self._used) if self._met else None,
            paths={name: np.concatenate(parts, axis=-1) for name, parts in self._paths.items()},
            embedded_error=self._embedded_error,
        )

    def _by_name(self, series: Values, *last: int) -> dict[str, Values]:
        """Split [series, ...] by output; a last axis of levels comes first in the result."""
        parts, start = dict[str, Values](), 0
        for name, shape in self._shapes.items():
            stop = start + int(np.prod(shape))
            part = series[start:stop].reshape(*shape, *last)
            parts[name] = np.moveaxis(part, -1, 0) if last else part
            start = stop
        return parts

    def _histograms(self) -> dict[str, tuple[Values, Values]]:
        bins = self._wanted.bins
        if not bins:
            return {}
        counts, edges = self._gathered.counts(bins)
        named_counts, named_edges = self._by_name(counts, bins), self._by_name(edges, bins + 1)
        return {name: (named_counts[name], named_edges[name]) for name in named_counts}


def _none_left(lost: list[LostDraw]) -> Fault:
    first = next((draw.origin for draw in lost if draw.origin is not None), None)
    where = (
        Text("", "") if first is None else Text(f"（{first.year} 年，{first.variable}）", f" ({first.year}, {first.variable})")
    )
    return Fault(
        Text(f"全部 {len(lost)} 次抽样都出现无穷大或非数", f"all {len(lost)} draws became infinite or undefined") + where,
        Place(),
        Text("请检查先验范围和情景数值", "check the ranges of the priors and the values of the scenario"),
    )


def lost_sentence(ensemble: Ensemble) -> Text | None:
    """Which draws were left out, and where the first of them went wrong; None when all were used."""
    if not ensemble.lost:
        return None
    shown = "；".join(_named(draw, zh=True) for draw in ensemble.lost[:_SHOWN])
    shown_en = "; ".join(_named(draw, zh=False) for draw in ensemble.lost[:_SHOWN])
    count = len(ensemble.lost)
    return Text(
        f"{count} 次抽样出现无穷大或非数，未计入统计：{shown}{' 等' if count > _SHOWN else ''}",
        f"{count} draws became infinite or undefined and were left out: {shown_en}{' and others' if count > _SHOWN else ''}",
    )


def _named(draw: LostDraw, *, zh: bool) -> str:
    if draw.origin is None:
        return f"第 {draw.draw} 次" if zh else f"draw {draw.draw}"
    year, variable = draw.origin.year, draw.origin.variable
    return f"第 {draw.draw} 次（{year} 年，{variable}）" if zh else f"draw {draw.draw} ({year}, {variable})"
