"""Read CSV tables: a byte-order mark is welcome, columns are checked, every row knows its line, and empty rows are none."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sim.base.characters import BLANKS, HIDDEN, cut, unquoted
from sim.base.errors import Fault, Faults, InputError, Place
from sim.base.text import Text
from sim.inputs.files import read_text
from sim.inputs.quantities import without_groups

MAX_BYTES = 50_000_000


def read_table(file: Path, columns: Sequence[str], faults: Faults | None = None) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield the rows of a CSV file with their places. The columns named must be there; others are passed through.

    Raises
    ------
    InputError
        when the file is missing, too large, not UTF-8, not CSV, or lacks a column; for rows that have more cells than the head
        after the last row, or never where `faults` takes them.
    """
    yield from rows_of(read_text(file, MAX_BYTES), file, columns, faults)


def rows_of(
    text: str, file: Path, columns: Sequence[str], faults: Faults | None = None
) -> Iterator[tuple[Place, dict[str, str]]]:
    """The rows of a CSV text that was read from a file; see `read_table`."""
    first = next(iter(text.splitlines()), "")
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=_separator(first, columns), skipinitialspace=True)
    reader.fieldnames = _heads(reader.fieldnames or (), columns)
    _fail_if_heads_wrong(reader.fieldnames, columns, first, file)
    found = Faults() if faults is None else faults
    try:
        for row in reader:
            place = Place(file, reader.line_num)
            if row.pop(None, None) is not None:  # the surplus of a row stands under None
                found.add(Text("此行的列比表头多", "this row has more cells than the head"), place)
            elif not any(row.values()):
                continue  # spreadsheets write rows of commas below the last one
            yield place, {key: (value or "").strip(_AROUND) for key, value in row.items()}
    except csv.Error as error:
        found.add(Text(f"不是有效的 CSV：{error}", f"not valid CSV: {error}"), Place(file, reader.line_num))
        found.raise_if_any()
    if faults is None:
        found.raise_if_any()


_SEPARATORS = (",", ";", "\t", "，", "；", "|")
_AROUND = " \t" + BLANKS + HIDDEN


def _separator(head: str, columns: Sequence[str]) -> str:
    """Return the sign that parts the cells, a comma or what is written for it, by which of them gives the columns."""
    return max(_SEPARATORS, key=lambda sign: len(set(columns) & set(_heads(head.split(sign), columns)))) if columns else ","


def _heads(written: Iterable[str], columns: Sequence[str]) -> list[str]:
    """The heads without blanks and quotation marks; the wanted ones in whatever width and case they are written."""
    known = {name.casefold(): name for name in columns}
    heads = [unquoted(head) for head in written]
    return [known.get(head.casefold(), head) for head in heads]


def _fail_if_heads_wrong(heads: Sequence[str], columns: Sequence[str], first: str, file: Path) -> None:
    place = Place(file, 1)
    twice = sorted({name for name in heads if name and heads.count(name) > 1})
    if twice:
        raise InputError(Fault(Text(f"列重复：{'、'.join(twice)}", f"columns stand twice: {', '.join(twice)}"), place))
    missing = [name for name in columns if name not in heads]
    if missing:
        shown = cut(first, _SHOWN)
        advice = Text(f"第一行应是列名；现在是“{shown}”", f"the first line names the columns; it is '{shown}'")
        message = Text(f"缺少列：{'、'.join(missing)}", f"columns are missing: {'、'.join(missing)}")
        raise InputError(Fault(message, place, advice))


_SHOWN = 80


def number(text: str, place: Place, column: str) -> float:
    """A finite number from a cell.

    Raises
    ------
    InputError
        when the cell holds none.
    """
    try:
        value = float(without_groups(text, place))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        message = Text(f"列 {column} 不是数：“{text}”", f"column {column} is not a number: '{text}'")
        raise InputError(Fault(message, place, _ONLY_DIGITS if any(sign.isdigit() for sign in text) else None))
    return value


_ONLY_DIGITS = Text("只写数字，不写单位，例如 5500", "write digits alone and no unit: 5500")


def numbers(row: Mapping[str, str], columns: Iterable[str], place: Place) -> dict[str, float]:
    """Finite numbers from the cells of a row.

    Raises
    ------
    InputError
        with every cell that holds none.
    """
    faults, found = Faults(), dict[str, float]()
    for column in columns:
        with faults.gathering():
            found[column] = number(row[column], place, column)
    faults.raise_if_any()
    return found


def whole(text: str, place: Place, column: str) -> int:
    """A whole number of at most four digits, such as a year.

    Raises
    ------
    InputError
        when the cell holds none.
    """
    year = _YEAR.fullmatch(unquoted(text))
    if year is None:
        message = Text(f"列 {column} 不是年份：“{text}”", f"column {column} is not a year: '{text}'")
        raise InputError(Fault(message, place, _FOUR_DIGITS))
    return int(year[1])


_YEAR = re.compile(r"([0-9]{1,4})(?:\.0*)?(?:\s*年度?)?")
_FOUR_DIGITS = Text("写四位年份，例如 2022", "write four digits, such as 2022")
