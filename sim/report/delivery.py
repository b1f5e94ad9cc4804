"""From results to the results folder: data, tables, figures and pages, written aside and renamed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from sim.base.processes import fail_if_interrupted
from sim.base.text import Language
from sim.plan.scorecard import write_scorecard
from sim.report.document import Report
from sim.report.drawing import finish_drawing, read_svgs, start_drawing
from sim.report.forms import FIGURES, PAGE, TABLE, file_name
from sim.report.forms.page import page
from sim.report.forms.workbook import workbook
from sim.report.view import views_of
from sim.report.writing import comparison, reports_of
from sim.result.store import RUN_FILE, results_folder, run_id
from sim.simulate.result import Result, packed_result


@dataclass(frozen=True)
class Delivered:
    """The folder of a run, and the characters that its figures show as boxes."""

    folder: Path
    unprintable: str


def deliver(results: Sequence[Result], parent: Path, language: Language, pool: ProcessPoolExecutor, now: datetime) -> Delivered:
    """Write everything of a run into a folder of its own below `parent`.

    Raises
    ------
    RunError
        when the folder cannot be written.
    """
    digest = sha256("".join(result.digest for result in results).encode()).hexdigest()
    with results_folder(parent, run_id(digest, now)) as pending:
        fail_if_interrupted()
        named = [replace(result, run=pending.target.name) for result in results]
        reports = reports_of(named)
        folders = [pending.folder / report.scenario for report in reports]
        figures = {
            folder / file_name(FIGURES, language): report.figures for folder, report in zip(folders, reports, strict=True)
        }
        drawing = start_drawing(figures, language, pool)
        for folder, result, report in zip(folders, named, reports, strict=True):
            folder.mkdir(exist_ok=True)
            write_scorecard(folder / "scorecard.csv", result.scorecard, language)
            (folder / file_name(TABLE, language)).write_bytes(workbook(report, result.projection, language))
            (folder / RUN_FILE).write_bytes(packed_result(result))
            fail_if_interrupted()
        unprintable = finish_drawing(drawing)
        fail_if_interrupted()
        _write_pages(pending.folder, named, reports, language)
    return Delivered(pending.target, unprintable)


def _write_pages(folder: Path, results: Sequence[Result], reports: Sequence[Report], language: Language) -> None:
    """The page of each scenario, and of several the page that compares them."""
    name, pictures = file_name(PAGE, language), dict[str, str]()
    for report in reports:
        svgs = read_svgs(folder / report.scenario / file_name(FIGURES, language), list(report.figures))
        pictures = {**svgs, **pictures}
        (folder / report.scenario / name).write_text(page(report, language, svgs), encoding="utf-8")
    if len(reports) > 1:
        both = comparison(list(views_of(results, reports[0].run).values()), reports, name)
        (folder / file_name("compare.html", language)).write_text(page(both, language, pictures), encoding="utf-8")
