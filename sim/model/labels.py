"""Names of variables and members in two languages, from the model's labels.yaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Faults, nearest
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.yaml_file import KeyPath, read_yaml
from sim.model.graph import Graph
from sim.text import Text


class LabelsFile(Record):
    """labels.yaml."""

    dimensions: dict[str, Label]
    """Names of the dimensions."""
    members: dict[str, dict[str, Label]]
    """Names of the members of dimensions; numbers speak for themselves."""
    variables: dict[str, Label]
    """Names of variables and stocks."""


@dataclass(frozen=True)
class Labels:
    """Looks up names; what has no label of its own (an age, a class) is shown as it is written."""

    dimensions: Mapping[str, Text]
    members: Mapping[str, Mapping[str, Text]]
    variables: Mapping[str, Text]

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
    faults.raise_if_any()
    members = {dim: {key: label.text() for key, label in group.items()} for dim, group in record.members.items()}
    return Labels(
        {name: label.text() for name, label in record.dimensions.items()},
        {**members, **own},
        {name: label.text() for name, label in record.variables.items()},
    )
