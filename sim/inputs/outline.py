"""report.yaml of a model: the variables that come first, those that are compared, and the figures that reports draw."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Literal

from sim.base.errors import Faults, nearest
from sim.base.text import Text
from sim.base.units import conversion
from sim.inputs.checked import Record, check_against
from sim.inputs.files import fail_if_no_name, is_file
from sim.inputs.yaml_file import Document, KeyPath, read_yaml


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
    """Whether targets of the plan for the variable are marked."""
    from_zero: bool = True
    """Whether the axis begins at zero."""


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
    """What the systems of a plan are measured by, in the city and in a district."""

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
    figures: dict[str, FigureEntry] = {}
    """Figures by key, in order."""
    measures: dict[str, SystemMeasure] = {}
    """What the systems of a plan are measured by."""
    left_out: list[str] = []
    """Dimensions with too many members to read: a workbook leaves out what has them."""

    @property
    def summed_up(self) -> tuple[str, ...]:
        """Variables for which draws are summed up, so that all that is shown is a median; a pyramid shows the central run."""
        of_panels = [panel.variable for figure in self.figures.values() for panel in figure.panels]
        return tuple(dict.fromkeys((*self.first, *self.compared, *of_panels)))


@dataclass(frozen=True)
class Quantities:
    """What report.yaml may name."""

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
"""What the titles of figures may hold in braces."""
PART = "_part"
"""What stands between the key of a figure and the number of its further parts."""
_OWN = ("fans", "conflicts", "tornado", "scenarios", "schedule", "waterfall", "rates", "progress")
_OWN_LOOPS = ("loops_reinforcing", "loops_balancing")
_OWN_PATH = re.compile(r"path_\d+")


def is_own_figure(key: str) -> bool:
    """Whether every report has a figure of this key, whatever the model."""
    whole = key.partition(PART)[0]
    return whole in {*_OWN, *_OWN_LOOPS} or _OWN_PATH.fullmatch(whole) is not None


def read_outline(file: Path, known: Quantities) -> Outline:
    """Read report.yaml; a model without it has no figures of its own.

    Raises
    ------
    InputError
        with every fault of the file: unknown names, units that do not convert, dimensions left over, figures without panels.
    """
    if not is_file(file):
        return Outline()
    document, faults = read_yaml(file), Faults()
    found = check_against(Outline, document.data, document, faults)
    if found is not None:
        _Check(document, known, faults).outline(found)
    faults.raise_if_any()
    return found or Outline()


@dataclass(frozen=True)
class _Check:
    """Holds an outline against what it may name; every fault is added to `faults`."""

    document: Document
    known: Quantities
    faults: Faults

    def outline(self, outline: Outline) -> None:
        for key, names in (("first", outline.first), ("compared", outline.compared)):
            for place, name in enumerate(names):
                self._name(name, self.known.dims, (key, place), _VARIABLE)
                self._left_over(name, (), (key, place))
        for key, measure in outline.measures.items():
            self._name(measure.variable, self.known.dims, ("measures", key, "variable"), _VARIABLE)
            self._name(measure.district, self.known.dims, ("measures", key, "district"), _VARIABLE)
        for place, dimension in enumerate(outline.left_out):
            self._name(dimension, self.known.members, ("left_out", place), _DIMENSION)
        for key, figure in outline.figures.items():
            self._figure(key, figure, ("figures", key))

    def _figure(self, key: str, figure: FigureEntry, at: KeyPath) -> None:
        self._key(key, at)
        if bool(figure.panels) == (figure.pyramid is not None):
            self._add(Text(f"图 {key} 须有 panels 或 pyramid 之一", f"figure {key} needs panels or a pyramid"), at)
        self._title(figure.title, (*at, "title"))
        self._no_placeholder(figure.note, (*at, "note"))
        for place, panel in enumerate(figure.panels):
            self._panel(panel, (*at, "panels", place))
        if figure.pyramid is not None:
            self._pyramid(figure.pyramid, (*at, "pyramid"))

    def _key(self, key: str, at: KeyPath) -> None:
        with self.faults.gathering():
            fail_if_no_name(key, self.document.place(at))
        if is_own_figure(key):
            message = Text(f"每份报告已有图 {key}", f"every report has a figure {key} already")
            self._add(message, at, Text("请换一个键", "choose another key"))
        elif PART in key:
            message = Text(f"图的键不能含 {PART}", f"the key of a figure cannot hold {PART}")
            self._add(message, at, Text("它表示一幅图的后续部分", "it stands for further parts of a figure"))

    def _title(self, title: Text, at: KeyPath) -> None:
        for language, text in (("zh", title.zh), ("en", title.en)):
            for name in _fields_of(text):
                self._name(name, PLACEHOLDERS, (*at, language), Text("占位符", "placeholder"))
            try:
                text.format_map(_Anything())
            except (ValueError, TypeError, IndexError, AttributeError):
                message = Text("花括号不成对，或不是占位符", "braces that are no placeholder")
                self._add(message, (*at, language), Text("可写 {city}、{base}、{last}", "write {city}, {base} or {last}"))

    def _no_placeholder(self, words: Text, at: KeyPath) -> None:
        for language, text in (("zh", words.zh), ("en", words.en)):
            for name in _fields_of(text):
                message = Text(f"占位符 {{{name}}} 不会填写", f"the placeholder {{{name}}} is not filled in")
                advice = Text("只有图的标题填写占位符", "only titles of figures hold placeholders")
                self._add(message, (*at, language), advice)

    def _panel(self, panel: PanelEntry, at: KeyPath) -> None:
        self._name(panel.variable, self.known.dims, (*at, "variable"), _VARIABLE)
        self._members(panel, (*at, "members"))
        self._left_over(panel.variable, panel.members, at)
        if panel.title is not None:
            self._no_placeholder(panel.title, (*at, "title"))
        self._indicators(panel, at)
        if panel.variable in self.known.units:
            self._units(panel, self.known.units[panel.variable], at)

    def _members(self, panel: PanelEntry, at: KeyPath) -> None:
        dims = self.known.within(panel.variable)
        for dimension, members in panel.members.items():
            self._name(dimension, [dimension] if dims is None else dims, (*at, dimension), _DIMENSION)
            for place, member in enumerate(members):
                self._name(member, self.known.members.get(dimension, [member]), (*at, dimension, place), _MEMBER)

    def _indicators(self, panel: PanelEntry, at: KeyPath) -> None:
        for key, name in (("published", panel.published), ("less", panel.less)):
            if name is not None:
                self._name(name, self.known.indicators, (*at, key), _INDICATOR)
        if panel.superseded is not None:
            self._name(panel.superseded.indicator, self.known.indicators, (*at, "superseded", "indicator"), _INDICATOR)

    def _units(self, panel: PanelEntry, own: str, at: KeyPath) -> None:
        """The unit of a panel must fit its variable, and the published figures the unit of the panel."""
        unit, grows = panel.unit or own, panel.reading == "growth"
        if not _converts("%" if grows else own, unit, exactly=grows):
            said = Text("增速须以 % 表示", "growth is in %") if grows else Text(f"变量以 {own} 计", f"the variable is in {own}")
            message = Text(f"单位 {unit} 不适合 {panel.variable}", f"the unit {unit} does not fit {panel.variable}")
            self._add(message, (*at, "unit"), said)
            return
        older = None if panel.superseded is None else panel.superseded.indicator
        for key, name in (("published", panel.published), ("less", panel.less), ("superseded", older)):
            kept = self.known.indicators.get(name or "")
            if kept is not None and not _converts(kept, unit):
                message = Text(
                    f"统计指标 {name} 以 {kept} 计，不能换算为 {unit}", f"indicator {name} is in {kept}, not in {unit}"
                )
                self._add(message, (*at, key))

    def _pyramid(self, entry: PyramidEntry, at: KeyPath) -> None:
        self._name(entry.variable, self.known.dims, (*at, "variable"), _VARIABLE)
        dims = self.known.within(entry.variable)
        if dims is None:
            return
        self._name(entry.dimension, dims, (*at, "dimension"), _DIMENSION)
        for key, member in (("left", entry.left), ("right", entry.right)):
            self._name(member, self.known.members.get(entry.dimension, [member]), (*at, key), _MEMBER)
        if REGION not in self.known.dims[entry.variable] or (entry.dimension in dims and len(dims) != _SIDES_AND_AGES):
            zh = f"{entry.variable} 画不成金字塔：须有 region、左右两侧和年龄三个维度"
            self._add(Text(zh, f"no pyramid of {entry.variable}: it needs region, the two sides and ages"), (*at, "variable"))

    def _left_over(self, variable: str, members: Collection[str], at: KeyPath) -> None:
        """A line has one value a year, so every dimension but the region is summed over members."""
        for dimension in self.known.within(variable) or ():
            if dimension not in members:
                zh, en = f"{variable} 还有维度 {dimension}", f"{variable} has the dimension {dimension} besides"
                advice = Text(f"在 members 中写明 {dimension} 的成员", f"name members of {dimension} in `members` of a panel")
                self._add(Text(zh, en), at, advice)

    def _name(self, name: str, known: Collection[str], at: KeyPath, what: Text) -> None:
        if name not in known:
            self._add(Text(f"没有{what.zh} {name}", f"no {what.en} {name}"), at, nearest(name, known))

    def _add(self, message: Text, at: KeyPath, advice: Text | None = None) -> None:
        self.faults.add(message, self.document.place(at), advice)


_VARIABLE, _DIMENSION, _MEMBER = Text("变量", "variable"), Text("维度", "dimension"), Text("成员", "member")
_INDICATOR = Text("统计指标", "indicator")
_SIDES_AND_AGES = 2


class _Anything(dict[str, int]):
    """A year for every placeholder."""

    def __missing__(self, _: str) -> int:
        return 0


def _fields_of(text: str) -> list[str]:
    """What stands in braces; nothing where they are not in pairs."""
    try:
        return [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return []


def _converts(source: str, unit: str, *, exactly: bool = False) -> bool:
    """Whether numbers in one unit can be shown in another; `exactly` where they must be the same."""
    if source == unit:
        return True
    try:
        factor = conversion(source, unit)
    except ValueError:
        return False
    return factor == 1.0 or not exactly
