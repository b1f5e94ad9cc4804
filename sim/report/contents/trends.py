"""The figures that a model's report.yaml asks for: lines by year in panels, and pyramids."""

from __future__ import annotations

from sim.base.text import Text
from sim.base.units import conversion
from sim.base.words import unit_words
from sim.inputs.outline import FigureEntry, PanelEntry, PyramidEntry
from sim.report.contents.series import STATISTICS, published_line, target_points
from sim.report.figures.frame import Figure, Frame, points_of
from sim.report.figures.lines import Lines, Panel, Series
from sim.report.figures.pyramid import People, Pyramid
from sim.report.view import View, yearly
from sim.simulate.result import Result


def trends(view: View) -> dict[str, Figure]:
    """The figures of the model, in its order."""
    return {key: _figure(view, entry) for key, entry in view.scenarios[0].outline.figures.items()}


def _figure(view: View, entry: FigureEntry) -> Figure:
    last = max(int(result.results["year"].values[-1]) for result in view.plotted)
    title = entry.title.text()
    zh, en = (
        text.format(city=city, base=view.base_year, last=last)
        for text, city in ((title.zh, view.city.zh), (title.en, view.city.en))
    )
    frame = Frame(Text(zh, en), entry.note.text(), STATISTICS)
    if entry.pyramid is not None:
        return _pyramid(view, entry.pyramid, frame)
    return Lines(frame, tuple(_panel(view, panel) for panel in entry.panels), view.base_year, entry.since or 0)


def _panel(view: View, entry: PanelEntry) -> Panel:
    own = str(view.scenarios[0].results[entry.variable].attrs["units"])
    unit = entry.unit or own
    superseded: tuple[Series, ...] = ()
    if entry.superseded is not None and (before := view.published(entry.superseded.indicator, entry.since)):
        superseded = (Series(entry.superseded.label.text(), points_of(before), "superseded"),)
    return Panel(
        view.label(entry.variable) if entry.title is None else entry.title.text(),
        unit_words(unit),
        superseded + published_line(_published(view, entry, unit)) + _lines(view, entry, own, unit),
        targets=target_points(view.scores, view.region, entry.variable, unit) if entry.targets else (),
        from_zero=entry.from_zero,
    )


def _published(view: View, entry: PanelEntry, unit: str) -> dict[int, float]:
    if entry.published is None:
        return {}
    values = view.published(entry.published, entry.since, unit=unit)
    if entry.less is None:
        return values
    less = view.published(entry.less, entry.since, unit=unit)
    return {year: values[year] - value for year, value in less.items() if year in values}


def _lines(view: View, entry: PanelEntry, own: str, unit: str) -> tuple[Series, ...]:
    """A line for every scenario that is plotted."""
    found = []
    for index, result in enumerate(view.plotted):
        values = yearly(result, entry.variable, view.region, **entry.members)
        if entry.reading == "growth":
            shown = {year: 100.0 * (value / values[year - 1] - 1.0) for year, value in values.items() if year - 1 in values}
        else:
            shown = {year: conversion(own, unit) * value for year, value in values.items()}
        found.append(Series(result.name, points_of(shown), "scenario", index))
    return tuple(found)


def _pyramid(view: View, entry: PyramidEntry, frame: Frame) -> Pyramid:
    """The base year filled, every scenario in its last year as a line."""
    label = Text(f"{view.base_year} 年（基年）", f"{view.base_year} (base year)")
    later = []
    for result in view.plotted:
        year = int(result.results["year"].values[-1])
        later.append(_people(result, view, entry, year, result.name + Text(f" {year}", f" {year}")))
    return Pyramid(frame, _people(view.plotted[0], view, entry, view.base_year, label), tuple(later))


def _people(result: Result, view: View, entry: PyramidEntry, year: int, label: Text) -> People:
    people = result.results[entry.variable].sel(region=view.region, year=year)
    sides = (people.sel({entry.dimension: member}).values for member in (entry.left, entry.right))
    left, right = (tuple(float(value) for value in side) for side in sides)
    return People(label, left, right)
