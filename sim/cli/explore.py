"""`explore`: a scenario with sliders in a browser."""

from __future__ import annotations

import webbrowser
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.cli.console import Speaker


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    scenario: str | None
    city: str | None
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    address: str
    port: int
    token: str | None
    with_browser: bool
    home: Path | None


def explore(request: Request, speaker: Speaker) -> None:
    """Open the scenario, serve its page, and show it in a browser if there is one.

    Raises
    ------
    SimError
        when the extra is not installed, the scenario is faulty, or the place may not be used.
    """
    fail_if_extra_missing()
    from sim.cli.plan_case import Chosen
    from sim.explore.bench import bench_of
    from sim.explore.serving import Stand, fail_if_not_allowed, serve

    stand = Stand(request.address, request.port, request.token)
    fail_if_not_allowed(stand)
    case = Chosen(request.scenario, request.city, request.settings, request.use, request.home).case()
    with speaker.progress(1, case.scenario.name):
        bench = bench_of(case)
        bench.spread({})  # whatever the first visitor would wait for

    def ready() -> None:
        for url in stand.urls:
            speaker.line(Text(f"滑杆页面：{url}", f"sliders: {url}"))
        speaker.line(Text("按 Ctrl-C 结束。", "Ctrl-C ends it."))
        if request.with_browser and not _shown(stand.urls[0]):
            speaker.line(Text("没有找到浏览器，请自行打开上面的地址。", "No browser was found: open the address above."))

    serve(bench, stand, speaker.report_language, ready)
    speaker.line(Text("已结束。", "Ended."))


def fail_if_extra_missing() -> None:
    """The page needs an extra.

    Raises
    ------
    UsageError
        when it is not installed.
    """
    if find_spec("panel") is None:
        message = Text("滑杆页面需要另装的组件", "the page with sliders needs an extra that is not installed")
        advice = Text('请运行 python -m pip install -e ".[explore]"', 'run python -m pip install -e ".[explore]"')
        raise UsageError(Fault(message, Place(), advice))


def _shown(url: str) -> bool:
    """Whether a browser took the address."""
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False
