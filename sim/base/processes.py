"""Processes and signals: workers leave interrupts to their parent and end with it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


def work_for_the_parent() -> None:
    """What a worker does first: it leaves interrupts to its parent, and ends soon after it, even when that was killed.

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
def no_interrupts_at_birth() -> Iterator[None]:
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


def processors() -> int:
    """Processors that this program may use."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(count, MOST_WORKERS)
