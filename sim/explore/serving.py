"""Serve the page on this machine: by default to this machine alone, to others only with a token."""

from __future__ import annotations

import contextlib
import hmac
import ipaddress
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import panel as pn
from tornado.ioloop import IOLoop, PeriodicCallback

from sim.base.errors import Fault, Faults, Place, UsageError
from sim.base.processes import InterruptedRun, was_asked_to_stop
from sim.base.text import Language, Text
from sim.explore.levers import LeverView
from sim.explore.page import Page, denied

_LOOK_EVERY = 200
"""Milliseconds between looks for an interrupt."""
LEAST_TOKEN = 12
"""Letters of a token, so that it cannot be guessed."""
_MESSAGE = 20_000_000
"""Bytes of a message from a browser: a file that is too large must arrive to be refused in words."""


@dataclass(frozen=True)
class Stand:
    """Address, port and token under which the page is served."""

    address: str
    port: int
    token: str | None

    @property
    def names(self) -> list[str]:
        """The names by which browsers reach it, as they stand in an address: for all addresses of a machine, each of them."""
        if self.address in EVERYWHERE:
            return [*_own_addresses(), "127.0.0.1", "localhost", socket.gethostname().lower()]
        if self.address in ("127.0.0.1", "localhost"):
            return ["127.0.0.1", "localhost"]
        return [f"[{self.address}]" if ":" in self.address else self.address.lower()]

    @property
    def urls(self) -> list[str]:
        """The whole addresses that people are given: the one, or every one that other machines may reach."""
        query = f"?{urlencode({'token': self.token})}" if self.token else ""
        shown = (_own_addresses() or ["127.0.0.1"]) if self.address in EVERYWHERE else self.names[:1]
        return [f"http://{name}:{self.port}/{query}" for name in shown]


EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  only with a token
_FAR = "192.0.2.1"
"""An address for documentation (RFC 5737): asked for the way to it, a machine tells which of its own it would come from."""


def _own_addresses() -> list[str]:
    """The address by which this machine reaches others; none where it reaches nobody."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.connect((_FAR, 9))  # nothing is sent
        return [str(trial.getsockname()[0])]
    return []


def is_loopback(address: str) -> bool:
    """True where only this machine can reach an address."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(address).is_loopback
    return address == "localhost"


def fail_if_not_allowed(stand: Stand) -> None:
    """Nobody else may look on without a token, and the port must be free.

    Raises
    ------
    UsageError
        with every fault.
    """
    faults = Faults()
    address = stand.address
    if not is_loopback(address) and not stand.token:
        message = Text(f"{address} 可从别的机器访问，须设令牌", f"{address} can be reached from other machines: set a token")
        advice = Text("加 --token 令牌，或只用 127.0.0.1", "add --token, or keep to 127.0.0.1")
        faults.add(message, Place(key="--address"), advice)
    if stand.token and len(stand.token) < LEAST_TOKEN:
        message = Text(f"令牌至少 {LEAST_TOKEN} 个字符", f"a token has {LEAST_TOKEN} letters or more")
        faults.add(message, Place(key="--token"))
    faults.raise_if_any(UsageError)
    _fail_if_port_taken(stand)


def _fail_if_port_taken(stand: Stand) -> None:
    try:
        family = socket.getaddrinfo(stand.address, stand.port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as trial:
            if os.name != "nt":  # where it lets two programs have one port
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind((stand.address, stand.port))
    except OSError as error:
        place, reason = f"{stand.address}:{stand.port}", error.strerror
        message = Text(f"不能使用 {place}：{reason}", f"cannot use {place}: {reason}")
        advice = Text("用 --port 换一个端口", "choose another with --port")
        raise UsageError(Fault(message, Place(key="--port"), advice)) from error


def serve(levers: LeverView, stand: Stand, language: Language, ready: Callable[[], None]) -> None:
    """Serve until interrupted; every visit has a page of its own. `ready` is called once browsers can come."""

    def visit() -> Any:
        if stand.token and not _is_known(stand.token):
            return denied(language)
        return Page(levers, language).view()

    pn.extension()
    server = pn.serve(
        visit,
        port=stand.port,
        address=stand.address,
        websocket_origin=[f"{name}:{stand.port}" for name in stand.names],
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
    """True where the visitor's address holds the token."""
    given = pn.state.session_args.get("token", [b""])[0]
    return hmac.compare_digest(given, token.encode())
