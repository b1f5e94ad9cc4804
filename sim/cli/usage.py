"""Calls that the command line refuses, said in the user's language: unknown verbs and options, missing or wrong values."""

from __future__ import annotations

import re
from typing import Any

import typer

from sim.base.errors import Fault, Place, UsageError, nearest
from sim.base.text import Text

REFUSED: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""What the library of the command line raises, whichever library that is in this version of typer."""
_HELP = "NoArgsIsHelpError"
_QUOTED = re.compile(r"'([^']*)'")


def is_call_for_help(error: Exception) -> bool:
    """Say whether a call without any word is to be answered by the help text."""
    return type(error).__name__ == _HELP


def refusal(error: Any) -> UsageError:
    """The same refusal as a fault of this program, with the nearest name or the values that are possible."""
    return UsageError(_fault(error))


def _fault(error: Any) -> Fault:
    said, kind = str(getattr(error, "message", "")), type(error).__name__
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if kind in {"NoSuchOption", "BadOptionUsage"}:
        return _of_option(str(error.option_name), context, is_unknown=kind == "NoSuchOption")
    if parameter is not None:
        return _of_value(parameter, said, is_missing=kind == "MissingParameter")
    verbs = getattr(getattr(context, "command", None), "commands", None)
    if verbs and _quoted(said):
        name = _quoted(said)[0]
        return Fault(Text(f"没有命令 {name}", f"no command {name}"), Place(), nearest(name, list(verbs)))
    return Fault(Text(f"用法有误：{said}", said), Place())


def _of_option(name: str, context: Any, *, is_unknown: bool) -> Fault:
    if not is_unknown:
        return Fault(Text(f"选项 {name} 后面缺少数值", f"option {name} needs a value after it"), Place())
    known = [spelt for item in context.command.params for spelt in item.opts if spelt.startswith("--")] if context else []
    return Fault(Text(f"没有选项 {name}", f"no option {name}"), Place(), nearest(name, known))


def _of_value(parameter: Any, said: str, *, is_missing: bool) -> Fault:
    """A value that is missing, or is none of those that are possible; the library quotes the value first, then the choices."""
    name = str(parameter.opts[0])
    zh, _, en = str(getattr(parameter, "help", None) or "").partition(" / ")
    about = Text(zh, en or zh) if zh else None
    value, *choices = _quoted(said) or [""]
    if is_missing or not value:
        return Fault(Text(f"缺少 {name}", f"{name} is missing"), Place(), about)
    advice = Text(f"可用：{'、'.join(choices)}", f"known: {', '.join(choices)}") if choices else about
    return Fault(Text(f"{name} {value} 不可用", f"{name} {value} cannot be used"), Place(), advice)


def _quoted(text: str) -> list[str]:
    return _QUOTED.findall(text)
