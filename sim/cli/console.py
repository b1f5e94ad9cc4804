"""Speaking to the user: language, standard output for results, standard error for progress and faults."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sim.base.errors import SimError
from sim.base.processes import fail_if_interrupted
from sim.base.text import Language, Text, system_language

_WIDTH_OF_FILES = 130


@dataclass
class Speaker:
    """Where and in which language a verb speaks."""

    language: Language
    report_language: Language = "zh"
    quiet: bool = False
    as_json: bool = False
    out: Console = field(default_factory=lambda: _console(stderr=False))
    err: Console = field(default_factory=lambda: _console(stderr=True))

    def say(self, text: Text) -> str:
        """A text in the user's language."""
        return text.in_language(self.language)

    def word(self, zh: str, en: str) -> str:
        """The wording in the user's language."""
        return zh if self.language == "zh" else en

    def line(self, text: Text) -> None:
        """Print a line of result, unless results go out as JSON or the user wants quiet."""
        if not self.quiet and not self.as_json:
            self.out.print(self.say(text), highlight=False, markup=False, soft_wrap=True)

    def json(self, document: Any) -> None:
        """Print one JSON document."""
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")

    def faults(self, error: SimError) -> None:
        """Report every fault of an error."""
        for line in error.lines(self.language):
            self.err.print(line, highlight=False, markup=False, soft_wrap=True)

    def mind(self, remarks: Iterable[Text]) -> None:
        """Print what a reader must mind on standard error, whatever form results take."""
        for remark in remarks:
            self.err.print(self.say(remark), highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def progress(self, total: int, what: Text) -> Iterator[Any]:
        """A progress bar on standard error; yields a function that advances it."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.err, transient=True, disable=self.quiet or not self.err.is_terminal) as bar:
            task = bar.add_task(self.say(what), total=total)

            def advance(text: str, done: float) -> None:
                fail_if_interrupted()
                bar.update(task, description=text, completed=done)

            yield advance


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, emoji=False)
    return console if console.is_terminal else Console(stderr=stderr, emoji=False, width=_WIDTH_OF_FILES)


def speaker(asked: str | None, *, quiet: bool = False, as_json: bool = False) -> Speaker:
    """Speak the language asked for, else that of the locale; reports are Chinese unless another language is asked for."""
    return Speaker(_chosen(asked), "en" if asked == "en" else "zh", quiet, as_json)


def accept_any_console() -> None:
    """Let every character be printed on every console: what its encoding lacks is written plainly, a minus never lost."""
    codecs.register_error(_PLAINLY, _write_plainly)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors=_PLAINLY)


_PLAINLY = "plainly"
_PLAIN = str.maketrans({"−": "-", "–": "-", "—": "-", "…": "...", "→": "->", "≈": "~", "≥": ">=", "≤": "<=", "·": "."})


def _write_plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end].translate(_PLAIN)
    return text.encode(error.encoding, "replace").decode(error.encoding), error.end


def _chosen(asked: str | None) -> Language:
    """The language of messages: the one asked for, else that of the system."""
    return system_language() if asked is None else "en" if asked == "en" else "zh"
