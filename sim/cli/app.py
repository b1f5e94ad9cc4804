"""`python -m sim`: the verbs in the order of the help, and how every call ends.

Exit status: 0 done, 1 the run failed or a required target was missed, 2 the input or the call is wrong.
"""

from __future__ import annotations

import sys
from concurrent.futures import BrokenExecutor
from importlib import import_module
from typing import Annotated

import typer

from sim.base import __version__
from sim.base.errors import SimError
from sim.base.processes import InterruptedRun, was_asked_to_stop
from sim.cli.console import accept_any_console
from sim.cli.endings import REFUSED, end_with_faults, fail_if_not_written, refuse, say_interrupted, say_out_of_means
from sim.cli.log import logged
from sim.cli.options import app

__all__ = ["app", "main"]

for _module in (
    "run",
    "check",
    "sweep",
    "show",
    "compare",
    "report",
    "explore",
    "make",
    "plan_text",
    "plan_evaluate",
    "plan_feasibility",
    "plan_attribute",
    "plan_path",
    "history",
):
    import_module(f"sim.cli.{_module}")


def _say_version(asked: bool) -> None:  # noqa: FBT001  typer hands it over by place
    if asked:
        sys.stdout.write(f"{__version__}\n")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="版本 / version", is_eager=True, callback=_say_version, expose_value=False)
]


@app.callback()
def _every_call(*, version: Version = False) -> None:
    """区域经济情景模拟器 / regional economic scenario simulator."""


def main() -> None:
    """Run a verb; every fault becomes a report and an exit status."""
    accept_any_console()
    try:
        with logged():
            sys.exit(app(standalone_mode=False) or 0)
    except REFUSED as error:
        refuse(error)
    except SimError as error:
        end_with_faults(error)
    except SystemExit:
        fail_if_not_written()
        raise
    except InterruptedRun:
        say_interrupted()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except (MemoryError, BrokenExecutor, OSError) as error:
        say_out_of_means(error)
    except Exception:
        if was_asked_to_stop():  # a library wrapped the interrupt in an error of its own
            say_interrupted()
        raise
