"""Scenario files: pure data in three sections that never mix, with inheritance and named layers.

`levers` are what a bureau decides, `assumptions` what happens to it, `behaviour` what we believe. `given` replaces
a variable of the model by a path. A file may extend another; order: extended file, file, layers in use, --set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sim.base.errors import Fault, Faults, InputError, Place, all_faults, nearest
from sim.base.text import Text
from sim.inputs.checked import check_against
from sim.inputs.files import fail_if_no_name, is_file, is_folder
from sim.inputs.scenario_file import (
    CALLED,
    DEFAULT_METHOD,
    DEFAULT_STEPS,
    PREFIX,
    SECTIONS,
    Layer,
    LedgerChange,
    ScenarioFile,
    set_ledger,
)
from sim.inputs.sweep_section import SweepSection
from sim.inputs.yaml_file import Document, parse_yaml, read_yaml
from sim.inputs.year_path import NO_PATH, YearPath

_ENTRY_KEYS = {"value", "from", "note", "known_from"}


@dataclass(frozen=True)
class Change:
    """One value that a layer of a scenario sets: the raw value, why, and where it stands.

    Once it is bound, `name` is that of a parameter or variable, and the value `before` and `after` it are known.
    """

    section: str
    name: str
    raw: Any
    origin: str
    sources: tuple[str, ...]
    note: str
    place: Place
    known_from: Any = None
    """The year in which what it says became known, where it rests on more than the documents it names."""
    label: Text = Text("", "")
    unit: str = ""
    before: YearPath | None = None
    after: YearPath = NO_PATH


@dataclass(frozen=True)
class Scenario:
    """A scenario with its inheritance resolved; `changes` are in the order in which they apply."""

    key: str
    file: Path
    name: Text
    description: Text
    city: str
    base_year: int | None = None
    last_year: int | None = None
    method: str = DEFAULT_METHOD
    steps_per_year: int = DEFAULT_STEPS
    targets: tuple[tuple[str, Place], ...] = ()
    changes: tuple[Change, ...] = ()
    dormant: tuple[Change, ...] = ()
    files: tuple[Path, ...] = ()
    ledger: tuple[LedgerChange, ...] = ()
    dormant_ledger: tuple[LedgerChange, ...] = ()
    sweep: SweepSection | None = None
    use: tuple[str, ...] = ()
    """Layers that the call switches on with --use."""
    settings: tuple[tuple[str, str], ...] = ()
    """The pairs that the call sets with --set."""
    accept_borrowed: tuple[tuple[str, Place], ...] = ()
    base_year_place: Place = Place()
    written_for: str | None = None
    """The city that the file names, where the call names another."""


_Named = tuple[Layer, str]
"""A layer of a scenario, and what it is called."""


def scenario_files(folder: Path) -> list[Path]:
    """All scenario files of a folder."""
    return sorted(folder.glob("*.yaml"))


def find_scenario(name: str, folder: Path, cities: Collection[str] = ()) -> Path:
    """A scenario by path or by its name in the scenarios folder; the name of a city stands for the city's own baseline.

    Raises
    ------
    InputError
        when it is neither.
    """
    direct, candidate = Path(name), folder / f"{name}.yaml"
    is_named = is_file(candidate) and candidate.parent == folder
    if name in cities and not is_named:
        return direct
    if direct.suffix in (".yaml", ".yml") or is_file(direct) or is_folder(direct):
        return direct
    if is_named:
        return candidate
    known = [*(file.stem for file in scenario_files(folder)), *cities]
    raise InputError(Fault(Text(f"没有情景 {name}", f"no scenario {name}"), Place(folder), nearest(name, known)))


def read_scenario(
    file: Path,
    use: tuple[str, ...] = (),
    settings: tuple[tuple[str, str], ...] = (),
    collected: Faults | None = None,
    folder: Path | None = None,
    city: str | None = None,
) -> Scenario:
    """Read a scenario with everything that it extends; `settings` are the --set pairs of the command line.

    A `city` that the call names takes the place of the one that the file was written for.

    What it extends is looked for beside it, and then in `folder`, so that a file runs wherever it was saved. Where `collected`
    is given, faults are added to it and what is sound is returned, so that later checks can add theirs.

    Raises
    ------
    InputError
        with every fault of every file of the chain.
    """
    faults = Faults() if collected is None else collected
    chain = _chain(file, folder, faults)
    if collected is None or not chain:
        faults.raise_if_any()
    named = [(record, record.source_file.stem) for record in chain]
    scenario = _scenario(file, chain, named, use, settings, faults)
    of_city = city or scenario.city
    if not of_city:
        advice = Text("写上 city: 城市，或在命令中加 --city", "write city: in the file, or add --city to the call")
        faults.add(Text("没有写明城市", "no city is named"), Place(file, key="city"), advice)
    if collected is None or not of_city:
        faults.raise_if_any()
    return replace(scenario, city=of_city)


def plain_scenario(city: str, name: Text, settings: tuple[tuple[str, str], ...] = ()) -> Scenario:
    """Return the scenario of a city for which none is written: its own data and the model's central values, no target.

    Raises
    ------
    InputError
        when a setting of the ledger or the base year is none.
    """
    zh = "没有情景文件：全部取城市数据与模型的中心值。"
    described = Text(zh, "No scenario file: city data and central values throughout.")
    record = ScenarioFile(name=name + Text("：基准情景", ": baseline"), description=described, city=city)
    with all_faults() as faults:
        return _scenario(Path(city), [record], [], (), settings, faults)


def _scenario(
    file: Path,
    chain: list[ScenarioFile],
    named: list[tuple[ScenarioFile, str]],
    use: tuple[str, ...],
    settings: tuple[tuple[str, str], ...],
    faults: Faults,
) -> Scenario:
    """Resolve a chain of files, from the farthest to the file itself, and as `named` layers, with what a call uses and sets."""
    layers: list[_Named] = [*named, *_layers_in_use(chain, use, faults)]
    dormant = [layer for record in chain for layer in _layers_of(record)]
    record, called = chain[-1], _called_base_year(settings, faults)
    base_year, base_year_place = (called, _CALLED_BASE_YEAR) if called is not None else _nearest(chain, _BASE_YEAR)
    city = _nearest(chain, "city")[0]
    called_ledger = [set_ledger(key, raw, faults) for key, raw in settings if key.startswith(PREFIX)]
    return Scenario(
        key=file.stem,
        file=file,
        name=record.name,
        description=record.description or Text("", ""),
        city=city or "",
        written_for=city,
        base_year=base_year,
        last_year=_nearest(chain, "last_year")[0],
        method=_nearest(chain, "method")[0] or DEFAULT_METHOD,
        steps_per_year=_nearest(chain, "steps_per_year")[0] or DEFAULT_STEPS,
        targets=_listed(chain, "targets"),
        changes=(*_changes_of(layers), *_set_changes(settings)),
        dormant=tuple(_changes_of(dormant)),
        files=tuple(record.source_file for record, _ in named),
        ledger=(*_ledger_changes(layers), *(change for change in called_ledger if change is not None)),
        dormant_ledger=_ledger_changes(dormant),
        sweep=_nearest(chain, "sweep")[0],
        use=use,
        settings=settings,
        accept_borrowed=_listed(chain, "accept_borrowed"),
        base_year_place=base_year_place,
    )


@dataclass(frozen=True)
class Fragment:
    """Changes that stand outside a scenario file."""

    changes: tuple[Change, ...]
    ledger: tuple[LedgerChange, ...]


def fragment(layers: Iterable[Layer], origin: str) -> Fragment:
    """Return the changes of layers of another file."""
    named = [(layer, origin) for layer in layers]
    return Fragment(tuple(_changes_of(named)), _ledger_changes(named))


def _chain(file: Path, folder: Path | None, faults: Faults) -> list[ScenarioFile]:
    """Read a file and what it extends, from the farthest to the file itself; none where one of them has no sound part."""
    seen, links = list[Path](), list[ScenarioFile]()
    current: Path | None = file
    while current is not None:
        seen.append(current.absolute())
        document = read_yaml(current, faults) if not links else _read_extended(current, links[-1])
        record = check_against(ScenarioFile, document.data, document, faults)
        if record is None:  # without a sound name, which is said already, the other keys are checked all the same
            record = check_against(ScenarioFile, {**document.data, "name": {"zh": "?", "en": "?"}}, document, Faults())
        _fail_if_sections_wrong(document, faults)
        if record is None:
            return []
        links.append(record)
        current = _extended(record, [current.parent, *([folder] if folder is not None else [])], seen, faults)
    return links[::-1]


def _read_extended(file: Path, record: ScenarioFile) -> Document:
    try:
        return read_yaml(file)
    except InputError as error:
        message = Text(f"无法读取所继承的 {file.name}", f"cannot read {file.name}, which it extends")
        raise InputError([*error.faults, Fault(message, record.place("extends"))]) from error


def _extended(record: ScenarioFile, folders: list[Path], seen: list[Path], faults: Faults) -> Path | None:
    """Find the file that a file extends; none where it extends none, or after adding a fault."""
    if record.extends is None:
        return None
    place = record.place("extends")
    name = record.extends if record.extends.endswith((".yaml", ".yml")) else f"{record.extends}.yaml"
    try:
        fail_if_no_name(name, place)
    except InputError as error:
        faults.found.extend(error.faults)
        return None
    there = [folder / name for folder in folders if is_file(folder / name)]
    target = next((file for file in there if file.absolute() not in seen), None)
    if there and target is None:
        faults.add(Text(f"循环继承：{record.extends}", f"extends in a circle: {record.extends}"), place)
    if not there:
        known = sorted({item.stem for folder in folders for item in scenario_files(folder)} - {record.source_file.stem})
        faults.add(Text(f"没有情景 {record.extends}", f"no scenario {record.extends}"), place, nearest(record.extends, known))
    return target


def _fail_if_sections_wrong(document: Document, faults: Faults) -> None:
    for section in SECTIONS:
        content = document.data.get(section)
        for name in content if isinstance(content, dict) else ():
            if not isinstance(name, str):
                faults.add(Text("键必须是名称", "the key must be a name"), document.place((section, name)))


def _nearest(chain: list[ScenarioFile], key: str) -> tuple[Any, Place]:
    """Return what the nearest file that has a key says there, and its place."""
    record = _nearest_with(chain, key)
    return (None, Place()) if record is None else (getattr(record, key), record.place(key))


def _nearest_with(chain: list[ScenarioFile], key: str) -> ScenarioFile | None:
    return next((record for record in reversed(chain) if getattr(record, key) is not None), None)


def _listed(chain: list[ScenarioFile], key: str) -> tuple[tuple[str, Place], ...]:
    """Return the names of a list and where they stand; the nearest file that has the key decides."""
    record = _nearest_with(chain, key)
    return () if record is None else tuple((name, record.place(key, index)) for index, name in enumerate(getattr(record, key)))


def _changes_of(layers: Iterable[_Named]) -> Iterator[Change]:
    for layer, origin in layers:
        for section in SECTIONS:
            for name, raw in getattr(layer, section).items():
                yield _change(section, name, raw, origin, layer.place(section, name))


def _change(section: str, name: str, raw: Any, origin: str, place: Place) -> Change:
    if isinstance(raw, dict) and "value" in raw and set(raw) <= _ENTRY_KEYS | ({"unit"} if section == "given" else set()):
        sources = raw.get("from", [])
        listed = tuple(str(item) for item in (sources if isinstance(sources, list) else [sources]))
        inner = {"value": raw["value"], "unit": raw["unit"]} if "unit" in raw else raw["value"]
        return Change(section, name, inner, origin, listed, str(raw.get("note", "")), place, raw.get("known_from"))
    return Change(section, name, raw, origin, (), "", place)


def _layers_of(record: ScenarioFile) -> list[_Named]:
    """Return the named layers of a file, in use or not: a fault in a layer is a fault of the file."""
    return [(layer, f"{record.source_file.stem}/{name}") for name, layer in record.overrides.items()]


def _layers_in_use(chain: list[ScenarioFile], use: tuple[str, ...], faults: Faults) -> Iterator[_Named]:
    known = {name: layer for record in chain for name, layer in zip(record.overrides, _layers_of(record), strict=True)}
    wanted = [(name, record.place("use", index)) for record in chain for index, name in enumerate(record.use)]
    wanted += [(name, Place(key="--use")) for name in use]
    for name, place in wanted:
        if name in known:
            yield known[name]
        else:
            faults.add(Text(f"没有名为 {name} 的 overrides", f"no overrides named {name}"), place, nearest(name, known))


def _ledger_changes(layers: Iterable[_Named]) -> tuple[LedgerChange, ...]:
    return tuple(LedgerChange(layer.ledger, origin) for layer, origin in layers if layer.ledger is not None)


_BASE_YEAR = "base_year"
"""A key of the file and no parameter, which a call may set."""
_CALLED_BASE_YEAR = Place(key=f"{CALLED} {_BASE_YEAR}")


def _called_base_year(settings: tuple[tuple[str, str], ...], faults: Faults) -> int | None:
    """Return the base year among the settings of a call, the last one where there are several; no year is a fault."""
    given = next((raw.strip() for key, raw in reversed(settings) if key == _BASE_YEAR), None)
    if given is None or given.isdecimal():
        return None if given is None else int(given)
    faults.add(Text(f"应为年份，而不是 {given}", f"a year is wanted, not {given}"), _CALLED_BASE_YEAR)
    return None


def _set_changes(settings: tuple[tuple[str, Any], ...]) -> list[Change]:
    """Return what a call sets of parameters: a value, or in braces a path of years, as a file has it."""
    changes = list[Change]()
    for key, raw in settings:
        if not key.startswith(PREFIX) and key != _BASE_YEAR:
            is_path = isinstance(raw, str) and raw.startswith("{")
            value = parse_yaml(f"value: {raw}", Path(CALLED)).data["value"] if is_path else raw
            changes.append(Change("", key, value, CALLED, (), "", Place(key=f"{CALLED} {key}")))
    return changes
