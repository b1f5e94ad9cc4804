"""Seconds from a slider's move to its answer: of the library, and seen in a browser where there is one.

python -m benchmarks.explore
"""

from __future__ import annotations

import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from sim.explore.levers import DRAWS, levers_of
from sim.inputs.home import find_home
from sim.simulate.opening import open_cases

LEVER, LABEL, MOVES = "rd_policy", "研发投入政策", 12
_PAUSE = 800
"""Milliseconds that a person looks at an answer before the next move."""
OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def library() -> None:
    """The central run and the draws, without a page."""
    home = find_home(None)
    levers = levers_of(open_cases(home, [home.scenarios / "plan_2025.yaml"], None, (), ())[0])
    for name, mark, ask in (("central run", 0.2, levers.answer), (f"{DRAWS} draws", 1.0, levers.spread)):
        taken = [_timed(ask, {LEVER: 0.001 * place}) for place in range(1, MOVES)]
        print(f"{name}: median {statistics.median(taken):.3f} s, longest {max(taken):.3f} s (mark {mark} s)", flush=True)


def _timed(ask: Callable[[Any], Any], moves: Any) -> float:
    begun = time.perf_counter()
    ask(moves)
    return time.perf_counter() - begun


def browser(chromium: str) -> None:
    """From enter in the box of a lever until the number, and until the probability, stand on the page."""
    from playwright.sync_api import sync_playwright

    program, address = served()
    try:
        with sync_playwright() as play:
            page = play.chromium.launch(executable_path=chromium, args=OPTIONS).new_page()
            page.goto(address)
            page.wait_for_selector("p.joint", timeout=60_000)
            taken = [_seen(page, 0.001 * place) for place in range(1, MOVES)]
    finally:
        program.terminate()
        program.wait()
    for name, mark, column in (("number on the page", 0.2, 0), ("probability on the page", 1.0, 1)):
        values = [pair[column] for pair in taken]
        print(f"{name}: median {statistics.median(values):.3f} s, longest {max(values):.3f} s (mark {mark} s)", flush=True)


_WATCH = """row => {
    const root = row.getRootNode(), seen = window.seen = {};
    document.addEventListener('keydown', () => { seen.begun = performance.now(); }, {capture: true});
    new MutationObserver(() => {
        if (seen.begun === undefined) return;
        seen.number = seen.number ?? performance.now() - seen.begun;
        if (root.querySelector('p.joint')) seen.chance = performance.now() - seen.begun;
    }).observe(root, {subtree: true, childList: true});
}"""
"""The page watches itself: looking from outside would take longer than what is looked for."""


def _seen(page: Any, value: float) -> tuple[float, float]:
    """Seconds from the key until the table has changed, and until the probabilities stand in it."""
    page.wait_for_timeout(_PAUSE)
    page.locator("tr[data-target]").first.evaluate(_WATCH)
    box = page.get_by_label(re.compile(LABEL)).first
    box.fill(f"{value:g}")
    page.evaluate("() => { window.seen.begun = undefined; }")
    box.press("Enter")
    page.wait_for_function("() => window.seen.chance !== undefined")
    found = page.evaluate("() => window.seen")
    return found["number"] / 1000.0, found["chance"] / 1000.0


def served() -> tuple[subprocess.Popen[str], str]:
    """The page with sliders as a program of its own, and its address."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = trial.getsockname()[1]
    command = [sys.executable, "-m", "sim", "explore", "--no-browser", "--port", str(port)]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
    for line in program.stdout or ():
        if "http" in line:
            return program, f"http://127.0.0.1:{port}/"
    raise RuntimeError("the page is not served")


def main() -> None:
    """Print all of it."""
    library()
    chromium = shutil.which("chromium")
    if chromium:
        browser(chromium)


if __name__ == "__main__":
    main()
