"""Options that several verbs share, and what they stand for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.cli.console import Speaker, speaker


class Lang(StrEnum):
    """Languages of messages and reports."""

    ZH = "zh"
    EN = "en"


Scenarios = Annotated[list[str] | None, typer.Argument(help="情景文件或名称 / scenario files or names")]
City = Annotated[str | None, typer.Option("--city", help="城市 / city")]
SetValues = Annotated[list[str] | None, typer.Option("--set", help="改一个数值：名称=数值 / change one value: name=value")]
Use = Annotated[list[str] | None, typer.Option("--use", help="启用一层 overrides / switch on a named layer")]
OutFolder = Annotated[Path, typer.Option("--out", help="结果文件夹 / results folder")]
Language = Annotated[Lang | None, typer.Option("--lang", help="语言 / language")]
Quiet = Annotated[bool, typer.Option("--quiet", help="不显示进度和表格 / no progress, no tables")]
AsJson = Annotated[bool, typer.Option("--json", help="输出一个 JSON 文档 / print one JSON document")]
HomeFolder = Annotated[Path | None, typer.Option("--home", help="含 models/ 与 scenarios/ 的文件夹 / home folder")]
Require = Annotated[list[str] | None, typer.Option("--require", help="目标编号或 all：未实现则返回 1 / exit 1 when missed")]
DrawCount = Annotated[str | None, typer.Option("--draws", help="抽样次数，0 为不抽样 / draws; 0 for none")]
ManyDraws = Annotated[str | None, typer.Option("--draws", help="抽样次数，至少 30 / draws, 30 or more")]
SweepCount = Annotated[str | None, typer.Option("--draws", help="抽样次数；网格为每点次数 / draws; of a grid, at each point")]
PriorOnly = Annotated[bool, typer.Option("--prior", help="按先验而不按后验抽样 / draw from the priors")]
Seed = Annotated[str | None, typer.Option("--seed", help="随机数种子，默认 0 / seed of the draws, 0 by default")]
Workers = Annotated[str | None, typer.Option("--workers", help="进程数，默认每处理器一个 / processes, one a processor")]
Single = Annotated[bool, typer.Option("--float32", help="抽样用单精度，较快 / draws in single precision, faster")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="站在哪一年：只用当年公报前的资料 / only what was known then")]
RESULTS = Path("results")


def voice_of(lang: Lang | None, *, quiet: bool = False, as_json: bool = False) -> Speaker:
    """The speaker of a call."""
    return speaker(lang.value if lang else None, quiet=quiet, as_json=as_json)


def pairs_of(values: list[str] | None, option: str = "--set") -> tuple[tuple[str, str], ...]:
    """Options of the form name=value.

    Raises
    ------
    UsageError
        with every one that has no equals sign.
    """
    faults = [
        Fault(
            Text(f"{option} {item} 缺少等号", f"{option} {item} has no equals sign"),
            Place(),
            Text(f"写法：{option} 名称=数值", f"write {option} name=value"),
        )
        for item in values or ()
        if "=" not in item
    ]
    if faults:
        raise UsageError(faults)
    split = (item.split("=", 1) for item in values or ())
    return tuple((name.strip(), value.strip()) for name, value in split)
