"""A rule registers itself under the name of its function; a name or an order that is wrong or taken is refused."""

from __future__ import annotations

import pytest

from sim.base.text import Text
from sim.plan.claims import CityPlan
from sim.plan.findings import REGISTERED, Finding, rule
from sim.plan.lint import RULES


def test_a_rule_with_a_wrong_or_a_repeated_name_or_order_is_refused() -> None:
    def no_rule(_: CityPlan) -> list[Finding]:
        return []

    taken = RULES["already_met"].order
    for name, order in (("already_met", 1000), ("Already_met", 1000), ("_met", 1000), ("a_new_one", taken)):
        no_rule.__name__ = name
        with pytest.raises(ValueError, match=name):
            rule(order, Text("", ""))(no_rule)
    assert set(REGISTERED) == set(RULES)
