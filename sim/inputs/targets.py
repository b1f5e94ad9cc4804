"""The plan's catalogue: targets with their quoted sentence, and the variable that each is bound to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.errors import Faults, Place, nearest
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_folder, read_bytes
from sim.inputs.tables import MAX_BYTES, number, read_table, whole
from sim.inputs.yaml_file import read_yaml
from sim.text import Text

COLUMNS = ("id", "region", "seed", "indicator_zh", "indicator_en", "operator", "value", "unit", "target_year", "quote", "notes")
OPERATORS = (">", ">=", "=", "<=", "~")
UNIT_OF_PLAN = {
    "100M_CNY": "亿元",
    "percent": "%",
    "count": "家",
    "10k_entities": "万户",
    "10k_persons": "万人",
}


class Binding(Record):
    """How a target is read from the model."""

    variable: str
    """Variable of the model."""
    reading: Literal["level", "each_year"]
    """level: in the target year; each_year: the worst year from the start year to the target year."""
    region: str | None = None
    """Region of the model; the whole city when left out."""
    history: str | None = None
    """Indicator of history.csv that says what really happened, when it is published."""
    past: str | None = None
    """Indicator of history.csv that stands in for the target's own past growth."""
    caution: Label | None = None
    """What a reader must know before trusting the comparison."""


@dataclass(frozen=True)
class PlanTarget:
    """A target as the document prints it."""

    id: str
    region: str
    document: str
    name: Text
    operator: str
    value: float
    unit: str
    start_year: int | None
    year: int | None
    quote: str
    notes: str


@dataclass(frozen=True)
class Catalogue:
    """Targets of a city's plan, their bindings, and the hash and title of each document."""

    targets: Mapping[str, PlanTarget]
    bindings: Mapping[str, Binding]
    documents: Mapping[str, str]
    titles: Mapping[str, Text]
    file: Path


def read_catalogue(folder: Path) -> Catalogue:
    """Read targets.csv, bindings.yaml and the documents of a plan folder; a city without the folder has no targets.

    Raises
    ------
    InputError
        when a row is faulty, a quote does not stand in its document, or a binding names no target.
    """
    if not is_folder(folder):
        return Catalogue({}, {}, {}, {}, folder / "bindings.yaml")
    faults = Faults()
    texts = {file.name: read_bytes(file, MAX_BYTES) for file in sorted((folder / "documents").glob("*.txt"))}
    targets = _targets(folder / "targets.csv", texts, faults)
    bindings = _bindings(folder / "bindings.yaml", targets, faults)
    titles = _titles(folder / "documents.yaml", texts, faults)
    faults.raise_if_any()
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in texts.items()}
    return Catalogue(targets, bindings, hashes, titles, folder / "bindings.yaml")


def _titles(file: Path, texts: Mapping[str, bytes], faults: Faults) -> dict[str, Text]:
    document = read_yaml(file)
    labels = {str(name): check_against(Label, raw, document, faults, (name,)) for name, raw in document.data.items()}
    for name in sorted(set(labels) ^ set(texts)):
        faults.add(Text(f"文件与标题不符：{name}", f"documents and titles differ: {name}"), document.place((name,)))
    return {name: label.text() for name, label in labels.items() if label is not None}


def _targets(file: Path, texts: Mapping[str, bytes], faults: Faults) -> dict[str, PlanTarget]:
    decoded = {name: content.decode("utf-8", "replace") for name, content in texts.items()}
    targets: dict[str, PlanTarget] = {}
    for place, row in read_table(file, COLUMNS):
        with faults.gathering():
            target = _target(row, place)
            if target.operator not in OPERATORS:
                message = Text(f"未知关系 {target.operator}", f"unknown operator {target.operator}")
                faults.add(message, place, nearest(target.operator, OPERATORS))
            if not target.quote or target.quote not in decoded.get(target.document, ""):
                message = Text(f"{target.id} 的引文不见于 {target.document}", f"{target.id}: quote not in {target.document}")
                faults.add(message, place)
            if target.id in targets:
                faults.add(Text(f"编号 {target.id} 重复", f"the id {target.id} stands twice"), place)
            targets[target.id] = target
    return targets


def _target(row: Mapping[str, str], place: Place) -> PlanTarget:
    return PlanTarget(
        id=row["id"],
        region=row["region"],
        document=row["seed"],
        name=Text(row["indicator_zh"], row["indicator_en"]),
        operator=row["operator"],
        value=number(row["value"], place, "value"),
        unit=UNIT_OF_PLAN.get(row["unit"], row["unit"]),
        start_year=whole(row["start_year"], place, "start_year") if row.get("start_year") else None,
        year=whole(row["target_year"], place, "target_year") if row["target_year"] else None,
        quote=row["quote"],
        notes=row["notes"],
    )


def _bindings(file: Path, targets: Mapping[str, PlanTarget], faults: Faults) -> dict[str, Binding]:
    document = read_yaml(file)
    bindings: dict[str, Binding] = {}
    for name, raw in document.data.items():
        if name not in targets:
            message = Text(f"目录中没有目标 {name}", f"no target {name} in the catalogue")
            faults.add(message, document.place((name,)), nearest(str(name), targets))
        binding = check_against(Binding, raw, document, faults, (str(name),))
        if binding is not None:
            bindings[str(name)] = binding
    return bindings
