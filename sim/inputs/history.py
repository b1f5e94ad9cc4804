"""Published statistics of a city: one value per region, year and indicator, the best-ranked source first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from sim.base.errors import Fault, Faults, InputError, Place, all_faults
from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.checked import Record, fail_if_unknown, read_record, read_records
from sim.inputs.files import number, read_table, whole
from sim.inputs.indicators import Indicators
from sim.inputs.plausible import Point, fail_if_seen, fail_if_unbelievable
from sim.inputs.provenance import KnownFrom, fail_if_not_yet, is_known, until

COLUMNS = ("region", "year", "indicator", "value", "unit", "source", "known_from", "note")


class BreakEntry(Record):
    """One break of breaks.yaml."""

    indicators: list[str]
    """Indicators of history.csv; * stands for any characters."""
    years: list[int]
    """Years whose change against the year before crosses the break."""
    known_from: KnownFrom
    """Year in which the break could be known."""
    reason: Text
    """The event."""


@dataclass(frozen=True)
class Break:
    """The change into each of `years` is no change of what is measured."""

    indicators: tuple[str, ...]
    years: frozenset[int]
    known_from: int
    reason: Text
    place: Place = Place()

    def concerns(self, indicator: str) -> bool:
        """Return whether the break lies in a series."""
        return any(fnmatchcase(indicator, pattern) for pattern in self.indicators)

    def strangers(self, indicators: Collection[str]) -> list[str]:
        """Patterns that are like none of some indicators."""
        return [pattern for pattern in self.indicators if not any(fnmatchcase(name, pattern) for name in indicators)]


_BREAK_YEARS = range(1949, 2101)


def read_breaks(files: Iterable[Path]) -> tuple[Break, ...]:
    """The breaks of several files, such as the model's and the city's; a file that is not there declares none.

    Raises
    ------
    InputError
        with every fault.
    """
    found = list[Break]()
    with all_faults() as faults:
        for entry in (entry for file in files for _, entry in read_records(file, BreakEntry, faults, listed=True)):
            for key in (key for key in ("indicators", "years") if not getattr(entry, key)):
                faults.add(Text(f"{key} 不能为空", f"{key} may not be empty"), entry.place(key))
            for year in (year for year in entry.years if year not in _BREAK_YEARS):
                span = f"{_BREAK_YEARS.start}–{_BREAK_YEARS.stop - 1}"
                faults.add(Text(f"年份 {year} 超出 {span}", f"the year {year} lies outside {span}"), entry.place("years"))
            at, years = entry.place("indicators"), frozenset(entry.years)
            found.append(Break(tuple(entry.indicators), years, entry.known_from, entry.reason, at))
    return tuple(found)


def known_breaks(breaks: Iterable[Break], as_of: int | None) -> tuple[Break, ...]:
    """The breaks that a run as of a year may know of."""
    return tuple(item for item in breaks if is_known(item.known_from, as_of))


class Source(Record):
    """A source of data; rank 1 is trusted most."""

    rank: int
    """Place among the sources."""
    title_zh: str
    """Chinese title."""
    title_en: str
    """English title."""
    where: str
    """Address or citation."""
    kind: Literal["bulletin", "yearbook", "census", "panel", "repost", "derived", "dataset", "page"]
    """Kind of source."""
    untraced: bool = False
    """True where nobody has seen the figures where their publisher printed them."""


class SourcesFile(Record):
    """sources.yaml."""

    sources: dict[str, Source]
    """Sources by the name that history.csv uses."""
    publishers: dict[str, str] = {}
    """Ends of the host names whose addresses may be cited, with who publishes there."""


@dataclass(frozen=True)
class Datum:
    """One published or derived value. `known_from` is the year of its publication."""

    region: str
    year: int
    indicator: str
    value: float
    unit: str
    source: str
    known_from: int
    note: str

    def in_unit(self, unit: str) -> float:
        """Its value in another unit."""
        return self.value * conversion(self.unit, unit)


@dataclass(frozen=True)
class History:
    """All data of a city. Where several sources give a value, the best-ranked one is used."""

    data: tuple[Datum, ...]
    ranks: Mapping[str, int]
    breaks: tuple[Break, ...] = ()

    def series(self, indicator: str, region: str, first: int = 0) -> dict[int, Datum]:
        """The best datum of each year from `first` on, in order of years."""
        chosen: dict[int, Datum] = {}
        for datum in self.data:
            if datum.indicator != indicator or datum.region != region or datum.year < first:
                continue
            if datum.year not in chosen or self.ranks[datum.source] < self.ranks[chosen[datum.year].source]:
                chosen[datum.year] = datum
        return dict(sorted(chosen.items()))

    def as_of(self, year: int | None) -> History:
        """Return what was published of years up to `year` when its bulletin came out; everything without a year."""
        if year is None:
            return self
        data = tuple(item for item in self.data if item.year <= year and is_known(item.known_from, year))
        return replace(self, data=data, breaks=known_breaks(self.breaks, year))

    def breaks_in(self, indicator: str, year: int, first: int | None = None) -> tuple[Break, ...]:
        """Declared breaks that the change into `year` crosses; with `first`, any change from `first` to `year`."""
        crossed = range((year - 1 if first is None else first) + 1, year + 1)
        return tuple(item for item in self.breaks if item.concerns(indicator) and not item.years.isdisjoint(crossed))

    def indicators(self) -> set[str]:
        """Names of all indicators."""
        return {datum.indicator for datum in self.data}


def read_history(
    file: Path, sources_file: Path, indicators: Indicators, regions: Collection[str], breaks: Iterable[Path] = ()
) -> History:
    """Read `history.csv` in the units of the indicators, the ranks of `sources.yaml` and the files that declare breaks.

    `regions` are those of the city.

    Raises
    ------
    InputError
        with every row that is not a number of a known indicator, region, unit and source, stands twice, or cannot be true.
    """
    faults, ranks, data, points = Faults(), dict[str, int](), list[Datum](), list[Point]()
    with faults.gathering():
        ranks = {name: source.rank for name, source in read_sources(sources_file).items()}
    seen: dict[tuple[str, int, str, str], Place] = {}
    for place, row in read_table(file, COLUMNS, faults):
        if ranks:
            message = Text("来源 {} 不在 sources.yaml 中", "source {} is not in sources.yaml")
            fail_if_unknown([row["source"]], ranks, message, place, faults)
        datum = _datum(row, indicators, regions, place, faults)
        if datum is not None:
            with faults.gathering():
                fail_if_seen((datum.region, datum.year, datum.indicator, datum.source), seen, place)
            data.append(datum)
            indicator, accepted = indicators.by_name[datum.indicator], bool(row.get("accepted", "").strip())
            rank = ranks.get(datum.source, 0)
            points.append(Point(datum.region, indicator, datum.year, datum.value, rank, accepted, place))
    fail_if_unbelievable(points, indicators, faults)
    faults.raise_if_any()
    return History(tuple(data), ranks, read_breaks(breaks))


def read_sources(file: Path) -> dict[str, Source]:
    """Sources by their name.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    with all_faults() as faults:
        return read_record(file, SourcesFile, faults).sources


