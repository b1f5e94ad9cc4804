"""A report as a Word document: real styles, numbered captions, a table of contents, and pictures with alternative texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from sim.base.text import Language
from sim.report.document import Report
from sim.report.forms.plain_text import plain_text

_PAGE, _MARGINS, _WIDTH, _TALLEST = (21.0, 29.7), (2.2, 2.4), 16.6, 20.5
_PADDING = "45"
"""Twentieths of a point on either side of a cell, so that numbers of wide tables stay whole."""
_BODY, _SMALL = 12.0, 9.0
"""Sizes in points."""
_LATIN = "Times New Roman"
_SONG, _HEI, _FANG_SONG, _KAI = "宋体", "黑体", "仿宋", "楷体"
"""Faces of official documents: body in Fang Song, heads in Hei and Kai, tables in Song. Each has a stand-in in every Word."""
_INKS = {"good": "00664A", "fair": "7A5200", "bad": "9C2F1D", "quiet": "52606D"}
_SHADE, _LINE = "E4E7EB", "9AA5B1"


def word_document(report: Report, language: Language, pictures: Mapping[str, bytes]) -> bytes:
    """The document; `pictures` are PNG pictures by the key of their figure."""
    document = plain_text(report, language)
    writer = WordWriter(language)
    writer.front(document)
    for chapter in document["chapters"]:
        writer.chapter(chapter, pictures)
    return writer.packed(document["title"])


class WordWriter:
    """Writes blocks into one document, in one language."""

    def __init__(self, language: Language) -> None:
        self._document, self._language = Document(), language
        section = self._document.sections[0]
        section.page_width, section.page_height = (Cm(size) for size in _PAGE)
        section.left_margin = section.right_margin = Cm(_MARGINS[0])
        section.top_margin = section.bottom_margin = Cm(_MARGINS[1])
        self._styles()
        section.footer.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        _field(section.footer.paragraphs[0], " PAGE ", "1")

    def _styles(self) -> None:
        styles = self._document.styles
        _dress(styles["Normal"], _FANG_SONG, _BODY)
        styles["Normal"].paragraph_format.space_after = Pt(4)
        styles["Normal"].paragraph_format.line_spacing = 1.3
        heads = ("Title", _HEI, 22.0), ("Heading 1", _HEI, 16.0), ("Heading 2", _KAI, 13.5), ("Caption", _HEI, 10.0)
        for name, face, size in heads:
            _dress(styles[name], face, size)
            styles[name].font.color.rgb = RGBColor(0, 0, 0)
            styles[name].font.bold = name != "Caption"
            styles[name].font.italic = False
            styles[name].paragraph_format.keep_with_next = True
        _dress(styles["List Bullet"], _FANG_SONG, _BODY)
        _dress(styles.add_style("Remark", 1), _FANG_SONG, _SMALL)
        _dress(styles.add_style("Lead", 1), _FANG_SONG, 14.0)

    def front(self, document: Mapping[str, Any]) -> None:
        """Title, and the table of contents with its entries already in it."""
        self._document.add_paragraph(document["title"], style="Title")
        self._document.add_paragraph(document["subtitle"], style="Remark")
        self._document.add_paragraph(document["contents"], style="Lead")
        _contents(self._document, [chapter["title"] for chapter in document["chapters"]])

    def chapter(self, chapter: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
        """One chapter."""
        self._document.add_heading(chapter["title"], 1)
        for block in chapter["blocks"]:
            if block["kind"] == "paragraph":
                self._paragraph(block)
            elif block["kind"] == "bullets":
                for item in block["items"]:
                    self._document.add_paragraph(item, style="List Bullet")
            elif block["kind"] == "heading":
                self._document.add_heading(block["text"], 2)
            elif block["kind"] == "table":
                self._table(block)
            else:
                self._picture(block, pictures[block["key"]])

    def _paragraph(self, block: Mapping[str, Any]) -> None:
        style = {"lead": "Lead", "small": "Remark"}.get(block["style"], "Normal")
        paragraph = self._document.add_paragraph(style=style)
        paragraph.add_run(block["text"]).bold = block["style"] == "strong"
        if style == "Normal" and self._language == "zh":
            paragraph.paragraph_format.first_line_indent = Pt(2 * _BODY)

    def _table(self, block: Mapping[str, Any]) -> None:
        """A caption above, heads that are repeated on every page, rows that are not torn; a long table stands elsewhere."""
        _caption(self._document.add_paragraph(style="Caption"), block["caption"])
        if block["is_long"]:
            self._document.add_paragraph(block["elsewhere"], style="Remark")
            return
        columns = block["columns"]
        table = self._document.add_table(1, len(columns))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        size = block["size"]
        for cell, column in zip(table.rows[0].cells, columns, strict=True):
            _fill(cell, {"text": column["title"], "below": [], "tone": "strong"}, size, is_number=column["is_number"])
        for row in block["rows"]:
            cells = table.add_row().cells
            for cell, content, column in zip(cells, row, columns, strict=True):
                _fill(cell, content, size, is_number=column["is_number"])
        _ruled(table)
        _sized(table, [column["share"] for column in columns])
        if block["note"]:
            self._document.add_paragraph(block["note"], style="Remark")

    def _picture(self, block: Mapping[str, Any], picture: bytes) -> None:
        """A picture with its words for those who cannot see it, and a caption below."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        shape = paragraph.add_run().add_picture(BytesIO(picture), width=Cm(_WIDTH))
        if shape.height > Cm(_TALLEST):
            shape.width, shape.height = round(shape.width * Cm(_TALLEST) / shape.height), Cm(_TALLEST)
        shape._inline.docPr.set("descr", block["described"])  # noqa: SLF001  the library has no other way
        caption = self._document.add_paragraph(style="Caption")
        caption.paragraph_format.keep_with_next = False
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _caption(caption, block["caption"])

    def packed(self, title: str) -> bytes:
        """The bytes of the document."""
        self._document.core_properties.title = title
        self._document.core_properties.language = "zh-CN" if self._language == "zh" else "en-GB"
        stream = BytesIO()
        self._document.save(stream)
        return stream.getvalue()


