"""The project ledger of a city: every named thing of its plan, what it is, who pays, where it stands and what it costs.

Only capital projects that are nobody's repeat carry money. Umbrellas sum their parts; programmes and events deliver a date or a
count at most.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar, cast

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.base.units import converted
from sim.inputs.files import is_file, read_bytes
from sim.inputs.knowledge import is_known
from sim.inputs.ledger_settings import LedgerSettings
from sim.inputs.project_classes import ProjectClass
from sim.inputs.tables import MAX_BYTES, number, numbers, read_table, whole

Nature = Literal["capital", "umbrella", "programme", "event"]
Funder = Literal["business", "public"]
Value = TypeVar("Value")
STATUSES = ("", "built")
COLUMNS = (
    "id",
    "name_zh",
    "name_en",
    "nature",
    "parent",
    "same_as",
    "funder",
    "class",
    "region",
    "branch",
    "kind",
    "system",
    "programme",
    "start",
    "end",
    "amount",
    "amount_unit",
    "local_share",
    "amount_evidence",
    "amount_source",
    "status",
    "field",
    "field_unit",
    "capacity",
    "document",
    "quote",
    "note",
)


UNTRACED = "untraced"
"""How the source of an amount begins that could not be traced to a publisher."""


@dataclass(frozen=True)
class Amount:
    """Investment in 亿元 as printed, the part of it that is spent in the city, and where it is printed."""

    value: float
    local_share: float
    evidence: str
    source: str

    @property
    def untraced(self) -> bool:
        """Whether nobody has seen the figure where its publisher printed it."""
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
    parent: str
    same_as: str
    funder: Funder | None
    project_class: str
    region: str
    branch: str
    kind: str
    programme: str
    start: int | None
    end: int | None
    amount: Amount | None
    field: float | None
    field_unit: str
    document: str
    quote: str
    place: Place
    status: str = ""
    system: str = ""

    @property
    def spends(self) -> bool:
        """Whether it is a project of its own that costs money."""
        return self.nature == "capital" and not self.same_as


@dataclass(frozen=True)
class Names:
    """What a ledger may name: districts of the city, branches and kinds of public capital of the model."""

    districts: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


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
    names: Names = Names()
    settings: LedgerSettings | None = None
    inflows: Mapping[str, Inflow] = field(default_factory=dict)
    programmes: Mapping[str, Text] = field(default_factory=dict)

    def as_of(self, documents: Mapping[str, int], year: int | None) -> Ledger:
        """The ledger as the documents known as of a year have it: no later project, amount or news of what was built.

        `documents` are the years of the documents. Amounts from anywhere else bear no date and are left to their class.
        """
        if year is None:
            return self
        known = {name for name, published in documents.items() if is_known(published, year)}
        projects = {name: _as_printed(item, known) for name, item in self.projects.items() if item.document in known}
        return replace(self, projects=projects)

    @property
    def spending(self) -> tuple[Project, ...]:
        """What becomes a process of its own."""
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


def _as_printed(project: Project, known: Collection[str]) -> Project:
    amount = project.amount if project.amount is not None and project.amount.source in known else None
    return replace(project, amount=amount, status="")


def read_rows(file: Path, documents: Path, faults: Faults) -> dict[str, Project]:
    """The rows of ledger.csv with the faults that a row can have by itself; a city without the file has an empty ledger."""
    projects: dict[str, Project] = {}
    if not is_file(file):
        return projects
    texts = {item.name: read_bytes(item, MAX_BYTES).decode("utf-8", "replace") for item in sorted(documents.glob("*.txt"))}
    for place, row in read_table(file, COLUMNS, faults):
        project = _project(row, place, faults)
        if project.id in projects:
            faults.add(Text(f"编号 {project.id} 重复", f"the id {project.id} stands twice"), place)
        if not project.quote or project.quote not in texts.get(project.document, ""):
            message = Text(f"{project.id} 的引文不见于 {project.document}", f"{project.id}: quote not in {project.document}")
            faults.add(message, place)
        projects[project.id] = project
    return projects


def _project(row: Mapping[str, str], place: Place, faults: Faults) -> Project:
    def read(column: str, of: Callable[[str, Place, str], Value]) -> Value | None:
        return _filled(row, column, of, place, faults)

    _fail_if_half_filled(row, place, faults)
    return Project(
        id=row["id"],
        name=Text(row["name_zh"], row["name_en"]),
        nature=cast(Nature, row["nature"]),
        parent=row["parent"],
        same_as=row["same_as"],
        funder=cast(Funder, row["funder"]) if row["funder"] else None,
        project_class=row["class"],
        region=row["region"],
        branch=row["branch"],
        kind=row["kind"],
        programme=row["programme"],
        start=read("start", whole),
        end=read("end", whole),
        amount=_amount(row, place, faults),
        status=_status(row["status"], place, faults),
        system=row["system"],
        field=read("field", number),
        field_unit=row["field_unit"],
        document=row["document"],
        quote=row["quote"],
        place=place,
    )


def _filled(
    row: Mapping[str, str], column: str, read: Callable[[str, Place, str], Value], place: Place, faults: Faults
) -> Value | None:
    """What a cell holds; nothing when it is empty, or when its fault has been added."""
    if row[column]:
        with faults.gathering():
            return read(row[column], place, column)
    return None


def _fail_if_half_filled(row: Mapping[str, str], place: Place, faults: Faults) -> None:
    if row["status"] and not row["end"]:
        message = Text(f"{row['id']} 已建成须写明完工年", f"{row['id']} is built: the year of its end is wanted")
        faults.add(message, place)
    if bool(row["field"]) != bool(row["field_unit"]):
        faults.add(Text("field 与 field_unit 须同时填写", "field and field_unit go together"), place)
    if row["field"] and not _stands_in(row["field"], row["quote"]):
        message = Text(f"field {row['field']} 不见于引文", f"the field {row['field']} does not stand in the quote")
        faults.add(message, place)
    if not row["amount"] and (row["local_share"] or row["amount_unit"]):
        message = Text("没有金额，却有 local_share 或 amount_unit", "local_share or amount_unit without an amount")
        faults.add(message, place)


_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


def _stands_in(number_text: str, quote: str) -> bool:
    """Whether a printed number stands among the digits of a sentence; the sentence may name things without counting them."""
    digits = _NUMBER.findall(quote.replace(",", ""))
    return not digits or number_text in digits or any(float(text) == _float(number_text) for text in digits)


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _status(word: str, place: Place, faults: Faults) -> str:
    """`built`: known to have been finished as printed; nothing otherwise."""
    if word not in STATUSES:
        faults.add(Text(f"状态只能为 built 或留空：{word}", f"the status can be built or nothing, not {word}"), place)
    return word


_MONEY = "亿元"
LARGEST_AMOUNT = 5000.0
"""No project costs more, 亿元: whoever writes more means 万元."""


def _amount(row: Mapping[str, str], place: Place, faults: Faults) -> Amount | None:
    """The amount of a row; its unit, its source and the part that is spent here are checked."""
    if not row["amount"]:
        return None
    if not row["amount_source"].strip() or row["amount_evidence"] not in ("V", "M", "D", "A"):
        faults.add(
            Text("金额没有来源或证据标记（V、M、D、A）", "the amount lacks a source or an evidence tag (V, M, D, A)"), place
        )
    with faults.gathering():
        printed = {"amount": row["amount"], "local_share": row["local_share"] or "1"}
        cells = numbers(printed, ("amount", "local_share"), place)
        value = _in_money(cells["amount"], row["amount_unit"], place, faults)
        _fail_if_impossible(value, cells["local_share"], place, faults)
        return Amount(value, cells["local_share"], row["amount_evidence"], row["amount_source"])
    return None


def _in_money(value: float, unit: str, place: Place, faults: Faults) -> float:
    try:
        return converted(value, unit.strip(), _MONEY)
    except ValueError:
        message = Text(
            f"金额的单位须写明，且为亿元或万元：“{unit}”", f"the unit of the amount must be stated, and be money: '{unit}'"
        )
        faults.add(message, place, Text("写亿元或万元", "write 亿元 or 万元"))
        return value


def _fail_if_impossible(value: float, local: float, place: Place, faults: Faults) -> None:
    if not 0.0 < value <= LARGEST_AMOUNT or not 0.0 < local <= 1.0:
        message = Text(
            f"金额须大于零、不超过 {LARGEST_AMOUNT:g} 亿元，local_share 在 0 与 1 之间",
            f"the amount must be above zero and at most {LARGEST_AMOUNT:g}, local_share between 0 and 1",
        )
        faults.add(message, place)
