"""Small works for tests of the ledger."""

from __future__ import annotations

from dataclasses import replace

from sim.base.text import Text
from sim.inputs.project_classes import STAGES, LedgerSettings, ProjectClass, Triangular
from sim.ledger.works import Work

NAME = Text("甲", "A")
SETTINGS = LedgerSettings(
    named_share=Triangular(0.2, 0.3, 0.4),
    overrun=Triangular(0.9, 1.0, 1.5),
    undated_start=Triangular(2020.0, 2022.0, 2024.0),
    smaller_when_many=Triangular(0.1, 0.2, 0.3),
    given_up_when_many=Triangular(0.1, 0.3, 0.6),
    phase_length=4.0,
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
