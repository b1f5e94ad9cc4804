"""A report as a workbook: its sentences, a sheet for each table, all indicators by year, native charts of the main series."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from io import BytesIO
from itertools import count, product
from math import isfinite
from typing import Any

import xarray as xr
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sim.base.text import Language, Text
from sim.base.words import decimals_of, unit_text
from sim.report.cells import Cell, Number
from sim.report.document import Report, Table
from sim.report.figures.lines import Lines, Panel
from sim.report.forms.plain_text import cell_text, plain_text
from sim.report.lettering import letters
from sim.result.dataset import PROJECTION

_WIDEST, _ROWS_MEASURED, _LONGEST_NAME = 60, 40, 31
# A quote or a note that starts with "=" or "http" is text.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
SENTENCES, INDICATORS = Text("结论与说明", "text"), Text("分年指标", "indicators by year")
CHARTS, SERIES = Text("图", "charts"), Text("图的数据", "chart data")
_HEADS = Text("指标|分组|单位|变量|口径", "indicator|member|unit|variable|projection")
_KINDS = {"median": Text("抽样中位数", "median of the draws"), "central": Text("中心情景", "central run")}
_HEAD_HEIGHT, _OF_RATIOS = 26, 4
_LOOKS = {
    "head": {"bold": True, "bg_color": "#E4E7EB", "text_wrap": True, "valign": "vcenter", "bottom": 1},
    "wrapped": {"text_wrap": True, "valign": "top"},
    "large": {"bold": True, "font_size": 14},
    "bold": {"bold": True},
}
_CHART = {"width": 620, "height": 300}
_ROWS_A_CHART, _COLUMNS_A_CHART, _CHARTS_ABREAST = 16, 10, 2


def workbook(report: Report, results: xr.Dataset, language: Language) -> bytes:
    """The workbook: made in memory, so that a full disk is met once, by the one file that is written."""
    packed = BytesIO()
    with Workbook(packed, _OPTIONS) as book:
        writer = BookWriter(book, report, language)
        writer.sentences()
        for table in report.tables():
            writer.table(table)
        writer.indicators(results)
        writer.charts()
    return packed.getvalue()


def number_format(cell: Number, language: Language) -> str:
    """The format of Excel that prints a number as the report does."""
    digits = "#,##0" if cell.is_grouped else "0"
    digits += f".{'0' * cell.decimals}" if cell.decimals else ""
    before, after = cell.prefix, cell.suffix.in_language(language)
    if cell.rare is not None:
        usual = f"{_quoted(before)}{digits}{_quoted(after)}"
        return f"[=0]{usual};[<{cell.rare}]{_quoted(f'{before}<{cell.rare:.{cell.decimals}f}{after}')};{usual}"
    signs = ("+" if cell.is_difference else ""), "−"
    return ";".join(f"{_quoted(before + sign)}{digits}{_quoted(after)}" for sign in signs)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if text else ""


def sheet_name(title: str, taken: Collection[str] = ()) -> str:
    """A name that Excel accepts: of 31 letters, without some signs, and none of those in small letters that are taken."""
    clean = "".join("·" if letter in "[]:*?/\\" else letter for letter in title)[:_LONGEST_NAME].strip("'")
    names = (clean if number == 1 else f"{clean[: _LONGEST_NAME - 3]} {number}" for number in count(1))
    return next(name for name in names if name.lower() not in taken)


def _text(text: str) -> str:
    """A text that the library takes neither for markup of its own nor, as the title of a chart, for a formula."""
    return f"\u200b{text}" if text.startswith(("<r>", "=")) else text


class BookWriter:
    """Writes the sheets of one book, in one language."""

    def __init__(self, book: Workbook, report: Report, language: Language) -> None:
        self._book, self._report, self._language = book, report, language
        self._looks = {name: book.add_format(look) for name, look in _LOOKS.items()}
        self._formats: dict[str, Format] = {}
        self._names: set[str] = set()

    def _say(self, text: Text) -> str:
        return text.in_language(self._language)

    def _numbers(self, code: str) -> Format:
        if code not in self._formats:
            self._formats[code] = self._book.add_format({"num_format": code, "valign": "top", "align": "right"})
        return self._formats[code]

    def _sheet(self, title: str) -> Worksheet:
        """A sheet with a name of its own, printed on the width of a page."""
        sheet = self._book.add_worksheet(sheet_name(title, self._names))
        self._names.add(sheet.get_name().lower())
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def sentences(self) -> None:
        """Every sentence of the report, chapter by chapter."""
        sheet, document = self._sheet(self._say(SENTENCES)), plain_text(self._report, self._language)
        sheet.set_column(0, 0, 120)
        rows = [(document["title"], "large"), (document["subtitle"], "wrapped")]
        for chapter in document["chapters"]:
            rows.append((chapter["title"], "large"))
            for block in chapter["blocks"]:
                rows += [(f"• {item}", "wrapped") for item in block.get("items", ())]
                rows += [(block["text"], "bold" if block["kind"] == "heading" else "wrapped")] if "text" in block else []
        for place, (text, look) in enumerate(rows):
            sheet.write_string(place, 0, _text(text), self._looks[look])
            if look == "large":
                sheet.set_row(place, _HEAD_HEIGHT)

    def table(self, table: Table) -> None:
        """A table under its heads, which stay in sight; its note stands below."""
        sheet = self._sheet(self._say(table.caption))
        heads = [self._say(column.title) for column in table.columns]
        self._heads(sheet, heads)
        for place, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                self._cell(sheet, place, column, cell)
        if table.note.zh:
            sheet.write_string(len(table.rows) + 2, 0, _text(self._say(table.note)))
        shown = ([cell_text(cell, self._language) for cell in row] for row in table.rows[:_ROWS_MEASURED])
        _widen(sheet, [heads, *shown])
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(heads) - 1)

    def _heads(self, sheet: Worksheet, heads: Sequence[str]) -> None:
        sheet.write_row(0, 0, [_text(head) for head in heads], self._looks["head"])
        sheet.freeze_panes(1, 1)
        sheet.repeat_rows(0)

    def _cell(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        if not isinstance(cell, Number):
            sheet.write_string(row, column, _text(cell_text(cell, self._language)), self._looks["wrapped"])
        elif cell.value is not None:
            sheet.write_number(row, column, cell.value, self._numbers(number_format(cell, self._language)))

    def indicators(self, results: xr.Dataset) -> None:
        """Every variable by year, but for those by single ages."""
        sheet, years = self._sheet(self._say(INDICATORS)), [int(year) for year in results["year"].values]
        heads = self._say(_HEADS).split("|")
        self._heads(sheet, [*heads, *map(str, years)])
        measured = [heads]
        for place, (words, values) in enumerate(self._rows(results, years), start=1):
            sheet.write_row(place, 0, words)
            for column, value in enumerate(values, start=len(words)):
                if isfinite(value):
                    sheet.write_number(place, column, value, self._numbers(_digits(value)))
            measured += [words] if place < _ROWS_MEASURED else []
        _widen(sheet, measured)

    def _rows(self, results: xr.Dataset, years: Sequence[int]) -> Iterable[tuple[list[str], list[float]]]:
        label = "long_name_zh" if self._language == "zh" else "long_name"
        for name, array in results.data_vars.items():
            if self._report.left_out.intersection(array.dims):
                continue
            keys = [dim for dim in array.dims if dim != "year"]
            table = array.transpose(*keys, "year").values.reshape(-1, len(years))
            for values, cell in zip(table, product(*(array[key].values for key in keys)), strict=True):
                members = " · ".join(
                    self._member(str(dim), str(key)) for dim, key in zip(keys, cell, strict=True) if dim != "region"
                )
                unit, kind = unit_text(array.attrs["units"], self._language), _KINDS[array.attrs[PROJECTION]]
                yield [str(array.attrs[label]), members, unit, str(name), self._say(kind)], values.tolist()

    def _member(self, dim: str, key: str) -> str:
        return self._say(self._report.members.get(dim, {}).get(key, Text(key, key)))

    def charts(self) -> None:
        """The main series as charts that Excel draws from numbers of its own, which stand on the next sheet."""
        lines = [figure for figure in self._report.figures.values() if isinstance(figure, Lines)]
        panels = [
            (f"{self._say(figure.frame.title)} · {self._say(panel.named)}", panel)
            for figure in lines
            for panel in figure.panels
        ]
        if not panels:
            return
        sheet, data, column = self._sheet(self._say(CHARTS)), self._sheet(self._say(SERIES)), 0
        for place, (title, panel) in enumerate(panels):
            row, side = divmod(place, _CHARTS_ABREAST)
            chart = self._chart(data, column, panel, title)
            sheet.insert_chart(row * _ROWS_A_CHART, side * _COLUMNS_A_CHART, chart, {"description": title})
            column += len(panel.series) + 4

    def _chart(self, data: Worksheet, column: int, panel: Panel, title: str) -> Any:
        """The numbers of a panel in columns, years first, and the chart that refers to them."""
        lines = [(series.label, series.points, series.role == "published") for series in panel.series]
        lines += [(Text("规划目标", "target"), panel.targets, True)] if panel.targets else []
        years = sorted({int(year) for _, points, _ in lines for year, _ in points})
        rows = {year: place for place, year in enumerate(years, start=2)}
        data.write_string(0, column, title, self._looks["bold"])
        data.write_row(1, column, [self._say(Text("年份", "year"))], self._looks["head"])
        for year, row in rows.items():
            data.write_number(row, column, year)
        chart = self._book.add_chart({"type": "line"})
        for place, (label, points, is_dotted) in enumerate(lines, start=column + 1):
            data.write_string(1, place, self._say(label), self._looks["head"])
            for moment, value in points:
                data.write_number(rows[int(moment)], place, value, self._numbers(_digits(value)))
            span = (data.get_name(), 2, place, 1 + len(rows), place)
            look = {"marker": {"type": "circle", "size": 4}} if is_dotted else {"line": {"width": 2.0}}
            across = (data.get_name(), 2, column, 1 + len(rows), column)
            chart.add_series({"name": [data.get_name(), 1, place], "categories": list(across), "values": list(span), **look})
        chart.set_title({"name": _text(title), "name_font": {"size": 11}, "overlay": False})
        chart.set_legend({"position": "bottom"})
        chart.set_size(_CHART)
        return chart


def _widen(sheet: Worksheet, rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as what stands in them, within reason."""
    for column, texts in enumerate(zip(*rows, strict=True)):
        sheet.set_column(column, column, min(max(letters(text) for text in texts) + 3, _WIDEST))


def _digits(value: float) -> str:
    """As many decimals as reports print; more for what is below one, which may be a ratio."""
    decimals = _OF_RATIOS if abs(value) < 1.0 else decimals_of(value)
    return "#,##0" + (f".{'0' * decimals}" if decimals else "")
