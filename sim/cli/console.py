"""Speak to the user: language, results on standard output, progress and faults on standard error, tables of any width."""

from __future__ import annotations

import codecs
import json
import logging
import sys
import time
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text as Styled

from sim.base.errors import SimError
from sim.base.processes import fail_if_interrupted
from sim.base.text import Language, Text, system_language

_log = logging.getLogger(__name__)
_WIDTH_OF_FILES = 130
_BETWEEN = 2
"""Blanks between two columns, and before the lines of a block."""
_SECONDS_BETWEEN_LINES = 10.0
_HOUR = 3600
_NARROWEST = 12
"""Cells in which a column that may wrap can still be read."""


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
        """Return a text in the user's language."""
        return text.in_language(self.language)

    def word(self, zh: str, en: str) -> str:
        """Return the wording in the user's language."""
        return zh if self.language == "zh" else en

    def heads(self, text: Text) -> list[str]:
        """Return the heads of a table, which a text separates by bars."""
        return self.say(text).split("|")

    def columns(self, heads: Iterable[str], in_words: Container[int], first_width: int, wrapping: int = 1) -> list[Column]:
        """Return columns in which numbers stand to the right; the first ones may wrap."""
        return [
            Column(
                head,
                justify="left" if place in in_words else "right",
                min_width=None if place else first_width,
                no_wrap=place >= wrapping,
            )
            for place, head in enumerate(heads)
        ]

    def line(self, text: Text | str = "", en: str | None = None) -> None:
        """Print a line of result, unless results go out as JSON or the user wants quiet.

        It is a text, a line in Chinese with the same in English, or one that is the same in both.
        """
        if self.quiet or self.as_json:
            return
        words = self.say(text) if isinstance(text, Text) else text if en is None else self.word(text, en)
        self.out.print(words, highlight=False, markup=False, soft_wrap=True)

    def table(self, heads: Iterable[str | Column], rows: Iterable[Iterable[str]]) -> None:
        """Print a table; the columns may be used for further tables."""
        fresh = (
            head.copy() if isinstance(head, Column) else head for head in heads
        )  # a column of rich keeps its table's cells
        table = Table(*fresh, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*row)
        print_table(table, self.out)

    def json(self, document: Any) -> None:
        """Print one JSON document."""
        sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n")

    def faults(self, error: SimError) -> None:
        """Report every fault of an error."""
        for line in error.lines(self.language):
            self.err.print(line, highlight=False, markup=False, soft_wrap=True)

    def warn(self, remarks: Iterable[Text]) -> None:
        """Print on standard error what a reader must know, whatever form results take."""
        for remark in remarks:
            _log.warning("%s", remark.en)
            self.err.print(self.say(remark), highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def progress(self, stage: Text, total: float = 1.0) -> Iterator[Callable[..., None]]:
        """Show a progress bar on standard error; yields a function of what is done, of how much, and in which part of it."""
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total}"),
            TimeElapsedColumn(),
        )
        started = time.monotonic()
        _log.info("begins: %s", stage.en)
        with Progress(*columns, console=self.err, transient=True, disable=self.quiet or not self.err.is_terminal) as bar:
            task = bar.add_task(self.say(stage), total=total)

            def advance(done: float, of: float = 1.0, part: Text = stage) -> None:
                fail_if_interrupted()
                bar.update(task, description=self.say(part), completed=done / of)

            yield advance
        _log.info("ends: %s, after %.2f s", stage.en, time.monotonic() - started)


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, emoji=False)
    return console if console.is_terminal else Console(stderr=stderr, emoji=False, width=_WIDTH_OF_FILES)


def speaker_of(asked: str | None, *, quiet: bool = False, as_json: bool = False) -> Speaker:
    """Speak the language asked for, else that of the system; reports are Chinese unless English is asked for."""
    language: Language = system_language() if asked is None else "en" if asked == "en" else "zh"
    return Speaker(language, "en" if asked == "en" else "zh", quiet, as_json)


def language_of_call() -> str | None:
    """Return the language that the call asks for; None where it asks for none."""
    words = sys.argv[1:]
    asked = next((word.split("=", 1)[1] for word in words if word.startswith("--lang=")), None)
    if asked is None and "--lang" in words[:-1]:
        asked = words[words.index("--lang") + 1]
    return asked


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


def print_table(table: Table, console: Console) -> None:
    """Print a table, or its rows as blocks where the terminal is narrower than its columns; nothing is ever cut off."""
    least = sum(_least_width(column) for column in table.columns) + _BETWEEN * (len(table.columns) - 1)
    if least <= console.width:
        console.print(table)
        return
    for line in _blocks(table, console.width):
        console.print(line, soft_wrap=True)


