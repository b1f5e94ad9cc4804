"""Everything that the chapters of a report are written from: views, words and what studies found; plain records throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xarray as xr

from sim.base.text import Text
from sim.inputs.history import Break
from sim.plan.evaluation.evaluate import Evaluated
from sim.plan.lint.finding import Finding
from sim.report.figures.loops import Ring
from sim.report.figures.moves import Move
from sim.report.view import CaseView, View
from sim.result.published import Comparison

SECTIONS = {
    "levers": Text("政策杠杆", "lever"),
    "assumptions": Text("外部假设", "assumption"),
    "behaviour": Text("行为参数", "behaviour"),
    "given": Text("给定变量", "given variable"),
    "ledger": Text("项目台账", "project ledger"),
}
"""The sections of a scenario file in words."""


@dataclass(frozen=True)
class Setting:
    """One thing that a scenario sets, as it is shown."""

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


@dataclass(frozen=True)
class Assumption:
    """One parameter of the run, as it is shown."""

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
class CaseText:
    """What a report says of a scenario besides its numbers."""

    description: Text
    remarks: Sequence[Text]
    step_error: Text | None
    draws: Sequence[Text]
    ledger: Sequence[Text]
    foreseen: Sequence[Foresight]
    settings: Sequence[Setting]
    comparisons: Sequence[Comparison]
    assumptions: Sequence[Assumption]
    provenance: Mapping[str, str]


@dataclass(frozen=True)
class Standing:
    """Where the plan stands by published figures as of a year (`asked` for, or the latest); contradictions; breaks."""

    as_of: int
    asked: int | None
    rows: tuple[Evaluated, ...]
    findings: tuple[Finding, ...]
    breaks: tuple[Break, ...]


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
    """A required path as it is shown: whether it reaches the targets, its moves with their steps, and what is said of it."""

    title: Text
    head: Text
    moves: tuple[tuple[Move, float], ...]
    targets: tuple[Aim, ...]
    obstacles: tuple[Text, ...]
    remarks: tuple[Text, ...]
    closing: tuple[Text, ...]
    alternatives: tuple[Text, ...]


@dataclass(frozen=True)
class Studies:
    """What is found besides a run: feasibility with draws, what each measure adds, the loops, and required paths.

    `missing` says of each part that could not be made why; `pending` names those that take longer than a run, or draws that it
    did not take, and are yet to be made.
    """

    feasibility: xr.Dataset | None = None
    attribution: xr.Dataset | None = None
    loops: tuple[Ring, ...] = ()
    required: tuple[Required, ...] = ()
    missing: tuple[Text, ...] = ()
    pending: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Material:
    """All of it, for one scenario of a run."""

    view: View
    case: CaseView
    text: CaseText
    standing: Standing
    run: str
    engine: str
    studies: Studies
