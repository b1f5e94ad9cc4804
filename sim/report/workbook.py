"""table.xlsx: scorecard, indicators by year, sectors, settings, comparison with published figures, sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from sim.plan.scorecard import VERDICTS
from sim.plan.tables import full_row
from sim.report.pages import Assumption, CaseText, Setting, as_cells
from sim.report.view import CaseView, View
from sim.text import Text
from sim.words import unit_text

SCORE_HEADS: dict[str, Text] = {
    "scenario": Text("情景", "scenario"),
    "target": Text("目标编号", "target"),
    "indicator": Text("指标", "indicator"),
    "unit": Text("单位", "unit"),
    "operator": Text("关系", "operator"),
    "plan_value": Text("目标值", "plan value"),
    "target_year": Text("目标年份", "target year"),
    "projected": Text("预测值", "projected"),
    "gap": Text("差距", "gap"),
    "gap_percent": Text("差距（%）", "gap (%)"),
    "required_growth": Text("需年均增长（% 或百分点）", "required a year (% or points)"),
    "verdict": Text("判定", "verdict"),
    "base": Text("基年值", "base"),
    "projected_constant_prices": Text("预测值（2020 年价）", "projected at 2020 prices"),
    "projected_growth": Text("预测年均增长（% 或百分点）", "projected a year (% or points)"),
    "actual": Text("实际", "outcome"),
    "actual_year": Text("实际年份", "year of outcome"),
    "reason": Text("不判定的原因", "why not judged"),
    "caution": Text("注意", "caution"),
    "quote": Text("原文", "sentence"),
    "document": Text("文件", "document"),
    "document_file": Text("文件名", "file"),
}
_SKIP_DIMS = {"sex", "age", "age_class"}
_WIDEST = 60
_ROWS_MEASURED = 40
# A quote or a note that starts with "=" or "http" is text.
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def write_workbook(file: Path, view: View, case: CaseView, text: CaseText) -> None:
    """Write the workbook of one scenario."""
    file.write_bytes(_packed(view, case, text))


def _packed(view: View, case: CaseView, text: CaseText) -> bytes:
    """Return the workbook as bytes: made in memory, so that a full disk is met once, by the one file we write."""
    packed = BytesIO()
    with Workbook(packed, OPTIONS) as book:
        _sheet(book, view.word("评分表", "scorecard"), *_scores(view, case))
        _sheet(book, view.word("分年指标", "indicators"), *_indicators(view, case))
        _sheet(book, view.word("情景设定", "settings"), *_cells(view, SETTING_HEADS, text.settings))
        _sheet(book, view.word("与公布数对照", "beside published"), *_published(view, text))
        _sheet(book, view.word("参数与来源", "parameters and sources"), *_cells(view, ASSUMPTION_HEADS, text.assumptions))
    return packed.getvalue()


def _sheet(book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(title)
    sheet.write_row(0, 0, heads, book.add_format({"bold": True, "bg_color": "#E4E7EB"}))
    sheet.freeze_panes(1, 1)
    widths = [_width(head) for head in heads]
    for index, row in enumerate(rows, start=1):
        cells = [_cell(value) for value in row]
        sheet.write_row(index, 0, cells)
        if index < _ROWS_MEASURED:
            widths = [max(width, _width(str(cell or ""))) for width, cell in zip(widths, cells, strict=True)]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, min(width + 2, _WIDEST))


def _cell(value: Any) -> Any:
    """What Excel can hold: no number that is not finite, and no text that the library would take for its own markup."""
    if isinstance(value, float) and not isfinite(value):
        return None
    return f"\u200b{value}" if isinstance(value, str) and value.startswith("<r>") else value


def _width(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)  # noqa: PLR2004  first CJK code point


def _scores(view: View, case: CaseView) -> tuple[list[str], list[list[Any]]]:
    rows = [full_row(score, view.language) for score in case.scores]
    for row, score in zip(rows, case.scores, strict=True):
        row["verdict"] = view.say(VERDICTS[score.verdict])
        row["unit"] = unit_text(score.target.unit, view.language)
    return [view.say(head) for head in SCORE_HEADS.values()], [[row[key] for key in SCORE_HEADS] for row in rows]


def _indicators(view: View, case: CaseView) -> tuple[list[str], list[list[Any]]]:
    years = [int(year) for year in case.results["year"].values]
    rows: list[list[Any]] = []
    for name, array in case.results.data_vars.items():
        if _SKIP_DIMS & set(array.dims):
            continue
        label, unit = view.say(view.labels.variables[str(name)]), unit_text(array.attrs["units"], view.language)
        keys = [dim for dim in array.dims if dim != "year"]
        table = array.transpose(*keys, "year").values.reshape(-1, len(years))
        for values, cell in zip(table, product(*(array[key].values for key in keys)), strict=True):
            members = " · ".join(view.member(str(dim), key) for dim, key in zip(keys, cell, strict=True) if dim != "region")
            rows.append([label, members, unit, str(name), *values.tolist()])
    heads = [
        view.word("指标", "indicator"),
        view.word("分组", "member"),
        view.word("单位", "unit"),
        view.word("变量", "variable"),
    ]
    return [*heads, *(str(year) for year in years)], rows


SETTING_HEADS: dict[str, Text] = {
    "label": Text("设定", "setting"),
    "name": Text("名称", "name"),
    "section": Text("类别", "section"),
    "unit": Text("单位", "unit"),
    "before": Text("原值", "before"),
    "after": Text("现值", "now"),
    "origin": Text("层", "layer"),
    "sources": Text("依据", "basis"),
    "note": Text("说明", "note"),
}
ASSUMPTION_HEADS: dict[str, Text] = {
    "label": Text("参数", "parameter"),
    "name": Text("名称", "name"),
    "unit": Text("单位", "unit"),
    "value": Text("取值", "value"),
    "evidence": Text("证据", "evidence"),
    "source": Text("来源", "source"),
}


def _cells(view: View, heads: dict[str, Text], items: Sequence[Setting | Assumption]) -> tuple[list[str], list[list[Any]]]:
    rows = [as_cells(item, view.language) for item in items]
    return [view.say(head) for head in heads.values()], [[row[key] for key in heads] for row in rows]


def _published(view: View, text: CaseText) -> tuple[list[str], list[list[Any]]]:
    heads = [
        view.word("指标", "indicator"),
        view.word("年份", "year"),
        view.word("单位", "unit"),
        view.word("模型", "model"),
        view.word("公布", "published"),
        view.word("误差", "error"),
        view.word("误差（%）", "error (%)"),
        view.word("数据说明", "note on the datum"),
    ]
    return heads, [
        [
            view.say(row.label),
            row.year,
            unit_text(row.unit, view.language),
            row.model,
            row.published,
            row.error,
            row.error_percent,
            row.note,
        ]
        for row in text.comparisons
    ]
