"""What is moved as a scenario file, and a scenario file as it is loaded: with the checks of the command line."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sim.errors import Fault, Place, SimError, UsageError
from sim.explore.bench import Bench
from sim.inputs.home import Home
from sim.inputs.scenario import read_scenario, scenario_files
from sim.pipeline import Case, prepare
from sim.text import Text
from sim.world import World

LARGEST = 256_000
"""Bytes of a scenario file that is loaded; the largest that is shipped has a fiftieth of it."""
_LONGEST_NAME = 60


def scenario_text(bench: Bench, moves: Mapping[str, float]) -> str:
    """The scenario file of what is moved: it extends the one on the bench, and states the moved levers."""
    scenario = bench.case.scenario
    zh, en = (json.dumps(name, ensure_ascii=False) for name in (f"{scenario.name.zh}（调整）", f"{scenario.name.en}, changed"))
    lines = [
        "# 由 python -m sim explore 写出 / written by `python -m sim explore`",
        f"name: {{zh: {zh}, en: {en}}}",
        f"extends: {scenario.file.stem}",
    ]
    lines += ["levers:"] if moves else []
    lines += [f"  {key}: {value!r}" for key, value in moves.items()]
    return "\n".join(lines) + "\n"


def load_case(content: bytes, name: str, home: Home, world: World) -> Case:
    """The case of a scenario file that somebody hands in; what it extends is looked for among the scenarios of the home folder.

    Raises
    ------
    SimError
        when it is too large, no text, faulty, or of another city.
    """
    stem = "".join(letter for letter in Path(name).stem if letter.isalnum() or letter in "-_")[:_LONGEST_NAME] or "loaded"
    if len(content) > LARGEST:
        message = Text(f"文件超过 {LARGEST // 1000} KB", f"the file is larger than {LARGEST // 1000} kB")
        raise UsageError(Fault(message, Place(Path(name))))
    with tempfile.TemporaryDirectory() as folder:
        for file in scenario_files(home.scenarios):
            shutil.copyfile(file, Path(folder) / file.name)
        handed_in = Path(folder) / f"{stem}.yaml"
        taken = handed_in.exists()
        handed_in = Path(folder) / f"{stem}_loaded.yaml" if taken else handed_in
        handed_in.write_bytes(content)
        with _named(handed_in, name):
            return _prepared(handed_in, name, world)


def _prepared(file: Path, name: str, world: World) -> Case:
    scenario = read_scenario(file)
    if scenario.city != world.city.key or scenario.base_year not in (None, world.city.settings.base_year):
        message = Text("情景属于另一个城市或基年", "the scenario is of another city or base year")
        raise UsageError(Fault(message, Place(Path(name), key="city")))
    return prepare(scenario, world)


@contextmanager
def _named(file: Path, name: str) -> Iterator[None]:
    """Faults are told of the file by the name under which it was handed in, not by where it lies on this machine."""
    try:
        yield
    except SimError as error:
        raise type(error)(replace(item, place=_shown(item.place, file, name)) for item in error.faults) from error


def _shown(place: Place, file: Path, name: str) -> Place:
    if place.file is None:
        return place
    return replace(place, file=Path(Path(name).name if place.file == file else place.file.name))