def _datum(
    row: Mapping[str, str], indicators: Indicators, regions: Collection[str], place: Place, faults: Faults
) -> Datum | None:
    """The datum of a row; none where it is faulty, or says only that a gap is accepted. Every cell is looked at."""
    before = len(faults.found)
    message = Text("城市没有地区 {}", "the city has no region {}")
    fail_if_unknown([row["region"]], regions, message, place, faults)
    indicator, value, year, published = None, 0.0, 0, 0
    with faults.gathering():
        indicator = indicators.named(row["indicator"], place)
    with faults.gathering():
        year = whole(row["year"], place, "year")
        if not FIRST_STATISTICS <= year <= indicators.rules.vintage:
            message = Text(f"{year} 年不会有这样的数", f"there can be no figure of {year}")
            raise InputError(Fault(message, place, until(indicators.rules.vintage)))
    with faults.gathering():
        published = whole(row["known_from"], place, "known_from")
        if published < year:
            message = Text(f"{year} 年的数不可能在 {published} 年公布", f"a figure of {year} cannot be known from {published}")
            raise InputError(Fault(message, place))
        fail_if_not_yet(published, indicators.rules.vintage, place)
    empty = not row["value"] and bool(row.get("accepted"))
    with faults.gathering():
        value = 0.0 if empty else number(row["value"], place, "value")
        if indicator is not None:
            value = indicators.converted(value, row["unit"], indicator, place)
    if indicator is None or empty or len(faults.found) > before:
        return None
    return Datum(row["region"], year, indicator.name, value, indicator.unit, row["source"], published, row["note"])


FIRST_STATISTICS = 1949
"""No figure of the statistics of a city is older."""
