"""Read YAML files into frozen records: every fault with its place in the file and the nearest known key.

A kind of file is declared by the record that it holds. Every record that was read knows where it stands, and what is declared
of it beyond its keys is checked by whoever reads the file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PrivateAttr, ValidationError

from sim.base.errors import Faults, InputError, Place, nearest
from sim.base.text import Text
from sim.inputs.files import is_file
from sim.inputs.yaml_file import Document, KeyPath, dotted, read_yaml, read_yaml_list


class Record(BaseModel):  # noqa: PLW1641  pydantic makes a hash of the fields
    """A frozen record that knows exactly its own keys, and where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)
    _document: Document | None = PrivateAttr(default=None)
    _path: KeyPath = PrivateAttr(default=())

    def __eq__(self, other: object) -> bool:
        """Return whether both say the same, wherever they stand."""
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def place(self, *keys: str | int) -> Place:
        """Return where the record, or a key of it, stands; of a record that was made in code the key alone."""
        return Place(key=dotted(keys)) if self._document is None else self._document.place((*self._path, *keys))

    @property
    def key(self) -> str:
        """The name under which it stands in its file."""
        return str(self._path[-1])

    @property
    def source_file(self) -> Path:
        """The file that the record was read from."""
        if self._document is None:
            raise ValueError("a record that was made in code stands in no file")
        return self._document.file

    def locate(self, document: Document, path: KeyPath) -> None:
        """Tell the record, and every record within it, where it stands."""
        self._document, self._path = document, path
        for name, field in type(self).model_fields.items():
            _locate(getattr(self, name), document, (*path, field.alias or name))


def _twice(raw: Any) -> Any:
    return {"zh": raw, "en": raw} if isinstance(raw, str) and raw.strip() else raw


Name = Annotated[Text, BeforeValidator(_twice)]
"""A name or sentence of a scenario: in two languages, or written once for both."""

Schema = TypeVar("Schema", bound=Record)


def read_record(file: Path, schema: type[Schema], faults: Faults, *, without: Schema | None = None) -> Schema:
    """Read a file that holds one record; `without` is the record of an optional file that is not there.

    Raises
    ------
    InputError
        with every fault until then, when nothing of the file is sound; see `check_against`.
    """
    if without is not None and not is_file(file):
        return without
    document = read_yaml(file)
    record = check_against(schema, document.data, document, faults)
    if record is None:
        raise InputError(faults.found)
    return record


def read_records(file: Path, schema: type[Schema], faults: Faults, *, listed: bool = False) -> Iterator[tuple[Any, Schema]]:
    """Yield the records of a file by name, or by their place in a list; none of a file that is not there."""
    if not is_file(file):
        return
    document = read_yaml_list(file) if listed else read_yaml(file)
    for key, raw in enumerate(document.data) if listed else document.data.items():
        record = check_against(schema, raw, document, faults, (key,))
        if record is not None:
            yield key, record


def fail_if_unknown(names: Iterable[Any], known: Collection[str], message: Text, place: Place, faults: Faults) -> None:
    """Add a fault, with the nearest known name, for every name that is not known; it stands for `{}` of the message."""
    for name in (name for name in names if name not in known):
        said = Text(message.zh.replace("{}", str(name)), message.en.replace("{}", str(name)))
        faults.add(said, place, nearest(str(name), known))


_MAPPINGS = ("dict_type", "dataclass_type", "model_type", "model_attributes_type")
_MESSAGES = {
    "missing": Text("缺少此键", "this key is missing"),
    "string_type": Text("应为文字", "text is wanted"),
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), Text("应为整数", "a whole number is wanted")),
    **dict.fromkeys(("float_type", "float_parsing"), Text("应为数", "a number is wanted")),
    "finite_number": Text("应为有限的数", "a finite number is wanted"),
    "bool_type": Text("应为 true 或 false", "true or false is wanted"),
    **dict.fromkeys(("list_type", "tuple_type"), Text("应为列表", "a list is wanted")),
    "too_short": Text("列表的项数太少", "the list has too few items"),
    "too_long": Text("列表的项数太多", "the list has too many items"),
    **dict.fromkeys(_MAPPINGS, Text("应为“键: 值”", "keys and values are wanted")),
}

_SHOWN = 40
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_QUOTED = re.compile(r"'([^']*)'")
_LIMITS = {
    "greater_than": ("大于", "above", "gt"),
    "greater_than_equal": ("不小于", "at least", "ge"),
    "less_than_equal": ("不大于", "at most", "le"),
}


