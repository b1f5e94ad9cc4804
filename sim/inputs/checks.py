"""checks.yaml of a model: accounting identities and bounds that every year of every run and every draw must keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_file
from sim.inputs.yaml_file import read_yaml


class Term(Record):
    """One term of a side."""

    variable: str
    """Variable or stock of the model."""
    sum: list[str] = []
    """Dimensions that are added up."""
    change: bool = False
    """Whether it is the change since the end of the year before."""
    minus: bool = False
    """Whether it is subtracted."""
    over: str | None = None
    """Variable that it is divided by, summed over the same dimensions."""


class Identity(Record):
    """Two sides that must be equal in every cell of the dimensions that are left."""

    label: Label
    """What it says."""
    left: list[Term] = Field(min_length=1)
    """Terms of the left side."""
    right: list[Term] = Field(min_length=1)
    """Terms of the right side."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Everything that it reads."""
        names = [name for term in (*self.left, *self.right) for name in (term.variable, term.over) if name is not None]
        return tuple(dict.fromkeys(names))


class Bound(Record):
    """What a variable can never be."""

    label: Label
    """What it says."""
    variable: str
    """Variable or stock of the model."""
    over: str | None = None
    """Variable of the same dimensions that it is divided by: a part over its whole."""
    at_least: float | int | None = None
    """No cell lies below."""
    at_most: float | int | None = None
    """No cell lies above."""
    held_at: float | int | None = None
    """Where the equations hold it back; a run that comes near says so."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Everything that it reads."""
        return (self.variable,) if self.over is None else (self.variable, self.over)


class ChecksFile(Record):
    """checks.yaml."""

    identities: list[Identity] = []
    """Accounting identities."""
    bounds: list[Bound] = []
    """Reality checks."""


@dataclass(frozen=True)
class Checks:
    """Identities and bounds, and where each stands, by its place in the list."""

    identities: tuple[Identity, ...] = ()
    bounds: tuple[Bound, ...] = ()
    places: Mapping[tuple[str, int], Place] = field(default_factory=dict)


def read_checks(file: Path) -> Checks:
    """Read checks.yaml; a model without the file promises nothing.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    if not is_file(file):
        return Checks()
    faults, document = Faults(), read_yaml(file)
    record = check_against(ChecksFile, document.data, document, faults)
    places = {
        (part, number): document.place((part, number))
        for part in ("identities", "bounds")
        for number in range(len(document.data.get(part) or ()))
    }
    for number, bound in enumerate(() if record is None else record.bounds):
        if bound.at_least is None and bound.at_most is None:
            message = Text("须写 at_least 或 at_most", "state at_least or at_most")
            faults.add(message, places["bounds", number])
    faults.raise_if_any()
    return Checks() if record is None else Checks(tuple(record.identities), tuple(record.bounds), places)
