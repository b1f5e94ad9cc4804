"""Being asked to stop: the first signal raises, later ones are ignored while the program cleans up.

Python loses an exception that a handler raises while it happens to be in a finaliser or a weak reference's callback. So the
wish is also remembered, the exception raised anew in a moment, and the wish looked at wherever the program reports progress.
"""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import Any

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
    """Whether an interrupt came, for errors that a library made of it."""
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
