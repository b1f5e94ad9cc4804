"""Read text and CSV tables that people name: only regular files, at most so many bytes, UTF-8; every failure is a clear fault.

Of a table a byte-order mark is welcome, columns are checked, every row knows its line, and empty rows are none.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import logging
import math
import re
import stat
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from sim.base.errors import Fault, Faults, InputError, Place, SimError
from sim.base.text import BLANKS, HIDDEN, Text, cut, unquoted
from sim.inputs.quantities import without_groups

_log = logging.getLogger(__name__)


def is_file(path: Path) -> bool:
    """Return whether a path is a regular file; a path that the system cannot even look up is none."""
    try:
        return path.is_file()
    except (OSError, ValueError, RuntimeError):
        return False


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder; see `is_file`."""
    try:
        return path.is_dir()
    except (OSError, ValueError, RuntimeError):
        return False


def fail_if_no_name(name: str, place: Place, kind: type[SimError] = InputError) -> None:
    """A name that a file or an option gives to a folder or file is a name, never a path to another place.

    Raises
    ------
    SimError
        of `kind`, when it is empty, or holds what leads out of its folder.
    """
    if not name.strip(". ") or name.startswith(".") or any(sign in name for sign in "/\\:") or not name.isprintable():
        message = Text(f"“{name}”不是名称", f"'{name}' is no name")
        advice = Text("只写文件夹或文件的名称，不写路径", "write the name of the folder or file, not a path")
        raise kind(Fault(message, place, advice))


def read_text(file: Path, limit: int) -> str:
    """The text of a UTF-8 file of at most `limit` bytes, without its byte-order mark.

    Raises
    ------
    InputError
        when the path is missing, a folder, a device or pipe, too large, unreadable or not UTF-8.
    """
    content = read_bytes(file, limit)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        advice = Text("请用编辑器另存为 UTF-8 编码", "save it as UTF-8 in your editor")
        raise InputError(Fault(_not_utf8(content), Place(file), advice)) from error


def _is_wide(content: bytes) -> bool:
    """Return whether a text has two bytes a character, as spreadsheets save "Unicode text"."""
    return content[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def _not_utf8(content: bytes) -> Text:
    """Return what a text seems to be instead of UTF-8."""
    if _is_wide(content) or b"\0" in content[:200]:
        return Text("是 UTF-16（Unicode）编码，不是 UTF-8", "UTF-16 (Unicode), not UTF-8")
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return Text("不是 UTF-8 编码", "not UTF-8")
    return Text("像是 GBK 编码，不是 UTF-8", "GBK, it seems, not UTF-8")


def read_any_text(file: Path, limit: int) -> tuple[str, str]:
    """The text of a file in UTF-8, UTF-16 or GBK (as Excel in China saves it), and which of them it was; see `read_text`.

    A file that was packed by gzip is unpacked; what comes out may have as many bytes as a plain one.
    """
    content = _unpacked(read_bytes(file, limit), file, limit)
    for encoding, name in (("utf-16", "UTF-16"),) if _is_wide(content) else (("utf-8-sig", "UTF-8"), ("gb18030", "GBK")):
        try:
            return content.decode(encoding).removeprefix("\ufeff"), name
        except UnicodeDecodeError:
            continue
    advice = Text("请另存为 UTF-8 编码的 CSV", "save it as CSV in UTF-8")
    raise InputError(Fault(Text("既不是 UTF-8，也不是 GBK 编码", "neither UTF-8 nor GBK"), Place(file), advice))


def _unpacked(content: bytes, file: Path, limit: int) -> bytes:
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.open(io.BytesIO(content)) as handle:
            plain = handle.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        advice = Text("请重新下载或重新压缩", "fetch it or pack it anew")
        raise InputError(Fault(Text("gzip 文件已损坏", "a damaged gzip file"), Place(file), advice)) from error
    if len(plain) > limit:
        raise InputError(_too_large(file, limit))
    return plain


_GZIP = b"\x1f\x8b"


def _too_large(file: Path, limit: int) -> Fault:
    return Fault(Text(f"文件过大，上限 {limit} 字节", f"too large, the limit is {limit} bytes"), Place(file))


def read_bytes(file: Path, limit: int) -> bytes:
    """The bytes of a regular file; see `read_text`."""
    try:
        mode = file.stat().st_mode
        if stat.S_ISDIR(mode):
            raise InputError(Fault(Text("这是文件夹，不是文件", "this is a folder, not a file"), Place(file)))
        if not stat.S_ISREG(mode):
            raise InputError(Fault(Text("不是普通文件", "not a regular file"), Place(file)))
        with file.open("rb") as handle:
            content = handle.read(limit + 1)
        _log.info("read %s, %d bytes", file, len(content))
    except FileNotFoundError as error:
        raise InputError(Fault(Text("文件不存在", "no such file"), Place(file))) from error
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(Fault(Text(f"无法读取：{reason}", f"cannot be read: {reason}"), Place(file))) from error
    if len(content) > limit:
        raise InputError(_too_large(file, limit))
    return content


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
