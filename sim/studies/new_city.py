"""A city from a table of statistics: its folder of data, checked, ranked by source, and opened once before it is kept."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML

from sim.base.durable import owned_folder, put_folder
from sim.base.errors import Fault, Faults, InputError, Place, RunError, SimError, UsageError
from sim.base.text import Text
from sim.city.city import World, open_world
from sim.inputs.base_origin import BaseOrigin
from sim.inputs.history import COLUMNS, Source, read_sources
from sim.inputs.home import Home
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.parameters import ParameterRecord
from sim.inputs.tidy import Cell, SourceChoice, Tidy, TidyRow, check_series, choose, read_tidy
from sim.plan.tables import shown_as_text

MODEL = "prefecture"
NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
LAST_YEAR_AFTER_BASE = 15


@dataclass(frozen=True)
class Request:
    """What is asked for: the folder's name, the table, the city's name in the table, province and base year."""

    name: str
    data: Path
    city: str
    province: str
    base_year: int | None = None


@dataclass(frozen=True)
class NewCity:
    """What was made: the folder, the city opened, what the table held, and which of several sources was used where."""

    folder: Path
    world: World
    tidy: Tidy
    choices: tuple[SourceChoice, ...]

    @property
    def disagreements(self) -> list[SourceChoice]:
        """Years in which two sources differ by more than one per cent."""
        return [choice for choice in self.choices if choice.disagrees]

    @property
    def taken_from_elsewhere(self) -> list[ParameterRecord]:
        """Parameters of the base year that the city's statistics do not give: what stands in, and from where."""
        return [record for record, origin in self._origins if origin.is_borrowed]

    @property
    def of_near_years(self) -> list[ParameterRecord]:
        """Parameters of the base year that rest on figures of other years."""
        return [record for record, origin in self._origins if origin.years and not origin.is_borrowed]

    @property
    def _origins(self) -> list[tuple[ParameterRecord, BaseOrigin]]:
        records = self.world.city.parameters.values()
        return [(record, record.base_origin) for record in records if record.base_origin is not None]


def make_city(home: Home, request: Request) -> NewCity:
    """Build `models/<name>/` from a table and open it; written aside and renamed, so a fault leaves nothing behind.

    Raises
    ------
    InputError
        with every fault of the table, by line.
    UsageError
        when the name is taken or is none.
    """
    folder = home.models / request.name
    _fail_if_name_unfit(request.name, folder)
    model = home.models / MODEL
    indicators = read_indicators(model / "indicators.yaml")
    known = read_sources(model / "sources.yaml")
    faults = Faults()
    tidy = read_tidy(request.data, request.city, indicators, faults)
    keys = source_keys(tidy.rows, known)
    sources = _ranked_sources(keys, known, request.data)
    cells = [_cell(row, keys[row.source], sources[keys[row.source]].rank) for row in tidy.rows]
    chosen, choices = choose(cells, faults)
    check_series(chosen, indicators, faults)
    _fail_if_core_missing(chosen, indicators, request.data, faults)
    faults.raise_if_any()
    years = [year for year, cell in chosen["gdp_nominal"].items() if cell.value is not None]
    try:
        with owned_folder(home.models, ".new-") as own:
            aside = own / "content"
            _write(aside, request, tidy, sources, keys, request.base_year or max(years))
            world = _opened(home, aside, folder, request.data)
    except OSError as error:
        message = Text(f"无法建立：{error.strerror}", f"cannot be made: {error.strerror}")
        raise RunError(Fault(message, Place(folder))) from error
    return NewCity(folder, world, tidy, tuple(choices))


_LETTERS = Text("用小写字母、数字和下划线，至多 50 个", "use small letters, digits and underscores, 50 at most")


def _fail_if_name_unfit(name: str, folder: Path) -> None:
    if not NAME.fullmatch(name):
        message = Text(f"{name} 不能作文件夹名", f"{name} cannot be the name of a folder")
        raise UsageError(Fault(message, Place(folder), _LETTERS))
    if folder.exists():
        message = Text("已存在，不会覆盖", "exists already and is left as it is")
        raise UsageError(Fault(message, Place(folder), Text("请换一个名字，或先移走", "choose another name, or move it away")))


