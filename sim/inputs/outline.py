"""report.yaml of a model: the variables that come first, those that are compared, and the figures that reports draw."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Literal

from sim.base.errors import Faults, Place, all_faults
from sim.base.text import LANGUAGES, Text
from sim.base.units import conversion
from sim.inputs.checked import Record, fail_if_unknown, read_record
from sim.inputs.files import fail_if_no_name


class Superseded(Record):
    """An older series of the same thing."""

    indicator: str
    """Indicator of history.csv."""
    label: Text
    """Its name."""


class PanelEntry(Record):
    """One panel of lines by year."""

    variable: str
    """Variable of the model."""
    title: Text | None = None
    """Title; without one, the name of the variable."""
    unit: str | None = None
    """Unit in which it is shown; without one, that of the results."""
    members: dict[str, list[str]] = {}
    """Members that are summed, by dimension."""
    reading: Literal["value", "growth"] = "value"
    """The value of each year, or its growth against the year before."""
    published: str | None = None
    """Indicator of history.csv that is drawn beside it."""
    less: str | None = None
    """Indicator that is taken off the published one."""
    superseded: Superseded | None = None
    """An older series, drawn beside it."""
    since: int = 2005
    """First year of the published figures."""
    targets: bool = False
    """True where targets of the plan for the variable are marked."""
    from_zero: bool = True
    """True where the axis begins at zero."""


class PyramidEntry(Record):
    """Bars to the left and to the right for each age."""

    variable: str
    """Variable with ages."""
    dimension: str
    """Dimension whose members stand left and right."""
    left: str
    """Member on the left."""
    right: str
    """Member on the right."""


class FigureEntry(Record):
    """A figure of lines in panels, or a pyramid; {city}, {base} and {last} in its title are the city and the years."""

    title: Text
    """Title."""
    note: Text
    """Note below."""
    panels: list[PanelEntry] = []
    """Panels of lines."""
    pyramid: PyramidEntry | None = None
    """A pyramid in place of panels."""
    since: int | None = None
    """First year that is drawn."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Variables that it draws."""
        return (*(panel.variable for panel in self.panels), *((self.pyramid.variable,) if self.pyramid else ()))


class SystemMeasure(Record):
    """A measure of the systems of a plan, in the city and in a district."""

    name: Text
    """Its name."""
    variable: str
    """Variable of the city, summed over its dimensions."""
    district: str
    """Variable of its districts."""


class Outline(Record):
    """report.yaml."""

    first: list[str] = []
    """Series that sliders and notebooks show where none is named."""
    compared: list[str] = []
    """Indicators of the comparison of scenarios."""
    limits: list[Text] = []
    """Limits of the model, a sentence each, for the appendix of reports."""
    figures: dict[str, FigureEntry] = {}
    """Figures by key, in order."""
    measures: dict[str, SystemMeasure] = {}
    """The measures of the systems of a plan."""
    left_out: list[str] = []
    """Dimensions with too many members to read: a workbook leaves out what has them."""

    @property
    def summed_up(self) -> tuple[str, ...]:
        """Variables for which draws are summed up, so that all that is shown is a median; a pyramid shows the central run."""
        of_panels = [panel.variable for figure in self.figures.values() for panel in figure.panels]
        return tuple(dict.fromkeys((*self.first, *self.compared, *of_panels)))


@dataclass(frozen=True)
class Quantities:
    """The names that report.yaml may use."""

    dims: Mapping[str, Collection[str]]
    """Dimensions of each variable of the model."""
    units: Mapping[str, str]
    """Unit in which results hold each variable."""
    members: Mapping[str, Collection[str]]
    """Members of each dimension."""
    indicators: Mapping[str, str]
    """Unit of each indicator of history.csv."""

    def within(self, variable: str) -> list[str] | None:
        """Dimensions of a variable within one region; None where there is no such variable."""
        return [dim for dim in self.dims[variable] if dim != REGION] if variable in self.dims else None


