"""Serve a scenario with sliders in a browser."""

from __future__ import annotations

import webbrowser
from importlib.util import find_spec
from typing import Annotated

import typer

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.cli import options
from sim.cli.cases import open_case


@options.verb(options.app)
def explore(
    scenario: options.Scenario = None,
    city: options.City = None,
    settings: options.Settings = (),
    use: options.Use = (),
    address: Annotated[str, typer.Option("--address", help="监听地址 / address")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口 / port"), options.whole(1, 65535, "5006")] = 5006,
    token: Annotated[str | None, typer.Option("--token", help="他人访问所需的令牌 / token for others")] = None,
    *,
    prior: options.Prior = False,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="不打开浏览器 / do not open a browser")] = False,
    speaker: options.Plain,
    home: options.Home = None,
) -> None:
    """浏览器中的滑杆：拖动杠杆，立即看到结果 / sliders in a browser that answer at once."""
    fail_if_extra_missing()
    from sim.explore.bench import bench_of
    from sim.explore.serving import Stand, fail_if_not_allowed, serve

    stand = Stand(address, port, token)
    fail_if_not_allowed(stand)
    case = open_case(scenario, city, settings, use, home)
    with speaker.progress(case.scenario.name):
        bench = bench_of(case, prior=prior)
        bench.spread({})  # whatever the first visitor would wait for

    def ready() -> None:
        for url in stand.urls:
            speaker.line(f"滑杆页面：{url}", f"sliders: {url}")
        speaker.line("按 Ctrl-C 结束。", "Ctrl-C ends it.")
        if not no_browser and not _is_shown(stand.urls[0]):
            speaker.line("没有找到浏览器，请自行打开上面的地址。", "No browser was found: open the address above.")

    serve(bench, stand, speaker.report_language, ready)
    speaker.line("已结束。", "Ended.")


def fail_if_extra_missing() -> None:
    """Raise where the extra that the page needs is not installed.

    Raises
    ------
    UsageError
        with what to install.
    """
    if find_spec("panel") is None:
        message = Text("滑杆页面需要另装的组件", "the page with sliders needs an extra that is not installed")
        advice = Text('请运行 python -m pip install -e ".[explore]"', 'run python -m pip install -e ".[explore]"')
        raise UsageError(Fault(message, Place(), advice))


def _is_shown(url: str) -> bool:
    """Say whether a browser took the address."""
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
