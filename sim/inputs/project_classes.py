"""Figures that hold for every project ledger of a model: the usual course of each class of projects, and ledger.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from sim.base.errors import Faults, Place, all_faults
from sim.base.text import Text
from sim.inputs.checked import Record, read_record
from sim.inputs.parameters import Evidence
from sim.inputs.tables import numbers, read_table

STAGES = ("sign", "land", "permit", "build", "commission")
_SPREADS = (*STAGES, "drop_out")
_ENDS = ("low", "likely", "high")
_WIDEST, _LARGEST, _LONGEST = 10.0, 5000.0, 50.0
_PLAIN = ("amount", "amount_spread", "land", "grid", "firms")
_OF_SPREADS = tuple(f"{name}_{end}" for name in _SPREADS for end in _ENDS)
COLUMNS = ("class", "name_zh", "name_en", *_OF_SPREADS, *_PLAIN, "evidence", "source")


@dataclass(frozen=True)
class Triangular:
    """A triangular distribution: lowest, likely and highest value."""

    low: float
    likely: float
    high: float

    @property
    def mean(self) -> float:
        """Its mean."""
        return (self.low + self.likely + self.high) / 3.0


@dataclass(frozen=True)
class ProjectClass:
    """The usual course of one class of projects.

    `stages` in years by stage; `drop_out` the probability that a project is given up once it was signed; `amount` the median
    investment in 亿元 and `amount_spread` the factor by which a project may cost more or less (log-normal, one standard
    deviation); `land` in km² per 亿元, `grid` connections to the power grid, `firms` above-scale firms that it opens.
    """

    name: str
    label: Text
    stages: Mapping[str, Triangular]
    drop_out: Triangular
    amount: float
    amount_spread: float
    land: float
    grid: float
    firms: float
    evidence: Evidence
    source: str


def read_project_classes(file: Path) -> dict[str, ProjectClass]:
    """Read project_classes.csv.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    faults, classes = Faults(), dict[str, ProjectClass]()
    for place, row in read_table(file, COLUMNS, faults):
        if row["class"] in classes:
            faults.add(Text(f"类别 {row['class']} 重复", f"the class {row['class']} stands twice"), place)
        with faults.gathering():
            values = numbers(row, (*_PLAIN, *_OF_SPREADS), place)
            spreads = {name: Triangular(*(values[f"{name}_{end}"] for end in _ENDS)) for name in _SPREADS}
            classes[row["class"]] = item = ProjectClass(
                name=row["class"],
                label=Text(row["name_zh"], row["name_en"]),
                stages={stage: spreads[stage] for stage in STAGES},
                drop_out=spreads["drop_out"],
                **{name: values[name] for name in _PLAIN},
                evidence=cast(Evidence, row["evidence"]),
                source=row["source"],
            )
            _fail_if_impossible(item, place, faults)
    faults.raise_if_any()
    return classes


def _fail_if_impossible(item: ProjectClass, place: Place, faults: Faults) -> None:
    for name, spread in (*item.stages.items(), ("drop_out", item.drop_out)):
        if not 0.0 <= spread.low <= spread.likely <= spread.high:
            faults.add(Text(f"{name} 须为 0 ≤ low ≤ likely ≤ high", f"{name} must hold 0 <= low <= likely <= high"), place)
    if item.drop_out.high >= 1.0:
        faults.add(Text("drop_out 须小于 1", "drop_out must be below 1"), place)
    if item.stages["build"].low <= 0.0 or item.amount <= 0.0:
        faults.add(Text("build_low 与 amount 须大于零", "build_low and amount must be above zero"), place)
    if not 1.0 <= item.amount_spread <= _WIDEST or item.amount > _LARGEST:
        message = Text(
            f"amount_spread 在 1 与 {_WIDEST:g} 之间，amount 不超过 {_LARGEST:g} 亿元",
            f"amount_spread must lie between 1 and {_WIDEST:g}, amount be at most {_LARGEST:g}",
        )
        faults.add(message, place)
    if max(spread.high for spread in item.stages.values()) > _LONGEST:
        faults.add(Text(f"各阶段不超过 {_LONGEST:g} 年", f"no stage may take more than {_LONGEST:g} years"), place)
    if min(item.land, item.grid, item.firms) < 0.0:
        faults.add(Text("land、grid、firms 不能为负", "land, grid and firms cannot be negative"), place)
    if item.evidence not in get_args(Evidence) or not item.source.strip():
        faults.add(Text("缺少来源或证据标记（V、M、D、A）", "a source and an evidence tag (V, M, D, A) are wanted"), place)


class LedgerFigure(Record):
    """One number of ledger.yaml with its spread."""

    value: list[float]
    """Lowest, likely and highest value."""
    evidence: Evidence
    """V seen, M literature, D derived, A assumption."""
    source: str
    """Citation, or the word assumption followed by its reason."""


class LedgerFile(Record):
    """ledger.yaml of a model."""

    named_share: LedgerFigure
    """Part of fixed-asset investment that all projects of the ledger together take in the years of the plan."""
    overrun: LedgerFigure
    """Final investment over the printed one."""
    undated_start: LedgerFigure
    """Span in which projects without a date are signed."""
    smaller_when_many: LedgerFigure
    """Elasticity with which projects become smaller when more are signed than usual."""
    given_up_when_many: LedgerFigure
    """Elasticity with which fewer of them are built."""
    phase_length: LedgerFigure
    """Longer works are put to use in parts, none of which takes longer than this to build."""


_BOUNDS = {
    "named_share": (0.0, 1.0),
    "overrun": (0.1, 10.0),
    "undated_start": (1990.0, 2100.0),
    "smaller_when_many": (0.0, 3.0),
    "given_up_when_many": (0.0, 3.0),
    "phase_length": (0.5, 50.0),
}


@dataclass(frozen=True)
class LedgerSettings:
    """The numbers of ledger.yaml; years and ratios."""

    named_share: Triangular
    overrun: Triangular
    undated_start: Triangular
    smaller_when_many: Triangular
    given_up_when_many: Triangular
    phase_length: float


def read_ledger_settings(file: Path) -> LedgerSettings:
    """Read a model's ledger.yaml.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    with all_faults() as faults:
        record = read_record(file, LedgerFile, faults)
        for name, (low, high) in _BOUNDS.items():
            value, place = getattr(record, name).value, record.place(name, "value")
            if sorted(value) != value or len(value) != len(_ENDS) or value[0] <= 0.0:
                message = Text("应为三个不减的正数", "three positive numbers are wanted, none below the one before it")
                faults.add(message, place)
            elif value[0] < low or value[-1] > high:
                message = Text(f"{name} 须在 {low:g} 与 {high:g} 之间", f"{name} must lie between {low:g} and {high:g}")
                faults.add(message, place)
    spreads = {name: Triangular(*getattr(record, name).value) for name in _BOUNDS if name != "phase_length"}
    return LedgerSettings(**spreads, phase_length=record.phase_length.value[1])
