"""Calls of the command line: in this process, which spares a second of imports each, or in a process of their own."""

from __future__ import annotations

import io
import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from subprocess import CompletedProcess, run
from unittest.mock import patch

from sim.cli.app import main

ROOT = Path(__file__).resolve().parents[2]
Done = CompletedProcess[str]


def sim(*words: str | Path, folder: Path = ROOT) -> Done:
    """Answer a call in this process: its exit status, and what it printed."""
    line, out, err = ["sim", *map(str, words)], io.StringIO(), io.StringIO()
    with chdir(folder), patch.object(sys, "argv", line), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ending:
            return CompletedProcess(line, int(ending.code or 0), out.getvalue(), err.getvalue())
    raise AssertionError("the entry point ends every call with an exit status")


def process(*words: str | Path, folder: Path = ROOT, **environment: str) -> Done:
    """Answer a call as a user makes it: a process of its own, with its own environment and signals."""
    command = [sys.executable, "-m", "sim", *map(str, words)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return run(command, cwd=folder, env=variables, capture_output=True, check=False, encoding="utf-8", timeout=120)
