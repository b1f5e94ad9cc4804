"""Which draws of an ensemble meet which targets: the scorecard's own rule applied to arrays instead of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.inputs.bindings import Binding, LedgerBinding
from sim.inputs.targets import PlanTarget
from sim.numerics.ensemble import Ensemble, lost_sentence
from sim.numerics.workers import named
from sim.plan.reading import Reading, reading_of
from sim.plan.scorecard import Judge, Score, is_met
from sim.text import Text

Values = NDArray[Any]


@dataclass(frozen=True)
class Condition:
    """A target that a variable says, as a test of the outputs of a block of draws."""

    reading: Reading
    about_tolerance: float

    @property
    def target(self) -> PlanTarget:
        """The target."""
        return self.reading.target

    def met(self, values: Mapping[str, Values]) -> NDArray[np.bool_]:
        """Whether each draw meets the target."""
        answers = is_met(self.reading.operator, self.reading.value(values), self.target.value, self.about_tolerance)
        return np.asarray(answers, dtype=bool)


@dataclass(frozen=True)
class Conditions:
    """All targets that a run can judge: by outputs, or by the realisation of the ledger that a draw takes."""

    conditions: tuple[Condition, ...]
    delivered: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    usually: Mapping[str, bool] = field(default_factory=dict)
    """What the scorecard says of the targets that the ledger delivers: whether the median of the realisations meets them."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs that must be computed, each once."""
        return tuple(dict.fromkeys(name for item in self.conditions for name in item.reading.outputs))

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the targets, in the order in which they are judged."""
        return (*(item.target.id for item in self.conditions), *self.delivered)

    def without_chance(self) -> Conditions:
        """For draws that take no realisation: the ledger is at its mean, and its targets are judged as in the scorecard."""
        return replace(self, delivered={name: np.array([self.usually[name]]) for name in self.delivered})

    def __call__(self, values: Mapping[str, Values], draws: NDArray[np.intp]) -> dict[str, NDArray[np.bool_]]:
        """Whether each draw meets each target; `draws` are the numbers of the draws or of the realisations they take."""
        by_ledger = {name: answers[draws % len(answers)] for name, answers in self.delivered.items()}
        return {item.target.id: item.met(values) for item in self.conditions} | by_ledger


def conditions_of(scores: Sequence[Score], judge: Judge) -> Conditions:
    """Conditions for the targets that the scorecard of the central run has judged; those of the past are known already."""
    catalogue, found = judge.catalogue, list[Condition]()
    delivered: dict[str, NDArray[np.bool_]] = {}
    usually: dict[str, bool] = {}
    for score in scores:
        target, binding = score.target, catalogue.by_kind.of(score.target.id)
        if score.verdict == "not_judged":
            continue
        if isinstance(binding, Binding):
            reading = reading_of(target, binding, judge.graph, judge.groups, judge.base_year)
            found.append(Condition(reading, judge.about_tolerance))
        elif isinstance(binding, LedgerBinding) and judge.delivery is not None:
            numbers = judge.delivery.value(target, binding)
            answers = is_met(binding.operator(target.operator), numbers, target.value, judge.about_tolerance)
            delivered[target.id] = np.asarray(answers, dtype=bool)
            usually[target.id] = score.verdict == "met"
    return Conditions(tuple(found), delivered, usually)


def with_probabilities(scores: Sequence[Score], ensemble: Ensemble) -> list[Score]:
    """The scorecard with the share of draws that meet each target, and the error of that share from finitely many draws."""
    return [_with_share(score, ensemble) for score in scores]


def sentences(ensemble: Ensemble, origin: Text) -> list[Text]:
    """What a reader must know of the draws: how many, whence, how likely all targets are together, and what was left out."""
    lost = lost_sentence(ensemble.lost)
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
