"""A model without published figures: no sentence of its reports, pages and figures takes them for granted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest

from sim import api
from sim.base.text import LANGUAGES, Language
from sim.inputs.home import Home
from sim.inputs.outline import is_own_figure
from sim.plan.scorecard import Score
from sim.report.document import Paragraph, Report, Table
from sim.report.forms.page import page
from sim.report.forms.word import word_document
from sim.report.forms.workbook import workbook
from sim.report.studies import studies_of_run
from sim.report.sweeps.figures import fans
from sim.report.sweeps.findings import findings_of
from sim.report.sweeps.notebook import lines
from sim.report.sweeps.pages import result_of_sweep
from sim.report.view import MODEL, view_of
from sim.report.writing import comparison, reports_of
from sim.simulate import opening, pipeline
from sim.simulate.collect import results_of
from sim.simulate.draws import with_draws
from sim.simulate.result import Result
from tests.report.conftest import DRAWS
from tests.report.pages import Page
from tests.report.test_figures import REFERENCE

TAKEN_FOR_GRANTED = re.compile(
    "统计|公布|普查|年鉴|公报|后验|publish|statistic|census|yearbook|bulletin|posterior", re.IGNORECASE
)
SCENARIOS = ("models/urban/scenarios/renewal.yaml", "models/urban/scenarios/fewer_houses.yaml")


@pytest.fixture(scope="module")
def results(home: Home) -> list[Result]:
    cases = opening.open_cases(home, [home.folder / name for name in SCENARIOS], None, (), ())
    outcomes = [with_draws(pipeline.run(case), DRAWS) for case in cases]
    studies = {outcome.case.scenario.key: studies_of_run(outcome.case, DRAWS, lambda *_: None) for outcome in outcomes}
    return results_of(outcomes, studies)


def words(packed: bytes) -> str:
    with ZipFile(BytesIO(packed)) as archive:
        found = [archive.read(name).decode() for name in archive.namelist() if name.startswith(("word/document", "xl/"))]
    return re.sub(r"<[^>]*>", "\n", "".join(found))


def notes(report: Report, language: Language) -> str:
    """Notes below tables, and below figures but for those that a model's own file words, with all sources."""
    found = [block.note for block in report.blocks() if isinstance(block, Table)]
    for key, figure in report.figures.items():
        found += [figure.frame.source, *([figure.frame.note] if is_own_figure(key) else [])]
    return "\n".join(text.in_language(language) for text in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_of_a_report_speaks_of_published_figures(results: list[Result], language: Language) -> None:
    pictures = (REFERENCE / "bars.png").read_bytes()
    reports = reports_of(results)
    for report, result in zip(reports, results, strict=True):
        texts = [
            Page(page(report, language, dict.fromkeys(report.figures, "<svg/>"))).text,
            words(word_document(report, language, dict.fromkeys(report.figures, pictures))),
            words(workbook(report, result.projection, language)),
            notes(report, language),
            "".join(figure.described().in_language(language) for figure in report.figures.values()),
        ]
        assert all(report.title.in_language(language) in text for text in texts[:3])
        for text in texts:
            assert TAKEN_FOR_GRANTED.findall(text) == []
    both = comparison((view_of(results),), reports, "report.html")
    assert TAKEN_FOR_GRANTED.findall(Page(page(both, language, dict.fromkeys(both.figures, "<svg/>"))).text) == []


def test_every_chapter_of_it_says_something_once(results: list[Result]) -> None:
    for report in reports_of(results):
        assert "规划" not in report.title.zh
        for chapter in report.chapters:
            assert chapter.blocks
        for table in report.tables():
            assert table.rows


def test_lines_and_fans_of_it_are_by_the_model_alone() -> None:
    run, draws = api.run("mill_town"), api.sweep("mill_town", draws=16)
    assert lines(run, []).frame.source == fans(draws, ["population"]).frame.source == MODEL
    made = result_of_sweep(findings_of(draws))
    notes = [block.text for part in made.parts for block in part.above if isinstance(block, Paragraph)]
    said = [*made.said, *notes, lines(run, []).frame.note]
    assert not any("冲击" in text.zh or "shock" in text.en for text in said), "the model has no yearly shocks"


def test_a_model_without_a_ledger_has_no_word_of_one(results: list[Result]) -> None:
    texts = (page(report, "zh", dict.fromkeys(report.figures, "<svg/>")) for report in reports_of(results))
    assert not any("台账" in text for text in texts)


def test_targets_without_published_figures_are_told_by_the_projection_alone(outcomes: Sequence[pipeline.Outcome]) -> None:
    """The same plan, had nothing been published of the city: notes of tables and figures do not speak of it."""
    known = results_of(outcomes)
    unknown = [replace(result, published=(), comparisons=(), evaluation=(), scorecard=_unpublished(result)) for result in known]
    for language in LANGUAGES:
        for before, after in zip(reports_of(known), reports_of(unknown), strict=True):
            assert TAKEN_FOR_GRANTED.search(notes(before, language))
            assert TAKEN_FOR_GRANTED.findall(notes(after, language)) == []


def _unpublished(result: Result) -> tuple[Score, ...]:
    return tuple(
        replace(score, judged_by="model", actual_value=None, actual_year=None, base_origin=None) for score in result.scorecard
    )
