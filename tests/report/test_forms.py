"""Page, Word document, PDF and workbook: all of them print the numbers of one record, in both languages."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import docx
import matplotlib.image
import numpy as np
import openpyxl
import pypdf
import pytest
import xarray as xr
from docx.document import Document

from sim.base.text import LANGUAGES, Language, Text
from sim.report.cells import Column, Number
from sim.report.delivery import draw_one, read_svgs
from sim.report.document import Chapter, Paragraph, Report, table_of
from sim.report.figures.dots import Progress
from sim.report.forms.page import page
from sim.report.forms.pdf import pdf
from sim.report.forms.plain_text import caption, cell_text, chapter_title, numbering, plain_text
from sim.report.forms.word import word_document
from sim.report.forms.workbook import number_format, sheet_name, workbook
from sim.report.lettering import unprintable_words
from sim.report.style import unprintable
from sim.simulate import pipeline
from tests.report.pages import Page

Cells = dict[str, list[list[str]]]
_NUMBER = re.compile(r"[−+<]?\d[\d,]*\.?\d*")


@pytest.fixture(scope="session")
def svgs(report: Report, pictures: Mapping[Language, Path]) -> Mapping[Language, Mapping[str, str]]:
    return {language: read_svgs(folder, list(report.figures)) for language, folder in pictures.items()}


@pytest.fixture(scope="session")
def documents(report: Report, pictures: Mapping[Language, Path]) -> Mapping[Language, bytes]:
    return {
        language: word_document(report, language, {name: (folder / f"{name}.png").read_bytes() for name in report.figures})
        for language, folder in pictures.items()
    }


@pytest.fixture(scope="session")
def books(report: Report, drawn: tuple[pipeline.Outcome, ...]) -> Mapping[Language, bytes]:
    return {language: workbook(report, drawn[1].projection, language) for language in LANGUAGES}


def printed(report: Report, language: Language) -> Cells:
    """The cells of every table as the record has them."""
    return {table.key: [[cell_text(cell, language) for cell in row] for row in table.rows] for table in report.tables()}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_prints_every_cell(report: Report, svgs: Mapping[Language, Mapping[str, str]], language: Language) -> None:
    found = Page(page(report, language, svgs[language])).tables
    for key, rows in printed(report, language).items():
        assert [[squeezed(cell) for cell in row] for row in found[f"table-{key}"][1:]] == [
            [squeezed(cell) for cell in row] for row in rows
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_prints_every_cell_of_its_tables(report: Report, documents: Mapping[Language, bytes], language: Language) -> None:
    document = docx.Document(BytesIO(documents[language]))
    short = [table for table in report.tables() if not table.is_long]
    assert len(document.tables) == len(short)
    expected = printed(report, language)
    for table, ours in zip(document.tables, short, strict=True):
        rows = [[squeezed(cell.text) for cell in row.cells] for row in table.rows]
        assert rows[0] == [squeezed(column.title.in_language(language)) for column in ours.columns]
        assert rows[1:] == [[squeezed(cell) for cell in row] for row in expected[ours.key]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_excel_holds_the_numbers_that_the_report_prints(
    report: Report, books: Mapping[Language, bytes], language: Language
) -> None:
    book = openpyxl.load_workbook(BytesIO(books[language]))
    for table in report.tables():
        sheet = book[sheet_name(table.caption.in_language(language))]
        for place, row in enumerate(table.rows, start=2):
            for column, cell in enumerate(row, start=1):
                found = sheet.cell(place, column)
                if not isinstance(cell, Number):
                    assert str(found.value or "").lstrip("\u200b") == cell_text(cell, language)
                elif cell.value is None:
                    assert found.value is None
                else:
                    assert found.number_format == number_format(cell, language)
                    assert replace(cell, value=float(str(found.value))).shown(language) == cell.shown(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_prints_every_row_of_its_tables_and_every_sentence(
    report: Report, svgs: Mapping[Language, Mapping[str, str]], language: Language
) -> None:
    made = pypdf.PdfReader(BytesIO(pdf(report, language, svgs[language])))
    text = squeezed("".join(re.sub(r"\d+\s*$", "", sheet.extract_text()) for sheet in made.pages))  # without page numbers
    rows = [row for table in report.tables() if not table.is_long for row in table.rows]
    whole = sum(squeezed("".join(cell_text(cell, language) for cell in row)) in text for row in rows)
    assert whole >= 0.95 * len(rows)  # some rows are torn by the end of a page
    for block in report.blocks():
        if isinstance(block, Paragraph):
            assert squeezed(block.text.in_language(language)) in text
    assert made.metadata is not None
    assert made.metadata.title == report.title.in_language(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caption_of_the_pdf_stands_above_the_foot_of_its_page(
    report: Report, svgs: Mapping[Language, Mapping[str, str]], language: Language
) -> None:
    tall = "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='{height}' viewBox='0 0 100 {height}'><g/></svg>"
    heights = [80, 130, 200, 400]
    shown = {key: tall.format(height=heights[place % 4]) for place, key in enumerate(svgs[language])}
    word = {"zh": "图", "en": "Figure"}[language]
    places: list[float] = []

    def visit(text: str, page: Sequence[float], line: Sequence[float], *more: object) -> None:
        if text.strip().startswith(word):
            places.append(page[1] * line[4] + page[3] * line[5] + page[5])

    for sheet in pypdf.PdfReader(BytesIO(pdf(report, language, shown))).pages:
        sheet.extract_text(visitor_text=visit)
    foot = 20.0 / 25.4 * 72.0
    assert len(places) >= len(shown)
    assert min(places) >= foot


def test_pictures_of_word_fit_on_its_pages(report: Report, documents: Mapping[Language, bytes]) -> None:
    square = {name: _png(400, 400) for name in report.figures}
    tall = square | {next(iter(square)): _png(100, 900)}
    made: Document = docx.Document(BytesIO(word_document(report, "zh", tall)))
    section = made.sections[0]
    room = (section.page_height or 0) - (section.top_margin or 0) - (section.bottom_margin or 0)
    shapes = list(made.inline_shapes)
    assert all(0 < shape.height < room for shape in shapes)
    assert shapes[0].height / shapes[0].width == pytest.approx(9.0, rel=1e-3)
    assert shapes[1].height == pytest.approx(shapes[1].width, rel=1e-3)


def _png(width: int, height: int) -> bytes:
    stream = BytesIO()
    matplotlib.image.imsave(stream, np.zeros((height, width)), format="png")
    return stream.getvalue()


def test_both_languages_print_the_same_numbers(report: Report) -> None:
    zh, en = (printed(report, language) for language in LANGUAGES)
    count = 0
    for table in report.tables():
        for row_zh, row_en, row in zip(zh[table.key], en[table.key], table.rows, strict=True):
            for one, other, cell in zip(row_zh, row_en, row, strict=True):
                if isinstance(cell, Number):
                    assert _NUMBER.findall(one) == _NUMBER.findall(other)
                    count += 1
    assert count > 200


def test_the_chapters_are_the_bureaus(report: Report) -> None:
    titles = [chapter_title(chapter.title, place, "zh") for place, chapter in enumerate(report.chapters)]
    assert titles == [
        "一、总体评估结论",
        "二、主要指标实现情况",
        "三、重点任务与重大工程进展",
        "四、存在问题及原因",
        "五、形势研判与概率",
        "六、对策建议：所需路径",
        "附：数据与方法",
    ]
    heads = [column.title.zh for column in next(table for table in report.tables() if table.key == "indicators").columns]
    assert heads == ["指标", "单位", "基期", "目标", "目标年", "实际或预测", "进度", "时序进度", "判定", "属性", "数据来源"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_self_contained_and_can_be_heard(
    report: Report, svgs: Mapping[Language, Mapping[str, str]], language: Language
) -> None:
    found = Page(page(report, language, svgs[language]))
    assert found.addresses == []
    assert len(found.images) == len(report.figures)
    assert all(image["role"] == "img" and len(image["aria-label"] or "") > 20 for image in found.images)
    assert found.heads[0] == "h1"
    assert found.heads.count("h1") == 1
    assert len(found.ids) == len(set(found.ids))


def _contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2 defines it."""
    lights = []
    for colour in (one, other):
        parts = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255.0
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        lights.append(float(linear @ [0.2126, 0.7152, 0.0722]))
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_the_inks_of_the_page_can_be_read_on_white() -> None:
    style = (Path(__file__).parents[2] / "sim" / "report" / "templates" / "base.html.j2").read_text(encoding="utf-8")
    inks = dict(re.findall(r"--(ink|grey|good|fair|bad|link):(#[0-9a-f]{6})", style))
    assert len(inks) == 6
    assert min(_contrast(ink, "#ffffff") for ink in inks.values()) >= 4.5