def source_keys(rows: Sequence[TidyRow], known: Mapping[str, Source]) -> dict[str, str]:
    """The name of each source of the table in sources.yaml: a known one's, or a number in order of appearance."""
    titles = {title: key for key, source in known.items() for title in (key, source.title_en, source.title_zh)}
    texts = list(dict.fromkeys(row.source for row in rows))
    strange = [text for text in texts if text not in titles]
    return {text: titles.get(text) or f"source_{strange.index(text) + 1}" for text in texts}


def _ranked_sources(keys: Mapping[str, str], known: Mapping[str, Source], data: Path) -> dict[str, Source]:
    """The sources of the table, best first: known ones as they are ranked, then the others in order of appearance."""
    worst = max((source.rank for source in known.values()), default=0)
    found = {key: known[key] for key in keys.values() if key in known}
    strange = [(text, key) for text, key in keys.items() if key not in known]
    found |= {key: _stranger(text, worst + place, data) for place, (text, key) in enumerate(strange, 1)}
    return dict(sorted(found.items(), key=lambda item: item[1].rank))


def _stranger(text: str, rank: int, data: Path) -> Source:
    return Source(rank=rank, title_zh=text, title_en=text, where=f"column source of {data.name}", kind="dataset")


def _cell(row: TidyRow, key: str, rank: int) -> Cell:
    return Cell(row.indicator, row.year, row.value, key, rank, row.accepted, row.place)


def _fail_if_core_missing(chosen: Mapping[str, object], indicators: Indicators, data: Path, faults: Faults) -> None:
    for indicator in indicators.by_name.values():
        if indicator.core and indicator.name not in chosen:
            message = Text(
                f"没有{indicator.label.zh}（{indicator.name}），无法建立基年",
                f"no {indicator.label.en} ({indicator.name}), which a base year needs",
            )
            faults.add(message, Place(data))


def _write(
    aside: Path, request: Request, tidy: Tidy, sources: Mapping[str, Source], keys: Mapping[str, str], base_year: int
) -> None:
    """city.yaml, history.csv and sources.yaml of the city."""
    aside.mkdir()
    name = {"zh": tidy.name.zh, "en": tidy.name.en}
    city = {
        "name": name,
        "model": MODEL,
        "province": request.province,
        "base_year": base_year,
        "last_year": base_year + LAST_YEAR_AFTER_BASE,
        "regions": {request.name: dict(name)},
    }
    _dump(aside / "city.yaml", city)
    _dump(aside / "sources.yaml", {"sources": {key: source.model_dump() for key, source in sources.items()}})
    with (aside / "history.csv").open("w", encoding="utf-8-sig", newline="") as handle:
        extra = list(dict.fromkeys(name for row in tidy.rows for name in row.extra))
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([*COLUMNS, "accepted", *(shown_as_text(name) for name in extra)])
        for row in sorted(tidy.rows, key=lambda item: (item.indicator, item.year, sources[keys[item.source]].rank)):
            value = "" if row.value is None else f"{row.value:.12g}"
            unit = tidy.units[row.indicator]
            facts = (request.name, row.year, row.indicator, value, unit, keys[row.source], row.known_from)
            texts = (row.note, row.accepted, *(row.extra.get(name, "") for name in extra))
            writer.writerow([*facts, *(shown_as_text(text) for text in texts)])


def _dump(file: Path, content: Mapping[str, object]) -> None:
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 4096
    with file.open("w", encoding="utf-8") as handle:
        yaml.dump(content, handle)


def _opened(home: Home, aside: Path, folder: Path, data: Path) -> World:
    """Rename and open; what cannot be opened is taken away again, and its faults are those of the table."""
    put_folder(aside, folder)
    try:
        return open_world(home, folder.name)
    except SimError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise InputError(replace(fault, place=Place(data, key=fault.place.key)) for fault in error.faults) from error
