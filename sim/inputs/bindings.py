"""The judgement of each target of a plan, and what its numbers measure: bindings.yaml and measures.yaml.

Bindings. variable: an endogenous variable, and how it is read; ledger: a count or date that the pipeline delivers; history: the
target's year lies before the run, so published data decide, or nothing does; outside: no variable of the model can say it.

A measure is what a number measures: firms at the end of a year, output of a year, a share. Targets and facts that stand under
one measure can be held against each other and against history; quotients, parts and wholes tie measures to one another.
Whatever has no second number, datum or relation stands under `alone`, so that no number is forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.base.units import checked_unit, conversion
from sim.inputs.checked import Record, check_against, fail_if_unknown
from sim.inputs.printed import Printed
from sim.inputs.yaml_file import Document, read_yaml

Price = Literal["nominal", "real", "none"]


class ProjectedBinding(Record):
    """The part common to targets that a run of the model decides."""

    caution: Text | None = None
    """A caution that a reader needs before trusting the comparison."""
    no_base: Text | None = None
    """The reason for no verdict: no base entered, nothing named that the ledger could deliver, an input of the scenario."""
    ceiling: bool = False
    """True where the text prints a plain number that is not to be exceeded, such as energy per GDP."""

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
    """The stage that must have been reached in those years."""
    measure: Literal["count", "field", "progress", "share", "remaining"] = "count"
    """count: projects; field: their field, whenever they got there; progress: part of building that is done, and share: part
    of the projects that have got there, times `size`; remaining: projects that have not."""
    size: float = Field(default=1.0, gt=0, le=1e9)
    """The factor of `progress` and `share`."""
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
    """A caution for the reader."""


class OutsideBinding(Record):
    """A target that no variable of the model can say."""

    binding: Literal["outside"]
    """The kind."""
    reason: Text
    """The reason."""


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


Kind = Literal["stock", "flow", "ratio"]
RATES = ("growth_rate_each_year", "reduction_over_period", "growth")
"""Kinds of numbers whose unit is a rate, whatever their measure is counted in."""


class Quotient(Record):
    """A measure that is one measure over another."""

    of: str
    """Measure above the line."""
    per: str
    """Measure below the line."""


class ReadingEntry(Record):
    """A peculiarity of a number."""

    times: float | int = 1.0
    """The factor that makes the number one of the measure, such as 1/365 for days of a year."""
    unit: str | None = None
    """Its unit after that; its own when left out."""
    base: int | None = None
    """The year before the first year of a rate or sum, where the text says another than the year before its start."""
    part: bool = False
    """True where it counts only a part of what the measure is."""
    why: Text
    """The reason."""


class MeasureEntry(Record):
    """One measure."""

    name: Text
    """Its name."""
    unit: str
    """Unit of its level."""
    kind: Kind
    """stock: at the end of a year; flow: of a year; ratio."""
    better: Literal["more", "less"] = "more"
    """The direction in which a plan wants it."""
    price: Price = "none"
    """Prices of its level, for money."""
    growth_price: Price = "none"
    """Prices in which documents state its growth: real growth of a nominal level implies a deflator."""
    history: str | None = None
    """Indicator of history.csv."""
    growth_history: str | None = None
    """Indicator of history.csv that publishes its growth."""
    additions_history: str | None = None
    """Indicator of history.csv that publishes what is added to the stock in a year."""
    constant: float | int | None = None
    """Its level in every year, where that is known beforehand: 100 per cent."""
    quotient: Quotient | None = None
    """The measures that it is the ratio of."""
    parts: list[str] = []
    """Measures that are parts of it and do not overlap: their sum is no more than it."""
    complete: bool = False
    """True where the parts are all there is."""
    within: str | None = None
    """A measure that holds it: it can be no more."""
    no_more_than: str | None = None
    """A measure that it is no part of and yet does not usually exceed: own revenue and public spending."""
    coverage: str | None = None
    """The measure of how far the service reaches of which this is the rate: what is not reached cannot count."""
    gross_output: bool = False
    """Gross output (产值) or revenue, which counts what was bought from others and is never a part of GDP."""
    claims: list[str]
    """Ids of the targets and facts that speak of it."""
    readings: dict[str, ReadingEntry] = {}
    """Peculiarities of some of them."""


class Scope(Record):
    """Numbers that speak of another region than the one they stand under, such as a district with its parks."""

    claims: list[str]
    """Ids of targets and facts."""
    why: Text
    """The reason."""


class MeasuresFile(Record):
    """measures.yaml."""

    measures: dict[str, MeasureEntry]
    """Measures by name."""
    scopes: dict[str, Scope] = {}
    """Numbers whose region is another than the printed one, by that region."""
    alone: list[str] = Field(default=[])
    """Ids of targets and facts that nothing can be held against."""


@dataclass(frozen=True)
class Measures:
    """The measures of a plan; `regions` of the numbers that speak of another than the printed one."""

    by_name: Mapping[str, MeasureEntry] = field(default_factory=dict)
    regions: Mapping[str, str] = field(default_factory=dict)


def read_measures(file: Path, printed: Mapping[str, Printed], regions: Collection[str], faults: Faults) -> Measures:
    """Read measures.yaml. Faults are added: unknown names, units that do not fit, numbers that stand nowhere, circles.

    `printed` are the numbers of the documents by id, `regions` those that the city knows.
    """
    document = read_yaml(file, faults)
    record = check_against(MeasuresFile, document.data, document, faults)
    if record is None:
        return Measures()
    _check_ids(record, printed, faults)
    for name, entry in record.measures.items():
        message = Text(f"{name} 提到未知指标 {{}}", f"{name} names the unknown measure {{}}")
        fail_if_unknown(related(entry), record.measures, message, entry.place(), faults)
        _check_units(entry, printed, faults)
    for region, scope in record.scopes.items():
        fail_if_unknown([region], regions, Text("没有地区 {}", "no region {}"), scope.place(), faults)
        _check_claims(scope.claims, printed, scope.place(), faults)
    for key, times in Counter(key for scope in record.scopes.values() for key in scope.claims).items():
        if times > 1:
            faults.add(Text(f"{key} 的地区写了两次", f"{key} is given two regions"), record.place("scopes"))
    _fail_if_circular(record.measures, faults)
    return Measures(record.measures, {key: region for region, scope in record.scopes.items() for key in scope.claims})


def _check_ids(record: MeasuresFile, printed: Collection[str], faults: Faults) -> None:
    """Every number stands under a measure or alone, and nothing else does. Wording may fit two measures, but not one twice."""
    alone = record.place("alone")
    for name, entry in record.measures.items():
        place = entry.place("claims")
        for key in (key for key, times in Counter(entry.claims).items() if times > 1):
            faults.add(Text(f"{key} 在 {name} 中出现两次", f"{key} stands twice in {name}"), place)
        _check_claims([*entry.claims, *entry.readings], printed, place, faults)
        for key in (key for key in entry.readings if key not in entry.claims):
            message = Text(f"{key} 有 readings 却不在 claims 中", f"{key} has a reading but is not among the claims")
            faults.add(message, place)
    _check_claims(record.alone, printed, alone, faults)
    placed = {key for entry in record.measures.values() for key in entry.claims}
    for key in sorted(placed & set(record.alone)):
        faults.add(Text(f"{key} 既有指标又列为单独", f"{key} stands under a measure and alone"), alone)
    for key in sorted(set(printed) - placed - set(record.alone)):
        faults.add(Text(f"{key} 不在任何指标下", f"{key} stands under no measure"), alone, _PLACE_IT)


_PLACE_IT = Text("列入一个指标的 claims，或列入 alone", "list it among the claims of a measure, or under alone")


def _check_claims(ids: Iterable[str], printed: Collection[str], place: Place, faults: Faults) -> None:
    fail_if_unknown(ids, printed, Text("没有目标或事实 {}", "no target and no fact {}"), place, faults)


def related(entry: MeasureEntry) -> list[str]:
    """Return the measures that an entry names."""
    above = [entry.quotient.of, entry.quotient.per] if entry.quotient else []
    return [*above, *entry.parts, *(name for name in (entry.within, entry.no_more_than, entry.coverage) if name)]


def _check_units(entry: MeasureEntry, printed: Mapping[str, Printed], faults: Faults) -> None:
    if checked_unit(entry.unit, entry.place(), faults) is None:
        return
    for key in (key for key in entry.claims if key in printed):
        item = printed[key]
        unit = (entry.readings[key].unit if key in entry.readings else None) or item.unit
        wanted = "%" if item.kind in RATES and unit == "%" else entry.unit
        try:
            if unit != "multiple":
                conversion(unit, wanted)
        except ValueError:
            message = Text(f"{key} 的单位 {unit} 不能换算为 {wanted}", f"{key}: {unit} cannot be turned into {wanted}")
            faults.add(message, entry.place())


def _fail_if_circular(measures: Mapping[str, MeasureEntry], faults: Faults) -> None:
    """Levels are worked out from parts and quotients, so no measure may lead back to itself."""
    for name, start in measures.items():
        seen, waiting = set[str](), [name]
        while waiting:
            entry = measures.get(waiting.pop())
            new = [item for item in (related(entry) if entry else []) if item not in seen]
            seen.update(new)
            waiting += new
        if name in seen:
            faults.add(Text(f"指标 {name} 绕回自身", f"the measure {name} leads back to itself"), start.place())
