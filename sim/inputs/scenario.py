"""Scenario files: pure data in three sections that never mix, with inheritance and named layers.

`levers` are what a bureau decides, `assumptions` what happens to it, `behaviour` what we believe. `given` replaces
a variable of the model by a path. A file may extend another; order: extended file, file, layers in use, --set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.base.errors import Faults, InputError, Place, nearest
from sim.base.text import Text
from sim.inputs.called_year import BASE_YEAR, CALLED_BASE_YEAR, called_base_year
from sim.inputs.checked import check_against
from sim.inputs.files import fail_if_no_name, is_file, is_folder
from sim.inputs.ledger_section import CALLED, PREFIX, LedgerChange, set_ledger
from sim.inputs.scenario_file import SECTIONS, Layer, ScenarioFile
from sim.inputs.stepping import DEFAULT_METHOD, DEFAULT_STEPS
from sim.inputs.sweep_section import SweepPart
from sim.inputs.yaml_file import Document, KeyPath, parse_yaml, read_yaml

_ENTRY_KEYS = {"value", "from", "note", "known_from"}


@dataclass(frozen=True)
class Change:
    """One value that a layer of a scenario sets: the raw value, why, and where it stands."""

    section: str
    name: str
    raw: Any
    origin: str
    sources: tuple[str, ...]
    note: str
    place: Place
    known_from: Any = None
    """The year in which what it says became known, where it rests on more than the documents it names."""


@dataclass(frozen=True)
class CalledWith:
    """What a call adds to the files of a scenario: names of --use, pairs of --set."""

    use: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Scenario:
    """A scenario with its inheritance resolved; `changes` are in the order in which they apply."""

    key: str
    file: Path
    name: Text
    description: Text
    city: str
    base_year: int | None
    last_year: int | None
    method: str
    steps_per_year: int
    targets: tuple[tuple[str, Place], ...]
    changes: tuple[Change, ...]
    dormant: tuple[Change, ...]
    files: tuple[Path, ...]
    ledger: tuple[LedgerChange, ...] = ()
    dormant_ledger: tuple[LedgerChange, ...] = ()
    sweep: SweepPart | None = None
    called_with: CalledWith = CalledWith()
    accept_borrowed: tuple[tuple[str, Place], ...] = ()
    base_year_place: Place = Place()
    written_for: str | None = None
    """The city that the file names, where the call names another."""


_Place = tuple[Document, Layer, KeyPath, str]
"""A layer of a scenario: its file, what it says, the path of its keys, and what it is called."""


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
    faults = Faults()
    known = [*(file.stem for file in scenario_files(folder)), *cities]
    faults.add(Text(f"没有情景 {name}", f"no scenario {name}"), Place(folder), nearest(name, known))
    raise InputError(faults.found)


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
    chain = list(_chain(file, folder, faults))
    if collected is None or not chain:
        faults.raise_if_any()
    changes = [change for document, record in chain for change in _changes_of(document, record)]
    layers = list(_layers(chain, use, faults))
    changes += [change for layer in layers for change in _changes_of(*layer)]
    changes += _set_changes(settings)
    called = called_base_year(settings, faults)
    ledger = [*((document, record, (), document.file.stem) for document, record in chain), *layers]
    edits = [*_ledger_changes(ledger), *_set_ledger(settings, faults)]
    merged = _merged([record for _, record in chain])
    record = chain[-1][1]
    of_city = city or merged["city"]
    if of_city is None:
        advice = Text("写上 city: 城市，或在命令中加 --city", "write city: in the file, or add --city to the call")
        faults.add(Text("没有写明城市", "no city is named"), Place(file, key="city"), advice)
    if collected is None or of_city is None:
        faults.raise_if_any()
    return Scenario(
        key=file.stem,
        file=file,
        name=record.name.text(),
        description=record.description.text() if record.description else Text("", ""),
        city=of_city or "",
        written_for=merged["city"],
        base_year=merged["base_year"] if called is None else called,
        last_year=merged["last_year"],
        method=merged["method"] or DEFAULT_METHOD,
        steps_per_year=merged["steps_per_year"] or DEFAULT_STEPS,
        targets=_named(chain, "targets"),
        changes=tuple(changes),
        dormant=tuple(_dormant(chain)),
        files=tuple(document.file for document, _ in chain),
        ledger=tuple(edits),
        dormant_ledger=tuple(_ledger_changes(_all_layers(chain))),
        sweep=next((SweepPart(item.sweep, document) for document, item in reversed(chain) if item.sweep is not None), None),
        called_with=CalledWith(use, settings),
        accept_borrowed=_named(chain, "accept_borrowed"),
        base_year_place=_base_year_place(chain) if called is None else CALLED_BASE_YEAR,
    )


@dataclass(frozen=True)
class Fragment:
    """Changes that stand outside a scenario file."""

    changes: tuple[Change, ...]
    ledger: tuple[LedgerChange, ...]


def fragment(document: Document, layer: Layer, path: KeyPath, origin: str) -> Fragment:
    """The changes of a layer of another file."""
    at = (document, layer, path, origin)
    return Fragment(tuple(_changes_of(*at)), tuple(_ledger_changes([at])))


def plain_scenario(city: str, name: Text, settings: tuple[tuple[str, str], ...] = ()) -> Scenario:
    """The scenario of a city for which none is written: its own data and the model's central values, no target.

    Raises
    ------
    InputError
        when a setting of the ledger or the base year is none.
    """
    faults = Faults()
    base_year, ledger = called_base_year(settings, faults), tuple(_set_ledger(settings, faults))
    faults.raise_if_any()
    return Scenario(
        key=city,
        file=Path(city),
        name=name + Text("：基准情景", ": baseline"),
        description=Text(
            "没有情景文件：全部取城市数据与模型的中心值。", "No scenario file: city data and central values throughout."
        ),
        city=city,
        base_year=base_year,
        last_year=None,
        method=DEFAULT_METHOD,
        steps_per_year=DEFAULT_STEPS,
        targets=(),
        changes=tuple(_set_changes(settings)),
        dormant=(),
        files=(),
        ledger=ledger,
        base_year_place=CALLED_BASE_YEAR,
        called_with=CalledWith((), settings),
    )


def _chain(file: Path, folder: Path | None, faults: Faults) -> Iterator[tuple[Document, ScenarioFile]]:
    seen: list[Path] = []
    links: list[tuple[Document, ScenarioFile]] = []
    current: Path | None = file
    while current is not None:
        seen.append(current.absolute())
        document = read_yaml(current, faults) if not links else _read_extended(current, links[-1][0])
        record = _sound_part(document, faults)
        _fail_if_sections_wrong(document, faults)
        if record is None:
            return
        links.append((document, record))
        folders = [document.file.parent, *([folder] if folder is not None else [])]
        current = _extended(record, document, folders, seen, faults)
    yield from reversed(links)


def _sound_part(document: Document, faults: Faults) -> ScenarioFile | None:
    """The record of a file; where keys are faulty, the faults are added and the record holds the sound ones."""
    record = check_against(ScenarioFile, document.data, document, faults)
    if record is not None:
        return record
    unheard, kept = Faults(), dict[str, Any](name={"zh": "?", "en": "?"})
    for key, value in document.data.items():
        if key in ScenarioFile.model_fields and check_against(ScenarioFile, {**kept, key: value}, document, unheard):
            kept[key] = value
    return check_against(ScenarioFile, kept, document, unheard)


def _read_extended(file: Path, document: Document) -> Document:
    try:
        return read_yaml(file)
    except InputError as error:
        place = document.place(("extends",))
        faults = Faults(list(error.faults))
        faults.add(Text(f"无法读取所继承的 {file.name}", f"cannot read {file.name}, which it extends"), place)
        raise InputError(faults.found) from error


def _extended(record: ScenarioFile, document: Document, folders: list[Path], seen: list[Path], faults: Faults) -> Path | None:
    if record.extends is None:
        return None
    place = document.place(("extends",))
    name = record.extends if record.extends.endswith((".yaml", ".yml")) else f"{record.extends}.yaml"
    before = len(faults.found)
    with faults.gathering():
        fail_if_no_name(name, place)
    if len(faults.found) > before:
        return None
    there = [folder / name for folder in folders if is_file(folder / name)]
    target = next((file for file in there if file.absolute() not in seen), None)
    if there and target is None:
        faults.add(Text(f"循环继承：{record.extends}", f"extends in a circle: {record.extends}"), place)
    if not there:
        known = sorted({item.stem for folder in folders for item in scenario_files(folder)} - {document.file.stem})
        faults.add(Text(f"没有情景 {record.extends}", f"no scenario {record.extends}"), place, nearest(record.extends, known))
    return target


def _fail_if_sections_wrong(document: Document, faults: Faults) -> None:
    for section in SECTIONS:
        content = document.data.get(section)
        for name in content if isinstance(content, dict) else ():
            if not isinstance(name, str):
                faults.add(Text("键必须是名称", "the key must be a name"), document.place((section, name)))


def _merged(records: list[ScenarioFile]) -> dict[str, Any]:
    keys = ("city", "base_year", "last_year", "method", "steps_per_year")
    return {
        key: next((value for record in reversed(records) if (value := getattr(record, key)) is not None), None) for key in keys
    }


def _named(chain: list[tuple[Document, ScenarioFile]], key: str) -> tuple[tuple[str, Place], ...]:
    """The names of a list and where they stand; the nearest file that has the key decides."""
    for document, record in reversed(chain):
        names = getattr(record, key)
        if names is not None:
            return tuple((name, document.place((key, index))) for index, name in enumerate(names))
    return ()


def _base_year_place(chain: list[tuple[Document, ScenarioFile]]) -> Place:
    places = (document.place(("base_year",)) for document, record in reversed(chain) if record.base_year is not None)
    return next(places, Place())


def _changes_of(document: Document, layer: Layer, at: KeyPath = (), origin: str = "") -> Iterator[Change]:
    for section in SECTIONS:
        for name, raw in getattr(layer, section).items():
            path = (*at, section, name)
            yield _change(section, name, raw, origin or document.file.stem, document.place(path))


def _change(section: str, name: str, raw: Any, origin: str, place: Place) -> Change:
    if isinstance(raw, dict) and "value" in raw and set(raw) <= _ENTRY_KEYS | ({"unit"} if section == "given" else set()):
        sources = raw.get("from", [])
        listed = tuple(str(item) for item in (sources if isinstance(sources, list) else [sources]))
        inner = {"value": raw["value"], "unit": raw["unit"]} if "unit" in raw else raw["value"]
        return Change(section, name, inner, origin, listed, str(raw.get("note", "")), place, raw.get("known_from"))
    return Change(section, name, raw, origin, (), "", place)


def _layers(chain: list[tuple[Document, ScenarioFile]], use: tuple[str, ...], faults: Faults) -> Iterator[_Place]:
    known = {name: (document, layer) for document, record in chain for name, layer in record.overrides.items()}
    wanted = [(name, document.place(("use", index))) for document, record in chain for index, name in enumerate(record.use)]
    wanted += [(name, Place(key="--use")) for name in use]
    for name, place in wanted:
        if name not in known:
            faults.add(Text(f"没有名为 {name} 的 overrides", f"no overrides named {name}"), place, nearest(name, known))
            continue
        document, layer = known[name]
        yield document, layer, ("overrides", name), f"{document.file.stem}/{name}"


def _all_layers(chain: list[tuple[Document, ScenarioFile]]) -> Iterator[_Place]:
    """All named layers, in use or not: a fault in a layer is a fault of the file."""
    for document, record in chain:
        for name, layer in record.overrides.items():
            yield document, layer, ("overrides", name), f"{document.file.stem}/{name}"


def _dormant(chain: list[tuple[Document, ScenarioFile]]) -> Iterator[Change]:
    for layer in _all_layers(chain):
        yield from _changes_of(*layer)


def _ledger_changes(layers: Iterable[_Place]) -> Iterator[LedgerChange]:
    for document, layer, at, origin in layers:
        if layer.ledger is not None:
            yield LedgerChange(layer.ledger, origin, document, (*at, "ledger"))


def _set_ledger(settings: tuple[tuple[str, str], ...], faults: Faults) -> Iterator[LedgerChange]:
    for key, raw in settings:
        change = set_ledger(key, raw, faults) if key.startswith(PREFIX) else None
        if change is not None:
            yield change


def _set_changes(settings: tuple[tuple[str, str], ...]) -> list[Change]:
    return [_set_change(key, raw) for key, raw in settings if not key.startswith(PREFIX) and key != BASE_YEAR]


def _set_change(key: str, raw: Any) -> Change:
    """A number, or in braces a path of years, as a file has it."""
    if isinstance(raw, str) and raw.startswith("{"):
        raw = parse_yaml(f"value: {raw}", Path(CALLED)).data["value"]
    return Change("", key, raw, CALLED, (), "", Place(key=f"{CALLED} {key}"))
