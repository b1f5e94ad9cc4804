"""The page as a scenario file that says all that differs, and a file that somebody hands in, read with every check.

Values are compared as they hold in the end, not as they were written, so that the file gives what the page shows, whatever
files, layers and settings it came from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

from sim.base.durable import scratch_folder
from sim.base.errors import Fault, Place, SimError, UsageError
from sim.base.text import Text
from sim.city.city import City, open_city
from sim.explore.levers import LeverView, levers_of
from sim.explore.sliders import Moves, by_member, by_year, dims_of
from sim.inputs.city import read_city_file
from sim.inputs.home import Home
from sim.inputs.scenario import Change, Scenario, plain_scenario, read_scenario
from sim.inputs.scenario_file import SECTION_OF_KIND, LedgerChange
from sim.inputs.year_path import YearPath, laid_over
from sim.model.binding import BoundValues, bind, own_values
from sim.simulate.opening import Case, prepare

LARGEST = 256_000
"""Bytes of a scenario file that is loaded; the largest that is shipped has a fiftieth of it."""
_LONGEST_NAME = 60


def load_levers(content: bytes, name: str, home: Home, city: City, *, prior: bool = False) -> LeverView:
    """Make the levers of a scenario file that is handed in; it may extend scenarios of the home folder.

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
        try:
            return levers_of(_prepared(handed_in, name, home, city), prior=prior)
        except SimError as error:
            faults = [replace(item, place=_as_handed_in(item.place, handed_in, name)) for item in error.faults]
            raise type(error)(faults) from error


def _prepared(file: Path, name: str, home: Home, city: City) -> Case:
    scenario = read_scenario(file, folder=home.scenarios)
    if scenario.city != city.data.key:
        raise UsageError(Fault(Text("情景属于另一个城市", "the scenario is of another city"), Place(Path(name), key="city")))
    own = read_city_file(city.data.folder).base_year
    is_open = (scenario.base_year or own) == city.data.settings.base_year
    return prepare(scenario, city if is_open else open_city(home, scenario.city, scenario.base_year))


def _as_handed_in(place: Place, file: Path, name: str) -> Place:
    """Name a file as it was handed in, not by its folder on this machine."""
    if place.file is None:
        return place
    return replace(place, file=Path(Path(name).name if place.file == file else place.file.name))


_HEAD = "# 由 python -m sim explore 写出 / written by `python -m sim explore`\n"
_LAYER = "as_shown"
_RUN = ("base_year", "last_year", "method", "steps_per_year")
_MERGED = ("delay", "accelerate", "priority", "add")


@dataclass(frozen=True)
class _Ground:
    """The ground of a saved file: a scenario of the home folder, at the base year of the page, or the city itself."""

    scenario: Scenario
    bound: BoundValues
    is_file: bool


def scenario_text(levers: LeverView, moves: Moves, since: int | None = None) -> str:
    """Write the scenario file of the page, with some levers moved."""
    case = levers.moved(moves, since)
    scenario, ground = case.scenario, _ground_of(case)
    sections = _sections(case, ground)
    ledger, before = _ledger(scenario.ledger), _ledger(ground.scenario.ledger)
    content: dict[str, Any] = {**sections, **({"ledger": ledger} if ledger != before else {})}
    layers = _layers(scenario, ground)
    origins = [item.origin for item in ground.scenario.changes] + [item.origin for item in ground.scenario.ledger]
    if any("/" in origin for origin in origins):
        name = _LAYER + "_" * sum(key.startswith(_LAYER) for key in layers)  # nothing that is extended may come after it
        content, layers = {"use": [name]}, {**layers, name: content}
    document = {
        "name": {"zh": f"{scenario.name.zh}（调整）", "en": f"{scenario.name.en}, changed"},
        **({"description": vars(scenario.description)} if scenario.description.zh else {}),
        **({"extends": ground.scenario.file.stem} if ground.is_file else {"city": scenario.city}),
        **_frame(case, ground.scenario),
        **content,
        **({"overrides": layers} if layers else {}),
    }
    return _HEAD + _in_yaml(document)


def _ground_of(case: Case) -> _Ground:
    city, home = case.city, case.city.home
    kept = [file for file in case.scenario.files if file.parent == home.scenarios]
    if not kept:
        return _Ground(plain_scenario(city.data.key, Text("", "")), own_values(city.data), is_file=False)
    scenario = read_scenario(kept[-1], folder=home.scenarios)
    return _Ground(scenario, bind(scenario, city.data, city.graph, city.names), is_file=True)


def _frame(case: Case, ground: Scenario) -> dict[str, Any]:
    """Years, method, targets and sweep, as far as they differ from what is extended."""
    scenario = case.scenario
    found: dict[str, Any] = {key: getattr(scenario, key) for key in _RUN if getattr(scenario, key) != getattr(ground, key)}
    stated = {"base_year": case.base_year, "last_year": case.last_year}
    found |= {key: year for key, year in stated.items() if key in found}
    for key in ("targets", "accept_borrowed"):
        names, before = ([name for name, _ in getattr(item, key)] for item in (scenario, ground))
        found |= {key: names} if names != before else {}
    if scenario.sweep is not None and scenario.sweep != ground.sweep:
        found["sweep"] = scenario.sweep.model_dump(exclude_unset=True, by_alias=True)
    return found