def _least_width(column: Column) -> int:
    longest = max(cell_len(Styled.from_markup(str(cell)).plain) for cell in (column.header, *column.cells))
    return longest if column.no_wrap else min(longest, column.min_width or _NARROWEST)


def _blocks(table: Table, width: int) -> Iterator[Styled]:
    """Yield the lines of all rows: what the row is about, and below it what each column says, as many abreast as fit."""
    heads = [str(column.header) for column in table.columns]
    for row in zip(*(column.cells for column in table.columns), strict=True):
        first, *rest = (Styled.from_markup(str(cell)) for cell in row)
        yield from _wrapped(Styled(first.plain, style="bold"), width)
        said = [Styled(f"{head} ") + cell for head, cell in zip(heads[1:], rest, strict=True) if cell.plain.strip()]
        yield from _filled(said, width)


def _filled(parts: list[Styled], width: int) -> Iterator[Styled]:
    """Yield the parts in lines of at most `width` cells, set in from the left; a part that is longer is wrapped."""
    line = Styled()
    for part in parts:
        if line.plain and cell_len(line.plain) + _BETWEEN + cell_len(part.plain) > width:
            yield line
            line = Styled()
        line += Styled(" " * _BETWEEN) + part
        if cell_len(line.plain) > width:
            yield from _wrapped(line, width)
            line = Styled()
    if line.plain:
        yield line


def _wrapped(text: Styled, width: int) -> Iterator[Styled]:
    for line in text.wrap(Console(width=width), width, overflow="fold"):
        line.rstrip()
        yield line


DrawReport = Callable[[int, int, int], None]
"""Takes draws done, all draws, and lost ones."""


@dataclass
class Pace:
    """How fast draws are made. Those that were there when the program began do not count."""

    clock: Callable[[], float] = time.monotonic
    first: int | None = None
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def rate(self, done: int) -> float:
        """Return draws a second since the first report; nought before anything was done."""
        if self.first is None:
            self.first, self.started = done, self.clock()
        seconds = self.clock() - self.started
        return (done - self.first) / seconds if seconds > 0.0 else 0.0

    def left(self, done: int, count: int) -> float | None:
        """Return the seconds still to go, if the pace is known."""
        rate = self.rate(done)
        return (count - done) / rate if rate > 0.0 else None


@contextmanager
def draw_progress(speaker: Speaker, stage: Text) -> Iterator[DrawReport]:
    """Show the progress of draws; yields what is told of it, and says at the first report what was there already."""
    bar = _bar(speaker)
    task = bar.add_task(speaker.say(stage), total=1, rate="", lost="") if speaker.err.is_terminal else None
    pace, printed, is_first = Pace(), time.monotonic(), True
    started = printed
    _log.info("begins: draws of %s", stage.en)

    def report(done: int, count: int, lost: int) -> None:
        nonlocal printed, is_first
        fail_if_interrupted()
        if speaker.quiet:
            return
        if is_first and done:
            rest = Text("已完成，从缺处继续", "there already, going on with the rest")
            if done == count:
                rest = Text("已全部完成，不重算", "all there already, nothing is run again")
            speaker.err.print(f"{done:,}/{count:,} {speaker.say(rest)}", highlight=False)
        is_first = False
        rate = pace.rate(done)
        if task is not None:
            words, lost_words = speaker.say(rate_text(rate)), speaker.say(lost_text(lost))
            bar.update(task, total=count, completed=done, rate=words, lost=lost_words)
        elif time.monotonic() - printed >= _SECONDS_BETWEEN_LINES:
            printed = time.monotonic()
            line = stage + Text(f" {done:,}/{count:,}，", f" {done:,}/{count:,}, ") + rate_text(rate)
            line += left_text(pace.left(done, count)) + Text("，", ", ") + lost_text(lost)
            speaker.err.print(speaker.say(line), highlight=False, markup=False)

    with bar:
        yield report
    _log.info("ends: draws of %s, after %.2f s", stage.en, time.monotonic() - started)


def _bar(speaker: Speaker) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[lost]}"),
        console=speaker.err,
        transient=True,
        disable=speaker.quiet or not speaker.err.is_terminal,
    )


def rate_text(rate: float) -> Text:
    """Return draws a second."""
    return Text(f"每秒 {rate:,.0f} 次", f"{rate:,.0f} draws/s")


def left_text(seconds: float | None) -> Text:
    """Return the time still to go."""
    if seconds is None:
        return Text("", "")
    hours, rest = divmod(int(seconds), _HOUR)
    shown = f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return Text(f"，尚需 {shown}", f", {shown} left")


def lost_text(lost: int) -> Text:
    """Return how many draws became infinite or undefined."""
    return Text(f"无效 {lost:,}", f"{lost:,} lost")
