"""Read a YAML file that may come by mail: plain data only, with the line and column of every key, and every fault named.

Anchors, aliases, tags and several documents are refused, so a small file never becomes a large one; size and depth are bounded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from sim.base.cache import digest, kept
from sim.base.errors import Fault, Faults, InputError, Place
from sim.base.text import Text, plain
from sim.inputs.files import read_text
from sim.inputs.yaml_repair import first_odd, first_odd_in, repaired

MAX_BYTES = 500_000
MAX_KEYS = 5_000
MAX_DEPTH = 20
_LONG = 2_000
KeyPath = tuple[str | int, ...]
_INTEGER = re.compile(r"[-+]?[0-9][0-9_]*")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST_INTEGER = 18
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPECIAL = {"null": None, "~": None, "": None, "true": True, "false": False}
_NOT_FINITE = re.compile(r"[-+]?\.?(inf|nan)(inity)?", re.IGNORECASE)


@dataclass
class Document:
    """The data of a YAML file and where each key stands. `places` maps a key path to its line and column."""

    file: Path
    data: Any = None
    places: dict[KeyPath, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: KeyPath) -> Place:
        """The place of a key path, or of its nearest ancestor that stands in the file."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.places:
                line, column = self.places[path[:length]]
                return Place(self.file, line, column, dotted(path))
        return Place(self.file, key=dotted(path))


def dotted(path: KeyPath) -> str:
    """A key path as people write it: levers.public_investment.2022."""
    return ".".join(str(part) for part in path)


def read_yaml(file: Path, faults: Faults | None = None) -> Document:
    """Read one YAML mapping. Where `faults` is given, doubled keys and the like are added to it and reading goes on.

    Raises
    ------
    InputError
        when the file is missing, a folder, too large, empty, not UTF-8, not YAML, or uses more than plain data.
    """
    return parse_yaml(read_text(file, MAX_BYTES), file, faults)


def parse_yaml(text: str, file: Path, faults: Faults | None = None) -> Document:
    """Parse the text of a YAML file; see `read_yaml`."""
    document = _parsed(text, file, faults)
    if not isinstance(document.data, dict):
        message = Text("文件最外层应为“键: 值”", "the file must hold keys and values")
        odd = first_odd(text)
        raise InputError(Fault(message, Place(file, 1, 1)) if odd is None else _odd_fault(odd, file))
    return document


def read_yaml_list(file: Path) -> Document:
    """Read a YAML file whose outermost value must be a list; see `read_yaml`."""
    document = _parsed(read_text(file, MAX_BYTES), file, None)
    if not isinstance(document.data, list):
        raise InputError(Fault(Text("应为列表", "a list is wanted"), Place(file)))
    return document


def _parsed(text: str, file: Path, collected: Faults | None) -> Document:
    try:
        return _faultless(text, file)
    except InputError:
        if collected is None:
            raise
    document, faults = _read(text, file)
    if isinstance(document.data, dict):
        collected.found.extend(faults.found)
    else:
        faults.raise_if_any()
    return document


@lru_cache(maxsize=128)
def _faultless(text: str, file: Path) -> Document:
    """A document without a fault, parsed once however often it is read: nobody changes what was read.

    Long ones, such as the parameters of a model, are kept between runs: parsing them takes seconds.
    """
    key = digest([text.encode()]) if len(text) >= _LONG else ""

    def read() -> Document:
        document, faults = _read(text, file)
        faults.raise_if_any()
        return document

    return replace(kept("yaml", key, read), file=file)


def _read(text: str, file: Path) -> tuple[Document, Faults]:
    """Read the document and what is wrong with it, short of not being YAML at all.

    Plain signs take the place of full-width ones that can only be signs of YAML; where that fails, it is read as written.
    """
    found: tuple[Document, Faults] | None = None
    failed = dict[str, MarkedYAMLError]()
    for variant in _variants(text):
        try:
            built = _built(variant, file)
        except MarkedYAMLError as error:
            failed[variant] = error
            continue
        is_plain = isinstance(built[0].data, dict | list)
        found = built if found is None or is_plain else found
        if is_plain:
            break
    if found is None:
        cause = failed.get(text) or next(iter(failed.values()))
        raise InputError(_syntax_fault(cause, text, file)) from cause
    document, faults = found
    if document.data is None and not faults.found:
        faults.add(Text("文件是空的", "the file is empty"), Place(file))
    return document, faults


