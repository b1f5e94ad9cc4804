"""Which draws of an ensemble meet which targets: the scorecard's own rule applied to arrays instead of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.inputs.targets import Binding, Catalogue, PlanTarget
from sim.model.declarations import Variable
from sim.model.graph import Graph
from sim.numerics.ensemble import Ensemble, lost_sentence
from sim.numerics.workers import named
from sim.outputs.dataset import yearly_unit
from sim.plan.scorecard import Score, is_met
from sim.text import Text
from sim.units import conversion

Values = NDArray[Any]


@dataclass(frozen=True)
class Condition:
    """One target as a test of an output [year, region?, draw]: rows from `first` to `last`, the worst of them or the last."""

    target: PlanTarget
    output: str
    factor: float
    region: int | None
    first: int
    last: int
    about_tolerance: float

    def met(self, values: Mapping[str, Values]) -> NDArray[np.bool_]:
        """Whether each draw meets the target."""
        array = values[self.output][self.first : self.last + 1] * self.factor
        series = array if self.region is None else array[:, self.region]
        worst = series.max(axis=0) if self.target.operator == "<=" else series.min(axis=0)
        answers = is_met(self.target.operator, worst, self.target.value, self.about_tolerance)
        return np.asarray(answers, dtype=bool)


@dataclass(frozen=True)
class Conditions:
    """All targets that a run can judge; the outputs that they read, and the answers by target id."""

    conditions: tuple[Condition, ...]

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs that must be computed, each once."""
        return tuple(dict.fromkeys(item.output for item in self.conditions))

    def __call__(self, values: Mapping[str, Values]) -> dict[str, NDArray[np.bool_]]:
        """Whether each draw meets each target."""
        return {item.target.id: item.met(values) for item in self.conditions}


def conditions_of(scores: Sequence[Score], catalogue: Catalogue, graph: Graph, base_year: int, about: float) -> Conditions:
    """Conditions for the targets that the scorecard of the central run has judged."""
    judged = [score.target for score in scores if score.verdict != "not_judged"]
    return Conditions(tuple(_condition(target, catalogue.bindings[target.id], graph, base_year, about) for target in judged))


def _condition(target: PlanTarget, binding: Binding, graph: Graph, base_year: int, about: float) -> Condition:
    if target.year is None:
        raise AssertionError("a target without a year is not judged")
    item = graph.quantities[binding.variable]
    unit = yearly_unit(item.unit, item.kind if isinstance(item, Variable) else "level")
    region = binding.region or target.region
    last = target.year - base_year
    first = last if binding.reading == "level" else max((target.start_year or base_year + 1) - base_year, 1)
    member = graph.dimensions["region"].index(region) if "region" in item.dims else None
    return Condition(target, binding.variable, conversion(unit, target.unit), member, first, last, about)


def with_probabilities(scores: Sequence[Score], ensemble: Ensemble) -> list[Score]:
    """The scorecard with the share of draws that meet each target, and the error of that share from finitely many draws."""
    return [_with_share(score, ensemble) for score in scores]


def sentences(ensemble: Ensemble, origin: Text) -> list[Text]:
    """What a reader must know of the draws: how many, whence, how likely all targets are together, and what was left out."""
    lost = lost_sentence(ensemble)
    head = Text(
        f"抽样 {ensemble.count:,} 次（种子 {ensemble.seed}）：{origin.zh}",
        f"{ensemble.count:,} draws (seed {ensemble.seed}): {origin.en}",
    )
    if ensemble.all_met is not None:
        p, error = 100.0 * ensemble.all_met.probability, 100.0 * ensemble.all_met.standard_error
        head = head + Text(
            f"；全部 {len(ensemble.shares)} 项目标同时实现的概率 {p:.2f}%（抽样误差 {error:.2f}）",
            f"; all {len(ensemble.shares)} targets are met together in {p:.2f} % (sampling error {error:.2f})",
        )
    head = head + Text("。", ".")
    return [sentence for sentence in (head, lost, _rough(ensemble), _run_again(ensemble)) if sentence is not None]


def _rough(ensemble: Ensemble) -> Text | None:
    """How exact quantiles from histograms are, beside the width of the band from the lowest to the highest."""
    if ensemble.quantile_error is None:
        return None
    shares = []
    for name, error in ensemble.quantile_error.items():
        band = ensemble.quantiles[name][-1] - ensemble.quantiles[name][0]
        shares += list((error[band > 0.0] / band[band > 0.0]).ravel())
    size = f"{100.0 * max(shares, default=0.0):.2g}"
    return Text(
        f"抽样很多，分位数由直方图读出，误差不超过 5%–95% 区间宽度的 {size}%。",
        f"So many draws: quantiles are read from histograms, off by at most {size} % of the band from 5 to 95 %.",
    )


def _run_again(ensemble: Ensemble) -> Text | None:
    if not ensemble.lost_portions:
        return None
    names = named(ensemble.lost_portions)
    return Text(
        f"工作进程曾中断，抽样 {names} 已重新运行，结果不受影响。",
        f"A worker process died; draws {names} were run again, which changes no result.",
    )


def _with_share(score: Score, ensemble: Ensemble) -> Score:
    share = ensemble.shares.get(score.target.id)
    if share is None:
        return score
    return replace(score, probability=share.probability, probability_error=share.standard_error)
