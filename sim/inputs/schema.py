"""JSON schema of scenario files: the keys from the records, the names of levers, assumptions and behaviour from a city."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sim.inputs.parameters import ParameterRecord
from sim.inputs.scenario_file import SECTION_OF_KIND, ScenarioFile
from sim.inputs.year_path import SHAPES

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema(
    parameters: Mapping[str, ParameterRecord], targets: Iterable[str], cities: Iterable[str], variables: Iterable[str]
) -> dict[str, Any]:
    """The schema that editors read; the program itself checks more (units, ranges of paths, members)."""
    schema = ScenarioFile.model_json_schema()
    sections = {section: _section(parameters, kind) for kind, section in SECTION_OF_KIND.items()}
    sections["given"] = {"type": "object", "propertyNames": {"enum": sorted(variables)}}
    for place in (schema, schema["$defs"]["Layer"]):
        for name, content in sections.items():
            place["properties"][name] = {**content, "description": place["properties"][name].get("description", "")}
    for place, name in ((schema, "name"), (schema, "description"), (schema["$defs"]["AddedProject"], "label")):
        place["properties"][name] = _in_one_or_two(place["properties"][name])
    schema["$defs"]["path"] = _PATH
    schema["properties"]["city"] = {"enum": sorted(cities), "description": "城市 / city"}
    patterns = [{"pattern": "^[a-z_]+/(\\*|[0-9]{4})$"}, {"enum": sorted(targets)}]
    schema["properties"]["targets"] = {"type": "array", "items": {"anyOf": patterns}, "description": "目标编号 / target ids"}
    accepted = {"type": "array", "items": {"type": "string"}}
    described = "基数借用而仍作评判的目标（编号或名称）或指标 / targets (id or name) or variables judged on a borrowed base"
    schema["properties"]["accept_borrowed"] = {**accepted, "description": described}
    return {"$schema": DRAFT, "title": "scenario", **{key: value for key, value in schema.items() if key != "title"}}


def _in_one_or_two(entry: dict[str, Any]) -> dict[str, Any]:
    """A name in two languages, or written once."""
    kinds = entry.pop("anyOf", None) or [{"$ref": entry.pop("$ref")}]
    return {**entry, "anyOf": [{"type": "string"}, *kinds]}


def _section(parameters: Mapping[str, ParameterRecord], kind: str) -> dict[str, Any]:
    properties = {name: _entry(record) for name, record in parameters.items() if record.kind == kind}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _entry(record: ParameterRecord) -> dict[str, Any]:
    span = "" if record.range is None else f"; {record.range[0]:g} … {record.range[1]:g}"
    note = "" if record.note is None else f"。{record.note.zh} / {record.note.en}"
    number: dict[str, Any] = {"type": "number"}
    if record.range is not None:
        number |= {"minimum": record.range[0], "maximum": record.range[1]}
    return {
        "description": f"{record.label.zh} / {record.label.en} ({record.unit}{span}){note}",
        "anyOf": [number, {"type": "string"}, {"$ref": "#/$defs/path"}],
    }


_PATH: dict[str, Any] = {
    "type": "object",
    "description": "分成员、按年或注明依据的数值 / by member, by year, or with its reason",
    "properties": {
        "shape": {"enum": list(SHAPES), "description": "年份之间怎样变化 / what happens between the years"},
        "replace": {"type": "boolean", "description": "首个年份之前也不再沿用继承的路径 / the inherited path is replaced"},
        "value": {"description": "数值 / the value"},
        "from": {"description": "目标或项目编号 / ids of targets or projects"},
        "note": {"type": "string", "description": "换算理由 / the reason"},
    },
}
