"""Sweeps and sensitivity: run many draws of one scenario, go on where a run was ended, write and print what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column

from sim.base.errors import Fault, Faults, Place, UsageError
from sim.base.streams import MOST_DRAWS
from sim.base.text import Text
from sim.cli import options
from sim.cli.cases import open_case
from sim.cli.console import Speaker, draw_progress
from sim.inputs.files import fail_if_no_name

if TYPE_CHECKING:
    import xarray as xr

    from sim.report.document import Table
    from sim.simulate.design import Design
    from sim.simulate.opening import Case
    from sim.simulate.sweeps.running import Spread, Sweep
    from sim.simulate.sweeps.sensitivity import SensitivityRequest

METHODS = options.one_of("ensemble", "random", "latin_hypercube", "sobol", "grid", "list")
Over = Annotated[
    options.Pairs, typer.Option("--over", help="扫描：名称=1,2,3 或 名称={uniform: [1, 3]} / what is swept"), options.PAIRS
]
Outputs = Annotated[tuple[str, ...], typer.Option("--output", help="另存的变量 / further variables to keep")]
Size = Annotated[str | None, typer.Option(help="--sensitivity 的规模 / size of --sensitivity")]
PointDraws = Annotated[
    int | None,
    typer.Option("--draws", help="抽样次数；网格为每点次数 / draws; of a grid, at each point"),
    options.whole(0, MOST_DRAWS),
]
REST = options.one_of("ensemble", "central")
KINDS = options.one_of("sobol", "morris")
FolderOf = Callable[["Sweep"], Path]
_MOST_ROWS = 40


@options.verb(options.app)
def sweep(
    scenario: Annotated[str, typer.Argument(help="情景文件或名称 / scenario file or name")],
    draws: PointDraws = None,
    seed: options.Seed = 0,
    method: Annotated[Any, typer.Option("--method", help="抽样设计 / design"), METHODS] = None,
    over: Over = (),
    rest: Annotated[Any, typer.Option("--rest", help="未扫描的参数 / what is not swept"), REST] = None,
    output: Outputs = (),
    sensitivity: Annotated[Any, typer.Option("--sensitivity", help="敏感性指数 / sensitivity indices"), KINDS] = None,
    base: Size = None,
    walks: Size = None,
    resamples: Size = None,
    keep: Size = None,
    cluster: Annotated[str | None, typer.Option("--cluster", help="Dask 调度器 tcp://主机:端口 / Dask scheduler")] = None,
    city: options.City = None,
    settings: options.Settings = (),
    use: options.Use = (),
    out: options.Out = options.RESULTS,
    name: Annotated[str | None, typer.Option("--name", help="结果文件夹的名称 / name of the folder")] = None,
    workers: options.WorkersIfNamed = None,
    *,
    precision: options.Precision = options.DOUBLE,
    prior: options.Prior = False,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """大量抽样或扫描，可中断后继续：区间、概率、敏感性 / draws or a grid; goes on where it was ended."""
    from sim.inputs.sweep_section import overs_of_call
    from sim.result.store import fail_if_not_writable
    from sim.simulate.design import Design
    from sim.simulate.sweeps.sensitivity import SensitivityRequest

    fail_if_not_writable(out)
    faults, swept = _faults_of_options(name, draws, method, sensitivity, cluster, workers), list[Any]()
    with faults.gathering(UsageError):
        swept = overs_of_call(over)
    before = len(faults.found)
    sizes = _sizes({"base": base, "walks": walks, "resamples": resamples, "keep": keep}, sensitivity, faults)
    analysis = None
    if sensitivity is not None and len(faults.found) == before:  # sizes that were read; other options may be wrong
        analysis = SensitivityRequest(kind=sensitivity, **sizes)
        with faults.gathering(UsageError):
            analysis.fail_if_unfit()
    faults.raise_if_any(UsageError)
    design = Design(draws, seed, 1, precision, prior, method, tuple(swept), rest, output)
    case = open_case(scenario, city, settings, use, home, seed)
    spread = _spread(cluster, workers or options.PROCESSORS)

    def folder_of(ready: Sweep) -> Path:
        kind = "sweep" if sensitivity is None else "sensitivity"
        return out / (name or f"{kind}-{ready.store.identity['scenario']}-{ready.store.key[:8]}")

    if analysis is None:
        _sweep(design, case, spread, folder_of, speaker)
    else:
        _analyse(design, case, spread, folder_of, speaker, analysis)


def _faults_of_options(
    name: str | None, draws: int | None, method: str | None, sensitivity: str | None, cluster: str | None, workers: int | None
) -> Faults:
    """Collect what does not go together."""
    faults = Faults()
    if name is not None:
        with faults.gathering():
            fail_if_no_name(name, Place(key="--name"))
    if sensitivity is not None and draws is not None:
        message = Text("--sensitivity 的抽样次数由设计决定", "the design of --sensitivity decides how many draws there are")
        faults.add(message, Place(key="--draws"), Text("请用 --base 或 --walks", "use --base or --walks"))
    elif draws == 0:
        advice = Text(f"应为 1–{MOST_DRAWS} 的整数", f"give a whole number from 1 to {MOST_DRAWS}")
        faults.add(Text("--draws 0 不可用", "--draws 0 cannot be used"), advice=advice)
    if sensitivity is not None and method is not None:
        message = Text("--sensitivity 有自己的设计", "--sensitivity has a design of its own")
        faults.add(message, Place(key="--method"), Text("删去 --method", "leave --method out"))
    if cluster is not None and workers is not None:
        message = Text("集群的进程数由 dask worker 决定", "with --cluster, dask worker decides how many processes there are")
        faults.add(message, Place(key="--workers"), Text("删去 --workers", "leave --workers out"))
    return faults


def _sizes(written: Mapping[str, str | None], sensitivity: str | None, faults: Faults) -> dict[str, Any]:
    """Read the sizes of an analysis of sensitivity; those that are wrong or belong to another are added to the faults."""
    from sim.simulate.sweeps.sensitivity import MOST

    found, texts = dict[str, Any](), {key: text for key, text in written.items() if text is not None}
    for key, text in texts.items():
        with faults.gathering(UsageError):
            found["kept" if key == "keep" else key] = options.read_whole(f"--{key}", text, 2, MOST[key])
    for key in texts:
        owner = "--sensitivity" if sensitivity is None else "--sensitivity sobol"
        if sensitivity is None or (sensitivity == "morris" and key != "walks"):
            faults.add(Text(f"--{key} 只用于 {owner}", f"--{key} belongs to {owner}"), Place(key=f"--{key}"))
    return found


def _spread(cluster: str | None, workers: int) -> Spread:
    """Return where the draws are run."""
    from sim.simulate.sweeps.running import on_this_machine

    if cluster is None:
        return on_this_machine(workers)
    try:
        from sim.ensemble.cluster import on_cluster
    except ImportError as error:
        message = Text("--cluster 需要 dask 和 distributed", "--cluster needs dask and distributed")
        advice = Text('请运行 python -m pip install -e ".[cluster]"', 'run python -m pip install -e ".[cluster]"')
        raise UsageError(Fault(message, Place(key="--cluster"), advice)) from error
    return on_cluster(cluster)


def _sweep(design: Design, case: Case, spread: Spread, folder_of: FolderOf, speaker: Speaker) -> None:
    from sim.report.sweeps.delivery import deliver_sweep, sweep_document
    from sim.report.sweeps.findings import findings_of, method_sentence
    from sim.report.sweeps.pages import sweep_parts
    from sim.simulate.design import completed
    from sim.simulate.sweeps.running import prepare_sweep, swept_folder

    design = completed(case, design)
    if design.prior and design.rest == "central":
        message = Text(
            "未扫描的参数保持中心值，--prior 无从抽样", "what is not swept stays at its central values: nothing is drawn"
        )
        advice = Text("删去 --prior，或加 --rest ensemble", "leave --prior out, or add --rest ensemble")
        raise UsageError(Fault(message, Place(key="--prior"), advice))
    ready = prepare_sweep(case, design)
    folder = folder_of(ready)
    with ExitStack() as held:  # the folder, until everything in it is written
        with draw_progress(speaker, case.scenario.name) as advance:
            draws = held.enter_context(swept_folder(ready, folder, spread, advance))
        with speaker.progress(Text("汇总与写出", "summing up and writing")):
            findings = findings_of(draws)
            page = deliver_sweep(findings, folder, speaker.report_language)
    if speaker.as_json:
        speaker.json(sweep_document(findings, folder, speaker.language))
    elif not speaker.quiet:
        _print([method_sentence(draws)], [part.table for part in sweep_parts(findings)], draws, page, speaker)


def _analyse(
    design: Design, case: Case, spread: Spread, folder_of: FolderOf, speaker: Speaker, asked: SensitivityRequest
) -> None:
    from sim.report.sweeps.delivery import analysis_document, deliver_analysis
    from sim.report.sweeps.pages import analysis_parts
    from sim.simulate.sweeps.running import swept_folder
    from sim.simulate.sweeps.sensitivity import analyse, sentences

    used = list[Path]()
    with ExitStack() as held:  # the folder, until everything in it is written
        with draw_progress(speaker, case.scenario.name) as advance:

            def run(ready: Sweep) -> xr.Dataset:
                used.append(folder_of(ready))
                return held.enter_context(swept_folder(ready, used[-1], spread, advance))

            analysis = analyse(case, design, asked, spread, run)
        with speaker.progress(Text("绘图与写出", "drawing and writing")):
            page = deliver_analysis(analysis, used[-1], speaker.report_language)
    if speaker.as_json:
        speaker.json(analysis_document(analysis, used[-1], speaker.language))
    elif not speaker.quiet:
        _print(sentences(analysis), [part.table for part in analysis_parts(analysis)], analysis.draws, page, speaker)


def _print(sentences: Sequence[Text], tables: Sequence[Table | None], draws: xr.Dataset, page: Path, speaker: Speaker) -> None:
    """Print the answer: how it was drawn, the tables, where everything is."""
    from sim.report.forms.plain_text import cell_text
    from sim.simulate.sweeps.names import left_out_of

    speaker.line()
    for sentence in sentences:
        speaker.line(sentence)
    for table in filter(None, tables):
        speaker.line()
        speaker.line(table.caption)
        first, *others = (speaker.say(column.title) for column in table.columns)
        heads = [Column(first, min_width=12, overflow="fold")]
        heads += [Column(head, justify="right", overflow="fold") for head in others]
        rows = [tuple(cell_text(cell, speaker.language) for cell in row) for row in table.rows[:_MOST_ROWS]]
        speaker.table(heads, rows)
        left = len(table.rows) - _MOST_ROWS
        if left > 0:
            speaker.line(f"……另有 {left:,} 行", f"... and {left:,} more rows")
    speaker.line()
    if "left_out" in draws.attrs:
        speaker.line(left_out_of(draws))
    speaker.line(f"结果：{page.parent}", f"results: {page.parent}")
    speaker.line(f"报告：{page}", f"report: {page}")
