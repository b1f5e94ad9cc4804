"""One signal raises once; a wish that was lost in a finaliser is remembered."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from sim.base.processes import InterruptedRun, answer_interrupts, fail_if_interrupted
from sim.cli.app import main


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


def test_an_interrupt_that_a_library_made_an_error_of_is_still_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def wrapping(**_: object) -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except InterruptedRun as error:
            raise ValueError("broken schema") from error

    answer_interrupts()
    monkeypatch.setattr("sim.cli.app.app", wrapping)
    monkeypatch.setattr("sys.argv", ["sim", "plan", "lint", "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "Interrupted; no half-written results were left." in capsys.readouterr().err


def test_an_error_without_an_interrupt_is_not_called_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(**_: object) -> None:
        raise ValueError("a mistake in the code")

    answer_interrupts()
    monkeypatch.setattr("sim.cli.app.app", faulty)
    with pytest.raises(ValueError, match="a mistake in the code"):
        main()
