"""Figures and rules that register themselves: names are taken once, over a whole report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sim.base.text import Language, Text
from sim.plan.findings import finding
from sim.report import registry
from sim.report.chapters import Part
from sim.report.delivery import deliver, drawing_workers, write_forms
from sim.report.document import Chapter, Picture
from sim.report.figures import Figure, Frame
from sim.report.figures.lines import Scatter
from sim.report.registry import fail_if_doubled, figure
from sim.report.writing import reports_of
from sim.simulate.collect import results_of
from sim.simulate.pipeline import Outcome
from sim.simulate.result import read_result

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


@dataclass(frozen=True)
class Undrawable(Scatter):
    """A figure of a user's own with a slip in it."""

    def draw(self, language: Language) -> Any:
        raise ZeroDivisionError("no axis")

    def said(self) -> list[Text]:
        return []


def test_a_figure_of_ones_own_that_fails_costs_itself_alone(
    drawn: tuple[Outcome, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run is kept with all other figures, and a sentence names each figure that failed, wherever it did."""

    def unmade(*_: object) -> Figure:
        raise KeyError("no_such_variable")

    results = results_of(drawn[:1], {})
    undrawable = Undrawable(Frame(Text("图", "figure"), Text("注", "note")), (), Text("横", "across"), Text("纵", "up"))
    own = {"unmade": ("outlook", unmade), "undrawable": ("overall", lambda *_: undrawable)}
    monkeypatch.setattr(registry, "REGISTERED", {**registry.REGISTERED, **own})
    with drawing_workers() as pool:
        made = deliver(results, tmp_path, "en", pool, datetime(2026, 1, 1, tzinfo=UTC))
        assert [line.en for line in made.remarks] == [
            "the figure unmade was not drawn: KeyError: 'no_such_variable'",
            "the figure undrawable was not drawn: ZeroDivisionError: no axis",
        ]
        folder = made.folder / results[0].scenario
        stored, page = read_result(folder / "run.nc"), (folder / "report.en.html").read_text(encoding="utf-8")
        assert stored.scenario == results[0].scenario
        assert 'aria-label="How far the plan' in page
        assert (folder / "figures.en" / "progress.png").is_file()
        (report,) = reports_of([stored])
        again = write_forms(report, stored, folder, ["html", "docx"], "zh", pool)
    assert [file.name for file in again.files] == ["report.html", "report.docx"]
    assert [line.zh for line in again.troubles][-1] == "图 undrawable 没有画出：ZeroDivisionError: no axis"
