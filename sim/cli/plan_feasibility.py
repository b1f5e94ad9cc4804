"""`plan feasibility`: how likely the targets are, alone and together, and what must give."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from sim.base.text import Text
from sim.cli.console import Speaker
from sim.cli.numbers import Asked, share_of
from sim.cli.plan_case import Chosen, with_targets
from sim.ensemble.draws import DrawRequest
from sim.report.feasibility_words import sentences
from sim.result.netcdf import packed
from sim.result.store import fail_if_not_writable, results_folder
from sim.studies.plan.feasibility import FeasibilityRequest
from sim.studies.plan.feasibility import feasibility as study_of

USUAL_DRAWS = 10_000
FILE, GROUP = "feasibility.nc", "study"


def feasibility(chosen: Chosen, targets: tuple[str, ...], reach: str, asked: Asked, out: Path, speaker: Speaker) -> None:
    """Run the draws, write the dataset, print what it says."""
    required = share_of(reach, "--reach")
    fail_if_not_writable(out)
    count = USUAL_DRAWS if asked.count is None else asked.count
    draws = DrawRequest(count, asked.seed, asked.workers, asked.precision, asked.prior)
    case = with_targets(chosen.case(), targets)
    speaker.mind(case.selection.remarks)
    with speaker.progress(1, case.scenario.name) as told:

        def tell(done: int, total: int) -> None:
            told(speaker.say(case.scenario.name), done / total)

        study = study_of(case, FeasibilityRequest(draws, required), tell)
    folder = _write(study, out)
    if speaker.as_json:
        speaker.json(_document(study, folder, speaker))
        return
    origin, name = _origin(study), Text(study.attrs["scenario_zh"], study.attrs["scenario_en"])
    speaker.line(name + Text("：", ": ") + origin)
    for head, lines in sentences(study):
        speaker.line(Text("", ""))
        speaker.line(head)
        for line in lines:
            speaker.line(Text(f"  {line.zh}", f"  {line.en}"))
    speaker.line(Text("", ""))
    speaker.line(Text(f"结果：{folder / FILE}", f"results: {folder / FILE}"))


def _origin(study: xr.Dataset) -> Text:
    count, seed = f"{int(study.attrs['draws']):,}", study.attrs["seed"]
    zh, en = study.attrs["origin_zh"], study.attrs["origin_en"]
    return Text(f"抽样 {count} 次（种子 {seed}），{zh}。", f"{count} draws (seed {seed}), {en}.")


def _write(study: xr.Dataset, out: Path) -> Path:
    """The folder of the dataset, named by what decided it."""
    key = hashlib.sha256(json.dumps(study.to_dict(), sort_keys=True, default=str).encode()).hexdigest()[:8]
    tree = xr.DataTree.from_dict({"/": xr.Dataset(attrs={"scenario": study.attrs["scenario"]}), GROUP: study})
    with results_folder(out, f"feasibility-{study.attrs['scenario']}-{key}") as pending:
        (pending.folder / FILE).write_bytes(packed(tree))
    return pending.target


def _document(study: xr.Dataset, folder: Path, speaker: Speaker) -> dict[str, Any]:
    lines = {speaker.say(head): [speaker.say(line) for line in found] for head, found in sentences(study)}
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
    pairs = [[float(value) if np.isfinite(value) else None for value in row] for row in study["lift"].to_numpy()]
    return {
        "folder": str(folder),
        "scenario": study.attrs["scenario"],
        "draws": int(study.attrs["draws"]),
        "joint": float(study["joint"]),
        "joint_error": float(study["joint_error"]),
        "targets": targets,
        "lift": pairs,
        "sentences": lines,
    }
