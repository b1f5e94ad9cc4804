"""How far a service reaches beside how much it does: no more is done than is reached, and most of it should be."""

from __future__ import annotations

from collections.abc import Iterator

from sim.base.text import Text
from sim.plan.lint.claims import Claim
from sim.plan.lint.finding import Finding, finding
from sim.plan.lint.plan import Plan
from sim.plan.lint.wording import as_printed, plain

RULE = "coverage_and_rate"
_LITTLE = 0.5
"""A rate below this part of the coverage says that most of what is reached does without."""


def check(plan: Plan) -> Iterator[Finding]:
    """Every rate of a service with the coverage of the same service, region and year."""
    for rate in (claim for claim in plan.claims if claim.aspect == "level" and claim.measure.entry.coverage is not None):
        for coverage in plan.at(rate.measure.entry.coverage or "", rate.region, "level"):
            if (coverage.last, coverage.is_target) == (rate.last, rate.is_target) and not (rate.part or coverage.part):
                yield from _beside(plan, rate, coverage)


def _beside(plan: Plan, rate: Claim, coverage: Claim) -> Iterator[Finding]:
    reached, done, name, year = as_printed(coverage), as_printed(rate), coverage.measure.name, rate.last
    if rate.bounds(plan.about)[0] > coverage.bounds(plan.about)[1]:
        message = plan.subject(rate) + Text(
            f" {year} 年为 {done.zh}，高于{name.zh} {reached.zh}：没有覆盖到的不会计入。",
            f" of {done.en} in {year} is more than the {name.en}, {reached.en}: what is not reached cannot count.",
        )
        yield finding(RULE, "conflict", (rate, coverage), (), f"{plain(rate.value)} > {plain(coverage.value)}", message)
    elif rate.value < _LITTLE * coverage.bounds(plan.about)[0] and not rate.is_ceiling:
        message = plan.subject(rate) + Text(
            f" {year} 年只要求 {done.zh}，而{name.zh}为 {reached.zh}：覆盖到的多半可以不做，须写明以哪一项为准、怎样计算。",
            f" is to be {done.en} in {year} beside {name.en} of {reached.en}: most of what is reached may do without; the text "
            "should say which of the two counts, and of what.",
        )
        arithmetic = f"{plain(rate.value)} < {plain(coverage.value)} / 2"
        yield finding(RULE, "doubt", (rate, coverage), (), arithmetic, message)
