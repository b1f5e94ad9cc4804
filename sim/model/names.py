"""The labels of a model in two languages, values in words, and names as reports print them turned into the model's own.

Values name members by their labels and years with their values; a long table is shown by its span. A label that several names
have is a fault that lists them; a name that is none stays, and whoever reads it says so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from sim.base.arrays import Dimension, Values
from sim.base.errors import Faults, Place, all_faults, nearest
from sim.base.text import LANGUAGES, Text, joined, same_name
from sim.base.units import conversion
from sim.inputs.checked import Record, fail_if_unknown, read_record
from sim.inputs.parameters import ParameterRecord
from sim.inputs.scenario import Change, Scenario
from sim.inputs.scenario_file import SECTION_OF_KIND
from sim.inputs.sweep_section import Over
from sim.inputs.yaml_file import KeyPath
from sim.inputs.year_path import YearPath
from sim.model.graph import Graph

_WITH_MEMBER = re.compile(r"(.+?)\s*(?:（([^（）]+)）|\(([^()]+)\)|\[([^\[\]]+)\])")


def id_of(name: str, labels: Mapping[str, Text], faults: Faults, place: Place) -> str:
    """The id that a name or label stands for; the name itself where it is none, or after a fault where it is several."""
    if name in labels:
        return name
    found = [key for key, label in labels.items() if same_name(name, (label.zh, label.en))]
    if len(found) > 1:
        message = Text(f"“{name}”是 {len(found)} 个名称的中文或英文名", f"'{name}' is the label of {len(found)} names")
        faults.add(message, place, Text(f"请写其一：{'、'.join(found)}", f"write one of them: {', '.join(found)}"))
    return found[0] if len(found) == 1 else name


@dataclass(frozen=True)
class ModelNames:
    """The labels of a model and a city: of parameters with their dimensions, of variables, and of members by dimension."""

    records: Mapping[str, ParameterRecord]
    graph: Graph
    labels: Labels

    def parameters(self, section: str = "") -> dict[str, Text]:
        """Labels of what a section of a scenario may set; of everything that one of them may where none is named."""
        wanted = (section,) if section in SECTION_OF_KIND.values() else tuple(SECTION_OF_KIND.values())
        return {name: item.label for name, item in self.records.items() if SECTION_OF_KIND.get(item.kind) in wanted}

    @property
    def variables(self) -> Mapping[str, Text]:
        """Labels of variables and stocks."""
        return self.labels.variables

    def members(self, dims: Iterable[str]) -> dict[str, Text]:
        """Labels of the members of some dimensions."""
        return {name: self.labels.member(dim, name) for dim in dims for name in self.graph.dimensions[dim].members}

    def parameter(self, written: str, faults: Faults, place: Place, section: str = "") -> str:
        """The id of a parameter, or of one member of it as id.member, by whatever name it is written."""
        known, rest = self.parameters(section), ""
        name = id_of(written, known, faults, place)
        if name not in known and name not in self.records:
            head, rest = parted(written)
            name = id_of(head, known, faults, place)
        if name not in self.records:
            return written
        member = id_of(rest, self.members(self.records[name].dims), faults, place) if rest else ""
        return f"{name}.{member}" if member else name

    def variable(self, written: str, faults: Faults, place: Place) -> str:
        """The id of a variable or stock, with its member in brackets where one is named."""
        name = id_of(written, self.variables, faults, place)
        if name in self.variables:
            return name
        head, rest = parted(written)
        name = id_of(head, self.variables, faults, place)
        if name not in self.variables:
            return written
        known = self.members(self.graph.quantities[name].dims)
        members = [id_of(item.strip(), known, faults, place) for item in re.split("[,，、]", rest)]
        return f"{name}[{', '.join(members)}]" if rest else name

    def value(self, raw: Any, dims: Iterable[str], faults: Faults, place: Place) -> Any:
        """Return what a file gives for something with dimensions, its members by their ids."""
        known = self.members(dims)
        return _with_keys(raw, known, faults, place) if known else raw


def parted(written: str) -> tuple[str, str]:
    """A name and the member that stands behind it: name.member, name（member） or name[member]."""
    found = _WITH_MEMBER.fullmatch(written)
    if found is not None:
        return found[1], found[2] or found[3] or found[4]
    head, _, rest = written.partition(".")
    return head, rest


def _with_keys(raw: Any, known: Mapping[str, Text], faults: Faults, place: Place) -> Any:
    if not isinstance(raw, Mapping):
        return raw
    return {
        (id_of(key, known, faults, place) if isinstance(key, str) else key): _with_keys(item, known, faults, place)
        for key, item in raw.items()
    }


def with_ids(scenario: Scenario, names: ModelNames, faults: Faults) -> Scenario:
    """The scenario with the model's own names in place of labels."""
    changes = tuple(_change(change, names, faults) for change in scenario.changes)
    _fail_if_set_twice(scenario.changes, changes, faults)
    return replace(scenario, changes=changes, dormant=tuple(_change(change, names, Faults()) for change in scenario.dormant))