def test_ids_of_pictures_do_not_clash_on_a_page(report: Report) -> None:
    svg = dict.fromkeys(report.figures, '<?xml version="1.0"?><svg id="a"><use href="#a"/></svg>')
    text = page(report, "zh", svg)
    assert 'id="gdp-a"' in text
    assert 'href="#pyramid-a"' in text
    assert "<?xml" not in text


def _small(text: str, note: str = "") -> Report:
    words = Text(text, text)
    block = table_of("t", Text("表", "table"), (Column(words, lambda item: item),), (words,), Text(note, note))
    chapter = Chapter("c", words, (Paragraph(words), block))
    return Report(words, words, "s", words, "run", "0", (chapter,), {}, {})


@pytest.mark.parametrize(
    "strange", ["<script>x</script>", '#import "x"', "$x^2$", "*a* _b_ @c", "=1+1", "<r>a & b</r>", "http://a"]
)
def test_texts_are_texts_in_every_form(strange: str) -> None:
    """Nothing that a scenario says is taken for markup, a formula or an address."""
    report, empty = _small(strange), xr.Dataset(coords={"year": [2020]})
    assert "<script>" not in page(report, "zh", {})
    assert strange in Page(page(report, "zh", {})).text
    assert strange in [paragraph.text for paragraph in docx.Document(BytesIO(word_document(report, "zh", {}))).paragraphs]
    assert squeezed(strange) in squeezed(pypdf.PdfReader(BytesIO(pdf(report, "zh", {}))).pages[0].extract_text())
    cell = openpyxl.load_workbook(BytesIO(workbook(report, empty, "zh")))["表"].cell(2, 1)
    assert (str(cell.value).lstrip("\u200b"), cell.data_type) == (strange, "s")


