"""levers.yaml of a model: what a required path may move, in which steps, and what the project ledger can do instead."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import Field

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_file
from sim.inputs.parameters import ParameterRecord
from sim.inputs.yaml_file import read_yaml


class LeverEntry(Record):
    """One lever."""

    step: float | int = Field(gt=0)
    """A change that counts as one clear strengthening."""
    between: list[float | int] = Field(min_length=2, max_length=2)
    """Lowest and highest value that is still believable."""
    weight: float | int = Field(default=1, gt=0)
    """What a step costs beside those of other levers."""


class Alternative(Record):
    """What the project ledger can do, as settings of a scenario."""

    label: Label
    """What it is."""
    settings: dict[str, str | float | int]
    """Settings, as --set takes them."""


class LeversFile(Record):
    """levers.yaml."""

    levers: dict[str, LeverEntry]
    """Levers by the name of their parameter."""
    alternatives: list[Alternative] = []
    """Alternatives of the ledger."""


def read_levers(file: Path, parameters: Mapping[str, ParameterRecord]) -> LeversFile:
    """Read levers.yaml; a model without the file offers none.

    Raises
    ------
    InputError
        with every fault: a name that is no lever, bounds in the wrong order or outside the parameter's range.
    """
    if not is_file(file):
        return LeversFile(levers={})
    document, faults = read_yaml(file), Faults()
    record = check_against(LeversFile, document.data, document, faults)
    known = [name for name, item in parameters.items() if item.kind == "lever"]
    for name, entry in () if record is None else record.levers.items():
        place = document.place(("levers", name))
        if name not in known:
            faults.add(Text(f"模型没有杠杆 {name}", f"the model has no lever {name}"), place, nearest(name, known))
            continue
        low, high = (float(value) for value in entry.between)
        allowed = parameters[name].range
        if low >= high or (allowed is not None and not (allowed[0] <= low and high <= allowed[1])):
            shown = "" if allowed is None else f"{allowed[0]:g}–{allowed[1]:g}"
            faults.add(Text(f"{name} 的范围须由低到高，并在 {shown} 内", f"{name}: low before high, within {shown}"), place)
    faults.raise_if_any()
    return LeversFile(levers={}) if record is None else record
