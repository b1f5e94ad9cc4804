"""Probabilities of targets from the draws of an ensemble: the scorecard's own rule applied to arrays instead of numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.base.arrays import Numbers, Truths, Values
from sim.base.text import Text
from sim.base.words import all_of, undecided
from sim.ensemble.reducers import Share
from sim.ensemble.running import LEVELS, MEDIAN, Ensemble, lost_sentence
from sim.ensemble.workers import named
from sim.inputs.bindings import Binding, LedgerBinding
from sim.plan.judging import Judge
from sim.plan.reading import Reading
from sim.plan.rule import Rule, rule_of
from sim.plan.scorecard import Score

LOW, HIGH = LEVELS.index(0.1), LEVELS.index(0.9)
READ, REAL = "target/", "real/"
"""Prefixes of the numbers of targets, and of their twins at constant prices, among the outputs of draws."""


@dataclass(frozen=True)
class Condition:
    """A target with its rule, as a function of the outputs of a block of draws, or a number per realisation of the ledger.

    `twin` is the same at constant prices.
    """

    target: str
    rule: Rule
    reading: Reading | Values
    twin: Reading | None = None

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs that must be computed."""
        return tuple(name for item in (self.reading, self.twin) if isinstance(item, Reading) for name in item.outputs)

    def number(self, values: Mapping[str, Values], draws: Numbers) -> Values:
        """Return the number of the target in each draw; `draws` are those of the draws or of the realisations they take."""
        return self.reading.value(values) if isinstance(self.reading, Reading) else self.reading[draws % len(self.reading)]


@dataclass(frozen=True)
class Conditions:
    """All targets that a run can judge: by outputs, then by the realisation of the ledger that a draw takes.

    `settled` are those that published figures decide already: their shares of draws only test the model.
    """

    conditions: tuple[Condition, ...]
    settled: frozenset[str] = frozenset()

    @property
    def readings(self) -> dict[str, Reading]:
        """Readings of the targets that variables say."""
        return {item.target: item.reading for item in self.conditions if isinstance(item.reading, Reading)}

    @property
    def outputs(self) -> tuple[str, ...]:
        """Outputs that must be computed, each once."""
        return tuple(dict.fromkeys(name for item in self.conditions for name in item.outputs))

    @property
    def names(self) -> tuple[str, ...]:
        """Ids of the targets, in the order in which they are judged."""
        return tuple(item.target for item in self.conditions)

    @property
    def open(self) -> tuple[str, ...]:
        """Ids of those that no published figure decides."""
        return tuple(name for name in self.names if name not in self.settled)

    @property
    def rules(self) -> dict[str, Rule]:
        """The rule of each target."""
        return {item.target: item.rule for item in self.conditions}

    def without_chance(self) -> Conditions:
        """Return the same for draws that take no realisation: the ledger is at its median, as for the central run."""
        central = (
            item if isinstance(item.reading, Reading) else replace(item, reading=np.array([np.median(item.reading)]))
            for item in self.conditions
        )
        return replace(self, conditions=tuple(central))

    def without_settled(self) -> Conditions:
        """Return only what is still open."""
        return Conditions(tuple(item for item in self.conditions if item.target not in self.settled))

    def numbers(self, values: Mapping[str, Values], draws: Numbers) -> dict[str, Values]:
        """Return the number of each target in each draw; see `Condition.number`."""
        return {item.target: item.number(values, draws) for item in self.conditions}

    def read(self, values: Mapping[str, Values], draws: Numbers) -> dict[str, Values]:
        """Return the numbers that are summed up like outputs: those of the targets, and of their twins at constant prices."""
        numbers = {f"{READ}{name}": row for name, row in self.numbers(values, draws).items()}
        twins = ((item.target, item.twin) for item in self.conditions)
        return numbers | {f"{REAL}{name}": twin.value(values) for name, twin in twins if twin is not None}

    @property
    def read_names(self) -> tuple[str, ...]:
        """Names that `read` gives its numbers, in their order: those of all targets first."""
        twins = (item.target for item in self.conditions if item.twin is not None)
        return (*(f"{READ}{name}" for name in self.names), *(f"{REAL}{name}" for name in twins))

    def __call__(self, values: Mapping[str, Values], draws: Numbers) -> dict[str, Truths]:
        """Return whether each draw meets each target."""
        rules = self.rules
        return {name: np.asarray(rules[name].met(row), dtype=bool) for name, row in self.numbers(values, draws).items()}


