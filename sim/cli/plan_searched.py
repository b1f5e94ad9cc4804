"""The plan searched: `feasibility` says how likely the targets are, alone and together, `path` what it would take."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer
import xarray as xr

from sim.base.text import Text
from sim.base.words import spaced_text
from sim.cli import cases, options
from sim.cli.console import Speaker, items
from sim.inputs.scenario import read_scenario
from sim.report import studies as words
from sim.report.study_words import sentences
from sim.result.store import results_folder
from sim.result.tree import packed
from sim.simulate.opening import Case, beside
from sim.studies.plan.attribute import attribution
from sim.studies.plan.feasibility import feasibility as study_of
from sim.studies.plan.path import Mix, PathRequest, menu, required_path
from sim.studies.plan.path import Path as RequiredPath
from sim.studies.plan.path_file import Tried, tried, write_scenarios

Reach = Annotated[
    float,
    typer.Option("--reach", help="其余目标要达到的概率 / probability that the rest is to reach"),
    options.Reader(options.read_share, usual="50%"),
]
Chances = Annotated[
    tuple[float, ...],
    typer.Option("--chance", help="概率，默认 50% 和 80% / 50% and 80% by default"),
    options.Reader(options.read_shares, list[str] | None),
]
Levers = Annotated[tuple[str, ...], typer.Option("--lever", help="只动这些杠杆 / these levers only")]
_FILE, _GROUP = "feasibility.nc", "study"
_MOVE_HEADS = Text("杠杆|档|数值", "lever|steps|value")


def feasibility(
    reach: Reach = 0.5,
    draws: options.ManyDraws = 10_000,
    out: options.Out = options.RESULTS,
    *,
    opened: cases.Study,
    speaker: options.WithQuiet,
) -> None:
    """可行性：各目标及同时实现的概率、冲突、放宽方案、关键未知数 / probabilities, conflicts, what must give."""
    case, design = opened(draws=draws)
    with speaker.progress(case.scenario.name) as advance:
        study = study_of(case, design, reach, advance)
    folder = _write_study(study, out)
    if speaker.as_json:
        speaker.json(_study_document(study, folder, speaker))
        return
    about, count = study.attrs, f"{int(study.attrs['draws']):,}"
    zh = f"{about['scenario_zh']}：抽样 {count} 次（种子 {about['seed']}），{about['origin_zh']}。"
    speaker.line(zh, f"{about['scenario_en']}: {count} draws (seed {about['seed']}), {about['origin_en']}.")
    for head, lines in sentences(study):
        speaker.line()
        speaker.line(head)
        for line in lines:
            speaker.line(f"  {speaker.say(line)}")
    speaker.line()
    speaker.line(f"结果：{folder / _FILE}", f"results: {folder / _FILE}")


def _write_study(study: xr.Dataset, out: Path) -> Path:
    """Write the dataset into a folder that is named by what decided it."""
    key = hashlib.sha256(json.dumps(study.to_dict(), sort_keys=True, default=str).encode()).hexdigest()[:8]
    tree = xr.DataTree.from_dict({"/": xr.Dataset(attrs={"scenario": study.attrs["scenario"]}), _GROUP: study})
    with results_folder(out, f"feasibility-{study.attrs['scenario']}-{key}") as pending:
        (pending.folder / _FILE).write_bytes(packed(tree))
    return pending.target


def _study_document(study: xr.Dataset, folder: Path, speaker: Speaker) -> dict[str, Any]:
    names = ("probability", "probability_error", "goal", "median", "relaxed_goal")
    return {
        "folder": folder,
        "scenario": study.attrs["scenario"],
        "draws": int(study.attrs["draws"]),
        **items(study, "joint", "joint_error"),
        "targets": [{"target": name, **items(study.sel(target=name), *names)} for name in study["target"].to_numpy()],
        "lift": study["lift"].to_numpy(),
        "sentences": {speaker.say(title): lines for title, lines in sentences(study)},
    }


def path(
    chance: Chances = (0.5, 0.8),
    lever: Levers = (),
    levers: Annotated[
        int, typer.Option("--levers", help="最多动几个杠杆 / how many levers at most"), options.whole(1, 40, "10")
    ] = 10,
    out: options.Out = options.RESULTS,
    *,
    opened: cases.Study,
    speaker: options.WithQuiet,
) -> None:
    """所需路径：最少动哪些杠杆、动多少，才能达到目标；写成可运行的情景 / the least that would reach the targets."""
    case, design = opened()
    with speaker.progress(case.scenario.name) as advance:

        def report(text: str, done: float) -> None:
            advance(done, part=Text(text, text))

        requests = [PathRequest(share, design, lever, levers) for share in sorted(set(chance))]
        paths = [required_path(case, request, report) for request in requests]
        mixes = menu(case, requests[0], paths[0], report) if paths[0].reaches else []
        alternatives = tried(case, paths[0], requests[0])
    folder, files = _write(case, paths, mixes, out)
    closed = _attributed(case, paths, folder)
    if speaker.as_json:
        speaker.json(_document(paths, mixes, alternatives, folder, files) | {"closing": [_closing(item) for item in closed]})
        return
    for line in words.remarks(case, paths[0], design):
        speaker.line(line)
    for found in paths:
        _print(found, speaker)
    _print_more(paths[0], mixes, alternatives, closed, speaker)
    speaker.line()
    for file in files:
        speaker.line(f"情景：{folder / file}", f"scenario: {folder / file}")


def _write(case: Case, paths: list[RequiredPath], mixes: list[Mix], out: Path) -> tuple[Path, list[str]]:
    """Write a scenario file for each path that reaches and for each mix; return their folder and their names."""
    key = hashlib.sha256(repr([(path.steps.tolist(), path.joint) for path in paths]).encode()).hexdigest()[:8]
    stem, name = case.scenario.file.stem, case.scenario.name
    named = {_file(stem, found): (found, _title(name, found, Text("", ""))) for found in paths if found.reaches}
    for number, mix in enumerate(mixes, 1):
        named[f"{_file(stem, mix.path)}_mix{number}"] = mix.path, _title(name, mix.path, mix.label)
    with results_folder(out, f"path-{stem}-{key}") as pending:
        files = write_scenarios(pending.folder, case, named)
    return pending.target, [file.name for file in files]


def _file(stem: str, found: RequiredPath) -> str:
    return f"{stem}_p{100.0 * found.probability:g}".replace(".", "_")


def _title(name: Text, found: RequiredPath, label: Text) -> tuple[str, str]:
    """Return the name of the scenario in Chinese and in English."""
    which = f"P{100.0 * found.probability:g}"
    zh, en = (f"（{label.zh}）", f" ({label.en})") if label.zh else ("", "")
    return f"{name.zh}的所需路径 {which}{zh}", f"{name.en}, required path {which}{en}"


def _attributed(case: Case, paths: list[RequiredPath], folder: Path) -> list[xr.Dataset]:
    """Say what each lever does for each target along the paths that reach them: exact, in the central run."""
    found = []
    for path in (path for path in paths if path.reaches and path.cost > 0.0):
        file = folder / f"{_file(case.scenario.file.stem, path)}.yaml"
        names = tuple(reading.target.id for reading in path.readings)
        found.append(attribution(case, beside(case, read_scenario(file)), names))
    return found


def _print(found: RequiredPath, speaker: Speaker) -> None:
    speaker.line()
    speaker.line(words.head(found))
    if not speaker.quiet:
        rows = []
        for lever, step, way in words.moves(found):
            rows.append((f"{speaker.say(lever.label)} ({lever.name})", f"{step:+.2f}", speaker.say(way)))
        speaker.table(speaker.columns(_MOVE_HEADS, (0, 2), fold=True), rows)
    _print_indented([*words.target_lines(found), *words.obstacles(found)], speaker)


def _print_more(
    first: RequiredPath, mixes: list[Mix], alternatives: list[Tried], closed: list[xr.Dataset], speaker: Speaker
) -> None:
    """Print other mixes, what the project ledger could do, and what each lever does."""
    sections = [
        (Text("其他组合", "other mixes"), words.mix_lines(mixes, first)),
        (Text("项目台账的备选", "what the project ledger could do"), words.tried_lines(alternatives)),
    ]
    sections = [(title, lines) for title, lines in sections if lines]
    for study in closed:
        name = study.attrs["other"]
        sections.append((Text(f"各杠杆的贡献（{name}）", f"what each lever does ({name})"), words.closing_lines(study)))
    for title, lines in sections:
        speaker.line()
        speaker.line(title)
        _print_indented(lines, speaker)


def _print_indented(lines: list[Text], speaker: Speaker) -> None:
    for line in lines:
        speaker.line(f"  {speaker.say(spaced_text(line))}")


def _document(
    paths: list[RequiredPath], mixes: list[Mix], alternatives: list[Tried], folder: Path, files: list[str]
) -> dict[str, Any]:
    return {
        "folder": folder,
        "files": files,
        "paths": [_record(item) for item in paths],
        "mixes": [{"label_zh": mix.label.zh, "label_en": mix.label.en, **_record(mix.path)} for mix in mixes],
        "alternatives": [
            {"label_zh": item.label.zh, "label_en": item.label.en, "settings": dict(item.settings)}
            | {"before": item.before, "alone": item.alone, "with_path": item.with_path}
            for item in alternatives
        ],
    }


def _record(found: RequiredPath) -> dict[str, Any]:
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


def _closing(study: xr.Dataset) -> dict[str, Any]:
    """Return by target what each lever of a path adds."""
    names = study["change"].to_numpy().tolist()
    targets = {
        str(target): {**items(row, "start", "end"), "levers": dict(zip(names, row["shapley"].to_numpy().tolist(), strict=True))}
        for target in study["target"].to_numpy()
        for row in [study.sel(target=target)]
    }
    return {"scenario": study.attrs["other"], "targets": targets}
