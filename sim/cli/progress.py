"""Progress of draws: how many, how fast, how long still, and how many were lost; on a terminal as a bar, elsewhere as lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from sim.base.processes import fail_if_interrupted
from sim.base.text import Text
from sim.cli.console import Speaker

_SECONDS_BETWEEN_LINES = 10.0
_HOUR = 3600
Told = Callable[[int, int, int], None]


@dataclass
class Pace:
    """How fast draws are made. Those that were there when the program began do not count."""

    clock: Callable[[], float] = time.monotonic
    first: int | None = None
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    def rate(self, done: int) -> float:
        """Draws a second since the first report; nought before anything was done."""
        if self.first is None:
            self.first, self.started = done, self.clock()
        seconds = self.clock() - self.started
        return (done - self.first) / seconds if seconds > 0.0 else 0.0

    def left(self, done: int, count: int) -> float | None:
        """Seconds still to go, if the pace is known."""
        rate = self.rate(done)
        return (count - done) / rate if rate > 0.0 else None


@contextmanager
def draw_progress(speaker: Speaker, what: Text) -> Iterator[Told]:
    """Yields what is told of draws done, all draws, and lost ones."""
    if speaker.quiet:
        yield lambda _done, _count, _lost: fail_if_interrupted()
    elif speaker.err.is_terminal:
        with _bar(speaker, what) as told:
            yield _going_on(speaker, told)
    else:
        yield _going_on(speaker, _lines(speaker, what))


def _going_on(speaker: Speaker, told: Told) -> Told:
    """Say at the first report what was there already."""
    reports = count(1)

    def with_a_word(done: int, all_draws: int, lost: int) -> None:
        if next(reports) == 1 and done:
            rest = Text("已全部完成，不重算", "all there already, nothing is run again")
            if done < all_draws:
                rest = Text("已完成，从缺处继续", "there already, going on with the rest")
            speaker.err.print(speaker.say(Text(f"{done:,}/{all_draws:,} ", f"{done:,}/{all_draws:,} ") + rest), highlight=False)
        told(done, all_draws, lost)

    return with_a_word


@contextmanager
def _bar(speaker: Speaker, what: Text) -> Iterator[Told]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[lost]}"),
    )
    pace = Pace()
    with Progress(*columns, console=speaker.err, transient=True) as bar:
        task = bar.add_task(speaker.say(what), total=1, rate="", lost="")

        def told(done: int, count: int, lost: int) -> None:
            fail_if_interrupted()
            rate, words = speaker.say(rate_text(pace.rate(done))), speaker.say(lost_text(lost))
            bar.update(task, total=count, completed=done, rate=rate, lost=words)

        yield told


def _lines(speaker: Speaker, what: Text) -> Told:
    """A line now and then, for logs."""
    pace, last = Pace(), [time.monotonic()]

    def told(done: int, count: int, lost: int) -> None:
        fail_if_interrupted()
        rate, left = pace.rate(done), pace.left(done, count)
        if time.monotonic() - last[0] >= _SECONDS_BETWEEN_LINES:
            last[0] = time.monotonic()
            line = what + Text(f" {done:,}/{count:,}，", f" {done:,}/{count:,}, ") + rate_text(rate) + left_text(left)
            line = line + Text("，", ", ") + lost_text(lost)
            speaker.err.print(speaker.say(line), highlight=False, markup=False)

    return told


def rate_text(rate: float) -> Text:
    """Draws a second."""
    return Text(f"每秒 {rate:,.0f} 次", f"{rate:,.0f} draws/s")


def left_text(seconds: float | None) -> Text:
    """Time still to go."""
    if seconds is None:
        return Text("", "")
    hours, rest = divmod(int(seconds), _HOUR)
    shown = f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return Text(f"，尚需 {shown}", f", {shown} left")


def lost_text(lost: int) -> Text:
    """Draws that became infinite or undefined."""
    return Text(f"无效 {lost:,}", f"{lost:,} lost")
