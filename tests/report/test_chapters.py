"""What chapters say: progress, bounds of levers, whose lines are drawn, targets judged by data and by ceilings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from sim import pipeline
from sim.inputs.home import Home
from sim.material import make_view, materials
from sim.report.chapters.indicators import main_table, score_table
from sim.report.chapters.problems import missed_sentence, problems
from sim.report.document import Number, Paragraph, Report, Words
from sim.report.figures.moves import Moves
from sim.report.view import MOST_DRAWN
from sim.studies.plan.path import levers_file


@pytest.fixture(scope="module")
def whole(home: Home) -> pipeline.Outcome:
    (case,) = pipeline.open_cases(home, [home.scenarios / "whole_plan.yaml"], None, (), ())
    return pipeline.run(case)


def test_a_target_that_its_base_meets_has_no_progress(whole: pipeline.Outcome) -> None:
    held = {score.target.name.zh for score in whole.scores if score.is_held and score.judged_by == "model"}
    assert held
    (material,) = materials([whole], "run")
    by_data = {row.target.name.zh for row in material.standing.rows if row.standing != "unknown"}
    for row in main_table(material).rows:
        name, progress, share = row[0], row[6], row[7]
        assert isinstance(name, Words)
        assert isinstance(progress, Number)
        assert isinstance(share, Number)
        if name.text.zh in held - by_data:
            assert progress.value is None
        if name.text.zh not in by_data:
            assert share.value is None


def test_a_plain_number_that_is_a_ceiling_is_printed_as_one(whole: pipeline.Outcome) -> None:
    ceilings = [score for score in whole.scores if score.target.operator == "=" and score.operator == "<="]
    assert ceilings
    table = score_table(tuple(ceilings))
    assert all(isinstance(row[3], Number) and row[3].prefix == "≤ " for row in table.rows)


def test_what_was_published_is_not_called_a_projection(whole: pipeline.Outcome) -> None:
    published = {score.target.id for score in whole.scores if score.judged_by == "data"}
    assert published
    (material,) = materials([whole], "run")
    said = "".join(block.text.zh for block in problems(material).chapter.blocks if isinstance(block, Paragraph))
    assert "全部实现" not in said
    for score in whole.scores:
        if score.judged_by == "data" and score.verdict == "missed":
            assert missed_sentence(score).zh not in str(problems(material).chapter.blocks)


def test_levers_of_the_path_stand_between_their_believable_bounds(report: Report, outcomes: Sequence[pipeline.Outcome]) -> None:
    entries = levers_file(outcomes[1].case).levers
    labels = {outcomes[1].case.world.city.parameters[name].label: entry.between for name, entry in entries.items()}
    figures = [figure for name, figure in report.figures.items() if name.startswith("path_")]
    assert figures
    for figure in figures:
        assert isinstance(figure, Moves)
        for move in figure.moves:
            assert [move.low, move.high] == list(labels[move.label])
            assert move.low - 1e-9 <= move.then <= move.high + 1e-9


def test_a_report_always_draws_its_own_scenario(outcomes: Sequence[pipeline.Outcome]) -> None:
    view = make_view(outcomes)
    many = replace(view, cases=tuple(replace(view.cases[1], key=f"copy_{place}") for place in range(9)))
    for place in range(9):
        led = many.led_by(f"copy_{place}")
        assert f"copy_{place}" in [case.key for case in led.drawn]
        assert len(led.drawn) == MOST_DRAWN
        assert {case.key for case in led.cases} == {case.key for case in many.cases}
