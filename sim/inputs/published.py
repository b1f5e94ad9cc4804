"""published.yaml of a model: which variable is held against which published indicator."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sim.base.errors import Faults
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.yaml_file import listed, read_yaml_list

Change = Annotated[float, Field(gt=0, le=10)]
"""The size of a yearly change, as a ratio."""


class FitRule(Record):
    """How a check enters the fit of parameters: by its yearly changes, in logarithms or, for shares, as differences."""

    error: Change
    """Standard deviation of the error with which a yearly change is measured."""
    common: str
    """Parameter that holds the size of the yearly shock common to all cities."""
    own: str
    """Parameter that holds the size of the yearly shock of the city alone."""
    beyond: str | None = None
    """Indicator whose error is taken off first: prices are what nominal growth says beyond real growth."""
    jump: Change
    """How far a yearly change may lie from those of the years around it; beyond, a break must be declared."""


class PublishedCheck(Record):
    """One comparison of the model with published figures."""

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
    """How parameters are fitted to it; without, it is shown beside the model and not fitted."""
    label: Label
    """Name of the row."""


def read_published(file: Path) -> tuple[PublishedCheck, ...]:
    """Read published.yaml.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    document, faults = read_yaml_list(file), Faults()
    records = [check_against(PublishedCheck, item, document, faults, (index,)) for index, item in enumerate(listed(document))]
    faults.raise_if_any()
    return tuple(record for record in records if record is not None)