def test_the_font_holds_the_characters_of_names() -> None:
    """Places of county level that GB 2312 lacks, common given names, and the whole of GB 2312."""
    places = "埇桥 鄠邑 郴州 耒阳 祁东 酃县 浛洸 䢺舍 盱眙 邗江 邳州 珲春 罘山 茌平 牤牛河 垟心 黟县 歙县 新晃㮾 㵲水 硚口 嶅山"
    given = "堃 喆 玥 祎 珺 甯 昇 峯 頔 奡 彧 犇 赟 翀 烨 煊 瀚 瑯 珮 濬 淼 鑫 骉"
    codes = (bytes((row, cell)) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF))
    level_one_and_two = "".join(pair.decode("gb2312", errors="ignore") for pair in codes)
    assert len(level_one_and_two) == 6763
    assert unprintable([places, given, level_one_and_two]) == ""
    assert unprintable(["面\U0001f35c"]) == "\U0001f35c"


@pytest.mark.filterwarnings("error")
def test_a_missing_glyph_in_a_figure_is_said_once_and_warns_nobody(report: Report, tmp_path: Path) -> None:
    figure = report.figures["progress"]
    assert isinstance(figure, Progress)
    rows = tuple(replace(row, name=Text("目标\U0001f35c", "x")) for row in figure.rows)
    assert draw_one(replace(figure, rows=rows), "zh", [tmp_path / "progress"]) == "\U0001f35c"
    (said,) = unprintable_words("\U0001f35c\U0001f35c")
    assert said.zh == "图的字体没有 \U0001f35c（U+1F35C），图中以方框代替。"


