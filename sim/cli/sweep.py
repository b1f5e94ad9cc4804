"""Sweeps and sensitivity: run many draws of one scenario, go on where a run was ended, write and print what they say."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
import xarray as xr

from sim.base.errors import Fault, Faults, Place, UsageError
from sim.base.processes import MOST_DRAWS
from sim.base.text import Text
from sim.cli import cases, options
from sim.cli.console import Speaker
from sim.inputs.files import fail_if_no_name
from sim.inputs.sweep_section import METHODS, Rest, overs_of_call
from sim.report.forms.plain_text import cell_text
from sim.report.sweeps.findings import findings_of
from sim.report.sweeps.pages import SweepResult, result_of_analysis, result_of_sweep
from sim.result.store import fail_if_not_writable
from sim.simulate.design import Design, completed
from sim.simulate.opening import Case
from sim.simulate.sweeps.names import left_out_of
from sim.simulate.sweeps.running import Spread, Sweep, on_this_machine, prepare_sweep, swept_folder
from sim.simulate.sweeps.sensitivity import MOST, Analysis, Kind, SensitivityRequest, analyse

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
Method = Annotated[Any, typer.Option("--method", help="抽样设计 / design"), options.one_of(*METHODS)]
Unswept = Annotated[Any, typer.Option("--rest", help="未扫描的参数 / what is not swept"), options.one_of(*get_args(Rest))]
Indices = Annotated[
    Any, typer.Option("--sensitivity", help="敏感性指数 / sensitivity indices"), options.one_of(*get_args(Kind))
]
_MOST_ROWS = 40


def sweep(
    scenario: Annotated[str, typer.Argument(help="情景文件或名称 / scenario file or name")],
    draws: PointDraws = None,
    seed: options.Seed = 0,
    method: Method = None,
    over: Over = (),
    rest: Unswept = None,
    output: Outputs = (),
    sensitivity: Indices = None,
    base: Size = None,
    walks: Size = None,
    resamples: Size = None,
    keep: Size = None,
    cluster: Annotated[str | None, typer.Option("--cluster", help="Dask 调度器 tcp://主机:端口 / Dask scheduler")] = None,
    out: options.Out = options.RESULTS,
    name: Annotated[str | None, typer.Option("--name", help="结果文件夹的名称 / name of the folder")] = None,
    workers: options.WorkersIfNamed = None,
    *,
    opened: cases.OneCase,
    precision: options.Precision = options.DOUBLE,
    prior: options.Prior = False,
    speaker: options.WithQuiet,
) -> None:
    """大量抽样或扫描，可中断后继续：区间、概率、敏感性 / draws or a grid; goes on where it was ended."""
    fail_if_not_writable(out)
    faults, swept = _faults_of_options(name, draws, method, sensitivity, cluster, workers), list[Any]()
    with faults.gathering(UsageError):
        swept = overs_of_call(over)
    sizes = {"base": base, "walks": walks, "resamples": resamples, "keep": keep}
    analysis = _analysis(sensitivity, sizes, faults)
    faults.raise_if_any(UsageError)
    design = Design(draws, seed, 1, precision, prior, method, tuple(swept), rest, output)
    case = opened(scenario=scenario, seed=seed)
    spread, kind = _spread(cluster, workers or options.PROCESSORS), "sweep" if analysis is None else "sensitivity"
    with ExitStack() as held:  # the folder, until everything in it is written
        folder = out
        with speaker.draw_progress(case.scenario.name) as advance:

            def drawn(ready: Sweep) -> xr.Dataset:
                nonlocal folder
                folder = out / (name or f"{kind}-{ready.store.identity['scenario']}-{ready.store.key[:8]}")
                return held.enter_context(swept_folder(ready, folder, spread, advance))

            if analysis is None:
                made: xr.Dataset | Analysis = drawn(_prepared(case, design))
            else:
                made = analyse(case, design, analysis, spread, drawn)
        with speaker.progress(Text("汇总与写出", "summing up and writing")):
            result = result_of_sweep(findings_of(made)) if isinstance(made, xr.Dataset) else result_of_analysis(made)
            page = result.deliver(folder, speaker.report_language)
    if speaker.as_json:
        speaker.json({"folder": folder, **result.document})
    elif not speaker.quiet:
        _print(result, page, speaker)


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


def _analysis(kind: Kind | None, written: Mapping[str, str | None], faults: Faults) -> SensitivityRequest | None:
    """Read the sizes of an analysis of sensitivity; those that are wrong or belong to another are added to the faults."""
    sizes, before = dict[str, Any](), len(faults.found)
    texts = {key: text for key, text in written.items() if text is not None}
    for key, text in texts.items():
        with faults.gathering(UsageError):
            sizes[key] = options.read_whole(f"--{key}", text, 2, MOST[key])
    for key in texts:
        owner = "--sensitivity" if kind is None else "--sensitivity sobol"
        if kind is None or (kind == "morris" and key != "walks"):
            faults.add(Text(f"--{key} 只用于 {owner}", f"--{key} belongs to {owner}"), Place(key=f"--{key}"))
    if kind is None or len(faults.found) > before:  # of sizes; other options may be wrong
        return None
    analysis = SensitivityRequest(kind=kind, **sizes)
    with faults.gathering(UsageError):
        analysis.fail_if_unfit()
    return analysis


def _spread(cluster: str | None, workers: int) -> Spread:
    """Return the function that runs the draws, here or on a cluster."""
    if cluster is None:
        return on_this_machine(workers)
    cases.fail_if_extra_missing("cluster", Place(key="--cluster"))
    from sim.ensemble.cluster import on_cluster

    return on_cluster(cluster)


def _prepared(case: Case, design: Design) -> Sweep:
    design = completed(case, design)
    if design.prior and design.rest == "central":
        zh = "未扫描的参数保持中心值，--prior 无从抽样"
        message = Text(zh, "what is not swept stays at its central values: nothing is drawn")
        advice = Text("删去 --prior，或加 --rest ensemble", "leave --prior out, or add --rest ensemble")
        raise UsageError(Fault(message, Place(key="--prior"), advice))
    return prepare_sweep(case, design)


def _print(result: SweepResult, page: Path, speaker: Speaker) -> None:
    """Print the answer: how it was drawn, the tables, where everything is."""
    speaker.line()
    for sentence in result.said:
        speaker.line(sentence)
    for table in (part.table for part in result.parts if part.table is not None):
        speaker.line()
        speaker.line(table.caption)
        heads = speaker.columns([speaker.say(column.title) for column in table.columns], first_width=12, fold=True)
        rows = [tuple(cell_text(cell, speaker.language) for cell in row) for row in table.rows[:_MOST_ROWS]]
        speaker.table(heads, rows)
        left = len(table.rows) - _MOST_ROWS
        if left > 0:
            speaker.line(f"……另有 {left:,} 行", f"... and {left:,} more rows")
    speaker.line()
    if "left_out" in result.draws.attrs:
        speaker.line(left_out_of(result.draws))
    speaker.line(f"结果：{page.parent}", f"results: {page.parent}")
    speaker.line(f"报告：{page}", f"report: {page}")
