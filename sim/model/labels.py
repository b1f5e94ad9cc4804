"""Names of variables and members in two languages, from the model's labels.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Faults, Place
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.yaml_file import read_yaml
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
    for name in sorted(set(graph.quantities) ^ set(record.variables)):
        faults.add(Text(f"名称表与模型不符：{name}", f"labels and model differ: {name}"), Place(file, key=name))
    faults.raise_if_any()
    members = {dim: {key: label.text() for key, label in group.items()} for dim, group in record.members.items()}
    return Labels(
        {name: label.text() for name, label in record.dimensions.items()},
        {**members, **own},
        {name: label.text() for name, label in record.variables.items()},
    )
