"""`plan path`: what it would take, as scenario files that can be run."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Column

from sim.base.streams import DEFAULT_DRAWS
from sim.base.text import Text
from sim.base.words import spaced_text
from sim.cli import options
from sim.cli.cases import open_case, with_targets
from sim.cli.console import Speaker

if TYPE_CHECKING:
    import xarray as xr

    from sim.simulate.opening import Case
    from sim.studies.plan.alternatives import Tried
    from sim.studies.plan.path import Mix
    from sim.studies.plan.path import Path as RequiredPath

Chances = Annotated[
    tuple[float, ...],
    typer.Option("--chance", help="概率，默认 50% 和 80% / 50% and 80% by default"),
    options.Reader(options.read_shares, list[str] | None),
]
Levers = Annotated[tuple[str, ...], typer.Option("--lever", help="只动这些杠杆 / these levers only")]
"""Draws with which a path is searched; it is proven with all."""


@options.verb(options.plan)
def path(
    scenario: options.Scenario = None,
    target: options.Targets = (),
    chance: Chances = (0.5, 0.8),
    lever: Levers = (),
    levers: Annotated[
        int, typer.Option("--levers", help="最多动几个杠杆 / how many levers at most"), options.whole(1, 40, "10")
    ] = 10,
    draws: options.ManyDraws = DEFAULT_DRAWS,
    seed: options.Seed = 0,
    workers: options.Workers = options.PROCESSORS,
    city: options.City = None,
    settings: options.Settings = (),
    use: options.Use = (),
    as_of: options.AsOf = None,
    out: options.Out = options.RESULTS,
    *,
    prior: options.Prior = False,
    speaker: options.WithQuiet,
    home: options.Home = None,
) -> None:
    """所需路径：最少动哪些杠杆、动多少，才能达到目标；写成可运行的情景 / the least that would reach the targets."""
    from sim.report.path_words import remarks
    from sim.result.store import fail_if_not_writable
    from sim.simulate.design import Design
    from sim.studies.plan.alternatives import tried
    from sim.studies.plan.path import PathRequest, menu, required_path

    fail_if_not_writable(out)
    design = Design(draws, seed, workers, prior=prior)
    case = with_targets(open_case(scenario, city, settings, use, home, seed, as_of), target)
    speaker.warn(case.selection.remarks)
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
    for line in remarks(case, paths[0], design):
        speaker.line(line)
    for found in paths:
        _print(found, speaker)
    _print_more(paths[0], mixes, alternatives, closed, speaker)
    speaker.line()
    for file in files:
        speaker.line(f"情景：{folder / file}", f"scenario: {folder / file}")


def _write(case: Case, paths: list[RequiredPath], mixes: list[Mix], out: Path) -> tuple[Path, list[str]]:
    """Write a scenario file for each path that reaches and for each mix; return their folder and their names."""
    from sim.result.store import results_folder
    from sim.studies.plan.path_file import write_scenarios

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
    from sim.inputs.scenario import read_scenario
    from sim.simulate.opening import beside
    from sim.studies.plan.attribute import attribution

    found = []
    for path in (path for path in paths if path.reaches and path.cost > 0.0):
        file = folder / f"{_file(case.scenario.file.stem, path)}.yaml"
        names = tuple(reading.target.id for reading in path.readings)
        found.append(attribution(case, beside(case, read_scenario(file)), names))
    return found


def _print(found: RequiredPath, speaker: Speaker) -> None:
    from sim.report.path_words import head, moves, obstacles, target_lines

    speaker.line()
    speaker.line(head(found))
    if not speaker.quiet:
        heads: list[str | Column] = [
            speaker.word("杠杆", "lever"),
            Column(speaker.word("档", "steps"), justify="right"),
            speaker.word("数值", "value"),
        ]
        rows = [
            (f"{speaker.say(lever.label)} ({lever.name})", f"{step:+.2f}", speaker.say(way))
            for lever, step, way in moves(found)
        ]
        speaker.table(heads, rows)
    _print_indented([*target_lines(found), *obstacles(found)], speaker)


def _print_more(
    first: RequiredPath, mixes: list[Mix], alternatives: list[Tried], closed: list[xr.Dataset], speaker: Speaker
) -> None:
    """Print other mixes, what the project ledger could do, and what each lever does."""
    from sim.report.path_words import closing_lines, mix_lines, tried_lines

    sections = [
        (Text("其他组合", "other mixes"), mix_lines(mixes, first)),
        (Text("项目台账的备选", "what the project ledger could do"), tried_lines(alternatives)),
    ]
    sections = [(title, lines) for title, lines in sections if lines]
    for study in closed:
        name = study.attrs["other"]
        sections.append((Text(f"各杠杆的贡献（{name}）", f"what each lever does ({name})"), closing_lines(study)))
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