def _xml(content: bytes, part: str) -> ET.Element:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return ET.fromstring(archive.read(part))  # noqa: S314  our own file


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def test_word_has_styles_captions_contents_and_alternative_texts(report: Report, documents: Mapping[Language, bytes]) -> None:
    document: Document = docx.Document(BytesIO(documents["zh"]))
    styles = [paragraph.style.name for paragraph in document.paragraphs if paragraph.style is not None]
    assert styles.count("Heading 1") == len(report.chapters)
    tables, figures = (len(keys) for keys in numbering(report).values())
    assert styles.count("Caption") == tables + figures
    body = _xml(documents["zh"], "word/document.xml")
    fields = [item.text or "" for item in body.iter(f"{_W}instrText")]
    assert sum("TOC" in field for field in fields) == 1
    assert sum("SEQ 图" in field for field in fields) == figures
    assert sum("SEQ 表" in field for field in fields) == tables
    described = [item.get("descr") or "" for item in body.iter(f"{_WP}docPr")]
    assert len(described) == len(report.figures)
    assert all(len(text) > 20 for text in described)
    assert len(list(body.iter(f"{_W}tblHeader"))) == len(document.tables)
    faces = {item.get(f"{_W}eastAsia") for item in _xml(documents["zh"], "word/styles.xml").iter(f"{_W}rFonts")}
    assert {"仿宋", "黑体", "楷体"} <= faces


def test_captions_are_counted_in_the_order_of_the_report(report: Report) -> None:
    shown = [
        block["caption"]
        for chapter in plain_text(report, "en")["chapters"]
        for block in chapter["blocks"]
        if "caption" in block
    ]
    figures = [text for text in shown if text.startswith("Figure")]
    assert [int(text.split(" ")[1].rstrip(".")) for text in figures] == list(range(1, len(figures) + 1))
    assert caption(Text("表", "Table"), 3, Text("甲", "A"), "zh") == "表 3　甲"


def test_the_workbook_has_frozen_heads_charts_and_every_assumption(
    drawn: tuple[pipeline.Outcome, ...], books: Mapping[Language, bytes]
) -> None:
    book = openpyxl.load_workbook(BytesIO(books["zh"]))
    assert book.sheetnames[0] == "结论与说明"
    assert all(
        book[name].freeze_panes == "B2" for name in ("主要指标", "全部参数及来源", "分年指标") if name in book.sheetnames
    )
    with zipfile.ZipFile(BytesIO(books["zh"])) as archive:
        assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) >= 20
    names = {row[1] for row in book["全部参数及来源"].iter_rows(min_row=2, values_only=True)}
    assert names == set(drawn[1].case.city.data.parameters)
    indicators = {row[3]: row for row in book["分年指标"].iter_rows(values_only=True)}
    assert indicators["gdp_real"][-1] == pytest.approx(float(drawn[1].projection["gdp_real"].values[0, -1]))


def test_numbers_of_charts_are_those_of_the_run(drawn: tuple[pipeline.Outcome, ...], books: Mapping[Language, bytes]) -> None:
    sheet = openpyxl.load_workbook(BytesIO(books["en"]))["chart data"]
    column = next(cell.column for cell in sheet[1] if cell.value and str(cell.value).startswith("Hengyang: GDP · GDP"))
    heads = {str(sheet.cell(2, column + step).value): column + step for step in range(5)}
    place = heads[drawn[1].case.scenario.name.en]
    years = {sheet.cell(row, column).value: sheet.cell(row, place).value for row in range(3, sheet.max_row + 1)}
    results = drawn[1].projection["gdp_nominal"].sel(region="hengyang")
    for year in results["year"].values:
        assert years[int(year)] == pytest.approx(float(results.sel(year=year)))
