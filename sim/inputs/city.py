"""A city is a folder of data: regions, parameters that differ from the model's, base-year tables, history and plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.dimensions import Dimension
from sim.errors import Fault, Faults, InputError, Place, nearest
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.history import History, read_history
from sim.inputs.parameters import CityEntry, ParameterRecord, check_range, with_value
from sim.inputs.tables import number, read_table, whole
from sim.inputs.values import Floats, Target, YearPath, read_value
from sim.inputs.yaml_file import Document, read_yaml
from sim.text import Text
from sim.units import UnknownUnitError, conversion

BASE_COLUMNS = ("parameter", "members", "year", "value", "unit", "evidence", "known_from", "source", "method")


class CityFile(Record):
    """city.yaml: what the engine must know of a city."""

    name: Label
    """Name of the city."""
    model: str
    """Folder of the equations."""
    base_year: int
    """Last year before the run; base stocks are those of its 31 December."""
    last_year: int
    """Last year that a run may reach."""
    regions: dict[str, Label]
    """Parts of the city that the model keeps apart."""
    about_tolerance: float = 0.03
    """How far below a target with 左右 (about) a projection may stay and still meet it."""


class HistoryRule(Record):
    """A path taken from history.csv, with a rule for the years after the last datum."""

    history: str
    """Indicator of history.csv."""
    region: str | None = None
    """Region of the data; the city itself when left out."""
    then: float = 0.0
    """Growth a year after the last datum."""


@dataclass(frozen=True)
class City:
    """A city read and checked."""

    key: str
    folder: Path
    settings: CityFile
    history: History
    parameters: Mapping[str, ParameterRecord]

    @property
    def years(self) -> tuple[int, int]:
        """Base year and last year."""
        return self.settings.base_year, self.settings.last_year


def read_city_file(folder: Path) -> CityFile:
    """Read city.yaml.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    document, faults = read_yaml(folder / "city.yaml"), Faults()
    settings = check_against(CityFile, document.data, document, faults)
    if settings is not None and folder.name not in settings.regions:
        message = Text(f"regions 须含本市 {folder.name}", f"regions must hold the city itself, {folder.name}")
        faults.add(message, document.place(("regions",)))
    if settings is not None and not settings.base_year < settings.last_year <= settings.base_year + _LONGEST_RUN:
        message = Text("last_year 须在基年之后一百年以内", "last_year must lie within a hundred years after the base year")
        faults.add(message, document.place(("last_year",)))
    faults.raise_if_any()
    if settings is None:
        raise AssertionError("a schema failed without a fault")
    return settings


_LONGEST_RUN = 100


def read_city(
    folder: Path, settings: CityFile, declared: Mapping[str, ParameterRecord], dimensions: Mapping[str, Dimension]
) -> City:
    """Read a city's data and lay its values over the parameters that the model declares.

    Raises
    ------
    InputError
        with every fault of every file of the city.
    """
    faults = Faults()
    history = read_history(folder / "history.csv", folder / "sources.yaml")
    reader = _Reader(folder, settings, dimensions, history, faults)
    parameters = reader.base_tables(dict(declared))
    parameters = reader.city_values(parameters)
    for name, record in parameters.items():
        if record.value is None:
            message = Text(f"城市没有给出参数 {name}", f"the city gives no value for {name}")
            faults.add(message, Place(folder), Text("写入 parameters.yaml", "write it in parameters.yaml"))
    faults.raise_if_any()
    return City(folder.name, folder, settings, history, parameters)


