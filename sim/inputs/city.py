"""A city is a folder of data: regions, parameters that differ from the model's, base-year tables, history and plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, get_args

import numpy as np
from pydantic import Field

from sim.base.arrays import Dimension, Truths, Values
from sim.base.errors import Faults, Place, all_faults
from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.base_year import BaseCell, BaseSetting, read_settings
from sim.inputs.checked import Record, check_against, fail_if_unknown, read_record
from sim.inputs.files import fail_if_no_name, is_file
from sim.inputs.history import History, read_history
from sim.inputs.home import Home
from sim.inputs.indicators import Indicators
from sim.inputs.parameters import CityEntry, Evidence, ParameterRecord, Span, check_range, of_model, with_value
from sim.inputs.provenance import BaseOrigin, BasePart, is_known
from sim.inputs.yaml_file import Document, read_yaml
from sim.inputs.year_path import ValueSpec, YearPath, read_value


class DistrictGroup(Record):
    """Several districts that a target counts together."""

    label: Text
    """Name of the group."""
    members: list[str]
    """Its districts."""


class CityFile(Record):
    """city.yaml: what the engine must know of a city."""

    name: Text
    """Name of the city."""
    model: str
    """Folder of the equations."""
    province: str = ""
    """Folder of the province's statistics in the model's `reference`; those of the nation stand in where it is left out."""
    base_year: int
    """Last year before the run, where a scenario names no other; base stocks are those of its 31 December."""
    base_years: list[int] = []
    """Other base years that a scenario may name, since the city's statistics carry them; its own needs no mention."""
    last_year: int
    """Last year that a run may reach."""
    regions: dict[str, Text]
    """Parts of the city that the model keeps apart."""
    districts: dict[str, Text] = {}
    """Districts and parks whose shares of the city are followed, the rest of the city among them; none: the city is one."""
    groups: dict[str, DistrictGroup] = {}
    """Districts that targets count together."""
    plan_years: Span | None = None
    """First and last year of the plan that the ledger belongs to; the five years after the base year when left out."""
    about_tolerance: Annotated[float, Field(ge=0, le=0.5)] = 0.03
    """Distance below a target with 左右 (about) at which a projection still meets it."""

    @property
    def declared_base_years(self) -> list[int]:
        """Every base year that a scenario may name."""
        return sorted({self.base_year, *self.base_years})

    @property
    def parts(self) -> dict[str, Text]:
        """The districts; the city itself is the only one where none is declared."""
        return self.districts or self.regions

    @property
    def named_regions(self) -> tuple[str, ...]:
        """Every region that a plan may speak of: the city's own, its districts, and groups of them."""
        return (*self.regions, *self.districts, *self.groups)

    @property
    def group_members(self) -> dict[str, tuple[str, ...]]:
        """Districts that are counted together, by the name of the group."""
        return {name: tuple(group.members) for name, group in self.groups.items()}

    def plan_span(self, base_year: int) -> tuple[int, int]:
        """First and last year of the plan."""
        first, last = self.plan_years or (base_year + 1, base_year + 5)
        return int(first), int(last)


@dataclass(frozen=True)
class CityData:
    """A city read and checked, at a base year; `first_year` is the first that a scenario's path may name."""

    key: str
    folder: Path
    settings: CityFile
    history: History
    parameters: Mapping[str, ParameterRecord]
    first_year: int
    as_of: int | None = None

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
    with all_faults() as faults:
        settings = read_record(folder / "city.yaml", CityFile, faults)
        with faults.gathering():  # the code of a model runs when a city is opened: it is never a folder elsewhere
            place, known = settings.place("model"), [file.parent.name for file in folder.parent.glob(f"*/{MODEL_FILE}")]
            fail_if_no_name(settings.model, place)
            fail_if_unknown([settings.model], known, Text("没有模型 {}", "no model {}"), place, faults)
        if settings.province:
            with faults.gathering():
                fail_if_no_name(settings.province, settings.place("province"))
        if folder.name not in settings.regions:
            message = Text(f"regions 须含本市 {folder.name}", f"regions must hold the city itself, {folder.name}")
            faults.add(message, settings.place("regions"))
        if not settings.base_year < settings.last_year <= settings.base_year + _LONGEST:
            message = Text("last_year 须在基年之后一百年以内", "last_year must lie within a hundred years after the base year")
            faults.add(message, settings.place("last_year"))
        for index, year in enumerate(settings.base_years):
            if year >= settings.last_year:
                message = Text(f"基年 {year} 须早于 last_year", f"a base year lies before last_year, and {year} does not")
                faults.add(message, settings.place("base_years", index))
        for name, group in settings.groups.items():
            message = Text(f"{name} 的成员 {{}} 不在 districts 中", f"{name}: {{}} is not among the districts")
            fail_if_unknown(group.members, settings.districts, message, group.place(), faults)
            if name in settings.districts or name in settings.regions:
                faults.add(Text(f"{name} 既是分区又是分区组", f"{name} is both a district and a group"), group.place())
        return settings


