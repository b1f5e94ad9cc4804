"""Sweeps and sensitivity: run many draws of one scenario, go on where a run was ended, write and print what they say."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Literal

from rich.table import Table

from sim.base.errors import Fault, Place, UsageError
from sim.base.text import Text
from sim.cli.console import Speaker
from sim.cli.progress import draw_progress
from sim.cli.sweep_options import Request, read_request
from sim.cli.tables import print_table

_MOST_ROWS = 40
_NOTHING_DRAWN = Fault(
    Text("未扫描的参数保持中心值，--prior 无从抽样", "what is not swept stays at its central values: nothing is drawn"),
    Place(key="--prior"),
    Text("删去 --prior，或加 --rest ensemble", "leave --prior out, or add --rest ensemble"),
)


def sweep(request: Request, speaker: Speaker) -> None:
    """Run, write, print."""
    from sim.result.store import fail_if_not_writable

    fail_if_not_writable(request.out)
    wanted = read_request(request)
    case = _case(request)
    if wanted.sensitivity is None:
        _sweep(request, wanted.sample, case, speaker)
    else:
        _analyse(request, wanted.sample, wanted.sensitivity, case, speaker)


def _case(request: Request) -> Any:
    from sim.inputs.home import find_home
    from sim.inputs.scenario import find_scenario
    from sim.simulate.opening import open_cases, seeded

    home = find_home(request.home)
    file = find_scenario(request.scenario, home.scenarios, home.cities())
    return seeded(open_cases(home, [file], request.city, request.use, request.settings)[0], request.draws.seed)


def _spread(request: Request) -> Any:
    """Where the draws are run."""
    from sim.simulate.sweeps.running import on_this_machine

    if request.cluster is None:
        return on_this_machine(request.draws.workers)
    try:
        from sim.ensemble.cluster import on_cluster
    except ImportError as error:
        message = Text("--cluster 需要 dask 和 distributed", "--cluster needs dask and distributed")
        advice = Text('请运行 python -m pip install -e ".[cluster]"', 'run python -m pip install -e ".[cluster]"')
        raise UsageError(Fault(message, Place(key="--cluster"), advice)) from error
    return on_cluster(request.cluster)


def _folder(request: Request, sweep: Any, kind: str) -> Path:
    return request.out / (request.name or f"{kind}-{sweep.store.identity['scenario']}-{sweep.store.key[:8]}")


def _sweep(request: Request, wanted: Any, case: Any, speaker: Speaker) -> None:
    from sim.report.sweeps.delivery import deliver_sweep
    from sim.report.sweeps.document import sweep_document
    from sim.report.sweeps.findings import findings_of
    from sim.report.sweeps.pages import sweep_parts
    from sim.report.sweeps.tables import method_sentence
    from sim.simulate.sampling.plan import sampling_of
    from sim.simulate.sweeps.running import prepare_sweep, swept_folder

    sampling = sampling_of(case, wanted)
    if request.draws.prior and sampling.rest == "central":
        raise UsageError(_NOTHING_DRAWN)
    ready = prepare_sweep(case, sampling, precision=request.draws.precision, prior=request.draws.prior)
    folder = _folder(request, ready, "sweep")
    with ExitStack() as held:  # the folder, until everything in it is written
        with draw_progress(speaker, case.scenario.name) as told:
            draws = held.enter_context(swept_folder(ready, folder, _spread(request), told))
        with speaker.progress(1, Text("汇总与写出", "summing up and writing")):
            findings = findings_of(draws)
            page = deliver_sweep(findings, folder, speaker.report_language)
    if speaker.as_json:
        speaker.json(sweep_document(findings, folder, speaker.language))
    elif not speaker.quiet:
        _print([method_sentence(draws)], [table for table, _ in sweep_parts(findings)], draws, page, speaker)


def _analyse(request: Request, wanted: Any, asked: Any, case: Any, speaker: Speaker) -> None:
    from sim.report.sweeps.delivery import deliver_analysis
    from sim.report.sweeps.document import analysis_document
    from sim.report.sweeps.pages import analysis_parts
    from sim.simulate.sweeps.analysis import analyse, sentences
    from sim.simulate.sweeps.running import swept_folder

    spread, used = _spread(request), list[Path]()
    with ExitStack() as held:  # the folder, until everything in it is written
        with draw_progress(speaker, case.scenario.name) as told:

            def run(ready: Any) -> Any:
                used.append(_folder(request, ready, "sensitivity"))
                return held.enter_context(swept_folder(ready, used[-1], spread, told))

            analysis = analyse(case, wanted, asked, spread, run)
        with speaker.progress(1, Text("绘图与写出", "drawing and writing")):
            page = deliver_analysis(analysis, used[-1], speaker.report_language)
    if speaker.as_json:
        speaker.json(analysis_document(analysis, used[-1], speaker.language))
    elif not speaker.quiet:
        _print(sentences(analysis), [table for table, _ in analysis_parts(analysis)], analysis.draws, page, speaker)


def _print(sentences: Sequence[Text], tables: Sequence[Any], draws: Any, page: Path, speaker: Speaker) -> None:
    """The answer on the screen: how it was drawn, the tables, where everything is."""
    from sim.simulate.sweeps.names import left_out_of

    speaker.out.print()
    for sentence in sentences:
        speaker.line(sentence)
    for table in filter(None, tables):
        speaker.out.print()
        speaker.line(table.caption)
        _print_table(table, speaker)
    speaker.out.print()
    if "left_out" in draws.attrs:
        speaker.line(left_out_of(draws))
    speaker.line(Text(f"结果：{page.parent}", f"results: {page.parent}"))
    speaker.line(Text(f"报告：{page}", f"report: {page}"))


def _print_table(shown: Any, speaker: Speaker) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(shown.columns):
        side: Literal["left", "right"] = "right" if column.is_number else "left"
        table.add_column(speaker.say(column.title), justify=side, min_width=12 if index == 0 else None, overflow="fold")
    for cells in shown.rows[:_MOST_ROWS]:
        table.add_row(*(speaker.say(cell.text) for cell in cells))
    print_table(table, speaker.out)
    if len(shown.rows) > _MOST_ROWS:
        rest = len(shown.rows) - _MOST_ROWS
        speaker.line(Text(f"……另有 {rest:,} 行", f"... and {rest:,} more rows"))
