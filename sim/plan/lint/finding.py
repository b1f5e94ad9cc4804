"""A finding of a rule: what does not fit, how badly, where it stands, and the arithmetic that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sim.base.text import Language, Text
from sim.base.words import spaced_text
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
