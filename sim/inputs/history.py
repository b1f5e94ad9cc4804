"""Published statistics of a city: one value per region, year and indicator, the best-ranked source first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sim.errors import Fault, Faults, InputError, Place, nearest
from sim.inputs.breaks import Break, known_breaks, read_breaks
from sim.inputs.checked import Record, check_against
from sim.inputs.knowledge import is_known
from sim.inputs.tables import number, read_table, whole
from sim.inputs.yaml_file import read_yaml
from sim.text import Text
from sim.units import conversion

COLUMNS = ("region", "year", "indicator", "value", "unit", "source", "known_from", "note")


class Source(Record):
    """Where data come from; rank 1 is trusted most."""

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


class SourcesFile(Record):
    """sources.yaml."""

    sources: dict[str, Source]
    """Sources by the name that history.csv uses."""


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
        """What was published of years up to `year` when its bulletin came out; everything without a year."""
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


def read_history(file: Path, sources_file: Path, breaks: Iterable[Path] = ()) -> History:
    """Read `history.csv`, the ranks of `sources.yaml` and the files that declare breaks.

    Raises
    ------
    InputError
        with every row that is not a number, has no known source, or stands twice.
    """
    faults, ranks, data = Faults(), dict[str, int](), list[Datum]()
    with faults.gathering():
        ranks = {name: source.rank for name, source in read_sources(sources_file).items()}
    for place, row in read_table(file, COLUMNS, faults):
        with faults.gathering():
            if row["value"] or not row.get("accepted"):  # a row without a value says that its absence is accepted
                data.append(_datum(row, place))
            if ranks and row["source"] not in ranks:
                message = Text(f"来源 {row['source']} 不在 sources.yaml 中", f"source {row['source']} is not in sources.yaml")
                faults.add(message, place, nearest(row["source"], ranks))
    _fail_if_doubled(data, file, faults)
    faults.raise_if_any()
    return History(tuple(data), ranks, read_breaks(breaks))


def read_sources(file: Path) -> dict[str, Source]:
    """Sources by their name.

    Raises
    ------
    InputError
        with every fault of the file.
    """
    document, faults = read_yaml(file), Faults()
    record = check_against(SourcesFile, document.data, document, faults)
    faults.raise_if_any()
    return {} if record is None else record.sources


def _datum(row: Mapping[str, str], place: Place) -> Datum:
    year, known = whole(row["year"], place, "year"), whole(row["known_from"], place, "known_from")
    if known < year:
        message = Text(f"{year} 年的数不可能在 {known} 年公布", f"a figure of {year} cannot be known from {known}")
        raise InputError(Fault(message, place))
    return Datum(
        region=row["region"],
        year=year,
        indicator=row["indicator"],
        value=number(row["value"], place, "value"),
        unit=row["unit"],
        source=row["source"],
        known_from=known,
        note=row["note"],
    )


def _fail_if_doubled(data: list[Datum], file: Path, faults: Faults) -> None:
    seen: set[tuple[str, int, str, str]] = set()
    for datum in data:
        key = (datum.region, datum.year, datum.indicator, datum.source)
        if key in seen:
            name = f"{datum.indicator} {datum.year} {datum.source}"
            faults.add(Text(f"重复的数据：{name}", f"this datum stands twice: {name}"), Place(file))
        seen.add(key)