def conditions_of(scores: Sequence[Score], judge: Judge) -> Conditions:
    """Return conditions for the targets that a run projects; those of the past are known already."""
    found, delivered = list[Condition](), list[Condition]()
    for score in (score for score in scores if score.projected is not None):
        target, binding = score.target, judge.catalogue.by_kind.of(score.target.id)
        if isinstance(binding, Binding):
            reading = judge.reading(target, binding)
            found.append(Condition(target.id, reading.rule, reading, judge.twin(reading)))
        elif isinstance(binding, LedgerBinding) and judge.delivery is not None:
            rule = rule_of(target, binding, judge.about)
            numbers = np.asarray(judge.delivery.value(target, binding), dtype=np.float64)
            delivered.append(Condition(target.id, rule, numbers))
    settled = frozenset(score.target.id for score in scores if score.judged_by == "data")
    return Conditions((*found, *delivered), settled)


def with_probabilities(scores: Sequence[Score], shares: Mapping[str, Share], read: Mapping[str, Values]) -> list[Score]:
    """Return the scorecard by the draws: the median of each target, its verdict, the share that meets it and its error.

    `read` are quantiles, at LEVELS, of the numbers that `Conditions.read` names. What the central run says is kept beside the
    median. Where a published figure decides, the verdict stays.
    """
    return [_with_share(score, shares, read) for score in scores]


def _with_share(score: Score, shares: Mapping[str, Share], read: Mapping[str, Values]) -> Score:
    share, levels = shares.get(score.target.id), read.get(f"{READ}{score.target.id}")
    if share is None or levels is None:
        return score
    median, real = float(levels[MEDIAN]), read.get(f"{REAL}{score.target.id}")
    decided = score.judged_by == "data"
    return replace(
        score,
        projected=median,
        central=score.projected,
        projected_real=None if real is None else float(real[MEDIAN]),
        verdict=score.verdict if decided else score.rule.verdict_of_draws(median, share.probability),
        probability=share.probability,
        probability_error=share.standard_error,
        band=(float(levels[LOW]), float(levels[HIGH])),
    )


def sentences(ensemble: Ensemble, origin: Text) -> list[Text]:
    """Return what a reader must know of the draws: how many, whence, how likely all targets are together, what was lost."""
    lost = lost_sentence(ensemble.lost)
    head = Text(
        f"抽样 {ensemble.count:,} 次（种子 {ensemble.seed}）：{origin.zh}",
        f"{ensemble.count:,} draws (seed {ensemble.seed}): {origin.en}",
    )
    if ensemble.all_met is not None:
        p, error = 100.0 * ensemble.all_met.probability, 100.0 * ensemble.all_met.standard_error
        still = undecided(ensemble.together < len(ensemble.shares))
        are = "is" if ensemble.together == 1 else "are"
        head = head + Text(
            f"；全部 {ensemble.together} 项{still.zh}目标同时实现的概率 {p:.2f}%（抽样误差 {error:.2f}）",
            f"; {all_of(ensemble.together, still.en)} {are} met together in {p:.2f} % (error {error:.2f})",
        )
    head = head + Text("。", ".")
    return [sentence for sentence in (head, lost, _rough(ensemble), _run_again(ensemble)) if sentence is not None]


def _rough(ensemble: Ensemble) -> Text | None:
    """Return how exact quantiles from histograms are, beside the width of the band from the lowest to the highest."""
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
