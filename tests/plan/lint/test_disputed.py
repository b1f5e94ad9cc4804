"""Different boundaries are a note; nothing is built on a figure that another finding disputes."""

from __future__ import annotations

from sim.base.text import Text
from tests.plan.lint.plans import fact, measure, only, plan, target


def test_facts_with_names_that_may_differ_in_scope_are_a_note() -> None:
    for names, severity in ((("住房补贴", "租赁补贴资金"), "note"), (("国省技术中心", "国家级、省级技术中心(四)"), "conflict")):
        said = [
            fact(key, 10.0 * place, name=Text(name, name)) for place, (key, name) in enumerate(zip("ab", names, strict=True), 1)
        ]
        assert only(plan({"x": measure("a", "b")}, said), "different_numbers").severity == severity


def test_a_finding_on_a_disputed_fact_concludes_nothing() -> None:
    said = [target("t", 5.0), fact("a", 10.0, name=Text("同名", "same")), fact("b", 3.0, name=Text("同名", "same"))]
    made = plan({"x": measure("t", "a", "b")}, said)
    assert only(made, "different_numbers").severity == "conflict"
    assert only(made, "already_met").severity == "note"
    assert "disputed" in only(made, "already_met").message.en
