"""The material of a model's base-year module, and the rows that it gives back: one cell of a parameter's table each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.base.arrays import Values
from sim.base.errors import Fault, Faults, InputError, Place
from sim.base.text import Text
from sim.inputs.checked import Record, fail_if_unknown, read_records
from sim.inputs.files import is_file, number, read_table, whole
from sim.inputs.history import Datum, History
from sim.inputs.indicators import Indicators
from sim.inputs.parameters import Evidence, ParameterRecord
from sim.inputs.plausible import SERIES_COLUMNS
from sim.inputs.provenance import ANY_TIME, BaseOrigin, KnownFrom, Whence, borrowed, fail_if_not_yet, is_known, own_origin
from sim.inputs.yaml_file import read_yaml


@dataclass(frozen=True)
class BaseCell:
    """One cell of a parameter's table: `members` such as `sex=female age=23`, `year` where the parameter is a path."""

    parameter: str
    members: str
    year: int | None
    value: float
    unit: str
    evidence: str
    known_from: int
    source: str
    method: str
    origin: BaseOrigin
    """Own, of a near year, derived or borrowed."""
    whole: BaseOrigin | None = None
    """Origin of the sum of the rows of this origin, where their sum is better known than how it is split."""
    spread: tuple[float, float] | None = None
    """Lowest and highest factor on the value, where a stand-in takes the place of data that were not known."""


class SettingEntry(Record):
    """One number of base_year/settings.yaml that the city's statistics do not print."""

    value: float | int | dict[str, float | int]
    """A number, or one per member."""
    evidence: Evidence
    """V seen, M literature, D derived, A assumption."""
    known_from: KnownFrom
    """Year of publication, or any."""
    source: str
    """Citation, or the word assumption followed by its reason."""
    year: int | None = None
    """Base year that the number belongs to; left out where it holds in every year."""
    of: Whence | None = None
    """The owner of the figures that it was taken from; left out in a city's own file where they are its own."""
    figure_years: list[int] = []
    """Years of the city's figures that it rests on, where they stand in for the base year."""


@dataclass(frozen=True)
class BaseSetting:
    """A setting as the base-year module reads it; `is_own` where it stands in the city's own file."""

    value: Any
    evidence: str
    known_from: int
    source: str
    origin: BaseOrigin
    is_own: bool


@dataclass(frozen=True)
class ReferenceFigure:
    """A reference datum: value in its unit, with its evidence."""

    year: int
    value: float
    unit: str
    evidence: str
    known_from: int
    source: str
    place: Text = Text("", "")


PROVINCE, NATION = Text("本省", "the province"), Text("全国", "the nation")


@dataclass(frozen=True)
class Reference:
    """Statistics of the province and of the nation, the nearer one first; only what was known."""

    folders: tuple[Path, ...]
    as_of: int | None
    indicators: Indicators
    _tables: dict[str, list[dict[str, str]]] = field(default_factory=dict, compare=False, repr=False)

    def table(self, name: str) -> list[dict[str, str]]:
        """Rows of the nearest table that holds anything known; read once."""
        if name not in self._tables:
            files = [folder / name for folder in self.folders if is_file(folder / name)]
            read = (read_table(file, ()) for file in files)
            tables = ([row for at, row in rows if is_known(_year(row["known_from"], at), self.as_of)] for rows in read)
            self._tables[name] = next((rows for rows in tables if rows), [])
        return self._tables[name]

    def series(self, indicator: str) -> dict[int, ReferenceFigure]:
        """A series of the nearest folder that has it, in order of years."""
        for found in self._series:
            if indicator in found:
                return dict(sorted(found[indicator].items()))
        return {}

    @cached_property
    def _series(self) -> list[dict[str, dict[int, ReferenceFigure]]]:
        files = [(folder / "series.csv", NATION if folder == self.folders[-1] else PROVINCE) for folder in self.folders]
        return [self._read_series(file, of) for file, of in files if is_file(file)]

    def _read_series(self, file: Path, of: Text) -> dict[str, dict[int, ReferenceFigure]]:
        found: dict[str, dict[int, ReferenceFigure]] = {}
        for place, row in read_table(file, SERIES_COLUMNS):
            known = _year(row["known_from"], place)
            if is_known(known, self.as_of):
                indicator, value = self.indicators.named(row["indicator"], place), number(row["value"], place, "value")
                item = ReferenceFigure(
                    year=whole(row["year"], place, "year"),
                    value=self.indicators.converted(value, row["unit"], indicator, place),
                    unit=indicator.unit,
                    evidence=row["evidence"],
                    known_from=known,
                    source=row["source"],
                    place=of,
                )
                found.setdefault(row["indicator"], {})[item.year] = item
        return found


