"""Plain records of a result: settings, assumptions, earlier views of a target, feedback loops, required paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sim.base.text import Text


@dataclass(frozen=True)
class Setting:
    """One thing that a scenario sets, in words."""

    name: str
    label: Text
    section: str
    unit: str
    before: Text
    after: Text
    origin: str
    sources: str
    note: str
    named_sources: Text = Text("", "")


def number_changed(settings: Iterable[Setting]) -> int:
    """How many parameters are set, each once however many layers do, and what is said of projects."""
    found = list(settings)
    return len({item.name for item in found if item.section != "ledger"}) + sum(item.section == "ledger" for item in found)


@dataclass(frozen=True)
class Assumption:
    """One parameter of the run, in words."""

    name: str
    label: Text
    unit: str
    value: Text
    evidence: str
    source: str


@dataclass(frozen=True)
class Foresight:
    """A target asked again from an earlier year: what it looked like then, and what came of it."""

    name: Text
    unit: str
    year: int
    as_of: int
    value: float
    probability: float
    median: float
    low: float
    high: float
    outcome: float | None
    stand_in: str


@dataclass(frozen=True)
class Ring:
    """A feedback loop: its variables in order of influence, and the sign of each link."""

    key: str
    label: Text
    polarity: Text
    nodes: tuple[Text, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True)
class Move:
    """One lever of a path in its unit: its bounds, its value now and then, and how many steps that is."""

    label: Text
    unit: Text
    low: float
    high: float
    now: float
    then: float
    steps: float


@dataclass(frozen=True)
class Aim:
    """A target along a required path: how likely it is there, and what one hundredth more of it would cost."""

    name: Text
    unit: Text
    operator: str
    value: float
    probability: float
    price: float | None


@dataclass(frozen=True)
class Required:
    """A required path: whether it reaches the targets, its moves, and what is said of it."""

    title: Text
    head: Text
    moves: tuple[Move, ...]
    targets: tuple[Aim, ...]
    obstacles: tuple[Text, ...]
    remarks: tuple[Text, ...]
    closing: tuple[Text, ...]
    alternatives: tuple[Text, ...]
