"""A panel of many cities: one long table, several sources side by side, made into the statistics of each city.

Which series of which sources give an indicator, which marks of a note and which years are not to be used, and what counts as a
break, are data of the model (panel.yaml). Of several sources the best one is used. A value that cannot be right beside the
others of its city is left out unless a second source says the same; the next source stands in. What is left out is counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from sim.base.errors import Fault, Faults, InputError, Place, UsageError, all_faults
from sim.base.text import Text
from sim.inputs.checked import Record, fail_if_unknown, read_record
from sim.inputs.files import is_file, number, read_any_text, rows_of, whole
from sim.inputs.history import FIRST_STATISTICS, BreakEntry
from sim.inputs.indicators import Indicators
from sim.inputs.plausible import Point, fail_if_unbelievable
from sim.inputs.provenance import until

COLUMNS = ("code", "city_zh", "city_en", "year", "indicator", "value", "unit", "source", "note")
RULES_FILE = "panel.yaml"
_MOST_BYTES = 400_000_000


class PanelSource(Record):
    """A source of a panel."""

    begins: str
    """Beginning of what stands in the column `source`."""
    zh: str
    """Chinese title."""
    en: str
    """English title."""
    kind: Literal["bulletin", "yearbook", "census", "panel", "repost", "derived", "dataset", "page"]
    """Kind of source."""


class PanelSeries(Record):
    """The origin of an indicator."""

    series: list[str] = Field(min_length=1)
    """Names in the column `indicator`."""
    sources: list[str] = Field(min_length=1)
    """Sources, the best first."""
    keep: list[str] = []
    """Marks that do not count for this indicator."""


class WrongYears(Record):
    """Years that a source is known to have wrong."""

    indicators: list[str]
    """Indicators of the model; * stands for any characters."""
    source: str
    """The source."""
    years: list[int] = []
    """The years."""
    before: int = 0
    """Every year before this one, too."""
    reason: Text
    """The defect."""


class StepRule(Record):
    """A change so far off those of other cities that it is none of what is measured."""

    of: str
    """The indicator that steps."""
    off: float | int = Field(gt=0)
    """Points of the logarithm off the median change of the file's cities in that year."""
    along: str = ""
    """The indicator that must step, too."""
    by: float | int = Field(default=0, ge=0)
    """Its least step, in per cent."""
    indicators: list[str]
    """Indicators that are not comparable across the step; * stands for any characters."""
    reason: Text
    """The event."""


class PanelRules(Record):
    """panel.yaml."""

    marks: list[str]
    """Words of a note that forbid the use of a value."""
    sources: dict[str, PanelSource]
    """Sources by their name."""
    indicators: dict[str, PanelSeries]
    """Indicators of the model by their name."""
    shares: dict[str, str] = {}
    """Shares of a whole by the part that they are of: computed, per cent of the sum of all parts."""
    wrong: list[WrongYears] = []
    """Years that are not used."""
    steps: list[StepRule] = []
    """Steps that count as breaks."""
    breaks: list[BreakEntry] = []
    """Breaks of every city of a panel."""


def read_rules(model: Path, indicators: Indicators) -> PanelRules:
    """Read the panel.yaml of a model.

    Raises
    ------
    UsageError
        when the model has none.
    InputError
        with every fault of the file.
    """
    file = model / RULES_FILE
    if not is_file(file):
        message = Text(f"模型 {model.name} 没有写明怎样读多城市面板", f"the model {model.name} says nothing of panels")
        raise UsageError(Fault(message, Place(file), Text("写一个 panel.yaml", "write a panel.yaml")))
    with all_faults() as faults:
        rules = read_record(file, PanelRules, faults)
        no_source, no_indicator = Text("未知来源 {}", "unknown source {}"), Text("未知指标 {}", "unknown indicator {}")
        for series in rules.indicators.values():
            fail_if_unknown(series.sources, rules.sources, no_source, series.place("sources"), faults)
        for item in rules.wrong:
            fail_if_unknown([item.source], rules.sources, no_source, item.place("source"), faults)
        fail_if_unknown(rules.indicators, indicators.by_name, no_indicator, rules.place("indicators"), faults)
        fail_if_unknown(rules.shares, indicators.by_name, no_indicator, rules.place("shares"), faults)
        fail_if_unknown(rules.shares.values(), rules.indicators, no_indicator, rules.place("shares"), faults)
        for step in rules.steps:
            used = [step.of, *([step.along] if step.along else [])]
            fail_if_unknown(used, rules.indicators, no_indicator, step.place("of"), faults)
        return rules


