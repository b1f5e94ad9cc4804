"""promises.yaml of a model: what targets promise without saying so, and what is known of it from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_file
from sim.inputs.yaml_file import read_yaml


class Benchmark(Record):
    """What is known of the quantity from elsewhere."""

    value: float | int
    """Its value, in the unit of the promise."""
    label: Label
    """Where and when."""
    source: str
    """Citation, with its evidence tag."""


class Promise(Record):
    """A quantity that targets imply."""

    label: Label
    """Its name."""
    variable: str
    """Variable of the model, summed over its dimensions unless weighed."""
    members: dict[str, list[str]] = {}
    """Members that are taken."""
    over: str | None = None
    """Variable that it is divided by."""
    reading: Literal["average_growth", "mean_ratio", "mean"]
    """average_growth: a year, from the base year; mean_ratio: mean of the yearly ratios; mean: mean of the years."""
    weights: str | None = None
    """Variable whose base-year values weigh the growth of the members."""
    by: str | None = None
    """Parameter that moves it: how much of it, by itself, would a target take?"""
    unit: str
    """Unit of the number."""
    times: float | int = 1
    """What turns it into that unit."""
    benchmark: Benchmark | None = None
    """What is known from elsewhere."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Variables that it reads."""
        return tuple(name for name in (self.variable, self.over, self.weights) if name is not None)


@dataclass(frozen=True)
class Promises:
    """Promises by name, and where each stands."""

    by_name: Mapping[str, Promise] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)


def read_promises(file: Path) -> Promises:
    """Promises of a model; one without the file makes none.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    if not is_file(file):
        return Promises()
    document, faults = read_yaml(file), Faults()
    places = {str(name): document.place((name,)) for name in document.data}
    found = {str(name): check_against(Promise, raw, document, faults, (name,)) for name, raw in document.data.items()}
    for name, item in found.items():
        if item is not None:
            _check(item, places[name], faults)
    faults.raise_if_any()
    return Promises({name: item for name, item in found.items() if item is not None}, places)


def _check(item: Promise, place: Place, faults: Faults) -> None:
    """What readings need, and what they cannot take."""
    if item.reading == "mean_ratio" and item.over is None:
        faults.add(Text("mean_ratio 须写 over", "mean_ratio needs over"), place)
    if item.weights is not None and (item.reading != "average_growth" or item.over is not None or item.members):
        message = Text("weights 只用于整个变量的 average_growth", "weights go with average_growth of a whole variable only")
        faults.add(message, place)
    if item.times == 0:
        faults.add(Text("times 不能为 0", "times must not be nought"), place)
