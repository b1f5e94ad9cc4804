"""checks.yaml of a model: which variable is held against which published indicator."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from sim.errors import Faults
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.yaml_file import listed, read_yaml_list


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
    label: Label
    """Name of the row."""


def read_checks(file: Path) -> tuple[PublishedCheck, ...]:
    """Read checks.yaml.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    document, faults = read_yaml_list(file), Faults()
    records = [check_against(PublishedCheck, item, document, faults, (index,)) for index, item in enumerate(listed(document))]
    faults.raise_if_any()
    return tuple(record for record in records if record is not None)