def _dress(style: Any, face: str, size: float) -> None:
    """The letters of a style: Latin and Chinese faces apart, as Word keeps them."""
    style.font.name, style.font.size = _LATIN, Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(key), None)
    fonts.set(qn("w:eastAsia"), face)


def _element(tag: str, inside: str = "", **values: str) -> Any:
    """An element of Word's own markup, for what the library has no call for."""
    attributes = "".join(f' w:{key}="{value}"' for key, value in values.items())
    return parse_xml(f"<w:{tag} {nsdecls('w')}{attributes}>{inside}</w:{tag}>")


def _field(first: WordParagraph, instruction: str, shown: str = "", **values: str) -> None:
    """The beginning of a field, and what it shows until Word works it out again; a dirty one is worked out at once."""
    said = _element("instrText", instruction)
    said.set(qn("xml:space"), "preserve")
    for element in (_element("fldChar", fldCharType="begin", **values), said, _element("fldChar", fldCharType="separate")):
        first.add_run()._r.append(element)  # noqa: SLF001
    if shown:
        first.add_run(shown)
        _close_field(first)


def _close_field(paragraph: WordParagraph) -> None:
    paragraph.add_run()._r.append(_element("fldChar", fldCharType="end"))  # noqa: SLF001


def _caption(paragraph: WordParagraph, text: str) -> None:
    """Such as 表 3　情景设定, its number a field of Word's own."""
    head, number, rest = _NUMBERED.fullmatch(text).groups()  # type: ignore[union-attr]  # `plain_text.caption` wrote it
    paragraph.add_run(f"{head} ")
    _field(paragraph, f" SEQ {head} \\* ARABIC ", number)
    paragraph.add_run(rest)


_NUMBERED = re.compile(r"(\S*) (\d+)(.*)", re.DOTALL)


def _contents(document: Any, entries: list[str]) -> None:
    """The field of the table of contents, holding the chapters until Word fills in the pages."""
    paragraphs = [document.add_paragraph() for _ in entries]
    _field(paragraphs[0], ' TOC \\o "1-2" \\h \\z \\u ', dirty="true")
    for paragraph, entry in zip(paragraphs, entries, strict=True):
        paragraph.add_run(entry)
    _close_field(paragraphs[-1])
    paragraphs[-1].add_run().add_break()


def _fill(cell: WordCell, content: Mapping[str, Any], size: float, *, is_number: bool) -> None:
    """The text of a cell with its small lines; verdicts in their ink."""
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after, paragraph.paragraph_format.line_spacing = Pt(0), 1.05
    if is_number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    tone = content["tone"]
    run = paragraph.add_run(content["text"])
    _lettered(run, size, _INKS.get(tone))
    run.bold = tone in ("strong", "good", "fair", "bad")
    for line in content["below"]:
        run.add_break()
        run = paragraph.add_run(line)
        _lettered(run, size - 1.5, _INKS["quiet"])


def _lettered(run: Any, size: float, ink: str | None) -> None:
    run.font.size, run.font.name = Pt(size), _LATIN
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _SONG)  # noqa: SLF001
    if ink is not None:
        run.font.color.rgb = RGBColor.from_string(ink)


def _ruled(table: WordTable) -> None:
    """Lines between the rows, heavier above and below; heads are shaded and stand on every page; rows stay whole."""
    weights = {"top": 12, "bottom": 12, "insideH": 4}
    borders = "".join(f'<w:{side} w:val="single" w:sz="{weight}" w:color="{_LINE}"/>' for side, weight in weights.items())
    margins = "".join(f'<w:{side} w:w="{_PADDING}" w:type="dxa"/>' for side in ("left", "right"))
    table._tbl.tblPr.append(_element("tblBorders", borders))  # noqa: SLF001
    table._tbl.tblPr.append(_element("tblCellMar", margins))  # noqa: SLF001
    for cell in table.rows[0].cells:
        cell._tc.get_or_add_tcPr().append(_element("shd", val="clear", fill=_SHADE))  # noqa: SLF001
    table.rows[0]._tr.get_or_add_trPr().append(_element("tblHeader", val="true"))  # noqa: SLF001
    for row in table.rows:
        row._tr.get_or_add_trPr().append(_element("cantSplit"))  # noqa: SLF001


def _sized(table: WordTable, shares: list[float]) -> None:
    """The columns have their shares of the width of the page."""
    for place, share in enumerate(shares):
        for part in (table.columns[place], *(row.cells[place] for row in table.rows)):
            part.width = Cm(_WIDTH * share)
