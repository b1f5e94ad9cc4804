"""Declare options: those of a verb are read and checked together, and reach its function as plain arguments."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_origin, get_type_hints

import typer

from sim.base.errors import Fault, Faults, UsageError
from sim.base.processes import MOST_DRAWS, MOST_WORKERS, processors
from sim.base.text import Text
from sim.cli.console import Speaker, speaker_of
from sim.cli.log import start_log

Lang = StrEnum("Lang", ["zh", "en"])
_OPTIONS: dict[str, tuple[Any, Any]] = {
    "lang": (Annotated[Lang | None, typer.Option("--lang", help="语言 / language")], None),
    "quiet": (Annotated[bool, typer.Option("--quiet", help="不显示进度和表格 / no progress, no tables")], False),
    "as_json": (Annotated[bool, typer.Option("--json", help="输出一个 JSON 文档 / print one JSON document")], False),
    "log": (Annotated[Path | None, typer.Option("--log", help="把本次运行的记录写入文件 / append a log of this call")], None),
}
Plain = Annotated[Speaker, ()]
WithJson = Annotated[Speaker, ("as_json",)]
WithQuiet = Annotated[Speaker, ("quiet", "as_json")]
"""A speaker, with the options that say how it speaks."""


@dataclass(frozen=True)
class Reader:
    """Reads what was written for an option, whose name it is told first; `usual` is written where nothing is."""

    read: Callable[[str, Any], Any]
    raw: Any = str | None
    usual: Any = None


@dataclass(frozen=True)
class OptionGroup:
    """Options that verbs share: a function declares them, and a verb is handed it with what was written for them."""

    function: Callable[..., Any]


RESULTS = Path("results")
PROCESSORS = processors()
DOUBLE = "float64"
LEAST_DRAWS = 30
"""Draws that a probability needs to be worth printing."""
Pairs = tuple[tuple[str, str], ...]
_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,12})?")
_WHOLE = re.compile(r"[0-9]{1,20}|[0-9]{1,3}(,[0-9]{3}){1,6}|[0-9]{1,3}(_[0-9]{3}){1,6}")
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_SHOWN = 30
Marked = TypeVar("Marked")


def as_written(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the verb as it is called on the command line.

    Its options stand in the order of its parameters, those that most verbs have at the end. An option that was not written is
    left to the default of the function; one that several groups declare reaches them all.
    """

    def call(*, lang: str | None, log: Path | None, quiet: bool = False, as_json: bool = False, **written: Any) -> Any:
        start_log(log)
        faults, values = Faults(), {"speaker": speaker_of(lang, quiet=quiet, as_json=as_json)}
        for key, value in written.items():
            if value is not None and value != []:
                with faults.gathering(UsageError):
                    values[key] = _value(options[key][0], value)
        faults.raise_if_any(UsageError)
        return function(**_arguments(function, values))

    options, found = _options_of(function), dict[str, tuple[Any, Any]]()
    for name, (hint, default) in options.items():
        found |= _as_written(name, hint, default)
    found |= {name: found.pop(name) for name in ("home", *_OPTIONS) if name in found} | {"log": _OPTIONS["log"]}
    parameters = [
        Parameter(key, Parameter.KEYWORD_ONLY, default=usual, annotation=kind) for key, (kind, usual) in found.items()
    ]
    call.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return call