_LONGEST = 100
MODEL_FILE = "labels.yaml"
"""A folder that holds it is one of equations."""


def pooled_cities(home: Home, city: str) -> tuple[str, ...]:
    """The cities of the home that share the city's model."""
    model = read_city_file(home.city_folder(city)).model
    return tuple(name for name in home.cities() if read_city_file(home.models / name).model == model)


def history_of(folder: Path, model: Path, regions: Collection[str], indicators: Indicators) -> History:
    """The city's statistics with the breaks that its model and the city itself declare; none where the model keeps none.

    Raises
    ------
    InputError
        with every fault of the files.
    """
    if not indicators.by_name and not is_file(folder / "history.csv"):
        return History((), {})
    breaks = (model / "breaks.yaml", folder / "breaks.yaml")
    return read_history(folder / "history.csv", folder / "sources.yaml", indicators, regions, breaks)


def settings_of(folder: Path, model: Path, base_year: int, as_of: int | None) -> dict[str, BaseSetting]:
    """Return what the base-year module is told beyond statistics: the model's defaults, and over them the city's own settings.

    Raises
    ------
    InputError
        with every fault of the files.
    """
    defaults = read_settings(model / "base_year" / "defaults.yaml", base_year, as_of, folder.name, is_own=False)
    return defaults | read_settings(folder / "base_year" / "settings.yaml", base_year, as_of, folder.name, is_own=True)


def read_city(
    folder: Path,
    settings: CityFile,
    base_year: int,
    declared: Mapping[str, ParameterRecord],
    dimensions: Mapping[str, Dimension],
    history: History,
    base_rows: Iterable[BaseCell],
    as_of: int | None = None,
) -> CityData:
    """Lay the values of the base year, and over them those of the city's parameters.yaml, over what the model declares.

    With `as_of`, entries of parameters.yaml that were not known leave the value below them in place.

    Raises
    ------
    InputError
        with every fault of every file of the city.
    """
    faults, at_base = Faults(), settings.model_copy(update={"base_year": base_year})
    parameters = dict(declared) | _base_tables(base_rows, declared, dimensions, folder, base_year, faults)
    parameters |= _city_values(folder / "parameters.yaml", parameters, dimensions, at_base, as_of, faults)
    parameters = {name: of_model(record, folder.name) for name, record in parameters.items()}
    told = {fault.place.key for fault in faults.found}
    for name, record in parameters.items():
        if record.value is None and name not in told:
            message = Text(f"城市没有给出参数 {name}", f"the city gives no value for {name}")
            faults.add(message, Place(folder), Text("写入 parameters.yaml", "write it in parameters.yaml"))
    faults.raise_if_any()
    first = min(settings.base_year, base_year)
    return CityData(folder.name, folder, at_base, history, parameters, first, as_of)


FIRST_YEAR, FARTHEST_YEAR = 1990, 2100
"""First year that a path of data may name, and the last that a path of a model may, whatever city it is read for."""


