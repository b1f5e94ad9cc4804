"""What is moved as a scenario file, and a scenario file as it is loaded: with the checks of the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from sim.errors import Fault, Place, SimError, UsageError
from sim.explore.bench import Bench, bench_of
from sim.inputs.home import Home
from sim.inputs.scenario import Scenario, read_scenario
from sim.ownership import scratch_folder
from sim.pipeline import Case, prepare
from sim.text import Text
from sim.world import World

LARGEST = 256_000
"""Bytes of a scenario file that is loaded; the largest that is shipped has a fiftieth of it."""
_LONGEST_NAME = 60


def scenario_text(bench: Bench, moves: Mapping[str, float]) -> str:
    """The scenario file of what is moved: it extends the nearest scenario of the home folder, and says everything beyond that.

    What the call has set, or a file that somebody handed in, is written out, so that the file stands by itself.
    """
    scenario = bench.case.scenario
    kept = [file for file in scenario.files if file.parent == bench.case.world.home.scenarios]
    ledger = _ledger(scenario, kept)
    document = {
        "name": {"zh": f"{scenario.name.zh}（调整）", "en": f"{scenario.name.en}, changed"},
        **({"extends": kept[-1].stem} if kept else {"city": scenario.city}),
        "targets": [name for name, _ in scenario.targets],
        "use": _layers_in_use(scenario, kept),
        **_sections(bench, moves, kept),
        **({"ledger": ledger} if ledger else {}),
    }
    return _HEAD + _in_yaml(document)


_HEAD = "# 由 python -m sim explore 写出 / written by `python -m sim explore`\n"


def _in_yaml(document: Any) -> str:
    """As YAML, in the order given."""
    yaml, stream = YAML(typ="safe", pure=True), StringIO()
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = False, True, 1000
    yaml.representer.sort_base_mapping_type_on_output = False
    yaml.dump(document, stream)
    return stream.getvalue()


def _layers_in_use(scenario: Scenario, kept: Sequence[Path]) -> list[str]:
    """The layers that the call has switched on and that stand in files which are extended."""
    known = {change.origin for change in scenario.changes if change.place.file in kept}
    known |= {change.origin for change in scenario.ledger if change.document is not None and change.document.file in kept}
    return [name for name in scenario.called_with.use if name in known]


def _sections(bench: Bench, moves: Mapping[str, float], kept: Sequence[Path]) -> dict[str, dict[str, Any]]:
    """Levers, assumptions and behaviour that no extended file says, the moves last."""
    sections: dict[str, dict[str, Any]] = {}
    for item in bench.case.bound.resolved:
        if item.change.place.file not in kept:
            sections.setdefault(item.section, {})[item.name] = item.change.raw
    if moves:
        sections.setdefault("levers", {}).update(moves)
    return sections


def _ledger(scenario: Scenario, kept: Sequence[Path]) -> dict[str, Any]:
    """What is said of projects beyond the files that are extended; several such layers are merged key by key."""
    merged: dict[str, Any] = {}
    for change in scenario.ledger:
        if change.document is None or change.document.file not in kept:
            for key, value in change.section.model_dump(exclude_unset=True).items():
                both = isinstance(value, dict) and isinstance(merged.get(key), dict)
                merged[key] = merged[key] | value if both else value
    return merged


def load_bench(content: bytes, name: str, home: Home, world: World) -> Bench:
    """The bench of a scenario file that is handed in; what it extends is looked for among the scenarios of the home folder.

    Raises
    ------
    SimError
        when it is too large, no text, faulty, or of another city.
    """
    stem = "".join(letter for letter in Path(name).stem if letter.isalnum() or letter in "-_")[:_LONGEST_NAME] or "loaded"
    if len(content) > LARGEST:
        message = Text(f"文件超过 {LARGEST // 1000} KB", f"the file is larger than {LARGEST // 1000} kB")
        raise UsageError(Fault(message, Place(Path(name))))
    stem = f"{stem}_loaded" if (home.scenarios / f"{stem}.yaml").exists() else stem
    with scratch_folder() as folder:
        handed_in = folder / f"{stem}.yaml"
        handed_in.write_bytes(content)
        with _named(handed_in, name):
            return bench_of(_prepared(handed_in, name, home, world))


def _prepared(file: Path, name: str, home: Home, world: World) -> Case:
    scenario = read_scenario(file, folder=home.scenarios)
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
