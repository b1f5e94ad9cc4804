"""Rows of base_year.csv, and the settings and raw tables that they are built from."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from sim.inputs.history import History, read_history
from sim.inputs.yaml_file import read_yaml


@dataclass(frozen=True)
class Row:
    """One cell of a base-year table."""

    parameter: str
    members: str
    year: str
    value: str
    unit: str
    evidence: str
    known_from: str
    source: str
    method: str


@dataclass(frozen=True)
class Origin:
    """Where a table comes from: evidence tag, year of publication, source and method."""

    evidence: str
    known_from: int
    source: str
    method: str


@dataclass(frozen=True)
class Inputs:
    """The raw material of a city: settings, history, and its folder of tables."""

    folder: Path
    settings: Mapping[str, Any]
    history: History
    region: str
    parameters: Mapping[str, Any]

    def parameter(self, name: str) -> Any:
        """The value that the model gives a parameter: one rate must not stand in two places."""
        return self.parameters[name]["value"]

    def setting(self, name: str) -> Any:
        """The value of a setting."""
        return self.settings[name]["value"]

    def origin(self, name: str, method: str) -> Origin:
        """The origin of something that rests on one setting."""
        item = self.settings[name]
        return Origin(item["evidence"], item["known_from"], item["source"], method)

    def datum(self, indicator: str, year: int) -> float:
        """A published value."""
        return self.history.series(indicator, self.region)[year].value

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of a raw table."""
        with (self.folder / "base_year" / name).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))


def read_inputs(folder: Path) -> Inputs:
    """Read everything that the tables are built from."""
    history = read_history(folder / "history.csv", folder / "sources.yaml")
    settings = read_yaml(folder / "base_year" / "settings.yaml").data
    parameters = read_yaml(Path(__file__).resolve().parents[1] / "parameters.yaml").data
    return Inputs(folder, settings, history, folder.name, parameters)


def cells(parameter: str, unit: str, values: Mapping[str, float], origin: Origin) -> list[Row]:
    """Rows of one parameter: `values` by members (such as `sex=female age=23`), rounded to ten significant digits."""
    return [_row(parameter, members, "", value, unit, origin) for members, value in values.items()]


def path_cells(parameter: str, unit: str, values: Mapping[int, float], origin: Origin) -> list[Row]:
    """Rows of a path of years."""
    return [_row(parameter, "", str(year), value, unit, origin) for year, value in values.items()]


def _row(parameter: str, members: str, year: str, value: float, unit: str, origin: Origin) -> Row:
    known = str(origin.known_from)
    return Row(parameter, members, year, f"{value:.10g}", unit, origin.evidence, known, origin.source, origin.method)


def write_rows(file: Path, rows: Iterable[Row]) -> None:
    """Write base_year.csv aside and rename."""
    aside = file.with_suffix(".tmp")
    with aside.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([field.name for field in fields(Row)])
        writer.writerows(astuple(row) for row in rows)
    aside.replace(file)
