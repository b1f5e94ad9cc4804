"""The section `sweep` of scenario files: which inputs are swept over which values or distributions, and by which design.

    sweep:
      method: grid
      over:
        external_demand_growth: [2 %, 4 %, 6 %]
        rd_policy: {from: 0, to: 2 %, points: 5}
        saving_rate: {triangular: [0.30, 0.35, 0.40]}
        capital_exponent.manufacturing: {uniform: [0.8, 1.2], relative: true}

Numbers are in the parameter's unit unless another is written; `relative` ones multiply what the scenario says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from sim.base.errors import Faults, InputError, Place, UsageError
from sim.base.text import Text
from sim.inputs.checked import Record
from sim.inputs.yaml_file import Document, KeyPath, parse_yaml

Method = Literal["ensemble", "random", "latin_hypercube", "sobol", "grid", "list"]
METHODS: tuple[Method, ...] = ("ensemble", "random", "latin_hypercube", "sobol", "grid", "list")
Rest = Literal["ensemble", "central"]
MOST_DRAWS = 100_000_000


class SweepSection(Record):
    """What a scenario sweeps."""

    method: Method | None = None
    """Design. Left out: the city's calibrated ensemble where nothing is swept, a grid where only values are listed, else
    random."""
    draws: int | None = Field(default=None, ge=1, le=MOST_DRAWS)
    """Number of draws; of a grid or list, the draws at each point."""
    over: dict[str, Any] = {}
    """Values or distributions by the name of a parameter, or parameter.member."""
    rest: Rest | None = None
    """What is not swept: drawn from the ensemble, or held at the central values (for a grid or list without draws)."""
    outputs: list[str] = []
    """Variables that are kept besides those of targets and published indicators."""


@dataclass(frozen=True)
class SweepPart:
    """The section of a scenario file, and where it stands."""

    section: SweepSection
    document: Document
    path: KeyPath = ("sweep",)

    def place(self, *keys: str | int) -> Place:
        """The place of a key of the section."""
        return self.document.place((*self.path, *keys))


@dataclass(frozen=True)
class Over:
    """What one input is swept over, as it is written."""

    key: str
    raw: Any
    place: Place


def overs_of(part: SweepPart | None) -> list[Over]:
    """What a scenario's section sweeps."""
    if part is None:
        return []
    return [Over(key, raw, part.place("over", key)) for key, raw in part.section.over.items()]


def overs_of_call(pairs: Iterable[tuple[str, str]]) -> list[Over]:
    """What is swept on the command line: NAME=a,b,c or NAME={uniform: [a, b]}.

    Raises
    ------
    UsageError
        with every value that cannot be read.
    """
    faults, found = Faults(), list[Over]()
    for key, text in pairs:
        place = Place(key=f"--over {key}")
        if any(item.key == key for item in found):
            faults.add(
                Text(f"--over {key} 写了两次", f"--over {key} is written twice"), place, Text("只写一次", "write it once")
            )
        with faults.gathering():
            found.append(Over(key, _parsed(text, place), place))
    faults.raise_if_any(UsageError)
    return found


def _parsed(text: str, place: Place) -> Any:
    try:
        raw = parse_yaml(f"over: {text}", Path("--over")).data["over"]
    except InputError as error:
        faults = Faults()
        faults.add(
            Text(f"无法读取“{text}”", f"cannot read '{text}'"),
            place,
            Text("写法：名称=1,2,3 或 '名称={uniform: [1, 3]}'", "write NAME=1,2,3 or 'NAME={uniform: [1, 3]}'"),
        )
        raise InputError(faults.found) from error
    if isinstance(raw, str) and ("," in raw or "，" in raw):
        return [item.strip() for item in raw.replace("，", ",").split(",")]
    return raw
