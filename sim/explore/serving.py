"""Serve the page on this machine: by default to this machine alone, to others only with a token."""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import panel as pn
from tornado.ioloop import IOLoop, PeriodicCallback

from sim.errors import Fault, Faults, Place, UsageError
from sim.explore.bench import Bench
from sim.explore.exchange import LARGEST
from sim.explore.page import Page, denied
from sim.interrupts import InterruptedRun, was_asked_to_stop
from sim.text import Language, Text

_LOOK_EVERY = 200
"""Milliseconds between looks for an interrupt."""
LEAST_TOKEN = 12
"""Letters of a token, so that it cannot be guessed."""
_MESSAGE = 8 * LARGEST
"""Bytes of a message from a browser; files travel in one, in letters that take a third more."""


@dataclass(frozen=True)
class Stand:
    """Where the page is served."""

    address: str
    port: int
    token: str | None

    @property
    def url(self) -> str:
        """The whole address that a browser is given."""
        shown = f"[{self.address}]" if ":" in self.address else self.address
        query = f"?{urlencode({'token': self.token})}" if self.token else ""
        return f"http://{shown}:{self.port}/{query}"


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach an address."""
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def fail_if_not_allowed(place: Stand) -> None:
    """Nobody else may look on without a token, and the port must be free.

    Raises
    ------
    UsageError
        with every fault.
    """
    faults = Faults()
    if not is_loopback(place.address) and not place.token:
        message = Text(
            f"{place.address} 可从别的机器访问，须设令牌", f"{place.address} can be reached from other machines: set a token"
        )
        advice = Text("加 --token 令牌，或只用 127.0.0.1", "add --token, or keep to 127.0.0.1")
        faults.add(message, Place(key="--address"), advice)
    if place.token and len(place.token) < LEAST_TOKEN:
        message = Text(f"令牌至少 {LEAST_TOKEN} 个字符", f"a token has {LEAST_TOKEN} letters or more")
        faults.add(message, Place(key="--token"))
    faults.raise_if_any(UsageError)
    _fail_if_port_taken(place)


def _fail_if_port_taken(place: Stand) -> None:
    try:
        family = socket.getaddrinfo(place.address, place.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((place.address, place.port))
    except OSError as error:
        message = Text(
            f"不能使用 {place.address}:{place.port}：{error.strerror}",
            f"cannot use {place.address}:{place.port}: {error.strerror}",
        )
        advice = Text("用 --port 换一个端口", "choose another with --port")
        raise UsageError(Fault(message, Place(key="--port"), advice)) from error


def serve(bench: Bench, place: Stand, language: Language, ready: Callable[[], None]) -> None:
    """Serve until interrupted; every visit has a page of its own. `ready` is called once browsers can come."""

    def visit() -> Any:
        if place.token and not _is_known(place.token):
            return denied(language)
        return Page(bench, language).view()

    pn.extension()
    server = pn.serve(
        visit,
        port=place.port,
        address=place.address,
        websocket_origin=_origins(place),
        websocket_max_message_size=_MESSAGE,
        title="sim explore",
        show=False,
        start=False,
        verbose=False,
    )
    ready()
    server.start()
    _until_interrupted(server.io_loop)


def _until_interrupted(loop: IOLoop) -> None:
    """Run the loop. The loop swallows an interrupt that comes while it answers somebody, so it also looks for one itself."""

    def look() -> None:
        if was_asked_to_stop():
            loop.stop()

    PeriodicCallback(look, _LOOK_EVERY).start()
    with contextlib.suppress(InterruptedRun):
        loop.start()


def _is_known(token: str) -> bool:
    """Whether the visitor's address holds the token."""
    given = pn.state.session_args.get("token", [b""])[0]
    return hmac.compare_digest(given, token.encode())


def _origins(place: Stand) -> list[str]:
    """Pages that may talk to the server: its own."""
    names = ["127.0.0.1", "localhost"] if is_loopback(place.address) else [place.address]
    if place.address in ("0.0.0.0", "::"):  # noqa: S104  any name of this machine
        names = [socket.gethostname(), *_addresses()]
    return [f"{name}:{place.port}" for name in names]


def _addresses() -> list[str]:
    """Addresses of this machine, and those by which it reaches itself."""
    found = {item[4][0] for item in socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)}
    return sorted({str(item) for item in found} | {"127.0.0.1", "localhost"})
