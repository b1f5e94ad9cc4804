"""The project ledger of a city: every named thing of its plan, and the usual course of each class of projects.

Only capital projects that are nobody's repeat carry money. Umbrellas sum their parts; programmes and events deliver a date or a
count at most.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, cast, get_args

from sim.base.errors import Faults, Place, all_faults
from sim.base.text import Text
from sim.inputs.checked import Record, fail_if_unknown, read_record
from sim.inputs.files import numbers, read_table
from sim.inputs.parameters import Evidence
from sim.inputs.provenance import is_known

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

    @property
    def spread(self) -> Triangular:
        """The three values as a distribution."""
        return Triangular(*self.value)


class LedgerFlows(Record):
    """Parameters of the kind `ledger` that take what the ledger does by year."""

    business_spend: str
    """Spending of firms, by district and branch."""
    business_completions: str
    """The capital that firms put to use."""
    business_begun: str
    """Spending of firms on works whose building began before the run, as the documents have them."""
    business_unfinished: str
    """The money that firms had spent by the start of the run on works not yet in use."""
    public_spend: str
    """Public spending, by district and kind."""
    public_completions: str
    """The part of it that is put to use."""
    public_begun: str
    """Public spending on works whose building began before the run, as the documents have them."""
    public_printed: str
    """All public spending that the documents print."""
    public_unfinished: str
    """The money that the public had spent by the start of the run on works not yet in use."""
    firms_opened: str
    """Above-scale firms that are opened."""
    land_taken: str
    """Land that is taken, by district."""


class LedgerLevers(Record):
    """Parameters that the ledger reads and no equation has to."""

    construction: str
    """Works that can be built in a year."""
    public_funds: str
    """Public money for projects in a year."""
    grid: str
    """Connections to the power grid in a year."""
    land: str
    """Land that is released in a year, by district."""
    approval: str
    """Days that an approval takes."""
    fulfilment: str
    """Care that is taken of the projects of firms."""
    investment: str
    """Fixed-asset investment of the base year."""


class LocalBudget(Record):
    """The model's own budget for public works, which the ledger does not keep to."""

    spend: str
    """Variable: public spending of the ledger, by kind."""
    local_share: str
    """Parameter: the part of it that is local money, by kind."""
    allowed: str
    """Variable: local public investment that the budget allows."""


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
    flows: LedgerFlows
    """The variables by which the model takes in the ledger."""
    levers: LedgerLevers
    """The variables of the model that the ledger reads."""
    budget: LocalBudget | None = None
    """The variables that its local money is held against."""


_BOUNDS = {
    "named_share": (0.0, 1.0),
    "overrun": (0.1, 10.0),
    "undated_start": (1990.0, 2100.0),
    "smaller_when_many": (0.0, 3.0),
    "given_up_when_many": (0.0, 3.0),
    "phase_length": (0.5, 50.0),
}


def read_ledger_settings(file: Path, known: Collection[str]) -> LedgerFile:
    """Read a model's ledger.yaml, whose names must be among those of the model.

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
        for key, part in (("flows", record.flows), ("levers", record.levers), ("budget", record.budget)):
            names = {} if part is None else part.model_dump()
            fail_if_unknown(names.values(), known, Text("模型没有 {}", "the model has no {}"), record.place(key), faults)
        return record


Nature = Literal["capital", "umbrella", "programme", "event"]
Funder = Literal["business", "public"]
LARGEST_AMOUNT = 5000.0
"""No project costs more, 亿元: whoever writes more means 万元."""
UNTRACED = "untraced"
"""The beginning of the source of an amount that could not be traced to a publisher."""


@dataclass(frozen=True)
class Amount:
    """Investment in 亿元 as printed, the part of it that is spent in the city, and where it is printed."""

    value: float
    local_share: float
    evidence: str
    source: str

    @property
    def untraced(self) -> bool:
        """Return whether nobody has seen the figure where its publisher printed it."""
        return self.source.startswith(UNTRACED)

    @property
    def local(self) -> float:
        """The part spent in the city, 亿元."""
        return self.value * self.local_share


@dataclass(frozen=True)
class Project:
    """One row of the ledger. `start` is the year in which building begins, `end` the one at whose end it is finished;
    `status` is `built` where it is known to have been finished so, `system` the system of the documents that it belongs to."""

    id: str
    name: Text
    nature: Nature
    parent: str = ""
    same_as: str = ""
    funder: Funder | None = None
    project_class: str = ""
    region: str = ""
    branch: str = ""
    kind: str = ""
    programme: str = ""
    start: int | None = None
    end: int | None = None
    amount: Amount | None = None
    field: float | None = None
    field_unit: str = ""
    document: str = ""
    quote: str = ""
    place: Place = Place()
    status: str = ""
    system: str = ""

    @property
    def spends(self) -> bool:
        """Return whether it is a project of its own that costs money."""
        return self.nature == "capital" and not self.same_as


@dataclass(frozen=True)
class LedgerNames:
    """The names that a ledger may use: districts of the city, branches, kinds of public capital and quantities of the model."""

    districts: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()


@dataclass
class Inflow:
    """One class of projects not yet named: how many are usual in a year, and the weights of districts and branches."""

    project_class: str
    usual: float
    weights: dict[tuple[str, str], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Ledger:
    """The rows by id, in the order of the file; what is known of projects in general, and of those not yet named."""

    projects: Mapping[str, Project] = field(default_factory=dict)
    classes: Mapping[str, ProjectClass] = field(default_factory=dict)
    names: LedgerNames = LedgerNames()
    settings: LedgerFile | None = None
    inflows: Mapping[str, Inflow] = field(default_factory=dict)
    programmes: Mapping[str, Text] = field(default_factory=dict)

    def as_of(self, documents: Mapping[str, int], year: int | None) -> Ledger:
        """The ledger as the documents known as of a year have it: no later project, amount or news of what was built.

        `documents` are the years of the documents. Amounts from anywhere else bear no date and are left to their class.
        """
        if year is None:
            return self
        known = {name for name, published in documents.items() if is_known(published, year)}
        projects = dict[str, Project]()
        for name, item in self.projects.items():
            if item.document in known:
                printed = item.amount if item.amount is not None and item.amount.source in known else None
                projects[name] = replace(item, amount=printed, status="")
        return replace(self, projects=projects)

    @property
    def flows(self) -> frozenset[str]:
        """Parameters of the model that take what the ledger does."""
        return frozenset() if self.settings is None else frozenset(self.settings.flows.model_dump().values())

    @property
    def levers(self) -> frozenset[str]:
        """Parameters of the model that the ledger reads."""
        return frozenset() if self.settings is None else frozenset(self.settings.levers.model_dump().values())

    @property
    def spending(self) -> tuple[Project, ...]:
        """Return what becomes a process of its own."""
        return tuple(item for item in self.projects.values() if item.spends)

    def above(self, project: str) -> tuple[str, ...]:
        """The umbrellas above a project, nearest first."""
        found: list[str] = []
        parent = self.projects[project].parent
        while parent and parent not in found:
            found.append(parent)
            parent = self.projects[parent].parent if parent in self.projects else ""
        return tuple(found)

    def parts(self, umbrella: str) -> tuple[Project, ...]:
        """The spending projects under an umbrella, at any depth, each once."""
        return tuple(item for item in self.spending if umbrella in self.above(item.id))
