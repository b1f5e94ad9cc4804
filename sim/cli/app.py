"""`python -m sim`: the verbs and their options.

Exit status: 0 done, 1 the run failed or a required target was missed, 2 the input or the call is wrong.
"""

from __future__ import annotations

import sys
from concurrent.futures import BrokenExecutor
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.base import __version__
from sim.base.errors import Fault, Place, SimError, UsageError
from sim.base.processes import InterruptedRun, was_asked_to_stop
from sim.base.text import Text
from sim.cli.city_verbs import cities
from sim.cli.console import accept_any_console, speaker
from sim.cli.endings import fail_if_not_written, language_of_call, refuse, say_interrupted, say_out_of_means
from sim.cli.numbers import as_of_year, read_draws, read_number
from sim.cli.options import (
    RESULTS,
    AsJson,
    AsOf,
    City,
    DrawCount,
    HomeFolder,
    Language,
    OutFolder,
    PriorOnly,
    Quiet,
    Require,
    Scenarios,
    Seed,
    SetValues,
    Single,
    SweepCount,
    Use,
    Workers,
    pairs_of,
    voice_of,
)
from sim.cli.plan_verbs import plan
from sim.cli.usage import REFUSED

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
app.add_typer(plan, name="plan")
app.add_typer(cities)


def _say_version(asked: bool) -> None:  # noqa: FBT001  typer hands it over by place
    if asked:
        sys.stdout.write(f"{__version__}\n")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="版本 / version", is_eager=True, callback=_say_version, expose_value=False)
]


@app.callback()
def _every_call(*, version: Version = False) -> None:
    """区域经济情景模拟器 / regional economic scenario simulator."""


@app.command()
def run(
    scenarios: Scenarios = None,
    city: City = None,
    set_values: SetValues = None,
    use: Use = None,
    out: OutFolder = RESULTS,
    draws: DrawCount = None,
    seed: Seed = None,
    workers: Workers = None,
    lang: Language = None,
    *,
    as_of: AsOf = None,
    float32: Single = False,
    prior: PriorOnly = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    require: Require = None,
    home: HomeFolder = None,
) -> None:
    """运行情景并写出评分表、图和报告 / run scenarios; write scorecard, figures and reports."""
    from sim.cli import run as verb

    voice = voice_of(lang, quiet=quiet, as_json=as_json)
    asked = read_draws(draws, seed, workers, float32=float32, prior=prior)
    request = verb.Request(
        scenarios or [],
        city,
        pairs_of(set_values),
        tuple(use or ()),
        out,
        tuple(require or ()),
        home,
        asked,
        as_of_year(as_of),
    )
    raise typer.Exit(verb.run(request, voice))