def _base_tables(
    rows: Iterable[BaseCell],
    declared: Mapping[str, ParameterRecord],
    dimensions: Mapping[str, Dimension],
    folder: Path,
    base_year: int,
    faults: Faults,
) -> dict[str, ParameterRecord]:
    """Return the parameters whose values the model's base-year module built, row by row."""
    by_parameter: dict[str, list[BaseCell]] = defaultdict(list)
    for row in rows:
        by_parameter[row.parameter].append(row)
    found = dict[str, ParameterRecord]()
    for name, of_parameter in by_parameter.items():
        record = declared[name]
        shape = tuple(len(dimensions[dim].members) for dim in record.dims)
        tables: dict[int | None, Values] = {}
        cells: dict[tuple[BaseOrigin, BaseOrigin | None], Truths] = {}
        for row in of_parameter:
            index = _index(row, record, dimensions)
            tables.setdefault(row.year, np.full(shape, np.nan))[index] = row.value * conversion(row.unit, record.unit)
            cells.setdefault((row.origin, row.whole), np.zeros(shape, dtype=bool))[index] = True
        if any(np.isnan(array).any() for array in tables.values()):
            message = Text(f"由统计算不出 {name}", f"the statistics give no number for {name}")
            faults.add(message, Place(folder / "history.csv", key=f"base_year {base_year}"))
            continue
        value, first = _path_of(tables), of_parameter[0]
        found[name] = replace(
            record,
            value=value,
            source=f"{first.source}；{first.method}",
            evidence=first.evidence if first.evidence in get_args(Evidence) else "A",  # type: ignore[arg-type]
            known_from=first.known_from,
            common_factor=record.common_factor if first.spread is None else first.spread,
            base=tuple(BasePart(mask, origin, whole) for (origin, whole), mask in cells.items()),
        )
        check_range(record, value, faults, Place(folder, key=name))
    return found


def _index(row: BaseCell, record: ParameterRecord, dimensions: Mapping[str, Dimension]) -> tuple[int | slice, ...]:
    named = dict(part.split("=", 1) for part in row.members.split())
    others = set(named) - set(record.dims)
    if others:
        raise ValueError(f"{record.name} has no dimension {', '.join(sorted(others))}")
    return tuple(dimensions[dim].index(named[dim]) if dim in named else slice(None) for dim in record.dims)


def _path_of(tables: Mapping[int | None, Values]) -> YearPath:
    dated = {year: array for year, array in tables.items() if year is not None}
    years = tuple(sorted(dated))
    arrays = tuple(dated[year] for year in years)
    return YearPath(arrays[0], years, arrays, "hold") if years else YearPath(tables[None])


_SINCE_WHEN = Text(
    "没有写 known_from：写公布的年份，不依赖任何数据的写 any",
    "it has no known_from: write the year of publication, or any for what rests on no datum",
)


def _city_values(
    file: Path,
    parameters: Mapping[str, ParameterRecord],
    dimensions: Mapping[str, Dimension],
    settings: CityFile,
    as_of: int | None,
    faults: Faults,
) -> dict[str, ParameterRecord]:
    """Return the parameters that the city's parameters.yaml gives."""
    found = dict[str, ParameterRecord]()
    document = read_yaml(file) if is_file(file) else Document(file, {})
    for name, raw in document.data.items():
        place = document.place((name,))
        fail_if_unknown([name], parameters, Text("未知参数 {}", "unknown parameter {}"), place, faults)
        entry = check_against(CityEntry, raw, document, faults, (name,)) if name in parameters else None
        if entry is None:
            continue
        below = parameters[name]
        if not is_known(entry.known_from, as_of):
            if below.value is None:
                message = Text(f"站在 {as_of} 年时 {name} 还不知道", f"{name} was not known as of {as_of}")
                faults.add(message, place, _SINCE_WHEN if entry.known_from is None else None)
            continue
        dims = tuple(dimensions[dim] for dim in below.dims)
        target = ValueSpec(below.unit, dims, settings.base_year, settings.last_year, FIRST_YEAR)
        value = read_value(entry.value, target, faults, document.place((name, "value")), below.value)
        if value is not None:
            found[name] = with_value(below, entry, value)
            check_range(found[name], value, faults, place)
    return found
