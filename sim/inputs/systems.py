"""systems.yaml of a plan: each system of its documents, what it does in the model, and the signs that its lever should have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_file
from sim.inputs.parameters import Evidence
from sim.inputs.scenario import Fragment, fragment
from sim.inputs.scenario_file import Layer
from sim.inputs.yaml_file import Document, read_yaml

Sign = Literal["+", "-", "0", "?", "0/+", "0/-"]
METRICS = ("gdp", "manufacturing_share", "four_above_firms", "market_entities", "hightech_firms", "residents")


class SystemFile(Record):
    """One system."""

    name: Label
    """Name."""
    mechanism: Label
    """What it does in the model, in a sentence or two."""
    variables: list[str]
    """Variables of the model that it reads or moves."""
    levers: list[str]
    """Parameters by which it can be moved."""
    targets: list[str]
    """Targets that the documents print for it; none where they print none."""
    change: Layer
    """The change at which its effect is measured."""
    context: Layer | None = None
    """What holds with and without the change."""
    district: str | None = None
    """District in which its effect is measured too."""
    expected: dict[str, Sign]
    """Sign that is expected of each measure."""
    expected_district: dict[str, Sign] = {}
    """The same in its district, for the measures that it is about."""
    because: Label
    """Why."""
    surprises: dict[str, Label] = {}
    """Measures whose sign came out otherwise, and why; written after the table was first made."""
    evidence: Evidence
    """How well founded the effect is."""


@dataclass(frozen=True)
class PlanSystem:
    """A system that was read and checked."""

    key: str
    record: SystemFile
    change: Fragment
    context: Fragment

    @property
    def name(self) -> Text:
        """Its name."""
        return self.record.name.text()


@dataclass(frozen=True)
class Known:
    """What systems may name."""

    variables: Collection[str]
    parameters: Collection[str]
    targets: Collection[str]
    districts: Collection[str]


def read_systems(file: Path, known: Known) -> tuple[PlanSystem, ...]:
    """Read systems.yaml; a plan without the file has none.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    if not is_file(file):
        return ()
    document, faults, found = read_yaml(file), Faults(), list[PlanSystem]()
    for key, raw in document.data.items():
        record = check_against(SystemFile, raw, document, faults, (key,))
        if record is not None:
            found.append(_system(str(key), record, document))
            _fail_if_unknown(str(key), record, document, known, faults)
    faults.raise_if_any()
    return tuple(found)


def _system(key: str, record: SystemFile, document: Document) -> PlanSystem:
    change = fragment(document, record.change, (key, "change"), f"system {key}")
    context = fragment(document, record.context or Layer(), (key, "context"), f"system {key}")
    return PlanSystem(key, record, change, context)


def _fail_if_unknown(key: str, record: SystemFile, document: Document, known: Known, faults: Faults) -> None:
    districts = [] if record.district is None else [record.district]
    wanted: Mapping[str, tuple[list[str], Collection[str]]] = {
        "variables": (record.variables, known.variables),
        "levers": (record.levers, known.parameters),
        "targets": (record.targets, known.targets),
        "district": (districts, known.districts),
        "expected": (list(record.expected), METRICS),
        "surprises": (list(record.surprises), METRICS),
        "expected_district": (list(record.expected_district), METRICS),
    }
    for column, (names, there) in wanted.items():
        for name in (item for item in names if item not in there):
            message = Text(f"{column} 中的 {name} 未知", f"{column}: unknown {name}")
            faults.add(message, document.place((key, column)), nearest(name, there))
    for metric in (item for item in METRICS if item not in record.expected):
        faults.add(Text(f"没有 {metric} 的预期", f"nothing is expected of {metric}"), document.place((key, "expected")))
