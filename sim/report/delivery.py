"""From results to files: figures drawn by worker processes, the forms of a report, and the folder of a run.

A figure that cannot be drawn costs itself alone, and so does a form that cannot be written: each is said in a sentence.
"""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.base.durable import scratch_folder
from sim.base.errors import SimError
from sim.base.processes import block_sigint, fail_if_interrupted, init_worker
from sim.base.text import Language, Text
from sim.plan.scorecard import write_scorecard
from sim.report import style
from sim.report.document import Report, not_drawn
from sim.report.forms import FIGURES, FORMS, PAGE, file_name
from sim.report.forms.page import page
from sim.report.forms.workbook import workbook
from sim.report.lettering import unprintable_words
from sim.report.view import views_of
from sim.report.writing import comparison, reports_of
from sim.result.store import RUN_FILE, new_files, results_folder, run_id
from sim.simulate.result import Result, packed_result

_log = logging.getLogger(__name__)


@contextmanager
def drawing_workers(workers: int = 2) -> Iterator[ProcessPoolExecutor]:
    """Worker processes that warm up in the background; when the block fails they are ended at once, whatever they do."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=init_worker)
    try:
        with block_sigint():
            for _ in range(workers):
                pool.submit(_warm_up)
        yield pool
    except BaseException:
        for child in multiprocessing.active_children():
            if isinstance(child, context.Process):
                child.kill()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _warm_up() -> None:
    """Load matplotlib and all that drawing needs, which this module imports."""


@dataclass(frozen=True)
class Drawing:
    """A figure that a worker draws, and its files without their suffixes."""

    stems: Sequence[Path]
    letters: Future[str]


def start_drawing(figures: Mapping[Path, Mapping[str, Any]], language: Language, pool: ProcessPoolExecutor) -> list[Drawing]:
    """Have the figures of each folder drawn there as PNG and SVG; what several folders show alike is drawn once.

    The slowest go first, so that all workers finish together.
    """
    stems: dict[Any, list[Path]] = {}
    for folder, named in figures.items():
        folder.mkdir(parents=True, exist_ok=True)
        for name, figure in named.items():
            stems.setdefault((name, figure), []).append(folder / name)
    order = sorted(stems.items(), key=lambda item: -item[0][1].weight)
    return [Drawing(places, pool.submit(draw_one, figure, language, places)) for (_, figure), places in order]


def draw_one(figure: Any, language: Language, stems: Sequence[Path]) -> str:
    """Draw one figure and return the characters that its font lacks; runs in a worker."""
    with style.house_style():
        picture = style.untitled(figure.draw(language))
        for suffix, content in style.pictures(picture).items():
            for stem in stems:
                stem.with_suffix(suffix).write_bytes(content)
        return style.unprintable_in(picture)


def finish_drawing(drawing: Sequence[Drawing]) -> tuple[str, dict[Path, Text]]:
    """Wait for all figures: the characters that they show as boxes, and by the stem of its files why one was not drawn."""
    letters, failed = set[str](), dict[Path, Text]()
    for item in drawing:
        try:
            letters |= set(item.letters.result())
        except (BrokenExecutor, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001  a figure may be anybody's, and costs no run
            _log.warning("a figure was not drawn", exc_info=error)
            failed |= {stem: not_drawn(stem.name, error) for stem in item.stems}
    return "".join(sorted(letters)), failed


def _as_drawn(report: Report, folder: Path, failed: Mapping[Path, Text]) -> Report:
    """The report without the figures that were not drawn, of which it says so."""
    lost = {name: failed[folder / name] for name in report.figures if folder / name in failed}
    return report.without(lost)


def read_svgs(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """The drawn SVG documents by name."""
    return {name: (folder / f"{name}.svg").read_text(encoding="utf-8") for name in names}


@dataclass(frozen=True)
class Delivered:
    """Folder and files that were written, the characters that figures show as boxes, and what could not be made."""

    folder: Path
    files: tuple[Path, ...]
    unprintable: str
    troubles: tuple[Text, ...]

    @property
    def remarks(self) -> list[Text]:
        """All that must be said of it."""
        return [*unprintable_words(self.unprintable), *dict.fromkeys(self.troubles)]

    def __add__(self, other: Delivered) -> Delivered:
        unprintable, troubles = self.unprintable + other.unprintable, self.troubles + other.troubles
        return Delivered(self.folder, self.files + other.files, unprintable, troubles)


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
        for result in named:
            folder = pending.folder / result.scenario
            folder.mkdir(exist_ok=True)
            (folder / RUN_FILE).write_bytes(packed_result(result))
            write_scorecard(folder / "scorecard.csv", result.scorecard, language)
        reports = reports_of(named)
        figures = {pending.folder / report.scenario / file_name(FIGURES, language): report for report in reports}
        drawing = start_drawing({place: report.figures for place, report in figures.items()}, language, pool)
        for result, (place, report) in zip(named, figures.items(), strict=True):
            _put_form("xlsx", place.parent, report, result, language)
            fail_if_interrupted()
        unprintable, failed = finish_drawing(drawing)
        fail_if_interrupted()
        drawn = {place: _as_drawn(report, place, failed) for place, report in figures.items()}
        for result, (place, report) in zip(named, drawn.items(), strict=True):
            _put_form("html", place.parent, report, result, language)
        if len(reports) > 1:
            _put_comparison(pending.folder, named, drawn, language)
    return Delivered(pending.target, (), unprintable, tuple(line for report in drawn.values() for line in report.troubles))


def _put_form(form: str, folder: Path, report: Report, result: Result, language: Language) -> None:
    name = file_name(FORMS[form], language)
    (folder / name).write_bytes(_form(form, report, result, language, folder / file_name(FIGURES, language)))


def _put_comparison(folder: Path, results: Sequence[Result], drawn: Mapping[Path, Report], language: Language) -> None:
    """The page that compares the scenarios; of a figure that several have, it shows that of the first."""
    pictures, reports = dict[str, str](), list(drawn.values())
    for place, report in drawn.items():
        pictures = {**read_svgs(place, list(report.figures)), **pictures}
    both = comparison(list(views_of(results, reports[0].run).values()), reports, file_name(PAGE, language))
    (folder / file_name("compare.html", language)).write_text(page(both, language, pictures), encoding="utf-8")


def write_forms(
    report: Report, result: Result, folder: Path, forms: Sequence[str], language: Language, pool: ProcessPoolExecutor
) -> Delivered:
    """Draw the figures of one scenario and write its forms; what goes wrong with one costs that one and no other."""
    written, troubles = list[Path](), list[Text]()
    with scratch_folder() as figures:
        unprintable, failed = finish_drawing(start_drawing({figures: report.figures}, language, pool))
        report = _as_drawn(report, figures, failed)
        named = [(file_name(FORMS[form], language), form) for form in forms]
        for target, form in (*named, (file_name(FIGURES, language), "")):
            try:
                if form:
                    contents = {target: _form(form, report, result, language, figures)}
                else:
                    contents = {f"{target}/{item.name}": item.read_bytes() for item in sorted(figures.iterdir())}
                with new_files(folder) as aside:
                    for name, content in contents.items():
                        (aside / name).parent.mkdir(exist_ok=True)
                        (aside / name).write_bytes(content)
            except (SimError, OSError, ValueError) as error:
                troubles.append(_trouble(target, error))
            else:
                written += [folder / target] if form else []
    return Delivered(folder, tuple(written), unprintable, (*report.troubles, *troubles))


def _trouble(target: str, error: Exception) -> Text:
    """Return one sentence, in which the file is named that was not written."""
    head = Text(f"没有写出 {target}：", f"{target} was not written: ")
    if not isinstance(error, SimError):
        return head + Text(str(error), str(error))
    fault = error.faults[0]
    return head + fault.message + (Text("", "") if fault.advice is None else Text("；", "; ") + fault.advice)


def _form(form: str, report: Report, result: Result, language: Language, figures: Path) -> bytes:
    """Return a form of a report whose figures are drawn."""
    if form == "xlsx":
        return workbook(report, result.projection, language)
    if form == "docx":
        from sim.report.forms.word import word_document  # noqa: PLC0415  an extra

        return word_document(report, language, {name: (figures / f"{name}.png").read_bytes() for name in report.figures})
    svgs = read_svgs(figures, list(report.figures))
    if form == "pdf":
        from sim.report.forms.pdf import pdf  # noqa: PLC0415  an extra

        return pdf(report, language, svgs)
    return page(report, language, svgs).encode()
