"""pooled.yaml and pooled.csv of a model: the simple pooled forecast that a backtest sets beside it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from sim.base.errors import Faults, Place, all_faults
from sim.base.text import Text
from sim.inputs.checked import Record, fail_if_unknown, read_record
from sim.inputs.files import is_file, number, read_table, whole
from sim.inputs.plausible import fail_if_seen

Ratio = Annotated[float, Field(ge=0, le=1)]


class NationEntry(Record):
    """Where the nation's figures stand, and what its growth returns to."""

    outlook: str
    """Table of what was expected of it, by vintage."""
    growth: str
    """Indicator of its growth, in series.csv and in that table."""
    inflation: str
    """Indicator of the growth of its prices, in series.csv."""
    usual: float
    """Growth in the long run."""
    persistence: Ratio
    """The part of the distance to it that is left after a year."""


class GapEntry(Record):
    """The way in which what cities are ahead of the nation by fades."""

    first: Ratio
    """The part of it that is left in the first year."""
    fade: Ratio
    """The part of that which is left a year later."""


class DeviationEntry(Record):
    """The measure of what a city differs from the mean of the cities by."""

    years: int = Field(ge=1)
    """Years that count."""
    most: float = Field(gt=0)
    """Largest difference of a year that counts."""


class SlopeEntry(Record):
    """The years that the slopes of an origin rest on."""

    years: int = Field(ge=1)
    """At the most so many before the origin."""
    first: int
    """None before this one."""


class PooledEntry(Record):
    """The forecast of one indicator."""

    outlook: bool = False
    """True where it follows the real growth that is expected of the nation."""
    inflation: float | None = None
    """Growth of prices that is expected in every year, where it is one at current prices."""
    gap: GapEntry | None = None
    """Fading of the gap between the cities and the nation; of what does not follow the nation, of the mean change itself."""
    memory: Ratio | None = None
    """Weight of a year's deviation against that of the year after it; without, the city's deviation counts for nothing."""
    reversion: Ratio = 0.0
    """The part of a share's distance to the mean that is made up in a year."""
    outlier: float | None = Field(default=None, gt=0)
    """Distance of a change from the median of the cities beyond which it is none of the city's economy."""


class PooledFile(Record):
    """pooled.yaml."""

    nation: NationEntry
    """The nation's figures."""
    deviations: DeviationEntry
    """Deviations of cities."""
    slopes: SlopeEntry
    """Estimation of the slopes."""
    indicators: dict[str, PooledEntry]
    """Forecasts by published indicator."""


@dataclass(frozen=True)
class PooledRow:
    """The evidence of the training cities on a year: the mean of a change or share, nan where it means nothing, and the slopes.

    `slopes` [horizon] are those of deviations one year ahead and more, from an origin of that year; a row may hold none.
    """

    mean: float
    slopes: tuple[float, ...]
    known_from: int


@dataclass(frozen=True)
class PooledForm:
    """The pooled forecast of a model: its rules, and the rows by indicator and year."""

    rules: PooledFile
    rows: Mapping[str, Mapping[int, PooledRow]]


_PERCENT = 100.0
SLOPES = 5
COLUMNS = ("indicator", "year", "mean", *(f"slope_{ahead + 1}" for ahead in range(SLOPES)), "cities", "known_from", "source")
"""Of pooled.csv; the mean in per cent or points."""


def read_pooled(model: Path, fitted: Collection[str]) -> PooledForm | None:
    """Read the two files of a model's folder; a model without pooled.yaml has no such forecast.

    Raises
    ------
    InputError
        with every fault: an indicator that is not fitted, a cell that is no number, a row that stands twice.
    """
    file = model / "pooled.yaml"
    if not is_file(file):
        return None
    rules = read_rules(file, fitted)
    with all_faults() as faults:
        return PooledForm(rules, _rows(model / "pooled.csv", rules, faults))


def read_rules(file: Path, fitted: Collection[str]) -> PooledFile:
    """Read pooled.yaml.

    Raises
    ------
    InputError
        with every fault.
    """
    with all_faults() as faults:
        rules = read_record(file, PooledFile, faults)
        message = Text("没有拟合的指标 {}", "{} is no indicator that is fitted")
        fail_if_unknown(rules.indicators, fitted, message, rules.place("indicators"), faults)
        return rules


def _rows(file: Path, rules: PooledFile, faults: Faults) -> dict[str, dict[int, PooledRow]]:
    rows: dict[str, dict[int, PooledRow]] = {name: {} for name in rules.indicators}
    seen = dict[tuple[str, int], Place]()
    for place, row in read_table(file, COLUMNS, faults):
        message = Text("pooled.yaml 没有指标 {}", "{} is not in pooled.yaml")
        fail_if_unknown([row["indicator"]], rows, message, place, faults)
        with faults.gathering():
            year, known = whole(row["year"], place, "year"), whole(row["known_from"], place, "known_from")
            fail_if_seen((row["indicator"], year), seen, place)
            entry = rules.indicators.get(row["indicator"])
            is_blank = not row["mean"] and (entry is None or not entry.reversion)  # nothing reverts to what is unknown
            mean = math.nan if is_blank else number(row["mean"], place, "mean") / _PERCENT
            slopes = [number(row[name], place, name) for name in COLUMNS[3 : 3 + SLOPES] if row[name]]
            rows.get(row["indicator"], {})[year] = PooledRow(mean, tuple(slopes), known)
    return rows
