"""Read files that people name: only regular files, at most so many bytes, UTF-8; every failure is one clear fault."""

from __future__ import annotations

import codecs
import logging
import stat
from pathlib import Path

from sim.base.errors import Fault, InputError, Place, SimError
from sim.base.text import Text

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
    """The text of a file in UTF-8, UTF-16 or GBK (as Excel in China saves it), and which of them it was; see `read_text`."""
    content = read_bytes(file, limit)
    for encoding, name in (("utf-16", "UTF-16"),) if _is_wide(content) else (("utf-8-sig", "UTF-8"), ("gb18030", "GBK")):
        try:
            return content.decode(encoding).removeprefix("\ufeff"), name
        except UnicodeDecodeError:
            continue
    advice = Text("请另存为 UTF-8 编码的 CSV", "save it as CSV in UTF-8")
    raise InputError(Fault(Text("既不是 UTF-8，也不是 GBK 编码", "neither UTF-8 nor GBK"), Place(file), advice))


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
        raise InputError(Fault(Text(f"文件过大，上限 {limit} 字节", f"too large, the limit is {limit} bytes"), Place(file)))
    return content
