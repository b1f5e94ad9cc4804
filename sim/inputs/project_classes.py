"""Classes of projects: how long each stage takes, how often one is given up, and what one costs where no amount is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast, get_args

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.inputs.parameters import Evidence
from sim.inputs.tables import numbers, read_table

STAGES = ("sign", "land", "permit", "build", "commission")
_SPREADS = (*STAGES, "drop_out")
_ENDS = ("low", "likely", "high")
_WIDEST, _LARGEST, _LONGEST = 10.0, 5000.0, 50.0
_PLAIN = ("amount", "amount_spread", "land", "grid", "firms")
COLUMNS = (
    "class",
    "name_zh",
    "name_en",
    *(f"{name}_{end}" for name in _SPREADS for end in _ENDS),
    *_PLAIN,
    "evidence",
    "source",
)


@dataclass(frozen=True)
class Spread:
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
    """What is usual for one class of projects.

    `stages` in years by stage; `drop_out` the probability that a project is given up once it was signed; `amount` the median
    investment in 亿元 and `amount_spread` the factor by which a project may cost more or less (log-normal, one standard
    deviation); `land` in km² per 亿元, `grid` connections to the power grid, `firms` above-scale firms that it opens.
    """

    name: str
    label: Text
    stages: Mapping[str, Spread]
    drop_out: Spread
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
            classes[row["class"]] = item = _project_class(row, place)
            _fail_if_impossible(item, place, faults)
    faults.raise_if_any()
    return classes


def _project_class(row: Mapping[str, str], place: Place) -> ProjectClass:
    values = numbers(row, (*_PLAIN, *(f"{name}_{end}" for name in _SPREADS for end in _ENDS)), place)
    spreads = {name: Spread(*(values[f"{name}_{end}"] for end in _ENDS)) for name in _SPREADS}
    return ProjectClass(
        name=row["class"],
        label=Text(row["name_zh"], row["name_en"]),
        stages={stage: spreads[stage] for stage in STAGES},
        drop_out=spreads["drop_out"],
        **{name: values[name] for name in _PLAIN},
        evidence=cast(Evidence, row["evidence"]),
        source=row["source"],
    )


def _fail_if_impossible(item: ProjectClass, place: Place, faults: Faults) -> None:
    for name, spread in (*item.stages.items(), ("drop_out", item.drop_out)):
        if not 0.0 <= spread.low <= spread.likely <= spread.high:
            message = Text(f"{name} 须为 0 ≤ low ≤ likely ≤ high", f"{name} must hold 0 <= low <= likely <= high")
            faults.add(message, place)
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
        message = Text("缺少来源或证据标记（V、M、D、A）", "a source and an evidence tag (V, M, D, A) are wanted")
        faults.add(message, place)
