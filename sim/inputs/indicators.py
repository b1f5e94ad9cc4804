"""indicators.yaml of a model: the statistics that cities keep, their units and other names, and what is believed of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from sim.base.errors import Fault, Faults, InputError, Place, nearest
from sim.base.text import Text
from sim.base.units import SPELLINGS, UnknownUnitError, checked_unit, converted, quotient_conversion
from sim.inputs.checked import Record, fail_if_unknown, read_record

RATES = frozenset({"%", "‰"})


class IndicatorEntry(Record):
    """One indicator."""

    unit: str
    """Unit in which histories keep it."""
    zh: str
    """Chinese name."""
    en: str
    """English name."""
    aliases: list[str] = []
    """Other names in tables that people have."""
    lowest: float | int | None = None
    """No value lies below."""
    highest: float | int | None = None
    """No value lies above; that of the unit when left out."""
    leap: float | int | None = Field(default=None, gt=0)
    """Largest distance from the years around it that can be: a factor, or points of a share or rate."""
    step: float | int | None = None
    """Largest distance from the neighbours that is believed: logarithm of the ratio, or points of a share or rate."""
    whole: bool = False
    """The series must have no gap between its first and last year."""
    core: bool = False
    """No base year without its series."""
    base: bool = False
    """No base year without its figure of that year."""


class UnitEntry(Record):
    """A unit in which statistics are kept."""

    spellings: list[str] = []
    """Other spellings that people use."""
    highest: float | int | None = None
    """No value in this unit lies above, where an indicator says nothing."""


class Leap(Record):
    """Limits on the distance of a value from the years around it, where its indicator says nothing."""

    factor: float | int = Field(gt=1)
    """Of a level."""
    early_factor: float | int = Field(gt=1)
    """Of a level before the year `from`."""
    points: float | int = Field(gt=0)
    """Of a share or rate."""
    early_points: float | int = Field(gt=0)
    """Of a share or rate before the year `from`; an indicator's own limit is widened alike."""
    start: int = Field(alias="from")
    """The first year for which the narrow limits hold."""
    growth: float = Field(ge=0)
    """Growth of a level that is possible in a year, as a logarithm."""
    drift: float | int = Field(ge=0)
    """Points by which a share or rate may drift in a year."""
    agreement: float | int = Field(gt=1)
    """Factor by which two sources of one level may differ; shares and rates by `points`."""


class SumEntry(Record):
    """Parts that make up a whole."""

    whole: str | float | int
    """Indicator, or a number."""
    parts: list[str]
    """Indicators in the same unit."""
    within: float = Field(gt=0, lt=1)
    """The part of the whole by which the sum may differ."""


class RatioEntry(Record):
    """One indicator against another."""

    of: str
    """Indicator above the line."""
    to: str
    """Indicator below the line."""
    unit: str
    """Unit of the limits."""
    lowest: float | int
    """No ratio lies below."""
    highest: float | int
    """No ratio lies above."""


class TableEntry(Record):
    """The limits of a reference table by ages."""

    column: str
    """Column of the values."""
    lowest: float | int
    """No value lies below."""
    highest: float | int
    """No value lies above."""
    alike: float | int | None = Field(default=None, gt=1)
    """Largest ratio of the values of the two sexes at the same ages."""
    smooth: float | int | None = Field(default=None, gt=1)
    """Largest ratio of a value to the larger of those of the ages around it."""
    total: float | int | None = Field(default=None, alias="sum")
    """Sum of the values of a year."""
    by: dict[str, list[str]] = Field(default={}, max_length=1)
    """The column that parts people, and its groups."""


class IndicatorFile(Record):
    """indicators.yaml."""

    vintage: int
    """Year in which the data were last brought up to date: nothing was published later."""
    leap: Leap
    """Distances from the years around, where an indicator says nothing."""
    units: dict[str, UnitEntry]
    """Units, and other spellings of them."""
    indicators: dict[str, IndicatorEntry]
    """Indicators by the name that history.csv uses."""
    sums: list[SumEntry] = []
    """Parts and wholes."""
    ratios: list[RatioEntry] = []
    """Indicators against each other."""
    settings: list[str] = []
    """Settings that a city's base_year/settings.yaml may give beside the model's defaults, indicators and parameters."""
    tables: dict[str, TableEntry] = {}
    """Reference tables by ages, by the name of the file."""


_ANY_LEAP = {"factor": 2, "early_factor": 2, "points": 1, "early_points": 1, "from": 0, "growth": 0, "drift": 0, "agreement": 2}
_NO_FILE = IndicatorFile(vintage=9999, leap=Leap(**_ANY_LEAP), units={}, indicators={})
"""Of a model that keeps no statistics: without indicators nothing is held against its limits."""


