"""Declared breaks of statistical series: years whose level is not to be compared with the year before."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from sim.base.errors import Faults, Place
from sim.base.text import Text
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_file
from sim.inputs.knowledge import KnownFrom, is_known, year_known
from sim.inputs.yaml_file import listed, read_yaml_list


class BreakEntry(Record):
    """One break of breaks.yaml."""

    indicators: list[str]
    """Indicators of history.csv; * stands for any characters."""
    years: list[int]
    """Years whose change against the year before crosses the break."""
    known_from: KnownFrom
    """Year in which the break could be known."""
    reason: Label
    """What happened."""


@dataclass(frozen=True)
class Break:
    """The change into each of `years` is no change of what is measured."""

    indicators: tuple[str, ...]
    years: frozenset[int]
    known_from: int
    reason: Text
    place: Place = Place()

    def concerns(self, indicator: str) -> bool:
        """Whether the break lies in a series."""
        return any(fnmatchcase(indicator, pattern) for pattern in self.indicators)

    def strangers(self, indicators: Collection[str]) -> list[str]:
        """Patterns that are like none of some indicators."""
        return [pattern for pattern in self.indicators if not any(fnmatchcase(name, pattern) for name in indicators)]


_YEARS = range(1949, 2101)


def read_breaks(files: Iterable[Path]) -> tuple[Break, ...]:
    """The breaks of several files, such as the model's and the city's; a file that is not there declares none.

    Raises
    ------
    InputError
        with every fault.
    """
    faults, found = Faults(), list[Break]()
    for file in (file for file in files if is_file(file)):
        document = read_yaml_list(file)
        for place, raw in enumerate(listed(document)):
            entry = check_against(BreakEntry, raw, document, faults, (place,))
            if entry is None:
                continue
            years_at = document.place((place, "years"))
            for key in (key for key in ("indicators", "years") if not getattr(entry, key)):
                faults.add(Text(f"{key} 不能为空", f"{key} may not be empty"), document.place((place, key)))
            for year in (year for year in entry.years if year not in _YEARS):
                span = f"{_YEARS.start}–{_YEARS.stop - 1}"
                faults.add(Text(f"年份 {year} 超出 {span}", f"the year {year} lies outside {span}"), years_at)
            known, at = year_known(entry.known_from), document.place((place, "indicators"))
            found.append(Break(tuple(entry.indicators), frozenset(entry.years), known, entry.reason.text(), at))
    faults.raise_if_any()
    return tuple(found)


def known_breaks(breaks: Iterable[Break], as_of: int | None) -> tuple[Break, ...]:
    """The breaks that a run as of a year may know of."""
    return tuple(item for item in breaks if is_known(item.known_from, as_of))
