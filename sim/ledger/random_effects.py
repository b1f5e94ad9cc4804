"""Random effects: what chance deals to every work in every realisation, as arrays [work, ..., realisation].

Numbers belong to (seed, id of the work, what is drawn, number of the realisation). So a lever on one work changes no number of
another, and scenarios differ only by their levers. Amounts that nobody printed are multiplied by a factor, so that all named
works together take a stated share of investment; it follows from the whole ledger, whatever a scenario builds of it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.base.arrays import Truths, Values
from sim.base.streams import normals, triangular, uniforms
from sim.inputs.ledger import STAGES, LedgerFile, Triangular
from sim.ledger.works import BUILD, Work


@dataclass(frozen=True)
class RandomEffects:
    """Begin [work, r], years of each stage [work, stage, r], money in 亿元 [work, r], and who is given up [work, r]."""

    begin: Values
    years: Values
    money: Values
    given_up: Truths

    @property
    def count(self) -> int:
        """Number of realisations."""
        return int(self.begin.shape[-1])


def drawn_effects(
    works: Sequence[Work], settings: LedgerFile, seed: int, count: int, factor: Values | float = 1.0
) -> RandomEffects:
    """`count` realisations; `factor` is what the drawn amounts of named works are multiplied by."""
    shape = (len(works), count)
    effects = RandomEffects(
        np.zeros(shape), np.zeros((len(works), len(STAGES), count)), np.zeros(shape), np.zeros(shape, dtype=bool)
    )
    sampler = _Sampler(settings, seed, count)
    # Every number is drawn by its own name and not from one stream: a work that is added or left out shifts no other's numbers.
    for row, work in enumerate(works):
        effects.begin[row] = sampler.begin(work)
        for stage, name in enumerate(STAGES):
            effects.years[row, stage] = sampler.years(work, name)
        effects.money[row] = sampler.money(work) * (factor if work.named and work.money is None else 1.0)
        effects.given_up[row] = sampler.given_up(work)
    shaped = _shaped(works, effects.years)
    return RandomEffects(_hurried(works, effects.begin, shaped), shaped, effects.money, effects.given_up)


class _Sampler:
    """Numbers of all realisations at once."""

    def __init__(self, settings: LedgerFile, seed: int, count: int) -> None:
        self._settings, self._seed, self._count = settings, seed, count
        self._smaller = self.spread(settings.smaller_when_many.spread, "smaller")
        self._fewer = self.spread(settings.given_up_when_many.spread, "fewer")
        self._drop_out: dict[str, Values] = {}

    def uniform(self, name: str) -> Values:
        """Uniform numbers in (0, 1)."""
        return uniforms(self._seed, f"ledger:{name}", 0, self._count)

    def spread(self, spread: Triangular, name: str) -> Values:
        """Triangular numbers."""
        drawn: Values = triangular(self.uniform(name), spread.low, spread.likely, spread.high)
        return drawn

    def begin(self, work: Work) -> Values | float:
        """Begin of a work, at some time of its span."""
        return work.begin if work.certain else work.earliest + work.width * self.uniform(f"{work.id}:begin")

    def years(self, work: Work, stage: str) -> Values | float:
        """The years of a stage."""
        usual = work.project_class.stages[stage]
        return usual.likely if work.certain else self.spread(usual, f"{work.id}:{stage}")

    def money(self, work: Work) -> Values | float:
        """The printed amount with its overrun, or an amount of the class."""
        if work.money is not None and work.certain:
            return work.money
        if work.money is not None:
            return work.money * self.spread(self._settings.overrun.spread, f"{work.id}:overrun")
        # Log-normal about the median of the class; its mean is larger, which `expected_spending` allows for.
        spread = np.log(work.project_class.amount_spread) * normals(self._seed, f"ledger:{work.id}:amount", 0, self._count)
        amount: Values = work.project_class.amount * np.exp(spread) * work.crowd**-self._smaller
        return amount

    def given_up(self, work: Work) -> Truths:
        """Works under way and those known to be built are finished; others have a chance common to their class."""
        name = work.project_class.name
        if name not in self._drop_out:
            self._drop_out[name] = self.spread(work.project_class.drop_out, f"class:{name}:drop_out")
        kept = np.minimum((1.0 - self._drop_out[name]) * work.fulfilment * work.crowd**-self._fewer, 1.0)
        given_up: Truths = (self.uniform(f"{work.id}:kept") > kept) & (not (work.under_way or work.certain))
        return given_up


def _hurried(works: Sequence[Work], begin: Values, years: Values) -> Values:
    """Begin [work, r] with what is brought forward: nothing that would begin to be built in the run begins before it."""
    hurried = np.array([work.hurried for work in works]).reshape(-1, 1)
    run_start = np.array([work.run_start for work in works]).reshape(-1, 1)
    building = begin + years[:, :BUILD].sum(axis=1)
    moved = np.maximum(building - hurried, np.minimum(building, run_start))
    return np.asarray(begin - np.where(hurried > 0.0, building - moved, 0.0))


def _shaped(works: Sequence[Work], years: Values) -> Values:
    """Years of building and commissioning stretched to the printed end, and what a delay adds to building."""
    for row, work in enumerate(works):
        years[row, BUILD:] *= work.stretch
        years[row, BUILD] = np.maximum(years[row, BUILD] + work.longer, _SHORTEST)
        years[row, : work.first] = 0.0
    return years


_SHORTEST = 0.1


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


def expected_spending(works: Sequence[Work], settings: LedgerFile, scale: Scale) -> Expected:
    """Return what the works would spend on the mean, by the likely schedule and the chance that each is built."""
    printed, drawn = list[float](), list[float]()
    for work in (work for work in works if work.named):
        kept = 1.0 if work.under_way or work.certain else 1.0 - work.project_class.drop_out.mean
        part, item = kept * _part_within(work, scale), work.project_class
        if work.money is not None:
            printed.append(part * work.money * (1.0 if work.certain else settings.overrun.spread.mean))
        else:  # the mean of a log-normal amount
            drawn.append(part * (item.amount * math.exp(math.log(item.amount_spread) ** 2 / 2.0)))
    return Expected(sum(printed), sum(drawn))


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


def drawn_factors(works: Sequence[Work], settings: LedgerFile, scale: Scale, seed: int, count: int) -> Values:
    """The factor in every realisation."""
    span = settings.named_share.spread
    share = triangular(uniforms(seed, "ledger:named_share", 0, count), span.low, span.likely, span.high)
    return factor_of(share, expected_spending(works, settings, scale), scale)
