"""A scenario file that somebody hands in: with the checks of the command line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sim.base.durable import scratch_folder
from sim.base.errors import Fault, Place, SimError, UsageError
from sim.base.text import Text
from sim.city.city import World, open_world
from sim.explore.bench import Bench, bench_of
from sim.inputs.city import read_city_file
from sim.inputs.home import Home
from sim.inputs.scenario import read_scenario
from sim.simulate.opening import Case, prepare

LARGEST = 256_000
"""Bytes of a scenario file that is loaded; the largest that is shipped has a fiftieth of it."""
_LONGEST_NAME = 60


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
    if scenario.city != world.city.key:
        raise UsageError(Fault(Text("情景属于另一个城市", "the scenario is of another city"), Place(Path(name), key="city")))
    own = read_city_file(world.city.folder).base_year
    is_open = (scenario.base_year or own) == world.city.settings.base_year
    return prepare(scenario, world if is_open else open_world(home, scenario.city, scenario.base_year))


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
