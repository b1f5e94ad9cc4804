"""Calls of the command line: in this process, which spares seconds of imports each, or in a process of their own."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import chdir, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess, run
from typing import Any
from unittest.mock import patch

from sim.cli import report
from sim.cli import run as running
from sim.cli.app import main

ROOT = Path(__file__).resolve().parents[2]
Done = CompletedProcess[str]


class DrawsAtOnce(Executor):
    """Stands for the workers that draw: figures are drawn here, where matplotlib is at hand."""

    def submit(self, fn: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Do it now."""
        done = Future[Any]()
        try:
            done.set_result(fn(*arguments, **named))
        except Exception as error:  # noqa: BLE001  raised by whoever asks for the result
            done.set_exception(error)
        return done


def sim(*words: str | Path, folder: Path = ROOT) -> Done:
    """Answer a call in this process: its exit status, and what it printed."""
    line, out, err = ["sim", *map(str, words)], io.StringIO(), io.StringIO()
    here: dict[str, Any] = {"drawing_workers": lambda: nullcontext(DrawsAtOnce())}
    with (
        chdir(folder),
        patch.object(sys, "argv", line),
        patch.multiple(running, **here),
        patch.multiple(report, **here),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ending:
            return CompletedProcess(line, int(ending.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("the entry point ends every call with an exit status")


def process(*words: str | Path, folder: Path = ROOT, **environment: str) -> Done:
    """Answer a call as a user makes it: a process of its own, with its own environment and signals."""
    command = [sys.executable, "-m", "sim", *map(str, words)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    encoding = environment.get("PYTHONIOENCODING", "utf-8")
    return run(command, cwd=folder, env=variables, capture_output=True, check=False, encoding=encoding, timeout=240)
