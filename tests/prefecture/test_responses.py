"""What levers and assumptions do, held against what can be expected: misses are known and said, and the pages are fresh."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from sim.base.text import Language
from tools import make_responses
from tools.make_responses import Response

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def responses() -> tuple[Response, ...]:
    return tuple(make_responses.responses())


def test_what_lies_outside_of_the_expectation_says_why_and_nothing_else_does(responses: tuple[Response, ...]) -> None:
    wrong = [(item.entry["shock"], item.measured) for item in responses if item.is_inside == ("outside" in item.entry)]
    assert wrong == []


def test_every_expectation_is_a_range_with_a_source(responses: tuple[Response, ...]) -> None:
    for item in responses:
        assert all(low < high for low, high in item.entry["expected"].values())
        assert item.entry["evidence"] in {"M", "A"}
        assert set(item.entry["source"]) == {"zh", "en"}


@pytest.mark.parametrize(("language", "name"), [("zh", "responses.md"), ("en", "responses_en.md")])
def test_the_page_is_what_the_model_gives(
    language: str, name: str, responses: tuple[Response, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def measured() -> Iterator[Response]:
        return iter(responses)

    monkeypatch.setattr(make_responses, "responses", measured)
    assert make_responses.page(cast("Language", language)) == (ROOT / "docs" / name).read_text(encoding="utf-8")
