"""The one rule by which a value meets a target, used wherever a target is judged: published figures, central runs, draws,
questions asked from an earlier year, relaxations, paths and evaluations.

`>` above; `>=` and `=` at least; `<=` at most; `~` ("about", 左右) at least the value less the city's tolerance. A ceiling
turns the last two round. Near: not met, but within 3 % of the value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sim.base.text import Text
from sim.inputs.bindings import ProjectedBinding
from sim.inputs.targets import PlanTarget

Verdict = Literal["met", "near", "missed", "not_judged"]
VERDICTS: dict[Verdict, Text] = {
    "met": Text("实现", "met"),
    "near": Text("接近", "near"),
    "missed": Text("未实现", "missed"),
    "not_judged": Text("暂不评估", "not judged"),
}
"""The verdicts in words."""
NEAR = 0.03
HALF = 0.5
"""The share of draws from which on a target counts as met: then the median meets it."""


@dataclass(frozen=True)
class Rule:
    """The test of a number against a target's: operator, the target's value, and the tolerance of "about"."""

    operator: str
    value: float
    about: float
    is_ceiling: bool = False
    """True where the number must not be exceeded, whatever the operator."""

    @property
    def limit(self) -> float:
        """The number to be reached, or not to be exceeded: a little beyond the value where the text says about."""
        slack = self.about * abs(self.value) if self.operator == "~" else 0.0
        return self.value + slack if self.below else self.value - slack

    @property
    def below(self) -> bool:
        """True where less is as good."""
        return self.is_ceiling or self.operator == "<="

    def met(self, number: Any) -> Any:
        """Return whether a number meets the target; an array answers by cell."""
        if self.below:
            return number <= self.limit
        return number > self.limit if self.operator == ">" else number >= self.limit

    def verdict(self, number: float) -> Verdict:
        """Return met, near (within 3 % of the value) or missed."""
        if self.met(number):
            return "met"
        return "near" if self.is_near(number) else "missed"

    def verdict_of_draws(self, median: float, share: float) -> Verdict:
        """Return the verdict of the median of some draws, given the share of them that meet the target.

        The median meets a target where at least half of the draws do, so that verdict and probability cannot disagree.
        """
        if share >= HALF:
            return "met"
        return "near" if self.is_near(median) else "missed"

    def is_near(self, number: float) -> bool:
        """Return whether a number lies within 3 % of the target's."""
        return bool(np.abs(number - self.value) <= NEAR * abs(self.value))

    def value_met_by(self, limit: float) -> float:
        """Return the value with which this rule has `limit` as its limit: the most to ask for if `limit` is all there is."""
        if self.operator != "~" or not limit:
            return limit
        outward = np.sign(limit) if self.below else -np.sign(limit)
        return float(limit / (1.0 + outward * self.about))


def rule_of(target: PlanTarget, binding: ProjectedBinding, about: float) -> Rule:
    """Return the rule of a target that a run decides; `about` is the city's tolerance."""
    return Rule(binding.operator(target.operator), target.value, about, is_ceiling=binding.ceiling)


def about_sentence(about: float) -> Text:
    """Return the meaning of "about", once for a report."""
    return Text(
        f"“左右”类目标达到目标值的 {100.0 * (1.0 - about):g}% 即为实现",
        f"a target of 'about' so much is met from {100.0 * (1.0 - about):g} % of it on",
    )
