"""The judgement of each target of a plan: by a variable of the model, by the project ledger, by data, or not, and why.

variable: an endogenous variable, and how it is read; ledger: a count or date that the pipeline delivers; history: the target's
year lies before the run, so published data decide, or nothing does; outside: no variable of the model can say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.inputs.checked import Record, check_against, fail_if_unknown
from sim.inputs.yaml_file import Document, read_yaml

Price = Literal["nominal", "real", "none"]


class ProjectedBinding(Record):
    """The part common to targets that a run of the model decides."""

    caution: Text | None = None
    """What a reader must know before trusting the comparison."""
    no_base: Text | None = None
    """Why there is no verdict: no base entered, nothing named that the ledger could deliver, an input of the scenario."""
    ceiling: bool = False
    """Whether the text prints a plain number that is not to be exceeded, such as energy per GDP."""

    def operator(self, printed: str) -> str:
        """Return how a projection is held against the target: as printed, `=` as a ceiling where it is one."""
        return "<=" if self.ceiling and printed == "=" else printed


class Binding(ProjectedBinding):
    """A target that a variable of the model says."""

    binding: Literal["variable"] = "variable"
    """The kind."""
    variable: str
    """Variable of the model."""
    reading: Literal["level", "each_year", "growth_each_year", "average_growth", "change", "cumulative", "reduction"]
    """level: in the target year; each_year: the worst year from the start year to the target year; growth_each_year: the worst
    yearly growth; average_growth: mean yearly growth; change: difference; cumulative: sum; reduction: fall in per cent; the
    last four from the year before the start year (the base year when none is printed) to the target year."""
    price: Price
    """nominal: current prices; real: prices of 2020; none: not money."""
    region: str | None = None
    """Region, district or group of the model; the target's own when left out."""
    members: dict[str, list[str]] = {}
    """Members of other dimensions that are added up."""
    over: str | None = None
    """Variable that the first one is divided by, over the same region."""
    history: str | None = None
    """Indicator of history.csv that says what really happened, when it is published."""
    past: str | None = None
    """Indicator of history.csv that stands in for the target's own past growth."""
    printed_base: float | None = None
    """Level of the base year in the target's unit, where a document prints it or a target and its growth imply it."""


class LedgerBinding(ProjectedBinding):
    """A target that the project ledger delivers: what reaches a stage in the span of the target."""

    binding: Literal["ledger"]
    """The kind."""
    projects: list[str] = []
    """Projects that count, as in the section `ledger` of scenarios."""
    stage: Literal["signed", "started", "built", "in_use"]
    """What must have happened in those years."""
    measure: Literal["count", "field", "progress", "share", "remaining"] = "count"
    """count: projects; field: their field, whenever they got there; progress: part of building that is done, and share: part
    of the projects that have got there, times `size`; remaining: projects that have not."""
    size: float = Field(default=1.0, gt=0, le=1e9)
    """What `progress` and `share` are multiplied by."""
    reading: Literal["total", "each_year"] = "total"
    """total: in all years of the target; each_year: the worst year."""
    region: str | None = None
    """District or group; everywhere when left out."""


class HistoryBinding(Record):
    """A target of a year before the run: published data decide."""

    binding: Literal["history"]
    """The kind."""
    indicator: str | None = None
    """Indicator of history.csv; without one there is no datum."""
    reading: Literal["level", "change", "growth"] = "level"
    """level: in the target year; change and growth: against the year before."""
    caution: Text | None = None
    """What a reader must know."""


class OutsideBinding(Record):
    """A target that no variable of the model can say."""

    binding: Literal["outside"]
    """The kind."""
    reason: Text
    """Why."""


AnyBinding = Binding | LedgerBinding | HistoryBinding | OutsideBinding
_KINDS: dict[str, type[AnyBinding]] = {
    "variable": Binding,
    "ledger": LedgerBinding,
    "history": HistoryBinding,
    "outside": OutsideBinding,
}


@dataclass(frozen=True)
class Bindings:
    """The bindings of a catalogue by kind and target id."""

    variable: Mapping[str, Binding] = field(default_factory=dict)
    ledger: Mapping[str, LedgerBinding] = field(default_factory=dict)
    history: Mapping[str, HistoryBinding] = field(default_factory=dict)
    outside: Mapping[str, OutsideBinding] = field(default_factory=dict)

    def of(self, target: str) -> AnyBinding | None:
        """The binding of a target, whatever its kind."""
        groups: tuple[Mapping[str, AnyBinding], ...] = (self.variable, self.ledger, self.history, self.outside)
        return next((group[target] for group in groups if target in group), None)


def read_bindings(file: Path, targets: Mapping[str, object], faults: Faults) -> Bindings:
    """Read bindings.yaml; every target of the catalogue must have one. Faults are added."""
    document = read_yaml(file)
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
    for name, raw in document.data.items():
        message = Text("目录中没有目标 {}", "no target {} in the catalogue")
        fail_if_unknown([name], targets, message, document.place((name,)), faults)
        binding = _binding(str(name), raw, document, faults)
        if binding is not None:
            found[binding.binding][str(name)] = binding
    for name in (name for name in targets if name not in document.data):
        faults.add(Text(f"目标 {name} 没有绑定", f"the target {name} has no binding"), document.place((name,)), _FOUR)
    return Bindings(**found)


_FOUR = Text(
    "写 binding: variable、ledger、history 或 outside（并说明理由）",
    "write binding: variable, ledger, history or outside (with the reason)",
)


def _binding(name: str, raw: Any, document: Document, faults: Faults) -> AnyBinding | None:
    kind = raw.get("binding") if isinstance(raw, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        message = Text(f"未知绑定方式 {kind}", f"unknown kind of binding {kind}")
        faults.add(message, document.place((name, "binding")), nearest(str(kind), _KINDS))
        return None
    return check_against(_KINDS[kind], raw, document, faults, (name,))