def _change(change: Change, names: ModelNames, faults: Faults) -> Change:
    if change.section == "given":
        name = names.variable(change.name, faults, change.place)
        dims = names.graph.quantities[name].dims if name in names.graph.quantities else ()
    else:
        name = names.parameter(change.name, faults, change.place, change.section)
        record = names.records.get(name.partition(".")[0])
        dims = () if record is None else record.dims
    return replace(change, name=name, raw=names.value(change.raw, dims, faults, change.place))


def _fail_if_set_twice(written: Iterable[Change], meant: Iterable[Change], faults: Faults) -> None:
    """A file that sets one parameter by its id and by its label says two things."""
    seen = dict[tuple[str, str, str], str]()
    for before, after in zip(written, meant, strict=True):
        first = seen.setdefault((after.origin, after.section, after.name), before.name)
        if first != before.name:
            message = Text(f"{before.name} 与 {first} 是同一项", f"{before.name} and {first} are one and the same")
            faults.add(message, before.place, Text("只写其一", "leave one of them out"))


def overs_in_ids(overs: Iterable[Over], names: ModelNames, faults: Faults) -> Iterator[Over]:
    """Yield what is swept, by the model's own names."""
    for over in overs:
        yield replace(over, key=names.parameter(over.key, faults, over.place))


class LabelsFile(Record):
    """labels.yaml."""

    dimensions: dict[str, Text]
    """Names of the dimensions."""
    members: dict[str, dict[str, Text]]
    """Names of the members of dimensions; numbers speak for themselves."""
    variables: dict[str, Text]
    """Names of variables and stocks."""
    printed_units: dict[str, list[str]] = {}
    """Units of another name than that of the equations, such as the measure word of what is counted, with their variables."""


@dataclass(frozen=True)
class Labels:
    """Looks up names; what has no label of its own (an age, a class) is shown as it is written."""

    dimensions: Mapping[str, Text]
    members: Mapping[str, Mapping[str, Text]]
    variables: Mapping[str, Text]
    printed_units: Mapping[str, str] = field(default_factory=dict)

    def unit(self, variable: str, unit: str) -> str:
        """The unit in which a variable is printed, `unit` being that of its equation."""
        return self.printed_units.get(variable, unit)

    def member(self, dim: str, member: str) -> Text:
        """Name of a member of a dimension."""
        return self.members.get(dim, {}).get(member, Text(member, member))


