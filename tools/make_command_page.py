"""The page of commands, from the program's own help: `python tools/make_command_page.py > docs/commands.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sim.cli.app import app  # noqa: E402  the checkout is found first

HEAD = """# 命令 / Commands

由 `python tools/make_command_page.py` 从程序自己的帮助生成；请勿手改。每个命令加 `--help` 也会列出这些选项。
*Generated from the program's own help; do not edit.*

退出状态：0 完成；1 运行失败，或 `--require` 的目标未实现；2 输入或用法有误。
*Exit status: 0 done; 1 the run failed or a required target was missed; 2 the input or the call is wrong.*
"""


def page() -> str:
    """Every verb with its arguments and options."""
    lines = [HEAD]
    for name, command in _commands(typer.main.get_command(app), "python -m sim"):
        lines += [f"## `{name}`", "", (command.help or "").strip(), ""]
        rows = [_row(parameter) for parameter in command.params if getattr(parameter, "hidden", False) is False]
        if rows:
            lines += ["| 选项 / option | 含义 / meaning | 默认 / default |", "| --- | --- | --- |", *rows, ""]
    return "\n".join(lines)


def _commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if not hasattr(command, "commands"):
        yield path, command.loaded
        return
    for name, inner in command.commands.items():
        yield from _commands(inner, f"{path} {name}")


def _row(parameter: Any) -> str:
    shown = (
        ", ".join(parameter.opts) if parameter.param_type_name == "option" else (parameter.metavar or parameter.name).upper()
    )
    default = parameter.default
    told = "" if default is None or default is False or callable(default) else str(default)
    return f"| `{shown}` | {(parameter.help or '').replace('|', '·')} | {told} |"


if __name__ == "__main__":
    sys.stdout.write(page())
