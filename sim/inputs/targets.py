"""The files of a plan: documents, targets and facts with their sentences, targets that bind, questions, reviews, systems."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sim.base.errors import Faults, Place, all_faults, nearest
from sim.base.text import Text
from sim.inputs.bindings import Binding, Bindings, Measures, read_bindings, read_measures
from sim.inputs.checked import Record, check_against, fail_if_unknown, read_record, read_records
from sim.inputs.files import MAX_BYTES, is_file, is_folder, read_bytes
from sim.inputs.parameters import Evidence
from sim.inputs.printed import PlanDocument, Printed, Surroundings, read_printed
from sim.inputs.scenario import Fragment, fragment
from sim.inputs.scenario_file import Layer
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


_FILES = ("documents.yaml", "targets.csv", "bindings.yaml")


def read_catalogue(folder: Path, regions: Collection[str]) -> Catalogue:
    """Read a plan folder: documents, targets and bindings, and where there are any, facts, commitments and measures.

    A city without the folder has no targets. Without measures.yaml no number is held against another.

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
    commitments = read_printed(folder / "commitments.csv", Commitment, TARGET_KINDS, around, faults)
    for key in sorted({*targets, *commitments} & set(facts)):
        faults.add(Text(f"{key} 既是目标又是事实", f"{key} is both a target and a fact"), facts[key].place)
    for key in sorted(set(targets) & set(commitments)):
        message = Text(f"{key} 既是目标又是承诺", f"{key} is both a target and a commitment")
        faults.add(message, commitments[key].place)
    bindings = read_bindings(folder / "bindings.yaml", targets, faults)
    printed, file = {**targets, **commitments, **facts}, folder / "measures.yaml"
    measures = read_measures(file, printed, regions, faults) if is_file(file) else Measures()
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


class BindingTargetsFile(Record):
    """natures.yaml: which targets bind (约束性); all others are expected (预期性)."""

    binding: list[str]
    """Targets that bind."""
    source: Text
    """The place where that is said, or the ground that it rests on."""


def read_binding_targets(catalogue: Catalogue) -> frozenset[str]:
    """Read the ids of the targets that bind; a plan without the file has none.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    file = catalogue.file.with_name("natures.yaml")
    if not is_file(file):
        return frozenset()
    with all_faults() as faults:
        record = read_record(file, BindingTargetsFile, faults)
        names, place = record.binding, record.place("binding")
        fail_if_unknown(names, catalogue.targets, Text("目录中没有目标 {}", "no target {} in the catalogue"), place, faults)
        for key in sorted({key for key in names if names.count(key) > 1}):
            faults.add(Text(f"目标 {key} 列了两次", f"the target {key} stands twice"), place)
        return frozenset(names)


class Question(Record):
    """A question of foresight.yaml: the probability of reaching a target, seen from the end of a year."""

    target: str
    """A target of targets.csv that is bound to a variable."""
    as_of: int
    """The last year that is known."""


def read_questions(file: Path, catalogue: Catalogue) -> tuple[Question, ...]:
    """Read foresight.yaml; none where there is no such file.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    with all_faults() as faults:
        questions = tuple(question for _, question in read_records(file, Question, faults, listed=True))
        for question in questions:
            target = catalogue.targets.get(question.target)
            if target is None or question.target not in catalogue.bindings:
                message = Text(f"目标 {question.target} 不在目录中或未绑定变量", f"no bound target {question.target}")
                faults.add(message, question.place("target"), nearest(question.target, catalogue.bindings))
            elif target.year is None or target.year <= question.as_of:
                message = Text(f"as_of 须早于目标年份 {target.year}", f"as_of must lie before the target's year {target.year}")
                faults.add(message, question.place("as_of"))
        return questions


