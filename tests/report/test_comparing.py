"""The page that compares the scenarios of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sim.base.text import LANGUAGES
from sim.base.words import plain
from sim.report.forms.page import page
from sim.report.forms.plain_text import cell_text
from sim.report.view import view_of
from sim.report.writing import comparison, reports_of, settings_table, targets_table
from sim.simulate import pipeline
from sim.simulate.collect import results_of
from tests.report.pages import Page


def test_all_scenarios_stand_side_by_side(outcomes: Sequence[pipeline.Outcome]) -> None:
    results = results_of(outcomes)
    both = comparison((view_of(results),), reports_of(results), "report.html")
    assert {"progress", "gdp", "scenarios", "schedule"} <= set(both.figures)
    for language in LANGUAGES:
        shown = Page(page(both, language, dict.fromkeys(both.figures, "<svg/>")))
        for outcome in outcomes:
            assert outcome.case.scenario.name.in_language(language) in shown.text
        assert plain(outcomes[1].scores[0].projected) in shown.text
        assert shown.addresses == ["baseline/report.html", "plan_2025/report.html"]


def test_targets_stand_in_the_order_of_the_plan(outcomes: Sequence[pipeline.Outcome]) -> None:
    table = targets_table(view_of(results_of(outcomes)))
    names = [cell_text(row[0], "zh") for row in table.rows]
    assert names == [score.target.name.zh for score in outcomes[1].scores if score.projected is not None]


def test_settings_are_compared_by_value(outcomes: Sequence[pipeline.Outcome]) -> None:
    """Six scenarios as the plan has it and one as the baseline: one value is named, the other is that of all the others."""
    baseline, plan = results_of(outcomes)
    table = settings_table(view_of([baseline, *(replace(plan, scenario=f"copy_{number}") for number in range(6))]))
    last = [cell_text(row[3], "zh") for row in table.rows]
    assert last.count("其余 6 个情景") == len({item.name for item in plan.settings})
    assert plan.settings[0].label.zh in cell_text(table.rows[0][0], "zh")