@app.command()
def check(
    scenarios: Scenarios = None,
    city: City = None,
    set_values: SetValues = None,
    use: Use = None,
    lang: Language = None,
    *,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """只检查，不运行 / validate only."""
    from sim.cli import check as verb

    voice = voice_of(lang, quiet=quiet, as_json=as_json)
    verb.check(scenarios or [], city, pairs_of(set_values), tuple(use or ()), home, voice)


class Method(StrEnum):
    """Designs of a sweep."""

    ENSEMBLE = "ensemble"
    RANDOM = "random"
    LATIN_HYPERCUBE = "latin_hypercube"
    SOBOL = "sobol"
    GRID = "grid"
    LIST = "list"


class Rest(StrEnum):
    """What is not swept."""

    ENSEMBLE = "ensemble"
    CENTRAL = "central"


class Indices(StrEnum):
    """Kinds of sensitivity."""

    SOBOL = "sobol"
    MORRIS = "morris"


Over = Annotated[list[str] | None, typer.Option("--over", help="扫描：名称=1,2,3 或 名称={uniform: [1, 3]} / what is swept")]
Size = Annotated[str | None, typer.Option(help="--sensitivity 的规模 / size of --sensitivity")]


@app.command()
def sweep(
    scenario: Annotated[str, typer.Argument(help="情景文件或名称 / scenario file or name")],
    draws: SweepCount = None,
    seed: Seed = None,
    method: Annotated[Method | None, typer.Option("--method", help="抽样设计 / design")] = None,
    over: Over = None,
    rest: Annotated[Rest | None, typer.Option("--rest", help="未扫描的参数 / what is not swept")] = None,
    output: Annotated[list[str] | None, typer.Option("--output", help="另存的变量 / further variables to keep")] = None,
    sensitivity: Annotated[Indices | None, typer.Option("--sensitivity", help="敏感性指数 / sensitivity indices")] = None,
    base: Size = None,
    walks: Size = None,
    resamples: Size = None,
    keep: Size = None,
    cluster: Annotated[str | None, typer.Option("--cluster", help="Dask 调度器 tcp://主机:端口 / Dask scheduler")] = None,
    city: City = None,
    set_values: SetValues = None,
    use: Use = None,
    out: OutFolder = RESULTS,
    name: Annotated[str | None, typer.Option("--name", help="结果文件夹的名称 / name of the folder")] = None,
    workers: Workers = None,
    lang: Language = None,
    *,
    float32: Single = False,
    prior: PriorOnly = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """大量抽样或扫描，可中断后继续：区间、概率、敏感性 / draws or a grid; goes on where it was ended."""
    from sim.cli import sweep as verb
    from sim.cli.sweep_options import Request

    voice = voice_of(lang, quiet=quiet, as_json=as_json)
    request = Request(
        scenario=scenario,
        city=city,
        settings=pairs_of(set_values),
        use=tuple(use or ()),
        out=out,
        name=name,
        home=home,
        draws=read_draws(draws, seed, workers, float32=float32, prior=prior),
        method=method.value if method else None,
        over=pairs_of(over, "--over"),
        rest=rest.value if rest else None,
        outputs=tuple(output or ()),
        sensitivity=sensitivity.value if sensitivity else None,
        cluster=cluster,
        workers_named=workers is not None,
        sizes=(("base", base), ("walks", walks), ("resamples", resamples), ("keep", keep)),
    )
    verb.sweep(request, voice)


@app.command(name="list")
def list_all(city: City = None, lang: Language = None, *, as_json: AsJson = False, home: HomeFolder = None) -> None:
    """列出模型、城市、情景、目标和杠杆 / list models, cities, scenarios, targets and levers."""
    from sim.cli import listing as verb

    verb.list_all(city, home, voice_of(lang, as_json=as_json))


@app.command()
def describe(
    city: City = None,
    lang: Language = None,
    *,
    equations: Annotated[bool, typer.Option("--equations", help="全部方程 / all equations")] = False,
    loops: Annotated[bool, typer.Option("--loops", help="反馈回路 / feedback loops")] = False,
    kernel: Annotated[bool, typer.Option("--kernel", help="生成的计算程序 / the generated kernel")] = False,
    systems: Annotated[bool, typer.Option("--systems", help="文件中的各个系统 / systems of the documents")] = False,
    parameters: Annotated[bool, typer.Option("--parameters", help="全部参数 / all parameters")] = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """说明模型 / describe the model."""
    from sim.cli import describe as verb

    voice = voice_of(lang, as_json=as_json)
    if not (equations or loops or kernel or systems or parameters):
        advice = Text(
            "请加 --equations、--parameters、--loops、--systems 或 --kernel",
            "add --equations, --parameters, --loops, --systems or --kernel",
        )
        raise UsageError(Fault(Text("没有说明要描述什么", "nothing to describe"), Place(), advice))
    verb.describe(city, home, voice, equations=equations, loops=loops, kernel=kernel, systems=systems, parameters=parameters)


@app.command()
def compare(
    first: Annotated[str, typer.Argument(help="运行：路径、编号或 latest / run: path, id or latest")],
    second: Annotated[str, typer.Argument(help="运行：路径、编号或 latest / run: path, id or latest")],
    out: OutFolder = RESULTS,
    lang: Language = None,
    *,
    as_json: AsJson = False,
) -> None:
    """比较两次运行的输入和结果 / what differs between two runs, inputs and outputs."""
    from sim.cli import compare as verb

    verb.compare(first, second, out, voice_of(lang, as_json=as_json))


@app.command()
def report(
    run: Annotated[str, typer.Argument(help="运行：路径、编号或 latest / run: path, id or latest")] = "latest",
    form: Annotated[str, typer.Option("--format", help="格式，逗号分隔 / formats")] = "html,docx,xlsx,pdf",
    scenario: Annotated[list[str] | None, typer.Option("--scenario", help="只写这些情景 / these scenarios only")] = None,
    out: OutFolder = RESULTS,
    workers: Workers = None,
    lang: Language = None,
    *,
    stored: Annotated[bool, typer.Option("--stored", help="照运行时的记录，不补算 / as recorded, without studies")] = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
    home: HomeFolder = None,
) -> None:
    """由一次运行写出报告：网页、Word、Excel、PDF / a stored run as page, Word document, workbook and PDF."""
    from sim.cli import report as verb

    forms = tuple(dict.fromkeys(item.strip().lower() for item in form.split(",") if item.strip()))
    asked = read_draws(None, None, workers)
    request = verb.Request(run, forms, tuple(scenario or ()), stored, out, home, asked)
    raise typer.Exit(verb.report(request, voice_of(lang, quiet=quiet, as_json=as_json)))


@app.command()
def explore(
    scenario: Annotated[str | None, typer.Argument(help="情景文件或名称 / scenario file or name")] = None,
    city: City = None,
    set_values: SetValues = None,
    use: Use = None,
    address: Annotated[str, typer.Option("--address", help="监听地址 / address")] = "127.0.0.1",
    port: Annotated[str, typer.Option("--port", help="端口 / port")] = "5006",
    token: Annotated[str | None, typer.Option("--token", help="他人访问所需的令牌 / token for others")] = None,
    lang: Language = None,
    *,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="不打开浏览器 / do not open a browser")] = False,
    home: HomeFolder = None,
) -> None:
    """浏览器中的滑杆：拖动杠杆，立即看到结果 / sliders in a browser that answer at once."""
    from sim.cli import explore as verb

    number = read_number("--port", port, 1, 65535)
    pairs, layers = pairs_of(set_values), tuple(use or ())
    request = verb.Request(scenario, city, pairs, layers, address, number, token, not no_browser, home)
    verb.explore(request, voice_of(lang))


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(help="新文件夹 / new folder")],
    lang: Language = None,
    *,
    home: HomeFolder = None,
) -> None:
    """建立可自行编辑的文件夹（模型、城市、情景的副本） / make a folder of your own to edit."""
    from sim.cli import new as verb

    verb.new(folder, home, voice_of(lang))


def main() -> None:
    """Entry point: run a verb; every fault becomes a report and an exit status."""
    accept_any_console()
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except REFUSED as error:
        refuse(error)
    except SimError as error:
        speaker(language_of_call()).faults(error)
        sys.exit(error.exit_status)
    except SystemExit:
        fail_if_not_written()
        raise
    except InterruptedRun:
        say_interrupted()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except (MemoryError, BrokenExecutor, OSError) as error:
        say_out_of_means(error)
    except Exception:
        if was_asked_to_stop():  # a library wrapped the interrupt in an error of its own
            say_interrupted()
        raise
