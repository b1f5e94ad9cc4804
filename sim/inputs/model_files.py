"""Declarations of a model beside equations and parameters: checks, published counterparts, promises of targets, levers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sim.base.errors import all_faults
from sim.base.text import Text
from sim.base.units import UnitNameError, UnknownUnitError, add_unit, checked_unit
from sim.inputs.checked import Record, fail_if_unknown, read_record, read_records
from sim.inputs.parameters import ParameterRecord


class OwnUnit(Record):
    """A unit of a model."""

    name: Text
    """Its name as it is printed."""
    of: str | None = None
    """The multiple that it is, such as 4046.9 m2; without it, it is of a kind of its own."""


def read_units(file: Path) -> None:
    """Add the units of units.yaml to those that every model has; a model without the file needs no others.

    Raises
    ------
    InputError
        with every unit that means something else already, or is a multiple of nothing that is known.
    """
    with all_faults() as faults:
        for name, entry in read_records(file, OwnUnit, faults):
            try:
                add_unit(name, entry.name, entry.of)
            except UnknownUnitError as error:
                checked_unit(str(error), entry.place("of"), faults)
            except UnitNameError as error:
                faults.add(error.message, entry.place())


class Term(Record):
    """One term of a side."""

    variable: str
    """Variable or stock of the model."""
    sum: list[str] = []
    """Dimensions that are added up."""
    change: bool = False
    """True for the change since the end of the year before."""
    minus: bool = False
    """True where it is subtracted."""
    over: str | None = None
    """Variable that it is divided by, summed over the same dimensions."""


class Identity(Record):
    """Two sides that must be equal in every cell of the dimensions that are left."""

    label: Text
    """The statement in words."""
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
    """A limit that a variable can never pass."""

    label: Text
    """The statement in words."""
    variable: str
    """Variable or stock of the model."""
    over: str | None = None
    """Variable of the same dimensions that it is divided by: a part over its whole."""
    at_least: float | int | None = None
    """No cell lies below."""
    at_most: float | int | None = None
    """No cell lies above."""
    held_at: float | int | None = None
    """The value at which the equations hold it back; a run that comes near says so."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Everything that it reads."""
        return (self.variable,) if self.over is None else (self.variable, self.over)


class Checks(Record):
    """checks.yaml: identities and bounds that every year of every run and every draw must keep."""

    identities: list[Identity] = []
    """Accounting identities."""
    bounds: list[Bound] = []
    """Reality checks."""


def read_checks(file: Path) -> Checks:
    """Read checks.yaml; a model without the file promises nothing.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    with all_faults() as faults:
        checks = read_record(file, Checks, faults, without=Checks())
        for bound in checks.bounds:
            if bound.at_least is None and bound.at_most is None:
                faults.add(Text("须写 at_least 或 at_most", "state at_least or at_most"), bound.place())
        return checks


YearlyChange = Annotated[float, Field(gt=0, le=10)]
"""The size of a yearly change, as a ratio."""


class FitRule(Record):
    """A check in the fit of parameters, which it enters by its yearly changes, in logarithms or, for shares, as differences."""

    error: YearlyChange
    """Standard deviation of the error with which a yearly change is measured."""
    common: str
    """Parameter that holds the size of the yearly shock common to all cities."""
    own: str
    """Parameter that holds the size of the yearly shock of the city alone."""
    deflated: str | None = None
    """Indicator whose error is taken off first: prices are what nominal growth says beyond real growth."""
    common_trend: str | None = None
    """Parameter that holds the size of the yearly shock to its trend, common to all cities too; a backtest takes it off."""
    jump: YearlyChange
    """Largest distance of a yearly change from those of the years around it; beyond, a break must be declared."""


class PublishedCheck(Record):
    """One comparison of the model with published figures, of published.yaml."""

    variable: str
    """Variable of the model."""
    members: dict[str, list[str]] = {}
    """Members that are summed, by dimension; all others are taken as they are."""
    history: str
    """Indicator of history.csv."""
    reading: Literal["value", "growth", "share"] = "value"
    """value: the year's value; growth: yearly growth in per cent; share: the members' part of the whole."""
    numerator: str | None = None
    """For a share that is not published itself: indicator above the line."""
    denominator: str | None = None
    """For a share that is not published itself: indicator below the line."""
    fit: FitRule | None = None
    """The rule by which parameters are fitted to it; without, it is shown beside the model and not fitted."""
    label: Text
    """Name of the row."""


def read_published(file: Path) -> tuple[PublishedCheck, ...]:
    """Read published.yaml; a model without the file is held against no statistics.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    with all_faults() as faults:
        return tuple(check for _, check in read_records(file, PublishedCheck, faults, listed=True))


class Benchmark(Record):
    """A figure for the quantity from elsewhere."""

    value: float | int
    """Its value, in the unit of the promise."""
    label: Text
    """Its place and year."""
    source: str
    """Citation, with its evidence tag."""


class Promise(Record):
    """A quantity that targets imply without saying so, of promises.yaml."""

    label: Text
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
    """The factor that turns it into that unit."""
    benchmark: Benchmark | None = None
    """A figure from elsewhere."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Variables that it reads."""
        return tuple(name for name in (self.variable, self.over, self.weights) if name is not None)


def read_promises(file: Path) -> dict[str, Promise]:
    """Read promises.yaml, by name; a model without the file makes none.

    Raises
    ------
    InputError
        with every fault of the file: what readings need, and what they cannot take.
    """
    with all_faults() as faults:
        promises = dict(read_records(file, Promise, faults))
        for item in promises.values():
            if item.reading == "mean_ratio" and item.over is None:
                faults.add(Text("mean_ratio 须写 over", "mean_ratio needs over"), item.place())
            if item.weights is not None and (item.reading != "average_growth" or item.over is not None or item.members):
                zh = "weights 只用于整个变量的 average_growth"
                faults.add(Text(zh, "weights go with average_growth of a whole variable only"), item.place())
            if item.times == 0:
                faults.add(Text("times 不能为 0", "times must not be nought"), item.place())
        return promises


class LeverEntry(Record):
    """One lever."""

    step: float | int = Field(gt=0)
    """A change that counts as one clear strengthening."""
    between: list[float | int] = Field(min_length=2, max_length=2)
    """Lowest and highest value that is still believable."""
    weight: float | int = Field(default=1, gt=0)
    """The cost of a step beside those of other levers."""


class Alternative(Record):
    """Something that the project ledger can do, as settings of a scenario."""

    label: Text
    """Its name."""
    settings: dict[str, str | float | int]
    """Settings, as --set takes them."""


class LeversFile(Record):
    """levers.yaml: what a required path may move, in which steps, and what the project ledger can do instead."""

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
    with all_faults() as faults:
        record = read_record(file, LeversFile, faults, without=LeversFile(levers={}))
        known = [name for name, item in parameters.items() if item.kind == "lever"]
        for name, entry in record.levers.items():
            fail_if_unknown([name], known, Text("模型没有杠杆 {}", "the model has no lever {}"), entry.place(), faults)
            low, high = (float(value) for value in entry.between)
            least, most = (parameters[name].range if name in known else None) or (-math.inf, math.inf)
            if low >= high or not least <= low <= high <= most:
                shown = "" if least == -math.inf else f"{least:g}–{most:g}"
                message = Text(f"{name} 的范围须由低到高，并在 {shown} 内", f"{name}: low before high, within {shown}")
                faults.add(message, entry.place())
        return record
