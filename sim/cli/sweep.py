"""Sweeps and sensitivity: run many draws of one scenario, go on where a run was ended, write and print what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from sim.cli.console import Speaker
from sim.cli.numbers import MOST_DRAWS, Asked, whole
from sim.cli.progress import draw_progress
from sim.errors import Fault, Place, UsageError
from sim.text import Text

_MOST_ROWS = 40


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    scenario: str
    city: str | None
    settings: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    out: Path
    name: str | None
    home: Path | None
    draws: Asked
    method: str | None
    over: tuple[tuple[str, str], ...]
    rest: str | None
    outputs: tuple[str, ...]
    sensitivity: str | None
    cluster: str | None
    sizes: tuple[tuple[str, str | None], ...]
    """--base, --walks, --resamples and --keep, as they were written."""


def sweep(request: Request, speaker: Speaker) -> None:
    """Run, write, print."""
    from sim.outputs.store import fail_if_not_writable

    fail_if_not_writable(request.out)
    _fail_if_name_unfit(request.name)
    asked = _sensitivity(request)
    case = _case(request)
    if asked is None:
        _sweep(request, case, speaker)
    else:
        _analyse(request, asked, case, speaker)


def _case(request: Request) -> Any:
    from sim.inputs.home import find_home
    from sim.inputs.scenario import find_scenario
    from sim.pipeline import open_cases, seeded

    home = find_home(request.home)
    file = find_scenario(request.scenario, home.scenarios)
    return seeded(open_cases(home, [file], request.city, request.use, request.settings)[0], request.draws.seed)


def _wanted(request: Request) -> Any:
    """What the call says of the sample."""
    from sim.inputs.sweep_section import overs_of_call
    from sim.sampling.request import SweepRequest

    if request.draws.count == 0:
        advice = Text(f"应为 1–{MOST_DRAWS} 的整数", f"give a whole number from 1 to {MOST_DRAWS}")
        raise UsageError(Fault(Text("--draws 0 不可用", "--draws 0 cannot be used"), advice=advice))
    return SweepRequest(
        method=request.method,  # type: ignore[arg-type]  # typer has checked it
        draws=request.draws.count,
        seed=request.draws.seed,
        over=tuple(overs_of_call(request.over)),
        rest=request.rest,  # type: ignore[arg-type]
        outputs=request.outputs,
    )


def _sensitivity(request: Request) -> Any:
    """What is asked of a sensitivity analysis; None for a plain sweep."""
    from sim.sweeps.analysis import MOST, SensitivityRequest

    faults = list[Fault]()
    given = {key: whole(f"--{key}", text, 2, MOST[key], faults) for key, text in request.sizes if text is not None}
    if request.sensitivity is None:
        faults += [_only_with_sensitivity(f"--{key}") for key in given]
    elif request.draws.count is not None:
        advice = Text("请用 --base 或 --walks", "use --base or --walks")
        message = Text("--sensitivity 的抽样次数由设计决定", "the design of --sensitivity decides how many draws there are")
        faults.append(Fault(message, Place(key="--draws"), advice))
    if request.sensitivity is not None and request.method is not None:
        message = Text("--sensitivity 有自己的设计", "--sensitivity has a design of its own")
        faults.append(Fault(message, Place(key="--method"), Text("删去 --method", "leave --method out")))
    faults += [_of_no_use(key) for key in given if request.sensitivity == "morris" and key != "walks"]
    if faults:
        raise UsageError(faults)
    if request.sensitivity is None:
        return None
    sizes: dict[str, Any] = {"kept" if key == "keep" else key: number for key, number in given.items()}
    kind: Any = request.sensitivity
    of_draws: dict[str, Any] = {"prior": request.draws.prior, "precision": request.draws.precision}
    return SensitivityRequest(kind=kind, indicators=request.outputs, **of_draws, **sizes)


def _of_no_use(key: str) -> Fault:
    message = Text(f"--{key} 只用于 --sensitivity sobol", f"--{key} belongs to --sensitivity sobol")
    return Fault(message, Place(key=f"--{key}"))


def _only_with_sensitivity(option: str) -> Fault:
    return Fault(Text(f"{option} 只用于 --sensitivity", f"{option} belongs to --sensitivity"), Place(key=option))


def _fail_if_name_unfit(name: str | None) -> None:
    if name is not None and (Path(name).name != name or name.startswith(".") or name in {"", ".", ".."}):
        message = Text(f"--name {name} 应为一个文件夹名", f"--name {name} must be the name of a folder")
        raise UsageError(Fault(message, advice=Text("用字母、数字、- 和 _", "use letters, digits, - and _")))


def _spread(request: Request) -> Any:
    """Where the draws are run."""
    from sim.sweeps.running import on_this_machine

    if request.cluster is None:
        return on_this_machine(request.draws.workers)
    try:
        from sim.numerics.cluster import on_cluster
    except ImportError as error:
        message = Text("--cluster 需要 dask 和 distributed", "--cluster needs dask and distributed")
        advice = Text("请运行 python -m pip install -e '.[cluster]'", "run python -m pip install -e '.[cluster]'")
        raise UsageError(Fault(message, Place(key="--cluster"), advice)) from error
    return on_cluster(request.cluster)


def _folder(request: Request, sweep: Any, kind: str) -> Path:
    return request.out / (request.name or f"{kind}-{sweep.store.identity['scenario']}-{sweep.store.key[:8]}")


def _sweep(request: Request, case: Any, speaker: Speaker) -> None:
    from sim.sampling.plan import sampling_of
    from sim.sweeps.delivery import deliver_sweep, table_sections
    from sim.sweeps.document import sweep_document
    from sim.sweeps.findings import findings_of
    from sim.sweeps.running import prepare_sweep, sweep_to_folder
    from sim.sweeps.tables import method_sentence

    ready = prepare_sweep(
        case, sampling_of(case, _wanted(request)), precision=request.draws.precision, prior=request.draws.prior
    )
    folder = _folder(request, ready, "sweep")
    with draw_progress(speaker, case.scenario.name) as told:
        draws = sweep_to_folder(ready, folder, _spread(request), told)
    with speaker.progress(1, Text("汇总与写出", "summing up and writing")):
        findings = findings_of(draws)
        page = deliver_sweep(findings, folder, speaker.report_language)
    if speaker.as_json:
        speaker.json(sweep_document(findings, folder, speaker.language))
    elif not speaker.quiet:
        _print([method_sentence(draws)], table_sections(findings, speaker.language), draws, page, speaker)


def _analyse(request: Request, asked: Any, case: Any, speaker: Speaker) -> None:
    from sim.sweeps.analysis import analyse, sentences
    from sim.sweeps.document import analysis_document
    from sim.sweeps.index_delivery import deliver_analysis, drawn_outputs, index_section
    from sim.sweeps.running import sweep_to_folder

    spread, used = _spread(request), list[Path]()
    with draw_progress(speaker, case.scenario.name) as told:

        def run(ready: Any) -> Any:
            used.append(_folder(request, ready, "sensitivity"))
            return sweep_to_folder(ready, used[-1], spread, told)

        analysis = analyse(case, _wanted(request), asked, spread, run)
    with speaker.progress(1, Text("绘图与写出", "drawing and writing")):
        page = deliver_analysis(analysis, used[-1], speaker.report_language)
    if speaker.as_json:
        speaker.json(analysis_document(analysis, used[-1], speaker.language))
    elif not speaker.quiet:
        sections = [index_section(analysis, name, {}, speaker.language) for name in drawn_outputs(analysis)]
        _print(sentences(analysis), sections, analysis.draws, page, speaker)


def _print(sentences: Sequence[Text], sections: Sequence[Any], draws: Any, page: Path, speaker: Speaker) -> None:
    """The answer on the screen: how it was drawn, the tables, where everything is."""
    from sim.report.sweep_names import left_out_of

    speaker.out.print()
    for sentence in sentences:
        speaker.line(sentence)
    for section in sections:
        speaker.out.print()
        speaker.line(section.title)
        _print_table(section, speaker)
    speaker.out.print()
    if "left_out" in draws.attrs:
        speaker.line(left_out_of(draws))
    speaker.line(Text(f"结果：{page.parent}", f"results: {page.parent}"))
    speaker.line(Text(f"报告：{page}", f"report: {page}"))


def _print_table(section: Any, speaker: Speaker) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for index, head in enumerate(section.heads):
        table.add_column(head, justify="right" if index else "left", min_width=12 if index == 0 else None, overflow="fold")
    for cells in section.rows[:_MOST_ROWS]:
        table.add_row(*cells)
    speaker.out.print(table)
    if len(section.rows) > _MOST_ROWS:
        rest = len(section.rows) - _MOST_ROWS
        speaker.line(Text(f"……另有 {rest:,} 行", f"... and {rest:,} more rows"))
