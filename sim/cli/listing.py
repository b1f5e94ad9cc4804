"""List what there is: cities, scenarios, targets, levers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table

from sim.cli.console import Speaker
from sim.errors import Faults
from sim.inputs.bindings import AnyBinding, Binding
from sim.inputs.home import DEFAULT_CITY, Home, find_home
from sim.inputs.scenario import read_scenario, scenario_files
from sim.model.binding import shown
from sim.text import Text
from sim.words import unit_text
from sim.world import World, open_world


def list_all(city: str | None, home_folder: Path | None, speaker: Speaker) -> None:
    """Print everything that a scenario file can name."""
    home = find_home(home_folder)
    world = open_world(home, city or DEFAULT_CITY)
    document: dict[str, Any] = {
        "home": str(home.folder),
        "models": sorted(file.parent.name for file in home.models.glob("*/parameters.yaml") if _is_model(file.parent)),
        "cities": home.cities(),
        "scenarios": _scenarios(home, speaker),
        "targets": _targets(world, speaker),
        **{section: _parameters(world, kind, speaker) for section, kind in _SECTIONS.items()},
    }
    if speaker.as_json:
        speaker.json(document)
        return
    speaker.line(Text(f"模型：{'、'.join(document['models'])}", f"models: {', '.join(document['models'])}"))
    speaker.line(Text(f"城市：{'、'.join(document['cities'])}", f"cities: {', '.join(document['cities'])}"))
    for key, title in _TITLES.items():
        speaker.out.print()
        speaker.line(title)
        speaker.out.print(_table(document[key], speaker))


_SECTIONS = {"levers": "lever", "assumptions": "assumption", "behaviour": "behaviour"}
_TITLES = {
    "scenarios": Text("情景", "Scenarios"),
    "targets": Text("目标与判定依据", "Targets and what judges them"),
    "levers": Text("levers：政策杠杆（政府决定）", "levers: what the bureau decides"),
    "assumptions": Text("assumptions：外部假设", "assumptions: what happens to the city"),
    "behaviour": Text("behaviour：行为参数", "behaviour: what we believe"),
}


def _is_model(folder: Path) -> bool:
    return any(folder.glob("*.py"))


def _scenarios(home: Home, speaker: Speaker) -> list[dict[str, Any]]:
    rows, faults = [], Faults()
    for file in scenario_files(home.scenarios):
        with faults.gathering():
            scenario = read_scenario(file)
            rows.append({"name": scenario.key, "label": speaker.say(scenario.name), "city": scenario.city})
    for fault in faults.found:
        speaker.err.print(fault.in_language(speaker.language), markup=False, soft_wrap=True)
    return rows


def _targets(world: World, speaker: Speaker) -> list[dict[str, Any]]:
    return [
        {
            "name": key,
            "label": speaker.say(world.catalogue.targets[key].name),
            "value": f"{world.catalogue.targets[key].operator} {world.catalogue.targets[key].value:g}",
            "unit": _unit_of_target(world.catalogue.targets[key].unit, speaker),
            "year": world.catalogue.targets[key].year,
            "binding": _bound_to(world.catalogue.by_kind.of(key), speaker),
        }
        for key in world.catalogue.targets
    ]


def _unit_of_target(unit: str, speaker: Speaker) -> str:
    """As reports print it; a script gets the unit itself."""
    return unit if speaker.as_json else unit_text(unit, speaker.language)


def _bound_to(binding: AnyBinding | None, speaker: Speaker) -> str:
    """The kind of a binding, or the variable."""
    if isinstance(binding, Binding):
        return binding.variable
    if binding is None:
        return ""
    return binding.binding if speaker.as_json else speaker.say(_JUDGED_BY[binding.binding])


_JUDGED_BY = {
    "ledger": Text("（项目台账）", "(project ledger)"),
    "history": Text("（已公布数据）", "(published data)"),
    "outside": Text("（不判定）", "(not judged)"),
}


def _parameters(world: World, kind: str, speaker: Speaker) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "label": speaker.say(record.label if record.note is None else record.label + _noted(record.note)),
            "value": shown(record.value, world.city.settings.base_year),
            "unit": record.unit,
            "range": None if record.range is None else f"{record.range[0]:g} … {record.range[1]:g}",
            "dims": ", ".join(record.dims),
        }
        for name, record in world.city.parameters.items()
        if record.kind == kind
    ]


def _noted(note: Text) -> Text:
    return Text(f"（{note.zh}）", f" ({note.en})")


def _table(rows: list[dict[str, Any]], speaker: Speaker) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in rows[0] if rows else ():
        whole = key in ("name", "binding")  # names are there to be copied
        table.add_column(speaker.say(_HEADS[key]), overflow="fold", no_wrap=whole, max_width=None if whole else 44)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    return table


_HEADS = {
    "name": Text("名称", "name"),
    "label": Text("含义", "meaning"),
    "city": Text("城市", "city"),
    "value": Text("数值", "value"),
    "unit": Text("单位", "unit"),
    "year": Text("年份", "year"),
    "binding": Text("判定依据", "judged by"),
    "range": Text("范围", "range"),
    "dims": Text("维度", "dimensions"),
}
