"""Cells as they are printed, and the record of a report as a file."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.base.errors import UsageError
from sim.base.text import Text
from sim.report.document import FORMAT, Number, Report, a_year, measured, percent, probability, stated
from sim.report.forms.workbook import number_format
from sim.report.record_file import packed_record, read_record


def test_numbers_as_they_are_printed() -> None:
    cells = (measured(5500.4), measured(25.44), measured(1.234), measured(None), measured(math.inf), measured(math.nan))
    assert [cell.shown("zh") for cell in cells] == ["5,500", "25.4", "1.23", "—", "—", "—"]
    assert measured(-0.25, Text(" 个百分点", " pt"), is_difference=True).shown("en") == "−0.25 pt"
    assert measured(0.25, is_difference=True).shown("zh") == "+0.25"
    assert [stated(value, "≥ ").shown("zh") for value in (30.0, 1.5, 7000.0)] == ["≥ 30", "≥ 1.5", "≥ 7,000"]
    assert percent(0.125).shown("zh") == "12.5%"
    assert [probability(part).shown("zh") for part in (0.0, 0.0004, 0.001, 1.0, None)] == [
        "0.0%",
        "<0.1%",
        "0.1%",
        "100.0%",
        "—",
    ]
    assert [a_year(year).kind for year in (2025, "2025", "2021–2025", None)] == ["number", "number", "words", "number"]
    assert a_year(2025) == Number(2025.0, is_grouped=False)


@given(st.floats(-1e9, 1e9), st.integers(0, 4), st.booleans())
def test_a_printed_number_can_be_read_back(value: float, decimals: int, is_difference: bool) -> None:  # noqa: FBT001
    cell = Number(value, decimals, is_difference=is_difference)
    text = cell.shown("zh").replace(",", "").replace("−", "-")
    assert abs(float(text) - value) <= 0.5 * 10.0**-decimals * (1 + 1e-9) + 1e-6
    assert is_difference == text.startswith(("+", "-")) or value < 0


def test_formats_of_excel() -> None:
    assert number_format(Number(1.0, 1, suffix=Text("%", "%")), "zh") == '#,##0.0"%";"−"#,##0.0"%"'
    assert number_format(Number(2025.0, is_grouped=False), "zh") == '0;"−"0'
    assert number_format(Number(1.0, 2, is_difference=True), "zh") == '"+"#,##0.00;"−"#,##0.00'
    assert number_format(probability(0.5), "zh") == '[=0]#,##0.0"%";[<0.1]"<0.1%";#,##0.0"%"'


def test_the_record_of_a_report_is_read_back_as_it_was(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(packed_record(report))
    assert read_record(file) == report
    assert report.is_complete


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "damaged"),
        (b"[]", "damaged"),
        (b'{"format": 1, "engine": "0.1.0"}', "damaged"),
        (json.dumps({"format": FORMAT + 1, "engine": "9.9.9"}).encode(), "9.9.9"),
    ],
)
def test_a_record_that_cannot_be_used_is_a_fault_with_advice(content: bytes, words: str, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(content)
    with pytest.raises(UsageError) as error:
        read_record(file)
    (fault,) = error.value.faults
    assert words in fault.message.en
    assert fault.advice is not None


def test_a_run_without_a_record_says_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="earlier version"):
        read_record(tmp_path / "report.json")
