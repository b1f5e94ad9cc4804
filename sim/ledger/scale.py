"""What amounts that nobody printed are multiplied by, so that all named works together take a stated share of investment.

The factor follows from the whole ledger as the documents have it, whatever a scenario builds of it: a lever on one project
changes the size of no other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.base.streams import triangular, uniforms
from sim.inputs.project_classes import STAGES, LedgerSettings, ProjectClass
from sim.ledger.works import BUILD, Work

Values = NDArray[np.float64]
LEAST = 0.1


@dataclass(frozen=True)
class Scale:
    """Fixed-asset investment of the city in the plan's base year, 亿元, taken for each of its years; the first and the last."""

    investment: float
    first: int
    last: int


@dataclass(frozen=True)
class Expected:
    """Spending in the years of the plan on works with a printed amount, and on those whose amount is drawn, 亿元."""

    printed: float
    drawn: float


def expected_spending(works: Sequence[Work], settings: LedgerSettings, scale: Scale) -> Expected:
    """What the works would spend on the mean, by the likely schedule and the chance that each is built."""
    parts = [(work, _kept(work) * _part_within(work, scale)) for work in works if work.named]
    printed = sum(part * work.money * _overrun(work, settings) for work, part in parts if work.money is not None)
    drawn = sum(part * mean_amount(work.project_class) for work, part in parts if work.money is None)
    return Expected(printed, drawn)


def mean_amount(item: ProjectClass) -> float:
    """Mean of a log-normal amount: median * exp(ln(spread)^2 / 2)."""
    return item.amount * math.exp(math.log(item.amount_spread) ** 2 / 2.0)


def _overrun(work: Work, settings: LedgerSettings) -> float:
    return 1.0 if work.certain else settings.overrun.mean


def _kept(work: Work) -> float:
    return 1.0 if work.under_way or work.certain else 1.0 - work.project_class.drop_out.mean


def _part_within(work: Work, scale: Scale) -> float:
    """The part of a work's building time that lies in the years of the plan."""
    usual = work.project_class.stages
    start = work.begin + sum(usual[name].likely for name in STAGES[work.first : BUILD])
    length = usual["build"].likely * work.stretch + work.longer
    inside = min(start + length, scale.last + 1.0) - max(start, float(scale.first))
    return max(inside, 0.0) / length


def factor_of(share: Values, expected: Expected, scale: Scale) -> Values:
    """(share * investment * years - printed) / drawn, at least a tenth."""
    if not expected.drawn:
        return np.ones_like(share)
    wanted = share * scale.investment * (scale.last - scale.first + 1)
    factor: Values = np.maximum((wanted - expected.printed) / expected.drawn, LEAST)
    return factor


def drawn_factors(works: Sequence[Work], settings: LedgerSettings, scale: Scale, seed: int, count: int) -> Values:
    """The factor in every realisation."""
    span = settings.named_share
    share = triangular(uniforms(seed, "ledger:named_share", 0, count), span.low, span.likely, span.high)
    return factor_of(share, expected_spending(works, settings, scale), scale)


def likely_factor(works: Sequence[Work], settings: LedgerSettings, scale: Scale) -> float:
    """The factor at the likely share."""
    return float(factor_of(np.array([settings.named_share.likely]), expected_spending(works, settings, scale), scale)[0])
