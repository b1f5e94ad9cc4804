"""Figures and rules that register themselves: names are taken once, over a whole report."""

from __future__ import annotations

from typing import Any

import pytest

from sim.base.text import Text
from sim.plan.findings import finding
from sim.report.chapters import Part
from sim.report.document import Chapter, Picture
from sim.report.registry import fail_if_doubled, figure

_DRAWN: Any = object()


def part(key: str, *figures: str) -> Part:
    return Part(Chapter(key, Text("章", "chapter"), tuple(Picture(name) for name in figures)), dict.fromkeys(figures, _DRAWN))


def test_a_figure_stands_in_one_chapter_of_a_report() -> None:
    fail_if_doubled([part("indicators", "fans"), part("outlook", "rates")])
    with pytest.raises(ValueError, match="there are two figures fans in one report"):
        fail_if_doubled([part("indicators", "fans"), part("outlook", "fans", "rates")])


def test_a_chapter_that_does_not_exist_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="stands in no chapter 'outlok': overall, indicators"):
        figure("outlok")(lambda view, result: None)


def test_a_finding_of_no_known_severity_is_refused() -> None:
    with pytest.raises(ValueError, match="'hint' is no severity of a finding: conflict, doubt, note"):
        finding("hint", (), "", Text("甲", "a"))  # type: ignore[arg-type]