def check_against(schema: type[Schema], data: Any, document: Document, faults: Faults, at: KeyPath = ()) -> Schema | None:
    """Return the record after adding every fault; what is faulty is left out, so that the rest can be checked further.

    None where nothing is left of it. Nobody runs with such a record: its faults are raised.
    """
    record: Schema | None
    try:
        record = schema.model_validate(data)
    except ValidationError as error:
        for detail in _without_alternatives(error.errors()):
            _add(detail, schema, document, faults, at)
        record = _salvaged(schema, data, error)
    _locate(record, document, at)
    return record


def _locate(value: Any, document: Document, path: KeyPath) -> None:
    if isinstance(value, Record):
        value.locate(document, path)
    elif isinstance(value, dict | list):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            _locate(part, document, (*path, key))


_ALTERNATIVES = ("float", "int", "str", "bool")
"""Parts that pydantic adds to the path of a value that may be one of several types, as if it were a key."""


def _without_alternatives(details: list[Any]) -> list[Any]:
    """One fault for a value that is none of several types: the widest of them says what is wanted."""
    kept: dict[tuple[Any, ...], Any] = {}
    for detail in details:
        is_one = detail["loc"][-1:] and detail["loc"][-1] in _ALTERNATIVES and detail["type"] in _MESSAGES
        if not is_one:
            kept[(*detail["loc"], detail["type"])] = detail
        elif detail["loc"][:-1] not in kept or detail["loc"][-1] == "float":
            kept[detail["loc"][:-1]] = {**detail, "loc": detail["loc"][:-1]}
    return list(kept.values())


_MOST_TRIES = 8


def _salvaged(schema: type[Schema], data: Any, error: ValidationError) -> Schema | None:
    """The record without the keys that are wrong; a key that lacks one of its own goes with it."""
    rest = deepcopy(data)
    for _ in range(_MOST_TRIES):
        for detail in error.errors():
            path = detail["loc"][:-1] if detail["type"] == "missing" else detail["loc"]
            if not _leave_out(rest, path):
                return None
        try:
            return schema.model_validate(rest)
        except ValidationError as another:
            error = another
    return None


def _leave_out(data: Any, path: tuple[int | str, ...]) -> bool:
    """Delete the innermost key of a path; one that is gone already counts as deleted. False where there is none to delete."""
    holder, last = None, None
    for part in path:
        if not isinstance(data, dict):
            break
        if part not in data:
            return holder is not None
        holder, last, data = data, part, data[part]
    if holder is None:
        return False
    del holder[last]
    return True


def _add(detail: Any, schema: type[BaseModel], document: Document, faults: Faults, at: KeyPath) -> None:
    path = (*at, *detail["loc"])
    place = document.place(path)
    if detail["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        name = str(detail["loc"][-1])
        faults.add(Text(f"未知键 {name}", f"unknown key {name}"), place, nearest(name, _keys(schema, detail["loc"])))
    elif detail["type"] == "literal_error":
        written = shorten(str(detail["input"]), _SHOWN, placeholder="……")
        message = Text(f"不能写“{written}”", f"'{written}' is not allowed here")
        faults.add(message, place, nearest(written, _QUOTED.findall(detail["ctx"]["expected"])))
    else:
        is_quoted = detail["type"] in ("float_type", "int_type") and _NUMBER.fullmatch(str(detail["input"]))
        faults.add(worded(detail), place, Text("去掉引号", "without quotes") if is_quoted else None)


def worded(detail: Any) -> Text:
    """Return what is wrong with a value, in words, from what pydantic says of it."""
    kind, facts = detail["type"], detail.get("ctx", {})
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    if kind in _LIMITS:
        zh, en, key = _LIMITS[kind]
        return Text(f"须{zh} {facts[key]:g}", f"must be {en} {facts[key]:g}")
    expected = facts.get("expected", detail["msg"])
    return Text(f"值不合要求：{expected}", f"not allowed: {expected}")


def _keys(schema: Any, location: tuple[Any, ...]) -> list[str]:
    current = schema
    for part in location[:-1]:
        field = _fields(current).get(part)
        annotation = None if field is None else field.annotation
        parts = (item for item in (annotation, *getattr(annotation, "__args__", ())) if _fields(item))
        current = current if field is None else next(parts, None)
    return [getattr(field, "alias", None) or name for name, field in _fields(current).items()]


def _fields(record: Any) -> Mapping[str, Any]:
    """The fields of a type of record, or of texts; none of anything else."""
    return getattr(record, "model_fields", None) or getattr(record, "__dataclass_fields__", {})
