"""Processes, signals and time: how the program is asked to stop, how its workers end with it, and how long a stage took.

The first signal raises, later ones are ignored while the program cleans up. Python loses an exception that a handler raises
while it happens to be in a finaliser or a weak reference's callback. So the wish is also remembered, the exception raised anew
in a moment, and the wish looked at wherever the program reports progress.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar


def init_worker() -> None:
    """Begin as a worker: leave interrupts to the parent, and end soon after it, even when that was killed.

    A terminal sends Ctrl-C to every process; only the parent is to answer, and it ends its workers.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """An orphan gets another parent. What it had in hand is not missed: nobody is there to take it."""
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(1)


_SECONDS_BETWEEN_LOOKS = 0.5


@contextmanager
def block_sigint() -> Iterator[None]:
    """Processes started meanwhile inherit the mask, so that Ctrl-C cannot break their start; ours waits until afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


MOST_WORKERS = 256
DEFAULT_DRAWS, MOST_DRAWS = 2_000, 100_000_000
"""Draws where nothing else is said, and the most that may be asked for; the command line loads no numpy for them."""


def processors() -> int:
    """Processors that this program may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, MOST_WORKERS)


_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
_SOON = 0.05
_asked: list[int] = []


class InterruptedRun(BaseException):
    """The user or the system asked the program to stop; no library in between may catch this."""


def answer_interrupts() -> None:
    """Have every signal that asks the program to stop raise InterruptedRun; outside the main thread nothing can be done."""
    _asked.clear()
    sys.unraisablehook = _lost
    with contextlib.suppress(ValueError):
        for number in _numbers():
            signal.signal(number, _stop)


def fail_if_interrupted() -> None:
    """Raise if the program was asked to stop, in case the first exception was lost."""
    if _asked:
        _raise_anew_in(0.0)
        raise InterruptedRun


def was_asked_to_stop() -> bool:
    """Tell whether an interrupt came, for errors that a library made of it."""
    return bool(_asked)


def _stop(number: int, _: Any) -> None:
    for other in _numbers():
        signal.signal(other, signal.SIG_IGN)
    _asked.append(number)
    raise InterruptedRun


def _lost(unraisable: Any) -> None:
    """Python tells of an exception that was lost; of ours it need not speak."""
    if isinstance(unraisable.exc_value, InterruptedRun):
        _raise_anew_in(_SOON)
    else:
        sys.__unraisablehook__(unraisable)


def _raise_anew_in(seconds: float) -> None:
    """Set the alarm, or with nought put it off."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _alarmed)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _alarmed(*_: Any) -> None:
    raise InterruptedRun


def _numbers() -> list[int]:
    return [int(getattr(signal, name)) for name in _SIGNALS if hasattr(signal, name)]


P = ParamSpec("P")
T = TypeVar("T")


def timed(function: Callable[P, T]) -> Callable[P, T]:
    """Log the start, the end and the seconds of every call of a function, under the name of its module."""
    log = logging.getLogger(function.__module__)

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        started = time.monotonic()
        log.info("%s begins", function.__name__)
        try:
            return function(*args, **kwargs)
        finally:
            log.info("%s ends after %.2f s", function.__name__, time.monotonic() - started)

    return call