def read_labels(file: Path, graph: Graph, own: Mapping[str, Mapping[str, Text]]) -> Labels:
    """Read labels.yaml and check that every variable and stock has a name; `own` names the members that a city gives.

    Raises
    ------
    InputError
        when a label is missing, belongs to nothing, or lacks a language.
    """
    with all_faults() as faults:
        record = read_record(file, LabelsFile, faults)
        faults.raise_if_any()
        for name in sorted(set(graph.quantities) - set(record.variables)):
            advice = Text(f"补上 {name}: {{zh: …, en: …}}", f"add {name}: {{zh: …, en: …}}")
            message = Text(f"变量 {name} 没有名称", f"the variable {name} has no name")
            faults.add(message, record.place("variables"), advice)
        for name in record.variables:
            message = Text("模型没有变量 {}", "the model has no variable {}")
            fail_if_unknown([name], graph.quantities, message, record.place("variables", name), faults)
        groups: dict[KeyPath, Mapping[str, Text]] = {("dimensions",): record.dimensions, ("variables",): record.variables}
        groups |= {("members", dim): group for dim, group in record.members.items()}
        for path, name in ((path, name) for path, group in groups.items() for name in group):
            for side in (side for side in LANGUAGES if not groups[path][name].in_language(side).strip()):
                message = Text(f"{name} 的 {side} 名称是空的", f"the {side} name of {name} is empty")
                faults.add(message, record.place(*path, name, side))
        printed = {name: unit for unit, names in record.printed_units.items() for name in names}
        for name, unit in printed.items():
            _fail_if_another_unit(name, unit, graph, record.place("printed_units", unit), faults)
    return Labels(record.dimensions, {**record.members, **own}, record.variables, printed)


def _fail_if_another_unit(name: str, unit: str, graph: Graph, place: Place, faults: Faults) -> None:
    """A printed unit is another name of the same unit, so that no number changes with it."""
    if name not in graph.quantities:
        faults.add(Text(f"没有变量 {name}", f"no variable {name}"), place, nearest(name, graph.quantities))
        return
    own = graph.unit_of(name)
    try:
        is_same = conversion(own, unit) == 1.0
    except ValueError:
        is_same = False
    if not is_same:
        faults.add(Text(f"{name} 的单位是 {own}，不是 {unit}", f"the unit of {name} is {own}, not {unit}"), place)


_SHAPES = {
    "step": Text("", ""),
    "ramp": Text("（各年份之间按直线变化）", " (straight lines between)"),
    "hold": Text("（各年份之间按直线变化）", " (straight lines between)"),
}
_MOST_MEMBERS, _MOST_YEARS = 12, 8
_ENUMERATION, _SEMICOLON = Text("、", ", "), Text("；", "; ")
_NOTHING = Text("—", "—")


def value_text(path: YearPath | None, dims: Sequence[Dimension], labels: Labels) -> Text:
    """A value in words; None is a dash."""
    if path is None:
        return _NOTHING
    if path.is_constant:
        return _array_text(path.before, dims, labels)
    points = list(zip(path.years, path.arrays, strict=True))
    if len(points) > _MOST_YEARS:
        ends = [_point(year, array, dims, labels) for year, array in (points[0], points[-1])]
        return joined(ends, Text(" …… ", " ... ")) + Text(f"（{len(points)} 个年份）", f" ({len(points)} years)")
    return joined([_point(year, array, dims, labels) for year, array in points], _SEMICOLON) + _SHAPES[path.shape]


def _point(year: int, array: Values, dims: Sequence[Dimension], labels: Labels) -> Text:
    return Text(f"{year} 年 ", f"{year}: ") + _array_text(array, dims, labels)


def _array_text(array: Values, dims: Sequence[Dimension], labels: Labels) -> Text:
    flat = array.ravel()
    if np.all(flat == flat[0]):
        return _number(flat[0])
    if flat.size > _MOST_MEMBERS:
        span = f"{flat.min():.4g} … {flat.max():.4g}"
        return Text(f"{flat.size} 个值，{span}", f"{flat.size} values, {span}")
    names = [_member(cell, dims, labels) for cell in product(*(dim.members for dim in dims))]
    usual, count = Counter(flat.tolist()).most_common(1)[0]
    rest = usual if count > 1 else None
    parts = [name + Text(" ", " ") + _number(value) for name, value in zip(names, flat, strict=True) if value != rest]
    return joined([*parts, *([] if rest is None else [Text("其余 ", "others ") + _number(rest)])], _ENUMERATION)


def _member(cell: tuple[str, ...], dims: Sequence[Dimension], labels: Labels) -> Text:
    parts = [labels.member(dim.name, name) for dim, name in zip(dims, cell, strict=True) if len(dim.members) > 1]
    return joined(parts, Text("·", " / "))


def _number(value: float) -> Text:
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"  # noqa: PLR2004  thousands are separated
    return Text(text, text)
