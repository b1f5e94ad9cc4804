"""The keys of a scenario file, as it may be written, with its section `ledger` and the JSON schema that editors read.

In the section `ledger`, projects are named by id, by the id of an umbrella, by programme, or as class:, region:, branch:,
kind:, funder: with a name; `all` are all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import Field

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.checked import Name, Record
from sim.inputs.ledger import LARGEST_AMOUNT
from sim.inputs.parameters import ParameterRecord
from sim.inputs.sweep_section import SweepSection
from sim.inputs.yaml_file import dotted
from sim.inputs.year_path import SHAPES

MethodName = Literal["euler", "heun", "rk4", "dopri5"]
DEFAULT_METHOD: Final[MethodName] = "rk4"
DEFAULT_STEPS: Final = 3
"""Steps a year where nothing else is said, for runs, draws, fits and hindcasts alike. The cheapest of the methods whose error
stays below 0.1 %, in every year and variable of the shipped scenarios, of the largest value that the variable takes; Euler by
quarters was off by up to 7 %, and by 1 % in GDP (docs/engine.md)."""
SECTIONS = ("levers", "assumptions", "behaviour", "given")
SECTION_OF_KIND = {"lever": "levers", "assumption": "assumptions", "behaviour": "behaviour"}


class AddedProject(Record):
    """A project that the documents do not name."""

    label: Name
    """Name."""
    funder: Literal["business", "public"]
    """The payer."""
    project_class: str = Field(alias="class")
    """Class of project_classes.csv."""
    region: str
    """District or park."""
    branch: str = ""
    """Branch, for a project of firms."""
    kind: str = ""
    """Kind of public capital, for a public project."""
    amount: float | None = Field(default=None, gt=0, le=LARGEST_AMOUNT)
    """Investment in the city, 亿元; drawn from the class when left out."""
    start: int | None = None
    """Year in which building begins."""
    end: int | None = None
    """Year at whose end it is finished."""


class LedgerSection(Record):
    """The changes of the project ledger."""

    use: list[str] | None = None
    """Projects that are built; none when left out, [all] for the whole ledger."""
    delay: dict[str, float] = {}
    """Years by which projects are late."""
    accelerate: dict[str, float] = {}
    """Years by which projects are early."""
    cancel: list[str] = []
    """Projects that are not built."""
    restore: list[str] = []
    """Projects that an earlier layer cancels and that are built after all."""
    priority: dict[str, int] = {}
    """The order in which projects are served where something is scarce: lower numbers first; 1 where nothing is said."""
    add: dict[str, AddedProject] = {}
    """Projects that the documents do not name, by a new id."""
    note: str = ""
    """The reason."""


class Layer(Record):
    """A named set of changes, switched on by `use` or --use."""

    levers: dict[str, Any] = {}
    """Levers changed by this layer."""
    assumptions: dict[str, Any] = {}
    """Assumptions changed by this layer."""
    behaviour: dict[str, Any] = {}
    """Behavioural parameters changed by this layer."""
    given: dict[str, Any] = {}
    """Variables replaced by a path."""
    ledger: LedgerSection | None = None
    """The projects of the ledger that are built, and what is changed about them."""


class ScenarioFile(Layer):
    """The keys of a scenario file."""

    name: Name
    """Name shown in tables and figures."""
    description: Name | None = None
    """The meaning of the scenario, in a sentence or two."""
    city: str | None = None
    """City folder; taken from the extended file when left out."""
    extends: str | None = None
    """Another scenario file in the same folder, or else in the folder of scenarios, without or with .yaml."""
    base_year: int | None = None
    """Last year before the run, one that the city declares; the city's own when left out."""
    last_year: int | None = None
    """Last simulated year."""
    method: MethodName | None = None
    """Integration method; rk4 when left out."""
    steps_per_year: int | None = Field(default=None, ge=1, le=365)
    """Time steps in a year; 3 when left out."""
    targets: list[str] | None = None
    """Ids of the plan's catalogue, or city/* for all."""
    accept_borrowed: list[str] | None = None
    """Targets (id or name) or variables that are judged although their base is borrowed; the nearest file with it decides."""
    overrides: dict[str, Layer] = {}
    """Named layers."""
    use: list[str] = []
    """Names of the layers that are switched on."""
    sweep: SweepSection | None = None
    """The inputs that `python -m sim sweep` varies; the nearest file that has this section decides."""


@dataclass(frozen=True)
class LedgerChange:
    """The section `ledger` of one layer, or what a call sets of it."""

    section: LedgerSection
    origin: str

    def place(self, *keys: str | int) -> Place:
        """Return the place of a key of the section."""
        return Place(key=f"{CALLED} {PREFIX}{dotted(keys)}") if self.origin == CALLED else self.section.place(*keys)


CALLED = "--set"
"""Origin of what a call sets beside its files."""
PREFIX = "ledger."
_YEARS, _LISTS = ("delay", "accelerate", "priority"), ("use", "cancel", "restore")


def set_ledger(key: str, raw: str, faults: Faults) -> LedgerChange | None:
    """Read `--set ledger.delay.ID=2`, `--set ledger.cancel=ID,ID` and the like; None after adding a fault."""
    part, _, name = key.removeprefix(PREFIX).partition(".")
    place = Place(key=f"{CALLED} {key}")
    data: Mapping[str, Any]
    if part in _LISTS and not name:
        data = {part: [item.strip() for item in raw.split(",") if item.strip()]}
    elif part in _YEARS and name:
        number = _set_number(part, raw, place, faults)
        if number is None:
            return None
        data = {part: {name: number}}
    else:
        known = [*(f"{PREFIX}{item}" for item in _LISTS), *(f"{PREFIX}{item}.ID" for item in _YEARS)]
        faults.add(Text(f"不能设定 {key}", f"{key} cannot be set"), place, nearest(key, known))
        return None
    return LedgerChange(LedgerSection.model_validate(data), CALLED)


_WHOLE, _NUMBER = re.compile(r"-?[0-9]{1,4}"), re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?")


def _set_number(part: str, raw: str, place: Place, faults: Faults) -> float | int | None:
    is_whole = part == "priority"
    if (_WHOLE if is_whole else _NUMBER).fullmatch(raw.strip()):
        return int(raw) if is_whole else float(raw)
    kind = Text("整数", "whole number") if is_whole else Text("数", "number")
    faults.add(Text(f"应为{kind.zh}，得到“{raw}”", f"a {kind.en} is wanted, got '{raw}'"), place)
    return None


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
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "scenario",
        **{key: value for key, value in schema.items() if key != "title"},
    }


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
