"""documents.yaml of a plan: title, year and fingerprint of each document, held against the texts that lie beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.inputs.checked import Record, check_against
from sim.inputs.files import read_bytes
from sim.inputs.tables import MAX_BYTES
from sim.inputs.yaml_file import read_yaml


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


@dataclass(frozen=True)
class PlanDocument:
    """A document of the plan. `recorded` is the fingerprint of the text that was read for targets, `found` that of the file."""

    file: Path
    title: Text
    year: int
    recorded: str
    found: str
    text: str

    @property
    def is_changed(self) -> bool:
        """Whether the file is another text than the one that targets were taken from."""
        return self.found != self.recorded


def read_documents(file: Path, folder: Path, faults: Faults) -> dict[str, PlanDocument]:
    """The documents of a plan by file name; every text has an entry and every entry a text. Faults are added.

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
    return {name: _document(folder / name, entry, contents) for name, entry in entries.items() if name in contents}


def _document(file: Path, entry: DocumentEntry | None, contents: Mapping[str, bytes]) -> PlanDocument:
    content = contents[file.name]
    return PlanDocument(
        file=file,
        title=Text(file.name, file.name) if entry is None else Text(entry.zh, entry.en),
        year=0 if entry is None else entry.year,
        recorded="" if entry is None else entry.sha256,
        found=hashlib.sha256(content).hexdigest(),
        text=content.decode("utf-8", "replace"),
    )


def changed_sentence(document: PlanDocument) -> Text:
    """What a reader must know of a document that is another text than the one that targets were taken from."""
    name = document.file.name
    return Text(
        f"注意：规划文件 {name} 已不是录入目标时的文本（指纹不符）。请核对引文，再更新 documents.yaml 中的 sha256。",
        f"Mind: the plan document {name} is no longer the text that targets were taken from (its fingerprint differs). "
        "Check the sentences, then write the new sha256 into documents.yaml.",
    )
