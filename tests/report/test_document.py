"""Cells as they are printed."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from sim.base.text import Text
from sim.report.cells import Number, Words, a_year, measured, percent, probability, stated
from sim.report.forms.workbook import number_format


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
    assert [type(a_year(year)) for year in (2025, "2025", "2021–2025", None)] == [Number, Number, Words, Number]
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