@dataclass(frozen=True)
class _Reader:
    folder: Path
    settings: CityFile
    dimensions: Mapping[str, Dimension]
    history: History
    faults: Faults

    def target(self, record: ParameterRecord) -> Target:
        dims = tuple(self.dimensions[dim] for dim in record.dims)
        return Target(record.unit, dims, self.settings.base_year, self.settings.last_year)

    def base_tables(self, parameters: dict[str, ParameterRecord]) -> dict[str, ParameterRecord]:
        """Values of base_year.csv, built by the model's base-year module."""
        file = self.folder / "base_year.csv"
        cells: dict[str, dict[int, Floats]] = {}
        heads: dict[str, tuple[dict[str, str], Place]] = {}
        for place, row in read_table(file, BASE_COLUMNS):
            name = row["parameter"]
            if name not in parameters:
                self.faults.add(Text(f"未知参数 {name}", f"unknown parameter {name}"), place, nearest(name, parameters))
                continue
            heads.setdefault(name, (row, place))
            with self.faults.gathering():
                _set_cell(cells.setdefault(name, {}), row, parameters[name], self.dimensions, place)
        for name, tables in cells.items():
            row, place = heads[name]
            if row["known_from"] and not row["known_from"].isdecimal():
                self.faults.add(Text("known_from 不是年份", "known_from is not a year"), place)
                continue
            parameters[name] = _from_table(parameters[name], tables, row, self.settings.base_year)
            if any(np.isnan(array).any() for array in tables.values()):
                self.faults.add(Text(f"{name} 的表格不完整", f"the table of {name} is incomplete"), place)
        return parameters

    def city_values(self, parameters: dict[str, ParameterRecord]) -> dict[str, ParameterRecord]:
        """Values of the city's parameters.yaml."""
        document = read_yaml(self.folder / "parameters.yaml")
        for name, raw in document.data.items():
            place = document.place((name,))
            if name not in parameters:
                self.faults.add(Text(f"未知参数 {name}", f"unknown parameter {name}"), place, nearest(str(name), parameters))
                continue
            entry = check_against(CityEntry, raw, document, self.faults, (name,))
            value = None if entry is None else self._value(entry, parameters[name], document, (name, "value"))
            if entry is not None and value is not None:
                parameters[name] = with_value(parameters[name], entry, value)
                check_range(parameters[name], value, self.faults, place)
        return parameters

    def _value(self, entry: CityEntry, record: ParameterRecord, document: Document, path: tuple[str, ...]) -> YearPath | None:
        place = document.place(path)
        if isinstance(entry.value, dict) and "history" in entry.value:
            rule = check_against(HistoryRule, entry.value, document, self.faults, path)
            return None if rule is None else self._from_history(rule, record, place)
        return read_value(entry.value, self.target(record), self.faults, place, record.value)

    def _from_history(self, rule: HistoryRule, record: ParameterRecord, place: Place) -> YearPath | None:
        region = rule.region or self.folder.name
        base, last = self.settings.base_year, self.settings.last_year
        series = self.history.series(rule.history, region, base)
        if base not in series:
            message = Text(f"历史数据没有 {base} 年的 {rule.history}", f"no {rule.history} of {base} in the history")
            self.faults.add(message, place, nearest(rule.history, self.history.indicators()))
            return None
        try:
            factor = conversion(series[base].unit, _per_year_removed(record.unit))
        except (UnknownUnitError, ValueError):
            unit = series[base].unit
            self.faults.add(Text(f"历史单位 {unit} 不能换算为 {record.unit}", f"{unit} is not {record.unit}"), place)
            return None
        shape = tuple(len(self.dimensions[dim].members) for dim in record.dims)
        points = {year: np.full(shape, datum.value * factor) for year, datum in series.items()}
        newest = max(points)
        points |= {year: points[newest] * (1.0 + rule.then) ** (year - newest) for year in range(newest + 1, last + 1)}
        years = tuple(sorted(points))
        return YearPath(points[base], years, tuple(points[year] for year in years), "hold", base)


def _per_year_removed(unit: str) -> str:
    return unit.removesuffix("/a")


def _set_cell(
    tables: dict[int, Floats],
    row: Mapping[str, str],
    record: ParameterRecord,
    dimensions: Mapping[str, Dimension],
    place: Place,
) -> None:
    year = whole(row["year"], place, "year") if row["year"] else 0
    shape = tuple(len(dimensions[dim].members) for dim in record.dims)
    table = tables.setdefault(year, np.full(shape, np.nan))
    try:
        named = dict(part.split("=", 1) for part in row["members"].split())
        _fail_if_other_dims(named, record)
        index = tuple(dimensions[dim].index(named[dim]) if dim in named else slice(None) for dim in record.dims)
        table[index] = number(row["value"], place, "value") * conversion(row["unit"], record.unit)
    except ValueError as error:
        message = Text(
            f"成员或单位有误：{row['members']} {row['unit']}", f"wrong member or unit: {row['members']} {row['unit']}"
        )
        raise InputError(Fault(message, place)) from error


def _fail_if_other_dims(named: Mapping[str, str], record: ParameterRecord) -> None:
    others = set(named) - set(record.dims)
    if others:
        raise ValueError(f"{record.name} has no dimension {', '.join(sorted(others))}")


def _from_table(record: ParameterRecord, tables: dict[int, Floats], row: Mapping[str, str], base: int) -> ParameterRecord:
    if set(tables) == {0}:
        value = YearPath(tables[0])
    else:
        years = tuple(sorted(tables))
        value = YearPath(tables[years[0]], years, tuple(tables[year] for year in years), "hold", base)
    evidence = row["evidence"]
    return replace(
        record,
        value=value,
        source=f"{row['source']}；{row['method']}",
        evidence=evidence if evidence in ("V", "M", "D", "A") else "A",  # type: ignore[arg-type]
        known_from=int(row["known_from"]) if row["known_from"] else None,
    )