@dataclass(frozen=True)
class PanelValue:
    """One value of one source in the indicator's own unit; rank 0 is the best source of the indicator."""

    indicator: str
    year: int
    value: float
    source: str
    rank: int
    note: str
    place: Place


PanelSeriesValues = Mapping[int, PanelValue]


@dataclass(frozen=True)
class PanelCity:
    """A city of a panel: the value that is used of each indicator and year."""

    code: str
    name: Text
    values: Mapping[str, PanelSeriesValues]
    accepted: frozenset[Place]
    """The places of values that look unbelievable, and that two sources give."""


@dataclass(frozen=True)
class CityPanel:
    """All cities of a panel in the order of their codes, and how many values were left out, by the reason."""

    rules: PanelRules
    cities: tuple[PanelCity, ...]
    left_out: Mapping[Text, int]


MARKED = Text("备注标明不可用", "their note says that they are not to be used")
KNOWN_WRONG = Text("该来源该年已知有误", "their source is known to have the year wrong")
STRANGE_SOURCE = Text("来源不在 panel.yaml 中", "their source is not in panel.yaml")
UNBELIEVABLE = Text("与该市其他数值相比不可信", "they cannot be right beside the other values of the city")


def read_panel(file: Path, rules: PanelRules, indicators: Indicators) -> CityPanel:
    """Read a panel, packed by gzip or not.

    Raises
    ------
    InputError
        with every fault of the rows that the model uses.
    """
    text, _ = read_any_text(file, _MOST_BYTES)
    left_out, names = Counter[Text](), dict[str, Text]()
    offered: dict[str, list[PanelValue]] = defaultdict(list)
    with all_faults() as faults:
        row_of = _reader(rules, indicators, left_out)
        for place, row in rows_of(text, file, COLUMNS, faults):
            with faults.gathering():
                found = row_of(row, place)
                if found:
                    code = _code(row["code"], place)
                    names.setdefault(code, Text(row["city_zh"] or code, row["city_en"] or code))
                    offered[code] += found
        for values in offered.values():
            _fail_if_said_twice(values, faults)
        if not offered and not faults.found:
            message = Text("表中没有模型可用的数据", "the table holds nothing that the model can use")
            faults.add(message, Place(file), Text("指标名称见模型的 panel.yaml", "names of indicators: see panel.yaml"))
    cities = (_city(code, names[code], offered[code], rules, indicators, left_out) for code in sorted(offered))
    return CityPanel(rules, tuple(cities), left_out)


def _code(text: str, place: Place) -> str:
    """The code of a city, which becomes the name of its folder."""
    if not (text.isascii() and text.isalnum()):
        message = Text(f"城市代码“{text}”须由字母和数字组成", f"the code of a city '{text}' must be letters and digits")
        raise InputError(Fault(message, place))
    return text


Row = Mapping[str, str]


def _reader(rules: PanelRules, indicators: Indicators, left_out: Counter[Text]) -> Callable[[Row, Place], list[PanelValue]]:
    """Return what makes values of a row: none where the model does not use it; what it may not use is counted."""
    used = {name for series in rules.indicators.values() for name in series.series}
    years = range(FIRST_STATISTICS, indicators.rules.vintage)

    @cache
    def source_of(text: str) -> str | None:
        return next((key for key, source in rules.sources.items() if text.startswith(source.begins)), None)

    @cache
    def given_by(series: str, source: str) -> list[tuple[str, int]]:
        items = rules.indicators.items()
        return [(name, item.sources.index(source)) for name, item in items if series in item.series and source in item.sources]

    def values_of(row: Row, place: Place) -> list[PanelValue]:
        if row["indicator"] not in used or not row["value"]:
            return []
        source, found = source_of(row["source"]), list[PanelValue]()
        if source is None:
            left_out[STRANGE_SOURCE] += 1
            return []
        for name, rank in given_by(row["indicator"], source):
            year = whole(row["year"], place, "year")
            if year not in years:
                message = Text(f"{year} 年不会有这样的数", f"there can be no figure of {year}")
                raise InputError(Fault(message, place, until(indicators.rules.vintage)))
            value = indicators.converted(number(row["value"], place, "value"), row["unit"], indicators.by_name[name], place)
            reason = _reason_against(rules, name, source, year, row["note"])
            if reason is not None:
                left_out[reason] += 1
            else:
                found.append(PanelValue(name, year, value, source, rank, row["note"], place))
        return found

    return values_of


