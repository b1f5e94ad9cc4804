"""List what there is: cities, scenarios, targets, levers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table

from sim.base.errors import Faults
from sim.base.text import Text
from sim.base.words import unit_text
from sim.city.city import World, open_world
from sim.cli.console import Speaker
from sim.cli.tables import print_table
from sim.inputs.bindings import AnyBinding, Binding
from sim.inputs.city import read_city_file
from sim.inputs.home import Home, default_city, find_home
from sim.inputs.scenario import read_scenario, scenario_files
from sim.inputs.targets import PlanTarget
from sim.model.binding import shown


def list_all(city: str | None, home_folder: Path | None, speaker: Speaker) -> None:
    """Print everything that a scenario file can name."""
    home = find_home(home_folder)
    world = open_world(home, city or default_city(home))
    document: dict[str, Any] = {
        "home": str(home.folder),
        "models": sorted(file.parent.name for file in home.models.glob("*/parameters.yaml") if _is_model(file.parent)),
        "cities": home.cities(),
        "city_names": {city: speaker.say(read_city_file(home.city_folder(city)).name.text()) for city in home.cities()},
        "scenarios": _scenarios(home, speaker),
        "targets": _targets(world, speaker),
        **{section: _parameters(world, kind, speaker) for section, kind in _SECTIONS.items()},
        "variables": _variables(world, speaker),
    }
    if speaker.as_json:
        speaker.json(document)
        return
    speaker.line(Text(f"模型：{'、'.join(document['models'])}", f"models: {', '.join(document['models'])}"))
    names = [f"{label} ({city})" for city, label in document["city_names"].items()]
    speaker.line(Text(f"城市：{'、'.join(names)}", f"cities: {', '.join(names)}"))
    speaker.line(Text("每个城市另有与它同名的基准情景。", "Every city has a baseline scenario besides, called like the city."))
    for key, title in _TITLES.items():
        speaker.out.print()
        speaker.line(title)
        print_table(_table(document[key], speaker), speaker.out)


_SECTIONS = {"levers": "lever", "assumptions": "assumption", "behaviour": "behaviour"}
_TITLES = {
    "scenarios": Text("情景", "Scenarios"),
    "targets": Text("目标与判定依据", "Targets and what judges them"),
    "levers": Text("levers：政策杠杆（政府决定）", "levers: what the bureau decides"),
    "assumptions": Text("assumptions：外部假设", "assumptions: what happens to the city"),
    "behaviour": Text("behaviour：行为参数", "behaviour: what we believe"),
    "variables": Text("变量（可写入 given，可作 --output）", "variables: for given and --output"),
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
            "entered": _entered(world.catalogue.targets[key], speaker),
            "binding": _bound_to(world.catalogue.by_kind.of(key), speaker),
        }
        for key in world.catalogue.targets
    ]


def _entered(target: PlanTarget, speaker: Speaker) -> str:
    """Whether the number was held against its sentence, or a person read it out of words without one."""
    if speaker.as_json:
        return "by_hand" if target.by_hand else "as_quoted"
    return speaker.say(_BY_HAND) if target.by_hand else ""


_BY_HAND = Text("人工", "by hand")


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


def _variables(world: World, speaker: Speaker) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "label": speaker.say(world.labels.variables[name]),
            "unit": _unit_of_target(world.labels.unit(name, world.graph.unit_of(name)), speaker),
            "dims": ", ".join(world.graph.dims_of(name)),
        }
        for name in sorted(world.graph.quantities)
    ]


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
    "entered": Text("录入", "entered"),
    "binding": Text("判定依据", "judged by"),
    "range": Text("范围", "range"),
    "dims": Text("维度", "dimensions"),
}