class Indicator(IndicatorEntry):
    """An indicator with its name; the limit of its unit where it has none of its own."""

    name: str
    """Name that history.csv uses."""

    @property
    def label(self) -> Text:
        """Its name in words."""
        return Text(self.zh, self.en)

    @property
    def is_rate(self) -> bool:
        """A share or rate: distances are points, not ratios."""
        return self.unit in RATES


@dataclass(frozen=True)
class Indicators:
    """All indicators of a model, findable by any of their names, and the spellings of units."""

    by_name: Mapping[str, Indicator]
    aliases: Mapping[str, str]
    spellings: Mapping[str, str]
    rules: IndicatorFile

    def find(self, name: str) -> Indicator | None:
        """The indicator of a name, an alias or a Chinese name."""
        return self.by_name.get(self.aliases.get(name.strip(), name.strip()))

    def named(self, name: str, place: Place) -> Indicator:
        """The indicator of a name that a table of the model or of a city uses.

        Raises
        ------
        InputError
            when there is none.
        """
        if name not in self.by_name:
            other = self.aliases.get(name)
            advice = nearest(name, self.by_name) if other is None else Text(f"写作 {other}", f"write {other}")
            raise InputError(Fault(Text(f"未知指标 {name}", f"unknown indicator {name}"), place, advice))
        return self.by_name[name]

    def converted(self, value: float, unit: str, indicator: Indicator, place: Place) -> float:
        """A printed number in the indicator's own unit.

        Raises
        ------
        InputError
            when the text of the unit is none, or one of another kind.
        """
        known, (_, slash, per) = self.spellings.get(unit.strip(), unit.strip()), indicator.unit.partition("/")
        if slash and "/" not in known:
            known = f"{known}/{per}"  # statistics print income per head in 元
        try:
            return converted(value, known, indicator.unit)
        except UnknownUnitError as error:
            message = Text(f"未知单位 {unit}", f"unknown unit {unit}") if unit.strip() else Text("没有单位", "no unit")
            raise InputError(Fault(message, place, nearest(unit, (*self.spellings, indicator.unit)))) from error
        except ValueError as error:
            message = Text(
                f"{indicator.name} 的单位 {unit} 不能换算为 {indicator.unit}",
                f"{indicator.name}: {unit} cannot be turned into {indicator.unit}",
            )
            raise InputError(Fault(message, place)) from error


def read_indicators(file: Path) -> Indicators:
    """Read indicators.yaml; a model without the file keeps no statistics.

    Raises
    ------
    InputError
        with every fault: unknown units, a name or spelling that stands for two things.
    """
    faults = Faults()
    record = read_record(file, IndicatorFile, faults, without=_NO_FILE)
    faults.raise_if_any()
    found, aliases = dict[str, Indicator](), dict[str, str]()
    for name, entry in record.indicators.items():
        checked_unit(entry.unit, entry.place(), faults)
        for alias in (entry.zh, *entry.aliases):
            if aliases.setdefault(alias, name) != name or alias in record.indicators:
                faults.add(Text(f"{alias} 指两个指标", f"{alias} stands for two indicators"), entry.place())
        unit = record.units.get(entry.unit)
        highest = unit.highest if entry.highest is None and unit is not None else entry.highest
        found[name] = Indicator(**{**dict(entry), "name": name, "highest": highest})
    _fail_if_rules_wrong(record, found, faults)
    faults.raise_if_any()
    spellings = {other: unit for unit, entry in record.units.items() for other in entry.spellings}
    spellings |= {unit: unit for unit in (*record.units, *SPELLINGS)}
    return Indicators(found, aliases, spellings, record)


def _fail_if_rules_wrong(record: IndicatorFile, found: Mapping[str, Indicator], faults: Faults) -> None:
    """Rules name indicators that exist, and units of the kind that their indicators have."""
    named = [(item.place(), [item.whole, *item.parts]) for item in record.sums]
    named += [(item.place(), [item.of, item.to]) for item in record.ratios]
    for place, names in named:
        words = [name for name in names if isinstance(name, str)]
        fail_if_unknown(words, found, Text("未知指标 {}", "unknown indicator {}"), place, faults)
    for ratio in (item for item in record.ratios if item.of in found and item.to in found):
        above, below = found[ratio.of].unit, found[ratio.to].unit
        try:
            quotient_conversion(above, below, ratio.unit)
        except ValueError:
            message = Text(f"{above}/{below} 不能换算为 {ratio.unit}", f"{above}/{below} cannot be turned into {ratio.unit}")
            faults.add(message, ratio.place())
