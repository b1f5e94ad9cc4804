"""A finding of a rule: what does not fit, how badly, where it stands, and the arithmetic that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.base.text import Language, Text
from sim.base.words import spaced_text
from sim.inputs.reviews import CONFIRMED, Review
from sim.inputs.targets import PlanTarget
from sim.plan.lint.claims import Claim

Severity = Literal["conflict", "doubt", "note"]
SEVERITIES: tuple[Severity, ...] = ("conflict", "doubt", "note")
SEVERITY_NAMES: dict[Severity, Text] = {
    "conflict": Text("矛盾", "conflict"),
    "doubt": Text("存疑", "doubt"),
    "note": Text("提示", "note"),
}
"""conflict: the figures cannot all hold; doubt: they hold only if something unusual does; note: what a reader must know."""


@dataclass(frozen=True)
class Quote:
    """A sentence that a finding rests on."""

    id: str
    text: str
    document: str


@dataclass(frozen=True)
class Finding:
    """What a rule found. `arithmetic` is a formula with its numbers; `data` are indicators of history.csv with their years."""

    rule: str
    severity: Severity
    targets: tuple[str, ...]
    facts: tuple[str, ...]
    data: tuple[str, ...]
    quotes: tuple[Quote, ...]
    arithmetic: str
    message: Text

    def as_record(self, language: Language) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "targets": list(self.targets),
            "facts": list(self.facts),
            "data": list(self.data),
            "message": self.message.in_language(language),
            "arithmetic": self.arithmetic,
            "quotes": [{"id": item.id, "document": item.document, "quote": item.text} for item in self.quotes],
        }


def finding(
    rule: str, severity: Severity, claims: Iterable[Claim], data: Sequence[str], arithmetic: str, message: Text
) -> Finding:
    """A finding that rests on some claims, each named once."""
    printed = {item.id: item for claim in claims for item in (claim.printed, *claim.also)}
    return Finding(
        rule=rule,
        severity=severity,
        targets=tuple(key for key, item in printed.items() if isinstance(item, PlanTarget)),
        facts=tuple(key for key, item in printed.items() if not isinstance(item, PlanTarget)),
        data=tuple(dict.fromkeys(data)),
        quotes=tuple(Quote(key, item.quote, item.document) for key, item in printed.items()),
        arithmetic=arithmetic,
        message=spaced_text(message),
    )


def review_of(finding: Finding, reviews: Sequence[Review]) -> Review | None:
    """The review of a finding: of several that fit, the one that names most of its ids."""
    fitting = [item for item in reviews if item.concerns(finding.rule, (*finding.targets, *finding.facts))]
    return max(fitting, key=lambda item: len(item.of), default=None)


def unused(findings: Sequence[Finding], reviews: Sequence[Review]) -> list[Review]:
    """Reviews that speak of no finding any more."""
    used = [review_of(item, reviews) for item in findings]
    return [item for item in reviews if item not in used]


def confirmed(findings: Iterable[Finding], reviews: Sequence[Review]) -> tuple[Finding, ...]:
    """The findings but for those that a reviewer did not confirm."""
    found = [(item, review_of(item, reviews)) for item in findings]
    return tuple(item for item, review in found if review is None or review.judgement == CONFIRMED)