def _sections(case: Case, ground: _Ground) -> dict[str, dict[str, Any]]:
    """Every value that differs, and every one that is stated here only: what a scenario states is not drawn."""
    stated = {item.name for item in case.bound.resolved} - {item.name for item in ground.bound.resolved}
    last = {item.name: item for item in case.bound.resolved}
    sections: dict[str, dict[str, Any]] = {}
    for name, path in case.bound.values.items():
        record = case.city.data.parameters.get(name)
        section = "given" if name in case.bound.given else SECTION_OF_KIND.get(record.kind) if record else None
        before = ground.bound.values.get(name)
        if section is None or (name not in stated and before is not None and path.equals(before, _years(case))):
            continue
        value = _value(case, name, path, before)
        entry: dict[str, Any] = {"value": value}
        if section == "given":
            entry["unit"] = case.city.graph.unit_of(name)
        change = last.get(name)
        entry |= {} if change is None else _reasons(change)
        sections.setdefault(section, {})[name] = value if len(entry) == 1 else entry
    return sections


def _reasons(change: Change) -> dict[str, Any]:
    sources: dict[str, Any] = {"from": list(change.sources)} if change.sources else {}
    sources |= {} if change.known_from is None else {"known_from": change.known_from}
    return sources | ({"note": change.note} if change.note else {})


def _years(case: Case) -> range:
    """Return all years that a path may name."""
    first, last = case.city.data.first_year, case.city.data.settings.last_year
    return range(min(first, case.base_year), last + 1)


def _value(case: Case, name: str, path: YearPath, before: YearPath | None) -> Any:
    """Return the shortest way to write a path that gives the same in every year over what it extends, or year by year."""
    dims, years = dims_of(case, name), _years(case)
    record = case.city.data.parameters.get(name)
    first = case.base_year + 1
    begins = first if record is not None and record.kind == "lever" else None
    if path.is_constant or path.years == (first,):
        value = path.everything()[0]
        constant = YearPath(value)
        alone = constant if begins is None or before is None else laid_over(constant, before, begins)
        if path.equals(alone, years):
            return by_member(value, dims)
    named = dict(zip(path.years, path.arrays, strict=True))
    if named and path.equals(_read_back(case, name, path, before), years) and all(year in years for year in named):
        values = {year: by_member(array, dims) for year, array in named.items()}
        return values if path.shape == "step" else {**values, "shape": path.shape}
    known = {year: path.at(year) for year in years if not np.isnan(path.at(year)).any()}
    return {**by_year(known, dims), **({"replace": True} if name in case.bound.given and before is not None else {})}


def _read_back(case: Case, name: str, path: YearPath, before: YearPath | None) -> YearPath:
    """Return a path as it is read when only its named years are written; one given first acts from the first of them."""
    if before is not None:
        return laid_over(path, before)
    acts_later = name in case.bound.given and path.shape != "hold"
    return replace(path, before=np.full_like(path.before, np.nan)) if acts_later else path


def _ledger(changes: Iterable[LedgerChange]) -> dict[str, Any]:
    """Merge the changes of projects of all layers: a word in a later layer replaces its earlier self."""
    merged: dict[str, Any] = {}
    for change in changes:
        said = change.section.model_dump(exclude_unset=True, by_alias=True)
        for key, value in said.items():
            if key in _MERGED:
                merged[key] = {**{word: item for word, item in merged.get(key, {}).items() if word not in value}, **value}
            elif key == "cancel":
                merged[key] = [*merged.get(key, []), *(word for word in value if word not in merged.get(key, []))]
            else:
                merged[key] = value
    return merged


def _layers(scenario: Scenario, ground: _Ground) -> dict[str, dict[str, Any]]:
    """Return the named layers of files that are not extended, to be switched on in another call."""
    kept, found = set(ground.scenario.files), dict[str, dict[str, Any]]()

    def note(origin: str, section: str, entry: dict[str, Any]) -> None:
        found.setdefault(origin.partition("/")[2], {}).setdefault(section, {}).update(entry)

    for change in scenario.dormant:
        if change.place.file not in kept:
            note(change.origin, change.section, {change.name: _written(change)})
    for edit in scenario.dormant_ledger:
        if edit.section.source_file not in kept:
            note(edit.origin, "ledger", edit.section.model_dump(exclude_unset=True, by_alias=True))
    return found


def _written(change: Change) -> Any:
    if change.section == "given":
        return {**change.raw, **_reasons(change)} if isinstance(change.raw, Mapping) else change.raw
    reasons = _reasons(change)
    return {"value": change.raw, **reasons} if reasons else change.raw


def _in_yaml(document: Any) -> str:
    """Write YAML in the order given."""
    yaml, stream = YAML(typ="safe", pure=True), StringIO()
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = False, True, 1000
    yaml.representer.sort_base_mapping_type_on_output = False
    yaml.representer.ignore_aliases = lambda *_: True
    yaml.dump(document, stream)
    return stream.getvalue()
