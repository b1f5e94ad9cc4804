"""One signal raises once; a wish that was lost in a finaliser is remembered."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from sim.interrupts import InterruptedRun, answer_interrupts, fail_if_interrupted


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in names}
    yield
    answer_interrupts()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_raises_and_the_next_does_not(number: signal.Signals) -> None:
    answer_interrupts()
    fail_if_interrupted()
    with pytest.raises(InterruptedRun):
        os.kill(os.getpid(), number)
    os.kill(os.getpid(), number)
    os.kill(os.getpid(), signal.SIGINT)


class Finalised:
    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        sum(range(10))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_exception_lost_in_a_finaliser_is_raised_at_the_next_look() -> None:
    answer_interrupts()
    thing = Finalised()
    del thing
    with pytest.raises(InterruptedRun):
        fail_if_interrupted()
