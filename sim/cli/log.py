"""The log of a call, for `--log`: what a person needs to find out why it went wrong, and nothing on the screen."""

from __future__ import annotations

import logging
import platform
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

from sim.base import __version__
from sim.base.errors import Fault, Place, RunError, SimError
from sim.base.text import Text

_PACKAGES = ("numpy", "scipy", "xarray", "pandas", "matplotlib", "pydantic", "ruamel.yaml", "simpy", "typer", "rich")
_FORM = "%(asctime)s %(relativeCreated)8.0f ms %(levelname)-7s %(name)s: %(message)s"
_log = logging.getLogger("sim")
_log.addHandler(logging.NullHandler())  # without a handler, logging itself would print warnings


class _QuietFile(logging.FileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Lose the record: a full disk must not put a traceback among the results."""


def start_log(file: Path | None) -> None:
    """Append to a log file from now on, beginning with the call and all versions; without a file, do nothing.

    Raises
    ------
    RunError
        when the file cannot be written.
    """
    if file is None:
        return
    try:
        handler = _QuietFile(file, encoding="utf-8", errors="backslashreplace")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RunError(Fault(Text(f"无法写入：{reason}", f"cannot be written: {reason}"), Place(file, key="--log"))) from error
    handler.setFormatter(logging.Formatter(_FORM))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    _log.info("call: %s", " ".join(map(repr, _without_secrets(sys.argv[1:]))))
    _log.info("sim %s, Python %s, %s, in %s", __version__, platform.python_version(), platform.platform(), Path.cwd())
    _log.info("packages: %s", ", ".join(f"{name} {_version(name)}" for name in _PACKAGES))


def _without_secrets(words: list[str]) -> list[str]:
    """Return the words of a call; a log is made to be sent to others, so the token of `explore` is left out."""
    found = [word if not word.startswith("--token=") else "--token=…" for word in words]
    return ["…" if before == "--token" else word for before, word in zip(["", *found], found, strict=False)]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "absent"


@contextmanager
def logged() -> Iterator[None]:
    """Log warnings and the end of a call, an unexpected one with its traceback; then close the log."""
    show = warnings.showwarning

    def shown(message: Any, category: Any, filename: Any, lineno: Any, file: Any = None, line: Any = None) -> None:
        _log.warning("%s:%s: %s: %s", filename, lineno, category.__name__, message)
        show(message, category, filename, lineno, file, line)

    warnings.showwarning = shown
    try:
        yield
        _log.info("done")
    except SystemExit as ending:
        _log.info("exit status %s", ending.code)
        raise
    except SimError as error:
        _log.error("%s", "\n".join(error.lines("en")), exc_info=error.__cause__)
        raise
    except BaseException as error:
        _log.exception("%s", type(error).__name__)
        raise
    finally:
        warnings.showwarning = show
        _stop()


def _stop() -> None:
    for handler in [item for item in _log.handlers if isinstance(item, _QuietFile)]:
        _log.removeHandler(handler)
        handler.close()
    _log.setLevel(logging.NOTSET)
