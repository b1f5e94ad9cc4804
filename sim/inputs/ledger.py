"""The project ledger of a city: every named thing of its plan, what it is, who pays, where it stands and what it costs.

Only capital projects that are nobody's repeat carry money. Umbrellas sum their parts; programmes and events deliver a date or a
count at most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from sim.base.errors import Place
from sim.base.text import Text
from sim.inputs.knowledge import is_known
from sim.inputs.project_classes import LedgerSettings, ProjectClass

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
        """Return whether it is a project of its own that costs money."""
        return self.nature == "capital" and not self.same_as


@dataclass(frozen=True)
class LedgerNames:
    """The names that a ledger may use: districts of the city, branches and kinds of public capital of the model."""

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
    names: LedgerNames = LedgerNames()
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
        projects = dict[str, Project]()
        for name, item in self.projects.items():
            if item.document in known:
                printed = item.amount if item.amount is not None and item.amount.source in known else None
                projects[name] = replace(item, amount=printed, status="")
        return replace(self, projects=projects)

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
