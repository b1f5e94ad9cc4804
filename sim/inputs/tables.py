"""Read CSV tables: a byte-order mark is welcome, columns are checked, and every row knows its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.errors import Fault, InputError, Place
from sim.text import Text

MAX_BYTES = 50_000_000


def read_table(file: Path, columns: Sequence[str]) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield the rows of a CSV file with their places. The columns named must be there; others are passed through.

    Raises
    ------
    InputError
        when the file is missing, too large, not UTF-8, or lacks a column.
    """
    try:
        if file.stat().st_size > MAX_BYTES:
            raise InputError(Fault(Text("文件过大", "the file is too large"), Place(file)))
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise InputError(Fault(Text("文件不存在", "no such file"), Place(file))) from error
    except UnicodeDecodeError as error:
        raise InputError(Fault(Text("不是 UTF-8 编码", "not UTF-8"), Place(file))) from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        names = "、".join(missing)
        raise InputError(Fault(Text(f"缺少列：{names}", f"columns are missing: {names}"), Place(file, 1)))
    for row in reader:
        yield Place(file, reader.line_num), {key: value or "" for key, value in row.items() if key}


def number(text: str, place: Place, column: str) -> float:
    """A number from a cell.

    Raises
    ------
    InputError
        when the cell holds none.
    """
    try:
        return float(text)
    except ValueError as error:
        message = Text(f"列 {column} 不是数：“{text}”", f"column {column} is not a number: '{text}'")
        raise InputError(Fault(message, place)) from error
