"""A report as a PDF, typeset with typst; text and numbers go to it as data, so that nothing in them is taken for markup."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import typst

from sim.base.durable import scratch_folder
from sim.base.errors import Fault, Place, RunError
from sim.base.text import Language, Text
from sim.report.document import Report
from sim.report.forms.plain_text import plain_text
from sim.report.style import FONT_FILE, unprintable

TEMPLATE = Path(__file__).parents[1] / "templates" / "report.typ"


def pdf(report: Report, language: Language, svgs: Mapping[str, str]) -> bytes:
    """The document; `svgs` are SVG documents by the key of their figure.

    Raises
    ------
    RunError
        when a character of a text is not in the font.
    """
    content = json.dumps(plain_text(report, language), ensure_ascii=False)
    _fail_if_unprintable(content, report)
    with scratch_folder() as folder:
        (folder / "report.typ").write_bytes(TEMPLATE.read_bytes())
        (folder / "report.json").write_text(content, encoding="utf-8")
        for key, svg in svgs.items():
            (folder / f"{key}.svg").write_text(svg, encoding="utf-8")
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_FILE.parent)])
        try:
            made = typst.compile(str(folder / "report.typ"), root=str(folder), font_paths=fonts, pdf_standards="ua-1")
        except typst.TypstError as error:
            message = Text(f"PDF 无法排版：{error.message}", f"the PDF cannot be typeset: {error.message}")
            raise RunError(Fault(message, Place(key=report.scenario), _ADVICE)) from error
    return bytes(made)


_ADVICE = Text("请换一个字，或改用 --format docx", "take another character, or ask for --format docx")


def _fail_if_unprintable(content: str, report: Report) -> None:
    missing = unprintable([content])
    if missing:
        named = [f"{letter}（U+{ord(letter):04X}）" for letter in missing]
        message = Text(f"PDF 的字体没有 {'、'.join(named)}", f"the font of the PDF lacks {', '.join(named)}")
        raise RunError(Fault(message, Place(key=report.scenario), _ADVICE))
