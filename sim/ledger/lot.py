"""A lot: what chance deals to every work in every realisation, and what is likely; arrays [work, ..., realisation].

Numbers belong to (seed, id of the work, what is drawn, number of the realisation). So a lever on one work changes no number of
another, and scenarios differ only by their levers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.base.streams import normals, triangular, uniforms
from sim.inputs.project_classes import STAGES, LedgerSettings, Triangular
from sim.ledger.works import BUILD, Work

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Lot:
    """Begin [work, r], years of each stage [work, stage, r], money in 亿元 [work, r], and who is given up [work, r]."""

    begin: Values
    years: Values
    money: Values
    given_up: NDArray[np.bool_]

    @property
    def count(self) -> int:
        """Number of realisations."""
        return int(self.begin.shape[-1])


def likely_lot(works: Sequence[Work], settings: LedgerSettings, factor: float = 1.0) -> Lot:
    """One realisation in which everything goes as is likely and nothing is given up."""
    shape = (len(works), 1)
    begin = np.array([work.begin for work in works]).reshape(shape)
    years = np.array([[work.project_class.stages[stage].likely for stage in STAGES] for work in works])
    smaller = settings.smaller_when_many.likely
    money = np.array([_likely_money(work, settings, factor) * work.crowd**-smaller for work in works]).reshape(shape)
    shaped = _shaped(works, years.reshape(len(works), len(STAGES), 1))
    return Lot(_hurried(works, begin, shaped), shaped, money, np.zeros(shape, dtype=bool))


def _likely_money(work: Work, settings: LedgerSettings, factor: float) -> float:
    if work.money is not None:
        return work.money * (1.0 if work.certain else settings.overrun.likely)
    return work.project_class.amount * (factor if work.named else 1.0)


def draw_lot(works: Sequence[Work], settings: LedgerSettings, seed: int, count: int, factor: Values | float = 1.0) -> Lot:
    """`count` realisations; `factor` is what the drawn amounts of named works are multiplied by, see sim.ledger.scale."""
    shape = (len(works), count)
    lot = Lot(np.zeros(shape), np.zeros((len(works), len(STAGES), count)), np.zeros(shape), np.zeros(shape, dtype=bool))
    deal = _Deal(settings, seed, count)
    for row, work in enumerate(works):
        lot.begin[row] = deal.begin(work)
        for stage, name in enumerate(STAGES):
            lot.years[row, stage] = deal.years(work, name)
        lot.money[row] = deal.money(work) * (factor if work.named and work.money is None else 1.0)
        lot.given_up[row] = deal.given_up(work)
    shaped = _shaped(works, lot.years)
    return Lot(_hurried(works, lot.begin, shaped), shaped, lot.money, lot.given_up)


class _Deal:
    """Numbers of all realisations at once."""

    def __init__(self, settings: LedgerSettings, seed: int, count: int) -> None:
        self._settings, self._seed, self._count = settings, seed, count
        self._smaller = self.spread(settings.smaller_when_many, "smaller")
        self._fewer = self.spread(settings.given_up_when_many, "fewer")
        self._drop_out: dict[str, Values] = {}

    def uniform(self, name: str) -> Values:
        """Uniform numbers in (0, 1)."""
        return uniforms(self._seed, f"ledger:{name}", 0, self._count)

    def spread(self, spread: Triangular, name: str) -> Values:
        """Triangular numbers."""
        drawn: Values = triangular(self.uniform(name), spread.low, spread.likely, spread.high)
        return drawn

    def begin(self, work: Work) -> Values | float:
        """When a work begins: at some time of its span."""
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
            return work.money * self.spread(self._settings.overrun, f"{work.id}:overrun")
        spread = np.log(work.project_class.amount_spread) * normals(self._seed, f"ledger:{work.id}:amount", 0, self._count)
        amount: Values = work.project_class.amount * np.exp(spread) * work.crowd**-self._smaller
        return amount

    def given_up(self, work: Work) -> NDArray[np.bool_]:
        """Works under way and those known to be built are finished; others have a chance common to their class."""
        name = work.project_class.name
        if name not in self._drop_out:
            self._drop_out[name] = self.spread(work.project_class.drop_out, f"class:{name}:drop_out")
        kept = np.minimum((1.0 - self._drop_out[name]) * work.fulfilment * work.crowd**-self._fewer, 1.0)
        given_up: NDArray[np.bool_] = (self.uniform(f"{work.id}:kept") > kept) & (not (work.under_way or work.certain))
        return given_up


def _hurried(works: Sequence[Work], begin: Values, years: Values) -> Values:
    """Begin [work, r] with what is brought forward: nothing that would begin to be built in the run begins before it."""
    hurried, run_start = (np.array([getattr(work, name) for work in works]).reshape(-1, 1) for name in ("hurried", "run_start"))
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