def _declared(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the annotations of the parameters that are options, groups of them or a speaker."""
    hints = get_type_hints(function, include_extras=True)
    return {key: hint for key, hint in hints.items() if get_origin(hint) is Annotated}


def _options_of(function: Callable[..., Any]) -> dict[str, tuple[Any, Any]]:
    """Return annotation and default of every option of a verb, those of its groups among them."""
    found = dict[str, tuple[Any, Any]]()
    for key, hint in _declared(function).items():
        group, usual = _marked(hint, OptionGroup), signature(function).parameters[key].default
        own = {key: (hint, usual)} if group is None else _options_of(group.function)
        for name, option in own.items():
            found.setdefault(name, option)
    return found


def _arguments(function: Callable[..., Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return what a verb is called with: values that were written, and its groups with theirs."""
    groups = {key: _marked(hint, OptionGroup) for key, hint in _declared(function).items()}
    bound = {key: partial(group.function, **_arguments(group.function, values)) for key, group in groups.items() if group}
    return bound | {key: values[key] for key in groups if key in values}


def _as_written(key: str, hint: Any, usual: Any) -> dict[str, tuple[Any, Any]]:
    """Return type and default of an option before it is read, by its name; a speaker has several."""
    reader = _marked(hint, Reader)
    if key == "speaker":
        return {name: _OPTIONS[name] for name in ("lang", *hint.__metadata__[0])}
    if reader is not None:
        return {key: (Annotated[reader.raw, hint.__metadata__[0]], reader.usual)}
    return {
        key: (Annotated[list[str] | None, hint.__metadata__[0]], None)
        if get_origin(hint.__origin__) is tuple
        else (hint, usual)
    }


def _value(hint: Any, written: Any) -> Any:
    reader = _marked(hint, Reader)
    if reader is not None:
        option = hint.__metadata__[0]
        return reader.read((option.default, *option.param_decls)[0], written)  # typer keeps the first name as a default
    return tuple(written) if isinstance(written, list) else written


def _marked(hint: Any, kind: type[Marked]) -> Marked | None:
    return next((item for item in hint.__metadata__ if isinstance(item, kind)), None)


def read_whole(option: str, text: str, low: int, high: int) -> int:
    """Read a whole number within its limits.

    Raises
    ------
    UsageError
        when it is none.
    """
    written = _narrow(text)
    if _WHOLE.fullmatch(written) and low <= (number := int(written.replace("_", "").replace(",", ""))) <= high:
        return number
    raise _refused(option, text, Text(f"应为 {low}–{high} 的整数", f"give a whole number from {low} to {high}"))


def _refused(option: str, text: str, advice: Text) -> UsageError:
    shown = repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")
    return UsageError(Fault(Text(f"{option} {shown} 不可用", f"{option} {shown} cannot be used"), advice=advice))


def read_share(option: str, text: str) -> float:
    """Read a share, a number below one or in per cent.

    Raises
    ------
    UsageError
        when it is none.
    """
    written = _narrow(text)
    digits = written.removesuffix("%").strip()
    value = float(digits) * (0.01 if written.endswith("%") else 1.0) if _DECIMAL.fullmatch(digits) else math.nan
    if 0.0 < value < 1.0:
        return value
    raise _refused(option, text, Text("应在 0% 与 100% 之间，例如 80%", "give a share between 0 % and 100 %, such as 80%"))


def read_shares(option: str, texts: list[str]) -> tuple[float, ...]:
    """Read several shares.

    Raises
    ------
    UsageError
        with every one that is none.
    """
    faults, found = Faults(), list[float]()
    for text in texts:
        with faults.gathering(UsageError):
            found.append(read_share(option, text))
    faults.raise_if_any(UsageError)
    return tuple(found)


def read_pairs(option: str, texts: list[str]) -> Pairs:
    """Read several of the form name=value.

    Raises
    ------
    UsageError
        with every one that has no equals sign.
    """
    advice = Text(f"写法：{option} 名称=数值", f"write {option} name=value")
    faults = Faults()
    for item in texts:
        if "=" not in item:
            faults.add(Text(f"{option} {item} 缺少等号", f"{option} {item} has no equals sign"), advice=advice)
    faults.raise_if_any(UsageError)
    split = (item.partition("=") for item in texts)
    return tuple((name.strip(), value.strip()) for name, _, value in split)


def _narrow(text: str) -> str:
    """Return the usual digits and signs for full-width ones, which a Chinese keyboard writes."""
    return text.strip().translate(_WIDE)


def whole(low: int, high: int, usual: str | None = None, *, or_none: bool = False) -> Reader:
    """Return the reader of a whole number within limits; with `or_none`, zero is one too."""

    def read(option: str, text: Any) -> int:
        return 0 if or_none and _narrow(text) == "0" else read_whole(option, text, low, high)

    return Reader(read, usual=usual)


def one_of(*names: str) -> Reader:
    """Return the reader of a choice."""
    choice: Any = StrEnum("Choice", list(names))  # type: ignore[misc]  # mypy wants the names written here
    return Reader(lambda _, chosen: chosen.value, choice | None)


YEAR = whole(1949, 2100)
PAIRS = Reader(read_pairs, list[str] | None)
_MANY_DRAWS = typer.Option("--draws", help="抽样次数，至少 30 / draws, 30 or more")
_SOME_DRAWS = typer.Option("--draws", help="抽样次数，0 为不抽样 / draws; 0 for none")
_WORKERS = typer.Option("--workers", help="进程数，默认每处理器一个 / processes, one a processor")

Scenarios = Annotated[tuple[str, ...], typer.Argument(help="情景文件或名称 / scenario files or names")]
Scenario = Annotated[str | None, typer.Argument(help="情景文件或名称 / scenario file or name")]
ScenarioOption = Annotated[str | None, typer.Option("--scenario", help="情景文件或名称 / scenario file or name")]
Run = Annotated[str, typer.Argument(help="运行：路径、编号或 latest / run: path, id or latest")]
City = Annotated[str | None, typer.Option("--city", help="城市 / city")]
CityName = Annotated[str, typer.Argument(help="城市 / city")]
Settings = Annotated[Pairs, typer.Option("--set", help="改一个数值：名称=数值 / change one value: name=value"), PAIRS]
Use = Annotated[tuple[str, ...], typer.Option("--use", help="启用一层 overrides / switch on a named layer")]
Targets = Annotated[tuple[str, ...], typer.Option("--target", help="只看这些目标 / these targets only")]
Out = Annotated[Path, typer.Option("--out", help="结果文件夹 / results folder")]
Home = Annotated[Path | None, typer.Option("--home", help="含 models/ 与 scenarios/ 的文件夹 / home folder")]
Draws = Annotated[int | None, _SOME_DRAWS, whole(0, MOST_DRAWS)]
NoneOrManyDraws = Annotated[int | None, _SOME_DRAWS, whole(LEAST_DRAWS, MOST_DRAWS, or_none=True)]
ManyDraws = Annotated[int, _MANY_DRAWS, whole(LEAST_DRAWS, MOST_DRAWS)]
Prior = Annotated[bool, typer.Option("--prior", help="按先验而不按后验抽样 / draw from the priors")]
Seed = Annotated[int, typer.Option("--seed", help="随机数种子，默认 0 / seed of the draws, 0 by default"), whole(0, 2**63 - 1)]
Workers = Annotated[int, _WORKERS, whole(1, MOST_WORKERS)]
WorkersIfNamed = Annotated[int | None, _WORKERS, whole(1, MOST_WORKERS)]
Precision = Annotated[
    str,
    typer.Option("--float32", help="抽样用单精度，较快 / draws in single precision, faster"),
    Reader(lambda _, is_single: "float32" if is_single else DOUBLE, bool, False),
]
AsOf = Annotated[int | None, typer.Option("--as-of", help="站在哪一年：只用当年公报前的资料 / only what was known then"), YEAR]
