"""Ends of a call that is not done: refused, interrupted, out of memory or of disk; each a sentence and an exit status."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

import typer

from sim.base.errors import Fault, Place, SimError, UsageError, nearest
from sim.base.text import Text
from sim.cli.console import language_of_call, speaker_of

REFUSED: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""What the library of the command line raises, whichever library that is in this version of typer."""
_QUOTED = re.compile(r"'([^']*)'")


def refuse(error: Any) -> NoReturn:
    """End a call that the library of the command line does not take; one without any word is answered by the help text."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        sys.exit(2)
    end_with_faults(UsageError(_refusal(error)))


def end_with_faults(error: SimError) -> NoReturn:
    """Report every fault of an error, and end."""
    speaker_of(language_of_call()).faults(error)
    sys.exit(error.exit_status)


def _refusal(error: Any) -> Fault:
    """Say a refusal as this program does, with the nearest name or the values that are possible."""
    said, kind = str(getattr(error, "message", "")), type(error).__name__
    context, parameter = getattr(error, "ctx", None), getattr(error, "param", None)
    if kind == "NoSuchOption":
        name, parameters = str(error.option_name), context.command.params if context else ()
        known = [spelt for item in parameters for spelt in item.opts if spelt.startswith("--")]
        return Fault(Text(f"没有选项 {name}", f"no option {name}"), Place(), nearest(name, known))
    if kind == "BadOptionUsage":
        return Fault(Text(f"选项 {error.option_name} 后面缺少数值", f"option {error.option_name} needs a value after it"))
    if parameter is not None:
        return _of_value(parameter, said, is_missing=kind == "MissingParameter")
    verbs = getattr(getattr(context, "command", None), "commands", None)
    quoted = _QUOTED.findall(said)
    if verbs and quoted:
        return Fault(Text(f"没有命令 {quoted[0]}", f"no command {quoted[0]}"), Place(), nearest(quoted[0], list(verbs)))
    return Fault(Text(f"用法有误：{said}", said))


def _of_value(parameter: Any, said: str, *, is_missing: bool) -> Fault:
    """A value that is missing, or is none of those that are possible; the library quotes the value first, then the choices."""
    name = str(parameter.opts[0])
    zh, _, en = str(getattr(parameter, "help", None) or "").partition(" / ")
    about = Text(zh, en or zh) if zh else None
    value, *choices = _QUOTED.findall(said) or [""]
    if is_missing or not value:
        return Fault(Text(f"缺少 {name}", f"{name} is missing"), Place(), about)
    advice = Text(f"可用：{'、'.join(choices)}", f"known: {', '.join(choices)}") if choices else about
    return Fault(Text(f"{name} {value} 不可用", f"{name} {value} cannot be used"), Place(), advice)


def say_out_of_means(error: Exception) -> NoReturn:
    """Too little memory, a process that was ended from outside, or a disk that takes no more."""
    if isinstance(error, MemoryError):
        zh = "内存不足，没有留下不完整的结果。请减少 --draws 或 --workers，或加 --float32。"
        _give_up(zh, "Out of memory; nothing half-written was left. Try fewer --draws or --workers, or --float32.")
    if isinstance(error, OSError):
        _say_not_written(error)
    zh = "一个计算进程被外部终止（可能内存不足），没有留下不完整的结果。请减少 --workers 后重试。"
    en = "A worker process was ended from outside (out of memory?); nothing half-written was left. Try fewer --workers."
    _give_up(zh, en)


def fail_if_not_written() -> None:
    """Look whether what was printed has reached its file: the disk behind it may be full."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return  # whoever read has read enough
    except OSError as error:
        _say_not_written(error)


def _say_not_written(error: OSError) -> NoReturn:
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  what is left in the buffer cannot be written either
    named = f"{error.filename}：" if error.filename else ""
    reason = error.strerror or str(error)
    _give_up(f"无法写出：{named}{reason}", f"Cannot be written: {named.replace('：', ': ')}{reason}")


def say_interrupted() -> NoReturn:
    """Say what an interrupt leaves, and end."""
    if "sweep" in sys.argv[1:2]:
        _give_up("已中断；算完的部分都在，用同一命令继续。", "Interrupted; the same command goes on from what is complete.")
    _give_up("已中断，没有留下不完整的结果。", "Interrupted; no half-written results were left.")


def _give_up(zh: str, en: str) -> NoReturn:
    """Say why a run that did not fail by itself ends, and end."""
    voice = speaker_of(language_of_call())
    voice.err.print(voice.word(zh, en))
    sys.exit(1)
