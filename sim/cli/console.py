"""Speak to the user: language, results on standard output, progress and faults on standard error, tables of any width."""

from __future__ import annotations

import codecs
import json
import logging
import math
import sys
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column, Table
from rich.text import Text as Styled

from sim.base.errors import SimError
from sim.base.processes import fail_if_interrupted
from sim.base.text import Language, Text, system_language

DrawReport = Callable[[int, int, int], None]
"""Takes draws done, all draws, and lost ones."""
_log = logging.getLogger(__name__)
_ALL_THERE = Text("已全部完成，不重算", "all there already, nothing is run again")
_SOME_THERE = Text("已完成，从缺处继续", "there already, going on with the rest")
_WIDTH_OF_FILES = 130
_BETWEEN = 2
"""Blanks between two columns, and before the lines of a block."""
_SECONDS_BETWEEN_LINES = 10.0
_HOUR = 3600
_NARROWEST = 12
"""Cells in which a column that may wrap can still be read."""


@dataclass
class Speaker:
    """The voice of a verb: language, results on standard output, all else on standard error."""

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

    def columns(
        self,
        heads: Text | Iterable[str],
        in_words: Container[int] = (0,),
        first_width: int | None = None,
        wrapping: int = 1,
        *,
        fold: bool = False,
    ) -> list[Column]:
        """Return columns in which numbers stand to the right; the first ones may wrap, or with `fold` all.

        Heads in a text are separated by bars.
        """
        return [
            Column(
                head,
                justify="left" if place in in_words else "right",
                min_width=None if place else first_width,
                no_wrap=place >= wrapping and not fold,
                overflow="fold" if fold else "ellipsis",
            )
            for place, head in enumerate(self.say(heads).split("|") if isinstance(heads, Text) else heads)
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
        """Print one JSON document: texts in the user's language, dataclasses as objects, numbers that are none as null."""
        sys.stdout.write(json.dumps(self._plain(document), ensure_ascii=False, indent=2, allow_nan=False) + "\n")

    def _plain(self, value: Any) -> Any:
        if isinstance(value, Text):
            return self.say(value)
        if isinstance(value, Path):
            return str(value)
        if hasattr(value, "tolist"):  # of numpy, which this module does not load
            return self._plain(value.tolist())
        if isinstance(value, float):
            return value if math.isfinite(value) else None
        if is_dataclass(value):
            value = {item.name: getattr(value, item.name) for item in fields(value)}
        if isinstance(value, Mapping):
            return {key: self._plain(item) for key, item in value.items()}
        return [self._plain(item) for item in value] if isinstance(value, list | tuple | range) else value

    def faults(self, error: SimError) -> None:
        """Report every fault of an error."""
        for line in error.lines(self.language):
            self.err.print(line, highlight=False, markup=False, soft_wrap=True)

    def warn(self, remarks: Iterable[Text]) -> None:
        """Print remarks on standard error, whatever form results take."""
        for remark in remarks:
            _log.warning("%s", remark.en)
            self.err.print(self.say(remark), highlight=False, markup=False, soft_wrap=True)

    @contextmanager
    def progress(self, stage: Text, total: float = 1.0) -> Iterator[Callable[..., None]]:
        """Show a progress bar on standard error; yields a function of the work done, the whole work, and its present part."""
        with self._bar(stage, total, TextColumn("{task.completed}/{task.total}"), TimeElapsedColumn()) as (bar, task):

            def advance(done: float, of: float = 1.0, part: Text = stage) -> None:
                fail_if_interrupted()
                bar.update(task, description=self.say(part), completed=done / of)

            yield advance

    @contextmanager
    def draw_progress(self, stage: Text) -> Iterator[DrawReport]:
        """Show the progress of draws; yields a function that reports it, at first also the draws that were there already."""
        printed, is_first, now = self.err.get_time(), True, self.err.get_time
        count_column = TextColumn("{task.completed:,.0f}/{task.total:,.0f}")
        fields = TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), TextColumn("{task.fields[lost]}")
        with self._bar(stage, 1.0, count_column, *fields) as (bar, task):

            def report(done: int, count: int, lost: int) -> None:
                nonlocal printed, is_first
                fail_if_interrupted()
                if self.quiet:
                    return
                if is_first and done:
                    self.err.print(
                        f"{done:,}/{count:,} {self.say(_ALL_THERE if done == count else _SOME_THERE)}", highlight=False
                    )
                is_first = False
                bar.update(task, total=count, completed=done)
                rate, losses = rate_text(bar.tasks[task].speed or 0.0), lost_text(lost)
                bar.update(task, rate=self.say(rate), lost=self.say(losses))
                if not self.err.is_terminal and now() - printed >= _SECONDS_BETWEEN_LINES:
                    printed = now()
                    line = stage + Text(f" {done:,}/{count:,}，", f" {done:,}/{count:,}, ") + rate
                    line += left_text(bar.tasks[task].time_remaining) + Text("，", ", ") + losses
                    self.err.print(self.say(line), highlight=False, markup=False)

            yield report

    @contextmanager
    def _bar(self, stage: Text, total: float, *columns: ProgressColumn) -> Iterator[tuple[Progress, TaskID]]:
        """Show a bar while a stage lasts, and log when it begins and ends. Its pace is that of the whole stage."""
        started, is_off = time.monotonic(), self.quiet or not self.err.is_terminal
        _log.info("begins: %s", stage.en)
        shown = (TextColumn("{task.description}"), BarColumn(), *columns)
        with Progress(*shown, console=self.err, transient=True, disable=is_off, speed_estimate_period=math.inf) as bar:
            yield bar, bar.add_task(self.say(stage), total=total, rate="", lost="")
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


def items(row: Any, *names: str) -> dict[str, Any]:
    """Return single values of a dataset by their names, for one row of a document."""
    return {name: row[name].item() for name in names}


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
        for part in said:
            part.plain = part.plain.replace(" ", _KEPT)
        for line in _wrapped(Styled(" " * _BETWEEN).join(said), width - _BETWEEN):
            line.plain = line.plain.replace(_KEPT, " ")
            yield Styled(" " * _BETWEEN) + line


_KEPT = "\ue000"
"""A letter of nobody's, for the blanks within a part at which no line may end."""


def _wrapped(text: Styled, width: int) -> Iterator[Styled]:
    for line in text.wrap(Console(width=width), width, overflow="fold"):
        line.rstrip()
        yield line


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
