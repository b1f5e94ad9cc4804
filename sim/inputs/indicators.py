"""indicators.yaml of a model: what it reads from a city's statistics, in which unit, under which other names people keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.errors import Faults
from sim.inputs.checked import Record, check_against
from sim.inputs.yaml_file import read_yaml
from sim.text import Text
from sim.units import SPELLINGS, UnknownUnitError, conversion, parse_unit

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
    step: float | int | None = None
    """Largest distance from the neighbours that is believed: logarithm of the ratio, or points of a share or rate."""
    whole: bool = False
    """The series must have no gap between its first and last year."""
    core: bool = False
    """No base year without it."""


class IndicatorFile(Record):
    """indicators.yaml."""

    units: dict[str, list[str]]
    """Other spellings of units, by the unit."""
    indicators: dict[str, IndicatorEntry]
    """Indicators by the name that history.csv uses."""


@dataclass(frozen=True)
class Indicator:
    """An indicator as the model reads it."""

    name: str
    unit: str
    label: Text
    lowest: float | None
    step: float | None
    whole: bool
    core: bool

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

    def find(self, name: str) -> Indicator | None:
        """The indicator of a name, an alias or a Chinese name."""
        return self.by_name.get(self.aliases.get(name.strip(), name.strip()))

    def factor(self, unit: str, indicator: Indicator) -> float:
        """What a number in `unit` is multiplied by to stand in the indicator's own unit.

        Raises
        ------
        UnknownUnitError
            when the text is no unit.
        ValueError
            when it measures something else.
        """
        known = self.spellings.get(unit.strip(), unit.strip())
        return conversion(known, indicator.unit)


def read_indicators(file: Path) -> Indicators:
    """Read indicators.yaml.

    Raises
    ------
    InputError
        with every fault: unknown units, a name or spelling that stands for two things.
    """
    document, faults = read_yaml(file), Faults()
    record = check_against(IndicatorFile, document.data, document, faults)
    faults.raise_if_any()
    if record is None:
        raise AssertionError("a schema failed without a fault")
    found, aliases = dict[str, Indicator](), dict[str, str]()
    for name, entry in record.indicators.items():
        place = document.place(("indicators", name))
        try:
            parse_unit(entry.unit)
        except UnknownUnitError:
            faults.add(Text(f"未知单位 {entry.unit}", f"unknown unit {entry.unit}"), place)
        for alias in (entry.zh, *entry.aliases):
            if aliases.setdefault(alias, name) != name or alias in record.indicators:
                faults.add(Text(f"{alias} 指两个指标", f"{alias} stands for two indicators"), place)
        label = Text(entry.zh, entry.en)
        found[name] = Indicator(name, entry.unit, label, entry.lowest, entry.step, entry.whole, entry.core)
    spellings = {other: unit for unit, others in record.units.items() for other in others}
    spellings |= {unit: unit for unit in (*record.units, *SPELLINGS)}
    faults.raise_if_any()
    return Indicators(found, aliases, spellings)