def _variants(text: str) -> Iterator[str]:
    once = repaired(text)
    yield once
    if once != text:
        yield text
    if first_odd(text) is not None:
        yield repaired(text, everywhere=True)


def _built(text: str, file: Path) -> tuple[Document, Faults]:
    document, faults = Document(file), Faults()
    try:
        _Builder(document, faults).build(iter(YAML(typ="safe", pure=True).parse(text)))
    except RecursionError as error:
        message = Text(f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH}")
        raise InputError(Fault(message, Place(file))) from error
    except MarkedYAMLError:
        raise
    except (YAMLError, ValueError, OverflowError) as error:
        raise InputError(Fault(Text("不是有效的 YAML", "not valid YAML"), Place(file), _characters_of(error))) from error
    return document, faults


def _characters_of(error: Exception) -> Text:
    """Say what the reader could not take: a character that no text has, or a number that is none."""
    sign = getattr(error, "character", None)
    number = ord(sign) if isinstance(sign, str) and len(sign) == 1 else sign
    if not isinstance(number, int):
        return Text("检查引号中的转义（\\）和数", "check escapes (\\) in quotes, and numbers")
    return Text(f"删去不可显示的字符 U+{number:04X}", f"delete the character U+{number:04X}, which cannot be shown")


def _odd_fault(odd: tuple[int, int, Text], file: Path) -> Fault:
    line, column, sign = odd
    message = Text("此处的 ", "the ") + sign + Text(" 不是 YAML 的符号", " here is no sign of YAML")
    advice = Text("改用半角符号，或给文字加半角引号", "write the plain sign, or put the text in plain quotes")
    return Fault(message, Place(file, line, column), advice)


def _syntax_fault(error: MarkedYAMLError, text: str, file: Path) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = Place(file) if mark is None else Place(file, mark.line + 1, mark.column + 1)
    odd = None if mark is None else first_odd_in(text, mark.line + 1)
    if odd is not None:
        return _odd_fault(odd, file)
    problem = error.problem or "?"
    if "\\t" in problem:
        return Fault(Text("用了制表符", "there is a tab"), place, Text("请改为空格", "write blanks instead"))
    advice = Text("检查缩进、冒号后的空格和引号", "check indentation, the blank after a colon, and quotes")
    return Fault(Text(f"不是有效的 YAML：{problem}", f"not valid YAML: {problem}"), place, advice)


