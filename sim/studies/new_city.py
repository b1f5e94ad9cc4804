"""A city from a table of statistics: its tables checked, its folder of data ranked by source, opened once before it is kept."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median

from ruamel.yaml import YAML

from sim.base.durable import owned_folder, put_folder
from sim.base.errors import Fault, Faults, InputError, Place, SimError, UsageError, all_faults, os_faults
from sim.base.text import Text
from sim.city.city import City, open_city
from sim.inputs.city import read_city_file
from sim.inputs.files import number, read_table, whole
from sim.inputs.history import COLUMNS, Source, read_sources
from sim.inputs.home import Home, default_city
from sim.inputs.indicators import Indicators, read_indicators
from sim.inputs.parameters import ParameterRecord
from sim.inputs.tidy import SourceChoice, SourceValue, Tidy, check_series, choose, read_tidy
from sim.plan.scorecard import shown_as_text
from sim.simulate.likelihood.errors_of_cities import Observation, fitted, published_changes

_NOT_FITTED = Text("模型没有写明按哪些统计拟合", "the model says of no statistic that it is fitted to it")
_HOW_FITTED = Text(
    "在 published.yaml 中写 fit，并把统计写入各市 history.csv",
    "write `fit` in published.yaml, and statistics into the cities' history.csv",
)


def fail_if_unfit(home: Home, cities: Sequence[str], years: range) -> None:
    """Nothing is fitted until every fault of every table in the fitted years is mended or accepted.

    Raises
    ------
    InputError
        with every fault of all cities.
    """
    with all_faults() as faults:
        for name in cities:
            with faults.gathering(), all_faults() as of_city:
                city = open_city(home, name)
                if not fitted(city.checks):
                    faults.add(_NOT_FITTED, Place(city.model_folder / "published.yaml"), _HOW_FITTED)
                    break
                _check_table(city, years, read_indicators(city.model_folder / "indicators.yaml"), of_city)
                if not of_city.found:
                    _check_changes(city, years, of_city)


def _check_table(city: City, years: range, indicators: Indicators, faults: Faults) -> None:
    folder, region = city.data.folder, city.data.key
    fitted_levels = {item.name for item in fitted(city.checks) if item.check.reading == "value"}
    ranks = {name: source.rank for name, source in read_sources(folder / "sources.yaml").items()}
    cells = []
    for place, row in read_table(folder / "history.csv", COLUMNS):
        indicator = indicators.by_name.get(row["indicator"])
        if indicator is None or row["region"] != region or whole(row["year"], place, "year") not in years:
            continue
        value = number(row["value"], place, "value") if row["value"] else None
        value = value and indicators.converted(value, row["unit"], indicator, place)
        year, source, accepted = whole(row["year"], place, "year"), row["source"], row.get("accepted") or ""
        if value is not None and value <= 0.0 and row["indicator"] in fitted_levels:
            faults.add(Text(f"{value:g} 不大于零", f"{value:g} is not above zero"), place)
            continue
        cells.append(SourceValue(row["indicator"], year, value, source, accepted, place, ranks[source]))
    chosen, _ = choose(cells, faults)
    check_series(chosen, indicators, faults)


def _check_changes(city: City, years: range, faults: Faults) -> None:
    """A change that lies too far from those of the two years before and after it crosses a break that nobody declared."""
    history, folder = city.data.history, city.data.folder
    changes = {item.name: published_changes(item, history, city.data.key) for item in fitted(city.checks)}
    for item in fitted(city.checks):
        other, series = changes.get(item.rule.deflated or ""), changes[item.name]
        if other is not None:  # without what another indicator explains
            series = {year: value - other[year] for year, value in series.items() if year in other}
        for year in (year for year in series if year in years):
            near = [series[other] for other in range(year - 2, year + 3) if other in series and other != year]
            apart = series[year] - median(near) if len(near) > 1 else 0.0
            if abs(apart) > item.rule.jump:
                faults.add(*_undeclared(item, folder, year, apart))


def _undeclared(item: Observation, folder: Path, year: int, apart: float) -> tuple[Text, Place, Text]:
    label, shown, most = item.check.label, f"{100.0 * apart:+.1f}", f"{100.0 * item.rule.jump:.0f}"
    message = Text(
        f"{label.zh} {year} 年的变动与前后年份相差 {shown} 个百分点，超过 {most}，且没有声明断点",
        f"{label.en}: the change into {year} is {shown} points off the years around it, more than {most}, "
        "and no break is declared",
    )
    file = f"{folder.name}/breaks.yaml"
    advice = Text(
        f"核对数据；若口径有变，在 {file} 声明 {item.name} 的 {year} 年",
        f"check the data; if what is measured changed, declare {year} of {item.name} in {file}",
    )
    return message, Place(folder / "history.csv", key=f"{item.name} {year}"), advice


NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
LAST_YEAR_AFTER_BASE = 15


@dataclass(frozen=True)
class NewCity:
    """The city that was made: the folder, the city opened, what the table held, and which of several sources was used where."""

    folder: Path
    city: City
    tidy: Tidy
    choices: tuple[SourceChoice, ...]

    @property
    def disagreements(self) -> list[SourceChoice]:
        """Years in which two sources differ by more than one per cent."""
        return [choice for choice in self.choices if choice.disagrees]

    @property
    def taken_from_elsewhere(self) -> list[ParameterRecord]:
        """Parameters of the base year that the city's statistics do not give: what stands in, and from where."""
        return [item for item in self._records if item.base_origin is not None and item.base_origin.is_borrowed]

    @property
    def of_near_years(self) -> list[ParameterRecord]:
        """Parameters of the base year that rest on figures of other years."""
        origins = ((item, item.base_origin) for item in self._records)
        return [item for item, origin in origins if origin is not None and origin.years and not origin.is_borrowed]

    @property
    def _records(self) -> Iterable[ParameterRecord]:
        return self.city.data.parameters.values()