Judgement = Literal["holds", "scope", "weak", "false_alarm"]
JUDGEMENTS: Mapping[Judgement, Text] = {
    "holds": Text("属实", "holds"),
    "scope": Text("口径之差", "a matter of scope"),
    "weak": Text("依据薄弱", "rests on little"),
    "false_alarm": Text("误报", "false alarm"),
}
"""holds: the finding is right; scope: right as printed, and a wider or narrower meaning would explain it; weak: right only if a
number that it rests on is; false_alarm: wrong, and the rule should learn from it."""

CONFIRMED: Judgement = "holds"


class Review(Record):
    """A person's review of a finding in reviews.yaml, so that new findings stand out."""

    rule: str
    """Rule of the finding."""
    of: list[str]
    """Targets and facts of the finding that tell it from the others of its rule."""
    judgement: Judgement
    """The person's verdict."""
    because: Text
    """The reason, and what to do."""

    def concerns(self, rule: str, ids: Iterable[str]) -> bool:
        """Return whether it is about a finding of a rule with these ids."""
        return rule == self.rule and set(self.of) <= set(ids)


def read_reviews(file: Path, rules: Collection[str], printed: Collection[str]) -> tuple[Review, ...]:
    """Read reviews.yaml; without the file nothing has been reviewed.

    Raises
    ------
    InputError
        with every fault: an unknown rule, an unknown id.
    """
    reviews = dict[tuple[str, frozenset[str]], Review]()
    with all_faults() as faults:
        for _, review in read_records(file, Review, faults, listed=True):
            fail_if_unknown([review.rule], rules, Text("没有规则 {}", "no rule {}"), review.place("rule"), faults)
            message = Text("没有目标或事实 {}", "no target and no fact {}")
            fail_if_unknown(review.of, printed, message, review.place("of"), faults)
            if reviews.setdefault((review.rule, frozenset(review.of)), review) is not review:
                faults.add(Text("同一发现复核了两次", "the same finding is reviewed twice"), review.place())
    return tuple(reviews.values())


Sign = Literal["+", "-", "0", "?", "0/+", "0/-"]


class PlanSystem(Record):
    """A system of systems.yaml: its part in the model, and the signs that its lever should have."""

    name: Text
    """Name."""
    mechanism: Text
    """Its effect in the model, in a sentence or two."""
    variables: list[str]
    """Variables of the model that it reads or moves."""
    levers: list[str]
    """Parameters by which it can be moved."""
    targets: list[str]
    """Targets that the documents print for it; none where they print none."""
    change: Layer
    """The change at which its effect is measured."""
    context: Layer | None = None
    """Changes that hold with and without the change."""
    district: str | None = None
    """District in which its effect is measured too."""
    expected: dict[str, Sign]
    """Sign that is expected of each measure."""
    expected_district: dict[str, Sign] = {}
    """The same in its district, for the measures that it is about."""
    because: Text
    """The reason."""
    surprises: dict[str, Text] = {}
    """Measures whose sign came out otherwise, and why; written after the table was first made."""
    evidence: Evidence
    """The tag of how well the effect is founded."""

    def changes(self, *layers: Layer | None) -> Fragment:
        """Return what some layers change together."""
        return fragment([layer for layer in layers if layer is not None], f"system {self.key}")


def read_systems(file: Path, known: Mapping[str, Collection[str]]) -> tuple[PlanSystem, ...]:
    """Read systems.yaml, of which each key in `known` names what is known; a plan without the file has none.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    with all_faults() as faults:
        systems = tuple(system for _, system in read_records(file, PlanSystem, faults))
        for system in systems:
            for key, there in known.items():
                said = getattr(system, key) or ()
                message = Text(f"{key} 中的 {{}} 未知", f"{key}: unknown {{}}")
                fail_if_unknown([said] if isinstance(said, str) else said, there, message, system.place(key), faults)
            for metric in (item for item in known["expected"] if item not in system.expected):
                faults.add(Text(f"没有 {metric} 的预期", f"nothing is expected of {metric}"), system.place("expected"))
        return systems
