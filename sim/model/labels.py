"""Names of variables and members in two languages, from the model's labels.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.yaml_file import Document, KeyPath, read_yaml
from sim.model.graph import Graph


class LabelsFile(Record):
    """labels.yaml."""

    dimensions: dict[str, Label]
    """Names of the dimensions."""
    members: dict[str, dict[str, Label]]
    """Names of the members of dimensions; numbers speak for themselves."""
    variables: dict[str, Label]
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


def _labels(record: LabelsFile) -> Iterator[tuple[KeyPath, Label]]:
    """Every label of the file with the path of its key."""
    yield from ((("dimensions", name), label) for name, label in record.dimensions.items())
    yield from ((("variables", name), label) for name, label in record.variables.items())
    for dim, group in record.members.items():
        yield from ((("members", dim, name), label) for name, label in group.items())


def read_labels(file: Path, graph: Graph, own: Mapping[str, Mapping[str, Text]]) -> Labels:
    """Read labels.yaml and check that every variable and stock has a name; `own` names the members that a city gives.

    Raises
    ------
    InputError
        when a label is missing, belongs to nothing, or lacks a language.
    """
    document, faults = read_yaml(file), Faults()
    record = check_against(LabelsFile, document.data, document, faults)
    faults.raise_if_any()
    if record is None:
        raise AssertionError("a schema failed without a fault")
    for name in sorted(set(graph.quantities) - set(record.variables)):
        message = Text(f"变量 {name} 没有名称", f"the variable {name} has no name")
        faults.add(
            message, document.place(("variables",)), Text(f"补上 {name}: {{zh: …, en: …}}", f"add {name}: {{zh: …, en: …}}")
        )
    for name in sorted(set(record.variables) - set(graph.quantities)):
        message = Text(f"模型没有变量 {name}", f"the model has no variable {name}")
        faults.add(message, document.place(("variables", name)), nearest(name, graph.quantities))
    for path, label in _labels(record):
        for side in ("zh", "en"):
            if not getattr(label, side).strip():
                message = Text(f"{path[-1]} 的 {side} 名称是空的", f"the {side} name of {path[-1]} is empty")
                faults.add(message, document.place((*path, side)))
    printed = {name: unit for unit, names in record.printed_units.items() for name in names}
    for name, unit in printed.items():
        _fail_if_another_unit(name, unit, graph, document, faults)
    faults.raise_if_any()
    members = {dim: {key: label.text() for key, label in group.items()} for dim, group in record.members.items()}
    return Labels(
        {name: label.text() for name, label in record.dimensions.items()},
        {**members, **own},
        {name: label.text() for name, label in record.variables.items()},
        printed,
    )


def _fail_if_another_unit(name: str, unit: str, graph: Graph, document: Document, faults: Faults) -> None:
    """A printed unit is another name of the same unit, so that no number changes with it."""
    place = document.place(("printed_units", unit))
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
