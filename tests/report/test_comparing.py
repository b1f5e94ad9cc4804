"""The page that compares the scenarios of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.base.text import LANGUAGES
from sim.base.words import plain
from sim.report.comparing import comparison, settings_table, targets_table
from sim.report.forms.page import page
from sim.report.forms.told import cell_text
from sim.report.gathering import case_text, make_view, materials
from sim.report.writing import report_of
from sim.simulate import pipeline
from tests.report.pages import Page


def test_all_scenarios_stand_side_by_side(outcomes: Sequence[pipeline.Outcome]) -> None:
    found = materials(outcomes, "run", {})
    reports = [report_of(material) for material in found]
    texts = {material.case.key: material.text for material in found}
    both = comparison((found[0].view,), texts, reports, "report.html")
    assert {"progress", "gdp", "scenarios", "schedule"} <= set(both.figures)
    for language in LANGUAGES:
        shown = Page(page(both, language, dict.fromkeys(both.figures, "<svg/>")))
        for outcome in outcomes:
            assert outcome.case.scenario.name.in_language(language) in shown.text
        assert plain(outcomes[1].scores[0].projected) in shown.text
        assert shown.addresses == ["baseline/report.html", "plan_2025/report.html"]


def test_targets_stand_in_the_order_of_the_plan(outcomes: Sequence[pipeline.Outcome]) -> None:
    table = targets_table(make_view(outcomes))
    names = [cell_text(row[0], "zh") for row in table.rows]
    assert names == [score.target.name.zh for score in outcomes[1].scores if score.projected is not None]


def test_settings_are_compared_by_value(outcomes: Sequence[pipeline.Outcome]) -> None:
    """Six scenarios as the plan has it and one as the baseline: one value is named, the other is that of all the others."""
    view = make_view(outcomes)
    plan, text = view.cases[1], case_text(outcomes[1])
    copies = [replace(plan, key=f"copy_{number}") for number in range(6)]
    texts = {"baseline": case_text(outcomes[0]), **{copy.key: text for copy in copies}}
    table = settings_table(replace(view, cases=(view.cases[0], *copies)), texts)
    last = [cell_text(row[3], "zh") for row in table.rows]
    assert last.count("其余 6 个情景") == len({item.name for item in text.settings})
    assert text.settings[0].label.zh in cell_text(table.rows[0][0], "zh")
