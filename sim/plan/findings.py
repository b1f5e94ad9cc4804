"""Findings: what does not fit, how badly, where it stands, and the arithmetic that shows it; and the rules that make them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, Literal, Protocol

from sim.base.text import Language, Text
from sim.base.words import digits, percent, spaced_text
from sim.inputs.targets import CONFIRMED, PlanTarget, Review
from sim.plan.claims import CityPlan, PlanClaim

Severity = Literal["conflict", "doubt", "note"]
SEVERITIES: tuple[Severity, ...] = ("conflict", "doubt", "note")
SEVERITY_NAMES: dict[Severity, Text] = {
    "conflict": Text("矛盾", "conflict"),
    "doubt": Text("存疑", "doubt"),
    "note": Text("提示", "note"),
}
"""conflict: the figures cannot all hold; doubt: they hold only if something unusual does; note: what a reader must know."""


class Evidence(Protocol):
    """Anything that a finding can rest on: a claim, a level that is known, a level that is wanted."""

    @property
    def claims(self) -> tuple[PlanClaim, ...]:
        """Claims that it rests on."""

    @property
    def data(self) -> tuple[str, ...]:
        """Published data that it rests on: indicator, region and year."""


@dataclass(frozen=True)
class Quote:
    """A sentence that a finding rests on."""

    id: str
    text: str
    document: str


@dataclass(frozen=True)
class Finding:
    """A result of a rule. `arithmetic` is a formula with its numbers; `data` are indicators of history.csv with their years."""

    severity: Severity
    targets: tuple[str, ...]
    facts: tuple[str, ...]
    data: tuple[str, ...]
    quotes: tuple[Quote, ...]
    arithmetic: str
    message: Text
    rule: str = ""
    """Name of the rule, which `lint` fills in."""

    def as_record(self, language: Language) -> dict[str, Any]:
        """Return plain values for JSON."""
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


class _Template(Formatter):
    """Fill a template: texts in one language, decimal numbers as documents print them, `{ratio:%}` in per cent."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        """Return one value in words."""
        if isinstance(value, Text):
            return value.in_language(self.language)
        if isinstance(value, float):
            return percent(value) if format_spec == "%" else digits(value)
        return str(value)


_ZH, _EN = _Template("zh"), _Template("en")


def filled(template: Text, **parts: object) -> Text:
    """Return a text with its parts: `{target.said}` is what a target says, `{share:%}` a ratio in per cent."""
    return Text(_ZH.vformat(template.zh, (), parts), _EN.vformat(template.en, (), parts))


def finding(severity: Severity, rests_on: Iterable[Evidence], arithmetic: str, message: Text, **parts: object) -> Finding:
    """Return a finding with the claims and data that it rests on, each named once.

    `arithmetic` and `message` are templates, which `filled` fills with the parts.

    Raises
    ------
    ValueError
        when the severity is none.
    """
    if severity not in SEVERITIES:
        raise ValueError(f"{severity!r} is no severity of a finding: {', '.join(SEVERITIES)}")
    evidence = tuple(rests_on)
    claims = (claim for part in evidence for claim in part.claims)
    printed = {item.id: item for claim in claims for item in (claim.printed, *claim.also)}
    return Finding(
        severity=severity,
        targets=tuple(key for key, item in printed.items() if isinstance(item, PlanTarget)),
        facts=tuple(key for key, item in printed.items() if not isinstance(item, PlanTarget)),
        data=tuple(dict.fromkeys(name for part in evidence for name in part.data)),
        quotes=tuple(Quote(key, item.quote, item.document) for key, item in printed.items()),
        arithmetic=_EN.vformat(arithmetic, (), parts),
        message=spaced_text(filled(message, **parts)),
    )


def review_of(finding: Finding, reviews: Sequence[Review]) -> Review | None:
    """Return the review of a finding: of several that fit, the one that names most of its ids."""
    fitting = [item for item in reviews if item.concerns(finding.rule, (*finding.targets, *finding.facts))]
    return max(fitting, key=lambda item: len(item.of), default=None)


def unused(findings: Sequence[Finding], reviews: Sequence[Review]) -> list[Review]:
    """Return the reviews that speak of no finding any more."""
    used = [review_of(item, reviews) for item in findings]
    return [item for item in reviews if item not in used]


def confirmed(findings: Iterable[Finding], reviews: Sequence[Review]) -> tuple[Finding, ...]:
    """Return the findings but for those that a reviewer did not confirm."""
    found = [(item, review_of(item, reviews)) for item in findings]
    return tuple(item for item, review in found if review is None or review.judgement == CONFIRMED)


Check = Callable[[CityPlan], Iterable[Finding]]


@dataclass(frozen=True)
class LintRule:
    """A rule: its title for people, and its function. The findings of a rule with a lower `order` come first."""

    title: Text
    order: int
    check: Check


REGISTERED: dict[str, LintRule] = {}
"""Every rule by the name of its function, in the order of import."""


def rule(order: int, title: Text) -> Callable[[Check], Check]:
    """Register a function as a rule under its own name; `order` says where its findings stand among those of the others.

    Raises
    ------
    ValueError
        when the name is no word in small letters, or name or order are taken.
    """

    def register(check: Check) -> Check:
        name = check.__name__
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError(f"{name!r} is no name of a rule: use small letters, digits and underscores")
        if name in REGISTERED:
            raise ValueError(f"there are two rules {name!r}")
        other = next((key for key, item in REGISTERED.items() if item.order == order), None)
        if other is not None:
            raise ValueError(f"the rule {name!r} has the order {order}, which is that of {other!r}")
        REGISTERED[name] = LintRule(title, order, check)
        return check

    return register
