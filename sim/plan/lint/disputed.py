"""Findings that rest on a figure which another finding disputes: they are said, but nothing may be built on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.base.text import Text
from sim.plan.lint.different_numbers import RULE as DIFFERENT_NUMBERS
from sim.plan.lint.finding import Finding


def without_disputed(found: Sequence[Finding]) -> list[Finding]:
    """The findings, those that rest on a disputed fact lowered to a note that names the other number of it."""
    disputes = [item for item in found if item.rule == DIFFERENT_NUMBERS and item.severity == "conflict" and item.facts]
    return [_lowered(item, disputes) if item.rule != DIFFERENT_NUMBERS else item for item in found]


def _lowered(item: Finding, disputes: Sequence[Finding]) -> Finding:
    dispute = next((other for other in disputes if set(item.facts) & set(other.facts)), None)
    if dispute is None:
        return item
    remark = Text(
        f"所据的数本身有争议（{dispute.arithmetic}），核实之前不作结论。",
        f" It rests on a figure that is disputed ({dispute.arithmetic}); nothing follows before that is settled.",
    )
    return replace(item, severity="note", message=item.message + remark)
