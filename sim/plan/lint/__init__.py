"""All rules, and a plan run through them. Every file of this folder is imported, and its rules register themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from sim.base.text import Text
from sim.plan.claims import CityPlan
from sim.plan.findings import REGISTERED, SEVERITIES, Finding, LintRule

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")
RULES: Mapping[str, LintRule] = dict(sorted(REGISTERED.items(), key=lambda item: item[1].order))
"""The rules by name, in their order."""


def lint(plan: CityPlan) -> list[Finding]:
    """Return what every rule finds: conflicts first, then doubts and notes; each in the order of the rules."""
    found = [replace(item, rule=name) for name, rule in RULES.items() for item in rule.check(plan)]
    return sorted(_without_disputed(list(dict.fromkeys(found))), key=lambda item: SEVERITIES.index(item.severity))


def _without_disputed(found: Sequence[Finding]) -> list[Finding]:
    """Lower findings that rest on a disputed fact to a note that names the other number of it: nothing may be built on it."""
    differing = [item for item in found if item.rule == "different_numbers"]
    disputes = [item for item in differing if item.severity == "conflict" and item.facts]
    return [item if item in differing else _lowered(item, disputes) for item in found]


def _lowered(item: Finding, disputes: Sequence[Finding]) -> Finding:
    dispute = next((other for other in disputes if set(item.facts) & set(other.facts)), None)
    if dispute is None:
        return item
    remark = Text(
        f"所据的数本身有争议（{dispute.arithmetic}），核实之前不作结论。",
        f" It rests on a figure that is disputed ({dispute.arithmetic}); nothing follows before that is settled.",
    )
    return replace(item, severity="note", message=item.message + remark)
