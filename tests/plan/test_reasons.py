"""What is known of a target that is not judged is that the project holds no datum: each reason says what to enter and where."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.inputs.bindings import HistoryBinding
from sim.inputs.home import Home
from sim.plan.scorecard import coverage_of, coverage_words
from sim.simulate import opening, pipeline
from tests.conftest import ROOT

CLAIMS = re.compile(
    "[未没不](?:有|再|曾|单独)*公布|统计都没有|statistics print"
    "|(?:not|never|no longer|nothing is|no datum [a-z0-9 ]*was|no [a-z ]*(?:is|are)) published"
)
"""Words that say what the world has published or not."""


@pytest.fixture(scope="module")
def whole(home: Home) -> pipeline.Outcome:
    (case,) = opening.open_cases(home, [home.scenarios / "whole_plan.yaml"], None, (), ())
    return pipeline.run(case)


def test_no_reason_claims_that_nothing_was_published(whole: pipeline.Outcome) -> None:
    reasons = [score.reason for score in whole.scores if score.verdict == "not_judged"]
    reasons += [score.caution for score in whole.scores]
    assert len(reasons) > 150
    assert [text for text in reasons if CLAIMS.search(text.zh) or CLAIMS.search(text.en)] == []


def test_a_target_of_the_past_without_a_datum_says_what_to_enter(whole: pipeline.Outcome) -> None:
    catalogue = whole.case.city.catalogue
    for score in whole.scores:
        binding = catalogue.by_kind.of(score.target.id)
        if score.verdict == "not_judged" and isinstance(binding, HistoryBinding):
            for words in (score.reason.zh, score.reason.en):
                assert "history.csv" in words
                assert (f"`{binding.indicator}`" if binding.indicator else f"{score.target.id}") in words
                assert str(score.target.year) in words


def test_a_standing_that_is_unknown_says_what_to_enter(whole: pipeline.Outcome) -> None:
    rows = [row for row in whole.evaluated if row.standing == "unknown"]
    assert rows
    for row in rows:
        assert not CLAIMS.search(f"{row.reason.zh} {row.reason.en}"), row.reason
    wanted = [row for row in rows if "entered" in row.reason.en or "lacks" in row.reason.en]
    assert len(wanted) > len(rows) // 2
    assert all(".csv" in row.reason.zh and ".csv" in row.reason.en for row in wanted)


def texts() -> Iterator[tuple[str, str]]:
    """Every sentence that code writes in two languages, and the lines of the files that people write."""
    for file in sorted([*(ROOT / "sim").rglob("*.py"), *(ROOT / "models").rglob("*.py")]):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text":
                yield from ((str(file), str(part.value)) for part in ast.walk(node) if isinstance(part, ast.Constant))
    for file in sorted((ROOT / "models").rglob("*.yaml")):
        yield from ((str(file), line) for line in file.read_text(encoding="utf-8").splitlines())


def test_no_sentence_of_the_program_or_of_a_city_claims_it() -> None:
    assert [(file, text) for file, text in texts() if CLAIMS.search(text)] == []


def test_every_target_is_counted_once_and_reasons_are_few(whole: pipeline.Outcome) -> None:
    found = coverage_of(whole.scores)
    assert found.total == len(whole.case.city.catalogue.targets) == found.judged_total + sum(found.left.values())
    assert found.judged_total == sum(score.verdict != "not_judged" for score in whole.scores)
    assert set(found.judged) == {"model", "ledger", "data"}
    assert len(found.left) <= 8
    said = coverage_words(found)
    for number in (found.total, found.judged_total, *found.judged.values(), *found.left.values()):
        assert str(number) in said.zh
        assert str(number) in said.en


@pytest.mark.parametrize("page", sorted(ROOT.glob("README*.md")), ids=lambda page: page.name)
def test_what_a_readme_says_of_the_judged_targets_is_true(page: Path, whole: pipeline.Outcome) -> None:
    """How many are judged, by what, and why the others are not stands there as the program says it today."""
    said = coverage_words(coverage_of(whole.scores))
    text = "".join(page.read_text(encoding="utf-8").split())
    assert any("".join(words.split()) in text for words in (said.zh, said.en))
