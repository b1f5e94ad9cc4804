"""report.yaml of a model: the variables that come first, those that are compared, and the figures that reports draw."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Literal

from sim.base.errors import Faults, Place, nearest
from sim.base.text import Text
from sim.inputs.checked import Label, Record, check_against
from sim.inputs.files import is_file
from sim.inputs.yaml_file import Document, KeyPath, read_yaml


class Superseded(Record):
    """An older series of the same thing."""

    indicator: str
    """Indicator of history.csv."""
    label: Label
    """Its name."""


class PanelEntry(Record):
    """One panel of lines by year."""

    variable: str
    """Variable of the model."""
    title: Label | None = None
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

    title: Label
    """Title."""
    note: Label
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


class Outline(Record):
    """report.yaml."""

    first: list[str] = []
    """Series that sliders and notebooks show where none is named."""
    compared: list[str] = []
    """Indicators of the comparison of scenarios."""
    figures: dict[str, FigureEntry] = {}
    """Figures by key, in order."""

    @property
    def summed_up(self) -> tuple[str, ...]:
        """Variables for which draws are summed up, so that all that is shown is a median; a pyramid shows the central run."""
        of_panels = [panel.variable for figure in self.figures.values() for panel in figure.panels]
        return tuple(dict.fromkeys((*self.first, *self.compared, *of_panels)))


def read_outline(file: Path, variables: Mapping[str, Collection[str]], indicators: Collection[str]) -> Outline:
    """Read report.yaml; a model without it has no figures of its own.

    `variables` are the variables of the model with their dimensions.

    Raises
    ------
    InputError
        with every fault of the file: unknown variables, dimensions and indicators, figures without panels.
    """
    if not is_file(file):
        return Outline()
    document, faults = read_yaml(file), Faults()
    found = check_against(Outline, document.data, document, faults)
    if found is not None:
        _check(found, document, variables, indicators, faults)
    faults.raise_if_any()
    return found or Outline()


def _check(
    outline: Outline, document: Document, variables: Mapping[str, Collection[str]], indicators: Collection[str], faults: Faults
) -> None:
    for key, names in (("first", outline.first), ("compared", outline.compared)):
        for place, name in enumerate(names):
            _fail_if_unknown(name, variables, document.place((key, place)), Text("变量", "variable"), faults)
    for key, figure in outline.figures.items():
        at: KeyPath = ("figures", key)
        if bool(figure.panels) == (figure.pyramid is not None):
            faults.add(
                Text(f"图 {key} 须有 panels 或 pyramid 之一", f"figure {key} needs panels or a pyramid"), document.place(at)
            )
        for name in figure.variables:
            _fail_if_unknown(name, variables, document.place(at), Text("变量", "variable"), faults)
        for place, panel in enumerate(figure.panels):
            _check_panel(panel, document.place((*at, "panels", place)), variables, indicators, faults)


def _check_panel(
    panel: PanelEntry, place: Place, variables: Mapping[str, Collection[str]], indicators: Collection[str], faults: Faults
) -> None:
    for dimension in panel.members:
        _fail_if_unknown(dimension, variables.get(panel.variable, [dimension]), place, Text("维度", "dimension"), faults)
    superseded = None if panel.superseded is None else panel.superseded.indicator
    for name in (panel.published, panel.less, superseded):
        if name is not None:
            _fail_if_unknown(name, indicators, place, Text("统计指标", "indicator"), faults)


def _fail_if_unknown(name: str, known: Collection[str], place: Place, what: Text, faults: Faults) -> None:
    if name not in known:
        faults.add(Text(f"没有{what.zh} {name}", f"no {what.en} {name}"), place, nearest(name, known))