def _year(text: str, place: Place) -> int:
    return ANY_TIME if text == "any" else whole(text, place, "known_from")


@dataclass(frozen=True)
class BaseYear:
    """Everything that the tables of a base year are built from; of `history`, `settings` and `reference` only what was known.

    `carried` holds stocks at the end of the base year as a run from an earlier base year leaves them, by parameter;
    `carried_origins` where they came from there.
    """

    city: str
    year: int
    last_year: int
    history: History
    settings: Mapping[str, BaseSetting]
    reference: Reference
    parameters: Mapping[str, ParameterRecord]
    carried: Mapping[str, Values] = field(default_factory=dict)
    carried_origins: Mapping[str, BaseOrigin] = field(default_factory=dict)

    def series(self, indicator: str, first: int = 0) -> dict[int, Datum]:
        """A series of the city."""
        return self.history.series(indicator, self.city, first)

    def missing(self, indicator: str) -> InputError:
        """The fault of a city that does not print what the base year cannot do without."""
        message = Text(
            f"{self.city} 没有 {self.year} 年或更早的 {indicator}，无法建立基年",
            f"{self.city} has no {indicator} of {self.year} or before, which the base year needs",
        )
        advice = Text("请在 history.csv 中补充", "add it to history.csv")
        return InputError(Fault(message, Place(key=indicator), advice))

    def value(self, name: str) -> Values:
        """The value that the model itself gives a parameter: one number must not stand in two places."""
        path = self.parameters[name].value
        if path is None:
            raise KeyError(name)
        return path.before


def read_settings(file: Path, base_year: int, as_of: int | None, city: str, *, is_own: bool) -> dict[str, BaseSetting]:
    """Settings that hold for a base year and were known; none where there is no such file. `is_own`: the city's own file.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    faults, found = Faults(), dict[str, BaseSetting]()
    for name, entry in read_records(file, SettingEntry, faults):
        known = entry.known_from
        if entry.year in (None, base_year) and is_known(known, as_of):
            origin = _origin_of(entry, city, is_own=is_own)
            found[name] = BaseSetting(entry.value, entry.evidence, known, entry.source, origin, is_own)
    faults.raise_if_any()
    return found


def _origin_of(entry: SettingEntry, city: str, *, is_own: bool) -> BaseOrigin:
    """The origin of a setting: the city's own from its own file or figures, else that of whoever is named."""
    is_citys = is_own if entry.of is None else entry.of.city == city
    if not is_citys:
        return borrowed(MODEL_DEFAULT if entry.of is None else entry.of.text)
    if entry.figure_years:
        return BaseOrigin("near", tuple(entry.figure_years))
    return own_origin(entry.evidence)


MODEL_DEFAULT = Text("模型的一般取值", "a usual value of the model")


_FARTHEST = 30.0
"""At the most a city's number is so many times the model's own, and at the least that part of it."""


def fail_if_settings_wrong(file: Path, defaults: Path, parameters: Collection[str], indicators: Indicators) -> None:
    """Hold base_year/settings.yaml of a city against the model's defaults, indicators and parameters.

    Raises
    ------
    InputError
        with every name that nothing reads, every number that cannot be one, and every year of publication to come.
    """
    if not is_file(file):
        return
    faults, document = Faults(), read_yaml(file)
    usual = read_yaml(defaults).data if is_file(defaults) else {}
    known = {*usual, *indicators.by_name, *parameters, *indicators.rules.settings}
    for name, entry in document.data.items():
        place, said = document.place((name,)), entry if isinstance(entry, dict) else {}
        fail_if_unknown([name], known, Text("未知设定 {}", "unknown setting {}"), place, faults)
        if isinstance(said.get("known_from"), int):
            with faults.gathering():
                fail_if_not_yet(said["known_from"], indicators.rules.vintage, place)
        _check_size(str(name), said.get("value"), usual.get(name, {}).get("value"), place, faults)
    faults.raise_if_any()


def _check_size(name: str, value: Any, usual: Any, place: Place, faults: Faults) -> None:
    """Every setting is an amount above zero; beside the model's own number it is not many times as large or small."""
    for figure in value.values() if isinstance(value, dict) else [value]:
        if not isinstance(figure, int | float):
            continue
        is_far = isinstance(usual, int | float) and not usual / _FARTHEST <= figure <= usual * _FARTHEST
        if figure < 0.0 or is_far:
            message = Text(f"{name} 的 {figure:g} 不合常理", f"{name}: {figure:g} cannot be right")
            advice = None if not is_far else Text(f"模型自己的数是 {usual:g}", f"the model's own number is {usual:g}")
            faults.add(message, place, advice)