def make_city(home: Home, name: str, data: Path, city: str, province: str, base_year: int | None = None) -> NewCity:
    """Build `models/<name>/` from a table and open it; written aside and renamed, so a fault leaves nothing behind.

    `city` is its name in the table, `province` the folder of its province's data.

    Raises
    ------
    InputError
        with every fault of the table, by line.
    UsageError
        when the name is taken or is none.
    """
    folder = home.models / name
    _fail_if_name_unfit(name, folder)
    model = home.models / read_city_file(home.city_folder(default_city(home))).model
    indicators = read_indicators(model / "indicators.yaml")
    known = read_sources(model / "sources.yaml")
    faults = Faults()
    tidy = read_tidy(data, city, indicators, faults)
    keys = _source_keys(tidy.rows, known)
    sources = _ranked_sources(keys, known, data)
    cells = [replace(row, source=key, rank=sources[key].rank) for row, key in ((row, keys[row.source]) for row in tidy.rows)]
    chosen, choices = choose(cells, faults)
    check_series(chosen, indicators, faults)
    for item in indicators.by_name.values():
        if item.core and item.name not in chosen:
            zh = f"没有{item.label.zh}（{item.name}），无法建立基年"
            faults.add(Text(zh, f"no {item.label.en} ({item.name}), which a base year needs"), Place(data))
    faults.raise_if_any()
    based = [chosen[item.name] for item in indicators.by_name.values() if item.base]
    years = set.intersection(*({year for year, cell in cells.items() if cell.value is not None} for cells in based))
    start, label = base_year or max(years), asdict(tidy.name)
    record = {"name": label, "model": model.name, "province": province, "base_year": start}
    record |= {"last_year": start + LAST_YEAR_AFTER_BASE, "regions": {name: dict(label)}}
    with os_faults(folder, Text("无法建立", "cannot be made")), owned_folder(home.models, ".new-") as own:
        aside = own / "content"
        aside.mkdir()
        dump(aside / "city.yaml", record)
        dump(aside / "sources.yaml", {"sources": {key: source.model_dump() for key, source in sources.items()}})
        write_history(aside / "history.csv", name, tidy.units, cells)
        return NewCity(folder, _opened(home, aside, folder, data), tidy, tuple(choices))


_LETTERS = Text("用小写字母、数字和下划线，至多 50 个", "use small letters, digits and underscores, 50 at most")


def _fail_if_name_unfit(name: str, folder: Path) -> None:
    if not NAME.fullmatch(name):
        message = Text(f"{name} 不能作文件夹名", f"{name} cannot be the name of a folder")
        raise UsageError(Fault(message, Place(folder), _LETTERS))
    if folder.exists():
        message = Text("已存在，不会覆盖", "exists already and is left as it is")
        raise UsageError(Fault(message, Place(folder), Text("请换一个名字，或先移走", "choose another name, or move it away")))


def _source_keys(rows: Sequence[SourceValue], known: Mapping[str, Source]) -> dict[str, str]:
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
    where = f"column source of {data.name}"
    for rank, (text, key) in enumerate(strange, worst + 1):
        found[key] = Source(rank=rank, title_zh=text, title_en=text, where=where, kind="dataset")
    return dict(sorted(found.items(), key=lambda item: item[1].rank))


def write_history(file: Path, region: str, units: Mapping[str, str], cells: Sequence[SourceValue]) -> None:
    """Write the history.csv of a city; `units` are those of the indicators."""
    with file.open("w", encoding="utf-8-sig", newline="") as handle:
        extra = list(dict.fromkeys(name for row in cells for name in row.extra))
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([*COLUMNS, "accepted", *(shown_as_text(name) for name in extra)])
        for row in sorted(cells, key=lambda item: (item.indicator, item.year, item.rank)):
            value = "" if row.value is None else f"{row.value:.12g}"
            facts = (region, row.year, row.indicator, value, units[row.indicator], row.source, row.known_from)
            texts = (row.note, row.accepted, *(row.extra.get(name, "") for name in extra))
            writer.writerow([*facts, *(shown_as_text(text) for text in texts)])


def dump(file: Path, content: object) -> None:
    """Write a YAML file."""
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.width = 4096
    with file.open("w", encoding="utf-8") as handle:
        yaml.dump(content, handle)


def _opened(home: Home, aside: Path, folder: Path, data: Path) -> City:
    """Rename and open; what cannot be opened is taken away again, and its faults are those of the table."""
    put_folder(aside, folder)
    try:
        return open_city(home, folder.name)
    except SimError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise InputError(replace(fault, place=Place(data, key=fault.place.key)) for fault in error.faults) from error