def _reason_against(rules: PanelRules, name: str, source: str, year: int, note: str) -> Text | None:
    """Return why a value is not to be used."""
    words = [word.strip() for word in note.split(";")] if note else []
    forbidden = [mark for mark in rules.marks if mark not in rules.indicators[name].keep]
    if any(word == mark or word.startswith(f"{mark} ") for word in words for mark in forbidden):
        return MARKED
    for item in (item for item in rules.wrong if item.source == source and (year in item.years or year < item.before)):
        if any(fnmatchcase(name, pattern) for pattern in item.indicators):
            return KNOWN_WRONG
    return None


def _fail_if_said_twice(values: Iterable[PanelValue], faults: Faults) -> None:
    first: dict[tuple[str, int, str], PanelValue] = {}
    for item in values:
        before = first.setdefault((item.indicator, item.year, item.source), item)
        if before.value != item.value and before.place != item.place:
            line, name = before.place.line, item.indicator
            zh = f"同一来源对 {item.year} 年 {name} 给出两个数（另一个在第 {line} 行）"
            en = f"its source gives two values for {name} {item.year} (the other one in line {line})"
            faults.add(Text(zh, en), item.place, Text("删去一个", "delete one"))


def _city(
    code: str, name: Text, offered: list[PanelValue], rules: PanelRules, indicators: Indicators, left_out: Counter[Text]
) -> PanelCity:
    """The city with the best believable value of each indicator and year."""
    waiting = sorted((item for item in offered if _may_be(item, indicators)), key=lambda item: item.rank)
    confirmed, accepted = _confirmed(waiting, indicators), set[Place]()
    while True:  # a value that is left out may make others believable, or bring in one that is not
        chosen: dict[str, dict[int, PanelValue]] = defaultdict(dict)
        for item in waiting:
            chosen[item.indicator].setdefault(item.year, item)
        values = {name: dict(sorted(series.items())) for name, series in (chosen | _shares(chosen, rules)).items()}
        refused = _refused(code, values, indicators, accepted)
        if not refused:
            left_out[UNBELIEVABLE] += len(offered) - len(waiting)
            return PanelCity(code, name, values, frozenset(accepted))
        # what another source says, too, was published so, however strange; only what cannot be at all goes
        left = refused - (confirmed - accepted)
        accepted |= refused & confirmed
        waiting = [item for item in waiting if item.place not in left]


def _confirmed(values: Iterable[PanelValue], indicators: Indicators) -> set[Place]:
    """The places of values that another source gives, too."""
    alike: dict[tuple[str, int], list[PanelValue]] = defaultdict(list)
    for item in values:
        alike[item.indicator, item.year].append(item)
    found = set[Place]()
    for group in alike.values():
        is_rate = indicators.by_name[group[0].indicator].is_rate
        for item in group:
            near = _SAME_POINTS if is_rate else _SAME_SHARE * abs(item.value)
            if any(other.source != item.source and abs(other.value - item.value) <= near for other in group):
                found.add(item.place)
    return found


_SAME_POINTS, _SAME_SHARE = 0.15, 0.01


def _may_be(item: PanelValue, indicators: Indicators) -> bool:
    """Tell whether a value can be at all: a level without which there is no base year is above zero."""
    indicator = indicators.by_name[item.indicator]
    return item.value > 0.0 or indicator.is_rate or not indicator.core


def _refused(
    code: str, values: Mapping[str, PanelSeriesValues], indicators: Indicators, accepted: Collection[Place]
) -> set[Place]:
    points = [
        Point(code, indicators.by_name[name], year, item.value, 1, accepted=item.place in accepted, place=item.place)
        for name, series in values.items()
        for year, item in series.items()
    ]
    faults = Faults()
    fail_if_unbelievable(points, indicators, faults)
    return {fault.place for fault in faults.found}


def _shares(values: Mapping[str, PanelSeriesValues], rules: PanelRules) -> dict[str, dict[int, PanelValue]]:
    """Shares in the sum of all parts, of the years that have every part."""
    parts = [values.get(part, {}) for part in rules.shares.values()]
    found: dict[str, dict[int, PanelValue]] = defaultdict(dict)
    for year in set.intersection(*map(set, parts)) if parts else ():
        total = sum(part[year].value for part in parts)
        if total > 0.0:
            for name, part in zip(rules.shares, parts, strict=True):
                found[name][year] = replace(part[year], indicator=name, value=100.0 * part[year].value / total)
    return dict(found)
