"""Calls from notebooks: arguments are what their annotations say, in the types of numpy and pandas too, or the call is refused.

`checked` stands before every function that notebooks use. It finds all arguments that are wrong at once; limits are those of
the command line.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

import numpy as np
import pandas as pd
import xarray as xr
from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, validate_call
from pydantic_core import PydanticCustomError

from sim.base.errors import Fault, Place, RunError, UsageError, nearest
from sim.base.processes import MOST_DRAWS, MOST_WORKERS
from sim.base.text import Language, Text, cut
from sim.inputs.checked import worded
from sim.simulate.design import LARGEST_SEED

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")
_SHOWN, _DEEPEST = 40, 20


def plain(raw: Any) -> Any:
    """Arrays and series as lists or, where they name their values, as dictionaries; numbers of numpy as numbers."""
    return _plain(raw, 0)


def _plain(raw: Any, depth: int) -> Any:
    if isinstance(raw, xr.DataArray):
        raw = raw.to_series() if raw.ndim == 1 and raw.dims[0] in raw.coords else raw.to_numpy()
    if isinstance(raw, pd.Series):
        counts = isinstance(raw.index, pd.RangeIndex) and raw.index.start == 0 and raw.index.step == 1
        raw = raw.tolist() if counts else dict(raw.items())
    if isinstance(raw, pd.DataFrame):
        raw = raw.to_dict()
    if isinstance(raw, np.ndarray | np.generic | pd.Index):
        raw = raw.tolist()
    if depth > _DEEPEST:
        raise PydanticCustomError("too_deep", "nested too deep")
    if isinstance(raw, tuple | list | range | set | frozenset):
        return [_plain(item, depth + 1) for item in raw]
    if isinstance(raw, Mapping):
        return {key.item() if isinstance(key, np.generic) else key: _plain(item, depth + 1) for key, item in raw.items()}
    return raw


def _names(raw: Any) -> Any:
    """Several names, or one written without a list."""
    listed = plain(list(raw) if isinstance(raw, Iterable) and not isinstance(raw, str | bytes | Mapping) else raw)
    return (listed,) if isinstance(listed, str) else tuple(listed) if isinstance(listed, list) else listed


def _file(raw: Any) -> Any:
    """A path that a system can look up; an empty one is none."""
    written = plain(raw)
    if isinstance(written, str | Path) and (not str(written).strip() or "\0" in str(written)):
        raise PydanticCustomError("no_path", "a path or name is wanted")
    return written


def _dictionary(raw: Any) -> Any:
    written = plain(raw)
    if not isinstance(written, dict) or not all(isinstance(key, str) for key in written):
        raise PydanticCustomError("no_dictionary", "a dictionary is wanted")
    return written


_PLAIN = BeforeValidator(plain)
Whole = Annotated[int, _PLAIN]
Flag = Annotated[bool, _PLAIN]
Word = Annotated[str, _PLAIN, Field(min_length=1)]
Count = Annotated[int, Field(ge=0, le=MOST_DRAWS), _PLAIN]
Draws = Annotated[int, Field(ge=1, le=MOST_DRAWS), _PLAIN]
Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED), _PLAIN]
Workers = Annotated[int, Field(ge=1, le=MOST_WORKERS), _PLAIN]
Several = Annotated[Sequence[str], BeforeValidator(_names)]
PathLike = Annotated[str | Path, BeforeValidator(_file)]
Settings = Annotated[Mapping[str, Any], BeforeValidator(_dictionary)]
Lang = Annotated[Language, _PLAIN]

_SAID = {
    **dict.fromkeys(("no_path", "path_type"), Text("应为路径或名称", "a path or name is wanted")),
    "too_deep": Text("嵌套太深", "nested too deep"),
    "no_dictionary": Text("应为字典", "a dictionary is wanted"),
    "string_too_short": Text("不能为空", "it may not be empty"),
    **dict.fromkeys(("missing_argument", "missing_keyword_only_argument"), Text("缺少此参数", "this argument is missing")),
    "multiple_argument_values": Text("参数写了两次", "this argument stands twice"),
    "unexpected_positional_argument": Text("参数太多", "too many arguments"),
    **dict.fromkeys(("is_instance_of", "tuple_type"), Text("应为名称或名称的列表", "a name or a list of names is wanted")),
}
_EXAMPLE = Text('写成 {"名称": 数值}', 'write {"name": value}')


def checked(function: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Return the function, which refuses arguments that are not what its annotations say.

    Raises
    ------
    UsageError
        from each call with every argument that is wrong, or that the function does not have.
    """
    validated = validate_call(config=ConfigDict(strict=True, arbitrary_types_allowed=True))(function)
    known = [name for name in inspect.signature(function).parameters if name != "self"]

    @wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        try:
            return validated(*args, **kwargs)
        except ValidationError as error:
            if error.title != function.__qualname__:
                raise
            raise UsageError(_faults(error, known)) from error
        except MemoryError as error:
            raise RunError(Fault(Text("内存不足", "out of memory"), advice=_LESS)) from error

    return call


_LESS = Text("请减少 draws 或 workers，或把结果存入 folder", "try fewer draws or workers, or keep the results in a `folder`")


def _faults(error: ValidationError, known: list[str]) -> list[Fault]:
    """Return one fault for each argument that is wrong; those without a keyword are known by their place."""
    found = dict[str, Fault]()
    for detail in error.errors():
        first = detail["loc"][0] if detail["loc"] else ""
        name = known[first] if isinstance(first, int) and first < len(known) else str(first)
        found.setdefault(name, _fault(name, detail, known))
    return list(found.values())


def _fault(name: str, detail: Any, known: list[str]) -> Fault:
    kind, place = detail["type"], Place(key=name)
    if kind == "unexpected_keyword_argument":
        return Fault(Text(f"没有参数 {name}", f"there is no argument {name}"), place, nearest(name, known))
    said = _SAID.get(kind) or worded(detail)
    shown = cut(repr(detail["input"]), _SHOWN)
    message = Text(f"{shown} 不可用", f"{shown} cannot be used")
    if kind == "literal_error":
        words = [word.strip(" '") for word in detail["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return Fault(message, place, nearest(str(detail["input"]), words))
    if kind == "no_dictionary":
        return Fault(Text(f"{name} 应为字典", f"`{name}` is a dictionary"), place, _EXAMPLE)
    return Fault(message, place, said)
