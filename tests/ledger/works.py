"""Small works for tests of the ledger, and their course by plain arithmetic where everything goes as is likely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sim.base.text import Text
from sim.inputs.ledger import STAGES, LedgerFigure, LedgerFile, LedgerFlows, LedgerLevers, ProjectClass, Triangular
from sim.ledger.pipeline import Times, no_times
from sim.ledger.random_effects import RandomEffects, Scale, _hurried, _shaped, expected_spending, factor_of
from sim.ledger.works import Work

NAME = Text("甲", "A")


def _figure(*value: float) -> LedgerFigure:
    return LedgerFigure(value=list(value), evidence="A", source="assumption")


SETTINGS = LedgerFile(
    named_share=_figure(0.2, 0.3, 0.4),
    overrun=_figure(0.9, 1.0, 1.5),
    undated_start=_figure(2020.0, 2022.0, 2024.0),
    smaller_when_many=_figure(0.1, 0.2, 0.3),
    given_up_when_many=_figure(0.1, 0.3, 0.6),
    phase_length=_figure(4.0, 4.0, 4.0),
    flows=LedgerFlows(**{name: name for name in LedgerFlows.model_fields}),
    levers=LedgerLevers(**{name: name for name in LedgerLevers.model_fields}),
)


def fixed(years: float) -> Triangular:
    """A length that is certain."""
    return Triangular(years, years, years)


def project_class(name: str = "factory", drop_out: float = 0.0, **lengths: float) -> ProjectClass:
    """A class whose stages have certain lengths: half a year each unless stated, two for building."""
    stages = {stage: fixed(lengths.get(stage, 2.0 if stage == "build" else 0.5)) for stage in STAGES}
    chance = fixed(drop_out)
    return ProjectClass(name, NAME, stages, chance, 10.0, 1.0, 0.1, 1.0, 1.0, "A", "assumption")


def work(name: str, begin: float = 2021.0, **changes: object) -> Work:
    """A work of a firm that begins at a certain time and costs 10."""
    plain = Work(name, NAME, project_class(), True, "north", "goods", begin, begin, money=10.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


def likely_effects(works: Sequence[Work], settings: LedgerFile, factor: float = 1.0) -> RandomEffects:
    """One realisation in which everything goes as is likely and nothing is given up."""
    shape = (len(works), 1)
    begin = np.array([work.begin for work in works]).reshape(shape)
    years = np.array([[work.project_class.stages[stage].likely for stage in STAGES] for work in works])
    smaller = settings.smaller_when_many.spread.likely
    money = np.array([_likely_money(work, settings, factor) * work.crowd**-smaller for work in works]).reshape(shape)
    shaped = _shaped(works, years.reshape(len(works), len(STAGES), 1))
    return RandomEffects(_hurried(works, begin, shaped), shaped, money, np.zeros(shape, dtype=bool))


def _likely_money(work: Work, settings: LedgerFile, factor: float) -> float:
    if work.money is not None:
        return work.money * (1.0 if work.certain else settings.overrun.spread.likely)
    return work.project_class.amount * (factor if work.named else 1.0)


def likely_factor(works: Sequence[Work], settings: LedgerFile, scale: Scale) -> float:
    """The factor at the likely share."""
    return float(factor_of(np.array([settings.named_share.spread.likely]), expected_spending(works, settings, scale), scale)[0])


def schedule(effects: RandomEffects) -> Times:
    """The same times by arithmetic where nothing is scarce and approval takes its usual time: begin and sums of stages."""
    ends = effects.begin[:, np.newaxis] + np.cumsum(effects.years, axis=1)
    times = no_times(*effects.begin.shape)
    going = ~effects.given_up
    times.signed[...] = ends[:, STAGES.index("sign")]
    for name, stage in (("started", "permit"), ("built", "build"), ("in_use", "commission")):
        getattr(times, name)[going] = ends[:, STAGES.index(stage)][going]
    return times
