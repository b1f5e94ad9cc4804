"""`report`: a stored run as page, Word document, PDF and workbook, with the studies that take longer than a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sim.base.errors import Faults, Place, SimError, UsageError, nearest
from sim.base.text import Text
from sim.cli.console import Speaker
from sim.cli.numbers import Asked
from sim.cli.report_forms import Written, write_forms
from sim.report.drawing import drawing_workers
from sim.report.forms.names import FORMS
from sim.report.lettering import unprintable_words

USUAL_DRAWS = 2000
_NEEDED = {"docx": "docx", "pdf": "typst"}


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    run: str
    forms: tuple[str, ...]
    scenarios: tuple[str, ...]
    stored: bool
    out: Path
    home: Path | None
    asked: Asked


def report(request: Request, speaker: Speaker) -> int:
    """Complete the record of each scenario and write every form; the exit status is 1 when one was not written."""
    fail_if_forms_are_wrong(request.forms)
    absent = forms_without_extra(request.forms)
    forms = [form for form in request.forms if form not in absent]
    from sim.report.writing import reports_of
    from sim.result.store import fail_if_not_writable, find_run
    from sim.simulate.result import read_result

    files = find_run(request.run, request.out)
    chosen = _chosen(files, request.scenarios)
    for file in chosen.values():
        fail_if_not_writable(file.parent)
    folder = next(iter(files.values())).parent.parent
    read = {name: read_result(file) for name, file in find_run(str(folder), request.out).items()}
    results = dict(sorted(read.items(), key=lambda item: item[1].call.order))
    written: list[Written] = []
    with drawing_workers() as pool:
        if not request.stored:
            results |= _completed({name: results[name] for name in chosen}, chosen, request, speaker)
        for record in reports_of(list(results.values()), folder.name):
            if record.scenario not in chosen:
                continue
            what = Text(f"{record.scenario_name.zh}：绘图与写出", f"{record.scenario_name.en}: drawing and writing")
            with speaker.progress(1, what):
                place, shown = chosen[record.scenario].parent, results[record.scenario].projection
                written.append(write_forms(record, shown, place, forms, speaker.report_language, pool))
    places = [place for item in written for place in item.files]
    if speaker.as_json:
        speaker.json([str(place) for place in places])
    for place in places:
        speaker.line(Text(f"报告：{place}", f"report: {place}"))
    troubles = [*([_without_extra(absent)] if absent else []), *(trouble for item in written for trouble in item.troubles)]
    speaker.mind([*unprintable_words("".join(item.unprintable for item in written)), *troubles])
    return 1 if troubles else 0


def fail_if_forms_are_wrong(forms: Sequence[str]) -> None:
    """Every form is known, and what one of them needs is installed; said before any work.

    Raises
    ------
    UsageError
        with every form that is not, and what to install.
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


_INSTALL = Text('请运行 python -m pip install -e ".[report]"', 'run python -m pip install -e ".[report]"')


def forms_without_extra(forms: Sequence[str]) -> list[str]:
    """Forms that need an extra which is not installed."""
    return [form for form in forms if form in _NEEDED and find_spec(_NEEDED[form]) is None]


def _not_installed(forms: Sequence[str]) -> Text:
    return Text(f"{'、'.join(forms)} 需要另装的组件", f"{', '.join(forms)}: an extra is not installed")


def _without_extra(forms: Sequence[str]) -> Text:
    return _not_installed(forms) + Text("，没有写出；", " and nothing was written; ") + _INSTALL


def _chosen(files: Mapping[str, Path], scenarios: Sequence[str]) -> dict[str, Path]:
    """The scenarios that were named, or all of the run."""
    faults = Faults()
    for name in (name for name in scenarios if name not in files):
        message = Text(f"这次运行没有情景 {name}", f"the run has no scenario {name}")
        faults.add(message, Place(key="--scenario"), nearest(name, files))
    faults.raise_if_any(UsageError)
    return {name: file for name, file in files.items() if not scenarios or name in scenarios}


def _completed(results: Mapping[str, Any], files: Mapping[str, Path], request: Request, speaker: Speaker) -> dict[str, Any]:
    """The results with their studies, stored in place of those without; where one cannot be added, as they are."""
    from sim.inputs.home import find_home
    from sim.result.store import new_files
    from sim.simulate.result import packed_result

    home, found = find_home(request.home), dict[str, Any]()
    for name, result in results.items():
        if not result.studies.pending:
            continue
        case = _reopened(result, home, speaker)
        if case is None:
            continue
        found[name] = replace(result, studies=_studies(case, result, request, speaker))
        with new_files(files[name].parent) as aside:
            (aside / files[name].name).write_bytes(packed_result(found[name]))
    return found


def _reopened(result: Any, home: Any, speaker: Speaker) -> Any:
    """The scenario as it was run; None, with the reason said, where its inputs or the program are not what they were."""
    from sim.simulate.result import reopened

    try:
        return reopened(result, home)
    except SimError as error:
        speaker.mind([error.faults[0].message + _AS_STORED])
        return None


_AS_STORED = Text(
    "。报告照已有的记录写出，没有补算的部分不在其中；要补全，请重新运行情景。",
    ". The report is written as it was recorded, without what had not been worked out; to complete it, run again.",
)


def _studies(case: Any, result: Any, request: Request, speaker: Speaker) -> Any:
    """The studies of one scenario, with the draws of its run, so that both say the same; a run without any has the usual."""
    from sim.ensemble.draws import DrawRequest
    from sim.report.studies import StudyRequest, completed

    draws = result.call.draws(request.asked.workers) or DrawRequest(USUAL_DRAWS, request.asked.seed, request.asked.workers)
    with speaker.progress(1, result.name) as advance:

        def tell(what: Text, done: float) -> None:
            advance(speaker.say(result.name + Text("：", ": ") + what), done)

        return completed(case, result.studies, StudyRequest(draws), tell)
