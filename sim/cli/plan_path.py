"""`plan path`: what it would take, as scenario files that can be run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

import xarray as xr
from rich.table import Table

from sim.base.errors import Faults, UsageError
from sim.base.text import Text
from sim.base.words import spaced
from sim.cli.console import Speaker
from sim.cli.numbers import Asked, share_of, whole
from sim.cli.plan_case import Chosen, with_targets
from sim.cli.tables import print_table
from sim.ensemble.draws import DrawRequest
from sim.inputs.scenario import read_scenario
from sim.report import path_words as words
from sim.result.store import fail_if_not_writable, results_folder
from sim.simulate.opening import Case, beside
from sim.studies.plan.alternatives import Tried, tried
from sim.studies.plan.attribute import AttributionRequest, attribution
from sim.studies.plan.path import menu, required_path
from sim.studies.plan.path_file import write_scenarios
from sim.studies.plan.paths import Mix, Path, PathRequest

USUAL_CHANCES = ("50%", "80%")
SEARCH, PROOF = 256, 2000


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    targets: tuple[str, ...]
    chances: tuple[str, ...]
    levers: tuple[str, ...]
    most: str
    asked: Asked
    out: File


def path(chosen: Chosen, request: Request, speaker: Speaker) -> None:
    """Search, write the scenario files, print what they do."""
    faults, wanted = Faults(), list[float]()
    count = whole("--levers", request.most, 1, 40, faults.found)
    for item in request.chances or USUAL_CHANCES:
        with faults.gathering(UsageError):
            wanted.append(share_of(item, "--chance"))
    faults.raise_if_any(UsageError)
    fail_if_not_writable(request.out)
    asked = request.asked
    proof = DrawRequest(PROOF if asked.count is None else asked.count, asked.seed, asked.workers, asked.precision, asked.prior)
    search = DrawRequest(min(SEARCH, proof.count), asked.seed, 1, asked.precision, asked.prior)
    case = with_targets(chosen.case(), request.targets)
    speaker.mind(case.selection.remarks)
    with speaker.progress(1, case.scenario.name) as told:
        requests = [PathRequest(share, search, proof, request.levers, count) for share in sorted(set(wanted))]
        paths = [required_path(case, request, told) for request in requests]
        mixes = menu(case, requests[0], paths[0], told) if paths[0].reaches else []
        alternatives = tried(case, paths[0], requests[0])
    folder, files = _write(case, paths, mixes, request.out)
    closed = _closed(case, paths, folder)
    if speaker.as_json:
        speaker.json(_document(paths, mixes, alternatives, folder, files) | {"closing": [_closing(item) for item in closed]})
        return
    for line in words.remarks(case, paths[0], proof):
        speaker.line(line)
    for found in paths:
        _print(found, speaker)
    _say_more(mixes, alternatives, paths[0], speaker)
    for study in closed:
        _say(Text(f"各杠杆的贡献（{study.attrs['other']}）", f"what each lever does ({study.attrs['other']})"), study, speaker)
    speaker.line(Text("", ""))
    for file in files:
        speaker.line(Text(f"情景：{folder / file}", f"scenario: {folder / file}"))


def _closed(case: Case, paths: list[Path], folder: File) -> list[xr.Dataset]:
    """What each lever does for each target along the paths that reach them: exact, in the central run."""
    found = []
    for path in (path for path in paths if path.reaches and path.cost > 0.0):
        file = folder / f"{_file(case.scenario.file.stem, path)}.yaml"
        names = tuple(reading.target.id for reading in path.readings)
        found.append(attribution(case, beside(case, read_scenario(file)), AttributionRequest(names)))
    return found


def _closing(study: xr.Dataset) -> dict[str, Any]:
    """The same for JSON: by scenario and target, what each lever adds."""
    return {
        "scenario": study.attrs["other"],
        "targets": {
            str(target): {
                "start": float(row["start"]),
                "end": float(row["end"]),
                "levers": dict(zip(study["change"].to_numpy().tolist(), row["shapley"].to_numpy().tolist(), strict=True)),
            }
            for target in study["target"].to_numpy()
            for row in [study.sel(target=target)]
        },
    }


def _say(title: Text, study: xr.Dataset, speaker: Speaker) -> None:
    speaker.line(Text("", ""))
    speaker.line(title)
    for line in words.closing_lines(study):
        speaker.line(Text(f"  {spaced(line.zh)}", f"  {line.en}"))


def _write(case: Case, paths: list[Path], mixes: list[Mix], out: File) -> tuple[File, list[str]]:
    key = hashlib.sha256(repr([(path.steps.tolist(), path.joint) for path in paths]).encode()).hexdigest()[:8]
    stem, name = case.scenario.file.stem, case.scenario.name
    named = {_file(stem, found): (found, _title(name, found, Text("", ""))) for found in paths if found.reaches}
    for number, mix in enumerate(mixes, 1):
        named[f"{_file(stem, mix.path)}_mix{number}"] = mix.path, _title(name, mix.path, mix.label)
    with results_folder(out, f"path-{stem}-{key}") as pending:
        files = write_scenarios(pending.folder, case, named)
    return pending.target, [file.name for file in files]


def _file(stem: str, found: Path) -> str:
    return f"{stem}_p{100.0 * found.probability:g}".replace(".", "_")


def _title(name: Text, found: Path, label: Text) -> tuple[str, str]:
    """Name of the scenario in Chinese and in English."""
    which = f"P{100.0 * found.probability:g}"
    zh, en = (f"（{label.zh}）", f" ({label.en})") if label.zh else ("", "")
    return f"{name.zh}的所需路径 {which}{zh}", f"{name.en}, required path {which}{en}"


def _print(found: Path, speaker: Speaker) -> None:
    speaker.line(Text("", ""))
    speaker.line(words.head(found))
    if not speaker.quiet:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for place, title in enumerate((("杠杆", "lever"), ("档", "steps"), ("数值", "value"))):
            table.add_column(speaker.word(*title), justify="right" if place == 1 else "left")
        for lever, step, way in words.moves(found):
            table.add_row(f"{speaker.say(lever.label)} ({lever.name})", f"{step:+.2f}", speaker.say(way))
        print_table(table, speaker.out)
    for line in (*words.target_lines(found), *words.obstacles(found)):
        speaker.line(Text(f"  {spaced(line.zh)}", f"  {line.en}"))


def _say_more(mixes: list[Mix], alternatives: list[Tried], first: Path, speaker: Speaker) -> None:
    for title, lines in (
        (Text("其他组合", "other mixes"), words.mix_lines(mixes, first)),
        (Text("项目台账的备选", "what the project ledger could do"), words.tried_lines(alternatives)),
    ):
        if lines:
            speaker.line(Text("", ""))
            speaker.line(title)
            for line in lines:
                speaker.line(Text(f"  {spaced(line.zh)}", f"  {line.en}"))


def _document(paths: list[Path], mixes: list[Mix], alternatives: list[Tried], folder: File, files: list[str]) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "files": files,
        "paths": [_record(item) for item in paths],
        "mixes": [{"label_zh": mix.label.zh, "label_en": mix.label.en, **_record(mix.path)} for mix in mixes],
        "alternatives": [
            {
                "label_zh": item.label.zh,
                "label_en": item.label.en,
                "settings": dict(item.settings),
                "before": item.before,
                "alone": item.alone,
                "with_path": item.with_path,
            }
            for item in alternatives
        ],
    }


def _record(found: Path) -> dict[str, Any]:
    return {
        "probability": found.probability,
        "reaches": found.reaches,
        "joint": found.joint,
        "joint_error": found.error,
        "cost": found.cost,
        "levers": {lever.name: float(step) for lever, step in zip(found.levers, found.steps, strict=True)},
        "at_upper_bound": [lever.name for lever in found.at_upper],
        "at_lower_bound": [lever.name for lever in found.at_lower],
        "targets": [
            {"target": reading.target.id, "probability": float(found.single[place]), "short": float(found.short[place])}
            for place, reading in enumerate(found.readings)
        ],
    }
