"""The plan's catalogue: targets and facts with their quoted sentences, what they measure, and how targets are bound."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.inputs.bindings import Binding, Bindings, read_bindings
from sim.inputs.documents import PlanDocument, read_documents
from sim.inputs.files import is_file, is_folder
from sim.inputs.measures import KnownNames, Measures, read_measures
from sim.inputs.printed import Printed, Surroundings, read_printed

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


class PlanTarget(Printed):
    """A target as the document prints it."""


class Commitment(PlanTarget):
    """A promise or a size beside the targets, such as full coverage: held against them, but not judged itself."""


class Fact(Printed):
    """What a document says of the present or the past; what is only due to be published counts as said."""


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
    documents = read_documents(folder / "documents.yaml", folder / "documents", faults)
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
    measures = read_measures(folder / "measures.yaml", KnownNames({**targets, **commitments, **facts}, regions), faults)
    faults.raise_if_any()
    return Catalogue(targets, facts, bindings, measures, documents, folder / "bindings.yaml", commitments)
