"""Tables as spreadsheets save them: blanks, separators, encodings and years are read, or the true cause is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.base.errors import InputError, Place
from sim.inputs.files import number, read_any_text, read_table, read_text, rows_of, whole

COLUMNS = ("city", "year", "value")
ROWS = (("city", "year", "value", "note"), ("甲", "2012", "1000", "a b"))


@pytest.mark.parametrize("between", [",", " , ", ";", "\t", " ;  ", "，", "；", "|", ",\u3000"])
def test_rows_are_the_same_whatever_parts_their_cells(between: str) -> None:
    text = "\n".join(between.join(row) for row in ROWS)
    [(place, row)] = rows_of(text, Path("x.csv"), COLUMNS)
    assert (place.line, row) == (2, dict(zip(*ROWS, strict=True)))


def test_heads_are_known_in_any_width_and_case() -> None:
    [(_, row)] = rows_of("\ufeff“City”,ＹＥＡＲ,\u200bvalue\n甲,2012,1\n", Path("x.csv"), COLUMNS)
    assert row == {"city": "甲", "year": "2012", "value": "1"}


def test_a_table_without_heads_is_told_by_its_first_line() -> None:
    with pytest.raises(InputError, match="the first line names the columns; it is '甲,2012,1000'"):
        list(rows_of("甲,2012,1000\n", Path("x.csv"), COLUMNS))


@pytest.mark.parametrize("text", ["2012", "2012年", "２０１２", " 2012 年度", "2012.0", "“2012”", "\ufeff2012"])
def test_a_year_in_a_cell_is_a_year(text: str) -> None:
    assert whole(text, Place(), "year") == 2012


@pytest.mark.parametrize("text", ["2012年底", "2012-2013", "12.5", "二〇", "20²5", ""])
def test_what_is_no_year_is_told_what_to_write(text: str) -> None:
    with pytest.raises(InputError, match="write four digits"):
        whole(text, Place(), "year")


@pytest.mark.parametrize(
    ("text", "value"), [("−5", -5.0), ("１２．５", 12.5), ("1,234.5", 1234.5), ("1，234", 1234.0), (" 5 ", 5.0)]
)
def test_a_number_in_a_cell_is_a_number(text: str, value: float) -> None:
    assert number(text, Place(), "value") == value


def test_a_decimal_comma_in_a_cell_shows_both_readings() -> None:
    with pytest.raises(InputError, match=r"'2\.5' or '25'"):
        number("2,5", Place(), "value")


def test_encodings_are_read_or_named(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    for encoding, name in (("utf-8-sig", "UTF-8"), ("gb18030", "GBK"), ("utf-16", "UTF-16")):
        file.write_bytes("city,year,value\n甲,2012,1\n".encode(encoding))
        assert read_any_text(file, 1000) == ("city,year,value\n甲,2012,1\n", name)
        if name != "UTF-8":
            with pytest.raises(InputError, match=f"{name}.*not UTF-8"):
                read_text(file, 1000)
    file.write_bytes("\ufeffcity;year;value\n甲;2012;1\n".encode())
    assert len(list(read_table(file, COLUMNS))) == 1
