"""The forms of a report, written one by one: what goes wrong with one costs that one and no other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.base.durable import scratch_folder
from sim.base.errors import SimError
from sim.base.text import Language, Text
from sim.report.drawing import finish_drawing, read_svgs, start_drawing
from sim.report.forms.names import FIGURES, FORMS, file_name


@dataclass(frozen=True)
class Written:
    """Files that were written, why others were not, and characters that figures show as boxes."""

    files: tuple[Path, ...]
    troubles: tuple[Text, ...]
    unprintable: str


def write_forms(record: Any, projection: Any, folder: Path, forms: Sequence[str], language: Language, pool: Any) -> Written:
    """Draw the figures of one scenario and write its forms; each takes its place as soon as it is made."""
    written: list[Path] = []
    troubles: list[Text] = []
    with scratch_folder() as drawn:
        unprintable = finish_drawing(start_drawing({drawn: record.figures}, language, pool))
        made = [(file_name(FORMS[form], language), form) for form in forms]
        for target, form in (*made, (file_name(FIGURES, language), "")):
            try:
                _put(folder, _contents(form, target, record, projection, language, drawn))
            except (SimError, OSError, ValueError) as error:
                troubles.append(_trouble(target, error))
            else:
                written += [folder / target] if form else []
    return Written(tuple(written), tuple(troubles), unprintable)


def _put(folder: Path, contents: Mapping[str, bytes]) -> None:
    from sim.result.store import new_files

    with new_files(folder) as aside:
        for name, content in contents.items():
            (aside / name).parent.mkdir(exist_ok=True)
            (aside / name).write_bytes(content)


def _contents(form: str, target: str, record: Any, projection: Any, language: Language, drawn: Path) -> dict[str, bytes]:
    """The files of a form below the folder of the scenario; without a form, those of its figures."""
    if form:
        return {target: _form(form, record, projection, language, drawn)}
    return {f"{target}/{item.name}": item.read_bytes() for item in sorted(drawn.iterdir())}


def _trouble(target: str, error: Exception) -> Text:
    """One sentence, in which the file is named that was not written."""
    fault = error.faults[0] if isinstance(error, SimError) else None
    message = Text(str(error), str(error)) if fault is None else fault.message
    advice = Text("", "") if fault is None or fault.advice is None else Text("；", "; ") + fault.advice
    return Text(f"没有写出 {target}：", f"{target} was not written: ") + message + advice


def _form(form: str, record: Any, projection: Any, language: Language, figures: Path) -> bytes:
    if form == "xlsx":
        from sim.report.forms.workbook import workbook

        return workbook(record, projection, language)
    if form == "docx":
        from sim.report.forms.word import word_document

        return word_document(record, language, {name: (figures / f"{name}.png").read_bytes() for name in record.figures})
    svgs = read_svgs(figures, list(record.figures))
    if form == "pdf":
        from sim.report.forms.pdf import pdf

        return pdf(record, language, svgs)
    from sim.report.forms.page import page

    return page(record, language, svgs).encode()
