"""`plan feasibility`: how likely the targets are, alone and together, and what must give."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli import options
from sim.cli.cases import open_case, with_targets
from sim.cli.console import Speaker

if TYPE_CHECKING:
    import xarray as xr

Reach = Annotated[
    float,
    typer.Option("--reach", help="其余目标要达到的概率 / probability that the rest is to reach"),
    options.Reader(options.read_share, usual="50%"),
]
_FILE, _GROUP = "feasibility.nc", "study"


@options.verb(options.plan)
def feasibility(
    scenario: options.Scenario = None,
    reach: Reach = 0.5,
    target: options.Targets = (),
    draws: options.ManyDraws = 10_000,
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
    """可行性：各目标及同时实现的概率、冲突、放宽方案、关键未知数 / probabilities, conflicts, what must give."""
    from sim.report.study_words import sentences
    from sim.result.store import fail_if_not_writable
    from sim.simulate.design import Design
    from sim.studies.plan.feasibility import feasibility as study_of

    fail_if_not_writable(out)
    case = with_targets(open_case(scenario, city, settings, use, home, seed, as_of), target)
    speaker.warn(case.selection.remarks)
    with speaker.progress(case.scenario.name) as advance:
        study = study_of(case, Design(draws, seed, workers, prior=prior), reach, advance)
    folder = _write(study, out)
    if speaker.as_json:
        speaker.json(_document(study, folder, speaker))
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


def _write(study: xr.Dataset, out: Path) -> Path:
    """Write the dataset into a folder that is named by what decided it."""
    import xarray as xr

    from sim.result.store import results_folder
    from sim.result.tree import packed

    key = hashlib.sha256(json.dumps(study.to_dict(), sort_keys=True, default=str).encode()).hexdigest()[:8]
    tree = xr.DataTree.from_dict({"/": xr.Dataset(attrs={"scenario": study.attrs["scenario"]}), _GROUP: study})
    with results_folder(out, f"feasibility-{study.attrs['scenario']}-{key}") as pending:
        (pending.folder / _FILE).write_bytes(packed(tree))
    return pending.target


def _document(study: xr.Dataset, folder: Path, speaker: Speaker) -> dict[str, Any]:
    from sim.report.study_words import sentences

    targets = [
        {
            "target": str(name),
            "probability": float(row["probability"]),
            "probability_error": float(row["probability_error"]),
            "goal": float(row["goal"]),
            "median": float(row["median"]),
            "relaxed_goal": None if bool(row["relaxed_goal"].isnull()) else float(row["relaxed_goal"]),
        }
        for name in study["target"].to_numpy()
        for row in [study.sel(target=name)]
    ]
    return {
        "folder": str(folder),
        "scenario": study.attrs["scenario"],
        "draws": int(study.attrs["draws"]),
        "joint": float(study["joint"]),
        "joint_error": float(study["joint_error"]),
        "targets": targets,
        "lift": [[float(value) if math.isfinite(value) else None for value in row] for row in study["lift"].to_numpy()],
        "sentences": {speaker.say(head): [speaker.say(line) for line in found] for head, found in sentences(study)},
    }