REGION = "region"
"""A figure is of one region: that of the report."""
PLACEHOLDERS = ("city", "base", "last")
"""Placeholders of the titles of figures."""
PART = "_part"
"""The sign between the key of a figure and the number of its further parts."""
_OWN = ("fans", "conflicts", "tornado", "scenarios", "schedule", "waterfall", "rates", "progress")
_OWN_LOOPS = ("loops_reinforcing", "loops_balancing")
_OWN_PATH = re.compile(r"path_\d+")


def is_own_figure(key: str) -> bool:
    """Return whether every report has a figure of this key, whatever the model."""
    whole = key.partition(PART)[0]
    return whole in {*_OWN, *_OWN_LOOPS} or _OWN_PATH.fullmatch(whole) is not None


def read_outline(file: Path, known: Quantities) -> Outline:
    """Read report.yaml; a model without it has no figures of its own.

    Raises
    ------
    InputError
        with every fault of the file: unknown names, units that do not convert, dimensions left over, figures without panels.
    """
    with all_faults() as faults:
        outline = read_record(file, Outline, faults, without=Outline())
        _OutlineCheck(known, faults).outline(outline)
        return outline


@dataclass(frozen=True)
class _OutlineCheck:
    """Holds an outline against what it may name; every fault is added to `faults`."""

    known: Quantities
    faults: Faults

    def outline(self, outline: Outline) -> None:
        for key in ("first", "compared"):
            for index, name in enumerate(getattr(outline, key)):
                self._name(name, self.known.dims, outline.place(key, index), _VARIABLE)
                self._left_over(name, (), outline.place(key, index))
        for measure in outline.measures.values():
            for key in ("variable", "district"):
                self._name(getattr(measure, key), self.known.dims, measure.place(key), _VARIABLE)
        for index, dimension in enumerate(outline.left_out):
            self._name(dimension, self.known.members, outline.place("left_out", index), _DIMENSION)
        for key, figure in outline.figures.items():
            self._key(key, figure.place())
            if bool(figure.panels) == (figure.pyramid is not None):
                message = Text(f"图 {key} 须有 panels 或 pyramid 之一", f"figure {key} needs panels or a pyramid")
                self.faults.add(message, figure.place())
            self._title(figure)
            self._no_placeholder(figure.note, figure, "note")
            for panel in figure.panels:
                self._panel(panel)
            if figure.pyramid is not None:
                self._pyramid(figure.pyramid)

    def _key(self, key: str, place: Place) -> None:
        with self.faults.gathering():
            fail_if_no_name(key, place)
        if is_own_figure(key):
            message = Text(f"每份报告已有图 {key}", f"every report has a figure {key} already")
            self.faults.add(message, place, Text("请换一个键", "choose another key"))
        elif PART in key:
            message = Text(f"图的键不能含 {PART}", f"the key of a figure cannot hold {PART}")
            self.faults.add(message, place, Text("它表示一幅图的后续部分", "it stands for further parts of a figure"))

    def _title(self, figure: FigureEntry) -> None:
        for language in LANGUAGES:
            text, place = figure.title.in_language(language), figure.place("title", language)
            for name in _fields_of(text):
                self._name(name, PLACEHOLDERS, place, Text("占位符", "placeholder"))
            try:
                text.format_map(defaultdict(int))
            except (ValueError, TypeError, IndexError, AttributeError):
                message = Text("花括号不成对，或不是占位符", "braces that are no placeholder")
                self.faults.add(message, place, Text("可写 {city}、{base}、{last}", "write {city}, {base} or {last}"))

    def _no_placeholder(self, words: Text, record: Record, key: str) -> None:
        for language in LANGUAGES:
            for name in _fields_of(words.in_language(language)):
                message = Text(f"占位符 {{{name}}} 不会填写", f"the placeholder {{{name}}} is not filled in")
                advice = Text("只有图的标题填写占位符", "only titles of figures hold placeholders")
                self.faults.add(message, record.place(key, language), advice)

    def _panel(self, panel: PanelEntry) -> None:
        self._name(panel.variable, self.known.dims, panel.place("variable"), _VARIABLE)
        dims = self.known.within(panel.variable)
        for dimension, members in panel.members.items():
            place = panel.place("members", dimension)
            self._name(dimension, [dimension] if dims is None else dims, place, _DIMENSION)
            for index, member in enumerate(members):
                place = panel.place("members", dimension, index)
                self._name(member, self.known.members.get(dimension, [member]), place, _MEMBER)
        self._left_over(panel.variable, panel.members, panel.place())
        if panel.title is not None:
            self._no_placeholder(panel.title, panel, "title")
        shown = [(panel.published, panel.place("published")), (panel.less, panel.place("less"))]
        if panel.superseded is not None:
            shown.append((panel.superseded.indicator, panel.superseded.place("indicator")))
        indicators = [(name, place) for name, place in shown if name is not None]
        for name, place in indicators:
            self._name(name, self.known.indicators, place, _INDICATOR)
        if panel.variable in self.known.units:
            self._units(panel, self.known.units[panel.variable], indicators)

    def _units(self, panel: PanelEntry, own: str, indicators: list[tuple[str, Place]]) -> None:
        """The unit of a panel must fit its variable, and the published figures the unit of the panel."""
        unit, grows = panel.unit or own, panel.reading == "growth"
        if not _converts("%" if grows else own, unit, exactly=grows):
            said = Text("增速须以 % 表示", "growth is in %") if grows else Text(f"变量以 {own} 计", f"the variable is in {own}")
            message = Text(f"单位 {unit} 不适合 {panel.variable}", f"the unit {unit} does not fit {panel.variable}")
            self.faults.add(message, panel.place("unit"), said)
            return
        for name, place in indicators:
            kept = self.known.indicators.get(name)
            if kept is not None and not _converts(kept, unit):
                zh = f"统计指标 {name} 以 {kept} 计，不能换算为 {unit}"
                self.faults.add(Text(zh, f"indicator {name} is in {kept}, not in {unit}"), place)

    def _pyramid(self, entry: PyramidEntry) -> None:
        self._name(entry.variable, self.known.dims, entry.place("variable"), _VARIABLE)
        dims = self.known.within(entry.variable)
        if dims is None:
            return
        self._name(entry.dimension, dims, entry.place("dimension"), _DIMENSION)
        for key in ("left", "right"):
            member = getattr(entry, key)
            self._name(member, self.known.members.get(entry.dimension, [member]), entry.place(key), _MEMBER)
        if REGION not in self.known.dims[entry.variable] or (entry.dimension in dims and len(dims) != _SIDES_AND_AGES):
            zh = f"{entry.variable} 画不成金字塔：须有 region、左右两侧和年龄三个维度"
            message = Text(zh, f"no pyramid of {entry.variable}: it needs region, the two sides and ages")
            self.faults.add(message, entry.place("variable"))

    def _left_over(self, variable: str, members: Collection[str], place: Place) -> None:
        """A line has one value a year, so every dimension but the region is summed over members."""
        for dimension in self.known.within(variable) or ():
            if dimension not in members:
                message = Text(f"{variable} 还有维度 {dimension}", f"{variable} has the dimension {dimension} besides")
                zh = f"在 members 中写明 {dimension} 的成员"
                self.faults.add(message, place, Text(zh, f"name members of {dimension} in `members` of a panel"))

    def _name(self, name: str, known: Collection[str], place: Place, what: Text) -> None:
        fail_if_unknown([name], known, Text(f"没有{what.zh} {{}}", f"no {what.en} {{}}"), place, self.faults)


_VARIABLE, _DIMENSION, _MEMBER = Text("变量", "variable"), Text("维度", "dimension"), Text("成员", "member")
_INDICATOR = Text("统计指标", "indicator")
_SIDES_AND_AGES = 2


def _fields_of(text: str) -> list[str]:
    """Return the names in braces; none where they are not in pairs."""
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return []


def _converts(source: str, unit: str, *, exactly: bool = False) -> bool:
    """Return whether numbers in one unit can be shown in another; `exactly` where they must be the same."""
    if source == unit:
        return True
    try:
        factor = conversion(source, unit)
    except ValueError:
        return False
    return factor == 1.0 or not exactly
