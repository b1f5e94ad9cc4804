"""Who may look on: this machine alone, or those who know the token; and what is said when the place may not be used."""

from __future__ import annotations

import socket

import pytest

from sim.base.errors import UsageError
from sim.cli import explore as verb
from sim.cli.cases import fail_if_extra_missing
from sim.explore.serving import Stand, fail_if_not_allowed, is_loopback
from tests.cli.calling import sim

TOKEN = "a-long-enough-token"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@pytest.mark.parametrize(
    ("address", "alone"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("10.0.0.3", False), ("office", False)],
)
def test_only_this_machine_is_loopback(address: str, alone: bool) -> None:  # noqa: FBT001
    assert is_loopback(address) == alone


def test_others_need_a_token() -> None:
    with pytest.raises(UsageError, match="set a token"):
        fail_if_not_allowed(Stand("0.0.0.0", free_port(), None))
    with pytest.raises(UsageError, match="12 letters"):
        fail_if_not_allowed(Stand("0.0.0.0", free_port(), "short"))
    fail_if_not_allowed(Stand("0.0.0.0", free_port(), TOKEN))
    fail_if_not_allowed(Stand("127.0.0.1", free_port(), None))


def test_the_address_that_is_printed_holds_the_token() -> None:
    assert Stand("127.0.0.1", 5006, None).urls == ["http://127.0.0.1:5006/"]
    assert Stand("::1", 5006, "a b").urls == ["http://[::1]:5006/?token=a+b"]
    everywhere = Stand("0.0.0.0", 5006, TOKEN)
    for url in everywhere.urls:
        name = url.removeprefix("http://").partition(":5006")[0]
        assert name != "0.0.0.0"
        assert name in everywhere.names
        assert url.endswith(f"?token={TOKEN}")


def test_a_port_in_use_is_said_before_any_work() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = sim("explore", "--port", str(port), "--no-browser", "--lang", "en")
    assert done.returncode == 2
    assert f"cannot use 127.0.0.1:{port}" in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nothing",), "nothing"),
        (("--port", "many"), "--port 'many'"),
        (("--address", "0.0.0.0"), "set a token"),
        (("--set", "rd_polcy=1"), "rd_policy"),
    ],
)
def test_a_wrong_call_says_what_to_do(words: tuple[str, ...], said: str) -> None:
    port = () if "--port" in words else ("--port", str(free_port()))
    done = sim("explore", *words, *port, "--no-browser", "--lang", "en")
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_missing_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(UsageError) as error:
        fail_if_extra_missing("explore")
    assert '".[explore]"' in error.value.lines("en")[1]


def test_without_a_browser_the_address_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _: False)
    assert not verb._is_shown("http://127.0.0.1:5006/")
