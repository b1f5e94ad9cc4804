"""What chapters say: progress, bounds of levers, whose lines are drawn, targets judged by data and by ceilings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from sim.base.errors import Fault, RunError
from sim.base.text import Text
from sim.inputs.home import Home
from sim.ledger.summary import OTHERS
from sim.report.cells import Number, Words
from sim.report.chapters.indicators import main_table, score_table
from sim.report.chapters.problems import missed_sentence, problems
from sim.report.document import Bullets, Paragraph, Report, Table
from sim.report.figures.dots import Moves
from sim.report.score_words import published_gap
from sim.report.studies import studies_of_run
from sim.report.view import MOST_PLOTTED, view_of
from sim.simulate import opening, pipeline
from sim.simulate.collect import results_of
from sim.studies.plan.path import levers_file


@pytest.fixture(scope="module")
def whole(home: Home) -> pipeline.Outcome:
    (case,) = opening.open_cases(home, [home.scenarios / "whole_plan.yaml"], None, (), ())
    return pipeline.run(case)


def test_a_target_that_its_base_meets_has_no_progress(whole: pipeline.Outcome) -> None:
    held = {score.target.name.zh for score in whole.scores if score.is_held and score.judged_by == "model"}
    assert held
    (result,) = results_of([whole])
    by_data = {row.target.name.zh for row in result.evaluation if row.standing != "unknown"}
    for row in main_table(result).rows:
        name, progress, share = row[0], row[6], row[7]
        assert isinstance(name, Words)
        assert isinstance(progress, Number)
        assert isinstance(share, Number)
        if name.text.zh in held - by_data:
            assert progress.value is None
        if name.text.zh not in by_data:
            assert share.value is None


def test_a_plain_number_that_is_a_ceiling_is_printed_as_one(whole: pipeline.Outcome) -> None:
    ceilings = tuple(score for score in whole.scores if score.target.operator == "=" and score.operator == "<=")
    assert ceilings
    table = score_table(replace(results_of([whole])[0], scorecard=ceilings))
    assert all(isinstance(row[3], Number) and row[3].prefix == "≤ " for row in table.rows)


def test_what_was_published_is_not_called_a_projection(whole: pipeline.Outcome) -> None:
    published = {score.target.id for score in whole.scores if score.judged_by == "data"}
    assert published
    (result,) = results_of([whole])
    said = "".join(
        block.text.zh for block in problems(view_of([result]), result).chapter.blocks if isinstance(block, Paragraph)
    )
    assert "全部实现" not in said
    for score in whole.scores:
        if score.judged_by == "data" and score.verdict == "missed" and score.projected is None:
            assert score.target.name.zh not in str(problems(view_of([result]), result).chapter.blocks[0])
        if score.judged_by == "data" and score.verdict == "missed" and score.projected is not None:
            assert "仅供检验" in missed_sentence(score).zh
            assert published_gap(score).zh in missed_sentence(score).zh


def test_levers_of_the_path_stand_between_their_believable_bounds(
    report_of_2021: Report, asked_in_2021: pipeline.Outcome
) -> None:
    case = asked_in_2021.case
    entries = levers_file(case).levers
    labels = {case.city.data.parameters[name].label: entry.between for name, entry in entries.items()}
    figures = [figure for name, figure in report_of_2021.figures.items() if name.startswith("path_")]
    assert figures
    for figure in figures:
        assert isinstance(figure, Moves)
        for move in figure.moves:
            assert [move.low, move.high] == list(labels[move.label])
            assert move.low - 1e-9 <= move.then <= move.high + 1e-9


def test_nothing_is_advised_for_a_year_that_is_over(report: Report) -> None:
    (chapter,) = (item for item in report.chapters if item.key == "advice")
    assert "目标年（2025）已经过去" in str(chapter.blocks)
    assert not [name for name in report.figures if name.startswith("path_")]
    assert not [table for table in report.tables() if table.key.startswith("path_")]


def test_a_report_always_draws_its_own_scenario(outcomes: Sequence[pipeline.Outcome]) -> None:
    plan = results_of(outcomes)[1]
    many = view_of([replace(plan, scenario=f"copy_{place}") for place in range(9)])
    for place in range(9):
        led = many.led_by(f"copy_{place}")
        assert f"copy_{place}" in [result.scenario for result in led.plotted]
        assert len(led.plotted) == MOST_PLOTTED
        assert {result.scenario for result in led.scenarios} == {result.scenario for result in many.scenarios}


def test_the_first_page_names_the_targets_their_numbers_and_where_they_come_from(report: Report) -> None:
    bullets = " ".join(item.zh for block in report.chapters[0].blocks if isinstance(block, Bullets) for item in block.items)
    assert "实现：每年吸引来衡留衡就业创业人才数。" in bullets
    assert "未实现：地区生产总值、" in bullets
    assert "（中位数），目标 5,500 亿元左右" in bullets
    assert "已公布的 2025 年数为 4,690 亿元，比目标少 810.4 亿元。" in bullets
    assert "目标出处：" in bullets


def test_a_published_figure_of_the_target_s_year_is_said_and_no_other(outcomes: Sequence[pipeline.Outcome]) -> None:
    scores = {score.target.id: score for score in outcomes[1].scores}
    firms = scores["hy_hightech_firms_2025"]
    assert published_gap(firms).zh == "已公布的 2025 年数为 1,281 家，比目标少 219 家。"
    assert not published_gap(scores["hy_market_entities_2025"]).zh  # its last figure is of 2023
    reached = replace(firms, actual_value=1600.0, verdict="met")
    assert published_gap(reached).en == " The published figure meets it."


def test_causes_add_up_to_what_the_scenario_projects(report: Report, outcomes: Sequence[pipeline.Outcome]) -> None:
    bullets = [item.zh for block in report.chapters[3].blocks if isinstance(block, Bullets) for item in block.items]
    gdp = next(line for line in bullets if line.startswith("地区生产总值（中心情景）：不加措施为"))
    start, added, left = (float(text.replace(",", "")) for text in re.findall(r"(?:为|共 \+|仍差) ?([\d,.]+\d)", gdp))
    central = next(score.projected for score in outcomes[1].scores if score.target.id == "hy_gdp_2025")
    assert start + added == pytest.approx(central, abs=1.0)
    assert start + added + left == pytest.approx(5500.0, abs=1.0)


def test_programmes_add_up_to_all_named_projects(report: Report) -> None:
    (table,) = (table for table in report.tables() if table.key == "programmes")
    *rows, total = table.rows
    for column in (1, 2):
        values = [row[column].value or 0.0 for row in table.rows if isinstance(row[column], Number)]  # type: ignore[union-attr]
        assert sum(values[:-1]) == pytest.approx(values[-1])
    assert isinstance(rows[-1][0], Words)
    assert rows[-1][0].text == OTHERS
    assert isinstance(total[1], Number)
    assert total[1].value == 184


def test_a_study_that_fails_costs_neither_the_run_nor_the_others(
    drawn: tuple[pipeline.Outcome, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RunError([Fault(Text("负债为负", "debt is below nought"))])

    monkeypatch.setattr("sim.report.studies.attribution", broken)
    found = studies_of_run(drawn[1].case, drawn[1].design, lambda *_: None)
    assert found.attribution is None
    assert found.feasibility is not None
    assert "Left out, what each measure adds: debt is below nought." in [line.en for line in found.missing]


def test_a_running_row_says_that_its_projection_does_not_use_what_was_published(report: Report) -> None:
    blocks = next(chapter for chapter in report.chapters if chapter.key == "indicators").blocks
    table = next(block for block in blocks if isinstance(block, Table) and block.key == "scorecard")
    (row,) = [row for row in table.rows if isinstance(row[0], Words) and "market entities" in row[0].text.en]
    assert isinstance(row[0], Words)
    assert "projected without the published figures" in [line.en for line in row[0].below]
    said = [block.text.en for block in blocks if isinstance(block, Paragraph)]
    assert any("market entities: " in line and "published for 2023: 59.6" in line for line in said)
