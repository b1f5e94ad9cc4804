"""Ends of a call that is not done: refused, interrupted, out of memory or of disk; each a sentence and an exit status."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from sim.cli.console import speaker
from sim.cli.usage import is_call_for_help, refusal


def refuse(error: Exception) -> NoReturn:
    """A call that the library of the command line does not take; one without any word has the help text for its answer."""
    if is_call_for_help(error):
        error.show()  # type: ignore[attr-defined]
        sys.exit(2)
    fault = refusal(error)
    speaker(language_of_call()).faults(fault)
    sys.exit(fault.exit_status)


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
    """What was printed may not have reached its file: the disk behind it may be full."""
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
    voice = speaker(language_of_call())
    voice.err.print(voice.word(zh, en))
    sys.exit(1)


def language_of_call() -> str | None:
    """The language that the call asks for; None where it asks for none."""
    words = sys.argv[1:]
    asked = next((word.split("=", 1)[1] for word in words if word.startswith("--lang=")), None)
    if asked is None and "--lang" in words[:-1]:
        asked = words[words.index("--lang") + 1]
    return asked
