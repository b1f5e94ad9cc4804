"""Serve a scenario with sliders in a browser."""

from __future__ import annotations

import webbrowser
from typing import Annotated

import typer

from sim.cli import cases, options


def explore(
    address: Annotated[str, typer.Option("--address", help="监听地址 / address")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口 / port"), options.whole(1, 65535, "5006")] = 5006,
    token: Annotated[str | None, typer.Option("--token", help="他人访问所需的令牌 / token for others")] = None,
    *,
    opened: cases.OneCase,
    prior: options.Prior = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="不打开浏览器 / do not open a browser")] = False,
    speaker: options.Plain,
) -> None:
    """浏览器中的滑杆：拖动杠杆，立即看到结果 / sliders in a browser that answer at once."""
    cases.fail_if_extra_missing("explore")
    from sim.explore.levers import levers_of
    from sim.explore.serving import Stand, fail_if_not_allowed, serve

    stand = Stand(address, port, token)
    fail_if_not_allowed(stand)
    case = opened()
    with speaker.progress(case.scenario.name):
        levers = levers_of(case, prior=prior)
        levers.spread({})  # whatever the first visitor would wait for

    def ready() -> None:
        for url in stand.urls:
            speaker.line(f"滑杆页面：{url}", f"sliders: {url}")
        speaker.line("按 Ctrl-C 结束。", "Ctrl-C ends it.")
        if not no_browser and not _is_shown(stand.urls[0]):
            speaker.line("没有找到浏览器，请自行打开上面的地址。", "No browser was found: open the address above.")

    serve(levers, stand, speaker.report_language, ready)
    speaker.line("已结束。", "Ended.")


def _is_shown(url: str) -> bool:
    """Say whether a browser took the address."""
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
