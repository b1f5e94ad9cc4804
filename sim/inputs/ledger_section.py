"""The section `ledger` of scenario files: which projects are built, and what a bureau changes about them.

Projects are named by id, by the id of an umbrella, by programme, or as class:, region:, branch:, kind:, funder: with a name;
`all` are all of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.checked import Name, Record
from sim.inputs.ledger import LARGEST_AMOUNT
from sim.inputs.yaml_file import Document, KeyPath


class AddedProject(Record):
    """A project that the documents do not name."""

    label: Name
    """Name."""
    funder: Literal["business", "public"]
    """Who pays."""
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
    """What a scenario does with the project ledger."""

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
    """Who comes first where something is scarce: lower numbers first; 1 where nothing is said."""
    add: dict[str, AddedProject] = {}
    """Projects that the documents do not name, by a new id."""
    note: str = ""
    """Why."""


@dataclass(frozen=True)
class LedgerChange:
    """The section of one layer, and where it stands."""

    section: LedgerSection
    origin: str
    document: Document | None = None
    path: KeyPath = ()

    def place(self, *keys: str | int) -> Place:
        """The place of a key of the section."""
        if self.document is None:
            return Place(key=f"--set ledger.{'.'.join(map(str, keys))}")
        return self.document.place((*self.path, *keys))


CALLED = "--set"
"""Origin of what a call sets beside its files."""
PREFIX = "ledger."
_YEARS, _LISTS = ("delay", "accelerate", "priority"), ("use", "cancel", "restore")


def set_ledger(key: str, raw: str, faults: Faults) -> LedgerChange | None:
    """The change of `--set ledger.delay.ID=2`, `--set ledger.cancel=ID,ID` and the like."""
    part, _, name = key.removeprefix(PREFIX).partition(".")
    place = Place(key=f"{CALLED} {key}")
    data: Mapping[str, Any]
    if part in _LISTS and not name:
        data = {part: [item.strip() for item in raw.split(",") if item.strip()]}
    elif part in _YEARS and name:
        number = _whole(raw, place, faults) if part == "priority" else _number(raw, place, faults)
        if number is None:
            return None
        data = {part: {name: number}}
    else:
        known = [*(f"ledger.{item}" for item in _LISTS), *(f"ledger.{item}.ID" for item in _YEARS)]
        faults.add(Text(f"不能设定 {key}", f"{key} cannot be set"), place, nearest(key, known))
        return None
    return LedgerChange(LedgerSection.model_validate(data), CALLED)


def _number(raw: str, place: Place, faults: Faults) -> float | None:
    try:
        value = float(raw)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    faults.add(Text(f"应为数，得到“{raw}”", f"a number is wanted, got '{raw}'"), place)
    return None


def _whole(raw: str, place: Place, faults: Faults) -> int | None:
    if re.fullmatch(r"-?[0-9]{1,4}", raw.strip()):
        return int(raw)
    faults.add(Text(f"应为整数，得到“{raw}”", f"a whole number is wanted, got '{raw}'"), place)
    return None
