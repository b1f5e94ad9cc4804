"""A path as scenario files: what it extends, copied beside it, and the moved levers with their values by year."""

from __future__ import annotations

import json
import shutil
from pathlib import Path as File

from sim.pipeline import Case
from sim.studies.path import Path
from sim.studies.responses import Lever

_STILL = 1e-9


def scenario_text(case: Case, path: Path, name: tuple[str, str]) -> str:
    """The scenario that follows a path: `name` in Chinese and in English."""
    first, last = case.world.city.settings.base_year + 1, case.world.city.settings.last_year
    targets = ", ".join(reading.target.id for reading in path.readings)
    pairs = zip(path.levers, path.steps, strict=True)
    moved = [_lever_text(lever, float(step), range(first, last + 1)) for lever, step in pairs if abs(step) > _STILL]
    lines = [
        "# Written by `python -m sim plan path`: the levers that reach the targets below, from the first simulated year on.",
        f"name: {{zh: {json.dumps(name[0], ensure_ascii=False)}, en: {json.dumps(name[1], ensure_ascii=False)}}}",
        f"extends: {case.scenario.file.stem}",
        f"targets: [{targets}]",
        *(["levers:", *moved] if moved else []),
    ]
    return "\n".join(lines) + "\n"


def _lever_text(lever: Lever, step: float, years: range) -> str:
    """A lever as a path in time; a constant one as its value in its first year, which holds."""
    values = {year: f"{value:.10g}" for year, value in lever.path(step, years).items()}
    kept = {year: value for year, value in values.items() if year == years.start or values[year - 1] != value}
    shown = ", ".join(f"{year}: {value}" for year, value in kept.items())
    note = f"{step:+.2f} steps of {lever.step:g}"
    return f"  {lever.name}:\n    value: {{{shown}}}\n    note: {note}"


def write_scenarios(folder: File, case: Case, paths: dict[str, tuple[Path, tuple[str, str]]]) -> list[File]:
    """Write the paths by file name, with the files that the scenario is made of, so that the folder stands by itself."""
    for file in case.scenario.files:
        shutil.copyfile(file, folder / file.name)
    written = []
    for name, (path, title) in paths.items():
        file = folder / f"{name}.yaml"
        file.write_text(scenario_text(case, path, title), encoding="utf-8")
        written.append(file)
    return written