class _Builder:
    """Builds plain data from the event stream, so that nothing is expanded before it is inspected."""

    def __init__(self, document: Document, faults: Faults) -> None:
        self.document, self.faults = document, faults

    def build(self, stream: Iterator[Any]) -> None:
        documents = 0
        for event in stream:
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
            elif isinstance(event, events.NodeEvent):
                data = self._value(event, stream, ())
                self.document.data = data if documents == 1 else self.document.data
        if documents > 1:
            self.faults.add(Text("一个文件只能有一份文档", "only one document per file"), Place(self.document.file))

    def _value(self, event: Any, stream: Iterator[Any], path: KeyPath) -> Any:
        self._fail_if_not_plain(event, path)
        if isinstance(event, events.MappingStartEvent):
            return self._mapping(stream, path)
        if isinstance(event, events.SequenceStartEvent):
            return self._sequence(stream, path)
        return self._scalar(event, path) if isinstance(event, events.ScalarEvent) else None

    def _fail_if_not_plain(self, event: Any, path: KeyPath) -> None:
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            self._add(Text("不允许使用锚点和别名（& 和 *）", "anchors and aliases (& and *) are not allowed"), event, path)
        if getattr(event, "tag", None):
            self._add(Text(f"不允许使用标签 {event.tag}", f"tags such as {event.tag} are not allowed"), event, path)
        if len(path) > MAX_DEPTH:
            message = Text(f"嵌套超过 {MAX_DEPTH} 层", f"nested deeper than {MAX_DEPTH}")
            raise InputError(Fault(message, self._here(event, path[:3])))

    def _here(self, event: Any, path: KeyPath) -> Place:
        mark = event.start_mark
        return Place(self.document.file, mark.line + 1, mark.column + 1, dotted(path))

    def _add(self, message: Text, event: Any, path: KeyPath, advice: Text | None = None) -> None:
        self.faults.add(message, self._here(event, path), advice)

    def _fail_if_too_many_keys(self, event: Any, path: KeyPath) -> None:
        if len(self.document.places) > MAX_KEYS:
            message = Text(f"文件的键超过 {MAX_KEYS} 个", f"the file has more than {MAX_KEYS} keys")
            raise InputError(Fault(message, self._here(event, path[:3])))

    def _mapping(self, stream: Iterator[Any], path: KeyPath) -> dict[Any, Any]:
        data: dict[Any, Any] = {}
        for event in stream:
            if isinstance(event, events.MappingEndEvent):
                break
            if not isinstance(event, events.ScalarEvent):
                self._add(Text("键必须是一个词或数", "a key must be a word or a number"), event, path)
                self._value(event, stream, path)
                self._value(next(stream), stream, path)
                continue
            key = self._scalar(event, path)
            below = (*path, key)
            self._fail_if_too_many_keys(event, path)
            if key in data:
                first = self.document.places[below][0]
                message = Text(f"键重复，首次出现在第 {first} 行", f"this key stands twice, first in line {first}")
                self._add(message, event, below)
            self.document.places.setdefault(below, (event.start_mark.line + 1, event.start_mark.column + 1))
            held = next(stream)
            if not self._fails_as_split(held, data, event, path):
                data[key] = self._value(held, stream, below)
        return data

    def _fails_as_split(self, held: Any, data: dict[Any, Any], event: Any, path: KeyPath) -> bool:
        """A decimal comma within braces parts a number in two: the second half stands as a key without a value."""
        if (
            not isinstance(held, events.ScalarEvent)
            or held.value
            or held.style
            or held.start_mark.index != event.end_mark.index
        ):
            return False
        before = next(reversed(data), None)
        if before is None or isinstance(data[before], bool) or not isinstance(data[before], int | float):
            return False
        half = re.match(r"([0-9]+)(.*)", str(event.value))
        if half is None:
            return False
        point, joined = f"{data[before]}.{half[1]}{half[2]}", f"{data[before]}{half[1]}{half[2]}"
        message = Text(
            f"花括号中的逗号把 {before} 的数分成了两个", f"a comma within braces parts the number of {before} in two"
        )
        advice = Text(f"是“{point}”还是“{joined}”？小数点用“.”，不写千分号", f"'{point}' or '{joined}'? a decimal point is '.'")
        self._add(message, event, (*path, before), advice)
        return True

    def _sequence(self, stream: Iterator[Any], path: KeyPath) -> list[Any]:
        data: list[Any] = []
        for event in stream:
            if isinstance(event, events.SequenceEndEvent):
                break
            below = (*path, len(data))
            self._fail_if_too_many_keys(event, path)
            self.document.places[below] = (event.start_mark.line + 1, event.start_mark.column + 1)
            data.append(self._value(event, stream, below))
        return data

    def _scalar(self, event: Any, path: KeyPath) -> Any:
        text = str(event.value)
        if _UNPRINTABLE.search(text):
            self._add(Text("含有不可显示的控制字符", "holds control characters that cannot be shown"), event, path)
            return _UNPRINTABLE.sub("", text)
        if not event.implicit[0]:
            return text
        value = _resolve(text)
        if isinstance(value, float) and not math.isfinite(value):
            self._add(Text("必须是有限的数", "must be a finite number"), event, path)
        return value


def _resolve(text: str) -> Any:
    if text.lower() in _SPECIAL:
        return _SPECIAL[text.lower()]
    if not text.isascii():
        number = _resolve(narrow) if (narrow := plain(text)).isascii() and narrow not in _SPECIAL else text
        return text if isinstance(number, str) or number is None else number
    if _INTEGER.fullmatch(text) and len(text) <= _LONGEST_INTEGER:
        return int(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return float(text.replace("_", ""))
    return float("nan") if _NOT_FINITE.fullmatch(text) else text
