"""Figures of lines by year: what a model's report.yaml asks for, and fan charts of the main indicators."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import xarray as xr

from sim.base.text import Text, same
from sim.base.units import conversion
from sim.base.words import unit_words
from sim.inputs.outline import FigureEntry, PanelEntry, PyramidEntry
from sim.plan.scorecard import Score
from sim.report.figures import Figure, Frame, Points, points_of
from sim.report.figures.lines import PUBLISHED, Band, Line, Lines, Panel
from sim.report.figures.pyramid import People, Pyramid
from sim.report.view import View, yearly
from sim.simulate.result import Result

FIRST_PUBLISHED = 2010
"""Years of statistics before it are not drawn beside bands."""
CENTRAL, MEDIAN = Text("中心情景", "central run"), Text("抽样中位数", "median of the draws")


def published_line(values: Mapping[int, float]) -> tuple[Line, ...]:
    """Published figures as a line; none where there are none."""
    return (Line(PUBLISHED, points_of(values), "published"),) if values else ()


def target_points(scores: Iterable[Score], region: str, variable: str, unit: str) -> Points:
    """The targets of levels that are bound to a variable for a whole region, in a unit."""
    pairs = {
        (float(score.target.year), float(score.target.value) * conversion(score.target.unit, unit))
        for score in scores
        if score.variable == variable and score.plain_region == region and score.target.year is not None
    }
    return tuple(sorted(pairs))


def trends(view: View) -> dict[str, Figure]:
    """The figures of the model, in its order."""
    return {key: _figure(view, entry) for key, entry in view.scenarios[0].outline.figures.items()}


def _figure(view: View, entry: FigureEntry) -> Figure:
    years = {"base": view.base_year, "last": max(int(result.results["year"].values[-1]) for result in view.plotted)}
    zh, en = entry.title.zh.format(city=view.city.zh, **years), entry.title.en.format(city=view.city.en, **years)
    frame = Frame(Text(zh, en), entry.note, view.source)
    if entry.pyramid is not None:
        return _pyramid(view, entry.pyramid, frame)
    return Lines(frame, tuple(_panel(view, panel) for panel in entry.panels), view.base_year, entry.since or 0)


def _panel(view: View, entry: PanelEntry) -> Panel:
    own = str(view.scenarios[0].results[entry.variable].attrs["units"])
    unit = entry.unit or own
    superseded: tuple[Line, ...] = ()
    if entry.superseded is not None and (before := view.published(entry.superseded.indicator, entry.since, unit=unit)):
        superseded = (Line(entry.superseded.label, points_of(before), "superseded"),)
    return Panel(
        view.label(entry.variable) if entry.title is None else entry.title,
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


def _lines(view: View, entry: PanelEntry, own: str, unit: str) -> tuple[Line, ...]:
    """A line for every scenario that is plotted."""
    found = []
    for index, result in enumerate(view.plotted):
        values = yearly(result, entry.variable, view.region, **entry.members)
        if entry.reading == "growth":
            shown = {year: 100.0 * (value / values[year - 1] - 1.0) for year, value in values.items() if year - 1 in values}
        else:
            shown = {year: conversion(own, unit) * value for year, value in values.items()}
        found.append(Line(result.name, points_of(shown), "scenario", index))
    return tuple(found)


def _pyramid(view: View, entry: PyramidEntry, frame: Frame) -> Pyramid:
    """The base year filled, every scenario in its last year as a line."""
    label = Text(f"{view.base_year} 年（基年）", f"{view.base_year} (base year)")
    later = []
    for result in view.plotted:
        year = int(result.results["year"].values[-1])
        later.append(_people(result, view, entry, year, result.name + same(f" {year}")))
    return Pyramid(frame, _people(view.plotted[0], view, entry, view.base_year, label), tuple(later))


def _people(result: Result, view: View, entry: PyramidEntry, year: int, label: Text) -> People:
    people = result.results[entry.variable].sel(region=view.region, year=year)
    sides = (people.sel({entry.dimension: member}).values for member in (entry.left, entry.right))
    left, right = (tuple(float(value) for value in side) for side in sides)
    return People(label, left, right)


_MOST = 6
_RATIO = "ratio"


def fans(view: View, result: Result) -> Lines | None:
    """A panel for each main indicator that the draws were summed up for; None without draws."""
    if result.draws is None:
        return None
    panels = tuple(_panels(view, result, result.draws))[:_MOST]
    if not panels:
        return None
    count, seed = int(result.draws.attrs["draws"]), result.draws.attrs["seed"]
    note = Text(
        f"{result.name.zh}，抽样 {count:,} 次（种子 {seed}）；由外到内为 90%、80%、50% 的抽样",
        f"{result.name.en}, {count:,} draws (seed {seed}); from outside inwards 90, 80 and 50 % of the draws",
    )
    frame = Frame(Text("主要指标的可能区间", "Where the main indicators may go"), note, view.source)
    return Lines(frame, panels, view.base_year, FIRST_PUBLISHED)


def _panels(view: View, result: Result, ensemble: xr.Dataset) -> Iterator[Panel]:
    published = {check.variable: check for check in view.checks if not check.members and check.reading == "value"}
    for name in _order(view, ensemble):
        unit = result.projection[name].attrs["units"]
        shown = "%" if unit == _RATIO else unit
        scale, check = conversion(unit, shown), published.get(name)
        history = {} if check is None else view.published_check(check, shown)
        median = {year: scale * value for year, value in yearly(result, name, view.region).items()}
        later = ensemble[f"{name}_quantile"].sel(year=ensemble["year"] >= view.base_year)
        yield Panel(
            view.label(name),
            unit_words(shown),
            (*published_line(history), Line(MEDIAN, points_of(median))),
            bands_of(later.sel(region=view.region), scale),
            target_points(view.scores, view.region, name, shown),
            from_zero=False,
        )


def _order(view: View, ensemble: xr.Dataset) -> list[str]:
    """Variables of the whole city: those with a target first, then those that are held against published figures."""
    aimed = [score.variable for result in view.scenarios for score in result.scorecard if score.required_growth is not None]
    names = dict.fromkeys([*aimed, *(check.variable for check in view.checks)])
    fitting = {"quantile", "year", "region"}
    return [
        name for name in names if name and f"{name}_quantile" in ensemble and set(ensemble[f"{name}_quantile"].dims) == fitting
    ]


def bands_of(quantiles: xr.DataArray, scale: float) -> tuple[Band, ...]:
    """Bands between quantiles [quantile, year], from the widest inwards."""
    years, levels = (tuple(quantiles[name].to_numpy().astype(float).tolist()) for name in ("year", "quantile"))
    rows = (scale * quantiles.transpose("quantile", "year").to_numpy()).tolist()
    ends = zip(levels, rows, levels[::-1], rows[::-1], strict=True)
    return tuple(Band(high - low, years, tuple(below), tuple(above)) for low, below, high, above in ends if low < high)
