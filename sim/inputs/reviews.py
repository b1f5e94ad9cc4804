"""reviews.yaml of a plan: what a person who read the sentences says of each finding, so that new findings stand out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_file
from sim.inputs.yaml_file import listed, read_yaml_list

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


class ReviewEntry(Record):
    """One review."""

    rule: str
    """Rule of the finding."""
    of: list[str]
    """Targets and facts of the finding that tell it from the others of its rule."""
    judgement: Judgement
    """What the person says."""
    because: Label
    """Why, and what to do."""


@dataclass(frozen=True)
class Review:
    """A review that was read; `of` are ids of the finding, `because` the reason."""

    rule: str
    of: frozenset[str]
    judgement: Judgement
    because: Text

    def concerns(self, rule: str, ids: Iterable[str]) -> bool:
        """Whether it is about a finding of a rule with these ids."""
        return rule == self.rule and self.of <= set(ids)


def read_reviews(file: Path, rules: Collection[str], printed: Collection[str]) -> tuple[Review, ...]:
    """Read reviews.yaml; without the file nothing has been reviewed.

    Raises
    ------
    InputError
        with every fault: an unknown rule, an unknown id.
    """
    if not is_file(file):
        return ()
    faults, document, found = Faults(), read_yaml_list(file), list[Review]()
    for place, raw in enumerate(listed(document)):
        entry = check_against(ReviewEntry, raw, document, faults, (place,))
        if entry is None:
            continue
        if entry.rule not in rules:
            message = Text(f"没有规则 {entry.rule}", f"no rule {entry.rule}")
            faults.add(message, document.place((place, "rule")), nearest(entry.rule, rules))
        for key in (key for key in entry.of if key not in printed):
            message = Text(f"没有目标或事实 {key}", f"no target and no fact {key}")
            faults.add(message, document.place((place, "of")), nearest(key, printed))
        if any((entry.rule, frozenset(entry.of)) == (item.rule, item.of) for item in found):
            faults.add(Text("同一发现复核了两次", "the same finding is reviewed twice"), document.place((place,)))
        found.append(Review(entry.rule, frozenset(entry.of), entry.judgement, entry.because.text()))
    faults.raise_if_any()
    return tuple(found)
