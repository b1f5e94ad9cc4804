"""Write a stored run as page, Word document, PDF and workbook, with the studies that take longer than a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from sim.base.errors import Faults, Place, SimError, UsageError, nearest
from sim.base.text import Text
from sim.cli import options
from sim.cli.console import Speaker
from sim.inputs.home import Home, find_home
from sim.report.delivery import Delivered, drawing_workers, write_forms
from sim.report.forms import FORMS
from sim.report.studies import completed
from sim.report.writing import reports_of
from sim.result.store import fail_if_not_writable, find_run, new_files
from sim.simulate.design import Design
from sim.simulate.result import Result, packed_result, read_result, reopened
from sim.studies.plan.path import PathRequest

_NEEDED = {"docx": "docx", "pdf": "typst"}
_INSTALL = Text('请运行 python -m pip install -e ".[report]"', 'run python -m pip install -e ".[report]"')
_NOT_COMPARED = Text("这一情景不参与比较：", "a scenario is left out of the comparison: ")
_AS_STORED = Text(
    "。报告照已有的记录写出，没有补算的部分不在其中；要补全，请重新运行情景。",
    ". The report is written as it was recorded, without what had not been worked out; to complete it, run again.",
)


def report(
    run: options.Run = "latest",
    form: Annotated[str, typer.Option("--format", help="格式，逗号分隔 / formats")] = "html,docx,xlsx,pdf",
    scenario: Annotated[tuple[str, ...], typer.Option("--scenario", help="只写这些情景 / these scenarios only")] = (),
    out: options.Out = options.RESULTS,
    workers: options.Workers = options.PROCESSORS,
    *,
    stored: Annotated[bool, typer.Option("--stored", help="照运行时的记录，不补算 / as recorded, without studies")] = False,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> int:
    """由一次运行写出报告：网页、Word、Excel、PDF / a stored run as page, Word document, workbook and PDF."""
    asked = list(dict.fromkeys(item.strip().lower() for item in form.split(",") if item.strip()))
    fail_if_forms_are_wrong(asked)
    absent = forms_without_extra(asked)
    files = _chosen(find_run(run, out), scenario)
    for file in files.values():
        fail_if_not_writable(file.parent)
    named_home = None if home is None else find_home(home)
    results = _read(files, speaker)
    left_out = _not_installed(absent) + Text("，没有写出；", " and nothing was written; ") + _INSTALL
    made = Delivered(out, (), "", (left_out,) if absent else ())
    forms = [item for item in asked if item not in absent]
    with drawing_workers() as pool:
        for file in () if stored else [file for file in files.values() if results[file].studies.pending]:
            results[file] = _completed(results[file], file, named_home, workers, speaker)
        for file, record in zip(results, reports_of(list(results.values())), strict=True):
            if file in files.values():
                with speaker.progress(record.scenario_name + Text("：绘图与写出", ": drawing and writing")):
                    made += write_forms(record, results[file], file.parent, forms, speaker.report_language, pool)
    if speaker.as_json:
        speaker.json(made.files)
    for place in made.files:
        speaker.line(f"报告：{place}", f"report: {place}")
    speaker.warn(made.remarks)
    return 1 if made.troubles else 0


def fail_if_forms_are_wrong(forms: Sequence[str]) -> None:
    """Raise before any work where a form is unknown, or nothing that was asked for can be written.

    Raises
    ------
    UsageError
        with every such form, and what to install.
    """
    faults = Faults()
    if not forms:
        faults.add(Text("没有写明格式", "no format is named"), Place(key="--format"), Text("如 html,docx", "such as html,docx"))
    for form in forms:
        if form not in FORMS:
            faults.add(Text(f"没有格式 {form}", f"no format {form}"), Place(key="--format"), nearest(form, FORMS))
    absent = forms_without_extra(forms)
    if forms and len(absent) == len(forms):
        faults.add(_not_installed(absent), Place(key="--format"), _INSTALL)
    faults.raise_if_any(UsageError)


def forms_without_extra(forms: Sequence[str]) -> list[str]:
    """Return the forms that need an extra which is not installed."""
    return [form for form in forms if form in _NEEDED and find_spec(_NEEDED[form]) is None]


def _not_installed(forms: Sequence[str]) -> Text:
    return Text(f"{'、'.join(forms)} 需要另装的组件", f"{', '.join(forms)}: an extra is not installed")


def _chosen(files: Mapping[str, Path], scenarios: Sequence[str]) -> dict[str, Path]:
    """Return the scenarios that were named, or all of the run."""
    faults = Faults()
    for name in (name for name in scenarios if name not in files):
        message = Text(f"这次运行没有情景 {name}", f"the run has no scenario {name}")
        faults.add(message, Place(key="--scenario"), nearest(name, files))
    faults.raise_if_any(UsageError)
    return {name: file for name, file in files.items() if not scenarios or name in scenarios}


def _read(files: Mapping[str, Path], speaker: Speaker) -> dict[Path, Result]:
    """Read the chosen scenarios and, beside them, the others of their run, in the order of the call."""
    faults = Faults()
    results: dict[Path, Result] = {}
    for file in files.values():
        with faults.gathering(UsageError):
            results[file] = read_result(file)
    keys = [result.scenario for result in results.values()]
    for file, key in zip(results, keys, strict=True):
        if keys.count(key) > 1:
            message = Text(f"不止一个文件夹存有情景 {key} 的结果", f"more than one folder holds results of the scenario {key}")
            faults.add(message, Place(file), Text("请用 --scenario 选定一个文件夹", "choose one folder with --scenario"))
    faults.raise_if_any(UsageError)
    chosen = {file.resolve() for file in files.values()}
    run = next(iter(chosen)).parent.parent
    for file in (file for file in find_run(str(run), run).values() if file.resolve() not in chosen):
        try:
            beside = read_result(file)
        except UsageError as error:
            speaker.warn([_NOT_COMPARED + error.faults[0].message + Text(f"（{file}）", f" ({file})")])
            continue
        known = list(results.values())
        if beside.run == known[0].run and beside.scenario not in {result.scenario for result in known}:
            results[file] = beside
    return dict(sorted(results.items(), key=lambda item: item[1].call.order))


def _completed(result: Result, file: Path, home: Home | None, workers: int, speaker: Speaker) -> Result:
    """Store the result with the studies that are pending; where its inputs or the program have changed, leave it."""
    try:
        case = reopened(result, home or find_home(None))
    except SimError as error:
        speaker.warn([error.faults[0].message + _AS_STORED])
        return result
    draws, name = result.call.draws(workers) or Design(workers=workers), result.name + Text("：", ": ")
    with speaker.progress(result.name) as advance:
        studies = completed(case, result.studies, PathRequest(0.5, draws), lambda what, done: advance(done, part=name + what))
    whole = replace(result, studies=studies)
    with new_files(file.parent) as aside:
        (aside / file.name).write_bytes(packed_result(whole))
    return whole
