"""The plan's catalogue: documents, targets and facts with their quoted sentences, what they measure, how targets are bound."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.bindings import Binding, Bindings, read_bindings
from sim.inputs.checked import Record, check_against
from sim.inputs.files import is_file, is_folder, read_bytes
from sim.inputs.measures import Measures, read_measures
from sim.inputs.printed import PlanDocument, Printed, Surroundings, read_printed
from sim.inputs.tables import MAX_BYTES
from sim.inputs.yaml_file import read_yaml

TARGET_KINDS = (
    "level_at_year",
    "count_at_year",
    "share_at_year",
    "within_year",
    "annual_flow_each_year",
    "cumulative_over_period",
    "growth_rate_each_year",
    "reduction_over_period",
)
FACT_KINDS = ("level", "share", "ratio", "cumulative", "growth")


class DocumentEntry(Record):
    """One document."""

    zh: str
    """Chinese title."""
    en: str
    """English title."""
    year: int
    """Year in which it came out; what was known by then is what its targets are held against."""
    sha256: str
    """Fingerprint of the text that targets and facts were taken from."""


class PlanTarget(Printed):
    """A target as the document prints it."""


class Commitment(PlanTarget):
    """A promise or a size beside the targets, such as full coverage: held against them, but not judged itself."""


class Fact(Printed):
    """A document's statement on the present or the past; what is only due to be published counts as said."""


@dataclass(frozen=True)
class Catalogue:
    """Targets and facts of a city's plan, what they measure, how targets are bound, and the documents they were taken from.

    `commitments` are what else the documents promise: no target is made of them, but they must agree with the targets.
    """

    targets: Mapping[str, PlanTarget]
    facts: Mapping[str, Fact]
    by_kind: Bindings
    measures: Measures
    documents: Mapping[str, PlanDocument]
    file: Path
    commitments: Mapping[str, Commitment] = field(default_factory=dict)

    @property
    def printed(self) -> Mapping[str, Printed]:
        """Every number of the documents by id."""
        return {**self.targets, **self.commitments, **self.facts}

    @property
    def bindings(self) -> Mapping[str, Binding]:
        """Bindings of targets that variables of the model say."""
        return self.by_kind.variable

    @property
    def changed(self) -> tuple[PlanDocument, ...]:
        """Documents that are no longer the text that targets were taken from."""
        return tuple(item for item in self.documents.values() if item.is_changed)


_FILES = ("documents.yaml", "targets.csv", "facts.csv", "bindings.yaml", "measures.yaml")


def read_catalogue(folder: Path, regions: Collection[str]) -> Catalogue:
    """Read a plan folder: documents, targets, commitments where there are any, facts, bindings and measures.

    A city without the folder has no targets.

    `regions` are those that the city knows: its own, its districts and their groups.

    Raises
    ------
    InputError
        with every fault of every file: a wrong cell, a quote that is not in its document, a name that does not exist.
    """
    if not is_folder(folder):
        return Catalogue({}, {}, Bindings(), Measures(), {}, folder / "bindings.yaml")
    faults = Faults()
    for file in (folder / name for name in _FILES if not is_file(folder / name)):
        faults.add(Text("文件不存在", "no such file"), Place(file))
    faults.raise_if_any()
    documents = _read_documents(folder / "documents.yaml", folder / "documents", faults)
    around = Surroundings(documents, regions)
    targets = read_printed(folder / "targets.csv", PlanTarget, TARGET_KINDS, around, faults)
    facts = read_printed(folder / "facts.csv", Fact, FACT_KINDS, around, faults)
    file = folder / "commitments.csv"
    commitments = read_printed(file, Commitment, TARGET_KINDS, around, faults) if is_file(file) else {}
    for key in sorted({*targets, *commitments} & set(facts)):
        faults.add(Text(f"{key} 既是目标又是事实", f"{key} is both a target and a fact"), facts[key].place)
    for key in sorted(set(targets) & set(commitments)):
        message = Text(f"{key} 既是目标又是承诺", f"{key} is both a target and a commitment")
        faults.add(message, commitments[key].place)
    bindings = read_bindings(folder / "bindings.yaml", targets, faults)
    measures = read_measures(folder / "measures.yaml", {**targets, **commitments, **facts}, regions, faults)
    faults.raise_if_any()
    return Catalogue(targets, facts, bindings, measures, documents, folder / "bindings.yaml", commitments)


def _read_documents(file: Path, folder: Path, faults: Faults) -> dict[str, PlanDocument]:
    """Read the documents of a plan by file name; every text has an entry and every entry a text. Faults are added.

    A text whose entry is faulty is kept without its title and year, so that sentences can still be held against it.
    """
    contents = {item.name: read_bytes(item, MAX_BYTES) for item in sorted(folder.glob("*.txt"))}
    document = read_yaml(file)
    entries: dict[str, DocumentEntry | None] = {
        str(name): check_against(DocumentEntry, raw, document, faults, (name,)) for name, raw in document.data.items()
    }
    for name in sorted(set(entries) ^ set(contents)):
        known = contents if name in entries else entries
        message = Text(f"文件与 documents.yaml 不符：{name}", f"documents and documents.yaml differ: {name}")
        faults.add(message, document.place((name,)), nearest(name, known))
    found = dict[str, PlanDocument]()
    for name, entry in entries.items():
        if name in contents:
            title, year, recorded = (
                (Text(name, name), 0, "") if entry is None else (Text(entry.zh, entry.en), entry.year, entry.sha256)
            )
            fingerprint, text = hashlib.sha256(contents[name]).hexdigest(), contents[name].decode("utf-8", "replace")
            found[name] = PlanDocument(folder / name, title, year, recorded, fingerprint, text)
    return found


def changed_sentence(document: PlanDocument) -> Text:
    """Return what a reader must know of a document that is another text than the one that targets were taken from."""
    name = document.file.name
    return Text(
        f"注意：规划文件 {name} 已不是录入目标时的文本（指纹不符）。请核对引文，再更新 documents.yaml 中的 sha256。",
        f"Mind: the plan document {name} is no longer the text that targets were taken from (its fingerprint differs). "
        "Check the sentences, then write the new sha256 into documents.yaml.",
    )
