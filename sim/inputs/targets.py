"""The plan's catalogue: targets with their quoted sentence, and the variable that each is bound to."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Faults, Place, nearest
from sim.inputs.bindings import Binding, Bindings, read_bindings
from sim.inputs.checked import Label, check_against
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
    "10k_person_trips": "万人",
    "persons": "人",
    "trains": "列/a",
    "10k_mu": "万亩",
    "mu": "亩",
    "workdays": "d",
    "days": "d",
    "ug_per_m3": "ug/m3",
    "t_sce_per_10kCNY": "万tce/亿元_2020",
    "patents_per_10k_persons": "件/万人",
    "persons_per_10k_employed": "人/万人",
    "10k_CNY": "万元",
}


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
    by_kind: Bindings
    documents: Mapping[str, str]
    titles: Mapping[str, Text]
    file: Path

    @property
    def bindings(self) -> Mapping[str, Binding]:
        """Bindings of targets that variables of the model say."""
        return self.by_kind.variable


def read_catalogue(folder: Path) -> Catalogue:
    """Read targets.csv, bindings.yaml and the documents of a plan folder; a city without the folder has no targets.

    Raises
    ------
    InputError
        when a row is faulty, a quote does not stand in its document, or a binding names no target.
    """
    if not is_folder(folder):
        return Catalogue({}, Bindings(), {}, {}, folder / "bindings.yaml")
    faults = Faults()
    texts = {file.name: read_bytes(file, MAX_BYTES) for file in sorted((folder / "documents").glob("*.txt"))}
    targets = _targets(folder / "targets.csv", texts, faults)
    bindings = read_bindings(folder / "bindings.yaml", targets, faults)
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
    for place, row in read_table(file, COLUMNS, faults):
        with faults.gathering():
            target = _target(row, place)
            _fail_if_target_wrong(target, decoded, targets, place, faults)
            targets[target.id] = target
    return targets


def _fail_if_target_wrong(
    target: PlanTarget, texts: Mapping[str, str], before: Collection[str], place: Place, faults: Faults
) -> None:
    if target.operator not in OPERATORS:
        message = Text(f"未知关系 {target.operator}", f"unknown operator {target.operator}")
        faults.add(message, place, nearest(target.operator, OPERATORS))
    if not target.quote or target.quote not in texts.get(target.document, ""):
        message = Text(f"{target.id} 的引文不见于 {target.document}", f"{target.id}: quote not in {target.document}")
        faults.add(message, place)
    if target.id in before:
        faults.add(Text(f"编号 {target.id} 重复", f"the id {target.id} stands twice"), place)


def _unit(row: Mapping[str, str]) -> str:
    """Firms are counted in 家, everything else that is counted in 个."""
    unit = UNIT_OF_PLAN.get(row["unit"], row["unit"])
    return "个" if unit == "家" and "企业" not in row["indicator_zh"] else unit


def _target(row: Mapping[str, str], place: Place) -> PlanTarget:
    return PlanTarget(
        id=row["id"],
        region=row["region"],
        document=row["seed"],
        name=Text(row["indicator_zh"], row["indicator_en"]),
        operator=row["operator"],
        value=number(row["value"], place, "value"),
        unit=_unit(row),
        start_year=whole(row["start_year"], place, "start_year") if row.get("start_year") else None,
        year=whole(row["target_year"], place, "target_year") if row["target_year"] else None,
        quote=row["quote"],
        notes=row["notes"],
    )
