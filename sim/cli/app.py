"""`python -m sim`: the verbs in the order of the help, each loaded when it is called, and the end of every call.

Exit status: 0 done, 1 the run failed or a required target was missed, 2 the input or the call is wrong.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from concurrent.futures import BrokenExecutor
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup

from sim.base import __version__
from sim.base.errors import Fault, Place, SimError, UsageError, nearest
from sim.base.processes import InterruptedRun, was_asked_to_stop
from sim.base.text import Text
from sim.cli.console import accept_any_console, language_of_call, speaker_of
from sim.cli.log import logged
from sim.cli.options import as_written

__all__ = ["app", "main"]

_VERBS = {
    "run": "run.run",
    "check": "check.check",
    "sweep": "sweep.sweep",
    "list": "show.list_all",
    "describe": "show.describe",
    "compare": "show.compare",
    "report": "report.report",
    "explore": "explore.explore",
    "new": "city.new",
    "new-city": "city.new_city",
    "calibrate": "city.calibrate",
    "backtest": "city.backtest",
    "schema": "show.schema",
}
_PLAN_VERBS = {
    "lint": "plan_text.lint",
    "trace": "plan_text.trace",
    "evaluate": "plan_judged.evaluate",
    "feasibility": "plan_searched.feasibility",
    "attribute": "plan_judged.attribute",
    "path": "plan_searched.path",
}
_PLACES = _VERBS | _PLAN_VERBS
_TITLES = {"Options": Text("选项", "Options"), "Arguments": Text("参数", "Arguments"), "Commands": Text("命令", "Commands")}


class _TitlesInLanguage:
    """Help whose titles are in the language of the call; the library of the command line knows English ones only."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help text."""
        section, speaker = formatter.section, speaker_of(language_of_call())
        formatter.section = lambda title: section(speaker.say(_TITLES[title]) if title in _TITLES else title)
        super().format_help(ctx, formatter)  # type: ignore[misc]  # the class beside this one has it


class _Command(_TitlesInLanguage, TyperCommand):
    """A verb whose help has titles in the language of the call."""


class _Verb(TyperCommand):
    """A verb before it is called: its name and help; its module takes long to load."""

    @cached_property
    def loaded(self) -> Any:
        """The verb with its options."""
        module, function = _PLACES[str(self.name)].split(".")
        alone = typer.Typer(add_completion=False, rich_markup_mode=None)
        alone.command(self.name, cls=_Command)(as_written(getattr(import_module(f"sim.cli.{module}"), function)))
        return typer.main.get_command(alone)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first line of the help, for the list of verbs, from the source of its module."""
        module, function = _PLACES[str(self.name)].split(".")
        tree = ast.parse(Path(__file__).with_name(f"{module}.py").read_text(encoding="utf-8"))
        found = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == function)
        self.help = ast.get_docstring(next(found))
        return super().get_short_help_str(limit)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Read the words of a call."""
        return self.loaded.make_context(info_name, args, parent, **extra)


class _Group(_TitlesInLanguage, TyperGroup):
    """Verbs whose help has titles in the language of the call."""


def _say_version(asked: bool) -> None:  # noqa: FBT001  typer hands it over by place
    if asked:
        sys.stdout.write(f"{__version__}\n")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="版本 / version", is_eager=True, callback=_say_version, expose_value=False)
]


def _every_call(*, version: Version = False) -> None:
    """区域经济情景模拟器 / regional economic scenario simulator."""


_APP: dict[str, Any] = {"no_args_is_help": True, "add_completion": False, "rich_markup_mode": None, "cls": _Group}
app = typer.Typer(pretty_exceptions_enable=False, callback=_every_call, **_APP)
_plan = typer.Typer(help="规划本身：矛盾、来源、可行性、所需路径、评估、归因 / the plan as an object", **_APP)
for _group, _verbs in ((app, _VERBS), (_plan, _PLAN_VERBS)):
    for _name in _verbs:
        _group.command(_name, cls=_Verb)(lambda: None)
app.add_typer(_plan, name="plan")


def main() -> None:
    """Run a verb; every fault becomes a report and an exit status."""
    accept_any_console()
    try:
        with logged():
            sys.exit(app(standalone_mode=False) or 0)
    except _REFUSED as error:
        _refuse(error)
    except SimError as error:
        _end_with_faults(error)
    except SystemExit:
        _fail_if_not_written()
        raise
    except InterruptedRun:
        _say_interrupted()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except (MemoryError, BrokenExecutor, OSError) as error:
        _say_out_of_means(error)
    except Exception:
        if was_asked_to_stop():  # a library wrapped the interrupt in an error of its own
            _say_interrupted()
        raise


_REFUSED: type[Exception] = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
"""The errors of the library of the command line, whichever library that is in this version of typer."""
_QUOTED = re.compile(r"'([^']*)'")


def _refuse(error: Any) -> NoReturn:
    """End a call that the library of the command line does not take; one without any word is answered by the help text."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        sys.exit(2)
    _end_with_faults(UsageError(_refusal(error)))


def _end_with_faults(error: SimError) -> NoReturn:
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
    """Refuse a value that is missing or impossible; the library quotes the value first, then the choices."""
    name = str(parameter.opts[0])
    zh, _, en = str(getattr(parameter, "help", None) or "").partition(" / ")
    about = Text(zh, en or zh) if zh else None
    value, *choices = _QUOTED.findall(said) or [""]
    if is_missing or not value:
        return Fault(Text(f"缺少 {name}", f"{name} is missing"), Place(), about)
    advice = Text(f"可用：{'、'.join(choices)}", f"known: {', '.join(choices)}") if choices else about
    return Fault(Text(f"{name} {value} 不可用", f"{name} {value} cannot be used"), Place(), advice)


def _say_out_of_means(error: Exception) -> NoReturn:
    """Report too little memory, a process that was ended from outside, or a disk that takes no more."""
    if isinstance(error, OSError):
        _say_not_written(error)
    if isinstance(error, MemoryError):
        zh = "内存不足，没有留下不完整的结果。请减少 --draws 或 --workers，或加 --float32。"
        en = "Out of memory; nothing half-written was left. Try fewer --draws or --workers, or --float32."
    else:
        zh = "一个计算进程被外部终止（可能内存不足），没有留下不完整的结果。请减少 --workers 后重试。"
        en = "A worker process was ended from outside (out of memory?); nothing half-written was left. Try fewer --workers."
    _give_up(zh, en)


def _fail_if_not_written() -> None:
    """Raise where what was printed has not reached its file: the disk behind it may be full."""
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


def _say_interrupted() -> NoReturn:
    if "sweep" in sys.argv[1:2]:
        _give_up("已中断；算完的部分都在，用同一命令继续。", "Interrupted; the same command goes on from what is complete.")
    _give_up("已中断，没有留下不完整的结果。", "Interrupted; no half-written results were left.")


def _give_up(zh: str, en: str) -> NoReturn:
    """Say why a run that did not fail by itself ends, and end."""
    voice = speaker_of(language_of_call())
    voice.err.print(voice.word(zh, en))
    sys.exit(1)
